"""Heartbeat: two beats close together, the second one weaker, then a rest."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ease, spread, swing, turns


def _beat(turn: Floats, start: float, rise: float, fall: float, strength: float) -> Floats:
    """Return one beat over a turn, in [0, ``strength``]: an eased rise and a longer fall, all in turns."""
    since = turn - np.float32(start)
    return np.asarray(strength * ease(since / rise) * (1.0 - ease((since - rise) / fall)), dtype=np.float32)


_TURNS = np.linspace(0.0, 1.0, 513, dtype=np.float32)
_LUB, _DUB = _beat(_TURNS, 0.0, 0.12, 0.2, 1.0), _beat(_TURNS, 0.3, 0.12, 0.34, 0.72)
_SHAPE = np.maximum(_LUB, _DUB)
"""The shape over a turn. At the highest tempo its quickest rise still takes seven frames, and it rests for a quarter of a second."""


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return lub, dub and rest, the same for all LEDs of a run."""
    turn = turns(t, parameters["tempo"], parameters["phase"])
    shape = np.interp(turn, _TURNS, _SHAPE)
    return spread(swing(np.asarray(shape, dtype=np.float32), parameters["depth"]), run.index.size)


HEARTBEAT = Effect(
    "heartbeat",
    {
        "fr": "Deux battements rapprochés, le second plus faible, puis un repos, comme un cœur.",
        "en": "Two beats close together, the second one weaker, then a rest, like a heart.",
    },
    {
        "tempo": ParameterKind(
            0.7, 0.0, 1.0, "Hz", {"fr": "Doubles battements par seconde.", "en": "Double beats per second."}
        ),
        "depth": ParameterKind(
            0.75,
            0.0,
            1.0,
            None,
            {"fr": "Part de la clarté qui s'en va au repos.", "en": "How much of the lightness goes at rest."},
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
