"""Ramps by name: published sequences of colours, kept as a few stops between which OKLab interpolates.

Each stays within a ΔE_OK of 0.01 of the published ramp, half of what an eye can see:

    viridis        Nathaniel Smith and Stéfan van der Walt, 2015, made for matplotlib
    cividis        Jamie Nuñez, Christopher Anderton and Ryan Renslow, "Optimizing colormaps with consideration for color vision
                   deficiency to enable accurate interpretation of scientific data", 2018
    blue_orange    CET-D11 of Peter Kovesi, "Good Colour Maps: How to Design Them", 2015: two arms, as light in the middle as at the ends
    blue_yellow    CET-CBD1, the same: two arms for deuteranopic and protanopic eyes, lighter in the middle
"""

from collections.abc import Mapping

from maquette.core.colour import Floats, parse_colours

SEQUENTIAL: Mapping[str, tuple[str, ...]] = {
    "viridis": ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#27ad81", "#5cc863", "#aadc32", "#fde725"),
    "cividis": (
        *("#00224e", "#003170", "#2a3f6d", "#434e6c", "#575d6d", "#6a6c71", "#7d7c78"),
        *("#918b78", "#a59c74", "#bbad6d", "#d1bf61", "#e9d34e", "#fee838"),
    ),
}
"""Ramps that rise from dark to light, for `continuous` scales."""

DIVERGING: Mapping[str, tuple[str, ...]] = {
    "blue_orange": ("#00b6ff", "#80b0d6", "#acaaab", "#d49e8c", "#f6906c"),
    "blue_yellow": ("#3a90fe", "#a8bef8", "#edecec", "#d1be84", "#a78f08"),
}
"""Ramps with a colour in the middle that both arms leave, for `diverging` scales."""


def ramp(name: str) -> Floats:
    """Return the stops of a ramp, evenly spread: linear RGB, shape (n, 3)."""
    return parse_colours({**SEQUENTIAL, **DIVERGING}[name])
