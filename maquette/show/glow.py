"""The glow: what a model shows while it starts and nothing is known yet. It tells nothing: the same faint warm white everywhere."""

import numpy as np

from maquette.show.finishing import Finishing
from maquette.show.model import Model

GLOW = (0.02, 0.014, 0.008)
"""Linear light, R, G, B: well under the tenth that counts as a flash."""
_STEP_S = 1 / 60
_STEPS = 300


def glow_of(model: Model) -> tuple[bytes, ...]:
    """Return the bytes of the glow for each strip, in the model's order, once it has come up as far as its supplies feed it."""
    finishing = Finishing(model)
    frame = np.tile(np.array(GLOW, dtype=np.float32), (model.led_count, 1))
    finished = finishing.finish(frame, 100.0, 0.0)
    for step in range(1, _STEPS):
        if not finished.held:
            break
        finished = finishing.finish(frame, 100.0, step * _STEP_S)
    return finished.wires
