"""Second signs: hue is never the only sign of a class where its scale has another one and the light can show it."""

import numpy as np
import pytest

from maquette.core.colour import parse_colour
from maquette.core.readings import Quality
from maquette.show.expressions import compile_expression
from maquette.show.scales import UNKNOWN_COLOUR, ClassScale, ScaleClass, ThresholdScale
from maquette.show.scenario import Bound, Layer
from tests.show.painting import NORTH, SOUTH, air, painter

INDEX = compile_expression("air[zone.insee].index")


def colour_of(index: int):
    return parse_colour(("#50f0e6", "#f0e641", "#ff5050")[index])


TEMPOS = ClassScale(
    "tempos", {}, None, tuple(ScaleClass({}, colour_of(i), i + 1, 0.1 * 2**i) for i in range(3)), "tempo"
)
SHARES = ThresholdScale(
    "shares", {}, None, tuple(ScaleClass({}, colour_of(i), i + 1, (i + 1) / 4) for i in range(3)), "share"
)


def painted(layer: Layer, quality: Quality = Quality.LIVE, **values: float | None):
    return painter(layer, readings=air(quality, **values)).paint


def turns_in(light, zone: slice, seconds: float = 10.0) -> int:
    """Return how often a zone reaches its full light within some seconds after the start."""
    levels = [float(light(t)[zone].max()) for t in np.arange(0.5, seconds + 0.5, 0.05)]
    return sum(a < b >= c for a, b, c in zip(levels, levels[1:], levels[2:], strict=False))


def test_each_zone_breathes_at_the_tempo_of_its_class():
    light = painted(Layer(("north", "south"), INDEX, TEMPOS, effect="breathe"), north=1, south=3)
    assert (turns_in(light, NORTH), turns_in(light, SOUTH)) == (1, 4)


def test_a_tempo_of_the_document_comes_before_that_of_the_class():
    layer = Layer(("north",), INDEX, TEMPOS, effect="breathe", parameters={"tempo": 0.3})
    assert turns_in(painted(layer, north=1), NORTH) == 3
    bound = Layer(("north",), INDEX, TEMPOS, effect="breathe", parameters={"tempo": Bound(None, (1, 3), (0.4, 0.1))})
    assert turns_in(painted(bound, north=1), NORTH) == 4


@pytest.mark.parametrize("effect", ["solid", "gauge"])
def test_an_effect_without_tempo_shows_none(effect):
    light = painted(Layer(("north",), INDEX, TEMPOS, effect=effect), north=3)
    assert np.array_equal(light(0.0), light(1.3))


@pytest.mark.parametrize(("value", "lit"), [(1, 2.5), (2, 5), (3, 7.5)])
def test_a_share_fills_the_zone_from_its_start(value, lit):
    layer = Layer(("north",), INDEX, SHARES, effect="gauge", parameters={"ground": 0.0})
    light = painted(layer, north=value)(0.0)[NORTH] / colour_of(value - 1)
    assert np.allclose(light[:, 0], np.clip(lit - np.arange(10), 0.0, 1.0), atol=1e-5)


def test_a_share_that_cannot_be_trusted_is_marked_within_itself():
    layer = Layer(("south",), INDEX, SHARES, effect="gauge", parameters={"ground": 0.0})
    light = painted(layer, Quality.STALE, south=3)(0.0)[SOUTH].max(axis=1)
    assert np.flatnonzero(light).tolist() == [0, 2, 4, 6, 8]


def test_a_value_of_no_class_has_no_second_sign():
    light = painted(Layer(("north",), INDEX, SHARES, effect="gauge"), north=0)(0.0)[NORTH]
    assert np.allclose(light, UNKNOWN_COLOUR)


def test_a_value_of_no_class_stands_still():
    light = painted(Layer(("north",), INDEX, TEMPOS, effect="breathe"), north=0)
    assert np.array_equal(light(0.0), light(1.3))
    assert np.allclose(light(0.0)[NORTH], UNKNOWN_COLOUR)


def test_a_missing_value_is_dark_whatever_its_scale():
    light = painted(Layer(("north",), INDEX, TEMPOS, effect="breathe"), Quality.MISSING, north=None)
    assert np.array_equal(light(0.0), light(2.0))
    assert np.flatnonzero(light(0.0)[NORTH].max(axis=1)).tolist() == [5]
