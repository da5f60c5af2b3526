"""The companion's sketch, compiled and run on a simulated Arduino: what it says, what it does, what it refuses."""

import queue
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from maquette.config.documents import ButtonDocument, CompanionDocument
from maquette.config.installation import Senses
from maquette.core.events import ButtonPressed
from maquette.core.pushed import Pushed
from maquette.stage.companion.companion import Companion
from maquette.stage.controls import Controls
from maquette.stage.pins import Edge
from maquette.stage.servos.companion import CompanionServo, CompanionServoDocument
from tests.companion.arduino import Arduino, build, pulses, said

BUTTON, DIMMED, SWITCHED, SERVO, OTHER_SERVO = 2, 3, 6, 9, 10
"""Pins of button 0, lamps 0 and 2, servos 0 and 1."""
REFUSED = [{"error": "not understood"}]
TREMBLE_US = 16.0
"""By so much a pulse may be off: other interrupts come between."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the compiled sketch and board."""
    folder = tmp_path_factory.mktemp("companion")
    build(folder)
    return folder


@pytest.fixture
def arduino(built: Path) -> Iterator[Arduino]:
    """Give a board that has said hello."""
    with Arduino(built) as board:
        assert said(board.run(50)) == [HELLO]
        yield board


HELLO = {"hello": "maquette companion", "protocol": 1, "buttons": 4, "lamps": 4, "servos": 3, "down": []}


def test_a_button_that_is_held_down_at_the_start_is_no_press(built: Path) -> None:
    with Arduino(built) as arduino:
        arduino.hold(BUTTON, high=False)

        assert said(arduino.run(50)) == [{**HELLO, "down": [0]}]
        arduino.hold(BUTTON, high=True)
        assert said(arduino.run(50)) == [{"button": 0, "down": False}]
        assert arduino.hears("?", 20) == [HELLO]


def test_a_contact_that_chatters_is_one_press_and_one_release(arduino: Arduino) -> None:
    told = []
    for closes in (True, False):
        for high in [not closes, closes] * 4 + [not closes]:
            arduino.hold(BUTTON, high=high)
            told += said(arduino.run(1.7))
        told += said(arduino.run(60))

    assert told == [{"button": 0, "down": True}, {"button": 0, "down": False}]


def test_a_press_is_told_within_two_milliseconds_whatever_the_lamps_do(arduino: Arduino) -> None:
    arduino.hears("L 0 100")
    arduino.hold(BUTTON, high=False)

    assert said(arduino.run(2 + 2.3)) == [{"button": 0, "down": True}], "2.3 ms are its 26 bytes on the line"


def test_the_first_pulse_is_what_was_asked_for(arduino: Arduino) -> None:
    assert pulses(arduino.run(50), SERVO) == [], "none before somebody says where it stands"
    arduino.hears("S 0 700 100")

    assert pulses(arduino.run(60), SERVO)[0] == pytest.approx(700, abs=TREMBLE_US)


def test_a_servo_turns_no_faster_than_it_may_and_arrives(arduino: Arduino) -> None:
    arduino.hears("S 0 1000 100")
    arduino.hears("S 1 2000 1000")
    arduino.run(50)
    arduino.hears("S 0 1400 1000")
    happened = arduino.run(900)

    lengths = pulses(happened, SERVO)
    step = 1000 * 0.020
    assert all(-TREMBLE_US <= after - before <= step + TREMBLE_US for before, after in pairwise(lengths))
    assert lengths[10] == pytest.approx(1000 + 11 * step, abs=step + TREMBLE_US), "and no slower"
    assert lengths[-1] == pytest.approx(1400, abs=TREMBLE_US)
    others = pulses(happened, OTHER_SERVO)
    assert len(others) == pytest.approx(45, abs=1), "fifty a second"
    assert all(length == pytest.approx(2000, abs=TREMBLE_US) for length in others)


def test_a_slow_servo_moves_by_less_than_a_microsecond_each_time(arduino: Arduino) -> None:
    arduino.hears("S 0 1000 20")
    arduino.hears("S 0 2000 20")
    arduino.run(950)

    assert pulses(arduino.run(50), SERVO)[-1] == pytest.approx(1020, abs=TREMBLE_US)


def test_a_released_servo_has_no_pulses_and_goes_on_from_where_it_was(arduino: Arduino) -> None:
    arduino.hears("S 0 1000 1000")
    arduino.hears("S 0 2000 1000")
    arduino.run(200)
    arduino.hears("R 0", 25)
    assert pulses(arduino.run(200), SERVO) == [], "not even to arrive"
    arduino.hears("S 0 2000 1000")

    assert pulses(arduino.run(60), SERVO)[0] == pytest.approx(1200, abs=60)


def test_lamps_are_dimmed_where_the_pin_can_and_switched_where_not(arduino: Arduino) -> None:
    for level, share in {128: 65, 255: 255, 1: 1, 0: 0}.items():  # squared: an eye counts lightness
        assert arduino.hears(f"L 0 {level}") == []
        assert arduino.level(DIMMED) == share
    arduino.hears("L 2 255")

    assert arduino.level(SWITCHED) == 255


def test_light_and_noise_are_shares_of_five_volts(arduino: Arduino) -> None:
    arduino.volts(0, 1.25)
    for second in range(2):
        readings = []
        for quarter in range(100):
            arduino.volts(1, 2.5 + (0.5 if quarter % 2 else -0.5))
            readings += said(arduino.run(10))
        if second:
            assert readings == [{"light": pytest.approx(0.25, abs=0.002), "noise": pytest.approx(0.2, abs=0.01)}]


@pytest.mark.parametrize(
    "line",
    [
        "X", "K K", "? 1", "K\x01", "é", "R", "R 3",
        "L", "L 0", "L 0 256", "L 4 1", "L 0 1 1", "L0 1", "L  0 1", "L 0 1 and a good deal more than fits",
        "S 0 1500", "S 0 499 100", "S 0 2501 100", "S 0 1500 0", "S 3 1500 100", "S 0 1500 100001", "S 0 99999999999 1",
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_changes_nothing(arduino: Arduino, line: str) -> None:
    arduino.hears("L 0 128")

    assert arduino.hears(line, 10) == REFUSED
    assert arduino.hears("") == []
    assert arduino.level(DIMMED) == 65
    assert pulses(arduino.run(40), SERVO) == []


def test_ends_of_lines_of_other_systems_are_understood(arduino: Arduino) -> None:
    assert arduino.hears("L 0 255\r") == []
    assert arduino.level(DIMMED) == 255


def test_in_silence_lamps_go_out_and_servos_stay(arduino: Arduino) -> None:
    arduino.hears("L 0 255")
    arduino.hears("S 0 1200 100")
    arduino.run(5000)
    arduino.hears("K")
    arduino.run(9900)
    arduino.hears("nonsense")
    assert arduino.level(DIMMED) == 255, "K is a sign of life"
    happened = arduino.run(200)

    assert arduino.level(DIMMED) == 0, "nonsense is not"
    assert pulses(happened, SERVO)[-1] == pytest.approx(1200, abs=TREMBLE_US)


# -- with the stage --------------------------------------------------------------------------------------------------


def test_the_stage_and_the_sketch_understand_each_other(built: Path) -> None:
    button = ButtonDocument(companion="edge", input=0, lamp_output=2, label={"": "Air"})
    needle = CompanionServoDocument.read(
        {"driver": "companion", "companion": "edge", "channel": 0, "angle": ["0°", "100°"]}
    )
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    pushed: queue.SimpleQueue[Pushed] = queue.SimpleQueue()
    with Arduino(built) as arduino:
        document = CompanionDocument(port=arduino.connect(), feed="hall")
        companion = Companion("edge", document, {"air": button}, inbox.put, pushed.put, greeting_s=0.1)
        controls = Controls({"air": button}, Senses(), inbox.put, inbox.put, {"edge": companion}, simulated=False)
        servo = CompanionServo(needle, companion)
        servo.open(30.0)
        controls.open()
        try:
            found = inbox.get(timeout=20)
            assert isinstance(found, Edge)
            assert found.found
            assert not found.closed
            rose = arduino.until(SERVO, high=True)
            assert arduino.until(SERVO, high=False).at - rose.at == pytest.approx(1300, abs=TREMBLE_US)
            assert servo.check() == 30.0
            arduino.hold(BUTTON, high=False)
            edge = inbox.get(timeout=20)
            assert isinstance(edge, Edge)
            assert isinstance(controls.heard(edge), ButtonPressed)
            controls.light({"air": 1.0}, 0.0)
            arduino.until(SWITCHED, high=True)
            arduino.volts(0, 2.5)
            while dict(pushed.get(timeout=20).rows[0].values)["light"] != pytest.approx(0.5, abs=0.002):
                pass
        finally:
            controls.close()
        arduino.until(SWITCHED, high=False)
