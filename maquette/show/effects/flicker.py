"""Flicker: the run trembles gently, like the light of candles in a quiet room."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, swing, turns

# Weight, turns per LED along the run, pace: the flame as a whole sinks and recovers, and small trembles run over it both ways.
# None is quicker than `tempo`.
_TREMBLES = ((0.36, 0.0, 0.39), (0.28, 0.013, 0.71), (0.2, -0.023, 1.0), (0.16, 0.061, 0.83))
_TURN = np.float32(2 * np.pi)


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return light that is mostly full and now and then sinks, in one zone never when it does in another."""
    shape = np.zeros(run.index.size, dtype=np.float32)
    for number, (weight, density, pace) in enumerate(_TREMBLES):
        turn = turns(t, parameters["tempo"] * pace, parameters["phase"] * pace)
        along = run.steps * np.float32(density) + (number + 1) * run.offset
        shape += np.float32(weight) * np.cos(_TURN * (along + turn))
    dip = 0.5 - 0.5 * shape
    return swing(np.asarray(1.0 - dip * dip, dtype=np.float32), parameters["depth"])


FLICKER = Effect(
    "flicker",
    {
        "fr": "La lumière tremble doucement, comme celle d'une bougie dans une pièce calme.",
        "en": "The light trembles gently, like a candle's in a quiet room.",
    },
    {
        "tempo": ParameterKind(1.0, 0.0, 1.8, "Hz", {"fr": "Tremblements par seconde.", "en": "Trembles per second."}),
        "depth": ParameterKind(
            0.45,
            0.0,
            0.8,
            None,
            {
                "fr": "Part de la clarté qui s'en va au plus bas.",
                "en": "How much of the lightness goes at the lowest point.",
            },
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
