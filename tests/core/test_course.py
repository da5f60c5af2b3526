"""The course of a value: thinned out, it keeps its peaks, its gaps and its last word."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.course import course_of
from maquette.core.series import Point, Series, make_series


def hold(*values: tuple[float, float, float]) -> Series:
    return make_series(Point(*value) for value in values)


def known_at(series: Series, moments: np.ndarray) -> np.ndarray:
    index = np.searchsorted(series.times, moments, "right") - 1
    return (index >= 0) & (moments < series.ends[index])


def given_at(series: Series, moments: np.ndarray) -> np.ndarray:
    flags: np.ndarray = series.given[np.searchsorted(series.times, moments, "right") - 1]
    return flags


def test_what_fits_is_left_as_it_is_and_cut_at_both_ends():
    course = course_of(hold((0, 1.0, 10), (10, 2.0, 15), (20, 3.0, 99)), 5, 30)
    assert course.times.tolist() == [5, 10, 20]
    assert course.values.tolist() == [1.0, 2.0, 3.0]
    assert course.ends.tolist() == [10, 15, 30]


def test_nothing_known_is_nothing_drawn():
    assert len(course_of(hold(), 0, 10)) == 0
    assert len(course_of(hold((0, 1.0, 5)), 5, 10)) == 0
    assert len(course_of(hold((10, 1.0, 15)), 5, 10)) == 0


def test_a_peak_of_one_value_in_ten_thousand_stays():
    rows = [(float(t), 5.0, float(t) + 1) for t in range(10_000)]
    rows[1234] = (1234.0, 99.0, 1235.0)
    rows[8765] = (8765.0, -7.0, 8766.0)
    course = course_of(hold(*rows), 0, 10_000)
    assert len(course) <= 200
    assert (course.values.max(), course.values.min()) == (99.0, -7.0)


rows = st.lists(
    st.tuples(st.floats(0.01, 5.0), st.floats(-100, 100), st.booleans(), st.booleans()), min_size=1, max_size=120
)


@settings(max_examples=50)
@given(rows, st.integers(6, 30))
def test_gaps_never_close_peaks_never_go_and_there_are_never_too_many_points(steps, most):
    time, points = 0.0, []
    for length, value, gap, sample in steps:
        points.append(Point(time, value, time + length * (0.5 if gap else 1.0), sample))
        time += length
    whole = make_series(points)
    course = course_of(whole, 0.0, time, most)
    assert len(course) <= most
    assert course.values.max() == whole.values.max()
    assert course.values.min() == whole.values.min()
    assert course.values[-1] == whole.values[-1]
    moments = np.linspace(0.0, time, 300, endpoint=False)
    known = known_at(course, moments)
    assert not (known & ~known_at(whole, moments)).any()
    assert (given_at(course, moments) == given_at(whole, moments))[known].all()
