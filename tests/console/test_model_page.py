"""The virtual model in a real browser: what it draws, how it is moved, and how it asks for frames."""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from maquette.core.exhibition import ConsoleSettings
from maquette.ops.scrypt import record_of
from tests.browser import started, window
from tests.console.conftest import Console, running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, shared: Console) -> Iterator[Page]:
    shared.reset()
    with window(browser, 1280, 800, has_touch=True) as page:
        yield page


def open_model(page: Page, console: Console) -> None:
    page.goto(f"{console.url}/model")
    expect(page.locator("#board")).not_to_have_class(re.compile("waiting"))


def test_glows_add_up_and_keep_their_colour(shared, page):
    open_model(page, shared)
    seen = page.evaluate(
        """async () => {
            const { Lights } = await import("/static/lights.js");
            const canvas = document.createElement("canvas");
            const zone = { leds: [0, 1, 2], places: [[50, 50], [50, 50], [120, 50]] };
            const lights = new Lights(canvas, { led_count: 3, zones: [zone] });
            const view = { stage: { clientWidth: 200, clientHeight: 100 }, scale: 1, x: 0, y: 0 };
            const at = (x) => [...canvas.getContext("2d").getImageData(x, 50, 1, 1).data];
            lights.take(new Uint8Array([60, 0, 0, 0, 60, 0, 0, 0, 60]));
            lights.draw(view, 0);
            const [both, blue, field] = [at(58), at(128), lights.field];
            lights.take(new Uint8Array([60, 0, 0, 0, 0, 0, 0, 0, 0]));
            lights.draw(view, 40);
            return { both, blue, red: at(58), dark: at(128), kept: lights.field === field };
        }"""
    )
    red, green, blue, _ = seen["both"]
    assert red == pytest.approx(green, abs=3)
    assert red > 200
    assert blue == 0
    assert seen["red"][:3] == [255, 0, 0]
    assert seen["red"][3] == pytest.approx(seen["both"][3], abs=3)
    assert seen["blue"][:3] == [0, 0, 255]
    assert seen["dark"] == [0, 0, 0, 0]
    assert seen["kept"], "a frame must allocate nothing"


def test_a_step_is_told_once_and_a_changed_caption_is_not(shared, page):
    open_model(page, shared)
    told = page.get_by_role("status").and_(page.locator("#told"))
    expect(told).to_be_empty()
    stage = shared.stage
    stage.tell(replace(stage.snapshot, step=2, step_title={"fr": "Commune par commune"}, caption={"fr": ("Feyzin.",)}))
    words = "L'air que l'on respire · Étape 2 sur 3 · Commune par commune · Feyzin."
    expect(told).to_have_text(words)
    stage.tell(replace(stage.snapshot, step=2, step_title={"fr": "Commune par commune"}, caption={"fr": ("Irigny.",)}))
    expect(page.locator("#caption")).to_have_text("Irigny.")
    expect(told).to_have_text(words)


def test_the_chosen_zone_follows_the_show_until_escape(shared, page):
    open_model(page, shared)
    zone = page.locator("[data-zone=feyzin]")
    zone.focus()
    page.keyboard.press("+")
    page.keyboard.press("Enter")
    expect(zone).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#why_body")).to_contain_text("Bon")
    states = [
        replace(z, class_title={"fr": "Mauvais"}) if z.zone == "feyzin" else z for z in shared.stage.snapshot.zones
    ]
    shared.stage.tell(replace(shared.stage.snapshot, zones=tuple(states)))
    expect(page.locator("#why_body")).to_contain_text("Mauvais")
    expect(zone).to_have_attribute("aria-label", "Feyzin, Mauvais")
    page.keyboard.press("Escape")
    expect(zone).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#zoom_all")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#zoom_all")).to_be_hidden()


def test_a_press_by_a_stranger_asks_for_the_code_and_goes_through(browser, monkeypatch):
    monkeypatch.setattr("maquette.console.access.access.is_loopback", lambda _address: False)
    with running(ConsoleSettings(port=0, pin=record_of("246813"))) as console, window(browser, 820, 900) as page:
        open_model(page, console)
        button = page.locator("[data-button=energie]")
        button.click()
        page.get_by_label("Le code du médiateur").fill("246813")
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("data-lit", "")


def test_a_double_tap_goes_in_and_out_and_keeps_the_zone(shared, page):
    open_model(page, shared)
    zone = page.locator("[data-zone=givors]")
    for in_close in (True, False):
        zone.evaluate(  # in one go, however slow the machine
            """(zone) => {
                const [at, { x, y, width, height }] = [zone.lastElementChild, zone.getBoundingClientRect()];
                const where = { bubbles: true, pointerId: 1, clientX: x + width / 2, clientY: y + height / 2 };
                for (const name of ["pointerdown", "pointerup", "click", "pointerdown", "pointerup", "click"]) {
                    at.dispatchEvent(new PointerEvent(name, where));
                }
            }"""
        )
        expect(page.locator("#zoom_all")).to_be_visible(visible=in_close)
        expect(zone).to_have_attribute("aria-pressed", str(in_close).lower())


def test_a_hidden_page_asks_for_no_frames(shared, page):
    open_model(page, shared)
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    stage = page.locator("#stage")
    expect(stage).to_have_attribute("data-drawn", re.compile(r"\d{2}"))
    page.evaluate(hide, arg=True)
    while shared.stage.watched:
        page.evaluate("fetch('/api/state').then((answer) => answer.ok)")
    before = stage.get_attribute("data-drawn") or ""
    page.evaluate(hide, arg=False)
    expect(stage).not_to_have_attribute("data-drawn", before)


def test_two_frames_are_on_their_way_and_those_that_came_late_give_way_to_the_next(shared, page):
    asked: list[WebSocketRoute] = []

    def hear(line: WebSocketRoute) -> None:
        line.on_message(lambda message: asked.append(line) if json.loads(message) == {"watch": "frame"} else None)

    def send_frame() -> None:
        before = len(asked)
        asked[-1].send(struct.pack("<BBHI", 1, 0, 1, 0) + bytes(3))
        while len(asked) == before:
            page.evaluate("0")  # the page asks for the next as soon as it has this one

    def drawn_after(milliseconds: int) -> int:
        page.clock.run_for(milliseconds)
        return int(page.locator("#stage").get_attribute("data-drawn") or 0)

    page.route_web_socket(re.compile("/api/live"), hear)
    page.clock.install()
    page.goto(f"{shared.url}/model")
    while len(asked) < 2:
        page.evaluate("0")
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    begun = drawn_after(200)
    send_frame()
    assert drawn_after(50) == begun + 1, "the first is shown at once"
    page.clock.run_for(500)
    send_frame()
    page.clock.run_for(20)
    send_frame()
    assert drawn_after(20) == begun + 1, "both were asked for before the halt"
    send_frame()
    assert drawn_after(300) == begun + 2, "the late ones were never shown"
    page.clock.run_for(500)
    send_frame()
    assert drawn_after(50) == begun + 2
    assert drawn_after(100) == begun + 3, "after stillness nothing newer came"
    assert len(asked) == 7
