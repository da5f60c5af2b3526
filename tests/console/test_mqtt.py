"""The MQTT link against a real Mosquitto."""

import hashlib
import json
import logging
import queue
import socket
import threading
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import MQTTMessage

from maquette.console.mqtt import link as mqtt
from maquette.console.mqtt.link import PAYLOAD_LIMIT, MqttLink, encode, read_command
from maquette.core.alerts import Alert
from maquette.core.exhibition import MqttSettings
from tests.certificates import make_certificates
from tests.console.broker import Listener, Mosquitto

BASE = "maquette/valley"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """Let no test wait for the seconds between attempts."""
    monkeypatch.setattr(mqtt, "RECONNECT_S", (0.05, 0.1))


@pytest.fixture
def mosquitto(tmp_path):
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


class Linked:
    """A link, and the ears that hear what it brings."""

    def __init__(self, port: int, **settings: object) -> None:
        self.commands: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.refused: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self.left: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.births: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.alerts: queue.SimpleQueue[Alert] = queue.SimpleQueue()
        self.command, self.retained, self.alert = self.commands.put, self.left.put, self.alerts.put
        self.link = MqttLink(MqttSettings("127.0.0.1", port, **settings), "valley", self)  # type: ignore[arg-type]  # the tests' own
        self.link.start()

    def unreadable(self, topic: str, code: str) -> None:
        self.refused.put((topic, code))

    def birth(self) -> None:
        self.births.put(None)

    def until_connected(self) -> None:
        while not self.alerts.get(timeout=10).over:
            pass


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
    listener.wait_for(f"{BASE}/status", b"online")  # what it listens to, it has told the broker before
    yield listener
    listener.close()


def test_it_says_online_retained_and_offline_when_it_leaves(linked, listener):
    assert listener.retained() == {f"{BASE}/status": b"online"}
    linked.link.stop()
    assert listener.wait_for(f"{BASE}/status", b"offline")


def test_a_link_that_dies_leaves_its_last_will(linked, listener):
    linked.link._client.socket().shutdown(2)  # the network is gone, no farewell
    assert listener.wait_for(f"{BASE}/status", b"offline")


def test_what_is_retained_is_told_once_per_change_and_emptied_when_it_goes(linked, listener):
    linked.link.keep(f"{BASE}/state", {"state": "playing", "title": "L'air que l'on respire"})
    data, _ = listener.wait_for(f"{BASE}/state")
    assert json.loads(data) == {"state": "playing", "title": "L'air que l'on respire"}
    linked.link.keep(f"{BASE}/state", {"state": "playing", "title": "L'air que l'on respire"})
    linked.link.keep(f"{BASE}/state", {"state": "idle"})
    assert json.loads(listener.wait_for(f"{BASE}/state")[0]) == {"state": "idle"}
    linked.link.keep_exactly(f"{BASE}/alert/", {f"{BASE}/alert/one": [{"code": "one"}]})
    linked.link.keep_exactly(f"{BASE}/alert/", {f"{BASE}/alert/two": [{"code": "two"}]})
    assert json.loads(listener.wait_for(f"{BASE}/alert/two")[0]) == [{"code": "two"}]
    assert set(listener.retained()) == {f"{BASE}/{topic}" for topic in ("status", "state", "alert/two")}


@pytest.mark.parametrize("base", [BASE, "maquette/all"])
def test_commands_to_it_and_to_all_arrive_in_the_shape_of_the_web(linked, listener, base):
    listener.say(f"{base}/scenario/set", "air")
    assert linked.commands.get(timeout=5) == {"command": "play", "scenario": "air"}
    listener.say(f"{base}/scenario/set", "")
    assert linked.commands.get(timeout=5) == {"command": "stop"}
    listener.say(f"{base}/brightness/set", "40")
    assert linked.commands.get(timeout=5) == {"command": "brightness", "percent": 40}
    listener.say(f"{base}/command", '{"command": "next"}')
    assert linked.commands.get(timeout=5) == {"command": "next"}
    listener.say(f"{base}/command", "next please")
    assert linked.refused.get(timeout=5) == ("command", "not_json")


def test_a_retained_command_is_ignored_at_every_connection_and_what_an_earlier_life_left_is_told(mosquitto):
    mosquitto.start()
    listener = Listener(mosquitto.port)
    for base in (BASE, "maquette/all"):
        listener.say(f"{base}/scenario/set", "air", retain=True)
        listener.say(f"{base}/command", '{"command": "stop"}', retain=True)
    listener.say(f"{BASE}/reading/river/flow", "812", retain=True)
    linked = Linked(mosquitto.port)
    assert linked.left.get(timeout=5) == f"{BASE}/reading/river/flow"
    listener.say(f"{BASE}/command", '{"command": "next"}')
    assert linked.commands.get(timeout=5) == {"command": "next"}
    assert linked.commands.empty()
    linked.link.stop()
    listener.close()


def test_only_a_birth_of_home_assistant_that_is_new_counts(linked, listener):
    listener.say("homeassistant/status", "offline")
    listener.say("homeassistant/status", "online")
    assert linked.births.get(timeout=5) is None
    assert linked.births.empty()


def test_events_are_not_retained(linked, listener):
    linked.link.say(f"{BASE}/event/air", {"event_type": "short"})
    assert json.loads(listener.wait_for(f"{BASE}/event/air")[0]) == {"event_type": "short"}
    assert set(listener.retained()) == {f"{BASE}/status"}


def test_without_a_broker_it_starts_tells_it_once_and_finds_it_when_it_comes(mosquitto, caplog):
    with caplog.at_level(logging.INFO):
        linked = Linked(mosquitto.port)
        alert = linked.alerts.get(timeout=5)
        assert (alert.code, alert.over) == ("broker_unreachable", False)
        assert "refused" in str(dict(alert.arguments)["reason"]).lower()
        linked.link.keep(f"{BASE}/state", {"state": "idle"})
        linked.link.say(f"{BASE}/event/air", {"event_type": "short"})
        mosquitto.start()
        linked.until_connected()
        listener = Listener(mosquitto.port)
        assert listener.wait_for(f"{BASE}/state")[0] == b'{"state":"idle"}'
    assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1
    linked.link.say(f"{BASE}/event/rhone", {"event_type": "short"})
    while (message := listener.heard.get(timeout=5))[0] != f"{BASE}/event/rhone":
        assert (
            message[0] != f"{BASE}/event/air"
        )  # it happened before anybody could hear it: it would be taken for one of now
    linked.link.stop()
    listener.close()


def test_after_the_broker_restarts_everything_is_told_anew_and_commands_arrive_again(mosquitto, linked):
    linked.link.keep(f"{BASE}/state", {"state": "idle"})
    mosquitto.stop()
    assert linked.alerts.get(timeout=10).code == "broker_unreachable"
    linked.link.keep(f"{BASE}/state", {"state": "playing"})
    mosquitto.start()
    linked.until_connected()
    listener = Listener(mosquitto.port)
    assert listener.wait_for(f"{BASE}/status", b"online")
    assert listener.wait_for(f"{BASE}/state", b'{"state":"playing"}')
    listener.say(f"{BASE}/scenario/set", "rhone")
    assert linked.commands.get(timeout=5) == {"command": "play", "scenario": "rhone"}
    listener.close()


def test_a_stop_that_is_said_while_the_line_is_down_arrives_when_it_is_up(linked, listener, mosquitto):
    reconnect, go_on = linked.link._client.reconnect, threading.Event()
    linked.link._client.reconnect = lambda: go_on.wait(10) and reconnect()  # the network is away until then
    linked.link._client.socket().shutdown(2)
    assert listener.wait_for(f"{BASE}/status", b"offline")
    listener.say(f"{BASE}/scenario/set", "")
    go_on.set()
    assert linked.commands.get(timeout=10) == {"command": "stop"}


def test_a_broker_that_is_held_gets_the_newest_of_each_topic_when_it_goes_on(mosquitto, linked, listener):
    mosquitto.hold()
    padding = "x" * 4000  # so that the system's own buffers are full, too
    for count in range(3000):
        linked.link.keep(f"{BASE}/state", {"count": count, "padding": padding})
        linked.link.say(f"{BASE}/event/air", {"count": count})
    assert len(linked.link._client._out_packet) <= mqtt.ON_THE_WAY + 1
    mosquitto.go_on()
    told = 0
    while json.loads(listener.wait_for(f"{BASE}/state")[0])["count"] != 2999:
        told += 1
    assert told < 2999
    assert json.loads(listener.retained()[f"{BASE}/state"])["count"] == 2999


def test_leaving_a_broker_that_is_held_does_not_take_long(mosquitto, linked, monkeypatch):
    monkeypatch.setattr(mqtt, "FAREWELL_S", 0.05)
    mosquitto.hold()
    linked.link.stop()  # it returns
    mosquitto.go_on()
    listener = Listener(mosquitto.port)
    assert listener.wait_for(f"{BASE}/status", b"offline")
    listener.close()


def test_a_broker_that_does_not_speak_mqtt_5_is_spoken_to_in_its_own_way():
    with socket.create_server(("127.0.0.1", 0)) as server:
        linked = Linked(server.getsockname()[1])
        refused, accepted = b"\x20\x02\x00\x01", b"\x20\x02\x00\x00"  # CONNACK: unacceptable protocol version; welcome
        lines = []
        for version, answer in ((5, refused), (4, accepted)):
            lines.append(server.accept()[0])
            assert lines[-1].recv(1000)[8] == version
            lines[-1].sendall(answer)
        assert linked.alerts.get(timeout=5).over
        linked.link.stop()
        for line in lines:
            line.close()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A broker that speaks TLS only, to clients with a certificate, a name and a password."""
    folder = tmp_path_factory.mktemp("guarded")
    make_certificates(folder)
    salt = b"0123456789ab"
    hashed = hashlib.pbkdf2_hmac("sha512", b"s3cret", salt, 101)
    (folder / "passwords").write_text(f"hall:$7$101${b64encode(salt).decode()}${b64encode(hashed).decode()}\n")
    files = {"cafile": "ca.pem", "certfile": "broker.pem", "keyfile": "broker.key", "password_file": "passwords"}
    lines = [f"{key} {folder / name}" for key, name in files.items()]
    broker = Mosquitto(folder, *lines, "require_certificate true", "allow_anonymous false", "user root")
    broker.start()
    yield broker, folder
    broker.stop()


# The library leaves a connection whose handshake fails to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"password": "secret"}, "not authorized"),
        ({"username": None, "password": None}, "not authorized"),
        ({"ca": "stranger.pem"}, "certificate verify failed"),
        ({"certificate": "stranger.pem", "key": "stranger.key"}, ""),
        ({"certificate": None, "key": None}, ""),
        ({"tls": False}, ""),
    ],
)
def test_a_guarded_broker_is_reached_with_all_that_it_asks_for_and_the_reason_is_told_otherwise(
    guarded, change, reason
):
    broker, folder = guarded
    told = {
        "ca": "ca.pem",
        "certificate": "model.pem",
        "key": "model.key",
        "username": "hall",
        "password": "s3cret",
        "tls": True,
    }
    told |= change
    files = {name: str(folder / told[name]) for name in ("ca", "certificate", "key") if told[name] is not None}
    linked = Linked(broker.port, **{**told, **files})
    alert = linked.alerts.get(timeout=10)
    linked.link.stop()
    assert (alert.code, alert.over) == ("broker_unreachable", reason is None)
    assert (reason or "") in str(dict(alert.arguments).get("reason")).lower()


def test_files_that_cannot_be_read_and_names_that_are_none_are_errors():
    with pytest.raises(OSError, match="No such file"):
        Linked(1883, tls=True, ca="/nowhere.pem")
    link = MqttLink(MqttSettings("a..b"), "valley", None)  # type: ignore[arg-type]  # nobody hears anything
    with pytest.raises(ValueError, match="label"):
        link.start()


def test_a_topic_that_is_no_text_is_no_topic_of_ours(mosquitto, linked, listener):
    linked.link._received(None, None, MQTTMessage(topic=b"maquette/valley/\xff"))
    listener.say(f"{BASE}/scenario/set", "air")
    assert linked.commands.get(timeout=5) == {"command": "play", "scenario": "air"}


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


@given(st.text(st.characters(codec=None)))
def test_whatever_is_told_can_be_written(text):
    assert len(json.loads(encode({"text": text}))["text"]) == len(text)
