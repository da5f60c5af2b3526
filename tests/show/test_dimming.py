"""Less light by night and in a dark hall: slowly, and only while clock and sensor can be believed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.calendar import within
from maquette.core.clock import Clock
from maquette.core.events import Command
from maquette.core.readings import Readings, ReadingsUpdate
from maquette.core.snapshot import DimmedTo
from maquette.show.dimming import SPEED, Dimmer, Dimming, dimmed
from maquette.show.finishing import Finishing
from maquette.show.own_values import LIGHT, Sensed, own_reading
from maquette.show.performance import Performance
from tests.show.directing import IDLE, show_of
from tests.show.flash_judge import most_changes_in_a_second

NIGHT = (20 * 60, 8 * 60)
DIMMING = Dimming((NIGHT,), 40.0, (5.0, 200.0), (20.0, 100.0))
NOBODY = Readings()


def clock(hour: int, minute: int = 0, *, trusted: bool = True) -> Clock:
    return Clock(datetime(2026, 11, 26, hour, minute, tzinfo=UTC), trusted)


def hall(lux: float, at: float = 0.0) -> Readings:
    return Readings([own_reading(Sensed(LIGHT, lux), ("en",), at, None)])


@pytest.mark.parametrize(("hour", "minute", "inside"), [(19, 59, False), (20, 0, True), (3, 0, True), (8, 0, False)])
def test_a_night_goes_past_midnight_and_ends_when_it_says(hour, minute, inside):
    assert within((NIGHT,), clock(hour, minute).local) is inside
    assert dimmed(DIMMING, clock(hour, minute), NOBODY, 0.0) == (DimmedTo(40.0, "night") if inside else None)


def test_a_clock_that_is_not_trusted_and_a_sensor_that_says_nothing_dim_nothing():
    assert dimmed(DIMMING, clock(23, trusted=False), NOBODY, 0.0) is None
    assert dimmed(DIMMING, None, NOBODY, 0.0) is None
    assert dimmed(DIMMING, clock(12), hall(5.0), 1000.0) is None  # it has not spoken for too long
    assert dimmed(None, clock(23), hall(5.0), 0.0) is None


@pytest.mark.parametrize(("lux", "percent"), [(0, 20), (5, 20), (102.5, 60), (200, None), (9000, None)])
def test_a_dark_hall_dims_in_proportion(lux, percent):
    expected = None if percent is None else DimmedTo(percent, "hall")
    assert dimmed(DIMMING, clock(12), hall(lux), 1.0) == expected


def test_where_both_dim_the_lesser_counts():
    assert dimmed(DIMMING, clock(23), hall(5.0), 1.0) == DimmedTo(20.0, "hall")
    assert dimmed(DIMMING, clock(23), hall(190.0), 1.0) == DimmedTo(40.0, "night")


def test_the_first_aim_is_there_from_the_start_and_every_other_takes_its_time():
    dimmer = Dimmer()
    dimmer.take(DimmedTo(40.0, "night"), 100.0)
    assert (dimmer.share, dimmer.settled) == (0.4, True)
    dimmer.advance(101.0)
    dimmer.take(None, 110.0)
    assert (dimmer.share, dimmer.settled) == (0.4, False)
    dimmer.advance(115.0)
    assert dimmer.share == pytest.approx(0.6)
    dimmer.advance(114.0)
    assert dimmer.share == pytest.approx(0.6)
    dimmer.advance(500.0)
    assert (dimmer.share, dimmer.settled) == (1.0, True)


@given(st.lists(st.tuples(st.sampled_from([None, 0.0, 20.0, 40.0, 99.0]), st.floats(0.0, 3.0)), max_size=40))
def test_the_share_never_moves_faster_than_it_may(script):
    dimmer, now = Dimmer(), 0.0
    dimmer.advance(now)
    for percent, gap in script:
        now, before = now + gap, dimmer.share
        dimmer.take(None if percent is None else DimmedTo(percent, "hall"), now)
        assert 0.0 <= dimmer.share <= 1.0
        assert abs(dimmer.share - before) <= SPEED / 100 * gap + 1e-9


def night_show(dimming=DIMMING):
    return replace(show_of(IDLE), dimming=dimming)


def test_the_show_grows_dim_in_the_evening_says_so_and_rests_again():
    performance = Performance(night_show(), 0.0, clock(19, 59))
    performance.frame(0.0)
    assert performance.brightness == 100.0
    performance.handle(clock(20), 60.0)
    assert not performance.still(60.0)
    seen = [(performance.frame(60.0 + n), performance.brightness)[1] for n in range(1, 17)]
    assert seen[0] == pytest.approx(96.0)
    assert seen[-1] == 40.0
    assert performance.still(77.0)
    assert performance.snapshot(77.0, (), ()).dimmed == DimmedTo(40.0, "night")
    performance.handle(Command("brightness", {"percent": 50}), 78.0)
    assert (performance.brightness, performance.brightness_set) == (20.0, 50)
    assert performance.snapshot(78.0, (), ()).brightness == 50


def test_a_show_that_starts_at_night_starts_dim():
    performance = Performance(night_show(), 0.0, clock(23))
    performance.frame(0.0)
    assert performance.brightness == 40.0


def test_the_sensor_is_heard_and_its_silence_too():
    performance = Performance(night_show(Dimming(hall_lx=(5.0, 200.0), hall_percent=(20.0, 100.0))), 0.0, clock(12))
    performance.frame(0.0)
    performance.sense(Sensed(LIGHT, 5.0), 1.0)
    performance.handle(clock(12), 2.0)
    performance.frame(60.0)
    assert performance.brightness == pytest.approx(20.0)
    performance.handle(clock(12, 5), 300.0)
    performance.frame(400.0)
    assert performance.brightness == 100.0


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([0.0, 5.0, 60.0, 250.0]), min_size=8, max_size=20))
def test_however_the_light_in_the_hall_flickers_the_model_never_does(hall_lx):
    show = night_show()
    performance, finishing = Performance(show, 0.0, clock(12)), Finishing(show.model)
    white = np.ones((show.model.led_count, 3), dtype=np.float32)
    times, shown = [], []
    for second, lux in enumerate(hall_lx):
        performance.update(ReadingsUpdate(tuple(hall(lux, float(second)).values())), float(second))
        performance.handle(Clock(clock(12).local + timedelta(seconds=second), trusted=True), float(second))
        for n in range(10):
            now = second + n / 10
            performance.frame(now)
            times.append(now)
            shown.append(finishing.finish(white, performance.brightness, now).pixels)
    assert most_changes_in_a_second(show.model, times, shown).max() <= 2
