"""Scales: values become colours and words, and the unknown becomes neither a neighbour nor green."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.colour import LUMINANCE, VISIONS, difference, parse_colour, parse_colours, seen, to_hex
from maquette.core.exhibition import LegendEntry
from maquette.show.ramps import DIVERGING, SEQUENTIAL, ramp
from maquette.show.scales import UNKNOWN_COLOUR, ClassScale, ContinuousScale, Scale, ScaleClass, ThresholdScale

COLOURS = ["#50f0e6", "#50ccaa", "#f0e641"]
TITLES = [{"fr": "Bon", "en": "Good"}, {"fr": "Moyen", "en": "Fair"}, {"fr": "Dégradé", "en": "Poor"}]


def classes(*ats: float | None) -> tuple[ScaleClass, ...]:
    return tuple(ScaleClass(TITLES[i], parse_colour(COLOURS[i]), at) for i, at in enumerate(ats))


ATMO = ClassScale("atmo", {"fr": "Indice"}, None, classes(1.0, 2.0, 3.0))
FLOW = ThresholdScale("flow", {"fr": "Débit"}, "m³/s", classes(None, 500.0, 1200.0))
WIND = ContinuousScale(
    "wind", {"fr": "Vent"}, "MW", (0.0, 400.0), np.stack([parse_colour("#000000"), parse_colour("#ffffff")])
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
    scale = ContinuousScale("flow", {}, None, (10.0, 20.0), stops)
    assert np.allclose(scale.colour(10.0), stops[0], atol=1e-4)
    assert np.allclose(scale.colour(15.0), stops[1], atol=0.01)
    assert np.allclose(scale.colour(20.0), stops[2], atol=1e-4)


def test_a_continuous_scale_may_run_downwards():
    scale = ContinuousScale("depth", {}, "m", (5.0, 0.0), np.stack([parse_colour("#000000"), parse_colour("#ffffff")]))
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
    scale = ContinuousScale("k", {}, "m", (0.0, 1.0), np.zeros((3, 3), dtype=np.float32))
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


@pytest.mark.parametrize(
    ("ends", "stops"),
    [
        ((1.0, 1.0), 2),
        ((0.0, float("inf")), 2),
        ((0.0,), 2),
        ((0.0, 1.0), 1),
        ((0.0, 1.0, 0.5), 3),
        ((0.0, 0.0, 1.0), 3),
        ((0.0, 0.5, 1.0), 2),
        ((0.0, 0.5, 1.0), 4),
        ((0.0, 1.0, 2.0, 3.0), 3),
    ],
)
def test_a_band_needs_ends_that_differ_and_colours_for_them(ends, stops):
    with pytest.raises(ValueError, match="scale 'x'"):
        ContinuousScale("x", {}, None, ends, np.zeros((stops, 3), dtype=np.float32))


def balance(*ends: float) -> ContinuousScale:
    return ContinuousScale("balance", {"fr": "Solde"}, "MW", ends, ramp("blue_orange"))


def test_the_middle_of_two_arms_has_a_colour_of_its_own():
    scale = balance(-4000.0, 0.0, 500.0)
    at = {value: to_hex(scale.colour(value)) for value in (-9999.0, -4000.0, -2000.0, 0.0, 250.0, 500.0, 9999.0)}
    assert list(at.values()) == ["#00b6ff", "#00b6ff", "#80b0d6", "#acaaab", "#d49e8c", "#f6906c", "#f6906c"]


def test_two_arms_may_run_downwards():
    assert to_hex(balance(500.0, 0.0, -4000.0).colour(500.0)) == to_hex(balance(-4000.0, 0.0, 500.0).colour(-4000.0))


def test_the_legend_of_two_arms_names_the_middle():
    assert [entry.at for entry in balance(-4000.0, 0.0, 500.0).legend()] == [-4000.0, -2000.0, 0.0, 250.0, 500.0]


def test_the_legend_of_many_colours_has_five_lines():
    scale = ContinuousScale("x", {}, None, (0.0, 8.0), ramp("viridis"))
    assert [entry.at for entry in scale.legend()] == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert [entry.colour for entry in scale.legend()] == ["#440154", "#3b528b", "#21918c", "#5cc863", "#fde725"]


PUBLISHED = {
    "viridis": "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1f9f88 27ad81 3dbc74 5cc863 81d34d aadc32 d5e21a fde725",
    "cividis": "00224e 002e6a 1a386f 32436d 434e6c 535a6d 61656f 6f7073 7d7c78 8b8778 9a9376 aaa073 bbad6d ccba64 ddc858 efd748 fee838",
    "blue_orange": (
        "00b6ff 3db4f7 5bb3ec 70b2e1 80b0d6 8dafcb 98adc0 a2acb5 acaaab b6a8a3 c1a59b cba293 d49e8c dd9b84 e6977c ee9474 f6906c"
    ),
    "blue_yellow": (
        "3a90fe 619bfc 7da6fb 94b2fa a8bef8 bccaf6 ced7f4 dfe3f2 edecec e9e3d4 e2d6b9 daca9f d1be84 c8b26a bda64f b39a32 a78f08"
    ),
}
"""Every sixteenth of the ramps as they were published: two in matplotlib, two among Peter Kovesi's (CET-D11 and CET-CBD1)."""


def test_every_ramp_has_its_published_colours():
    assert set(PUBLISHED) == {*SEQUENTIAL, *DIVERGING}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_ramp_stays_close_to_what_was_published(name):
    scale = ContinuousScale(name, {}, None, (0.0, 16.0), ramp(name))
    published = parse_colours(f"#{colour}" for colour in PUBLISHED[name].split())
    assert difference(scale.colours(list(map(float, range(17)))), published).max() < 1.0


@pytest.mark.parametrize("name", DIVERGING)
@pytest.mark.parametrize("vision", VISIONS)
def test_the_arms_of_a_ramp_are_told_apart_by_every_eye(name, vision):
    stops = ramp(name)
    first, middle, last = (seen(stops[index], vision) for index in (0, len(stops) // 2, -1))
    assert min(difference(first, middle), difference(middle, last), difference(first, last)) > 8.0


SIGNED = ClassScale(
    "signed", {}, None, tuple(replace(c, sign=c.at / 10) for c in classes(1.0, 2.0, 3.0) if c.at), "tempo"
)


def test_a_class_has_a_second_sign():
    assert (SIGNED.sign, [SIGNED.sign_at(value) for value in (1.0, 3.0, 9.0)]) == ("tempo", [0.1, 0.3, None])

    assert (ATMO.sign, ATMO.sign_at(1.0), WIND.sign, WIND.sign_at(1.0)) == (None, None, None, None)


def test_all_classes_have_a_second_sign_or_none_has():
    with pytest.raises(ValueError, match="second sign"):
        ClassScale("x", {}, None, SIGNED.classes)
    with pytest.raises(ValueError, match="second sign"):
        ClassScale("x", {}, None, (*SIGNED.classes[:2], *classes(7.0)), "tempo")
