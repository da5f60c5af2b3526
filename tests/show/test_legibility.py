"""Legibility: which classes are hard to tell apart, for whom, and what a second sign mends."""

from dataclasses import replace

import pytest

from maquette.core.colour import parse_colour
from maquette.core.readings import Quality
from maquette.show.legibility import HARD_TO_TELL, SAME_LOOK, confusions, disguises
from maquette.show.scales import ClassScale, ScaleClass, Sign


def scale(*colours: str, sign: Sign | None = None, signs: tuple[float, ...] = ()) -> ClassScale:
    given = signs or (None,) * len(colours)
    classes = [ScaleClass({}, parse_colour(c), i, s) for i, (c, s) in enumerate(zip(colours, given, strict=True))]
    return ClassScale("x", {}, None, tuple(classes), sign)


SOLAR, GAS, WATER = "#d66b0d", "#f20809", "#2672b0"


def test_colours_that_a_colour_blind_eye_confuses_are_found_with_the_eye():
    (found,) = confusions(scale(SOLAR, GAS, WATER))
    assert (found.one, found.other, found.vision, found.quality) == (0, 1, "deuteranopia", Quality.LIVE)
    assert 0.0 < found.difference < HARD_TO_TELL


def test_colours_that_everybody_confuses_are_found_too():
    (found,) = confusions(scale("#2672b0", "#2672b0"))
    assert found.difference == 0.0


def test_colours_far_apart_are_not_found():
    assert list(confusions(scale("#0050ff", "#ffd000"))) == []


@pytest.mark.parametrize(("sign", "signs", "told"), [
    ("tempo", (0.1, 0.2), True),
    ("tempo", (0.1, 0.12), False),
    ("share", (0.5, 0.7), True),
    ("share", (0.5, 0.55), False),
])  # fmt: skip
def test_a_second_sign_tells_them_apart_where_it_differs_enough(sign, signs, told):
    assert (list(confusions(scale(SOLAR, GAS, sign=sign, signs=signs))) == []) is told


def test_a_class_that_a_mark_dims_into_another_is_found():
    light, dark = "#80c0ff", "#5f8fbe"
    (found,) = disguises(scale(light, dark))
    assert (found.one, found.other) == (0, 1)
    assert found.quality in (Quality.STALE, Quality.SAMPLE)
    assert found.difference < SAME_LOOK


def test_a_mark_hides_no_class_whose_live_light_moves():
    bare = scale("#80c0ff", "#5f8fbe")
    assert list(disguises(bare))
    moving = replace(bare, second_sign="tempo", classes=tuple(replace(c, sign=0.1) for c in bare.classes))
    assert list(disguises(moving)) == []
