"""Layers: values become light, and lights lie on one another."""

from dataclasses import replace

import numpy as np
import pytest

from maquette.core.colour import parse_colour
from maquette.core.readings import Quality, Readings
from maquette.show.effects import EFFECTS
from maquette.show.expressions import compile_expression
from maquette.show.layers import Painter
from maquette.show.scenario import Bound, Layer, Step
from tests.show.models import model_of, strips_of
from tests.show.painting import (
    BLUE,
    FLOW,
    NORTH,
    ORANGE,
    SOUTH,
    WHITE,
    Parameters,
    air,
    air_layer,
    lit,
    painter,
    reading,
    river,
    river_layer,
    states,
)

# What is lit


def test_a_frame_is_dark_where_no_layer_is():
    frame = painter(Layer(("south",), colour=BLUE)).paint(0.0)
    assert frame.shape == (30, 3)
    assert frame.dtype == np.float32
    assert frame.flags.c_contiguous
    assert lit(frame) == list(range(10, 22))
    np.testing.assert_array_equal(frame[SOUTH], np.tile(BLUE, (12, 1)))


def test_a_frame_is_never_changed_by_the_next_one():
    made = painter(Layer(("north",), colour=WHITE, effect="breathe"))
    first = made.paint(0.0)
    kept = first.copy()
    made.paint(2.0)
    np.testing.assert_array_equal(first, kept)


def test_each_zone_takes_the_colour_of_its_own_value():
    frame = painter(air_layer(), readings=air(north=3, south=4)).paint(0.0)
    np.testing.assert_array_equal(frame[NORTH], np.tile(parse_colour("#f0e641"), (10, 1)))
    np.testing.assert_array_equal(frame[SOUTH], np.tile(parse_colour("#ff5050"), (12, 1)))


def test_a_value_in_another_unit_is_converted_for_its_scale():
    layer = Layer(("north",), compile_expression("river.flow"), FLOW)
    frame = painter(layer, readings=[reading("river", "flow", 1_500_000.0, unit="l/s")]).paint(0.0)
    np.testing.assert_array_equal(frame[0], ORANGE)


def test_a_value_that_measures_something_else_is_missing_and_never_coloured():
    layer = Layer(("north",), compile_expression("river.flow"), FLOW)
    made = painter(layer, readings=[reading("river", "flow", 1500.0, unit="°C")])
    assert states(made)["north"].quality is Quality.MISSING
    assert lit(made.paint(0.0)) == [5]


def test_a_level_scales_linear_light_and_may_follow_the_value():
    half = painter(Layer(("north",), colour=WHITE, level=0.5)).paint(0.0)
    assert half[0].tolist() == [0.5, 0.5, 0.5]
    level = Bound(None, (0.0, 3000.0), (0.2, 1.0))
    bound = painter(river_layer(level=level), readings=[river(1500.0)]).paint(0.0)
    np.testing.assert_allclose(bound[0], BLUE * 0.6, rtol=1e-5)


@pytest.mark.parametrize(("flow", "share"), [(-50.0, 0.0), (0.0, 0.0), (1500.0, 0.5), (3000.0, 1.0), (9000.0, 1.0)])
def test_a_bound_parameter_is_linear_and_clamped(flow, share):
    gauge: Parameters = {"share": Bound(None, (0.0, 3000.0), (0.0, 1.0)), "ground": 0.0}
    frame = painter(river_layer(effect="gauge", parameters=gauge), readings=[river(flow)]).paint(0.0)
    assert frame[NORTH].sum() == pytest.approx(share * 10 * float(BLUE.sum()), rel=1e-5)


def test_a_bound_parameter_may_fall_while_its_value_rises():
    gauge: Parameters = {"share": Bound(None, (0.0, 3000.0), (1.0, 0.0)), "ground": 0.0}
    frame = painter(river_layer(effect="gauge", parameters=gauge), readings=[river(2400.0)]).paint(0.0)
    assert lit(frame) == [0, 1]


def test_a_source_without_width_is_a_switch():
    gauge: Parameters = {"share": Bound(None, (100.0, 100.0), (0.0, 1.0)), "ground": 0.0}
    made = painter(river_layer(effect="gauge", parameters=gauge), readings=[river(99.0)])
    assert lit(made.paint(0.0)) == []
    made.bind(Readings([river(100.0)]), 0.0)
    assert len(lit(made.paint(0.0))) == 10


def test_a_bound_parameter_stays_in_the_range_of_its_effect():
    tempo = Bound(None, (0.0, 1.0), (0.0, 500.0))
    made = painter(river_layer(effect="pulse", parameters={"tempo": tempo}), readings=[river(1.0)])
    limit = painter(river_layer(effect="pulse", parameters={"tempo": 1.5}), readings=[river(1.0)])
    np.testing.assert_array_equal(made.paint(0.3), limit.paint(0.3))


def test_each_zone_has_a_parameter_of_its_own():
    gauge: Parameters = {
        "share": Bound(compile_expression("air[zone.insee].index"), (0.0, 4.0), (0.0, 1.0)),
        "ground": 0.0,
    }
    layer = Layer(("north", "south"), colour=WHITE, effect="gauge", parameters=gauge)
    frame = painter(layer, readings=air(north=2, south=3)).paint(0.0)
    assert len(lit(frame[NORTH])) == 5
    assert len(lit(frame[SOUTH])) == 9


def test_an_effect_runs_in_each_zone_or_along_all_together():
    gauge: Parameters = {"share": 0.5, "ground": 0.0}
    each = Layer(("north", "south"), colour=WHITE, effect="gauge", parameters=gauge)
    together = replace(each, together=True)
    assert lit(painter(each).paint(0.0)) == [*range(5), *range(10, 16)]
    assert lit(painter(together).paint(0.0)) == list(range(11))
    assert lit(painter(replace(together, zones=("south", "north"))).paint(0.0)) == list(range(10, 21))


def test_a_zone_that_runs_against_its_strip_is_lit_from_its_own_start():
    backwards = model_of(strips_of(10), {"quay": list(range(9, -1, -1))})
    layer = Layer(("quay",), colour=WHITE, effect="gauge", parameters={"share": 0.3, "ground": 0.0})
    assert lit(Painter(backwards, Step(layers=(layer,))).paint(0.0)) == [7, 8, 9]


def test_zones_scattered_over_strips_are_painted_where_they_are():
    scattered = model_of(strips_of(8, 8), {"a": [1, 2], "b": [12, 11, 6]})
    frame = Painter(scattered, Step(layers=(Layer(("a", "b"), colour=WHITE),))).paint(0.0)
    assert lit(frame) == [1, 2, 6, 11, 12]


# Layers upon layers


def test_over_replaces_what_is_below_even_where_its_effect_is_dark():
    below = Layer(("north", "south"), colour=WHITE)
    above = Layer(("north",), colour=BLUE, effect="gauge", parameters={"share": 0.5, "ground": 0.0})
    assert lit(painter(below, above).paint(0.0)) == [*range(5), *range(10, 22)]


@pytest.mark.parametrize(
    ("blend", "expected"),
    [
        ("add", [1.0, 0.5, 0.25]),
        ("max", [0.75, 0.5, 0.25]),
        ("multiply", [0.5625, 0.0, 0.0]),
    ],
)
def test_lights_join(blend, expected):
    below = Layer(("north",), colour=np.array([0.75, 0.5, 0.25], dtype=np.float32))
    above = Layer(("north",), colour=np.array([0.75, 0.0, 0.0], dtype=np.float32), blend=blend)
    np.testing.assert_allclose(painter(below, above).paint(0.0)[0], expected)


@pytest.mark.parametrize("blend", ["add", "max", "multiply"])
def test_joined_lights_give_the_same_on_scattered_zones(blend):
    scattered = model_of(strips_of(8), {"a": [1, 2, 6]})
    block = model_of(strips_of(8), {"a": [1, 2, 3]})
    layers = (Layer(("a",), colour=BLUE), Layer(("a",), colour=ORANGE, effect="wave", blend=blend))
    one = Painter(scattered, Step(layers=layers)).paint(1.0)
    other = Painter(block, Step(layers=layers)).paint(1.0)
    np.testing.assert_array_equal(one[[1, 2, 6]], other[[1, 2, 3]])


def test_an_effect_is_called_once_for_all_zones_of_a_layer(monkeypatch):
    calls = []
    flow = EFFECTS["flow"]

    def counted(t, run, parameters):
        calls.append(run.index.size)
        return flow.render(t, run, parameters)

    monkeypatch.setattr("maquette.show.brush.EFFECTS", {"flow": replace(flow, render=counted)})
    painter(Layer(("north", "south", "hut"), colour=BLUE, effect="flow")).paint(0.0)
    assert calls == [25]


# Changes and motion


def test_bind_says_whether_anything_visible_changed():
    made = painter(air_layer(), readings=air(north=3, south=3))
    assert not made.bind(Readings(air(north=3, south=3)), 5.0)
    assert made.bind(Readings(air(north=3, south=4)), 5.0)
    assert not made.bind(Readings([*air(north=3, south=4), river(12.0)]), 5.0)
    assert made.bind(Readings(air(Quality.STALE, north=3, south=4)), 5.0)


def test_an_explanation_is_fresh_even_where_the_light_is_the_same():
    layer = Layer(("north",), compile_expression("river.flow"), FLOW)
    made = painter(layer, readings=[river(1200.0)])
    assert not made.bind(Readings([river(1300.0)]), 0.0)
    assert states(made)["north"].value == 1300.0


def test_a_step_is_still_when_nothing_in_it_moves():
    assert painter().still
    assert painter(Layer(("north",), colour=BLUE), Layer(("south",), colour=BLUE, effect="gauge")).still
    assert not painter(Layer(("north",), colour=BLUE, effect="flow")).still


def test_water_that_does_not_flow_stands_still():
    speed: Parameters = {"speed": Bound(None, (0.0, 3000.0), (0.0, 1.5))}
    made = painter(river_layer(effect="flow", parameters=speed), readings=[river(0.0)])
    assert made.still
    np.testing.assert_array_equal(made.paint(0.0), made.paint(9.0))


@pytest.mark.parametrize("effect", [name for name, effect in EFFECTS.items() if not effect.still])
@pytest.mark.parametrize("rates", [(0.1, 0.2), (0.2, 0.0), (0.0, 0.2)])
def test_a_new_rate_changes_how_fast_light_moves_and_not_where_it_is(effect, rates):
    rate = EFFECTS[effect].rate or ""
    layer = river_layer(effect=effect, parameters={rate: Bound(None, (0.0, 1.0), (0.0, 1.0))})
    made = painter(layer, readings=[river(rates[0])])
    before = made.paint(1234.5)
    made.bind(Readings([river(rates[1])]), 0.0)
    np.testing.assert_allclose(made.paint(1234.5), before, atol=1e-4)


def test_a_count_follows_the_value_where_nothing_else_is_said():
    layer = river_layer(effect="count", parameters={"each": 100.0, "ground": 0.0})
    made = painter(layer, readings=[river(300.0)])
    assert len(lit(made.paint(0.0))) == 3
    made.bind(Readings([river(0.0)]), 0.0)
    assert lit(made.paint(0.0)) == []
    assert states(made)["north"].quality is Quality.LIVE
    made.bind(Readings([river(None)]), 0.0)
    assert states(made)["north"].quality is Quality.MISSING
    assert lit(made.paint(0.0)) == [5]


def test_a_gradient_runs_between_the_values_of_neighbouring_zones():
    together = air_layer(effect="gradient", together=True)
    made = painter(together, readings=air(north=3, south=4))
    frame = made.paint(0.0)
    assert made.still
    yellow, red = parse_colour("#f0e641"), parse_colour("#ff5050")
    np.testing.assert_allclose(frame[:5], np.tile(yellow, (5, 1)), atol=1e-5)
    np.testing.assert_allclose(frame[16:22], np.tile(red, (6, 1)), atol=1e-5)
    assert (np.diff(frame[4:17, 1]) < 0).all()
    even = painter(air_layer(effect="gradient"), readings=air(north=3, south=4)).paint(0.0)
    np.testing.assert_allclose(even[NORTH], np.tile(yellow, (10, 1)), atol=1e-5)


def test_a_gradient_takes_no_colour_from_a_value_that_is_missing():
    made = painter(air_layer("north", "south", "hut", effect="gradient", together=True), readings=air(north=3, hut=4))
    frame = made.paint(0.0)
    np.testing.assert_allclose(frame[NORTH], np.tile(parse_colour("#f0e641"), (10, 1)), atol=1e-5)
    np.testing.assert_allclose(frame[22:25], np.tile(parse_colour("#ff5050"), (3, 1)), atol=1e-5)
    assert lit(frame[SOUTH]) == [6]


def test_a_gradient_keeps_up_with_its_values_above_a_layer_that_moves():
    below = Layer(("north", "south"), colour=WHITE, effect="breathe")
    made = painter(below, air_layer(effect="gradient", together=True), readings=air(north=3, south=4))
    before = made.paint(0.0)
    np.testing.assert_array_equal(made.paint(2.0), before)
    made.bind(Readings(air(north=4, south=4)), 0.0)
    np.testing.assert_allclose(made.paint(2.5)[0], parse_colour("#ff5050"), atol=1e-5)


def test_a_rainbow_stands_still_in_its_own_colour_under_a_quality_mark():
    value = air_layer("north")
    made = painter(
        value, Layer(("north",), colour=BLUE, effect="rainbow", blend="max"), readings=air(Quality.STALE, north=3)
    )
    np.testing.assert_array_equal(made.paint(0.0), made.paint(3.0))


def test_a_layer_that_stands_still_above_one_that_moves_is_kept():
    below = Layer(("north",), colour=WHITE, effect="breathe")
    above = Layer(("north",), colour=np.array([1.0, 0.0, 0.0], dtype=np.float32), blend="multiply")
    made = painter(below, above)
    assert made.paint(0.0)[0].tolist() == [1.0, 0.0, 0.0]
    dimmer = made.paint(3.0)[0]
    assert 0.0 < dimmer[0] < 1.0
    assert dimmer[1] == 0.0
