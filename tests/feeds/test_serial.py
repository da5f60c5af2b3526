import json
import logging
import time
from dataclasses import replace
from functools import partial

import pytest
from pydantic import ValidationError

from maquette.core.readings import Quality
from maquette.feeds.source import Row
from maquette.feeds.sources import SOURCES, serial
from maquette.feeds.sources.serial import SOURCE, SerialDocument
from tests.feeds.cable import PATIENCE_S, Cable
from tests.feeds.documents import NOW_S, arrival
from tests.feeds.documents import document as pond
from tests.feeds.test_serial_frames import FRAMES
from tests.feeds.world import GOOD, World
from tests.words import english


def document(**changes):
    plain = {
        "kind": "serial",
        "device": "/dev/serial/by-id/usb-sensor",
        "format": "pairs",
        "fresh_for": "1 min",
        "nature": "measured",
        "source": "Test",
        "licence": "None",
        "values": {"light": {"pick": "lux", "unit": "lx", "plausible": [0, 1000]}, "noise": {"pick": "dba"}},
    }
    return SerialDocument.model_validate_json(json.dumps(plain | changes))


def sensor(form, *names, **changes):
    return document(format=form, values={name: {"pick": name} for name in names}, **changes)


def read(one, *rows):
    return {(r.name, r.key): r for r in SOURCE.digest("here", one, rows, arrival())}


def fault_in(**changes):
    with pytest.raises(ValidationError) as caught:
        document(**changes)
    (error,) = caught.value.errors()
    context = error.get("ctx", {})
    return english(context.get("message")), english(context.get("hint")), error["loc"]


# -- the document -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", ["", "ttyUSB0", "COM3", "dev/ttyUSB0", "/dev/tty\0"])
def test_a_device_is_a_whole_path(device):
    message, hint, place = fault_in(device=device)
    assert message.endswith("is not the path of a device")
    assert "/dev/serial/by-id" in hint
    assert place == ("device",)


@pytest.mark.parametrize(
    ("device", "moves"),
    [
        ("/dev/ttyUSB0", True),
        ("/dev/ttyACM12", True),
        ("/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", False),
        ("/dev/serial0", False),
        ("/dev/ttyAMA0", False),
    ],
)
def test_a_path_that_another_device_may_have_is_known(device, moves):
    assert document(device=device).moving_device == (device if moves else None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "csv"}, "'format: csv' needs 'columns'"),
        ({"columns": ["lux"]}, "'columns' has no meaning with 'format: pairs'"),
        ({"work_period": "5 min"}, "'work_period' has no meaning with 'format: pairs'"),
        (
            {"format": "mhz19", "values": {"co2": {"pick": "co2"}}, "ask": "R"},
            "'ask' has no meaning with 'format: mhz19'",
        ),
        ({"format": "mhz19", "values": {"co2": {"pick": "ppm"}}}, "the sensor 'mhz19' has no value 'ppm'"),
        (
            {"format": "sds011", "values": {"a": {"pick": "pm10"}}, "work_period": "5 min"},
            "'work_period' is longer than 'fresh_for': between two readings the value would be out of date",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(changes, said):
    assert fault_in(**changes)[0] == said


@pytest.mark.parametrize("period", ["90 s", "31 min"])
def test_a_work_period_is_whole_minutes(period):
    message, _, place = fault_in(format="sds011", values={"a": {"pick": "pm10"}}, fresh_for="1 h", work_period=period)
    assert (message, place) == ("'work_period' is whole minutes, 30 at most", ("work_period",))


@pytest.mark.parametrize("changes", [{"speed": 9601}, {"columns": []}, {"every": "0.5 s"}, {"format": "xml"}])
def test_other_values_are_refused_in_their_place(changes):
    assert fault_in(**changes)[2] == tuple(changes)


def test_a_sensor_s_values_have_their_units_and_ranges_unless_said():
    one = document(
        format="pms5003",
        values={
            "fine": {"pick": "pm25"},
            "coarse": {"pick": "pm10", "plausible": [0, 50]},
            "milli": {"pick": "pm1", "factor": 0.001, "unit": "mg/m³"},
        },
    )
    assert {name: (value.unit, value.plausible) for name, value in one.values.items()} == {
        "fine": ("µg/m³", (0, 1000)),
        "coarse": ("µg/m³", (0, 50)),
        "milli": ("mg/m³", None),
    }


# -- rows to readings -------------------------------------------------------------------------------------------------


def test_each_value_is_as_old_as_the_line_that_told_it():
    readings = read(document(), Row({"dba": 54.2}, NOW_S - 70), Row({"lux": 312}, NOW_S - 10))
    light, noise = readings["light", None], readings["noise", None]
    assert (light.value, light.unit, light.quality, light.fresh_until) == (312, "lx", Quality.LIVE, NOW_S + 50)
    assert (noise.value, noise.quality, noise.problem) == (54.2, Quality.STALE, "too_old")


@pytest.mark.parametrize(
    ("raw", "problem"), [("nan", "not_a_number"), (None, "no_value"), (1001, "implausible"), ("3,5", "not_a_number")]
)
def test_what_is_no_believable_number_is_missing(raw, problem):
    readings = read(document(), Row({"lux": raw, "dba": 50}, NOW_S))
    assert (readings["light", None].value, readings["light", None].problem) == (None, problem)
    assert readings["noise", None].value == 50


def test_devices_on_one_cable_are_told_apart_by_a_key():
    one = document(format="json", rows={"key": "id", "keys": ["a", "b", "c"]}, values={"t": {"pick": "t"}})
    readings = read(one, Row({"id": "a", "t": 20}, NOW_S), Row({"id": "b", "t": None}, NOW_S))
    assert {key: (r.value, r.problem) for (_, key), r in readings.items()} == {
        "a": (20, None),
        "b": (None, "no_value"),
        "c": (None, "no_row"),
    }


@pytest.mark.parametrize(("form", "name", "low"), [("mhz19", "co2", 299), ("sds011", "pm25", 1000.0)])
def test_what_a_sensor_cannot_have_measured_is_not_believed(form, name, low):
    assert read(sensor(form, name), Row({name: low}, NOW_S))[name, None].problem == "implausible"


# -- with a cable -----------------------------------------------------------------------------------------------------


@pytest.fixture
def cable(tmp_path):
    cable = Cable(tmp_path)
    yield cable
    cable.end()


class Hall(World):
    """A hall with a sensor on a cable, where time goes on by itself and may be moved on."""

    def __init__(self, one, **others):
        # One clock for all: the thread that listens dates its lines by the hall's.
        source = replace(SOURCE, connect=partial(serial.connect, monotonic=lambda: self.now, retry_s=0.01))
        super().__init__({"hall": one, **others}, sources={**SOURCES, "serial": source})

    @property
    def now(self):
        return time.monotonic() + self.later_s

    @now.setter
    def now(self, moment):
        self.later_s = moment - time.monotonic()

    def until(self, wanted, say=lambda: None):
        """Let time pass, and the sensor speak, until it is as wanted."""
        end = time.monotonic() + PATIENCE_S
        while not wanted():
            assert time.monotonic() < end, (self.failing, self.light())
            say()
            self.coordinator.turn()

    def later(self, seconds):
        """Let time pass, for nobody who is asking at this moment: a request does not hang because a test moves the clock."""
        for ask in list(self.coordinator._pool.under_way):
            ask.thread.join(PATIENCE_S)
        self.now += seconds

    def light(self):
        reading = self.reading("hall", "light")
        return reading.value, reading.quality_at(self.now), reading.problem


@pytest.fixture
def hall():
    halls: list[Hall] = []

    def build(one, **others):
        halls.append(Hall(one, **others))
        return halls[-1]

    yield build
    for here in halls:
        here.coordinator.close()
        for ask in here.coordinator._pool.under_way:
            ask.thread.join(PATIENCE_S)


def on(cable, **changes):
    return document(**{"device": str(cable.path), "values": {"light": {"pick": "lux"}}, "every": "1 s"} | changes)


def test_unplugged_and_plugged_in_elsewhere_it_is_told_once_and_comes_back_by_itself(cable, hall, caplog):
    caplog.set_level(logging.INFO, "maquette")
    cable.plug()
    here = hall(on(cable))
    here.until(lambda: here.light() == (312, Quality.LIVE, None), lambda: cable.say(b"\nlux=312\n"))
    assert not here.failing

    cable.unplug()
    here.until(lambda: here.failing == {"hall": "no_device"})
    assert here.light() == (312, Quality.LIVE, "no_device")
    here.later(60)
    assert here.light() == (312, Quality.STALE, "no_device")
    here.later(180)
    assert here.quality("hall", "light") is Quality.MISSING

    cable.plug()
    here.until(lambda: here.light() == (7, Quality.LIVE, None), lambda: cable.say(b"\nlux=7\n"))
    assert not here.failing
    failed, recovered = (record.getMessage() for record in caplog.records)
    assert failed == "feed hall failed: the device is not plugged in"
    assert recovered.startswith("feed hall recovered")
    assert str(cable.path) not in caplog.text


def test_without_its_device_a_feed_says_so_and_the_others_go_on(cable, hall, server):
    here = hall(on(cable), pond=pond(url=server.at("/", GOOD)))
    here.until(lambda: here.failing == {"hall": "no_device"} and here.reading("pond").value == 3.0)
    assert here.light() == (None, Quality.MISSING, "no_device")


def test_a_device_that_stalls_is_not_live_by_age(cable, hall):
    cable.plug()
    here = hall(on(cable))
    here.until(lambda: here.light() == (312, Quality.LIVE, None), lambda: cable.say(b"\nlux=312\n"))
    here.later(61)
    assert here.quality("hall", "light") is Quality.STALE
    here.until(lambda: here.failing == {"hall": "silent"}, lambda: here.later(61))
    here.later(180)
    assert here.quality("hall", "light") is Quality.MISSING
    here.until(lambda: here.light() == (5, Quality.LIVE, None), lambda: cable.say(b"\nlux=5\n"))
    assert not here.failing


def test_a_sensor_that_warms_up_says_so_and_is_no_failure(cable, hall, caplog):
    cable.plug()
    here = hall(on(cable, format="sds011", values={"light": {"pick": "pm25"}}))
    here.until(lambda: here.light() == (None, Quality.MISSING, "warming_up"), lambda: cable.say(FRAMES["sds011"]))
    here.until(lambda: here.coordinator._schedule.due.get("hall", 0.0) > here.now, lambda: cable.say(FRAMES["sds011"]))
    assert here.light() == (None, Quality.MISSING, "warming_up")
    here.later(30)
    here.until(lambda: here.light() == (123.6, Quality.LIVE, None), lambda: cable.say(FRAMES["sds011"]))
    assert not here.alerts.standing
    assert not caplog.records


def test_a_sensor_that_was_pulled_out_warms_up_again(cable, hall):
    cable.plug()
    here = hall(on(cable, ignore_first="1 h"))
    here.until(lambda: here.light() == (None, Quality.MISSING, "warming_up"))
    cable.unplug()
    here.until(lambda: here.failing == {"hall": "no_device"})
    cable.plug()
    here.until(lambda: not here.failing, lambda: cable.say(b"\nlux=5\n"))
    assert here.light() == (None, Quality.MISSING, "warming_up")
    here.later(3600)
    here.until(lambda: here.light() == (5, Quality.LIVE, None), lambda: cable.say(b"\nlux=5\n"))
    assert not here.failing


def test_a_question_is_asked_again_and_again(cable, hall):
    cable.plug()
    here = hall(on(cable, ask="R"))
    here.until(lambda: here.light() == (1, Quality.LIVE, None), lambda: cable.say(b"\nlux=1\n"))
    assert cable.hear(4) == b"R\nR\n"
