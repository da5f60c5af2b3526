"""Documents saved while the real daemon plays: good ones are seen within a second, bad ones are told, and the light never breaks."""

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import started, window
from tests.console.broker import Listener, Mosquitto
from tests.daemon import Daemon, Installation, Strip, running
from tests.feeds.server import Server

LEDS = 163 + 294 + 199
QUIET = """maquette: 1
title: Calme
steps:
  - for: 1 h
    lights: [{zones: [all], colour: "#102030"}]
"""
LOUD = """maquette: 1
title: Rouge
steps:
  - for: 1 h
    fade: 0 s
    lights: [{zones: [all], colour: "#ff0000"}]
"""


@pytest.fixture(scope="module")
def strip() -> Iterator[Strip]:
    strip = Strip()
    yield strip
    strip.close()


@pytest.fixture
def installation(tmp_path: Path, strip: Strip) -> Installation:
    """Documents of a test's own."""
    return small(tmp_path, strip)


def small(folder: Path, strip: Strip) -> Installation:
    """The shipped hardware with three small scenarios; the idle one is still."""
    installation = Installation(folder, strip)
    scenarios = folder / "scenarios"
    for path in scenarios.glob("*.yaml"):
        if path.name != "scales.yaml":
            path.unlink()
    (scenarios / "veille.yaml").write_text(QUIET)
    (scenarios / "rouge.yaml").write_text(LOUD)
    (scenarios / "autre.yaml").write_text(LOUD.replace("Rouge", "Autre"))
    return installation


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, strip: Strip) -> Iterator[Daemon]:
    with running(small(tmp_path_factory.mktemp("shared"), strip)) as daemon:
        yield daemon


@pytest.fixture
def daemon(shared: Daemon, strip: Strip) -> Iterator[Daemon]:
    """A daemon that tests share: it is idle, and what it logged before a test is forgotten."""
    settled(shared)
    strip.come()
    shared.log.write_bytes(b"")
    documents = {path: path.read_bytes() for path in documents_of(shared.installation)}
    yield shared
    for path in documents_of(shared.installation) - documents.keys():
        path.unlink()
    for path, raw in documents.items():
        if not path.exists() or path.read_bytes() != raw:
            save(path, raw.decode())
    assert shared.command(command="reload")["ok"]
    until_alerts(shared)
    shared.command(command="stop")


def documents_of(installation: Installation) -> set[Path]:
    """Return the paths of all documents, and of what editors left beside them."""
    folders = (installation.folder / name for name in ("hardware", "scenarios"))
    return {installation.config, *(path for folder in folders for path in folder.rglob("*") if path.is_file())}


def hue(pixels: bytes) -> str:
    """Return the only colour of all LEDs, "mixed", or "dark" where any LED is."""
    leds = {pixels[first : first + 3] for first in range(0, 3 * LEDS, 3)}
    if bytes(3) in leds:
        return "dark"
    lit = [name for plane, name in enumerate(("red", "green", "blue")) if any(led[plane] for led in leds)]
    return lit[0] if len(lit) == 1 else "mixed"


def until_still(strip):
    """Take packets until the light no longer rises: then every strip only repeats itself."""
    same, picture = 0, b""
    while same < 6:
        before, picture = picture, bytes(strip.pixels)
        strip.packet()
        same = same + 1 if before == picture == bytes(strip.pixels) else 0


def until_hue(strip: Strip, wanted: str) -> list[str]:
    """Return the colours that were seen until one is as wanted."""
    seen: list[str] = []

    def is_wanted(pixels: bytes) -> bool:
        seen.append(hue(pixels))
        return seen[-1] == wanted

    strip.until(is_wanted)
    return seen


def save(path: Path, text: str) -> None:
    """Save as most editors do: written beside, then renamed."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(text)
    beside.replace(path)


def alerts(state: dict[str, Any]) -> dict[str, str]:
    """Return the alerts that stand, but for those of feeds without network and of a machine that is busy with other tests."""
    others = ("feed_failed", "frames_lost")
    return {alert["code"]: alert["text"] for alert in state["alerts"] if alert["code"] not in others}


def settled(daemon: Daemon) -> None:
    daemon.wait_for("/api/state", lambda state: state["state"] == "idle")


def until_alerts(daemon: Daemon, *codes: str) -> dict[str, str]:
    """Wait until exactly these alerts stand; return their texts."""
    return alerts(daemon.wait_for("/api/state", lambda state: alerts(state).keys() == set(codes)))


def until_log(daemon: Daemon, words: str, times: int = 1) -> None:
    daemon.wait_for("/healthz", lambda _: daemon.log.read_text().count(words) >= times)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    save(path, text.replace(old, new, 1))


def test_a_saved_scenario_is_seen_at_once_and_nothing_is_dark_between(daemon, strip):
    rouge = daemon.installation.folder / "scenarios" / "rouge.yaml"
    assert daemon.command(command="play", scenario="rouge")["ok"]
    until_hue(strip, "red")
    save(rouge, LOUD.replace("#ff0000", "#0000ff").replace("Rouge", "Bleu"))
    assert "dark" not in until_hue(strip, "blue")
    state = daemon.wait_for("/api/state", lambda state: state["title"] == "Bleu")
    assert (state["state"], state["step"], alerts(state)) == ("playing", 1, {})
    assert {s["title"] for s in daemon.get("/api/scenarios")} == {"Bleu", "Autre", "Calme"}
    copy = daemon.installation.state / "last_good" / "scenarios" / "rouge.yaml"
    daemon.wait_for("/api/state", lambda _: "#0000ff" in copy.read_text())
    assert daemon.log.read_text().count("taken over") == 1


def test_a_wrong_document_is_told_with_its_line_until_it_is_mended_and_what_is_played_stays(daemon, strip):
    scenarios = daemon.installation.folder / "scenarios"
    rouge = scenarios / "rouge.yaml"
    daemon.command(command="play", scenario="rouge")
    until_hue(strip, "red")
    save(rouge, LOUD.replace("zones: [all]", "zones: [rhonne]"))
    text = until_alerts(daemon, "document_last_good")["document_last_good"]
    assert text.startswith("scenarios/rouge.yaml, ligne 6\N{NO-BREAK SPACE}: ")
    assert "rhonne" in text
    answer = daemon.command(command="reload")
    assert (answer["ok"], answer["code"]) == (False, "documents_wrong")
    assert "rhonne" in answer["text"]
    save(scenarios / "autre.yaml", LOUD.replace("Rouge", "Nouveau"))
    daemon.wait_for("/api/scenarios", lambda rows: {s["title"] for s in rows} == {"Rouge", "Nouveau", "Calme"})
    assert daemon.get("/api/state")["title"] == "Rouge"
    save(rouge, LOUD.replace("Rouge", "Mieux"))
    until_alerts(daemon)
    daemon.wait_for("/api/state", lambda state: state["title"] == "Mieux")
    assert daemon.command(command="reload")["ok"]
    log = daemon.log.read_text()
    assert log.count("document_last_good") == 1
    assert log.count("scenarios/rouge.yaml is well again") == 1
    assert "Traceback" not in log


def test_saves_of_other_documents_and_what_editors_leave_about_change_no_byte(daemon, strip):
    scenarios = daemon.installation.folder / "scenarios"
    autre = scenarios / "autre.yaml"
    daemon.command(command="play", scenario="rouge")
    until_hue(strip, "red")
    until_still(strip)
    for name in (".autre.yaml.swp", "4913", "autre.yaml~", "#autre.yaml#", ".#autre.yaml", "autre.yaml.bak"):
        (scenarios / name).write_text("steps: [")
    for count in range(50):
        autre.write_text("")
        autre.write_text(LOUD.replace("Rouge", f"Autre {count}"))
        daemon.get("/healthz")
    daemon.wait_for("/api/scenarios", lambda rows: "Autre 49" in {s["title"] for s in rows})
    pictures = strip.come()
    strip.packet()  # a still picture is sent again every second
    assert len({*pictures, bytes(strip.pixels)}) == 1
    assert alerts(daemon.get("/api/state")) == {}
    assert daemon.log.read_text().count("taken over") <= 2


def test_a_scenario_that_goes_while_it_plays_ends_gently_and_one_that_is_only_written_anew_does_not(daemon, strip):
    rouge = daemon.installation.folder / "scenarios" / "rouge.yaml"
    daemon.command(command="play", scenario="rouge")
    until_hue(strip, "red")
    rouge.rename(rouge.with_name("rouge.yaml~"))  # as vim does
    rouge.write_text(LOUD.replace("Rouge", "Encore"))
    assert set(until_hue_of_title(daemon, strip, "Encore")) == {"red"}
    rouge.rename(rouge.with_name("vermillon.yaml"))
    assert "dark" not in until_hue(strip, "mixed")
    state = daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
    assert state["scenario"] == "veille"
    assert {s["id"] for s in daemon.get("/api/scenarios")} == {"autre", "veille", "vermillon"}
    daemon.command(command="play", scenario="vermillon")
    daemon.wait_for("/api/state", lambda state: state["scenario"] == "vermillon")
    rouge.with_name("vermillon.yaml").unlink()
    daemon.wait_for("/api/state", lambda state: state["scenario"] == "veille")
    (daemon.installation.folder / "scenarios" / "veille.yaml").unlink()  # config.yaml names it: nothing is taken over
    assert "veille" in until_alerts(daemon, "documents_refused")["documents_refused"]
    assert daemon.get("/api/state")["scenario"] == "veille"
    save(daemon.installation.folder / "scenarios" / "veille.yaml", QUIET)
    until_alerts(daemon)


def until_hue_of_title(daemon: Daemon, strip: Strip, title: str) -> list[str]:
    """Return the colours that were seen until the state has a title."""
    seen: list[str] = []
    while daemon.get("/api/state")["title"] != title:
        seen.append(hue(strip.until(bool)))
    return seen


def test_zones_change_at_once_and_other_wires_wait_for_the_next_start(daemon, strip):
    hardware = next((daemon.installation.folder / "hardware").glob("*.yaml"))
    edit(hardware, 'title: "Feyzin"', "title: Feyzin la Belle")
    daemon.wait_for("/api/zones/feyzin", lambda zone: zone["title"] == "Feyzin la Belle")
    leds = daemon.get("/api/model")["led_count"]
    before = hardware.read_text()
    edit(hardware, "title: Feyzin la Belle", "title: Feyzin la Grande")
    edit(hardware, "leds: 163", "leds: 164")
    edit(hardware, "start: 163", "start: 164")
    edit(hardware, "start: 457", "start: 458")
    edit(daemon.installation.config, "console: {port: 8080", "console: {port: 8081")
    save(daemon.installation.folder / "scenarios" / "autre.yaml", LOUD.replace("Rouge", "Nouveau"))
    texts = until_alerts(daemon, "restart_needed")
    assert "prochain démarrage" in texts["restart_needed"]
    daemon.wait_for("/api/scenarios", lambda rows: "Nouveau" in {s["title"] for s in rows})
    assert daemon.get("/api/model")["led_count"] == leds
    assert daemon.get("/api/zones/feyzin")["title"] == "Feyzin la Belle"
    copy = daemon.installation.state / "last_good" / "hardware" / hardware.name
    daemon.wait_for("/healthz", lambda _: copy.read_bytes() == hardware.read_bytes())
    save(hardware, before)
    edit(daemon.installation.config, "console: {port: 8081", "console: {port: 8080")
    until_alerts(daemon)
    assert "Traceback" not in daemon.log.read_text()


def of_feeds(rows):
    """Return the values of feeds, but for what the model tells of itself."""
    return {row["feed"]: row["value"] for row in rows if row["feed"] != "model"}


def test_a_new_feed_is_read_without_a_start_and_the_others_keep_their_readings(installation, strip):
    server = Server()
    try:
        flow, level = (server.at(f"/{n}", b'{"value": 812.0, "at": "2024-01-01T09:40:00Z"}') for n in ("flow", "level"))
        feed = """
    kind: http_json
    url: {url}
    every: 1 h
    fresh_for: 4000 d
    nature: measured
    source: Test
    licence: None
    values:
      {name}: {{pick: value, measured_at: at, unit: m, plausible: [0, 20000]}}
"""
        river = "feeds:\n  river:" + feed.format(url=flow, name="flow")
        pond = "  pond:" + feed.format(url=level, name="level")
        text = installation.config.read_text()
        before, after = text[: text.index("feeds:")], text[text.index("console:") :]
        save(installation.config, before + river + after)
        with running(installation) as daemon:
            daemon.wait_for("/api/readings", lambda rows: of_feeds(rows) == {"river": 812.0})
            save(installation.config, before + river + pond + after)
            daemon.wait_for("/api/readings", lambda rows: of_feeds(rows) == {"river": 812.0, "pond": 812.0})
            assert [path for path, _ in server.requests] == ["/flow", "/level"]
            save(installation.config, before + "feeds:\n" + pond + after)
            daemon.wait_for("/api/readings", lambda rows: [*of_feeds(rows)] == ["pond"])
    finally:
        server.stop()


def test_what_was_saved_survives_a_killed_console_a_full_disk_and_a_start_with_a_broken_document(installation, strip):
    rouge = installation.folder / "scenarios" / "rouge.yaml"
    with running(installation) as daemon:
        settled(daemon)
        save(rouge, LOUD.replace("Rouge", "Un"))
        os.kill(daemon.children()["console"], signal.SIGKILL)
        daemon.wait_for("/api/scenarios", lambda rows: "Un" in {s["title"] for s in rows})
        os.kill(daemon.children()["console"], signal.SIGKILL)
        daemon.wait_for("/api/scenarios", lambda rows: "Un" in {s["title"] for s in rows})
        copies = installation.state / "last_good" / "scenarios"
        copies.rename(copies.with_name("elsewhere"))
        copies.write_text("a disk that takes nothing")
        save(rouge, LOUD.replace("Rouge", "Deux"))
        until_log(daemon, "could not be kept")
        save(rouge, "steps: [")
        texts = daemon.wait_for("/api/state", lambda state: "document_last_good" in alerts(state))
        assert "state_not_saved" in alerts(texts)
        assert "Deux" in {s["title"] for s in daemon.get("/api/scenarios")}, "it is remembered, if not on disk"
        copies.unlink()
        copies.with_name("elsewhere").rename(copies)
        save(rouge, LOUD.replace("Rouge", "Trois"))
        daemon.wait_for(
            "/api/state", lambda state: not {"document_last_good", "state_not_saved"} & alerts(state).keys()
        )
    save(rouge, "steps: [")
    with running(installation) as daemon:
        until_alerts(daemon, "document_last_good")
        assert "Trois" in {s["title"] for s in daemon.get("/api/scenarios")}
        save(rouge, LOUD.replace("Rouge", "Quatre"))
        until_alerts(daemon)
        assert "Quatre" in {s["title"] for s in daemon.get("/api/scenarios")}


def test_two_documents_saved_together_are_taken_over_together(daemon, strip):
    hardware = next((daemon.installation.folder / "hardware").glob("*.yaml"))
    rouge = daemon.installation.folder / "scenarios" / "rouge.yaml"
    save(rouge, LOUD.replace("zones: [all]", "zones: [feyzin]"))
    assert daemon.command(command="reload")["ok"]
    save(hardware, hardware.read_text().replace("feyzin", "feyzin_nord"))
    texts = until_alerts(daemon, "document_waits")
    assert "rouge.yaml" in texts["document_waits"]
    assert "feyzin" in {zone["zone"] for zone in daemon.get("/api/model")["zones"]}
    save(rouge, LOUD.replace("zones: [all]", "zones: [feyzin_nord]"))
    until_alerts(daemon)
    assert "feyzin_nord" in {zone["zone"] for zone in daemon.get("/api/model")["zones"]}
    save(hardware, hardware.read_text().replace("feyzin_nord", "feyzin"))
    save(rouge, LOUD.replace("zones: [all]", "zones: [feyzin]"))
    daemon.wait_for("/api/model", lambda model: "feyzin" in {zone["zone"] for zone in model["zones"]})
    assert daemon.log.read_text().count("document_waits") == 1


def test_mqtt_is_told_what_is_wrong_and_that_it_is_over(installation, strip, tmp_path):
    broker = Mosquitto(tmp_path)
    broker.start()
    listener = Listener(broker.port)
    text = installation.config.read_text()
    installation.config.write_text(f"{text}mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n")
    topic = "maquette/vallee-de-la-chimie/alert/document_last_good"
    try:
        with running(installation) as daemon:
            settled(daemon)
            save(installation.folder / "scenarios" / "rouge.yaml", LOUD.replace("for: 1 h", "for: 1 hh"))
            until_alerts(daemon, "document_last_good")
            (told,) = json.loads(listener.wait_for(topic)[0])
            assert (told["file"], told["line"], told["column"]) == ("scenarios/rouge.yaml", 4, 10)
            assert "hh" in told["text"]
            save(installation.folder / "scenarios" / "rouge.yaml", LOUD)
            until_alerts(daemon)
            assert listener.wait_for(topic)[0] == b""
    finally:
        listener.close()
        broker.stop()


def test_open_pages_take_over_what_is_saved_and_say_what_is_wrong(daemon, strip):
    scenarios = daemon.installation.folder / "scenarios"
    with started() as browser, window(browser, 1280, 800) as page:
        page.goto(daemon.address + "/")
        expect(page.get_by_role("button", name="Autre")).to_be_visible()
        page.evaluate("window.kept = true")
        save(scenarios / "neuf.yaml", LOUD.replace("Rouge", "Tout neuf"))
        expect(page.get_by_role("button", name="Tout neuf")).to_be_visible()
        save(scenarios / "autre.yaml", LOUD.replace("zones: [all]", "zones: [rhonne]"))
        expect(page.locator("#alerts")).to_contain_text("scenarios/autre.yaml, ligne 6")
        expect(page.locator("#alerts")).to_contain_text("rhonne")
        save(scenarios / "autre.yaml", LOUD.replace("Rouge", "Autre"))
        expect(page.locator("#alerts")).not_to_contain_text("rhonne")
        assert page.evaluate("window.kept"), "the page was not loaded anew"
        hardware = next((daemon.installation.folder / "hardware").glob("*.yaml"))
        page.goto(daemon.address + "/model")
        expect(page.locator("[data-zone=feyzin]")).to_have_attribute("aria-label", re.compile("^Feyzin\\b"))
        edit(hardware, 'title: "Feyzin"', 'title: "La belle Feyzin"')
        expect(page.locator("[data-zone=feyzin]")).to_have_attribute("aria-label", re.compile("^La belle Feyzin"))
