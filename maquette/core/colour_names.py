"""Colour names: the word that everybody would use for a colour, or none. A wrong word is worse than no word."""

import math
from dataclasses import dataclass
from functools import cache

from maquette.core.colour import parse_colour, to_oklab

DARK_BELOW = 0.3
"""OKLab lightness below which a colour is no light to speak of."""


@dataclass(frozen=True, slots=True)
class _Region:
    """A part of OKLab where people agree on a word: hue in degrees (it may pass 360), lightness in [0, 1], least chroma."""

    name: str
    hue: tuple[float, float]
    lightness: tuple[float, float]
    chroma: float

    def holds(self, hue: float, lightness: float, chroma: float) -> bool:
        beyond = (hue - self.hue[0]) % 360
        return (
            beyond <= self.hue[1] - self.hue[0]
            and self.lightness[0] <= lightness <= self.lightness[1]
            and chroma >= self.chroma
        )


_REGIONS = (
    _Region("burgundy", (0, 30), (0.35, 0.47), 0.1),
    _Region("red", (16, 34), (0.52, 0.75), 0.16),
    _Region("orange", (46, 74), (0.64, 0.84), 0.11),
    _Region("yellow", (91, 112), (0.8, 1.0), 0.1),
    _Region("green", (135, 173), (0.5, 0.9), 0.09),
    _Region("turquoise", (182, 207), (0.65, 0.93), 0.09),
    _Region("blue", (228, 268), (0.4, 0.9), 0.07),
    _Region("violet", (294, 332), (0.38, 0.76), 0.1),
    _Region("pink", (340, 372), (0.65, 0.88), 0.1),
)
_GREY_CHROMA = 0.02

COLOURS = (*(region.name for region in _REGIONS), "white", "grey", "dark", "other")
"""Every name; worded by ``colour_one_<name>`` and ``colour_many_<name>``. ``other``: no word fits for certain."""


@cache
def name_colour(colour: str) -> str:
    """Return the name in `COLOURS` of ``"#rrggbb"``; between two words it is ``other``."""
    lightness, a, b = (float(part) for part in to_oklab(parse_colour(colour)))
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    if chroma <= _GREY_CHROMA:
        return (
            "dark" if lightness < DARK_BELOW else "white" if lightness > 0.9 else "grey" if lightness < 0.8 else "other"
        )
    if lightness < DARK_BELOW:
        return "dark" if chroma < 0.05 else "other"
    return next((region.name for region in _REGIONS if region.holds(hue, lightness, chroma)), "other")
