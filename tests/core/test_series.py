"""What a series says of its past: by example, and against a count second by second."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.series import EMPTY, FUNCTIONS, LEAST_COVERAGE, Point, joined, look, make_series, value_at

HOUR = 3600.0


def series(*values, step=HOUR, start=0.0, hold=2 * HOUR, given=False):
    """Return a value each ``step``, from ``start``; None is a gap."""
    times = [start + step * number for number in range(len(values))]
    pairs = zip(times, values, strict=True)
    return make_series(Point(time, value, time + hold, given) for time, value in pairs if value is not None)


def test_ago_is_the_value_that_held_then():
    flows = series(1.0, 2.0, 3.0, 4.0)
    found = look(flows, "ago", 2 * HOUR, 3.5 * HOUR)
    assert (found.value, found.problem, found.measured_at, found.given) == (2.0, None, HOUR, False)
    assert look(flows, "ago", 2 * HOUR, 3 * HOUR).value == 2.0
    assert look(flows, "ago", 2 * HOUR, 3 * HOUR - 1).value == 1.0


def test_ago_takes_nothing_that_no_longer_held():
    flows = series(1.0, None, None, 4.0)
    assert look(flows, "ago", HOUR, 3 * HOUR - 1).value == 1.0
    found = look(flows, "ago", HOUR, 3 * HOUR)
    assert (found.value, found.problem) == (None, "no_past")
    assert look(flows, "ago", HOUR, 0.5 * HOUR).problem == "no_past"
    assert look(EMPTY, "ago", HOUR, 0.0).problem == "no_past"


def test_ago_says_until_when_it_stays_the_answer():
    flows = series(1.0, 2.0)
    found = look(flows, "ago", 24 * HOUR, 24.5 * HOUR)
    assert (found.value, found.fresh_until, found.drop_at) == (1.0, 25 * HOUR, 25 * HOUR)


def test_change_is_now_minus_then():
    flows = series(1.0, 2.0, 5.0)
    found = look(flows, "change", HOUR, 2.5 * HOUR)
    assert (found.value, found.measured_at) == (3.0, 2 * HOUR)
    assert found.fresh_until == 3 * HOUR  # then another value held an hour ago


def test_change_says_which_end_is_unknown():
    flows = series(1.0, 2.0, 5.0)
    assert look(flows, "change", HOUR, 4.5 * HOUR).problem == "no_present"
    assert look(flows, "change", 9 * HOUR, 2.5 * HOUR).problem == "no_past"


def test_aggregates_weigh_values_by_how_long_they_held():
    flows = make_series([Point(0.0, 1.0, 99.0), Point(6.0, 5.0, 99.0)])
    answers = {function: look(flows, function, 8.0, 8.0).value for function in FUNCTIONS}
    assert answers == {"ago": 1.0, "change": 4.0, "min": 1.0, "max": 5.0, "mean": 2.0, "sum": 5.0}


def test_a_value_from_before_the_window_counts_while_it_holds_but_is_not_summed():
    flows = make_series([Point(0.0, 10.0, 99.0), Point(5.0, 1.0, 99.0)])
    assert look(flows, "max", 4.0, 8.0).value == 10.0
    assert look(flows, "mean", 4.0, 8.0).value == 3.25
    assert look(flows, "sum", 4.0, 8.0).value == 1.0


@pytest.mark.parametrize("function", ["min", "max", "mean", "sum"])
def test_an_aggregate_needs_three_fifths_of_its_window(function):
    flows = series(*[1.0] * 6, hold=HOUR)
    enough = look(flows, function, 10 * HOUR, 6 * HOUR)
    assert enough.value is not None
    assert enough.coverage == pytest.approx(0.6)
    short = look(flows, function, 10.1 * HOUR, 6 * HOUR)
    assert (short.value, short.problem) == (None, "short_past")
    assert short.coverage == pytest.approx(6 / 10.1)
    assert look(flows, function, HOUR, 60 * HOUR).problem == "no_past"


def test_an_aggregate_is_no_longer_fresh_once_its_newest_value_has_ceased_to_hold():
    flows = series(*[1.0] * 9, hold=HOUR)
    found = look(flows, "mean", 10 * HOUR, 8.5 * HOUR)
    assert (found.fresh_until, found.drop_at) == (9 * HOUR, 13 * HOUR)
    assert look(flows, "mean", 10 * HOUR, found.drop_at + 1).value is None


def test_what_comes_later_is_not_looked_at():
    flows = series(1.0, 2.0, 99.0)
    for function in FUNCTIONS:
        assert look(flows, function, HOUR, 1.5 * HOUR).value in (1.0, 2.0, 1.0 / 2 + 2.0 / 2)


def test_a_sum_beyond_all_numbers_is_unknown():
    found = look(series(1e308, 1e308, hold=HOUR), "sum", 3 * HOUR, 2 * HOUR)
    assert (found.value, found.problem) == (None, "implausible")
    assert look(series(1e308, 1e308), "mean", 2 * HOUR, 2 * HOUR).value == 1e308
    assert look(series(-1e308, 1e308), "change", HOUR, HOUR).value is None


def test_a_series_is_in_order_whatever_came_when():
    flows = make_series([Point(5.0, 2.0, 9.0), Point(0.0, 1.0, 9.0), Point(5.0, 3.0, 7.0), Point(8.0, math.nan, 9.0)])
    assert flows.times.tolist() == [0.0, 5.0]
    assert flows.values.tolist() == [1.0, 3.0]
    assert flows.ends.tolist() == [5.0, 7.0]


def test_a_sample_gives_way_where_real_values_begin():
    sample, real = series(1.0, 1.0, 1.0, given=True), series(7.0, start=1.5 * HOUR)
    both = joined(sample, real)
    assert both.times.tolist() == [0.0, HOUR, 1.5 * HOUR]
    assert both.ends.tolist() == [HOUR, 1.5 * HOUR, 3.5 * HOUR]
    assert [value_at(both, moment * HOUR).given for moment in (0, 1, 1.5, 3)] == [True, True, False, False]
    assert look(both, "mean", HOUR, 2 * HOUR).given
    assert not look(both, "mean", 1800.0, 2 * HOUR).given
    assert joined(sample, EMPTY) is sample
    assert joined(EMPTY, real).times.tolist() == real.times.tolist()


POINTS = st.lists(
    st.builds(
        lambda time, value, lasts, given: Point(float(time), float(value), float(time + lasts), given),
        st.integers(0, 60),
        st.integers(-50, 50),
        st.integers(1, 30),
        st.booleans(),
    ),
    max_size=12,
)


def by_the_second(points, now):
    """Return what held in each whole second up to ``now``, worked out the slow way: second → point."""
    times = sorted({point.time: point for point in points}.items())
    held = {}
    for number, (time, point) in enumerate(times):
        following = times[number + 1][0] if number + 1 < len(times) else math.inf
        for second in range(int(time), int(min(point.until, following, now))):
            held[second] = point
    return held


@given(POINTS, st.sampled_from(FUNCTIONS), st.integers(1, 70), st.integers(0, 80))
def test_a_series_agrees_with_a_count_second_by_second(points, function, window, now):
    found = look(make_series(points), function, float(window), float(now))
    held = by_the_second(points, now + 1)
    if function in ("ago", "change"):
        then, here = held.get(now - window), held.get(now)
        used = [then] if function == "ago" else [then, here]
        if None in used:
            assert found.value is None
            assert found.problem in ("no_past", "no_present")
        else:
            assert found.value == (then.value if function == "ago" else here.value - then.value)
            assert found.given is any(point.given for point in used)
        return
    known = [held[second] for second in range(now - window, now) if second in held]
    assert found.coverage == pytest.approx(len(known) / window)
    if len(known) / window < LEAST_COVERAGE:
        assert found.value is None
        assert found.problem in ("no_past", "short_past")
        return
    values = [point.value for point in known]
    at_the_end = [held[now].value] if now in held else []
    latest = {point.time: point for point in points}.values()
    expected = {
        "min": min(values + at_the_end),
        "max": max(values + at_the_end),
        "mean": math.fsum(values) / len(values),
        "sum": sum(point.value for point in latest if now - window < point.time <= now),
    }
    assert found.value == pytest.approx(expected[function])


@given(POINTS, st.sampled_from(FUNCTIONS), st.integers(1, 70), st.integers(0, 80), st.floats(-1e6, 1e6))
def test_the_zero_of_the_clock_does_not_matter(points, function, window, now, later):
    here, there = (
        look(one, function, float(window), float(now) + shift)
        for one, shift in ((make_series(points), 0.0), (make_series(points).moved(float(round(later))), round(later)))
    )
    assert here.value == pytest.approx(there.value) if here.value is not None else there.value is None
    assert here.problem == there.problem


@given(POINTS, POINTS)
def test_joined_series_stay_in_order(earlier, later):
    both = joined(make_series(earlier), make_series(later))
    assert np.all(np.diff(both.times) > 0)
    assert np.all(both.ends > both.times)
    assert np.all(both.ends[:-1] <= both.times[1:])
