"""MQTT feeds: the shapes of common sensors, and a real broker."""

import getpass
import itertools
import json
import logging
import queue
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from paho.mqtt.client import MQTTMessage
from pydantic import ValidationError

from maquette.config.documents import MqttDocument
from maquette.config.words import word
from maquette.core.readings import Quality, ReadingsUpdate
from maquette.errors import FeedError
from maquette.feeds.messages import Heard, Said, decode, match
from maquette.feeds.mqtt_client import LARGEST_MESSAGE, MOST_A_SECOND, MOST_TOPICS, MqttConnection
from maquette.feeds.plan import FeedsStart
from maquette.feeds.problems import fault
from maquette.feeds.sample import read_sample
from maquette.feeds.source import Payload, Row
from maquette.feeds.sources.mqtt import SOURCE, MqttFeedDocument
from tests.console.broker import Listener, Mosquitto
from tests.feeds.documents import NOON, NOW_S, UNTRUSTED, arrival
from tests.feeds.server import closed_port
from tests.feeds.test_process import Process

PLAIN = {
    "kind": "mqtt",
    "fresh_for": "15 min",
    "nature": "measured",
    "source": "Our own sensors",
    "licence": "CC BY 4.0",
}
TEMPERATURE = {"temperature": {"pick": "temperature", "unit": "°C", "plausible": [-40, 60]}}


def document(**changes):
    return MqttFeedDocument.model_validate_json(json.dumps({**PLAIN, "values": TEMPERATURE, **changes}))


def read(made, *messages, offline=(), clock=None):
    """Digest messages, each (topic, payload) and, if need be, seconds since it came and whether it was retained."""
    rows = []
    for topic, payload, *rest in messages:
        ago_s, retained = (*rest, 0.0, False)[:2] if len(rest) < 2 else rest
        found = [(pattern, hit) for pattern in made.topics if (hit := match(pattern, topic)) is not None]
        rows += [Row(Said(p, hit.key, decode(payload.encode())), NOW_S - ago_s, retained) for p, hit in found]
    at = arrival() if clock is None else arrival(clock)
    return {(r.name, r.key): r for r in SOURCE.digest("hall", made, Heard(tuple(rows), frozenset(offline)), at)}


# -- shapes ----------------------------------------------------------------------------------------------------------


def test_tasmota_says_local_time_without_a_zone_and_dotted_names():
    made = document(
        topic="tele/{key}/SENSOR",
        measured_at="Time",
        measured_zone="local",
        values={"pm25": {"pick": 'SDS0X1."PM2.5"', "unit": "µg/m³"}, "pm10": {"pick": "SDS0X1.PM10", "unit": "µg/m³"}},
    )
    said = '{"Time":"2026-10-06T11:55:00","SDS0X1":{"PM2.5":4.6,"PM10":8.1}}'
    readings = read(made, ("tele/quai/SENSOR", said, 0.0, True))
    assert {name: r.value for (name, _), r in readings.items()} == {"pm25": 4.6, "pm10": 8.1}
    reading = readings["pm25", "quai"]
    assert (reading.measured_at, reading.quality) == (NOON - timedelta(minutes=5), Quality.LIVE), "it dates itself"
    old = read(made, ("tele/quai/SENSOR", said.replace("11:55", "11:30"), 0.0, True))["pm25", "quai"]
    assert (old.quality, old.problem) == (Quality.STALE, "too_old")


def test_zigbee2mqtt_says_json_by_friendly_name_and_when_it_last_saw_a_sensor():
    made = document(topic="zigbee2mqtt/{key}", keys=["salon", "cour"])
    readings = read(made, ("zigbee2mqtt/salon", '{"battery":100,"temperature":21.5,"linkquality":18}'))
    assert (readings["temperature", "salon"].value, readings["temperature", "salon"].quality) == (21.5, Quality.LIVE)
    assert (readings["temperature", "cour"].value, readings["temperature", "cour"].quality) == (None, Quality.MISSING)
    dated = document(topic="zigbee2mqtt/{key}", measured_at="last_seen", measured_format="unix_ms")
    seen = round((NOON - timedelta(minutes=2)).timestamp() * 1000)
    reading = read(dated, ("zigbee2mqtt/salon", json.dumps({"temperature": 21.5, "last_seen": seen}), 0.0, True))
    assert reading["temperature", "salon"].measured_at == NOON - timedelta(minutes=2)


ESPHOME = {
    "temperature": {"topic": "garden/sensor/temperature/state", "pick": "@", "unit": "°C"},
    "noise": {"topic": "garden/sensor/noise/state", "pick": "@", "unit": "dB"},
}


def test_esphome_says_each_value_on_a_topic_of_its_own_as_a_plain_number():
    readings = read(document(values=ESPHOME), ("garden/sensor/temperature/state", "21.5"))
    assert (readings["temperature", None].value, readings["temperature", None].quality) == (21.5, Quality.LIVE)
    assert (readings["noise", None].value, readings["noise", None].problem) == (None, "waiting")


@pytest.mark.parametrize("text", ["nan", "unknown", "unavailable", "21,5"])
def test_a_sensor_that_does_not_know_its_value_says_so(text):
    reading = read(document(values=ESPHOME), ("garden/sensor/noise/state", text))["noise", None]
    assert (reading.value, reading.quality, reading.problem) == (None, Quality.MISSING, "not_a_number")


def test_an_empty_message_clears_the_value():
    reading = read(document(topic="hall"), ("hall", ""))["temperature", None]
    assert (reading.value, reading.problem) == (None, "no_value")


def test_a_message_ages_from_its_coming():
    ages = [(60.0, Quality.LIVE), (1000.0, Quality.STALE), (3000.0, Quality.MISSING)]
    for seconds, quality in ages:
        reading = read(document(topic="hall"), ("hall", '{"temperature": 21.5}', seconds))["temperature", None]
        assert reading.quality is quality
        assert reading.fetched_at == NOON - timedelta(seconds=seconds)


def test_a_retained_message_that_does_not_date_itself_is_never_live():
    reading = read(document(topic="hall"), ("hall", '{"temperature": 21.5}', 1.0, True))["temperature", None]
    assert (reading.value, reading.quality, reading.problem) == (21.5, Quality.STALE, "retained")
    assert (reading.measured_at, reading.fetched_at) == (None, None), "when it reached us would pass for its age"
    late = read(document(topic="hall"), ("hall", '{"temperature": 21.5}', 3000.0, True))["temperature", None]
    assert late.quality is Quality.MISSING


def test_a_message_of_the_future_never_comes_true():
    made = document(topic="hall", measured_at="at")
    said = json.dumps({"temperature": 21.5, "at": NOON.isoformat()})
    reading = read(made, ("hall", said, 7200.0))["temperature", None]  # it came two hours before
    assert (reading.value, reading.problem) == (None, "future")


def test_a_date_that_no_clock_confirms_is_not_live_either():
    made = document(topic="hall", measured_at="at")
    said = json.dumps({"temperature": 21.5, "at": NOON.isoformat()})
    reading = read(made, ("hall", said), clock=UNTRUSTED)["temperature", None]
    assert (reading.quality, reading.problem) == (Quality.STALE, "no_clock")


def test_of_several_topics_without_keys_the_newest_message_counts():
    readings = read(
        document(topic="hall/+"), ("hall/a", '{"temperature": 1}', 5.0), ("hall/b", '{"temperature": 2}', 9.0)
    )
    assert readings["temperature", None].value == 1.0


def test_a_sensor_that_is_away_is_not_live_and_the_others_are():
    made = document(topic="zigbee2mqtt/{key}", availability="zigbee2mqtt/{key}/availability", keys=["a", "b", "c"])
    said = [(f"zigbee2mqtt/{key}", '{"temperature": 20}') for key in "ab"]
    readings = {key: r for (_, key), r in read(made, *said, offline=["b", "c"]).items()}
    assert {key: (r.quality, r.problem) for key, r in readings.items()} == {
        "a": (Quality.LIVE, None),
        "b": (Quality.STALE, "offline"),
        "c": (Quality.MISSING, "offline"),
    }
    whole = read(document(topic="hall"), ("hall", '{"temperature": 20}'), offline=[None])["temperature", None]
    assert (whole.value, whole.quality, whole.problem) == (20.0, Quality.STALE, "offline")


def test_rows_that_do_not_count_and_keys_that_stand_in_the_message():
    made = document(topic="zigbee2mqtt/+", rows={"key": "device", "where": "temperature != null"})
    readings = read(
        made,
        ("zigbee2mqtt/a", '{"device": "salon", "temperature": 20}'),
        ("zigbee2mqtt/b", '{"device": "lamp", "state": "ON"}'),
    )
    assert set(readings) == {("temperature", "salon")}


def test_a_sample_is_a_list_of_messages(tmp_path):
    sample = tmp_path / "sample.json"
    sample.write_text('[{"topic": "tele/quai/SENSOR", "payload": {"temperature": 20}}, {"topic": "x", "payload": 1}]')
    made = document(topic="tele/{key}/SENSOR").model_copy(update={"sample": str(sample)})
    (reading,) = read_sample("hall", made, SOURCE, "waiting")
    assert (reading.key, reading.value, reading.quality) == ("quai", 20.0, Quality.SAMPLE)
    sample.write_text('{"topic": 1}')
    with pytest.raises(FeedError):
        read_sample("hall", made, SOURCE, "waiting")


def said(made, *messages):
    """Say what has changed in the shape of messages, in words."""
    rows = [Row(Said("hall/{key}", str(place), decode(one.encode())), NOW_S) for place, one in enumerate(messages)]
    assert SOURCE.shape is not None
    return [word(change, "en") for change in SOURCE.shape(made, Heard(tuple(rows)), None)]


def test_a_name_that_a_sensor_says_no_more_is_told_once_no_message_has_it():
    made = document(topic="hall/{key}")
    (change,) = said(made, '{"temperature_c": 20.5, "humidity": 40}')
    assert change == "`temperature` is gone; nearest: `temperature_c`"
    assert len(said(made, '{"temperature_c": 20.5}', '{"temperature_c": 21}')) == 1
    assert said(made, '{"temperature_c": 20.5}', '{"temperature": 21}') == []
    assert said(made) == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"topic": "a/#/b"},
        {"topic": "a", "keys": ["k"]},
        {"topic": "a", "published_at": "at"},
        {"topic": "a/{key}", "rows": {"key": "name"}},
        {"topic": "a", "availability": "a/{key}/availability"},
        {"topic": "a/{key}", "values": {"x": {"pick": "@", "topic": "b"}, "y": {"pick": "@"}}},
        {"topic": "a", "broker": {"host": "localhost", "password": "1234"}},
    ],
)
def test_topics_that_make_no_sense_are_refused(changes):
    with pytest.raises(ValidationError):
        document(**changes)


# -- what a feed makes of it -----------------------------------------------------------------------------------------


class Told:
    """A connection that gives what a test says."""

    next: FeedError | Heard = fault("waiting")

    def fetch(self):
        if isinstance(self.next, FeedError):
            raise self.next
        return Payload(self.next)

    def close(self):
        """Nothing is held open."""


@pytest.fixture
def hall(world, tmp_path):
    """Return worlds with a feed of their own, and what it is told next."""

    def hall(made):
        told = Told()
        sources = {"mqtt": replace(SOURCE, connect=lambda _document, _wake: told)}
        return world({"hall": made}, state=tmp_path, sources=sources), told

    return hall


def turn(here, told, what):
    told.next = what
    here.turns(later=120.0)


def message(key, value, at=NOW_S):
    return Row(Said("hall/{key}", key, {"temperature": value}), at)


def test_a_broker_that_comes_back_ends_the_alarm_before_anything_is_said(hall):
    here, told = hall(document(topic="hall"))
    turn(here, told, fault("unreachable"))
    assert here.failing == {"hall": "unreachable"}
    turn(here, told, fault("waiting"))
    assert here.failing == {}
    assert here.reading("hall", "temperature").problem == "waiting"


def test_after_a_restart_a_sensor_that_is_away_is_not_live_and_strangers_are_nobody_s(hall):
    made = document(topic="hall/{key}", availability="hall/{key}/availability")
    before, told = hall(made)
    turn(before, told, Heard((message("a", 20), message("b", 21))))
    here, told = hall(made)
    assert {r.key: r.quality for r in here.readings.values()} == {"a": Quality.LIVE, "b": Quality.LIVE}
    turn(here, told, Heard((message("b", 22),), frozenset({"a", "lamp"})))
    assert {r.key: (r.value, r.quality, r.problem) for r in here.readings.values()} == {
        "a": (20.0, Quality.STALE, "offline"),
        "b": (22.0, Quality.LIVE, None),
    }
    turn(here, told, Heard((), frozenset({"a", "b"})))
    assert {r.quality for r in here.readings.values()} == {Quality.STALE}


def test_a_retained_message_becomes_no_younger_by_a_restart_and_leaves_no_mark_in_the_past(hall):
    made = document(topic="hall/{key}")
    before, told = hall(made)
    turn(before, told, Heard((replace(message("a", 20), of_before=True),)))
    assert before.quality("hall", "temperature", "a") is Quality.STALE
    assert not before.coordinator._history._recorded
    here, told = hall(made)
    assert (here.quality("hall", "temperature", "a"), here.reading("hall", "temperature", "a").value) == (
        Quality.STALE,
        20.0,
    )
    turn(here, told, fault("unreachable"))
    assert here.quality("hall", "temperature", "a") is Quality.STALE


def test_where_every_sensor_is_away_and_none_ever_came_the_feed_says_so(hall):
    here, told = hall(document(topic="hall/{key}", availability="hall/{key}/availability"))
    turn(here, told, Heard((), frozenset({"a"})))
    assert here.failing == {"hall": "offline"}
    assert [(r.key, r.problem) for r in here.readings.values()] == [(None, "offline")]


# -- a real broker ---------------------------------------------------------------------------------------------------


@pytest.fixture
def broker(tmp_path):
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


@pytest.fixture
def listener(broker):
    """Return somebody who speaks to a running broker."""
    broker.start()
    listener = Listener(broker.port)
    yield listener
    listener.close()


class Listening:
    """A connection, and whoever is woken by it."""

    def __init__(self, port, patterns=("hall/{key}",), availability=None, **broker):
        self.woken: queue.SimpleQueue[None] = queue.SimpleQueue()
        document = MqttDocument(host="127.0.0.1", port=port, **broker)
        self.connection = MqttConnection(document, patterns, availability, 900.0, lambda: self.woken.put(None))

    def until(self, wanted):
        """Return the first payload that is as wanted; a failure is None."""
        while True:
            try:
                content = self.connection.fetch().content
            except FeedError as error:
                content = error.code
            if wanted(content):
                return content
            self.woken.get(timeout=20)

    def said(self, count=1):
        heard = self.until(lambda content: isinstance(content, Heard) and len(content.rows) >= count)
        return {row.content.key: (row.content.payload, row.of_before) for row in heard.rows}


@pytest.fixture
def listen():
    begun = []

    def listen(*arguments, **options):
        begun.append(Listening(*arguments, **options))
        return begun[-1]

    yield listen
    for listening in begun:
        thread = listening.connection._client._thread
        listening.connection.close()
        listening.connection.close()
        if thread is not None:
            thread.join(20)
            assert not thread.is_alive()


def test_what_is_said_now_is_known_from_what_was_retained(broker, listener, listen):
    listener.say("hall/old", "20.5", retain=True)
    hall = listen(broker.port)
    assert hall.said() == {"old": (20.5, True)}
    listener.say("hall/new", '{"temperature": 21}')
    assert hall.said(2)["new"] == ({"temperature": 21}, False)
    listener.say("hall/old", "20.5")
    hall.until(lambda heard: not any(row.of_before for row in heard.rows))
    # The broker repeats what it retains, as after a reconnection: what was heard stands.
    hall.connection._client.subscribe("hall/+", 1)
    listener.say("hall/last", "1")
    assert hall.said(3)["old"] == (20.5, False)


def test_an_empty_message_is_heard_as_such(broker, listener, listen):
    hall = listen(broker.port)
    listener.say("hall/a", "20", retain=True)
    hall.said()
    listener.say("hall/a", "", retain=True)
    hall.until(lambda heard: heard.rows[0].content.payload is None)


def test_availability_is_no_value(broker, listener, listen):
    listener.say("hall/a/availability", '{"state": "offline"}', retain=True)
    hall = listen(broker.port, ("hall/#",), "hall/{key}/availability")
    assert hall.until(lambda content: isinstance(content, Heard)) == Heard((), frozenset({"a"}))
    listener.say("hall/a/availability", "online", retain=True)
    listener.say("hall/a", "20")
    assert hall.said() == {None: (20, False)}
    assert hall.connection.fetch().content.offline == frozenset()


def test_without_a_broker_it_says_so_and_it_comes_back_by_itself(broker, listen):
    hall = listen(broker.port)
    hall.until(lambda content: content == "unreachable")
    for _ in range(2):
        broker.start()
        hall.until(lambda content: content != "unreachable")
        speaker = Listener(broker.port)
        speaker.say("hall/a", "20", retain=True)
        assert hall.said()["a"][0] == 20
        speaker.close()
        broker.stop()
        hall.until(lambda content: content == "unreachable")


def test_before_anything_is_said_it_waits_and_at_length_it_wonders(broker, listen):
    broker.start()
    hall = listen(broker.port)
    assert hall.until(lambda content: content != "unreachable") == "waiting"
    hall.woken.get(timeout=20)  # the broker has answered
    hall.connection._monotonic = lambda: 1e9
    assert hall.until(lambda content: True) == "silent"


def test_topics_and_large_messages_are_bounded_and_told_once(broker, listener, listen, caplog):
    caplog.set_level(logging.WARNING, "maquette")
    listener.say("flood/0", "1", retain=True)
    hall = listen(broker.port, ("flood/{key}",))
    hall.said()  # it listens
    hall.connection._monotonic = itertools.count(1e9).__next__  # a second passes between any two
    for _ in range(2):
        listener.say("flood/large", "x" * (LARGEST_MESSAGE + 1))
    for place in range(MOST_TOPICS + 200):
        listener.client.publish(f"flood/{place}", "1", qos=1)
    listener.say("flood/0", "2")
    heard = hall.until(lambda content: isinstance(content, Heard) and content.rows[0].content.payload == 2)
    assert len(heard.rows) == MOST_TOPICS
    assert len(caplog.records) == 2


def test_messages_that_come_too_fast_are_not_all_heard_and_that_is_told_once(listen, caplog):
    hall = listen(closed_port()).connection
    hall._monotonic = lambda: 5000.0
    for number in range(MOST_A_SECOND + 100):
        message = MQTTMessage(topic=b"hall/a")
        message.payload = str(number).encode()
        hall._hear(hall._client, None, message)
    assert hall._messages["hall/{key}", "hall/a"].payload == str(MOST_A_SECOND - 1).encode()
    hall._monotonic = lambda: 5001.0
    hall._hear(hall._client, None, message)
    assert hall._messages["hall/{key}", "hall/a"].payload == message.payload
    assert len(caplog.records) == 1


def test_a_topic_that_is_no_text_is_not_heard_and_sensors_that_are_away_are_bounded(listen):
    hall = listen(closed_port(), availability="+/availability").connection
    hall._monotonic = lambda: 5000.0
    broken = MQTTMessage(topic=b"hall/\xff")
    broken.payload = b"1"
    hall._hear(hall._client, None, broken)
    assert not hall._messages
    for number in range(MOST_TOPICS + 5):
        hall._monotonic = lambda at=5000.0 + number: at
        away = MQTTMessage(topic=f"s{number}/availability".encode())
        away.payload = b"offline"
        hall._hear(hall._client, None, away)
    assert len(hall._away) == MOST_TOPICS


def test_a_broker_that_asks_who_we_are_is_told_and_only_then_answers(broker, listen, monkeypatch, tmp_path):
    passwords = tmp_path / "passwords"
    tool = shutil.which("mosquitto_passwd", path="/usr/bin:/usr/local/bin")
    assert tool
    subprocess.run([tool, "-b", "-c", str(passwords), "hall", "s3cret"], check=True)
    config = broker._config.read_text().replace(
        "allow_anonymous true", f"allow_anonymous false\npassword_file {passwords}\nuser {getpass.getuser()}"
    )
    broker._config.write_text(config)
    broker.start()
    monkeypatch.setenv("HALL_WORD", "wrong")
    asked = listen(broker.port, username="hall", password="${HALL_WORD}")
    asked.until(lambda content: content == "unreachable")
    monkeypatch.setenv("HALL_WORD", "s3cret")
    hall = listen(broker.port, username="hall", password="${HALL_WORD}")
    assert hall.woken.get(timeout=20) is None
    assert hall.until(lambda content: True) == "waiting"


def test_a_secret_that_is_not_set_a_name_that_is_none_and_a_certificate_that_is_not_there_are_told(monkeypatch):
    monkeypatch.delenv("HALL_WORD", raising=False)
    with pytest.raises(FeedError) as caught:
        Listening(1883, password="${HALL_WORD}")
    assert caught.value.code == "no_key"
    with pytest.raises(FeedError) as caught:
        MqttConnection(MqttDocument(host="a..b"), ("a",), None, 1.0, print)
    assert caught.value.code == "unreachable"
    with pytest.raises(FeedError) as caught:
        Listening(1883, tls=True, ca="/nowhere.pem")
    assert caught.value.code == "unreachable"


@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <ssl.SSLSocket"
)  # the library forgets it when the handshake fails
def test_a_broker_that_does_not_speak_tls_is_not_spoken_to(broker, listen):
    broker.start()
    listen(broker.port, tls=True).until(lambda content: content == "unreachable")
    listen(closed_port(), tls=True).until(lambda content: content == "unreachable")


def test_a_message_reaches_the_stage_at_once(broker, listener):
    made = document(topic="hall/{key}", broker={"host": "127.0.0.1", "port": broker.port}, every="1 h")
    process = Process(FeedsStart({"hall": made}, "Europe/Paris"))
    try:
        listener.say("hall/a", '{"temperature": 20.5}', retain=True)
        found = None
        while found is None or found.value is None:
            message = process.next()
            if isinstance(message, ReadingsUpdate):
                found = next((r for r in message.readings if r.key == "a"), None)
        listener.say("hall/a", '{"temperature": 21.5}')
        while found.value != 21.5:
            message = process.next()
            if isinstance(message, ReadingsUpdate):
                found = next(r for r in message.readings if r.key == "a")
        assert found.quality is Quality.LIVE
    finally:
        process.stop()
