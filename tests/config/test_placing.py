"""Placing: paths are short to write, and every LED lands where it was seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.config.build_model import spread_along
from maquette.config.placing import FAR_MM, filled, fitted, laid


def off(path, places) -> float:
    return float(np.hypot(*(spread_along(path, len(places))[0] - places).T).max())


def test_leds_between_two_that_were_seen_stand_evenly_between_them():
    places = filled(6, {0: (0, 0), 2: (20, 0), 5: (20, 30)})
    assert places.tolist() == [[0, 0], [10, 0], [20, 0], [20, 10], [20, 20], [20, 30]]


def test_a_single_led_is_a_point():
    assert fitted(np.array([[10.4, 20.6]])).path == ((10, 21),)


def test_a_straight_line_that_was_tapped_a_little_beside_is_two_points():
    rng = np.random.default_rng(1)
    places = np.stack([np.linspace(100, 400, 20), np.full(20, 50.0)], axis=-1) + rng.uniform(-1.2, 1.2, (20, 2))
    fit = fitted(places)
    assert len(fit.path) == 2
    assert fit.worst_mm == pytest.approx(off(fit.path, places), abs=0.01)
    assert (fit.is_far, fit.gap) == (False, None)


def test_corners_stay():
    corner = [(0, 0), (50, 0), (100, 0), (100, 50), (100, 100)]
    assert fitted(np.array(corner, float)).path == ((0, 0), (100, 0), (100, 100))


def test_a_wire_between_two_pieces_of_a_strip_is_told_as_where_to_split():
    places = np.array([(x, 0.0) for x in [0, 17, 34, 51, 68, 200, 217, 234, 251]])
    fit = fitted(places)
    assert fit.is_far
    assert fit.gap == 4
    assert fit.worst_mm == pytest.approx(off(fit.path, places), abs=0.01)


@st.composite
def walks(draw) -> np.ndarray:
    """LEDs of a strip that bends as it likes, one step after another."""
    turns = draw(st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=60))
    step, angles = draw(st.floats(5.0, 40.0)), np.cumsum(turns)
    steps = step * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.cumsum(np.vstack([[800.0, 450.0], steps]), axis=0)


@given(walks())
@settings(max_examples=60, deadline=None)
def test_whatever_way_a_strip_bends_its_leds_land_where_they_were_seen(places):
    fit = fitted(places)
    assert fit.worst_mm <= FAR_MM
    assert fit.worst_mm == pytest.approx(off(fit.path, places), abs=0.01)
    assert len(fit.path) <= len(places)
    for end, place in ((fit.path[0], places[0]), (fit.path[-1], places[-1])):
        assert np.hypot(*(np.array(end) - place)) < 0.75


@given(st.lists(st.tuples(st.floats(0, 1600), st.floats(0, 900)), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_of_leds_that_were_seen_anywhere_the_worst_is_told(points):
    places = np.array(points)
    fit = fitted(places)
    away = np.hypot(*(spread_along(fit.path, len(places))[0] - places).T)
    assert fit.worst_mm == pytest.approx(away.max(), abs=0.01)
    assert away[fit.worst] == pytest.approx(away.max(), abs=0.01)


@given(walks())
@settings(max_examples=30, deadline=None)
def test_a_path_that_lays_leds_where_they_are_needs_no_other(places):
    path = [(float(x), float(y)) for x, y in places[:: max(1, len(places) // 5)]]
    there = spread_along(path, 25)[0].astype(np.float64)
    assert laid(path, there)
    assert not laid(path, there + 1.0)
