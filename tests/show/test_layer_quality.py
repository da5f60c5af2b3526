"""Layers: how far a value can be believed is seen in its light."""

import numpy as np
import pytest

from maquette.core.colour import parse_colour
from maquette.core.readings import Quality, Readings
from maquette.show.expressions import compile_expression
from maquette.show.layers import Painter
from maquette.show.quality_marks import FAINT_WHITE, dip
from maquette.show.scenario import Bound, Layer, Step
from tests.show.painting import (
    NORTH,
    ORANGE,
    SOUTH,
    WHITE,
    Parameters,
    air,
    air_layer,
    lit,
    model,
    painter,
    river,
    river_layer,
    states,
)

# Quality


def test_until_the_first_bind_every_value_is_unknown():
    made = Painter(model(), Step(layers=(river_layer(),)))
    assert lit(made.paint(0.0)) == [5]
    assert made.quality is Quality.MISSING


def test_an_unknown_value_is_dark_with_one_faint_white_led():
    frame = painter(air_layer(), readings=air(north=3)).paint(0.0)
    assert lit(frame[SOUTH]) == [6]
    assert frame[16].tolist() == pytest.approx([FAINT_WHITE] * 3)
    assert len(lit(frame[NORTH])) == 10


def test_an_unknown_bound_parameter_makes_its_zone_unknown():
    speed: Parameters = {"speed": Bound(compile_expression("river.flow"), (0.0, 3000.0), (0.05, 1.5))}
    made = painter(air_layer("north", effect="flow", parameters=speed), readings=air(north=3))
    assert lit(made.paint(0.0)) == [5]
    state = states(made)["north"]
    assert state.quality is Quality.MISSING
    assert state.expression == "river.flow"
    assert state.value is None


@pytest.mark.parametrize(
    ("quality", "dark"), [(Quality.STALE, [1, 3, 5, 7, 9]), (Quality.SAMPLE, [2, 5, 8]), (Quality.REPLAY, [2, 5, 8])]
)
@pytest.mark.parametrize("effect", ["solid", "breathe", "flow", "comet", "twinkle"])
def test_marks_keep_the_colour_and_hold_every_effect(quality, dark, effect):
    made = painter(air_layer("north", effect=effect), readings=air(quality, north=3))
    assert made.still
    expected = np.tile(parse_colour("#f0e641"), (10, 1))
    expected[dark] = 0.0
    for t in (0.0, 1.7, 40.0):
        np.testing.assert_array_equal(made.paint(t)[NORTH], expected)


def test_a_gauge_keeps_its_share_under_a_mark():
    gauge: Parameters = {"share": Bound(None, (0.0, 10.0), (0.0, 1.0)), "ground": 0.0}
    made = painter(river_layer(effect="gauge", parameters=gauge), readings=[river(4.0, Quality.STALE)])
    assert lit(made.paint(0.0)) == [0, 2]


def test_a_short_zone_dips_and_a_live_one_beside_it_does_not():
    made = painter(air_layer("north", "hut"), readings=[*air(north=3), *air(Quality.STALE, hut=3)])
    assert not made.still
    moments = np.arange(0.0, 10.0, 0.1)
    hut = [float(made.paint(t)[22, 0]) for t in moments]
    expected = [float(parse_colour("#f0e641")[0]) * dip(t) for t in moments]
    np.testing.assert_allclose(hut, expected, rtol=1e-5)
    assert min(hut) < 0.3 * max(hut)
    assert np.ptp([float(made.paint(t)[0, 0]) for t in moments]) == 0.0


def test_only_the_zone_with_the_stale_value_stops_moving():
    readings = [*air(north=3), *air(Quality.STALE, south=3)]
    made = painter(air_layer(effect="breathe"), readings=readings)
    one, other = made.paint(0.0), made.paint(3.0)
    assert not np.allclose(one[NORTH], other[NORTH])
    np.testing.assert_array_equal(one[SOUTH], other[SOUTH])


@pytest.mark.parametrize("blend", ["add", "max"])
def test_no_light_laid_on_top_hides_a_mark(blend):
    glitter = Layer(("north",), colour=WHITE, effect="twinkle", blend=blend)
    made = painter(air_layer("north"), glitter, readings=air(Quality.STALE, north=3))
    assert lit(made.paint(1.0)) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("blend", ["add", "max", "multiply"])
def test_an_unknown_value_on_top_makes_the_zone_unknown(blend):
    made = painter(Layer(("north",), colour=WHITE), river_layer(blend=blend))
    assert lit(made.paint(0.0)) == [5]
    assert states(made)["north"].quality is Quality.MISSING


def test_a_value_that_is_covered_no_longer_counts():
    made = painter(river_layer(), Layer(("north",), colour=ORANGE))
    np.testing.assert_array_equal(made.paint(0.0)[NORTH], np.tile(ORANGE, (10, 1)))
    assert made.quality is Quality.LIVE
    assert states(made)["north"].decoration


def test_readings_age_by_themselves():
    readings = Readings([river(800.0, fresh_until=100.0, drop_at=300.0)])
    made = painter(river_layer())
    story = []
    for now in (0.0, 100.0, 300.0):
        assert made.bind(readings, now)
        story.append(made.quality)
    assert story == [Quality.LIVE, Quality.STALE, Quality.MISSING]
