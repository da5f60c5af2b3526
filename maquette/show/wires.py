"""Wires: the bytes that leave, strip by strip, in the order in which each wire carries the colours of a LED.

A LED with a white one gives the same light as one without: the grey that its three colours share leaves through the white LED instead.
"""

import numpy as np

from maquette.show.flash_guard import Pixels
from maquette.show.model import Model, Strip


class Wires:
    """Lays the finished bytes of a model on the wires of its strips."""

    def __init__(self, model: Model) -> None:
        self._strips = tuple((strip.span, _places(strip)) for strip in model.strips.values())
        self._pixels: Pixels | None = None
        self._wires: tuple[bytes, ...] = ()

    def lay(self, pixels: Pixels) -> tuple[bytes, ...]:
        """Return the bytes of each strip, in the model's order: `Strip.channels` for each LED.

        Args:
            pixels: R, G, B per LED, shape (LEDs, 3), uint8, never written to again.

        Returns:
            The same tuple as last time for the same object.
        """
        if pixels is not self._pixels:
            self._pixels = pixels
            self._wires = tuple(_laid(pixels[span], places) for span, places in self._strips)
        return self._wires


def _places(strip: Strip) -> list[int]:
    """Return where each channel of a wire comes from: 0, 1, 2 for red, green, blue, 3 for white."""
    return ["RGBW".index(colour) for colour in strip.order]


def _laid(pixels: Pixels, places: list[int]) -> bytes:
    if len(places) == 4:
        white = pixels.min(axis=1, keepdims=True)
        pixels = np.concatenate([pixels - white, white], axis=1)
    elif places == [0, 1, 2]:
        return pixels.tobytes()
    return pixels[:, places].tobytes()
