"""Gradient: colours pass softly from one zone of a run to the next.

Each zone has its own colour at its middle. Between two middles the light passes evenly from one to the other in OKLab; before the first
and after the last it stays. A zone whose value is missing has no colour to give: on either side of it the light stays as it is, so that
nothing is made up across the gap. In a zone that has a run of its own (``across: each``) there is no other colour: the light is even.
"""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats, from_oklab, to_oklab
from maquette.show.effects.effect import Effect, Palette, ParameterValue, Run
from maquette.show.effects.shapes import even


def tint(t: float, run: Run, parameters: Mapping[str, ParameterValue], palette: Palette) -> Floats:  # noqa: ARG001 - every tint has this signature
    """Return for each LED the mixture of its zone's light and the next one's."""
    own, other = to_oklab(palette.own.T), to_oklab(palette.next.T)
    return np.ascontiguousarray(from_oklab(own + (other - own) * palette.share[:, np.newaxis]).T)


GRADIENT = Effect(
    "gradient",
    {
        "fr": "Les couleurs passent doucement d'une zone à la suivante, le long du parcours (`across: together`).",
        "en": "Colours pass softly from one zone to the next along the run (`across: together`).",
    },
    {},
    even,
    tint=tint,
    between_zones=True,
)
