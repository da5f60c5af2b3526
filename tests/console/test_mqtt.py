"""The MQTT link against a real Mosquitto."""

import json
import logging
import queue

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.console.mqtt import PAYLOAD_LIMIT, MqttLink, read_command
from maquette.core.alerts import Alert
from maquette.core.exhibition import MqttSettings
from tests.console.broker import Listener, Mosquitto


@pytest.fixture
def mosquitto(tmp_path):
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


class Linked:
    def __init__(self, port: int) -> None:
        self.commands: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.alerts: queue.SimpleQueue[Alert] = queue.SimpleQueue()
        self.link = MqttLink(MqttSettings("127.0.0.1", port), "valley", self.commands.put, self.alerts.put)
        self.link.start()


@pytest.fixture
def linked(mosquitto):
    mosquitto.start()
    linked = Linked(mosquitto.port)
    assert linked.alerts.get(timeout=5).over  # it is connected
    yield linked
    linked.link.stop()


@pytest.fixture
def listener(mosquitto, linked):
    listener = Listener(mosquitto.port)
    yield listener
    listener.close()


def test_it_says_online_retained_and_offline_when_it_leaves(mosquitto, linked, listener):
    assert listener.wait_for("maquette/valley/status")[0] == b"online"
    late = Listener(mosquitto.port)
    assert late.wait_for("maquette/valley/status") == (b"online", True)
    late.close()
    linked.link.stop()
    assert listener.wait_for("maquette/valley/status", b"offline")


def test_a_link_that_dies_leaves_its_last_will(mosquitto, linked, listener):
    listener.wait_for("maquette/valley/status", b"online")
    linked.link._client.socket().shutdown(2)  # the network is gone, no farewell
    assert listener.wait_for("maquette/valley/status", b"offline")


def test_the_state_is_retained_and_told_once_per_change(linked, listener):
    linked.link.publish_state({"state": "playing", "title": "L'air que l'on respire"})
    data, _ = listener.wait_for("maquette/valley/state")
    assert json.loads(data) == {"state": "playing", "title": "L'air que l'on respire"}
    linked.link.publish_state({"state": "playing", "title": "L'air que l'on respire"})
    linked.link.publish_state({"state": "idle"})
    assert json.loads(listener.wait_for("maquette/valley/state")[0]) == {"state": "idle"}


def test_commands_arrive_in_the_shape_of_the_web(linked, listener):
    listener.say("maquette/valley/scenario/set", "air")
    assert linked.commands.get(timeout=5) == {"command": "play", "scenario": "air"}
    listener.say("maquette/valley/scenario/set", "")
    assert linked.commands.get(timeout=5) == {"command": "stop"}
    listener.say("maquette/valley/brightness/set", "40")
    assert linked.commands.get(timeout=5) == {"command": "brightness", "percent": 40}
    listener.say("maquette/valley/command", '{"command": "next"}')
    assert linked.commands.get(timeout=5) == {"command": "next"}


def test_a_command_that_cannot_be_read_is_refused_aloud(linked, listener):
    listener.say("maquette/valley/command", "next please")
    answer = json.loads(listener.wait_for("maquette/valley/error")[0])
    assert (answer["ok"], answer["code"]) == (False, "not_json")
    assert linked.commands.empty()


def test_a_retained_command_is_ignored_at_every_connection(mosquitto):
    mosquitto.start()
    listener = Listener(mosquitto.port)
    listener.say("maquette/valley/scenario/set", "air", retain=True)
    listener.say("maquette/valley/command", '{"command": "stop"}', retain=True)
    linked = Linked(mosquitto.port)
    listener.wait_for("maquette/valley/status", b"online")
    listener.say("maquette/valley/command", '{"command": "next"}')
    assert linked.commands.get(timeout=5) == {"command": "next"}
    assert linked.commands.empty()
    linked.link.stop()
    listener.close()


def test_presses_and_refusals_are_published_and_not_retained(mosquitto, linked, listener):
    linked.link.publish_press("air")
    assert json.loads(listener.wait_for("maquette/valley/event/air")[0]) == {"event_type": "short"}
    linked.link.publish_refusal({"ok": False, "code": "unknown_scenario"})
    listener.wait_for("maquette/valley/error")
    late = Listener(mosquitto.port)
    late.say("maquette/marker", "end")
    topics = []
    while (message := late.heard.get(timeout=5))[0] != "maquette/marker":
        topics.append(message[0])
    assert topics == ["maquette/valley/status"]
    late.close()


def test_without_a_broker_it_starts_tells_it_once_and_finds_it_when_it_comes(mosquitto, caplog):
    with caplog.at_level(logging.INFO):
        linked = Linked(mosquitto.port)
        alert = linked.alerts.get(timeout=5)
        assert (alert.code, alert.over) == ("broker_unreachable", False)
        linked.link.publish_state({"state": "idle"})
        mosquitto.start()
        assert linked.alerts.get(timeout=10).over
        listener = Listener(mosquitto.port)
        assert listener.wait_for("maquette/valley/state")[0] == b'{"state":"idle"}'
    assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1
    linked.link.stop()
    listener.close()


def test_after_the_broker_restarts_everything_is_told_anew_and_commands_arrive_again(mosquitto, linked):
    linked.link.publish_state({"state": "idle"})
    mosquitto.stop()
    assert linked.alerts.get(timeout=10).code == "broker_unreachable"
    mosquitto.start()
    assert linked.alerts.get(timeout=10).over
    listener = Listener(mosquitto.port)
    assert listener.wait_for("maquette/valley/status", b"online")
    assert listener.wait_for("maquette/valley/state", b'{"state":"idle"}')
    listener.say("maquette/valley/scenario/set", "rhone")
    assert linked.commands.get(timeout=5) == {"command": "play", "scenario": "rhone"}
    listener.close()


@pytest.mark.parametrize(
    ("topic", "payload", "code"),
    [
        ("command", b"x" * (PAYLOAD_LIMIT + 1), "too_large"),
        ("scenario/set", b"\xff\xfe", "not_text"),
        ("command", b"[1]", "not_json"),
        ("command", b"[" * 3000, "not_json"),
        ("brightness/set", b"-5", "not_a_number"),
        ("brightness/set", b"40 %", "not_a_number"),
        ("brightness/set", "٤٠".encode(), "not_a_number"),
    ],
)
def test_bad_payloads_have_a_code(topic, payload, code):
    assert read_command(topic, payload) == code


@given(st.sampled_from(["scenario/set", "brightness/set", "command"]), st.binary(max_size=5000))
def test_no_payload_ever_raises(topic, payload):
    assert isinstance(read_command(topic, payload), dict | str)
