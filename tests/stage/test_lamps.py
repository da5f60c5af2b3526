"""Lamps on gpiozero's mock pins, and on its real lgpio factory with lgpio's calls recorded."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from maquette.config.documents import ButtonDocument
from maquette.stage.lamps import GAMMA, PULSES_HZ
from tests.stage.controlling import opened, problem_key

AIR = ButtonDocument(pin=5, lamp=6, label={"": "Air"})
INVERTED = AIR.model_copy(update={"lamp_active": "low"})


def test_lamps_follow_and_only_those_that_change_are_touched():
    with opened({"air": AIR}) as hand:
        lamp = hand.controls.factory.pin(6)
        hand.controls.light({"air": 1.0, "next": 1.0}, 0.0)
        assert lamp.state == 1
        changes = len(lamp.states)
        hand.controls.light({"air": 1.0}, 0.0)
        assert len(lamp.states) == changes
        hand.controls.light({}, 0.0)
        assert not lamp.state


def test_a_lamp_is_dimmed_by_pulses_as_the_eye_counts_and_is_on_without_any():
    with opened({"air": AIR}) as hand:
        lamp = hand.controls.factory.pin(6)
        hand.controls.light({"air": 0.5}, 0.0)
        assert (lamp.frequency, lamp.state) == (PULSES_HZ, pytest.approx(0.5**GAMMA))
        hand.controls.light({"air": 1.0}, 0.0)
        assert (lamp.frequency, lamp.state) == (None, 1.0)


def test_a_lamp_that_is_on_while_its_pin_is_low_is_dark_at_first_and_dimmed_the_other_way_round():
    with opened({"air": INVERTED}) as hand:
        lamp = hand.controls.factory.pin(6)
        assert lamp.state == 1
        hand.controls.light({"air": 0.5}, 0.0)
        assert lamp.state == pytest.approx(1 - 0.5**GAMMA)
        hand.controls.light({"air": 1.0}, 0.0)
        assert lamp.state == 0


def test_where_pins_cannot_pulse_a_lamp_is_on_from_half_its_level(monkeypatch):
    factory = MockFactory(pin_class=MockPin)
    monkeypatch.setattr("maquette.stage.pins.open_pins", lambda simulated: factory)
    with opened({"air": AIR}) as hand:
        seen = []
        for level in (0.3, 0.6, 0.4):
            hand.controls.light({"air": level}, 0.0)
            seen.append(bool(factory.pin(6).state))
        assert seen == [False, True, False]
        hand.waiting()
        assert hand.alerts == []


def test_a_lamp_that_is_lost_is_told_claimed_anew_and_shows_what_it_should(monkeypatch):
    monkeypatch.setattr("maquette.stage.trouble.FIRST_WAIT_S", 0.001)
    with opened({"air": AIR}) as hand:
        pin = hand.controls.factory.pin(6)
        write, close = pin._set_state, pin.close
        refusals = iter([OSError("unplugged")])

        def close_at_the_second_try():
            for refusal in refusals:
                raise refusal
            close()

        pin.close = close_at_the_second_try
        pin._set_state = lambda value: 1 / 0
        hand.controls.light({"air": 1.0}, 0.0)
        first = hand.alert()
        assert (first.code, first.subject, problem_key(first)) == ("lamp_failed", "air", "pin_lost")
        hand.controls.light({"air": 1.0}, 0.0)
        pin._set_state = write
        while not hand.alert().over:
            pass
        hand.controls.light({"air": 1.0}, 0.0)
        assert pin.state == 1


def test_on_a_pi_a_lamp_breathes_in_pulses_and_answers_with_a_plain_level(lgpio):
    with opened({"air": AIR}, simulated=False) as hand:
        hand.controls.light({"air": 0.5}, 0.0)
        hand.controls.light({"air": 1.0}, 0.0)
        assert lgpio.calls[-4:] == [
            ("tx_pwm", 6, PULSES_HZ, 0),
            ("tx_pwm", 6, PULSES_HZ, 21),
            ("tx_pwm", 6, 0, 0),
            ("gpio_write", 6, 1),
        ]
