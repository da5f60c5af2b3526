"""The bridge between hub and broker, against a real Mosquitto: commands reach the stage, state, presses and refusals come out."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from maquette.console.hub import Hub
from maquette.console.mqtt_bridge import mqtt_bridge
from maquette.console.start import ConsoleStart
from maquette.core.events import ButtonPressed, Command, Origin
from maquette.core.exhibition import ConsoleSettings, MqttSettings
from tests.console.broker import Listener, Mosquitto
from tests.console.fake_stage import FakeStage

BASE = "maquette/vallee-de-la-chimie"


@contextmanager
def bridged(port: int, stage: FakeStage) -> Iterator[None]:
    """Run a hub with a bridge on a loop of its own."""
    ready, loop, done = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        hub = Hub(ConsoleStart(stage.exhibition, ConsoleSettings()), stage.post)

        def tell(message: object) -> None:
            loop.call_soon_threadsafe(hub.receive, message)

        stage.tell = tell
        with mqtt_bridge(hub, MqttSettings("127.0.0.1", port), loop):
            stage.begin()
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def broker(tmp_path):
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


def test_what_the_broker_says_is_done_and_what_happens_is_published(broker):
    stage = FakeStage()
    listener = Listener(broker.port)
    with bridged(broker.port, stage):
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
    listener.close()
    assert [(m.name, m.origin) for m in stage.posted if isinstance(m, Command)] == [("play", Origin.MQTT)] * 2


def test_without_settings_there_is_no_link():
    async def run() -> None:
        hub = Hub(ConsoleStart(FakeStage().exhibition, ConsoleSettings()), lambda _message: None)
        with mqtt_bridge(hub, None, asyncio.get_running_loop()):
            assert hub._listeners == []

    asyncio.run(run())
