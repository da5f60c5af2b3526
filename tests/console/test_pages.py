"""The pages in a real browser, headless, against the real server."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from maquette.core.alerts import NEW_PIN, Alert, Severity
from maquette.core.events import Command
from maquette.core.exhibition import ConsoleSettings
from maquette.core.readings import Quality, ReadingsUpdate
from maquette.core.snapshot import Answers, DimmedTo, Hand, Identifying, Mode, Question, SupplyState
from maquette.ops.scrypt import record_of
from tests.browser import ARGUMENTS, chromium, started, window
from tests.console.conftest import Console, running
from tests.console.fake_stage import ALERT, FakeStage

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with window(browser, 360, 740, has_touch=True) as page:
        yield page


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with window(browser, 1280, 800) as page:
        yield page


def open_page(page: Page, console: Console, path: str) -> None:
    page.goto(console.url + path)
    expect(page.locator("#board")).not_to_have_class(re.compile("waiting"))


def commands(console: Console) -> list[tuple[str, dict[str, str | int]]]:
    return [(m.name, dict(m.arguments)) for m in console.stage.posted if isinstance(m, Command)]


def test_the_mediator_reads_what_is_playing_and_why(console, phone):
    open_page(phone, console, "/")
    expect(phone.locator("#scenario")).to_have_text("L'air que l'on respire")
    expect(phone.locator("#step")).to_contain_text("Étape 1 sur 3 · L'indice du jour · encore")
    expect(phone.locator("#caption")).to_have_text("Le plus haut des communes est 6. Prévision pour aujourd'hui.")
    expect(phone.locator("#quality")).to_have_text("exemple")
    row = phone.locator("#zones [data-zone=feyzin]")
    expect(row).to_contain_text("Feyzin")
    expect(row).to_contain_text("prévision — Atmo France")
    row.click()
    expect(phone.locator("#why")).to_be_visible()
    expect(phone.locator("#why_body")).to_contain_text("Feyzin est turquoise parce que")
    expect(phone.locator("[data-fact=expression]")).to_have_text("air[zone.insee].index")


def test_buttons_send_commands_and_the_page_follows(console, phone):
    open_page(phone, console, "/")
    phone.locator("[data-scenario=rhone]").click()
    expect(phone.locator("#scenario")).to_have_text("Le Rhône aujourd'hui")
    phone.locator("#hold").click()
    expect(phone.locator("#hold")).to_have_text("Reprendre")
    phone.locator("#controls [data-command=stop]").click()
    expect(phone.locator("#state")).to_have_text("Veille")
    expect(phone.locator("#controls [data-command=next]")).to_be_disabled()
    assert commands(console) == [("play", {"scenario": "rhone"}), ("pause", {}), ("stop", {})]


def test_the_controls_are_within_a_thumbs_reach_and_large_enough(console, phone):
    open_page(phone, console, "/")
    for name in ("next", "back", "stop", "pause"):
        box = phone.locator(f"#controls [data-command={name}]").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 56
        assert box["y"] + box["height"] <= PHONE["height"]
        assert box["y"] >= PHONE["height"] * 0.75
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    heights = phone.locator("#board button").evaluate_all(
        "buttons => buttons.map((b) => b.getBoundingClientRect().height)"
    )
    assert min(heights) >= 56


def test_brightness_is_sent_as_a_whole_number(console, desk):
    open_page(desk, console, "/")
    expect(desk.locator("#percent")).to_have_text("80\u00a0%")
    desk.locator("#brightness").fill("35")
    expect(desk.locator("#percent")).to_have_text("35\u00a0%")
    desk.locator("[data-command=blackout]").click()
    expect(desk.locator("#state")).to_have_text("Noir")
    assert commands(console) == [("brightness", {"percent": 35}), ("blackout", {})]


def test_the_pages_say_what_dims_and_what_limits_the_light(console, desk):
    open_page(desk, console, "/")
    expect(desk.locator("#light_text")).to_be_hidden()
    limited = (SupplyState("main", 8.0, 0.62, 40.0), SupplyState("servos", 1.0))
    console.stage.tell(replace(console.stage.snapshot, dimmed=DimmedTo(40.0, "night"), supplies=limited))
    french = "Éclairage atténué à 40 % (nuit) · Éclairage limité à 62 % par l'alimentation « main »"
    expect(desk.locator("#light_text")).to_have_text(french)
    open_page(desk, console, "/model?lang=en")
    expect(desk.locator("#light_text")).to_have_text(
        "Light dimmed to 40% (night) · Light limited to 62% by supply main"
    )
    state = requests.get(console.url + "/api/state", timeout=5).json()
    assert (state["brightness"], state["dimmed"]) == (80, {"percent": 40, "reason": "night"})


def test_a_zone_and_a_servo_are_found_on_the_model_from_its_page(console, desk):
    open_page(desk, console, "/model")
    desk.locator("[data-zone=feyzin]").press("Enter")
    desk.get_by_role("button", name="Repérer sur la maquette").press("Enter")
    expect(desk.locator("#identified")).to_have_text("Feyzin se signale sur la maquette.")
    expect(desk.locator("#identify_zone")).to_be_hidden()
    console.stage.tell(replace(console.stage.snapshot, identifying=Identifying("button air", 0.0, ("river",))))
    expect(desk.locator("#identified")).to_contain_text("Appuis entendus\u00a0:")
    desk.locator("#identify_end").click()
    expect(desk.locator("#identified")).to_be_hidden()
    desk.locator("#parts summary").press("Enter")
    desk.locator("#part").select_option(label=desk.locator("#part optgroup[label=Servos] option").first.inner_text())
    heights = desk.locator("#panel button:visible, #panel summary, #panel select").evaluate_all(
        "controls => controls.map((c) => c.getBoundingClientRect().height)"
    )
    assert min(heights) >= 56
    desk.locator("#identify_part").click()
    expect(desk.locator("#identified")).to_contain_text("se signale")
    servo = console.stage.exhibition.servos[0].id
    assert [values["target"] for _, values in commands(console)] == ["zone feyzin", "off", f"servo {servo}"]


def test_alerts_and_refusals_are_told_in_plain_words(console, phone):
    open_page(phone, console, "/")
    console.stage.tell(ALERT)
    expect(phone.locator("#alerts li")).to_have_text("Le serveur MQTT localhost ne répond pas.")
    console.stage.snapshot = replace(console.stage.snapshot, mode=Mode.IDLE)  # the page has not heard of it yet
    phone.locator("#controls [data-command=next]").click()
    expect(phone.locator("#message")).to_have_text("Aucun scénario n'est en cours.")


def test_talking_points_keep_their_lines_and_their_lead_ins_stand_out(console, phone):
    open_page(phone, console, "/")
    notes = {"fr": "Ce qu'on voit : la couleur du jour.\nÀ demander : et chez vous ? Depuis 2021 : six classes."}
    console.stage.tell(replace(console.stage.snapshot, notes=notes))
    expect(phone.locator("#notes_body p")).to_have_text(
        ["Ce qu'on voit : la couleur du jour.", "À demander : et chez vous ? Depuis 2021 : six classes."]
    )
    expect(phone.locator("#notes_body b")).to_have_text(["Ce qu'on voit :", "À demander :"])


def test_an_ended_scenario_says_when_the_model_goes_idle(console, phone):
    open_page(phone, console, "/")
    console.stage.tell(replace(console.stage.snapshot, ended=True))
    expect(phone.locator("#state")).to_have_text("Terminé")
    expect(phone.locator("#step")).to_contain_text("veille dans")
    expect(phone.locator("#progress")).to_be_hidden()


def test_a_model_that_was_blacked_out_is_switched_on_again_by_the_thumb(console, phone):
    open_page(phone, console, "/")
    console.stage.tell(replace(console.stage.snapshot, mode=Mode.BLACKOUT))
    expect(phone.locator("#hold")).to_have_text("Rallumer")
    phone.locator("#hold").click()
    expect(phone.locator("#hold")).to_have_text("Pause")
    assert commands(console) == [("wake", {})]


def test_a_banner_moves_nothing(console, phone):
    open_page(phone, console, "/")
    button = phone.locator("[data-scenario=rhone]")
    before = button.bounding_box()
    phone.evaluate("document.getElementById('message').hidden = false")
    assert button.bounding_box() == before


def test_letters_twice_as_large_still_fit_a_phone(console, browser):
    arguments = [*ARGUMENTS, "--blink-settings=defaultFontSize=32"]
    large = browser.browser_type.launch(executable_path=chromium(), args=arguments)
    with window(large, 360, 740) as page:
        for path in ("/", "/model"):
            open_page(page, console, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    large.close()


def test_a_paused_scenario_waits_for_nobody(console, phone):
    open_page(phone, console, "/")
    console.stage.tell(replace(console.stage.snapshot, mode=Mode.PAUSED, step_ends_at=None))
    expect(phone.locator("#state")).to_have_text("En pause")
    expect(phone.locator("#step")).to_have_text("Étape 1 sur 3 · L'indice du jour")


def test_a_notice_looks_quieter_than_an_error_and_comes_after_it(console, phone):
    open_page(phone, console, "/")
    console.stage.tell(replace(ALERT, severity=Severity.NOTICE))
    arguments = (("strip", "plants"), ("problem", "no route to host"))
    console.stage.tell(Alert("output_failed", "plants", Severity.ERROR, arguments))
    error, notice = phone.locator("#alerts [data-severity=error]"), phone.locator("#alerts [data-severity=notice]")
    expect(phone.locator("#alerts li").first).to_have_text(error.inner_text())
    weight = "element => Number(getComputedStyle(element).fontWeight)"
    assert notice.evaluate(weight) < error.evaluate(weight)


def test_values_are_dated_and_a_value_per_town_folds(console, phone):
    open_page(phone, console, "/")
    expect(phone.locator("[data-reading='river.flow']")).to_contain_text("812\u00a0m³/s")
    expect(phone.locator("[data-reading='electricity.wind'] .mark")).to_have_text("exemple")
    expect(phone.locator("[data-reading='electricity.wind']")).to_contain_text("estimation — RTE")
    expect(phone.locator("[data-reading='electricity.hydro']")).to_contain_text("inconnu")
    expect(phone.locator("[data-zone=dam]")).to_contain_text("inconnu")
    expect(phone.locator("[data-zone=harbour]")).to_contain_text("34,5\u00a0MW")
    expect(phone.locator("[data-zone=harbour] .mark")).to_have_text("exemple")
    towns = phone.locator("[data-reading='air.index']")
    expect(towns.locator("summary")).to_contain_text("12 sur 12")
    towns.locator("summary").click()
    expect(towns.locator("li").filter(has_text="Feyzin")).to_be_visible()
    expect(phone.locator("[data-reading='electricity.wind']")).to_be_hidden()
    electricity = phone.locator("[data-feed=electricity] summary").first
    expect(electricity).to_contain_text("2 valeurs")
    electricity.click()
    expect(phone.locator("[data-reading='electricity.wind']")).to_be_visible()
    gone = replace(next(r for r in console.stage.readings if r.name == "wind"), value=35.5)
    console.stage.tell(ReadingsUpdate((gone,)))
    expect(phone.locator("[data-reading='electricity.wind']")).to_contain_text("35,5\u00a0MW")
    expect(phone.locator("[data-reading='electricity.wind']")).to_be_visible()


def test_a_scenario_has_a_picture_of_where_it_lights_the_model(console, phone):
    open_page(phone, console, "/")
    strokes = phone.locator("[data-scenario=air] .picture path").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('stroke'))"
    )
    lit = {zone.id: stroke for zone, stroke in zip(console.stage.exhibition.zones, strokes, strict=True)}
    assert lit == {**dict.fromkeys(lit, "#000000"), "feyzin": "#50ccaa"}


def test_a_command_whose_answer_is_lost_is_sent_again_and_carried_out_once(console, phone):
    lost = iter([True])

    def lose_the_first(route):
        if next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    open_page(phone, console, "/")
    phone.route("**/api/commands*", lose_the_first)
    with phone.expect_response("**/api/commands*") as answer:
        phone.locator("#controls [data-command=next]").click()
    assert answer.value.json()["ok"]
    expect(phone.locator("#step")).to_contain_text("Étape 2 sur 3")
    assert commands(console) == [("next", {})]


def test_what_one_mediator_does_the_other_sees(console, browser):
    with window(browser, 360, 740) as one, window(browser, 820, 1180) as other:
        for page in (one, other):
            open_page(page, console, "/")
        one.locator("[data-scenario=energie]").click()
        expect(other.locator("#scenario")).to_have_text("D'où vient l'électricité")
        other.locator("#guide").click()
        expect(one.locator("#guide")).to_have_attribute("aria-pressed", "true")
        one.locator("#controls [data-command=next]").click()
        expect(other.locator("#step")).to_contain_text("Étape 2 sur 2")
        other.locator("#controls [data-command=stop]").click()
        expect(one.locator("#state")).to_have_text("Veille · Visite guidée")
        expect(one.locator("#controls [data-command=next]")).to_be_disabled()
        assert one.locator("#percent").inner_text() == other.locator("#percent").inner_text()


def test_a_phone_that_is_unlocked_asks_for_the_line_at_once(console, phone):
    phone.clock.install()
    open_page(phone, console, "/")
    phone.route_web_socket(re.compile("/api/live"), lambda line: None)  # the next line stays silent
    expect(phone.locator("#link")).to_be_hidden()
    phone.clock.fast_forward(60_000)  # it slept: the last news is a minute old
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(phone.locator("#board")).to_have_class(re.compile("lost"))
    expect(phone.locator("#link")).to_contain_text("dernière nouvelle il y a 1\u00a0min")


def test_a_lost_line_is_said_and_the_old_state_is_not_shown_as_current(browser):
    with window(browser, 360, 740) as page:
        with running() as console:
            open_page(page, console, "/")
            port = console.port
        expect(page.locator("#link")).to_contain_text("Connexion perdue, dernière nouvelle il y a")
        expect(page.locator("#board")).to_have_class(re.compile("lost"))
        expect(page.locator("#controls [data-command=next]")).to_be_disabled()
        with running(ConsoleSettings(port=port)):
            expect(page.locator("#link")).to_be_hidden()
            expect(page.locator("#board")).not_to_have_class(re.compile("lost"))
            expect(page.locator("#controls [data-command=next]")).to_be_enabled()


def test_both_pages_speak_english_and_switch(console, desk):
    for path in ("/", "/model"):
        open_page(desk, console, path)
        desk.locator(".languages a[lang=en]").click()
        expect(desk.locator("#scenario")).to_have_text("The air we breathe")
        expect(desk.locator("html")).to_have_attribute("lang", "en")
        assert desk.title().startswith("Chemical Valley — ")


def test_no_page_is_wider_than_its_window(console, desk):
    for path in ("/", "/model"):
        open_page(desk, console, path)
        for width in (360, 820, 1920):
            desk.set_viewport_size({"width": width, "height": 900})
            assert desk.evaluate("document.documentElement.scrollWidth") <= width


def pixels(page: Page, zone: str) -> list[int]:
    """Return the summed red, green and blue of the canvas around a zone's first LED."""
    sums: list[int] = page.evaluate(
        """(zone) => {
            const canvas = document.querySelector("#stage .lights");
            const box = document.querySelector(`[data-zone=${zone}] .reach`).getBoundingClientRect();
            const stage = canvas.getBoundingClientRect();
            const ratio = canvas.width / stage.width;
            const [x, y, w, h] = [box.x - stage.x, box.y - stage.y, box.width, box.height].map((v) => Math.round(v * ratio));
            const { data } = canvas.getContext("2d").getImageData(x, y, Math.max(1, w), Math.max(1, h));
            const sums = [0, 0, 0];
            for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c += 1) sums[c] += data[i + c] * data[i + 3] / 255;
            return sums.map(Math.round);
        }""",
        zone,
    )
    return sums


def drawn(page: Page, times: int) -> None:
    """Wait until the lights have been drawn that many more times."""
    stage = page.locator("#stage")
    for _ in range(times):
        expect(stage).not_to_have_attribute("data-drawn", stage.get_attribute("data-drawn") or "")


def test_the_leds_glow_in_the_colours_of_the_frame(console, desk):
    open_page(desk, console, "/model")
    drawn(desk, 3)
    red, green, blue = pixels(desk, "rhone")
    assert blue > red
    assert blue > green
    red, green, blue = pixels(desk, "oullins")  # index 2: turquoise
    assert green > red
    red, green, blue = pixels(desk, "saint_fons")  # index 4: red
    assert red > 1.5 * green


@pytest.mark.parametrize("density", [0.8, 2])
def test_light_that_went_out_leaves_nothing_behind(console, browser, density):
    with window(browser, 1280, 800, device_scale_factor=density) as page:
        open_page(page, console, "/model")
        drawn(page, 3)
        lit = pixels(page, "givors"), pixels(page, "venissieux")
        console.stage.snapshot = replace(
            console.stage.snapshot, zones=tuple(replace(z, colour="#000000") for z in console.stage.snapshot.zones)
        )
        drawn(page, 10)
        dark = pixels(page, "givors"), pixels(page, "venissieux")
        for before, after in zip(lit, dark, strict=True):
            assert sum(after) < 0.5 * sum(before)


def test_a_click_and_the_keyboard_tell_why_a_zone_has_its_colour(console, desk):
    open_page(desk, console, "/model")
    desk.locator("[data-zone=saint_fons]").click()
    expect(desk.locator("#why_title")).to_have_text("Saint-Fons")
    expect(desk.locator("#why_body")).to_contain_text("Saint-Fons est rouge parce que")
    desk.locator("[data-zone=rhone]").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#why_body")).to_contain_text("812\u00a0m³/s")
    expect(desk.locator("[data-zone=rhone]")).to_have_attribute("aria-label", "Rhône, 812\u00a0m³/s")


def test_the_panel_tells_which_zones_are_where_on_the_scale(console, desk):
    open_page(desk, console, "/model")
    good = desk.locator("#legend li").filter(has_text="Bon").first
    expect(good.locator("small")).to_contain_text("Lyon 7e")
    expect(desk.locator("#legend")).to_contain_text("prévision — Atmo France")
    expect(desk.locator("#legend")).to_contain_text("812\u00a0m³/s")


def test_buttons_stand_where_they_stand_on_the_models_edge(console, desk):
    open_page(desk, console, "/model")
    expect(desk.locator("#edge")).to_have_class("placed")
    plan, lamp = desk.locator("#stage .drawing").bounding_box(), desk.locator("[data-button=energie]").bounding_box()
    assert plan is not None
    assert lamp is not None
    assert lamp["x"] + lamp["width"] / 2 == pytest.approx(plan["x"] + 500 / 1600 * plan["width"], abs=2)
    assert min(lamp["width"], lamp["height"]) >= 56
    desk.set_viewport_size({"width": 820, "height": 900})
    expect(desk.locator("#edge")).not_to_have_class("placed")


def test_a_button_of_the_virtual_model_presses_the_real_one_and_its_lamp_answers(console, desk):
    open_page(desk, console, "/model")
    lamp = desk.locator("[data-button=energie]")
    expect(lamp).not_to_have_attribute("data-lit", "")
    lamp.click()
    expect(lamp).to_have_attribute("data-lit", "")
    assert commands(console) == [("press", {"button": "energie"})]


def test_a_lamp_that_invites_breathes_and_what_a_knob_has_chosen_is_named(console, desk):
    open_page(desk, console, "/model")
    lamp = desk.locator("[data-button=energie]")
    expect(desk.locator("#choice")).to_be_hidden()
    lamps = frozenset(["energie"])
    console.stage.tell(replace(console.stage.snapshot, lamps=lamps, inviting=lamps, choice="air"))
    expect(lamp).to_have_attribute("data-invites", "")
    expect(lamp.locator(".lamp")).to_have_css("animation-duration", "4s")
    expect(desk.locator("#choice")).to_have_text("Ensuite\u00a0: L'air que l'on respire")


def test_servos_move_and_what_is_not_live_is_marked(console, desk):
    open_page(desk, console, "/model")
    expect(desk.locator("#quality")).to_contain_text("exemple")
    turbine = desk.locator("[data-servo=turbine] > g")
    before = turbine.get_attribute("transform")
    expect(turbine).not_to_have_attribute("transform", before or "")
    console.stage.tell(replace(console.stage.snapshot, quality=Quality.LIVE))
    expect(desk.locator("#quality")).to_be_hidden()


def test_the_plan_zooms_by_wheel_and_keys_and_comes_back(console, desk):
    open_page(desk, console, "/model")
    plan = desk.locator("#stage .drawing")
    whole = plan.bounding_box()
    assert whole is not None
    desk.locator("#stage").focus()
    desk.keyboard.press("+")
    expect(desk.locator("#zoom_all")).to_be_visible()
    larger = plan.bounding_box()
    assert larger is not None
    assert larger["width"] > 1.3 * whole["width"]
    desk.mouse.move(400, 300)
    desk.mouse.wheel(0, -100)
    desk.locator("#zoom_all").click()
    expect(desk.locator("#zoom_all")).to_be_hidden()
    assert plan.bounding_box() == whole


def test_titles_and_captions_are_words_whatever_stands_in_them(browser):
    odd = "L'<b>air</b> & <img src=x onerror=alert(1)> \U0001f32c\ufe0f “été”"
    stage = FakeStage()
    cards = [
        replace(card, title={"fr": odd, "en": odd}) if card.id == "air" else card for card in stage.exhibition.scenarios
    ]
    stage.exhibition = replace(stage.exhibition, scenarios=tuple(cards), title={"fr": odd, "en": odd})
    stage.snapshot = replace(stage.playing("air"), caption={"fr": (odd,), "en": (odd,)}, notes={"fr": odd, "en": odd})
    with running(stage=stage) as console, window(browser, 820, 900) as page:
        for path in ("/", "/model"):
            page.goto(console.url + path)
            expect(page.locator("#scenario")).to_have_text(odd)
            expect(page.locator("#caption")).to_have_text(odd)
            assert page.locator("main b:text-is('air')").count() == 0
            assert page.locator("img[src=x]").count() == 0


def test_a_device_that_may_not_act_is_asked_for_the_pin(browser, monkeypatch):
    monkeypatch.setattr("maquette.console.access.access.is_loopback", lambda _address: False)
    with (
        running(ConsoleSettings(port=0, pin=record_of("246813"), password="correct horse"), FakeStage()) as console,
        window(browser, 360, 740) as page,
    ):
        open_page(page, console, "/")
        page.locator("#controls [data-command=next]").click()
        dialog = page.get_by_role("dialog", name="Mener la visite")
        expect(dialog).to_be_visible()
        field = dialog.get_by_label("Le code du médiateur")
        expect(field).to_be_focused()
        assert field.get_attribute("inputmode") == "numeric"
        field.fill("111111")
        field.press("Enter")
        expect(page.locator("#pin_problem")).to_have_text("Ce n'est pas le bon code.")
        expect(field).to_have_attribute("aria-invalid", "true")
        field.fill("246813")
        page.locator("#pin_enter").click()
        expect(page.locator("#step")).to_contain_text("Étape 2 sur 3")
        assert commands(console) == [("next", {})]
        page.locator(".menu summary").click()
        expect(page.locator("#session_role")).to_have_text("Identifié comme médiateur")
        page.locator("#sign_in").click()
        expect(page.get_by_label("Le mot de passe d'entretien")).to_be_focused()
        page.locator("#pin_cancel").click()
        page.locator("#sign_out").click()
        expect(page.locator("#sign_out")).to_be_hidden()
        page.keyboard.press("Escape")
        console.stage.tell(Alert(NEW_PIN))
        renewed = page.get_by_role("dialog", name="Choisir un nouveau code")
        expect(renewed).to_be_visible()
        for again, told in (("975311", "Les deux codes"), ("975310", "")):
            renewed.get_by_label("Nouveau code").fill("975310")
            renewed.get_by_label("Le même code").fill(again)
            renewed.get_by_label("Le même code").press("Enter")
            expect(page.locator("#pin_problem")).to_contain_text(told)
        expect(page.locator("#pin")).to_be_hidden()
        page.locator("#controls [data-command=next]").click()
        expect(page.locator("#step")).to_contain_text("Étape 3 sur 3")


QUESTION = Question(
    "well",
    {"fr": "Vous sentez-vous bien ici ?", "en": "Do you feel well here?"},
    (Answers("air", {"fr": "Oui", "en": "Yes"}, 5.0, 3), Answers("rhone", {"fr": "Non", "en": "No"}, 0.0, 1)),
    4,
    3.75,
)


def test_a_mediator_begins_and_ends_a_visit_and_calm(console, phone):
    open_page(phone, console, "/")
    for name in ("guide", "calm"):
        expect(phone.locator(f"#{name}")).to_have_attribute("aria-pressed", "false")
        phone.locator(f"#{name}").click()
        expect(phone.locator(f"#{name}")).to_have_attribute("aria-pressed", "true")
    expect(phone.locator("#visit_hint")).to_contain_text("une main")
    phone.locator("#guide").click()
    expect(phone.locator("#guide")).to_have_attribute("aria-pressed", "false")
    assert commands(console) == [("guide", {"on": True}), ("calm", {"on": True}), ("guide", {"on": False})]


def test_a_raised_hand_is_answered_by_playing_what_it_asked_for(console, phone):
    open_page(phone, console, "/")
    hands = (Hand("air", time.monotonic() - 130),)
    console.stage.snapshot = replace(console.stage.snapshot, guided=True, hands=hands)
    console.stage.tell(console.stage.snapshot)
    row = phone.locator("#hands [data-hand=air]")
    expect(row).to_contain_text("L'air que l'on respire")
    expect(row).to_contain_text("il y a 2 min")
    with phone.expect_response("**/api/commands*"):
        row.click()
    assert commands(console) == [("play", {"scenario": "air"})]


@pytest.mark.parametrize("path", ["/", "/model"])
def test_a_question_stands_with_its_answers_and_a_journey_with_its_moment(console, desk, path):
    open_page(desk, console, path)
    expect(desk.locator("#question")).to_be_hidden()
    moment = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
    console.stage.snapshot = replace(console.stage.snapshot, question=QUESTION, moment=moment, guided=True)
    console.stage.tell(replace(console.stage.snapshot, moment=datetime.now(UTC) - timedelta(hours=11)))
    expect(desk.locator("#moment")).to_have_text("Rejeu d'exemples : il y a 11\u202fh")
    console.stage.tell(replace(console.stage.snapshot, quality=Quality.REPLAY))
    expect(desk.locator("#question .asked")).to_have_text("Vous sentez-vous bien ici ?")
    expect(desk.locator("#question [data-answer=air]")).to_contain_text("Oui bouton « L'air »")
    expect(desk.locator("#question [data-answer=air] .figure")).to_have_text("3")
    expect(desk.locator("#question")).to_contain_text("Réponses : 4, moyenne : 3,75")
    expect(desk.locator("#moment")).to_contain_text("Rejeu : 25 novembre à")
    if path == "/model":
        expect(desk.locator("#visit")).to_have_text("Visite en cours")
