"""The whole chain as its users meet it: started from the command line, spoken to over HTTP, WebSocket and MQTT, watched over DDP."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from threading import Thread
from typing import Any

import pytest
import yaml
from playwright.sync_api import expect
from websockets.sync.client import connect
from websockets.typing import Origin

from maquette import app
from tests.browser import started, window
from tests.console.broker import Listener, Mosquitto
from tests.content.shipped import KEYS
from tests.daemon import PATIENCE_S, PIN, ROOT, Installation, Strip, running
from tests.feeds.server import Server


@pytest.fixture
def strip():
    strip = Strip()
    yield strip
    strip.close()


def lit(pixels: bytes) -> bool:
    return any(pixels)


def alert_codes(state: dict[str, Any]) -> set[str]:
    return {alert["code"] for alert in state["alerts"]}


def test_without_network_a_press_on_air_lights_samples_on_the_page_and_the_same_bytes_leave_as_ddp(tmp_path, strip):
    with running(Installation(tmp_path, strip)) as daemon:
        readings = daemon.wait_for("/api/readings", lambda rows: bool(rows) and all_quality(rows) == {"sample"})
        feeds = {reading["feed"] for reading in readings}
        assert feeds == {*yaml.safe_load((ROOT / "config.yaml").read_text())["feeds"], "votes", "model"}
        assert {reading["age_s"] for reading in readings} == {None}
        answer = daemon.command(command="press", button="air")
        assert answer["ok"], answer
        state = daemon.wait_for("/api/state", lambda state: state["scenario"] == "air")
        assert (state["state"], state["step"], state["quality"]) == ("playing", 1, "sample")
        feyzin = daemon.get("/api/zones/feyzin")
        assert feyzin["quality"] == "sample"
        assert feyzin["scale"] == "atmo"
        assert feyzin["class"] in ("Bon", "Moyen", "Dégradé", "Mauvais", "Très mauvais", "Extrêmement mauvais")
        assert feyzin["reading"]["nature"] == "forecast"
        assert feyzin["reading"]["measured_at"] is None, "a sample pretends no date"
        assert "Exemple fourni avec le logiciel" in feyzin["text"]
        leds = daemon.get("/api/model")["led_count"]
        address = f"ws://127.0.0.1:{daemon.installation.port}/api/live"
        with connect(address, origin=Origin(daemon.address), proxy=None) as live:
            live.send(json.dumps({"watch": "frames"}))
            on_page: set[bytes] = set()
            on_strip: set[bytes] = set()
            reader = Thread(target=lambda: on_page.update(picture(m) for m in live if isinstance(m, bytes)))
            reader.start()

            def both_show_the_same(pixels: bytes) -> bool:
                on_strip.add(pixels[: 3 * leds])
                return any(map(lit, on_strip & on_page))

            try:
                strip.until(both_show_the_same)
            finally:
                live.close()
                reader.join()
        assert daemon.stop() == 0
        strip.until(lambda pixels: not lit(pixels))


def test_a_click_on_the_virtual_button_air_is_told_by_the_page_and_a_zone_says_why(tmp_path, strip):
    with running(Installation(tmp_path, strip)) as daemon, started() as browser, window(browser, 1280, 800) as page:
        daemon.wait_for("/api/readings", lambda rows: bool(rows) and all_quality(rows) == {"sample"})
        daemon.sign_in(page)
        page.goto(daemon.address + "/model")
        page.get_by_role("button", name="Air", exact=True).click()
        expect(page.locator("#scenario")).to_have_text("L'air que l'on respire")
        expect(page.locator("#quality")).to_contain_text("exemple")
        page.locator("[data-zone=feyzin]").click()
        expect(page.locator("#why_body")).to_contain_text("air[zone.insee].index")
        expect(page.locator("#why_body")).to_contain_text("pas une mesure")


def picture(frame: bytes) -> bytes:
    """Return the bytes of the LEDs in a frame of the page: after the header and the servos' angles."""
    return frame[8 + 2 * frame[1] :]


def all_quality(readings: list[dict[str, object]]) -> set[object]:
    """Return the qualities of what feeds tell; what visitors answer and the model knows of itself is always live, or missing."""
    return {reading["quality"] for reading in readings if reading["feed"] not in ("votes", "model")}


def test_mqtt_starts_a_scenario_and_hears_the_state(tmp_path, strip):
    broker = Mosquitto(tmp_path)
    broker.start()
    listener = Listener(broker.port)
    try:
        with running(Installation(tmp_path, strip, mqtt_port=broker.port)) as daemon:
            assert listener.wait_for("maquette/vallee-de-la-chimie/status", b"online")
            before = strip.until(lit)
            listener.say("maquette/vallee-de-la-chimie/scenario/set", "energie")
            while json.loads(listener.wait_for("maquette/vallee-de-la-chimie/state")[0])["scenario"] != "energie":
                pass
            assert daemon.get("/api/state")["scenario"] == "energie"
            strip.until(lambda pixels: pixels != before)
            listener.say("maquette/vallee-de-la-chimie/scenario/set", "enrgie")
            refusal = json.loads(listener.wait_for("maquette/vallee-de-la-chimie/error")[0])
            assert refusal["code"] == "unknown_scenario"
            assert "energie" in refusal["hint"]
            assert daemon.command(command="press", button="air")["ok"]
            assert json.loads(listener.wait_for("maquette/vallee-de-la-chimie/event/air")[0])
            listener.say("maquette/vallee-de-la-chimie/scenario/set", "")
            daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
        assert listener.wait_for("maquette/vallee-de-la-chimie/status", b"offline")
    finally:
        listener.close()
        broker.stop()


@pytest.mark.parametrize("room", ["feeds", "console"])
def test_killing_a_child_never_stops_the_light_and_it_comes_back(tmp_path, strip, room):
    with running(Installation(tmp_path, strip)) as daemon:
        daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
        victim = daemon.children()[room]
        os.kill(victim, signal.SIGKILL)
        for _ in range(60):
            strip.packet()  # a second of light at least: the strip hears more
        daemon.wait_for("/api/state", lambda state: "process_restarted" in alert_codes(state))
        daemon.wait_for("/api/state", lambda _state: daemon.children().get(room, victim) != victim)
        assert daemon.command(command="play", scenario="rhone")["ok"]


def test_killing_the_daemon_leaves_no_orphan(tmp_path, strip):
    with running(Installation(tmp_path, strip)) as daemon:
        daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
        children = [os.pidfd_open(pid) for pid in daemon.children().values()]
        assert len(children) == 2
        daemon.process.kill()
        for child in children:
            # A pidfd is readable once its process has ended.
            assert select.select([child], [], [], PATIENCE_S)[0], "a child outlived the daemon"
            os.close(child)


@pytest.fixture
def provider():
    server = Server()
    yield server
    server.stop()


def test_a_measured_value_keeps_its_age_and_survives_a_restart(tmp_path, strip, provider):
    address = provider.at("/flow", b'{"flow": 812.0, "at": "2024-01-01T09:40:00Z"}')
    feeds = f"""feeds:
  electricity: {{use: eco2mix_region, with: {{region: "84"}}}}
  air: {{use: atmo_communes, with: {{communes: ["69199", "69276"]}}}}
  river:
    kind: http_json
    url: {address}
    every: 10 s
    fresh_for: 4000 d
    nature: measured
    source: Hub'Eau
    licence: Licence Ouverte 2.0
    values:
      flow: {{pick: flow, measured_at: at, unit: m³/s, plausible: [0, 20000]}}
"""
    installation = Installation(tmp_path, strip, feeds=feeds)

    def river(readings):
        return next((r for r in readings if r["feed"] == "river"), None)

    with running(installation) as daemon:
        reading = river(daemon.wait_for("/api/readings", lambda rows: (river(rows) or {}).get("quality") == "live"))
        assert (reading["value"], reading["unit"], reading["measured_at"]) == (812.0, "m³/s", "2024-01-01T09:40:00Z")
        assert reading["age_s"] > 0
    provider.at("/flow", b"<html>maintenance</html>")
    with running(installation) as daemon:
        reading = river(daemon.wait_for("/api/readings", lambda rows: (river(rows) or {}).get("problem") is not None))
        assert (reading["value"], reading["quality"], reading["problem"]) == (812.0, "live", "html")
        assert reading["age_s"] > 0, "its age is known: the clock is trusted"
        state = daemon.wait_for("/api/state", lambda state: any("river" in alert["text"] for alert in state["alerts"]))
        assert state["state"] == "idle"
        log = daemon.log.read_text()
        assert len(re.findall(r"feed river failed", log)) == 1, log
    with running(installation, trusted_clock=False) as daemon:
        reading = river(daemon.wait_for("/api/readings", lambda rows: (river(rows) or {}).get("value") is not None))
        assert (reading["value"], reading["quality"], reading["age_s"]) == (812.0, "stale", None)


def test_what_is_pushed_is_known_at_once_and_not_lost_while_the_feeds_process_is_away(tmp_path, strip):
    feeds = """feeds:
  electricity: {use: eco2mix_region, with: {region: "84"}}
  air: {use: atmo_communes, with: {communes: ["69199", "69276"]}}
  river: {use: hubeau_flow, with: {station: V303002002}}
  canteen:
    kind: push
    fresh_for: 2 h
    nature: declared
    source: Canteen
    licence: Licence Ouverte 2.0
    values: {served: {unit: meals}}
"""

    def served(readings):
        return next((r["value"] for r in readings if r["feed"] == "canteen"), None)

    with running(Installation(tmp_path, strip, feeds=feeds)) as daemon:
        daemon.wait_for("/api/readings", lambda rows: any(r["feed"] == "canteen" for r in rows))
        assert daemon.post("/api/feeds/canteen", {"served": 12}) == {"ok": True}
        daemon.wait_for("/api/readings", lambda rows: served(rows) == 12.0)
        os.kill(daemon.children()["feeds"], signal.SIGKILL)
        daemon.wait_for("/api/state", lambda state: "process_restarted" in alert_codes(state))
        assert daemon.post("/api/feeds/canteen", {"served": 13}) == {"ok": True}
        rows = daemon.wait_for("/api/readings", lambda rows: served(rows) == 13.0)
        assert next(r["quality"] for r in rows if r["feed"] == "canteen") == "live"
        assert daemon.post("/api/feeds/river", {"flow": 1})["code"] == "not_pushed"


def test_a_wrong_scenario_is_left_out_and_a_good_one_that_went_wrong_gives_way_to_its_last_good_copy(tmp_path, strip):
    installation = Installation(tmp_path, strip)
    rhone = installation.folder / "scenarios" / "rhone.yaml"
    good = rhone.read_text()
    (installation.folder / "scenarios" / "newer.yaml").write_text("maquette: 1\ntitle: Neuf\nsteps:\n\t- for: 1 s\n")
    with running(installation) as daemon:
        daemon.wait_for("/api/scenarios", lambda rows: {s["id"] for s in rows} >= {"air", "energie", "rhone", "veille"})
        state = daemon.wait_for("/api/state", lambda state: "scenario_left_out" in alert_codes(state))
        assert any("newer.yaml" in alert["text"] for alert in state["alerts"])
        copies = installation.state / "last_good"
        daemon.wait_for("/api/state", lambda _state: any(copies.rglob("rhone.yaml")))
    rhone.write_text(good.replace("steps:", "stpes:"))
    with running(installation) as daemon:
        state = daemon.wait_for("/api/state", lambda state: "document_last_good" in alert_codes(state))
        assert any("rhone.yaml" in alert["text"] for alert in state["alerts"])
        assert daemon.command(command="play", scenario="rhone")["ok"]


def test_without_any_usable_hardware_the_daemon_ends_with_the_problems(tmp_path, strip):
    installation = Installation(tmp_path, strip)
    hardware = installation.folder / "hardware" / "vallee-de-la-chimie.yaml"
    hardware.write_text(re.sub(r"leds: \d+", "leds: many", hardware.read_text()))
    with running(installation) as daemon:
        assert daemon.process.wait(PATIENCE_S) == 1
    log = daemon.log.read_text()
    assert re.search(r"vallee-de-la-chimie\.yaml:\d+:\d+: error\[E1\d\d\]", log)
    assert "Traceback" not in log


def test_a_taken_port_is_told_and_the_light_goes_on(tmp_path, strip):
    installation = Installation(tmp_path, strip)
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        with running(installation) as daemon:
            strip.until(lit)
            for _ in range(30):
                strip.packet()
            assert daemon.process.poll() is None
            other.close()
            daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
    assert str(installation.port) in daemon.log.read_text()
    assert "Traceback" not in daemon.log.read_text()


def test_the_service_manager_hears_that_it_is_ready_and_alive(tmp_path, strip, monkeypatch):
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        with running(Installation(tmp_path, strip)):
            heard = b""
            while b"READY=1" not in heard or b"WATCHDOG=1" not in heard:
                heard += manager.recv(200) + b"\n"
            assert heard.index(b"READY=1") < heard.index(b"WATCHDOG=1")


def test_check_finds_nothing_wrong_with_the_shipped_documents():
    done = subprocess.run(
        [sys.executable, "-m", "maquette", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def test_check_speaks_json_and_exits_with_one_when_something_is_wrong(tmp_path, strip):
    installation = Installation(tmp_path, strip)
    air = installation.folder / "scenarios" / "air.yaml"
    air.write_text(air.read_text().replace("zones: [communes]", "zones: [comunes]", 1))
    done = subprocess.run(
        [sys.executable, "-m", "maquette", "check", "--json", str(installation.config)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **dict.fromkeys(KEYS, "none"), "MAQUETTE_PIN": PIN},
    )  # fmt: skip
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)
    assert set(problem) == {"file", "line", "column", "code", "severity", "message", "hint"}
    assert problem["code"].startswith("E2")
    assert "communes" in problem["hint"]


def test_a_process_without_standard_streams_works_as_well():
    check = ["sh", "-c", 'exec "$0" -m maquette check <&- >&- 2>&-', sys.executable]
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0


def test_schemas_are_written_into_a_folder_or_the_reason_is_told(tmp_path, capsys):
    assert app.write_schemas(tmp_path / "schemas") == 0
    assert {path.stem for path in (tmp_path / "schemas").iterdir()} == set(app.DOCUMENTS)
    (tmp_path / "file").touch()
    assert app.write_schemas(tmp_path / "file") == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_wrong_use_of_the_command_line_exits_with_two():
    done = subprocess.run(
        [sys.executable, "-m", "maquette", "run", "--port", "99999999"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "port" in done.stderr
    assert "Traceback" not in done.stderr
