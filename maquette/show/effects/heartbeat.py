"""Heartbeat: two beats close together, the second one weaker, then a rest."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ease, spread, swing, turns

# When a beat begins, how long it rises and how long it falls, in turns, and how strong it is. At the highest tempo the quickest rise
# still takes seven frames.
_LUB = (0.0, 0.12, 0.2, 1.0)
_DUB = (0.3, 0.12, 0.34, 0.72)


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return lub and dub, each with an eased rise and a longer fall; the light rests for a quarter of the turn."""
    turn = np.asarray(turns(t, parameters["tempo"], parameters["phase"]), dtype=np.float32)
    shape = np.maximum(_beat(turn, *_LUB), _beat(turn, *_DUB))
    return spread(swing(shape, parameters["depth"]), run.index.size)


def _beat(turn: Floats, start: float, rise: float, fall: float, strength: float) -> Floats:
    """Return one beat over a turn, in [0, ``strength``]."""
    since = turn - np.float32(start)
    return np.asarray(strength * ease(since / rise) * (1.0 - ease((since - rise) / fall)), dtype=np.float32)


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
