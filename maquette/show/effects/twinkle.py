"""Twinkle: every LED shines up and sinks back in its own time, like stars or windows seen from afar."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ripple, swing

_SLOWEST, _QUICKEST = 0.65, 1.35


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return a soft gleam per LED; each LED has a pace and a start of its own, drawn from its seed and index."""
    pace, start = run.chance
    whole = t * np.asarray(parameters["tempo"], dtype=np.float64) + parameters["phase"]
    turn = whole * (_SLOWEST + (_QUICKEST - _SLOWEST) * pace.astype(np.float64)) + start
    gleam = ripple((turn - np.floor(turn)).astype(np.float32))
    return swing(gleam * gleam * gleam, parameters["depth"])


TWINKLE = Effect(
    "twinkle",
    {
        "fr": "Chaque point s'éclaire et retombe à son rythme, comme les étoiles.",
        "en": "Every point of light shines up and sinks back in its own time, like stars.",
    },
    {
        "tempo": ParameterKind(
            0.15,
            0.0,
            0.4,
            "Hz",
            {"fr": "Éclats d'une LED par seconde, en moyenne.", "en": "Gleams of one LED per second, on average."},
        ),
        "depth": ParameterKind(
            0.8,
            0.0,
            1.0,
            None,
            {
                "fr": "Part de la clarté qui s'en va entre deux éclats.",
                "en": "How much of the lightness goes between two gleams.",
            },
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
