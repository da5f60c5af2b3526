"""Feeds asked once: those who speak when they like are listened to a little."""

import pytest

from maquette.core.pushed import Pushed, PushedRow
from maquette.core.readings import Quality
from maquette.feeds import once
from maquette.feeds.once import ask_each
from tests.console.broker import Listener, Mosquitto
from tests.feeds.documents import PARIS
from tests.feeds.test_mqtt import document as mqtt
from tests.feeds.test_push import document as push


@pytest.fixture
def broker(tmp_path):
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()


def ask(**feeds):
    return {asked.name: asked for asked in ask_each(feeds, PARIS, None)}


def test_what_a_broker_retains_is_heard_and_what_nobody_says_is_awaited(broker, monkeypatch):
    monkeypatch.setattr(once, "LISTEN_S", 1.0)
    speaker = Listener(broker.port)
    speaker.say("hall", '{"temperature": 20.5}', retain=True)
    speaker.close()
    here = {"host": "127.0.0.1", "port": broker.port}
    asked = ask(hall=mqtt(topic="hall", broker=here), attic=mqtt(topic="attic", broker=here), canteen=push())
    (reading,) = asked["hall"].readings
    assert (asked["hall"].problem, reading.value, reading.quality) == (None, 20.5, Quality.STALE)
    for quiet in (asked["attic"], asked["canteen"]):  # which is no trouble in itself
        assert quiet.problem is None
        assert {(reading.value, reading.problem) for reading in quiet.readings} == {(None, "waiting")}


def test_what_was_pushed_to_the_running_model_is_what_is_known_of_it(world, tmp_path):
    model = world({"canteen": push()}, state=tmp_path)
    model.turns()
    model.coordinator._inbox.put(Pushed("canteen", (PushedRow(None, {"served": 12.0}),), model.now))
    model.coordinator.turn()
    model.coordinator.turn()
    model.turns(later=1.0)
    (asked,) = ask_each({"canteen": push()}, PARIS, tmp_path / "readings")
    assert {reading.name: reading.value for reading in asked.readings} == {"served": 12.0, "left": None}
