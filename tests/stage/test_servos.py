"""Servos: the registry, the tended motion, and gpiozero's pulses."""

import pytest
from gpiozero.pins.mock import MockFactory

from maquette.config.documents import ServoDocument
from maquette.core.message import message
from maquette.errors import ServoError
from maquette.show.model import Servo
from maquette.stage.servos import SERVO_DOCUMENTS, SERVOS, make_servo, simulated
from maquette.stage.servos.gpiozero import GpiozeroServo, GpiozeroServoDocument
from maquette.stage.servos.tended import TendedServo
from maquette.stage.servos.virtual import VirtualServo, VirtualServoDocument

NEEDLE = Servo("needle", {"": "Needle"}, angle=(-90.0, 90.0), park=-90.0, top_speed=90.0)


def document(**changes):
    return GpiozeroServoDocument.model_construct(
        driver="gpiozero", pin=17, angle=(-90.0, 90.0), park=-90.0, top_speed=90.0, pulse=(1000.0, 2000.0), **changes
    )


class Horn:
    """A driver that works or fails as told, and remembers."""

    takes_time = True

    def __init__(self):
        self.angles, self.closed, self.fault = [], 0, None

    def open(self, angle_deg):
        self.turn(angle_deg)

    def turn(self, angle_deg):
        if self.fault:
            raise self.fault
        self.angles.append(angle_deg)

    def close(self):
        self.closed += 1


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
    assert set(SERVOS) == set(SERVO_DOCUMENTS) == {"gpiozero", "virtual"}
    assert isinstance(make_servo(document()), GpiozeroServo)


def test_the_twin_of_any_servo_is_virtual_and_keeps_what_matters():
    twin = simulated({"needle": document(looks="gate")})["needle"]
    assert isinstance(twin, VirtualServoDocument)
    assert (twin.driver, twin.angle, twin.park, twin.top_speed, twin.looks) == (
        "virtual",
        (-90.0, 90.0),
        -90.0,
        90.0,
        "gate",
    )
    assert isinstance(make_servo(twin), VirtualServo)


def test_the_first_pulse_is_the_park_angle_whatever_is_wanted(tended, horn):
    tended.move(60.0, 5.0)
    assert horn.angles == [-90.0]


def test_it_goes_where_it_is_wanted_no_faster_than_it_may(tended, horn):
    run(tended, 60.0, 4.0)
    assert horn.angles[-1] == tended.angle_deg == 60.0
    steps = [abs(after - before) for before, after in zip(horn.angles, horn.angles[1:], strict=False)]
    assert max(steps) <= 90.0 / 60 + 0.011


def test_at_a_gentle_pace_it_arrives_all_the_same(tended, horn):
    for index in range(60):
        tended.move(90.0, index / 60, 0.3)
    assert max(b - a for a, b in zip(horn.angles, horn.angles[1:], strict=False)) <= 0.3 * 90.0 / 60 + 1e-9
    for index in range(60, 500):
        tended.move(90.0, index / 60, 0.3)
    assert horn.angles[-1] == 90.0


def test_a_servo_at_rest_gets_no_more_pulses_and_needs_no_more_frames(tended, horn):
    run(tended, 60.0, 4.0)
    count = len(horn.angles)
    run(tended, 60.0, 1.0, start=4.0)
    assert len(horn.angles) == count
    assert tended.due_at == float("inf")


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


def test_a_servo_that_fails_on_its_way_goes_on_from_there(tended, horn, alerts):
    run(tended, 60.0, 1.0)
    horn.fault = ServoError(message("pin_lost", pin=17, reason="gone"))
    tended.move(60.0, 1.1)
    reached = tended.angle_deg
    horn.fault = None
    before = len(horn.angles)
    tended.move(60.0, 3.0)
    assert horn.angles[before] == reached


def test_at_the_end_it_is_sent_to_park_and_let_go(tended, horn):
    run(tended, 60.0, 4.0)
    tended.close()
    assert horn.angles[-1] == -90.0
    assert horn.closed == 1


def test_a_servo_that_fails_at_the_end_does_not_stop_the_end(tended, horn):
    run(tended, 60.0, 1.0)
    horn.fault = ServoError(message("pin_lost", pin=17, reason="gone"))
    tended.close()
    assert horn.closed == 1


@pytest.mark.parametrize(("angle", "duty"), [(-90.0, 0.05), (0.0, 0.075), (90.0, 0.1)])
def test_gpiozero_pulses_are_those_of_the_document(mock_pins, angle, duty):
    servo = GpiozeroServo(document())
    servo.open(-90.0)
    pin = mock_pins.pin(17)
    assert (pin.frequency, pin.state) == (50, pytest.approx(0.05))
    servo.turn(angle)
    assert pin.state == pytest.approx(duty)
    servo.close()
    servo.close()
    servo.turn(angle)


def test_a_pin_without_pulses_is_a_servo_error(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr("gpiozero.Device.pin_factory", factory)
    servo = GpiozeroServo(document())
    with pytest.raises(ServoError, match="pin_not_claimed pin=17"):
        servo.open(0.0)
    servo.close()
    factory.close()


def test_on_a_pi_the_usual_factory_knows_six_positions_and_the_driver_says_so(lgpio):
    servo = GpiozeroServo(document())
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
