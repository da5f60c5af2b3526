"""The bridge between hub and broker, against a real Mosquitto: commands reach the stage; state, readings, presses, refusals come out."""

import asyncio
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from maquette.console.hub import Hub
from maquette.console.mqtt import bridge as mqtt_bridge
from maquette.console.mqtt import courier as mqtt_courier
from maquette.console.mqtt import link as mqtt
from maquette.console.mqtt.courier import TOLD_AT_ONCE
from maquette.console.mqtt.readings import reading_topic
from maquette.console.start import ConsoleStart
from maquette.core.alerts import Alert
from maquette.core.events import ButtonPressed, Command, Origin
from maquette.core.exhibition import ConsoleSettings, MqttSettings
from maquette.core.readings import Quality, ReadingsUpdate
from tests.console.broker import Listener, Mosquitto
from tests.console.fake_stage import FakeStage

ID = "vallee-de-la-chimie"
BASE = f"maquette/{ID}"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """Let no test wait for the seconds between attempts, nor for those in which readings are gathered."""
    monkeypatch.setattr(mqtt, "RECONNECT_S", (0.05, 0.1))
    monkeypatch.setattr(mqtt_bridge, "GATHER_S", 0.01)
    monkeypatch.setattr(mqtt_bridge, "BIRTH_S", 0.01)


@contextmanager
def bridged(settings: MqttSettings, stage: FakeStage) -> Iterator[Hub]:
    """Run a hub with a bridge on a loop of its own."""
    running: queue.SimpleQueue[tuple[Hub, Callable[[], object]]] = queue.SimpleQueue()

    async def run() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        hub = Hub(ConsoleStart(stage.exhibition, ConsoleSettings()), stage.post)

        def tell(message: object) -> None:
            loop.call_soon_threadsafe(hub.receive, message)

        stage.tell = tell
        with mqtt_bridge.mqtt_bridge(hub, settings, loop):
            stage.begin()
            running.put((hub, lambda: loop.call_soon_threadsafe(done.set)))
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    hub, leave = running.get(timeout=10)
    try:
        yield hub
    finally:
        leave()
        thread.join(10)


@pytest.fixture
def broker(tmp_path):
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
def listener(broker):
    listener = Listener(broker.port)
    yield listener
    listener.close()


def at(broker: Mosquitto, **settings: object) -> MqttSettings:
    return MqttSettings("127.0.0.1", broker.port, **settings)  # type: ignore[arg-type]  # the tests' own


def test_what_the_broker_says_is_done_and_what_happens_is_published(broker, listener):
    stage = FakeStage()
    with bridged(at(broker), stage):
        listener.wait_for(f"{BASE}/status", b"online")
        listener.say(f"{BASE}/scenario/set", "rhone")
        while json.loads(listener.wait_for(f"{BASE}/state")[0])["scenario"] != "rhone":
            pass
        stage.tell(ButtonPressed("air", 0.0))
        assert json.loads(listener.wait_for(f"{BASE}/event/air")[0]) == {"event_type": "short"}
        listener.say(f"{BASE}/scenario/set", "rhoen")
        refused = json.loads(listener.wait_for(f"{BASE}/error")[0])
        assert (refused["ok"], refused["code"]) == (False, "unknown_scenario")
        listener.say(f"{BASE}/command", '{"command": "plya"}')
        refused = json.loads(listener.wait_for(f"{BASE}/error")[0])
        assert (refused["code"], refused["hint"]) == ("unknown_command", "Vouliez-vous dire «\u00a0play\u00a0»\u00a0?")
        listener.say("maquette/all/brightness/set", "bright")
        refused = json.loads(listener.wait_for(f"{BASE}/error")[0])
        assert refused["text"] == "brightness/set\u00a0: le message n'est pas un nombre entier de 0 à 100."
    assert [(m.name, m.origin) for m in stage.posted if isinstance(m, Command)] == [("play", Origin.MQTT)] * 2


def test_a_stop_in_the_midst_of_ten_thousand_commands_is_carried_out_and_the_storm_is_told_in_few_words(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(mqtt_courier, "PACE_S", 0.2)  # a stage of the tests is slow
    broker, stage = Mosquitto(tmp_path, "allow_anonymous true", "max_queued_messages 0"), FakeStage()
    broker.start()
    storm = b"".join(
        published(f"{BASE}/scenario/set", "")
        if number == 5_000
        else published(f"{BASE}/command", '{"command": "next"}' if number % 10 else "rubbish")
        for number in range(10_000)
    )
    listener = Listener(broker.port, f"{BASE}/state", f"{BASE}/status", f"{BASE}/error")
    with bridged(at(broker), stage), socket.create_connection(("127.0.0.1", broker.port)) as speaker:
        listener.wait_for(f"{BASE}/status", b"online")
        speaker.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01s" + storm)
        while json.loads(listener.wait_for(f"{BASE}/state")[0])["state"] != "idle":
            pass
        listener.say(f"{BASE}/command", '{"command": "blackout"}')
        while json.loads(listener.wait_for(f"{BASE}/state")[0])["state"] != "blackout":
            pass
    broker.stop()
    commands = [message.name for message in stage.posted if isinstance(message, Command)]
    assert {"stop", "blackout"} <= set(commands)
    assert len(commands) < 1000
    refusals = 0
    while not listener.heard.empty():
        refusals += listener.heard.get()[0] == f"{BASE}/error"
    listener.close()
    assert refusals <= 3 * TOLD_AT_ONCE


def published(topic: str, payload: str) -> bytes:
    """Return a message as MQTT 3.1.1 sends it, without acknowledgement."""
    body = len(topic).to_bytes(2) + topic.encode() + payload.encode()
    assert len(body) < 128
    return b"\x30" + bytes([len(body)]) + body


def test_the_readings_in_use_are_retained_in_the_public_shape_and_emptied_when_they_go(broker, listener):
    stage = FakeStage()
    flow, wind = (
        f"{BASE}/{reading_topic(*place)}" for place in (("river", "flow", None), ("electricity", "wind", None))
    )
    with bridged(at(broker), stage) as hub:
        told = json.loads(listener.wait_for(flow)[0])
        assert (told["value"], told["unit"], told["quality"], told["place"]) == (812.0, "m³/s", "live", "Ternay")
        assert json.loads(listener.wait_for(wind)[0])["quality"] == "sample"
        retained = {topic for topic in listener.retained() if topic.startswith(f"{BASE}/reading/")}
        assert retained == {
            flow,
            wind,
            *(f"{BASE}/reading/air/index/{r.key}" for r in stage.readings if r.feed == "air"),
        }
        river = next(r for r in stage.readings if r.feed == "river")
        gone = replace(river, value=None, quality=Quality.MISSING, problem="no_row")
        stage.tell(ReadingsUpdate((gone,)))
        assert json.loads(listener.wait_for(flow)[0])["value"] is None
        values = tuple(replace(card, used=card.feed != "river") for card in stage.exhibition.values)
        stage.tell(replace(stage.exhibition, values=values))
        assert listener.wait_for(flow)[0] == b""
        stage.tell(Alert("servo_failed", "needle", arguments=(("servo", "needle"), ("problem", "?"))))
        assert listener.wait_for(f"{BASE}/alert/servo_failed")[0]
        stage.tell(Alert("servo_failed", "needle", over=True))
        assert listener.wait_for(f"{BASE}/alert/servo_failed")[0] == b""
        assert hub.alerts == ()


def test_a_value_that_grows_old_is_told_again(broker, listener):
    stage = FakeStage()
    with bridged(at(broker), stage) as hub:
        listener.wait_for(f"{BASE}/reading/river/flow")
        river = next(r for r in stage.readings if r.feed == "river")
        stage.tell(ReadingsUpdate((replace(river, fresh_until=time.monotonic() + 0.1),)))
        while json.loads(listener.wait_for(f"{BASE}/reading/river/flow")[0])["quality"] != "stale":
            pass
        assert hub.readings["river", "flow", None].quality is Quality.LIVE


def test_home_assistant_is_told_what_there_is_and_forgets_what_is_gone(broker, listener):
    stage = FakeStage()
    config = f"homeassistant/{{}}/{ID}/{{}}/config".format
    flow, stranger, awaited = (
        config("sensor", name) for name in ("reading-river-flow", "reading-river-height", "reading-air-index-1")
    )
    readings, stage.readings = stage.readings, ()
    height = f"{BASE}/reading/river/height"
    for topic in (flow, stranger, awaited, height, "homeassistant/sensor/other/x/config"):
        listener.say(topic, "{}", retain=True)
    with bridged(at(broker), stage):
        listener.wait_for_all({stranger, height}, b"")
        # What the feeds have not told yet may come: Home Assistant would forget what people have made of it.
        assert {
            flow,
            awaited,
            "homeassistant/sensor/other/x/config",
            config("select", "scenario"),
        } <= listener.retained().keys()
        stage.tell(ReadingsUpdate(readings))
        listener.wait_for(awaited, b"")
        assert json.loads(listener.retained()[flow])["unit_of_measurement"] == "m³/s"
        listener.say("homeassistant/status", "online")
        assert json.loads(listener.wait_for(config("button", "next"))[0])["name"] == "Suivant"
        stage.tell(replace(stage.exhibition, buttons=stage.exhibition.buttons[1:]))
        listener.wait_for(config("device_automation", "button-air"), b"")
    with bridged(at(broker, discovery=False), stage):
        listener.wait_for_all({config("select", "scenario"), flow}, b"")


def test_certificates_that_cannot_be_read_are_an_alert_and_the_rest_goes_on(broker, tmp_path):
    with bridged(at(broker, tls=True, ca=str(tmp_path / "ca.pem")), FakeStage()) as hub:
        (alert,) = hub.alerts
        assert alert.code == "broker_unreachable"
        assert "No such file" in str(dict(alert.arguments)["reason"])


def test_without_settings_there_is_no_link():
    async def run() -> None:
        hub = Hub(ConsoleStart(FakeStage().exhibition, ConsoleSettings()), lambda _message: None)
        with mqtt_bridge.mqtt_bridge(hub, None, asyncio.get_running_loop()):
            assert hub._listeners == []

    asyncio.run(run())
