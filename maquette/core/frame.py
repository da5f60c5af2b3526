"""Frames: linear RGB for every LED of the model, all strips one after another, shape (LEDs, 3), float32 in [0, 1]."""

import numpy as np

from maquette.core.colour import Floats

Frame = Floats
"""Shape (LEDs, 3), linear light."""


def dark(leds: int) -> Frame:
    """Return a frame with every LED off."""
    return np.zeros((leds, 3), dtype=np.float32)
