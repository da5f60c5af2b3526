"""The map: LEDs are placed on the plan by walking along a strip, and the zones are written into the hardware document."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from maquette.config.yaml import read_text
from maquette.console.commands import Refusal
from maquette.console.documents.map_wishes import Wishes, read_wishes
from maquette.console.trial.jobs import Job
from maquette.console.trial.trial import Trial
from maquette.core.events import Command
from tests.browser import started, window
from tests.console.conftest import Console, running
from tests.console.small_house import AIR, House, scenario

HARDWARE = "hardware/vallee-de-la-chimie.yaml"
SIZE_MM = (1600, 900)


class Here:
    """Tries documents in this process: what the process of its own does is tested elsewhere."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    async def ask(self, job: Job) -> Any:
        return self._trial.do(job)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house"))
    house.store.bench = Here(Trial(house.documents))  # type: ignore[assignment]  # it does as the bench does
    return house


@pytest.fixture(scope="module")
def console(house: House) -> Iterator[Console]:
    with running(store=house.store) as console:
        yield console


@pytest.fixture
def page(console: Console) -> Iterator[Page]:
    with started() as browser, window(browser, 1280, 800) as page:
        page.goto(f"{console.url}/map")
        expect(page.locator("#board")).not_to_have_class(re.compile("waiting"))
        yield page


def zone_of(house: House, name: str) -> dict[str, Any] | None:
    source, _ = read_text(house.text(HARDWARE), HARDWARE)
    assert source is not None
    found: dict[str, Any] | None = source.root.plain["zones"].get(name)
    return found


def asked(**changed: Any) -> dict[str, Any]:
    zone: dict[str, Any] = {"zone": "irigny", "leds": ["territory 58-65"], "title": {}, "like": None}
    seen = [["territory", 58 + number, 600 + 10 * number, 500] for number in range(8)]
    return {"zones": [{**zone, "seen": seen, **changed}], "deleted": []}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "missing_argument"),
        ({"zones": [], "deleted": [], "more": 1}, "unknown_argument"),
        ({"zones": {}, "deleted": []}, "wrong_type"),
        ({"zones": [], "deleted": [1]}, "wrong_type"),
        (asked(zone="Irigny"), "zone_name"),
        (asked(zone=1), "wrong_type"),
        (asked(leds=[]), "wrong_type"),
        (asked(leds=["territory 58 - 65"]), "no_run"),
        (asked(title={"fr": ""}), "wrong_type"),
        (asked(title={"fr": "x" * 121}), "wrong_type"),
        (asked(seen=[["territory", 58, float("inf"), 0]]), "wrong_type"),
        (asked(seen=[["territory", True, 1, 0]]), "wrong_type"),
        (asked(seen=[["territory", 58, 1]]), "wrong_type"),
        (asked(like=[]), "wrong_type"),
    ],
)
def test_what_is_asked_for_in_another_shape_is_refused(payload: dict[str, Any], code: str):
    read = read_wishes(payload)
    assert isinstance(read, Refusal)
    assert read.code == code


def test_what_is_asked_for_is_read():
    read = read_wishes(asked(title={"fr": "Irigny"}, like="feyzin"))
    assert isinstance(read, Wishes)
    assert read.zones[0].seen[1].x == 610.0


def test_zones_are_proposed_and_written_by_whoever_saw_the_latest_document(console: Console, house: House):
    def ask(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = requests.request(method, f"{console.url}{path}?lang=en", json=body, headers=sent, timeout=30)
        return answer.status_code, answer.json()

    before = house.text(HARDWARE)
    told = ask("GET", "/api/map")[1]
    assert told["strips"][2] == {"strip": "territory", "leds": 199, "start": 457}
    assert [zone["leds"] for zone in told["zones"] if zone["zone"] == "irigny"] == [["territory 58-65"]]
    status, proposal = ask("POST", "/api/map/propose", asked())
    assert (status, proposal["passed"], proposal["problems"]) == (200, True, [])
    assert "+    path: [[600, 500], [670, 500]]" in proposal["difference"].splitlines()
    (zone,) = proposal["zones"]
    assert (zone["path"], zone["worst_mm"], zone["far"], zone["split_after"]) == (
        [[600, 500], [670, 500]],
        0.0,
        False,
        None,
    )

    house.put(AIR, scenario("L'air").replace("[all]", "[irigny]"))
    status, overlapping = ask(
        "POST",
        "/api/map/propose",
        asked(leds=["territory 58-66"], seen=[["territory", 58, 0, 0], ["territory", 66, 9, 9]]),
    )
    assert (status, overlapping["passed"], overlapping["problems"][0]["code"]) == (200, False, "E231")
    status, gone = ask("POST", "/api/map/propose", {"zones": [], "deleted": ["irigny"]})
    assert [(p["file"], p["line"], p["column"], p["code"]) for p in gone["problems"]] == [(AIR, 4, 23, "E204")]

    refusals = [
        (asked(seen=[["territory", 59, 0, 0]]), 422, "led_not_placed"),
        (asked(leds=["territory 58-199"]), 404, "no_such_led"),
        (asked(leds=["territoire 58"]), 404, "unknown_strip"),
        ({"zones": [], "deleted": ["irignis"]}, 404, "unknown_zone"),
    ]
    for body, expected, code in refusals:
        status, refused = ask("POST", "/api/map/propose", body)
        assert (status, refused["code"]) == (expected, code)
    assert ask("PUT", "/api/map", asked())[0] == 428
    assert ask("PUT", "/api/map", asked(), if_match='"older"')[1]["code"] == "document_changed"
    status, refused = ask("PUT", "/api/map", {"zones": [], "deleted": ["irigny"]}, if_match=f'"{told["fingerprint"]}"')
    assert (status, refused["code"], refused["problems"][0]["code"]) == (422, "document_wrong", "E204")
    assert house.text(HARDWARE) == before

    status, written = ask("PUT", "/api/map", asked(), if_match=f'"{told["fingerprint"]}"')
    assert (status, written["taken_over"]) == (200, True)
    assert written["fingerprint"] == house.read(HARDWARE).fingerprint != told["fingerprint"]
    there = zone_of(house, "irigny")
    assert there is not None
    assert there["path"] == [[600, 500], [670, 500]]


def test_somebody_walks_along_a_strip_and_makes_a_zone_of_it(console: Console, house: House, page: Page):
    console.reset()

    def tap(x: float, y: float) -> None:
        box = page.locator(".scene").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + x / SIZE_MM[0] * box["width"], box["y"] + y / SIZE_MM[1] * box["height"])

    page.select_option("#zone", "yvours")
    page.click("#remove")
    expect(page.locator("#survey")).to_contain_text(
        "LED de «\u00a0territory\u00a0» dans aucune zone\u00a0: 5 sur 199 (149-153)"
    )
    page.select_option("#step", "2")
    page.fill("#go_to", "149")
    page.press("#go_to", "Enter")
    page.click("#light")
    tap(500, 700)
    expect(page.locator("#at")).to_contain_text("LED 151")
    tap(530, 700)
    page.focus("#stage")
    page.keyboard.press("Backspace")
    expect(page.locator("#at")).to_contain_text("LED 151")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # in line with the two before
    expect(page.locator("#at")).to_contain_text("LED 155")
    expect(page.locator("#leds")).to_have_value("territory 149-153")
    page.locator("#titles input").first.fill("Les sites d'Yvours")
    expect(page.locator("#name")).to_have_value("sites_d_yvours")
    page.click("#form button.main")

    page.reload()
    expect(page.locator("#changes")).to_contain_text("sites_d_yvours")
    expect(page.locator("#changes")).to_contain_text("supprimée")
    page.click("#propose")
    expect(page.locator("#proposal .diff")).to_contain_text("leds: [territory 149-153]")
    page.click("#save")
    expect(page.locator("#proposal")).to_contain_text("La maquette s'en sert déjà, sans redémarrer.")
    expect(page.locator("#changes li")).to_have_count(0)
    zone = zone_of(house, "sites_d_yvours")
    assert zone is not None
    assert (zone["title"], zone["leds"], len(zone["path"])) == ({"fr": "Les sites d'Yvours"}, ["territory 149-153"], 2)
    assert zone["path"][0] == pytest.approx([500, 700], abs=2)
    assert zone["path"][1] == pytest.approx([540, 700], abs=2)
    assert zone_of(house, "yvours") is None
    lit = [dict(m.arguments)["target"] for m in console.stage.posted if isinstance(m, Command) and m.name == "identify"]
    assert (lit[0], lit[-1]) == ("led territory 149", "off"), "it ends when the page goes"
