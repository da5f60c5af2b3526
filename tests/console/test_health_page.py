"""The morning report in a real browser: French, each trouble with its remedy, and up to date by itself."""

from dataclasses import replace

from playwright.sync_api import expect

from maquette.core.alerts import Alert, Severity
from tests.browser import started, window
from tests.console.conftest import running

LOST = Alert("output_failed", "plants", Severity.ERROR, (("strip", "plants"), ("problem", "pas de réponse")))


def test_the_report_says_what_to_do_and_follows_the_alerts(monkeypatch):
    monkeypatch.setenv("MAQUETTE_CLOCK", "trusted")
    with running() as console, started() as browser, window(browser, 360, 740) as page:
        console.stage.tell(LOST)
        page.goto(f"{console.url}/health")
        summary = page.locator("#summary")
        expect(summary).to_have_text("Pas prête : le ruban « plants » ne reçoit plus de lumière : pas de réponse.")
        first = page.locator("#findings > li").first
        expect(first).to_contain_text("À régler")
        expect(first).to_contain_text("Vérifier que le ruban est branché et alimenté")
        expect(first.locator("code")).to_have_text("maquette doctor")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        console.stage.tell(replace(LOST, over=True))
        expect(summary).to_contain_text("Prête, avec une remarque.")  # it is a simulation
        expect(page.locator("[data-subject=plants]")).to_have_count(0)
        page.emulate_media(media="print")
        expect(page.locator("#print")).to_be_hidden()
        page.goto(f"{console.url}/health?lang=en")
        expect(summary).to_contain_text("Ready, with one remark.")
