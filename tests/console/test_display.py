"""The visitors' screen in a real browser: what it says, when it is silent, and that it stays for weeks as it is in its first minute."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from maquette.core.exhibition import ConsoleSettings
from maquette.core.past import ReadingSeries
from maquette.core.readings import Quality, ReadingsUpdate
from maquette.core.series import Point, make_series
from maquette.core.snapshot import Mode, Snapshot, ZoneState
from maquette.core.text import Figure
from tests.browser import started, window
from tests.console.conftest import Console, running
from tests.console.fake_stage import FakeStage
from tests.console.test_pages import QUESTION


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(autouse=True)
def believed_clock(monkeypatch):
    monkeypatch.setenv("MAQUETTE_CLOCK", "trusted")


@pytest.fixture
def console(shared):
    shared.reset()
    shared.stage.courses = day_of_the_river(shared.stage)
    return shared


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    with window(browser, 1920, 1080, reduced_motion="reduce") as page:
        yield page


def day_of_the_river(stage: FakeStage) -> dict[tuple[str, str, str | None], ReadingSeries]:
    """Return a value every half hour, but for three hours of the night."""
    flow, now = next(reading for reading in stage.readings if reading.feed == "river"), time.time()
    points = [
        Point(now - 1800 * i - 900, 800.0 + i, now - 1800 * i + 900) for i in range(50, -1, -1) if not 20 < i < 27
    ]
    return {("river", "flow", None): ReadingSeries(flow, make_series(points))}


def lit(snapshot: Snapshot, *zones: str) -> tuple[ZoneState, ...]:
    """Return the zones with all but some dark."""
    return tuple(zone if zone.zone in zones else ZoneState(zone.zone) for zone in snapshot.zones)


def tell(console: Console, **changes: object) -> None:
    console.stage.snapshot = replace(console.stage.snapshot, **changes)  # type: ignore[arg-type]  # of a snapshot's fields
    console.stage.tell(console.stage.snapshot)


def show(page: Page, console: Console, query: str = "?lang=fr") -> None:
    page.goto(f"{console.url}/display{query}")
    expect(page.locator("#caption, .cut #link").first).not_to_be_empty()


def test_a_step_is_told_with_its_chart_its_scale_and_whence_it_comes(console, screen):
    tell(console, zones=lit(console.stage.snapshot, "rhone"), quality=Quality.LIVE, guided=True)
    show(screen, console)
    expect(screen.locator("#scenario")).to_have_text("L'air que l'on respire · Étape 1 sur 3")
    expect(screen.locator("h1")).to_have_text("L'indice du jour")
    expect(screen.locator("#caption")).to_contain_text("Le plus haut des communes est 6")
    expect(screen.locator("#marks")).to_have_text("Visite en cours")
    expect(screen.locator("#chart figcaption")).to_contain_text("Débit du Rhône (Ternay)")
    expect(screen.locator("#chart figcaption")).to_contain_text("dernières 24 heures · mesure")
    drawing = screen.locator("#chart svg")
    expect(drawing).to_have_attribute("aria-label", re.compile(r"au plus bas 800.m³/s .* maintenant 812.m³/s"))
    assert drawing.locator("path.line").count() == 2  # nothing is drawn over the night
    assert drawing.locator("rect.gap").count() == 1
    assert drawing.locator("text.unit").text_content() == "m³/s"
    expect(screen.locator("#legend")).to_contain_text("étiage, 150\u00a0m³/s")
    expect(screen.locator("#origin .mark")).to_have_text("à jour")
    origin = "Débit du Rhône (Ternay)\u00a0: 812\u00a0m³/s mesuré il y a 5\u00a0min · Hub'Eau, Licence Ouverte 2.0"
    expect(screen.locator("#origin li")).to_have_text(origin)
    expect(screen.locator("#phone")).to_be_hidden()  # no phone reaches this machine's own address
    assert requests.get(f"{console.url}/display/code.svg", timeout=5).status_code == 404


def test_towns_are_counted_on_their_scale_and_all_fits_the_screen(console, screen):
    show(screen, console)
    expect(screen.locator("#chart .bars li")).to_have_text([re.compile(f"^{name}.*2") for name in (
        "Bon", "Moyen", "Dégradé", "Mauvais", "Très mauvais", "Extrêmement mauvais",
    )])  # fmt: skip
    expect(screen.locator("#origin .mark")).to_have_text("inconnu")  # the worst of them
    expect(screen.locator("#origin")).to_contain_text("Atmo Auvergne-Rhône-Alpes, ODbL 1.0")
    for part in ("#telling", "#facts", "#sources"):
        box = screen.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 1080
        assert screen.locator(part).evaluate("part => part.scrollHeight <= part.clientHeight + 1")
    assert screen.locator("#caption").evaluate("part => parseFloat(getComputedStyle(part).fontSize)") >= 30


def test_what_has_no_past_yet_is_told_in_words(console, screen):
    console.stage.courses = {}
    tell(console, zones=lit(console.stage.snapshot, "harbour"))
    show(screen, console)
    expect(screen.locator("#chart")).to_contain_text("trop peu de valeurs sont connues")


def test_what_the_caption_alone_tells_is_owed_and_drawn_too(console, screen):
    flow = Figure(812.0, "m³/s", "live", (("river", "flow", None),))
    caption = {"fr": ("À Ternay, ", flow, ".")}
    tell(console, zones=lit(console.stage.snapshot), caption=caption, quality=Quality.LIVE)
    show(screen, console)
    expect(screen.locator("#origin li")).to_contain_text("Hub'Eau, Licence Ouverte 2.0")
    expect(screen.locator("#chart figcaption")).to_contain_text("Débit du Rhône")


def test_at_rest_it_says_what_each_button_tells_and_in_the_dark_it_is_dark(console, screen):
    tell(console, mode=Mode.IDLE, scenario="veille", zones=lit(console.stage.snapshot), quality=Quality.LIVE)
    show(screen, console)
    expect(screen.locator("#invite li")).to_have_text(
        ["L'airL'air que l'on respire", "L'énergieD'où vient l'électricité", "Le RhôneLe Rhône aujourd'hui"]
    )
    expect(screen.locator("#origin")).to_be_empty()
    for mode in (Mode.BLACKOUT, Mode.ASLEEP):
        tell(console, mode=mode)
        expect(screen.locator("#board")).to_be_hidden()
        expect(screen.locator("#head")).to_be_hidden()
        assert screen.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"


def test_a_question_stands_with_its_buttons_and_its_result(console, screen):
    tell(console, question=QUESTION, zones=lit(console.stage.snapshot))
    show(screen, console)
    expect(screen.locator("#question .asked")).to_have_text("Vous sentez-vous bien ici ?")
    expect(screen.locator("#question [data-answer=air]")).to_contain_text("bouton « L'air »")
    expect(screen.locator("#question")).to_contain_text("Réponses : 4, moyenne : 3,75")


def test_a_lost_line_hides_what_was_shown_until_it_comes_back_and_a_newer_programme_brings_a_new_page(
    browser, monkeypatch
):
    with window(browser, 1280, 720) as page:
        with running() as console:
            show(page, console)
            page.locator("html").evaluate("html => html.dataset.former = 1")
            port = console.port
        expect(page.locator("#link")).to_have_text(
            "La liaison avec la maquette est coupée. Elle se rétablit d'elle-même."
        )
        expect(page.locator("#board")).to_be_hidden()
        with running(ConsoleSettings(port=port)):
            expect(page.locator("#board")).to_be_visible()
            expect(page.locator("#link")).to_be_hidden()
            expect(page.locator("html")).to_have_attribute("data-former", "1")
        monkeypatch.setattr("maquette.console.views.__version__", "99.0")
        with running(ConsoleSettings(port=port)):
            expect(page.locator("html")).not_to_have_attribute("data-former", "1")
            expect(page.locator("#board")).to_be_visible()


def test_languages_take_turns_on_a_screen_unless_somebody_has_chosen(console, screen):
    screen.clock.install()
    tell(console, step_ends_at=None)
    show(screen, console, "")
    expect(screen.locator("#caption")).to_contain_text("Le plus haut")
    screen.clock.fast_forward(11_000)
    expect(screen.locator("#board")).to_be_visible()
    expect(screen.locator("#caption")).to_contain_text("Le plus haut")
    screen.clock.fast_forward(30_000)
    expect(screen.locator("#caption")).to_contain_text("The highest")
    expect(screen.locator("html")).to_have_attribute("lang", "en")
    expect(screen.locator("#legend")).to_contain_text("Flow of the Rhône")
    expect(screen.locator("#chart")).to_contain_text("number of zones")
    screen.clock.fast_forward(60_000)
    expect(screen.locator("#caption")).to_contain_text("Le plus haut")
    tell(console, language="en")
    expect(screen.locator("#caption")).to_contain_text("The highest")
    screen.clock.fast_forward(60_000)
    expect(screen.locator("#board")).to_be_visible()
    expect(screen.locator("#caption")).to_contain_text("The highest")
    tell(console, language=None)
    show(screen, console, "?lang=en")
    screen.clock.fast_forward(60_000)
    expect(screen.locator("#board")).to_be_visible()
    expect(screen.locator("#caption")).to_contain_text("The highest")


def test_on_a_phone_the_page_speaks_its_owner_s_language_scrolls_and_says_each_step_once(browser, console):
    with window(browser, 360, 740, locale="en-GB") as phone:
        show(phone, console, "")
        expect(phone.locator("h1")).to_have_text("Today's index")
        said = phone.locator("#said")
        expect(said).to_have_text(re.compile("^The air we breathe. Today's index. The highest"))
        phone.evaluate("""() => {
            window.said = 0;
            new MutationObserver(() => { window.said += 1; }).observe(document.getElementById("said"), {childList: true});
        }""")
        console.stage.tell(ReadingsUpdate(console.stage.readings))
        tell(console, brightness=10)
        tell(console, step=2, step_title={"fr": "Deux", "en": "Two"})
        expect(said).to_have_text(re.compile("Two"))
        assert phone.evaluate("window.said") == 1
        expect(phone.locator("#chart")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") == 360
        assert phone.evaluate("document.documentElement.scrollHeight") > 740
        phone.locator(".languages a[lang=fr]").click()
        expect(phone.locator("#scenario")).to_contain_text("Étape")


def test_phones_find_the_page_by_a_code_where_they_can_reach_it(console, screen):
    settings = console.hub.settings
    console.hub.settings = replace(settings, host="0.0.0.0", port=8080, names=("maquette.local",))
    show(screen, console)
    expect(screen.locator("#phone")).to_contain_text("maquette.local:8080/display")
    screen.locator("#code").evaluate("code => code.decode()")  # fails where there is no drawing
    console.hub.settings = settings


def test_an_hour_leaves_nothing_behind(console, screen):
    """An hour of simulated time: every five minutes another step, new readings, and a line that was silent too long."""
    all_of_them = console.stage.zone_states()
    screen.clock.install()
    show(screen, console, "")
    tools = screen.context.new_cdp_session(screen)
    tools.send("HeapProfiler.enable")

    def weight() -> tuple[int, int]:
        expect(screen.locator("#chart .bars")).to_be_visible()
        tools.send("HeapProfiler.collectGarbage")
        nodes = screen.evaluate("document.getElementsByTagName('*').length")
        return tools.send("Runtime.getHeapUsage")["usedSize"], nodes

    def minutes(first: int, last: int) -> None:
        for minute in range(first, last, 5):
            zones = all_of_them if minute % 2 else lit(console.stage.playing("air"), "rhone")
            title = {"fr": f"Minute {minute}", "en": f"Minute {minute}"}
            console.stage.tell(ReadingsUpdate(console.stage.readings))
            tell(console, step=minute % 3 + 1, step_title=title, step_ends_at=None, zones=zones)
            screen.clock.fast_forward(300_000)
            expect(screen.locator("h1")).to_have_text(f"Minute {minute}")

    minutes(0, 40)  # until the browser has compiled what it will
    before = weight()
    minutes(40, 100)
    after = weight()
    assert after[1] <= before[1]
    assert after[0] <= before[0] + 200_000
    assert screen.evaluate("document.getAnimations().length") == 0
