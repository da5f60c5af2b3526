"""Colour: sRGB in documents, linear light inside, OKLab where colours are mixed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.colour import (
    LUMINANCE,
    from_oklab,
    of_temperature,
    parse_colour,
    to_hex,
    to_linear,
    to_oklab,
    to_srgb,
)
from maquette.errors import ColourError

CHANNEL = st.floats(0, 1, width=32)
COLOUR = st.tuples(CHANNEL, CHANNEL, CHANNEL)


@given(st.integers(0, 0xFFFFFF))
def test_a_colour_written_again_is_the_same(number):
    text = f"#{number:06x}"
    assert to_hex(parse_colour(text)) == text


def test_capitals_are_read_too():
    assert to_hex(parse_colour("#2A7FFF")) == "#2a7fff"


@pytest.mark.parametrize(
    "text", ["2a7fff", "#2a7ff", "#2a7fff0", "#gggggg", "", "#2a7fff\n", " #2a7fff", "red", "#٢a7fff"]
)
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(ColourError):
        parse_colour(text)


def test_srgb_follows_its_standard():
    assert to_linear([0.0, 0.04045, 0.5, 1.0]) == pytest.approx([0.0, 0.0031308, 0.2140411, 1.0], abs=1e-6)
    encoded = [to_srgb(light) for light in (0.0, 0.0031308, 0.2140411, 1.0)]
    assert encoded == pytest.approx([0.0, 0.04045, 0.5, 1.0], abs=1e-5)


def test_light_beyond_what_a_screen_shows_is_clipped():
    assert [to_srgb(light) for light in (-0.5, 2.0)] == pytest.approx([0.0, 1.0])
    assert to_hex([-1.0, 0.0, 3.0]) == "#0000ff"


@given(COLOUR)
def test_oklab_there_and_back_is_the_same(colour):
    assert np.allclose(from_oklab(to_oklab(colour)), colour, atol=1e-5)


def test_white_is_light_without_tint():
    assert to_oklab([1.0, 1.0, 1.0]) == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)
    assert to_oklab([0.0, 0.0, 0.0]) == pytest.approx([0.0, 0.0, 0.0])


def test_oklab_of_red_is_as_published():
    assert to_oklab([1.0, 0.0, 0.0]) == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


def test_the_weights_of_luminance_make_one():
    assert LUMINANCE.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("kelvin", "srgb"),
    [(2000, "#ff8b14"), (2700, "#ffa757"), (4000, "#ffcea6"), (6500, "#fff9fe"), (10_000, "#cfdaff")],
)
def test_the_white_of_a_temperature_is_close_to_what_tables_of_screens_say(kelvin, srgb):
    assert of_temperature(kelvin) == pytest.approx(parse_colour(srgb), abs=0.05)
    assert of_temperature(kelvin).max() == 1.0
