"""Servos: the registry, calibration, the tended motion, and gpiozero's pulses."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.config.documents import ServoDocument
from maquette.core.message import message
from maquette.errors import ServoError
from maquette.show.model import Servo
from maquette.stage.motion import LONGEST_STEP_S
from maquette.stage.servos import SERVO_DOCUMENTS, SERVOS, make_servos, simulated
from maquette.stage.servos.calibration import angle_of, pulse_of
from maquette.stage.servos.gpiozero import GpiozeroServoDocument
from maquette.stage.servos.pulsed import PulsedServo
from maquette.stage.servos.tended import FIRST_PULSE_S, LET_GO_S, LOOK_S, REPEAT_S, WELL_S, TendedServo
from maquette.stage.servos.virtual import VirtualServo, VirtualServoDocument
from tests.stage.horn import Horn

NEEDLE = Servo("needle", {"": "Needle"}, angle=(-90.0, 90.0), park=-90.0, top_speed=90.0, acceleration=300.0)
GATE = replace(NEEDLE, id="gate", angle=(45.0, 90.0), park=45.0, top_speed=20.0, gate=True)


def document(**changes):
    shown: dict[str, Any] = {
        "driver": "gpiozero",
        "pin": 17,
        "angle": (-90.0, 90.0),
        "park": -90.0,
        "pulse": (1000.0, 2000.0),
    }
    return GpiozeroServoDocument.model_construct(**(shown | changes))


def gpiozero_servo():
    (servo,) = make_servos({"needle": document()}).values()
    return servo


@pytest.fixture
def horn():
    return Horn()


@pytest.fixture
def alerts():
    return []


@pytest.fixture
def tended(horn, alerts):
    return TendedServo(NEEDLE, horn, alerts.append)


def run(tended, wanted, seconds, start=0.0):
    for index in range(round(seconds * 60) + 1):
        tended.move(wanted, start + index / 60)


def test_each_driver_names_itself():
    assert set(SERVOS) == set(SERVO_DOCUMENTS) == {"pca9685", "kernel_pwm", "companion", "gpiozero", "virtual"}
    assert isinstance(gpiozero_servo(), PulsedServo)


def test_the_twin_of_any_servo_is_virtual_and_keeps_what_matters():
    twin = simulated({"needle": document(looks="gate", top_speed=30.0)})["needle"]
    assert isinstance(twin, VirtualServoDocument)
    assert (twin.driver, twin.angle, twin.park, twin.top_speed, twin.looks) == (
        "virtual",
        (-90.0, 90.0),
        -90.0,
        30.0,
        "gate",
    )
    assert isinstance(make_servos({"needle": twin})["needle"], VirtualServo)


@pytest.mark.parametrize(
    ("changes", "pulses"),
    [
        ({}, (1000, 1250, 1500, 1750, 2000)),
        ({"inverted": True}, (2000, 1750, 1500, 1250, 1000)),
        ({"centre": 1600.0}, (1000, 1300, 1600, 1800, 2000)),
        ({"centre": 1600.0, "inverted": True}, (2000, 1800, 1600, 1300, 1000)),
    ],
)
def test_an_angle_is_a_pulse_by_two_straight_halves(changes, pulses):
    servo = document(**changes)
    assert [pulse_of(servo, angle) for angle in (-90, -45, 0, 45, 90)] == pytest.approx(pulses)
    assert [angle_of(servo, pulse) for pulse in pulses] == pytest.approx((-90, -45, 0, 45, 90))
    assert pulse_of(servo, 400.0) == pulses[-1]
    assert angle_of(servo, 100.0) == (90.0 if servo.inverted else -90.0)


def test_the_first_pulse_is_the_park_angle_whatever_is_wanted_and_the_horn_has_its_time(tended, horn):
    tended.move(60.0, 5.0)
    tended.move(60.0, 5.0 + FIRST_PULSE_S - 0.01)
    assert horn.angles == [-90.0]
    tended.move(60.0, 5.0 + FIRST_PULSE_S)
    assert horn.angles[-1] > -90.0


def test_left_somewhere_it_begins_there_and_within_its_range(horn, alerts):
    run(TendedServo(NEEDLE, horn, alerts.append, 12.3), 12.3, 2.0)
    assert horn.angles == [12.3]
    beyond = Horn()
    TendedServo(NEEDLE, beyond, alerts.append, 999.0).move(None, 0.0)
    assert beyond.angles == [90.0]


def test_a_servo_that_is_held_elsewhere_already_goes_on_from_there(tended, horn):
    horn.held_at = 30.0
    run(tended, 60.0, 1.0)
    assert 30.0 < horn.angles[0] < 31.0


def test_it_goes_where_it_is_wanted_no_faster_than_it_may(tended, horn):
    run(tended, 60.0, 4.0)
    assert horn.angles[-1] == tended.angle_deg == 60.0
    steps = [abs(after - before) for before, after in itertools.pairwise(horn.angles)]
    assert max(steps) <= 90.0 / 60 + 1e-9


moves = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(-400, 400)),
        st.sampled_from((0.3, 1.0)),
        st.one_of(st.just(1 / 60), st.floats(0, 30)),
        st.integers(1, 12),
        st.sampled_from(("well", "well", "well", "broken")),
    ),
    min_size=1,
    max_size=10,
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from((NEEDLE, GATE, replace(NEEDLE, hold=False))), moves)
def test_whatever_the_show_wants_and_whatever_fails_no_pulse_asks_for_more_than_the_servo_may(servo, asked):
    horn = Horn()
    tended = TendedServo(servo, horn, lambda alert: None, 50.0)
    now, sent = 0.0, [(0.0, 50.0)]
    for wanted, pace, gap, frames, health in asked:
        horn.fault = ServoError(message("pin_lost", pin=17, reason="gone")) if health == "broken" else None
        for _ in range(frames):
            now += gap
            horn.angles.clear()
            tended.move(wanted, now, pace)
            sent += [(now, angle) for angle in horn.angles if angle is not None]
    for (before, start), (after, end) in itertools.pairwise(sent):
        assert abs(end - start) <= servo.top_speed * min(after - before, LONGEST_STEP_S) + 1e-6
        assert servo.angle[0] <= end <= servo.angle[1]


def test_at_a_gentle_pace_it_arrives_all_the_same(tended, horn):
    for index in range(60):
        tended.move(90.0, index / 60, 0.3)
    assert len(horn.angles) > 10
    assert max(b - a for a, b in zip(horn.angles, horn.angles[1:], strict=False)) <= 0.3 * 90.0 / 60 + 1e-9
    for index in range(60, 500):
        tended.move(90.0, index / 60, 0.3)
    assert horn.angles[-1] == 90.0


def test_a_servo_that_is_held_is_asked_again_only_now_and_then_and_needs_no_frames_until_then(tended, horn):
    run(tended, 60.0, 4.0)
    count = len(horn.angles)
    run(tended, 60.0, 1.0, start=4.0)
    assert len(horn.angles) == count
    assert 5.0 < tended.due_at <= 4.0 + REPEAT_S
    tended.move(60.0, tended.due_at)
    assert horn.angles[count:] == [60.0]


def test_a_servo_that_does_not_answer_needs_a_look_now_and_then_and_no_frames(tended, horn, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(horn, "check", lambda: None)
        tended.move(60.0, 5.0)
        assert tended.due_at == 5.0 + LOOK_S
    tended.move(60.0, 5.0 + LOOK_S)
    assert tended.due_at < 5.0, "it moves: every frame counts"


def test_a_servo_that_is_not_held_gets_no_pulses_at_rest_and_is_taken_up_again_where_it_is(horn, alerts):
    tended = TendedServo(replace(NEEDLE, hold=False), horn, alerts.append)
    run(tended, 60.0, 4.0)
    assert horn.angles[-2:] == [60.0, None]
    assert tended.due_at == float("inf")
    run(tended, -60.0, 0.5, start=4.0 + LET_GO_S)
    again = horn.angles[horn.angles.index(None) + 1 :]
    assert again[0] == 60.0
    assert 59.0 < again[1] < 60.0


def test_a_gate_stays_where_it_was_left_until_a_step_asks_for_it(horn, alerts):
    tended = TendedServo(GATE, horn, alerts.append, 80.0)
    run(tended, None, 3.0)
    assert horn.angles == [80.0]
    assert tended.is_parked
    run(tended, 60.0, 2.0, start=3.0)
    assert tended.angle_deg == 60.0
    run(tended, None, 2.0, start=5.0)
    assert tended.angle_deg == 45.0


def test_an_unknown_value_parks_it(tended, horn):
    run(tended, 60.0, 4.0)
    run(tended, None, 4.0, start=4.0)
    assert tended.angle_deg == -90.0
    assert tended.is_parked


def test_beyond_its_range_it_stops_at_the_end(tended, horn):
    run(tended, 500.0, 4.0)
    assert max(horn.angles) == 90.0


def test_a_servo_that_cannot_be_opened_is_an_alert_and_is_tried_again(tended, horn, alerts):
    horn.fault = ServoError(message("pin_not_claimed", pin=17, reason="busy"))
    run(tended, 60.0, 0.9)
    assert [(alert.code, alert.subject, alert.over) for alert in alerts] == [("servo_failed", "needle", False)]
    assert horn.closed == 1
    horn.fault = None
    run(tended, 60.0, 5.0, start=1.0)
    assert horn.angles[0] == -90.0
    assert horn.angles[-1] == 60.0
    assert [alert.over for alert in alerts] == [False, True]


def test_it_is_well_again_only_when_the_first_pulse_has_left(tended, horn, alerts):
    horn.fault = ServoError(message("pin_not_claimed", pin=17, reason="busy"))
    run(tended, 60.0, 0.5)
    horn.fault, horn.slow = None, True
    run(tended, 60.0, 1.0, start=2.0)
    assert [alert.over for alert in alerts] == [False]
    horn.slow = False
    run(tended, 60.0, WELL_S - 0.1, start=3.0)
    assert [alert.over for alert in alerts] == [False]
    run(tended, 60.0, 0.2, start=3.0 + WELL_S - 0.1)
    assert [alert.over for alert in alerts] == [False, True]


def test_a_loose_wire_is_told_once(tended, horn, alerts):
    loose = ServoError(message("pin_not_claimed", pin=17, reason="busy"))
    for second in range(60):
        horn.fault = loose if second % 2 else None
        run(tended, 60.0, 1.0, start=float(second))
    assert [alert.over for alert in alerts] == [False]


def test_a_servo_that_fails_on_its_way_goes_on_from_there(tended, horn, alerts):
    run(tended, 60.0, 1.0)
    horn.fault = ServoError(message("pin_lost", pin=17, reason="gone"))
    tended.move(60.0, 1.1)
    reached = tended.angle_deg
    horn.fault = None
    before = len(horn.angles)
    tended.move(60.0, 3.0)
    assert horn.angles[before:] == [reached]


def test_at_the_end_it_is_let_go_where_it_is(tended, horn):
    run(tended, 60.0, 1.5)
    reached = tended.angle_deg
    assert not tended.is_parked
    tended.close()
    assert horn.angles[-1] == reached
    assert horn.closed == 1


@pytest.mark.parametrize(("angle", "duty"), [(-90.0, 0.05), (0.0, 0.075), (90.0, 0.1)])
def test_gpiozero_pulses_are_those_of_the_document(mock_pins, angle, duty):
    servo = gpiozero_servo()
    servo.open(-90.0)
    pin = mock_pins.pin(17)
    assert (pin.frequency, pin.state) == (50, pytest.approx(0.05))
    servo.turn(angle)
    assert pin.state == pytest.approx(duty)
    servo.rest()
    assert pin.state == 0.0
    servo.close()
    servo.close()
    servo.turn(angle)


def test_a_pin_without_pulses_is_a_servo_error(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr("gpiozero.Device.pin_factory", factory)
    servo = gpiozero_servo()
    servo.open(0.0)
    with pytest.raises(ServoError, match="pin_not_claimed pin=17"):
        servo.check()
    servo.close()
    factory.close()


def test_on_a_pi_the_usual_factory_knows_six_positions_and_the_driver_says_so(lgpio):
    servo = gpiozero_servo()
    servo.open(-90.0)
    for angle in range(-90, 91):
        servo.turn(float(angle))
    duties = {call[3] for call in lgpio.calls if call[0] == "tx_pwm" and call[2]}
    servo.close()
    assert duties - {0} == {5, 6, 7, 8, 9, 10}
    assert "36°" in (GpiozeroServoDocument.__doc__ or "")


def test_the_document_takes_its_options_and_no_others():
    fields = {"driver": "gpiozero", "pin": 17, "angle": ("-90°", "90°"), "pulse": ("600 µs", "2400 µs")}
    assert GpiozeroServoDocument.model_validate(fields).pulse == pytest.approx((600.0, 2400.0))
    with pytest.raises(ValueError, match="channel"):
        GpiozeroServoDocument.model_validate({**fields, "channel": 3})
    assert issubclass(GpiozeroServoDocument, ServoDocument)
