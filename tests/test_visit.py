"""A visit as a mediator leads it, with a phone in one hand: the running program, a broker, a browser of a phone's size, in French."""

import os
import re
import signal

from playwright.sync_api import expect

from tests.browser import started, window
from tests.console.broker import Listener, Mosquitto
from tests.daemon import PIN, Installation, Strip, running

PUSHED = """\
  air:
    kind: push
    by_key: true
    title: {fr: Qualité de l'air, en: Air quality}
    fresh_for: 36 h
    nature: forecast
    source: Atmo
    licence: ODbL 1.0
    values:
      index: {title: {fr: Indice de qualité de l'air, en: Air quality index}, scale: atmo, plausible: [1, 6]}
      no2: {plausible: [1, 6]}
      o3: {plausible: [1, 6]}
      pm25: {plausible: [1, 6]}
"""
ROWS = [{"key": insee, "index": index, "no2": 1, "o3": 2, "pm25": 2} for insee, index in (("69199", 2), ("69276", 3))]


def test_a_visit_from_a_phone(tmp_path):
    strip, broker = Strip(), Mosquitto(tmp_path)
    broker.start()
    listener = Listener(broker.port)
    installation = Installation(tmp_path, strip, mqtt_port=broker.port)
    shipped = installation.config.read_text()
    installation.config.write_text(re.sub(r"^  air:\n(?:    .*\n)*", PUSHED, shipped, count=1, flags=re.MULTILINE))
    try:
        with running(installation) as daemon, started() as browser, window(browser, 360, 740, has_touch=True) as phone:
            daemon.wait_for("/api/readings", lambda rows: any(row["feed"] == "air" for row in rows))
            assert daemon.post("/api/feeds/air", ROWS)["ok"]
            # It begins: the first touch asks for the PIN, and is then carried out.
            phone.goto(daemon.address)
            phone.locator("[data-scenario=air]").tap()
            phone.locator("#pin_field").fill(PIN)
            phone.locator("#pin_field").press("Enter")
            expect(phone.locator("#scenario")).to_have_text("L'air que l'on respire")
            expect(phone.locator("#caption")).to_contain_text("Le plus haut est 3")
            # A visitor asks: why is Feyzin yellow?
            feyzin = phone.locator("#zones [data-zone=feyzin]")
            expect(feyzin).to_contain_text("Dégradé (3)")
            expect(feyzin).to_contain_text("prévision — Atmo")
            feyzin.tap()
            expect(phone.locator("#why_body")).to_contain_text("Feyzin est jaune parce que")
            expect(phone.locator("[data-fact=expression]")).to_have_text("air[zone.insee].index")
            phone.get_by_role("button", name="Fermer").tap()
            # A guided visit: steps wait, a visitor's press raises a hand.
            phone.locator("#guide").tap()
            expect(phone.locator("#step")).to_contain_text("attend")
            assert daemon.command(command="press", button="rhone")["ok"]
            expect(phone.locator("#hands [data-hand=rhone]")).to_be_visible()
            phone.locator("#controls [data-command=next]").tap()
            expect(phone.locator("#step")).to_contain_text("Étape 2 sur 4")
            # The line is lost and comes back; whoever was signed in still is, and the show never stopped.
            os.kill(daemon.children()["console"], signal.SIGKILL)
            expect(phone.locator("#board")).to_have_class(re.compile("lost"))
            expect(phone.locator("#board")).not_to_have_class(re.compile("lost"), timeout=30_000)
            expect(phone.locator("#step")).to_contain_text("Étape 2 sur 4")
            phone.locator("#calm").tap()
            expect(phone.locator("#calm")).to_have_attribute("aria-pressed", "true")
            # The house's own system ends it.
            listener.say("maquette/vallee-de-la-chimie/scenario/set", "")
            expect(phone.locator("#state")).to_contain_text("Veille")
            expect(phone.locator("#controls [data-command=next]")).to_be_disabled()
    finally:
        listener.close()
        broker.stop()
        strip.close()
