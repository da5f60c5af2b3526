"""Haze: faint clouds of light drift over the run, slowly, and change their form on the way."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, swing, turns

# Weight, clouds per cloud, pace: swells that drift both ways and share no measure, so that clouds form and dissolve.
_SWELLS = ((0.42, 1.0, 1.0), (0.3, 0.618, -0.53), (0.18, 1.47, 0.71), (0.1, 2.1, -0.37))
_TURN = np.float32(2 * np.pi)


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return the sum of four swells that drift against one another."""
    along = run.steps / np.asarray(parameters["length"], dtype=np.float32)
    shape = np.full(run.index.size, 0.5, dtype=np.float32)
    for number, (weight, density, pace) in enumerate(_SWELLS):
        turn = turns(t, parameters["tempo"] * pace, parameters["phase"] * pace)
        shape += (0.5 * weight) * np.cos(_TURN * (along * density - turn + (number + 1) * run.offset))
    return swing(shape, parameters["depth"])


HAZE = Effect(
    "haze",
    {
        "fr": "Des nuages à peine plus clairs dérivent lentement et changent de forme, comme une brume.",
        "en": "Clouds that are hardly brighter drift slowly and change their form, like mist.",
    },
    {
        "tempo": ParameterKind(
            0.06,
            -0.4,
            0.4,
            "Hz",
            {
                "fr": "Nuages qui passent en un point chaque seconde ; sous zéro, ils vont à rebours.",
                "en": "Clouds that pass a point each second; below zero they drift backwards.",
            },
        ),
        "length": ParameterKind(
            30.0, 10.0, 400.0, None, {"fr": "LED d'un nuage au suivant.", "en": "LEDs from one cloud to the next."}
        ),
        "depth": ParameterKind(
            0.4,
            0.0,
            0.7,
            None,
            {
                "fr": "Part de la clarté qui s'en va entre deux nuages.",
                "en": "How much of the lightness goes between two clouds.",
            },
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
