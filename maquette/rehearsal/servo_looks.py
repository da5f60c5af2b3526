"""Servos on the plan: a needle, a gate, a turbine, drawn small and smooth at an angle in degrees, as the virtual model draws them."""

import math
from functools import cache

from PIL import Image, ImageDraw

from maquette.rehearsal.look import LABEL, SOFT, UNLIT

_FINE = 4
_REACH_MM = 76

_Pen = ImageDraw.ImageDraw


def draw_servo(frame: Image.Image, looks: str, at: tuple[float, float], scale: float, degrees: int) -> None:
    """Draw a servo on a frame, its hinge at ``at`` (pixels); 0° points up, angles go clockwise."""
    tile = _tile(looks, scale, degrees)
    place = round(at[0] - tile.width / 2), round(at[1] - tile.height / 2)
    frame.paste(tile, place, tile)


@cache
def _tile(looks: str, scale: float, degrees: int) -> Image.Image:
    half = math.ceil(_REACH_MM * scale)
    tile = Image.new("RGBA", (2 * half * _FINE, 2 * half * _FINE), (*UNLIT, 0))
    drawing = _Drawing(ImageDraw.Draw(tile), half * _FINE, scale * _FINE, degrees)
    {"gate": drawing.gate, "turbine": drawing.turbine}.get(looks, drawing.needle)()
    return tile.resize((2 * half, 2 * half), Image.Resampling.BOX)


class _Drawing:
    """Draws in millimetres around a hinge, x to the right and y down, turned by the servo's angle."""

    def __init__(self, pen: _Pen, centre: float, scale: float, degrees: float) -> None:
        self._pen, self._centre, self._scale, self._turn = pen, centre, scale, math.radians(degrees)

    def needle(self) -> None:
        """0° points up."""
        self._line((0, 12), (0, -54), 3.2)
        self._dot(5)

    def gate(self) -> None:
        """A leaf on its hinge: at 0° it lies across the lock."""
        for x in (-5, 39):
            self._line((x, -22), (x, 22), 1.8, turned=False)
        self._line((0, 0), (34, 0), 4.5)
        self._dot(4.5)

    def turbine(self) -> None:
        """Three blades on a mast."""
        self._line((0, 0), (0, 74), 2.4, turned=False)
        for blade in (0, 120, 240):
            angle = math.radians(blade)
            self._line((0, 0), (50 * math.sin(angle), -50 * math.cos(angle)), 3.6)
        self._dot(4)

    def _line(self, start: tuple[float, float], end: tuple[float, float], width: float, *, turned: bool = True) -> None:
        points = [self._at(point, turned=turned) for point in (start, end)]
        colour = (*SOFT, 255) if turned else (*LABEL, 160)
        self._pen.line(points, fill=colour, width=max(1, round(width * self._scale)))

    def _dot(self, radius: float) -> None:
        reach = radius * self._scale
        box = (self._centre - reach, self._centre - reach, self._centre + reach, self._centre + reach)
        self._pen.ellipse(box, fill=(*SOFT, 255))

    def _at(self, point: tuple[float, float], *, turned: bool) -> tuple[float, float]:
        x, y = point
        if turned:
            cos, sin = math.cos(self._turn), math.sin(self._turn)
            x, y = x * cos - y * sin, x * sin + y * cos
        return self._centre + x * self._scale, self._centre + y * self._scale
