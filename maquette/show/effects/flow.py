"""Flow: soft bands of light drift along the run, never twice the same, like the current of a river."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, spread, swing, turns

# Weight, bands per band, pace: three swells whose lengths share no measure. None passes a point faster than `speed`.
_SWELLS = ((0.5, 1.0, 1.0), (0.3, 0.618, 0.71), (0.2, 0.382, 0.47))
_TURN = np.float32(2 * np.pi)


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return the sum of three swells that travel at slightly different paces, so that bands meet and part."""
    along = run.steps / np.asarray(parameters["length"], dtype=np.float32)
    shape = np.full(run.index.size, 0.5, dtype=np.float32)
    for number, (weight, density, pace) in enumerate(_SWELLS):
        turn = turns(t, parameters["speed"] * pace, parameters["phase"] * pace)
        shape += (0.5 * weight) * np.cos(_TURN * (along * density - turn + number * run.offset))
    return spread(swing(shape, parameters["depth"]), run.index.size)


FLOW = Effect(
    "flow",
    {
        "fr": "Des bandes douces dérivent, se rejoignent et se séparent, comme le courant d'un fleuve.",
        "en": "Soft bands of light drift along, meet and part, like the current of a river.",
    },
    {
        "speed": ParameterKind(
            0.3,
            -1.5,
            1.5,
            "Hz",
            {
                "fr": "Bandes qui passent en un point chaque seconde ; sous zéro, elles vont à rebours.",
                "en": "Bands that pass a point each second; below zero they run backwards.",
            },
        ),
        "length": ParameterKind(
            14.0, 6.0, 200.0, None, {"fr": "LED d'une bande à la suivante.", "en": "LEDs from one band to the next."}
        ),
        "depth": ParameterKind(
            0.75,
            0.0,
            1.0,
            None,
            {
                "fr": "Part de la clarté qui s'en va entre deux bandes.",
                "en": "How much of the lightness goes between two bands.",
            },
        ),
        "phase": PHASE,
    },
    render,
    rate="speed",
)
