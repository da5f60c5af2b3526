"""Scan: a soft beam goes to and fro along the run."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ease, ripple, to_light, turns

_WIDEST_SHARE = 0.5
_NARROWEST_SHARE = 0.12
"""Bounds of the beam's reach to either side, as shares of the run: short runs keep a dark side, on long ones nothing races past."""


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return a beam with eased sides that swings like a pendulum: at the start of the run at whole turns, at its end at half ones."""
    turn = np.asarray(turns(t, parameters["tempo"], parameters["phase"]), dtype=np.float32)
    centre = (run.length - 1.0) * (1.0 - ripple(turn))
    reach = np.clip(
        0.5 * parameters["width"], _NARROWEST_SHARE * run.length, np.maximum(_WIDEST_SHARE * run.length, 2.5)
    )
    near = ease(np.asarray(1.0 - np.abs(run.steps - centre) / reach, dtype=np.float32))
    ground = parameters["ground"]
    return np.asarray(ground + (1.0 - ground) * to_light(near), dtype=np.float32)


SCAN = Effect(
    "scan",
    {
        "fr": "Un faisceau doux va et vient le long du parcours, comme un regard qui cherche.",
        "en": "A soft beam goes to and fro along the run, like an eye that searches.",
    },
    {
        "tempo": ParameterKind(
            0.15, 0.0, 0.5, "Hz", {"fr": "Allers-retours par seconde.", "en": "Times to and fro per second."}
        ),
        "width": ParameterKind(
            12.0, 6.0, 200.0, None, {"fr": "Largeur du faisceau, en LED.", "en": "Width of the beam, in LEDs."}
        ),
        "ground": ParameterKind(
            0.03, 0.0, 0.5, None, {"fr": "Lumière hors du faisceau.", "en": "The light outside the beam."}
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
