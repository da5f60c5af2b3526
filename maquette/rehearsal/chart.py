"""The chart: the plan drawn from the paths of the zones, as a night map, and the light of all LEDs added to it as glows.

Places are millimetres on the plan; pictures are arrays, shape (height, width, 3). Light is linear until the last step.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from maquette.core.colour import Floats, to_linear
from maquette.core.exhibition import Point, ZoneCard
from maquette.core.text import words
from maquette.letters import letters
from maquette.rehearsal.lines import drawable
from maquette.rehearsal.look import BED, GROUND, LABEL, LINE, UNLIT, Colour

Picture = npt.NDArray[np.uint8]
"""sRGB, shape (height, width, 3)."""

WATER = ("river", "rivers", "water")
"""Groups of these names are drawn as water."""

_FINE = 3  # drawn larger and scaled down, for smooth edges
_BED_MM = 30.0
_COMPACT_MM = 160.0
_CORE_MM, _HALO_MM = 3.2, 15.0
_CORE_GAIN, _HALO_GAIN = 2.6, 0.16
_GRAIN = 4  # halos are wide and soft: they are worked out on a coarser grid
_STEPS = 2048

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class _Glow:
    """The same soft disc around every LED: which pixels of a picture it touches, and how much light they get."""

    shape: tuple[int, int]
    touched: npt.NDArray[np.intp]
    """Numbers of the pixels that any disc touches, rising."""
    pixels: npt.NDArray[np.intp]
    """For each LED and each pixel of its disc: which of `touched`."""
    weights: npt.NDArray[np.float64]
    """The same, how much of the LED's light; shape (LEDs, pixels of a disc)."""

    def light(self, levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        """Return what LEDs of linear light ``levels``, shape (LEDs, 3), add to the touched pixels, shape (3, touched)."""
        return np.stack(
            [
                np.bincount(self.pixels, (plane[:, None] * self.weights).ravel(), self.touched.size).astype(np.float32)
                for plane in levels.T
            ]
        )


class Chart:
    """Draws the model in a box of pixels."""

    def __init__(self, zones: Sequence[ZoneCard], size_mm: Point, box: tuple[int, int], language: str) -> None:
        self.scale = min(box[0] / size_mm[0], box[1] / size_mm[1])
        self.width, self.height = round(size_mm[0] * self.scale), round(size_mm[1] * self.scale)
        self._leds = np.array([led for zone in zones for led in zone.leds], dtype=np.intp)
        places = np.array([place for zone in zones for place in zone.places], dtype=np.float64).reshape(-1, 2)
        shape = (self.height, self.width)
        self._core = _glow(places * self.scale, shape, _CORE_MM * self.scale, _CORE_GAIN)
        coarse = (math.ceil(self.height / _GRAIN), math.ceil(self.width / _GRAIN))
        at = (places * self.scale + 0.5) / _GRAIN - 0.5
        self._halo = _glow(at, coarse, _HALO_MM * self.scale / _GRAIN, _HALO_GAIN)
        ground = np.asarray(self._draw_ground(zones, language), dtype=np.float32) / 255
        self._ground = np.ascontiguousarray(to_linear(ground).transpose(2, 0, 1))

    def lit(self, light: Floats) -> Image.Image:
        """Return the plan by the light of its LEDs, shape (LEDs of the model, 3), linear."""
        levels = light[self._leds].astype(np.float64)
        planes = self._spread(self._halo.light(levels))
        planes += self._ground
        planes.reshape(3, -1)[:, self._core.touched] += self._core.light(levels)
        np.minimum(planes, 1.0, out=planes)
        return Image.merge("RGB", [Image.fromarray(plane) for plane in encode(planes)])

    def _spread(self, halo: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return halos, worked out on a coarse grid, as planes of the whole picture, shape (3, height, width)."""
        coarse = np.zeros((3, self._halo.shape[0] * self._halo.shape[1]), dtype=np.float32)
        coarse[:, self._halo.touched] = halo
        size = (self._halo.shape[1] * _GRAIN, self._halo.shape[0] * _GRAIN)
        fine = (Image.fromarray(p.reshape(self._halo.shape)).resize(size, Image.Resampling.BILINEAR) for p in coarse)
        return np.stack([np.asarray(plane)[: self.height, : self.width] for plane in fine])

    # -- what stands still -------------------------------------------------------------------------------------------

    def _draw_ground(self, zones: Sequence[ZoneCard], language: str) -> Image.Image:
        fine = Image.new("RGB", (self.width * _FINE, self.height * _FINE), GROUND)
        draw = ImageDraw.Draw(fine)
        for zone in zones:
            if any(group in WATER for group in zone.groups):
                self._line(draw, zone.places, BED, _BED_MM)
        for zone in zones:
            closed = [*zone.places, zone.places[0]] if is_ring(zone.places) else zone.places
            self._line(draw, closed, LINE, 1.8)
        radius = max(0.8, 1.6 * self.scale) * _FINE
        for place in (place for zone in zones for place in zone.places):
            x, y = (along * self.scale * _FINE for along in place)
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=UNLIT)
        ground = fine.resize((self.width, self.height), Image.Resampling.BOX)
        self._label(ImageDraw.Draw(ground), zones, language)
        return ground

    def _line(self, draw: ImageDraw.ImageDraw, places: Sequence[Point], colour: Colour, width_mm: float) -> None:
        points = [(x * self.scale * _FINE, y * self.scale * _FINE) for x, y in places]
        width = max(1, round(width_mm * self.scale * _FINE))
        if len(points) > 1:
            draw.line(points, fill=colour, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)

    def _label(self, draw: ImageDraw.ImageDraw, zones: Sequence[ZoneCard], language: str) -> None:
        """Write the names of zones where there is room, those of compact zones first; a name without room is left out."""
        font = letters(max(9, round(19 * self.scale)))
        taken = [self._spot(place) for zone in zones for place in zone.places]
        for zone in sorted(zones, key=lambda zone: not is_compact(zone.places)):
            name = drawable(words(zone.title, language) or zone.id)
            left, top, right, bottom = font.getbbox(name, anchor="mm")
            for x, y in self._sites(zone.places, right - left, bottom - top):
                box = (x + left - 2, y + top - 1, x + right + 2, y + bottom + 1)
                if self._free(box, taken):
                    draw.text((x, y), name, fill=LABEL, font=font, anchor="mm")
                    taken.append(box)
                    break

    def _spot(self, place: Point) -> _Box:
        x, y, reach = place[0] * self.scale, place[1] * self.scale, 4.0 * self.scale
        return x - reach, y - reach, x + reach, y + reach

    def _free(self, box: _Box, taken: Sequence[_Box]) -> bool:
        inside = box[0] >= 4 and box[1] >= 4 and box[2] <= self.width - 4 and box[3] <= self.height - 4
        return inside and not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
        )

    def _sites(self, places: Sequence[Point], width: float, height: float) -> Iterator[tuple[float, float]]:
        """Yield where the middle of a name may stand: below, above, right and left of the zone, or of its middle when it is long."""
        points = np.array(places) * self.scale
        if not is_compact(places):
            points = points[len(points) // 2 : len(points) // 2 + 1]
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        gap = 9 * self.scale
        x, y = (left + right) / 2, (top + bottom) / 2
        yield x, bottom + gap + height / 2 + 1
        yield x, top - gap - height / 2 - 1
        yield right + gap + width / 2 + 2, y
        yield left - gap - width / 2 - 2, y


def is_compact(places: Sequence[Point]) -> bool:
    """Tell whether a zone is a spot rather than a line on the plan."""
    return all(max(along) - min(along) < _COMPACT_MM for along in zip(*places, strict=True))


def is_ring(places: Sequence[Point]) -> bool:
    """Tell whether a zone's last LED lies next to its first."""
    if len(places) < 4:
        return False
    step = math.dist(places[0], places[1])
    return math.dist(places[0], places[-1]) <= 1.6 * step


def _glow(centres: npt.NDArray[np.float64], shape: tuple[int, int], sigma: float, gain: float) -> _Glow:
    """Return the glow of LEDs at ``centres``, shape (n, 2), in pixels x, y."""
    reach = math.ceil(3 * sigma)
    around = np.arange(-reach, reach + 1)
    at = np.rint(centres).astype(np.intp)
    xs, ys = at[:, 0, None] + around, at[:, 1, None] + around
    across = np.exp(-((xs - centres[:, 0, None]) ** 2) / (2 * sigma**2))
    down = np.exp(-((ys - centres[:, 1, None]) ** 2) / (2 * sigma**2))
    weights = gain * down[:, :, None] * across[:, None, :]
    inside = ((ys >= 0) & (ys < shape[0]))[:, :, None] & ((xs >= 0) & (xs < shape[1]))[:, None, :]
    pixels = ys[:, :, None] * shape[1] + xs[:, None, :]
    weights, pixels = (
        each.reshape(len(centres), -1) for each in (np.where(inside, weights, 0.0), np.where(inside, pixels, 0))
    )
    touched, numbers = np.unique(pixels, return_inverse=True)
    return _Glow(shape, touched, numbers.reshape(-1), weights)


def encode(light: npt.NDArray[np.floating[Any]]) -> Picture:
    """Return linear light in [0, 1], any shape, as sRGB bytes."""
    encoded: Picture = _ENCODED.take((light * np.float32(_STEPS)).astype(np.uint16))
    return encoded


def _encoded() -> Picture:
    linear = np.arange(_STEPS + 1) / _STEPS
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    table: Picture = np.rint(encoded * 255).astype(np.uint8)
    return table


_ENCODED = _encoded()
