import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.geography import distances, on_earth, on_one_line, zones_of

CORNERS = [(0.0, 0.0, 45.74, 4.80), (1600.0, 0.0, 45.74, 4.90), (0.0, 900.0, 45.58, 4.80)]


def great_circle(one, other):
    (a, b), (c, d) = (map(math.radians, point) for point in (one, other))
    haversine = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(haversine))


def test_control_points_lie_where_they_say_and_the_rest_in_proportion():
    found = on_earth(CORNERS, [(x, y) for x, y, _, _ in CORNERS])
    assert np.array(found) == pytest.approx(np.array(CORNERS)[:, 2:])
    assert on_earth(CORNERS, [(800, 450)])[0] == pytest.approx((45.66, 4.85))


def test_a_plan_may_be_turned():
    turned = [(100, 800, 45.74112, 4.78024), (1500, 800, 45.58568, 4.74506), (800, 100, 45.65109, 4.87373)]
    assert on_earth(turned, [(1500, 800)])[0] == pytest.approx((45.58568, 4.74506))


@pytest.mark.parametrize("third", [(200, 0, 45.7, 4.8), (100, 0, 45.6, 4.9), (50, 100, 45.74, 4.85)])
def test_points_on_one_line_lay_nothing(third):
    points = [(0, 0, 45.74, 4.80), (100, 0, 45.74, 4.90), third]
    assert on_one_line(points)
    with pytest.raises(ValueError, match="one line"):
        on_earth(points, [(0, 0)])


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_a_distance_is_that_of_the_great_circle_to_half_a_percent(lat, lon, north, east):
    found = distances(np.array([[lat + north, lon + east]]), [(lat, lon)])[0]
    assert found == pytest.approx(great_circle((lat, lon), (lat + north, lon + east)), rel=5e-3, abs=0.5)


def test_a_place_beside_a_path_is_as_far_as_its_foot_and_beyond_its_end_as_the_end():
    path = [(45.0, 5.0), (45.0, 5.1)]
    beside, beyond, unknown = distances(np.array([[45.01, 5.05], [45.0, 5.2], [math.nan, 5.0]]), path)
    assert beside == pytest.approx(great_circle((45.01, 5.05), (45.0, 5.05)), rel=1e-3)
    assert beyond == pytest.approx(great_circle((45.0, 5.2), (45.0, 5.1)), rel=1e-3)
    assert math.isnan(unknown)


def test_places_are_given_to_zones_in_reach():
    paths = {"a": [(45.0, 5.0)], "b": [(45.0, 5.001)]}
    places = np.array([[45.0, 5.0002], [45.0, 5.0008], [46.0, 5.0], [math.nan, math.nan]])
    assert zones_of(places, paths, 100.0, nearest=True) == [("a",), ("b",), (), ()]
    assert zones_of(places, paths, 100.0, nearest=False) == [("a", "b"), ("a", "b"), (), ()]
    assert zones_of(places, {}, 100.0, nearest=True) == [(), (), (), ()]


POINTS = st.tuples(st.floats(45.0, 45.1), st.floats(5.0, 5.1))


@given(st.lists(POINTS, max_size=6), st.lists(st.lists(POINTS, min_size=1, max_size=4), max_size=4), st.floats(0, 9000))
def test_what_is_in_reach_is_what_is_no_farther(places, paths, within_m):
    zones = {f"zone_{index}": path for index, path in enumerate(paths)}
    found = zones_of(np.array(places).reshape(-1, 2), zones, within_m, nearest=False)
    nearest = zones_of(np.array(places).reshape(-1, 2), zones, within_m, nearest=True)
    for place, names, first in zip(places, found, nearest, strict=True):
        far = {name: float(distances(np.array([place]), path)[0]) for name, path in zones.items()}
        assert names == tuple(name for name in zones if far[name] <= within_m)
        assert first == (() if not names else (min(far, key=lambda name: far[name]),))
