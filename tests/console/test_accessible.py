"""Every page by WCAG 2.2 AA, as far as a machine can tell: axe-core in a browser, each language and theme, dialogs open; how pages move."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import requests
from playwright.sync_api import Browser, Page
from starlette.routing import Route

from maquette.console.pages import PAGES
from maquette.console.wording import LANGUAGES
from tests.browser import started, window
from tests.console.conftest import Console, running
from tests.console.fake_stage import ALERT
from tests.console.small_house import House
from tests.console.test_pages import QUESTION

AXE = Path(__file__).parents[2] / ".cache/axe-core/node_modules/axe-core/axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL: dict[str, object] = {"type": "tag", "values": LEVELS}
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What a theme may change; everything else is the same in all of them."""

FLASH_MS = 1000 / 3
"""Nothing may flash more than three times a second."""
OPEN = """part => {
  // Scripts name these when they open a dialog.
  for (const one of part.querySelectorAll("button, label, h2")) one.textContent ||= "…";
  part.dataset.opened = "";
  if (part.showModal) part.showModal();
  else part.open = true;
}"""
CLOSE = """part => {
  delete part.dataset.opened;
  if (part.showModal) part.close();
  else part.open = false;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with something to show everywhere: documents, an alert, a question to visitors."""
    house = House(tmp_path_factory.mktemp("house"))
    with running(store=house.store) as console:
        console.stage.tell(ALERT)
        console.stage.tell(replace(console.stage.snapshot, question=QUESTION, guided=True))
        yield console
    house.store.bench.end()


def motions(page: Page) -> list[tuple[str, float]]:
    """Return what moves of itself on a page, and how long one cycle lasts, in milliseconds."""
    found = page.evaluate(
        "document.getAnimations().map(one => [one.animationName ?? one.transitionProperty ?? 'script', "
        "one.effect.getComputedTiming().duration])"
    )
    return [(name, cycle_ms) for name, cycle_ms in found]


def faults(page: Page, where: str, in_light: dict[str, object] = ALL) -> list[str]:
    """Return what axe-core finds within an element in each theme, one line each: theme, rule, place, why."""
    found = []
    themes: tuple[tuple[Literal["light", "dark"], dict[str, object]], ...] = (("light", in_light), ("dark", COLOURS))
    for theme, what in themes:
        page.emulate_media(color_scheme=theme)
        found += page.evaluate(
            "([theme, where, what]) => axe.run(where, {runOnly: what, resultTypes: ['violations']}).then("
            "  told => told.violations.flatMap(rule => rule.nodes.map("
            "    node => `${theme}: ${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`)))",
            [theme, where, what],
        )
    return found


def test_every_page_is_among_those_that_are_looked_at(console: Console):
    """A page is what a route answers with HTML."""
    routes = [route.path for route in console.web.routes if isinstance(route, Route) and "{" not in route.path]
    answers = {path: requests.get(console.url + path, timeout=60) for path in routes if not path.startswith("/api/")}
    assert {path for path, answer in answers.items() if "html" in answer.headers["content-type"]} == set(PAGES.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES.values())
def test_a_page_is_accessible(browser: Browser, console: Console, path: str, language: str):
    with window(browser, 360, 740, reduced_motion="reduce") as page:
        page.goto(f"{console.url}{path}?lang={language}", wait_until="networkidle")
        page.wait_for_function("document.querySelector('.waiting') === null")
        page.evaluate(AXE.read_text("utf-8") + "; undefined")
        assert faults(page, "html") == []
        page.evaluate("document.getElementById('board').classList.add('lost')")
        assert faults(page, "html", COLOURS) == [], "without a connection"
        page.evaluate("document.getElementById('board').classList.remove('lost')")
        assert motions(page) == [], "motion that the reader has asked to do without"
        for what in ("details", "dialog") if language == LANGUAGES[0] else ():
            for number in range(page.locator(what).count()):
                part = page.locator(what).nth(number)
                part.evaluate(OPEN)
                assert faults(page, "[data-opened]") == []
                part.evaluate(CLOSE)
        page.emulate_media(reduced_motion="no-preference")
        assert [name for name, cycle_ms in motions(page) if cycle_ms < FLASH_MS] == []
