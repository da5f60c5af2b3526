"""A knob, a presence sensor and a lamp on the kernel's own lines, through gpiozero and lgpio as on a Pi."""

import time
from contextlib import contextmanager

import pytest

from maquette.config.documents import ButtonDocument, EncoderDocument, PresenceSensorDocument
from maquette.config.installation import Senses
from maquette.core.events import Command, Origin
from maquette.show.own_values import PRESENCE, Sensed
from tests.pi.header import CLAIM_S
from tests.stage.controlling import opened

A, B, PRESS, DOOR, LAMP = 17, 27, 22, 23, 6
KNOB = EncoderDocument(a=A, b=B, press=PRESS, does="choose")
DOORS = PresenceSensorDocument.read({"kind": "presence", "pin": DOOR, "hold": "0 s"})
TICK_S = 0.003
"""The simulated line tells its edges at the kernel's next tick, a millisecond later at most."""


@contextmanager
def sensing(**senses):
    with opened({}, Senses(**senses), simulated=False) as hand:
        time.sleep(CLAIM_S)
        hand.waiting()
        assert hand.alerts == []
        yield hand


def heard(hand, count):
    """Wait until so much was heard, and a little for what should not be."""
    found: list[object] = []
    end = time.monotonic() + 10
    while len(found) < count and time.monotonic() < end:
        found += hand.heard()
        time.sleep(0.001)  # edges are taken up on a thread of the library
    time.sleep(0.05)  # for edges that should not come
    return found + hand.heard()


def turn(header, *moves, chatter=0):
    """Move contacts; each chatters so often before it stays."""
    for closes, pin in moves:
        for _ in range(chatter):
            (header.close if closes else header.open)(pin)
            time.sleep(TICK_S)
            (header.open if closes else header.close)(pin)
            time.sleep(TICK_S)
        (header.close if closes else header.open)(pin)
        time.sleep(TICK_S)


FORWARD = ((True, A), (True, B), (False, A), (False, B))
BACK = ((True, B), (True, A), (False, B), (False, A))


@pytest.mark.parametrize("chatter", [0, 2])
def test_each_step_of_a_knob_is_one_wish_however_its_contacts_chatter(header, chatter):
    with sensing(encoders={"knob": KNOB}) as hand:
        for moves, by in ((FORWARD, 1), (FORWARD, 1), (BACK, -1)):
            turn(
                header, *moves, chatter=chatter
            )  # the kernel keeps 16 edges of a line for whoever is slow to take them
            assert heard(hand, 1) == [Command("choose", {"by": by}, Origin.VISITOR)]


def test_a_knob_is_pressed(header):
    with sensing(encoders={"knob": KNOB}) as hand:
        header.close(PRESS)
        assert heard(hand, 1) == [Command("choose", {"by": 0}, Origin.VISITOR)]


def test_a_presence_sensor_is_up_while_it_sees_somebody(header):
    with sensing(sensors={"door": DOORS}) as hand:
        header.open(DOOR)  # up
        assert heard(hand, 1) == [Sensed(PRESENCE, 1.0)]
        header.close(DOOR)
        assert heard(hand, 1) == [Sensed(PRESENCE, 0.0)]


def test_a_dimmed_lamp_pulses_and_one_that_is_on_or_off_stays_so(header):
    button = ButtonDocument(pin=5, lamp=LAMP, label={"": "Air"})
    with opened({"air": button}, simulated=False) as hand:
        for level in (0.5, 1.0, 0.7, 0.0, 0.4, 1.0):
            hand.controls.light({"air": level}, 0.0)
            if 0.0 < level < 1.0:
                for seen in (1, 0, 1, 0):
                    header.until(LAMP, seen)
            else:
                time.sleep(0.05)  # for a level that should not change
                assert header.seen(LAMP) == {int(level)}
