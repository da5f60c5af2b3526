"""Wires: the bytes that leave, strip by strip, in the order in which each wire carries the colours of a LED.

A LED with a white one gives the same light as one without: what its three colours have of the white one's own colour leaves through the
white LED instead. That is done once, in whole numbers, before power is counted: the bytes that leave are those that draw current.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

from maquette.show.flash_guard import Pixels
from maquette.show.model import LINEAR_GAMMA, Model, Strip

Drive = npt.NDArray[np.uint8]
"""What drives each LED: R, G, B, and W where the model has any LED with a white one, shape (LEDs, 3 or 4); 0 where a LED has none.

The same as the `Pixels` for LEDs of three colours.
"""

_NEUTRAL = (1.0, 1.0, 1.0)
_BYTES = np.arange(256)


class Wires:
    """Lays the finished bytes of a model on the wires of its strips."""

    def __init__(self, model: Model) -> None:
        self._strips = tuple((strip.span, _places(strip)) for strip in model.strips.values())
        self._runs = _runs(model)
        self._any_white = any(white is not None for _, white in self._runs)
        self._drive: Drive | None = None
        self._wires: tuple[bytes, ...] = ()

    @property
    def channels(self) -> int:
        """How many columns a `Drive` has."""
        return 4 if self._any_white else 3

    def split(self, pixels: Pixels) -> Drive:
        """Return what drives the LEDs that are to be seen so; without white LEDs the same object."""
        if not self._any_white:
            return pixels
        drive = np.empty((len(pixels), 4), dtype=np.uint8)
        for span, white in self._runs:
            if white is None:
                drive[span, :3], drive[span, 3] = pixels[span], 0
            else:
                white.split(pixels[span], drive[span])
        return drive

    def seen(self, drive: Drive) -> Pixels:
        """Return what LEDs that are driven so look like: what was split, to a byte or two; without white LEDs the same object."""
        if not self._any_white:
            return drive
        pixels = drive[:, :3].copy()
        for span, white in self._runs:
            if white is not None:
                white.join(pixels[span], drive[span, 3])
        return pixels

    def lay(self, drive: Drive) -> tuple[bytes, ...]:
        """Return the bytes of each strip, in the model's order: `Strip.channels` for each LED.

        Args:
            drive: never written to again.

        Returns:
            The same tuple as last time for the same object.
        """
        if drive is not self._drive:
            self._drive = drive
            self._wires = tuple(_laid(drive[span], places) for span, places in self._strips)
        return self._wires


def _places(strip: Strip) -> list[int]:
    """Return where each channel of a wire comes from: 0, 1, 2 for red, green, blue, 3 for white."""
    return ["RGBW".index(colour) for colour in strip.order]


def _laid(drive: Drive, places: list[int]) -> bytes:
    if places == list(range(drive.shape[1])):
        return drive.tobytes()
    # Column by column: several times as fast as an index of columns.
    laid = np.empty((len(drive), len(places)), dtype=np.uint8)
    for channel, place in enumerate(places):
        laid[:, channel] = drive[:, place]
    return laid.tobytes()


def _runs(model: Model) -> "list[tuple[slice, _GreyLed | _TintedLed | None]]":
    """Return the LEDs in runs with their white one, or None: strips that are alike and follow one another are one run."""
    runs: list[tuple[slice, _GreyLed | _TintedLed | None]] = []
    for strip in model.strips.values():
        span, white = strip.span, _white_led(strip.gamma, strip.white) if strip.channels == 4 else None
        if runs and runs[-1][1] is white:
            span = slice(runs.pop()[0].start, span.stop)
        runs.append((span, white))
    return runs


class _GreyLed:
    """A white LED of the grey that R, G and B make together, on a strip whose light is in proportion to its bytes: exact."""

    def split(self, pixels: Pixels, drive: Drive) -> None:
        white = drive[:, 3]
        np.minimum(pixels[:, 0], pixels[:, 1], out=white)
        np.minimum(white, pixels[:, 2], out=white)
        for colour in range(3):
            np.subtract(pixels[:, colour], white, out=drive[:, colour])

    def join(self, pixels: Pixels, white: npt.NDArray[np.uint8]) -> None:
        for colour in range(3):
            # Both were scaled down from bytes that fit together, so this fits.
            pixels[:, colour] += white


@dataclass(frozen=True, eq=False)
class _TintedLed:
    """A white LED of any colour, or on a strip of any gamma: tables of bytes.

    Attributes:
        most: the most white that the byte of each colour holds, shape (3, 256).
        rest: what is left of each colour's byte beside so much white, shape (3, 256 bytes × 256 whites).
        sum: what each colour's byte and so much white look like together, of the same shape.
    """

    most: npt.NDArray[np.uint8]
    rest: npt.NDArray[np.uint8]
    sum: npt.NDArray[np.uint8]

    @classmethod
    def made(cls, gamma: float, white: tuple[float, float, float]) -> Self:
        exponent = LINEAR_GAMMA / gamma
        light = (_BYTES / 255) ** exponent
        part = np.array(white)[:, None] * light  # of each colour in each byte of white
        rest = light[None, :, None] - part[:, None, :]
        most = (rest >= -1e-9).sum(axis=2) - 1
        both = light[None, :, None] + part[:, None, :]
        coded = (np.rint(255 * np.clip(table, 0, 1) ** (1 / exponent)).astype(np.uint8) for table in (rest, both))
        rest_bytes, sum_bytes = (table.reshape(3, -1) for table in coded)
        return cls(most.astype(np.uint8), rest_bytes, sum_bytes)

    def split(self, pixels: Pixels, drive: Drive) -> None:
        red, green, blue = (most.take(pixels[:, colour]) for colour, most in enumerate(self.most))
        white = np.minimum(np.minimum(red, green), blue)
        drive[:, 3] = white
        self._look_up(self.rest, pixels, white, drive)

    def join(self, pixels: Pixels, white: npt.NDArray[np.uint8]) -> None:
        self._look_up(self.sum, pixels, white, pixels)

    @staticmethod
    def _look_up(tables: npt.NDArray[np.uint8], colours: Pixels, white: npt.NDArray[np.uint8], into: Drive) -> None:
        for colour in range(3):
            place = colours[:, colour].astype(np.intp)
            place <<= 8
            place |= white
            into[:, colour] = tables[colour].take(place)


@lru_cache(maxsize=8)
def _white_led(gamma: float, white: tuple[float, float, float]) -> _GreyLed | _TintedLed:
    return _GreyLed() if white == _NEUTRAL and gamma == LINEAR_GAMMA else _TintedLed.made(gamma, white)
