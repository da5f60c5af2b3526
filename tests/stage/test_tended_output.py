"""A strip's pace, repeats, failures and come-backs; time is given, never waited for."""

import itertools

import pytest

from maquette.core.message import message
from maquette.core.wire_time import wire_time_s
from maquette.errors import OutputError
from maquette.stage.outputs.tended import CONVALESCENCE_S, REPEAT_S, TendedOutput

ONE, TWO = b"\x01" * 9, b"\x02" * 9

UNREACHABLE = message("output_unreachable", host="plants.local", reason="No route to host")
UNPLUGGED = message("output_unreachable", host="plants.local", reason="unplugged")


class Strip:
    """An output that works, drops frames or fails as told, and remembers."""

    def __init__(self):
        self.shown, self.opened, self.closed, self.blanked = [], 0, 0, 0
        self.fault, self.congested, self.wire_time_s = None, False, 0.004

    def open(self):
        self.opened += 1

    def show(self, pixels):
        if self.fault:
            raise self.fault
        if not self.congested:
            self.shown.append(pixels)
        return not self.congested

    def blank(self):
        self.blanked += 1

    def close(self):
        self.closed += 1


@pytest.fixture
def strip():
    return Strip()


@pytest.fixture
def alerts():
    return []


@pytest.fixture
def tended(strip, alerts):
    return TendedOutput("plants", "ddp", strip, alerts.append)


def test_a_frame_leaves_at_once_when_the_strip_is_free(tended, strip):
    tended.take(ONE, 10.0)
    assert strip.shown == [ONE]


def test_a_frame_waits_for_the_strip_and_only_the_newest_leaves(tended, strip):
    tended.take(ONE, 10.0)
    tended.take(ONE, 10.001)
    tended.take(TWO, 10.002)
    assert strip.shown == [ONE]
    assert tended.due_at == pytest.approx(10.004)
    tended.serve(tended.due_at)
    assert strip.shown == [ONE, TWO]


def test_a_still_frame_is_sent_again_every_second(tended, strip):
    tended.take(ONE, 10.0)
    assert tended.due_at == 10.0 + REPEAT_S
    tended.serve(10.9)
    assert len(strip.shown) == 1
    tended.serve(11.0)
    assert strip.shown == [ONE, ONE]


def test_nothing_is_due_before_the_first_frame(tended, strip):
    tended.serve(1e9)
    assert tended.due_at == float("inf")
    assert strip.opened == 0


def test_a_dropped_frame_is_tried_again_soon_and_is_no_alert(tended, strip, alerts):
    strip.congested = True
    tended.take(ONE, 10.0)
    strip.congested = False
    assert tended.due_at < 10.1
    tended.serve(tended.due_at)
    assert strip.shown == [ONE]
    assert alerts == []


def test_an_output_that_fails_is_closed_told_once_and_tried_with_longer_and_longer_waits(tended, strip, alerts):
    strip.fault = OutputError(UNREACHABLE)
    tended.take(ONE, 0.0)
    tries = [tended.due_at]
    for _ in range(6):
        tended.serve(tended.due_at)
        tries.append(tended.due_at)
    waits = [after - before for before, after in itertools.pairwise(tries)]
    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert strip.closed == strip.opened == 7
    assert [(alert.code, alert.subject, alert.over) for alert in alerts] == [("output_failed", "plants", False)]
    assert tended.state.problem == UNREACHABLE


def test_an_output_that_fails_comes_back_with_the_newest_frame_and_the_alert_ends(tended, strip, alerts):
    strip.fault = OutputError(UNPLUGGED)
    tended.take(ONE, 0.0)
    tended.take(TWO, 0.5)
    assert strip.opened == 1
    strip.fault = None
    tended.serve(1.0)
    assert strip.shown == [TWO]
    assert tended.state.problem == UNPLUGGED
    for second in range(2, 5):
        tended.serve(float(second))
    assert tended.state.problem is None
    assert [alert.over for alert in alerts] == [False, True]


def test_an_output_that_fails_again_while_it_convalesces_stays_one_alert(tended, strip, alerts):
    strip.fault = OutputError(UNPLUGGED)
    tended.take(ONE, 0.0)
    strip.fault = None
    tended.serve(1.0)
    strip.fault = OutputError(UNPLUGGED)
    tended.serve(1.0 + CONVALESCENCE_S / 2)
    assert tended.due_at == pytest.approx(2.0 + 2.0)
    assert len(alerts) == 1


def test_a_driver_with_a_fault_of_its_own_does_not_reach_the_others(tended, strip, alerts):
    strip.fault = KeyError("oops")
    tended.take(ONE, 0.0)
    assert alerts[0].arguments == (("strip", "plants"), ("problem", "'oops'"))


def test_the_end_blanks_an_open_strip_and_leaves_a_closed_one(tended, strip):
    tended.close()
    assert (strip.blanked, strip.closed) == (0, 1)
    tended.take(ONE, 0.0)
    tended.close()
    assert (strip.blanked, strip.closed) == (1, 2)


def test_a_driver_that_fails_at_the_end_does_not_stop_the_end(tended, strip, caplog):
    tended.take(ONE, 0.0)
    strip.blank = lambda: 1 / 0
    tended.close()
    assert "output not closed strip=plants" in caplog.text


def test_a_thousand_leds_take_thirty_milliseconds():
    assert wire_time_s(1000) == pytest.approx(0.0303)
