"""Scales: values become colours and words, and the unknown becomes neither a neighbour nor green."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.colour import LUMINANCE, parse_colour, to_hex
from maquette.core.exhibition import LegendEntry
from maquette.show.scales import UNKNOWN_COLOUR, ClassScale, ContinuousScale, Scale, ScaleClass, ThresholdScale

COLOURS = ["#50f0e6", "#50ccaa", "#f0e641"]
TITLES = [{"fr": "Bon", "en": "Good"}, {"fr": "Moyen", "en": "Fair"}, {"fr": "Dégradé", "en": "Poor"}]


def classes(*ats: float | None) -> tuple[ScaleClass, ...]:
    return tuple(ScaleClass(TITLES[i], parse_colour(COLOURS[i]), at) for i, at in enumerate(ats))


ATMO = ClassScale("atmo", {"fr": "Indice"}, None, classes(1.0, 2.0, 3.0))
FLOW = ThresholdScale("flow", {"fr": "Débit"}, "m³/s", classes(None, 500.0, 1200.0))
WIND = ContinuousScale(
    "wind", {"fr": "Vent"}, "MW", 0.0, 400.0, np.stack([parse_colour("#000000"), parse_colour("#ffffff")])
)


@pytest.mark.parametrize(("value", "index"), [(1.0, 0), (2.0, 1), (3.0, 2), (2.0000000001, 1), (0.3 * 10, 2)])
def test_a_class_holds_its_value(value, index):
    assert to_hex(ATMO.colour(value)) == COLOURS[index]
    assert ATMO.class_title(value) == TITLES[index]
    assert ATMO.colour(value) is not UNKNOWN_COLOUR


@pytest.mark.parametrize("value", [0.0, 1.5, 2.001, 7.0, -1.0, float("nan"), float("inf")])
def test_a_value_of_no_class_is_unknown_and_never_its_neighbour(value):
    assert ATMO.colour(value) is UNKNOWN_COLOUR
    assert ATMO.class_title(value) is None
    assert ATMO.colour(value) is UNKNOWN_COLOUR


@pytest.mark.parametrize(("value", "index"), [(-1e9, 0), (499.9, 0), (500.0, 1), (1199.9, 1), (1200.0, 2), (1e9, 2)])
def test_a_threshold_begins_at_its_value(value, index):
    assert to_hex(FLOW.colour(value)) == COLOURS[index]
    assert FLOW.class_title(value) == TITLES[index]


def test_below_a_first_threshold_that_begins_somewhere_nothing_is_known():
    scale = ThresholdScale("flow", {}, "m³/s", classes(0.0, 500.0))
    assert scale.colour(-1.0) is UNKNOWN_COLOUR
    assert scale.class_title(-1.0) is None
    assert scale.colour(0.0) is not UNKNOWN_COLOUR


def test_no_number_has_no_colour():
    for scale in (ATMO, FLOW, WIND):
        assert scale.colour(float("nan")) is UNKNOWN_COLOUR


def test_the_unknown_colour_is_neutral():
    assert len(set(UNKNOWN_COLOUR.tolist())) == 1


def test_a_continuous_scale_reaches_its_ends_and_is_clamped_outside():
    assert to_hex(WIND.colour(0.0)) == to_hex(WIND.colour(-50.0)) == "#000000"
    assert to_hex(WIND.colour(400.0)) == to_hex(WIND.colour(float("inf"))) == "#ffffff"
    assert WIND.class_title(200.0) is None


def test_a_continuous_scale_passes_through_its_stops():
    stops = np.stack([parse_colour(colour) for colour in ("#102040", "#2a7fff", "#ffd040")])
    scale = ContinuousScale("flow", {}, None, 10.0, 20.0, stops)
    assert np.allclose(scale.colour(10.0), stops[0], atol=1e-4)
    assert np.allclose(scale.colour(15.0), stops[1], atol=0.01)
    assert np.allclose(scale.colour(20.0), stops[2], atol=1e-4)


def test_a_continuous_scale_may_run_downwards():
    scale = ContinuousScale("depth", {}, "m", 5.0, 0.0, np.stack([parse_colour("#000000"), parse_colour("#ffffff")]))
    assert to_hex(scale.colour(5.0)) == "#000000"
    assert to_hex(scale.colour(-1.0)) == "#ffffff"


@given(st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_from_black_to_white_more_is_never_darker(one, other):
    low, high = sorted((one, other))
    assert WIND.colour(low) @ LUMINANCE <= WIND.colour(high) @ LUMINANCE + 1e-6


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_higher_value_is_never_in_a_lower_class(one, other):
    low, high = sorted((one, other))
    order = [to_hex(FLOW.colour(value)) for value in (low, high)]
    assert COLOURS.index(order[0]) <= COLOURS.index(order[1])


@given(st.floats(), st.sampled_from([ATMO, FLOW, WIND]))
def test_any_number_has_a_colour_that_an_led_can_show(value, scale):
    colour = scale.colour(value)
    assert colour.shape == (3,)
    assert colour.dtype == np.float32
    assert ((colour >= 0) & (colour <= 1)).all()


def test_colours_come_by_the_handful_too():
    values = [1.0, 2.0, 9.0]
    expected = np.stack([ATMO.colour(value) for value in values])
    assert np.array_equal(ATMO.colours(values), expected)
    assert ATMO.colours([]).shape == (0, 3)


def test_a_colour_cannot_be_changed_by_who_reads_it():
    for scale in (ATMO, FLOW, WIND):
        with pytest.raises(ValueError, match="read-only"):
            scale.colour(2.0)[0] = 1.0


def test_the_legend_says_what_the_lights_say():
    assert ATMO.legend()[1] == LegendEntry(TITLES[1], COLOURS[1], 2.0)
    assert [entry.at for entry in FLOW.legend()] == [None, 500.0, 1200.0]
    for entry in FLOW.legend()[1:]:
        assert entry.at is not None
        assert to_hex(FLOW.colour(entry.at)) == entry.colour


def test_the_legend_of_a_band_has_one_figure_per_stop():
    scale = ContinuousScale("k", {}, "m", 0.0, 1.0, np.zeros((3, 3), dtype=np.float32))
    assert [entry.at for entry in scale.legend()] == [0.0, 0.5, 1.0]
    assert scale.legend()[1].title == {"": "0.5", "fr": "0,5"}


def test_the_card_carries_the_scale_to_the_console():
    card = WIND.card()
    assert (card.id, card.unit, card.continuous, card.entries) == ("wind", "MW", True, WIND.legend())
    assert not ATMO.card().continuous


@pytest.mark.parametrize("scale", [ATMO, FLOW, WIND])
def test_a_scale_survives_pickling(scale):
    copy: Scale = pickle.loads(pickle.dumps(scale))
    assert copy.legend() == scale.legend()
    assert np.array_equal(copy.colour(2.0), scale.colour(2.0))
    assert copy.colour(float("nan")) is UNKNOWN_COLOUR


@pytest.mark.parametrize("ats", [(1.0,), (1.0, None), (1.0, 1.0), (1.0, float("nan"))])
def test_classes_need_two_different_values(ats):
    with pytest.raises(ValueError, match="scale 'x'"):
        ClassScale("x", {}, None, classes(*ats))


@pytest.mark.parametrize("ats", [(None,), (1.0, None), (2.0, 1.0), (1.0, 1.0), (float("nan"), 1.0)])
def test_thresholds_need_to_rise(ats):
    with pytest.raises(ValueError, match="scale 'x'"):
        ThresholdScale("x", {}, None, classes(*ats))


@pytest.mark.parametrize(("low", "high", "stops"), [(1.0, 1.0, 2), (0.0, float("inf"), 2), (0.0, 1.0, 1)])
def test_a_band_needs_two_ends_and_two_colours(low, high, stops):
    with pytest.raises(ValueError, match="scale 'x'"):
        ContinuousScale("x", {}, None, low, high, np.zeros((stops, 3), dtype=np.float32))
