"""Pulse: the whole run lights up together and fades away, like a beacon far off."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ease, spread, swing, turns

_RISE = 0.22
"""Share of a turn in which the light comes up: at the highest tempo that is still nine frames."""


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return a beat: an eased rise, then a long fall that leaves its peak and meets its foot without a corner."""
    turn = np.asarray(turns(t, parameters["tempo"], parameters["phase"]), dtype=np.float32)
    fall = np.clip((turn - _RISE) / (1.0 - _RISE), 0.0, 1.0)
    left = 1.0 - fall
    shape = np.where(turn < _RISE, ease(turn / _RISE), left * left * left * (1.0 + 3.0 * fall))
    return spread(swing(np.asarray(shape, dtype=np.float32), parameters["depth"]), run.index.size)


PULSE = Effect(
    "pulse",
    {
        "fr": "La lumière monte doucement puis s'éteint, encore et encore, comme un phare au loin.",
        "en": "The light comes up softly and dies away, again and again, like a beacon far off.",
    },
    {
        "tempo": ParameterKind(0.4, 0.0, 1.5, "Hz", {"fr": "Battements par seconde.", "en": "Beats per second."}),
        "depth": ParameterKind(
            0.85,
            0.0,
            1.0,
            None,
            {
                "fr": "Part de la clarté qui s'en va entre deux battements.",
                "en": "How much of the lightness goes between two beats.",
            },
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
