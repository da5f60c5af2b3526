"""Knobs, sensors and keyboards on gpiozero's mock pins, on a bus of bytes and through FIFOs."""

import os
import queue
from typing import Any

import pytest
import smbus2

from maquette.config.documents import (
    ButtonDocument,
    EncoderDocument,
    KeysDocument,
    LightSensorDocument,
    PresenceSensorDocument,
)
from maquette.config.installation import Senses
from maquette.core.events import ButtonPressed, ButtonReleased, Command, Origin
from maquette.core.keys import KEYS
from maquette.show.own_values import LIGHT, PRESENCE, SENSED_FRESH_S, Sensed
from maquette.stage.pins import Edge
from maquette.stage.senses.encoder import Dimmed
from maquette.stage.senses.keyboard import Keyboard
from maquette.stage.senses.keystrokes import EVENT, Keystrokes, UnknownCard
from maquette.stage.senses.light import CONTINUOUS, TOLD_S, LightMeter, lux
from tests.stage.controlling import opened, problem_key

KNOB = EncoderDocument(a=17, b=27, press=22, does="choose")
CLICKER = KeysDocument(
    device="/dev/input/by-id/clicker",
    commands={"pagedown": "next", "b": "blackout"},
    buttons={"a": "air"},
    cards={"0451": "air"},
)


# -- knobs -----------------------------------------------------------------------------------------------------------


def turn(pins, *lines):
    for line in lines:
        pin = pins[line]
        (pin.drive_low if pin.state else pin.drive_high)()


def test_each_step_of_a_knob_is_one_command_that_counts_as_a_visitors():
    with opened({}, Senses(encoders={"knob": KNOB})) as hand:
        pins = {"a": hand.controls.factory.pin(17), "b": hand.controls.factory.pin(27)}
        hand.waiting()
        turn(pins, "a", "b", "a", "b", *"aba", *"bbb", *"bab", "a")
        assert hand.heard() == [
            Command("choose", {"by": 1}, Origin.VISITOR),
            Command("choose", {"by": 1}, Origin.VISITOR),
            Command("choose", {"by": -1}, Origin.VISITOR),
        ]


def test_a_knob_that_is_pressed_takes_what_is_chosen_once_however_it_chatters():
    with opened({}, Senses(encoders={"knob": KNOB})) as hand:
        pin = hand.controls.factory.pin(22)
        hand.waiting()
        for _ in range(3):
            pin.drive_low()
            pin.drive_high()
        assert hand.heard() == [Command("choose", {"by": 0}, Origin.VISITOR)]


def test_a_knob_that_dims_tells_by_how_much_and_full_light_when_pressed():
    dims = KNOB.model_copy(update={"does": "dim"})
    with opened({}, Senses(encoders={"knob": dims})) as hand:
        pins = {line: hand.controls.factory.pin(number) for number, line in dims.pins_taken.items()}
        hand.waiting()
        turn(pins, "b", "a", "b", "a", "press")
        assert hand.heard() == [Dimmed(-1), Dimmed(None)]


@pytest.mark.parametrize(
    ("wish", "now", "then"),
    [(-1, 100, 95), (-1, 12, 10), (-1, 10, 10), (-1, 0, 0), (1, 0, 5), (1, 98, 100), (1, 100, 100), (None, 3, 100)],
)
def test_no_knob_dims_below_ten_percent_nor_lights_what_is_darker(wish, now, then):
    assert Dimmed(wish).brightness(now) == then


# -- presence --------------------------------------------------------------------------------------------------------


def presence(hand, now):
    (sensed,) = hand.controls.keep(now)
    return sensed


def test_presence_is_a_reading_at_once_lasts_for_a_while_and_is_told_again_before_it_is_stale(monkeypatch):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    sensor = PresenceSensorDocument.read({"kind": "presence", "pin": 23, "hold": "10 s"})
    with opened({}, Senses(sensors={"door": sensor}), simulated=False) as hand:
        assert hand.waiting() == []
        pin = hand.controls.factory.pin(23)
        pin.drive_high()
        (edge,) = hand.waiting()
        assert hand.controls.heard(edge) == Sensed(PRESENCE, 1.0)
        pin.drive_low()
        (left,) = hand.waiting()
        assert hand.controls.heard(left) is None
        assert list(hand.controls.keep(left.at + 9.9)) == []
        assert presence(hand, left.at + 10.1) == Sensed(PRESENCE, 0.0)
        assert list(hand.controls.keep(left.at + 11)) == []
        assert presence(hand, left.at + 10.1 + SENSED_FRESH_S / 2) == Sensed(PRESENCE, 0.0)


def test_a_presence_sensor_that_cannot_be_had_makes_presence_missing(lgpio):
    lgpio.busy.add(23)
    door, edge = (PresenceSensorDocument(kind="presence", pin=pin) for pin in (23, 24))
    with opened({}, Senses(sensors={"door": door, "edge": edge}), simulated=False) as hand:
        hand.waiting()
        assert presence(hand, 1e6) == Sensed(PRESENCE, None)
        assert [(alert.code, alert.subject) for alert in hand.alerts] == [("sensor_failed", "door")]
        lgpio.edge(24, 1, 100.0)
        assert hand.heard() == [Sensed(PRESENCE, 1.0)]  # one that sees somebody is enough


def test_in_a_simulation_sensors_give_samples():
    sensors = {"door": PresenceSensorDocument(kind="presence", pin=23), "roof": LightSensorDocument(kind="light")}
    with opened({}, Senses(sensors=sensors)) as hand:
        messages = [hand.inbox.get_nowait() for _ in range(hand.inbox.qsize())]
        told = [message for message in messages if isinstance(message, Sensed)]
        assert [(sensed.name, sensed.sample) for sensed in told] == [(PRESENCE, True), (LIGHT, True)]
        assert list(hand.controls.keep(1e6)) == []


# -- light -----------------------------------------------------------------------------------------------------------


class Bh1750:
    """A bus with a light sensor on it, by its data sheet: nothing to read before it was told to measure."""

    def __init__(self):
        self.raw = b"\0\0"
        self.gone = False
        self.opened = 0
        self.measuring = False

    def open(self, document):
        self.opened += 1
        self.measuring = False
        return self

    def start(self):
        if self.gone:
            raise OSError(121, "Remote I/O error")
        self.measuring = True

    def read(self):
        if self.gone:
            raise OSError(121, "Remote I/O error")
        assert self.measuring
        return self.raw

    def close(self):
        self.measuring = False


@pytest.fixture
def told():
    return queue.SimpleQueue()


@pytest.fixture
def bus():
    return Bh1750()


@pytest.fixture
def meter(told, bus):
    return LightMeter("roof", LightSensorDocument(kind="light"), told.put, bus=bus.open)


def news(told):
    return [told.get_nowait() for _ in range(told.qsize())]


def values(told):
    return [message.value for message in news(told) if isinstance(message, Sensed)]


@pytest.mark.parametrize(("raw", "value"), [(b"\x83\x90", 28066.7), (b"\0\0", 0.0), (b"\xff\xff", 54612.5)])
def test_two_bytes_are_lux_as_the_data_sheet_says(raw, value):
    assert lux(raw) == value


def test_light_is_told_when_it_changes_and_before_it_is_stale(meter, bus, told):
    meter.look(0.0)
    assert news(told) == []
    bus.raw = (240).to_bytes(2, "big")
    meter.look(1.0)
    assert news(told) == [Sensed(LIGHT, 200.0)]
    bus.raw = (245).to_bytes(2, "big")
    meter.look(2.0)
    assert values(told) == []
    bus.raw = (480).to_bytes(2, "big")
    meter.look(3.0)
    assert values(told) == [400.0]
    meter.look(3.0 + TOLD_S)
    assert values(told) == [400.0]


def test_a_light_sensor_that_is_gone_is_told_once_in_words_missing_and_asked_to_measure_again(meter, bus, told):
    meter.look(0.0)
    meter.look(1.0)
    news(told)
    bus.gone = True
    meter.look(2.0)
    meter.look(4.0)
    alert, sensed = news(told)
    assert (alert.code, alert.subject, problem_key(alert)) == (
        "sensor_failed",
        "roof",
        "no_light_sensor",
    )
    assert sensed == Sensed(LIGHT, None)
    bus.gone = False
    meter.look(8.0)
    meter.look(9.0)
    over, again = news(told)
    assert over.over
    assert (again, bus.opened) == (Sensed(LIGHT, 0.0), 3)


def test_the_real_bus_is_told_to_measure_and_read_without_a_register(monkeypatch):
    calls: list[tuple[object, ...]] = []

    class SMBus:
        def __init__(self, bus):
            calls.append(("open", bus))

        def write_byte(self, address, value):
            calls.append(("write", address, value))

        def i2c_rdwr(self, message):
            calls.append(("read", message.addr, message.len))
            message.buf[0] = b"\x01"

        def close(self):
            calls.append(("close",))

    monkeypatch.setattr(smbus2, "SMBus", SMBus)
    told: queue.SimpleQueue[object] = queue.SimpleQueue()
    meter = LightMeter("roof", LightSensorDocument(kind="light"), told.put)
    meter.look(0.0)
    meter.look(1.0)
    assert calls == [("open", 1), ("write", 0x23, CONTINUOUS), ("read", 0x23, 2)]
    assert values(told) == [lux(b"\x01\0")]


@pytest.mark.parametrize(
    ("error", "key"), [(FileNotFoundError(2, "gone"), "i2c_missing"), (PermissionError(13, "no"), "i2c_not_allowed")]
)
def test_a_bus_that_cannot_be_had_is_told_as_what_it_is(monkeypatch, told, error, key):
    def refuse(bus):
        raise error

    monkeypatch.setattr(smbus2, "SMBus", refuse)
    LightMeter("roof", LightSensorDocument(kind="light"), told.put).look(0.0)
    assert problem_key(news(told)[0]) == key


# -- keys ------------------------------------------------------------------------------------------------------------


def pressed(name, value=1, kind=1):
    return EVENT.pack(1, 2, kind, KEYS[name], value)


def test_keys_give_commands_and_press_buttons_and_repeats_are_nothing():
    raw = pressed("pagedown") + pressed("pagedown", 2) + pressed("pagedown", 0) + pressed("a") + pressed("a", 0)
    assert list(Keystrokes(CLICKER).heard(raw, 3.0)) == [
        Command("next"),
        Edge(("button", "air"), closed=True, at=3.0),
        Edge(("button", "air"), closed=False, at=3.0),
    ]


def test_bytes_may_be_cut_anywhere():
    raw, keystrokes = pressed("a") + EVENT.pack(0, 0, 0, 0, 0) + pressed("pagedown"), Keystrokes(CLICKER)
    heard: list[object] = []
    for index in range(len(raw)):
        heard += keystrokes.heard(raw[index : index + 1], 1.0)
    assert heard == [Edge(("button", "air"), closed=True, at=1.0), Command("next")]


def test_a_card_presses_its_button_and_an_unknown_one_is_told_without_its_number():
    keystrokes = Keystrokes(CLICKER)
    typed = b"".join(map(pressed, ("0", "kp4", "5", "1", "enter", "9", "9", "kpenter", "enter")))
    assert list(keystrokes.heard(typed, 1.0)) == [Command("press", {"button": "air"}), UnknownCard()]


def test_what_was_typed_long_ago_is_no_part_of_a_card():
    keystrokes = Keystrokes(CLICKER)
    assert list(keystrokes.heard(pressed("7"), 1.0)) == []
    card = b"".join(map(pressed, ("0", "4", "5", "1", "enter")))
    assert list(keystrokes.heard(card, 9.0)) == [Command("press", {"button": "air"})]


@pytest.mark.parametrize("lost", [EVENT.pack(0, 0, 0, 3, 0), None])
def test_a_key_that_is_held_when_events_are_lost_or_the_device_is_comes_up(lost):
    keystrokes = Keystrokes(CLICKER)
    list(keystrokes.heard(pressed("a"), 1.0))
    heard = list(keystrokes.let_go(2.0) if lost is None else keystrokes.heard(lost, 2.0))
    assert heard == [Edge(("button", "air"), closed=False, at=2.0)]
    assert list(keystrokes.heard(pressed("a", 0), 3.0)) == []


def test_a_keyboard_that_is_plugged_in_late_and_pulled_out_is_told_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setattr("maquette.stage.trouble.FIRST_WAIT_S", 0.001)
    monkeypatch.setattr("maquette.stage.trouble.LONGEST_WAIT_S", 0.01)
    told: queue.SimpleQueue[Any] = queue.SimpleQueue()
    device = tmp_path / "clicker"
    keyboard = Keyboard(
        "clicker", CLICKER.model_copy(update={"device": str(device)}), told.put, grab=lambda descriptor: None
    )
    keyboard.open()
    try:
        absent = told.get(timeout=10)
        assert (absent.code, absent.subject) == ("keys_failed", "clicker")
        assert problem_key(absent) == "keys_missing"
        os.mkfifo(device)
        assert told.get(timeout=10).over
        with device.open("wb", buffering=0) as plugged:
            plugged.write(pressed("a"))
            edge = told.get(timeout=10)
            assert (edge.thing, edge.closed) == (("button", "air"), True)
        assert told.get(timeout=10).closed is False  # pulled out, the key comes up
        messages = [told.get(timeout=10), told.get(timeout=10)]
        assert [message.over for message in messages] == [False, True]
    finally:
        keyboard.close()
        keyboard.close()


def test_what_is_no_input_device_is_told_and_not_read(tmp_path):
    told: queue.SimpleQueue[Any] = queue.SimpleQueue()
    plain = tmp_path / "plain"
    plain.write_bytes(pressed("pagedown"))
    keyboard = Keyboard("clicker", CLICKER.model_copy(update={"device": str(plain)}), told.put)
    keyboard.open()
    try:
        alert = told.get(timeout=10)
        assert alert.code == "keys_failed"
    finally:
        keyboard.close()
    assert told.empty()


def test_a_key_goes_through_the_buttons_own_contact():
    with opened({"air": ButtonDocument(label={"": "Air"})}, Senses(keys={"clicker": CLICKER})) as hand:
        edges = Keystrokes(CLICKER).heard(pressed("a") + pressed("a", 0), 5.0)
        heard = [hand.controls.heard(edge) for edge in edges if isinstance(edge, Edge)]
        assert heard == [ButtonPressed("air", 5.0), None]
        assert list(hand.controls.keep(6.0)) == [ButtonReleased("air", 6.0)]
