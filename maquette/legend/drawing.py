"""Drawing: the few shapes of which a sheet is made. Lengths are millimetres from the top left corner, colours are ``"#rrggbb"``."""

from collections.abc import Callable
from dataclasses import dataclass

Point = tuple[float, float]

Measure = Callable[[str, float, bool], float]
"""(text, size, strong) → its width."""


@dataclass(frozen=True, slots=True)
class Letters:
    """A line of text whose baseline begins at x, y; ``size`` is that of its font, ``strong`` its heavier cut."""

    x: float
    y: float
    text: str
    size: float
    ink: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled disc around x, y."""

    x: float
    y: float
    radius: float
    fill: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A filled rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    fill: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    width: float
    ink: str


Shape = Letters | Disc | Panel | Stroke


@dataclass(frozen=True, slots=True)
class Page:
    """A page, painted in order on white."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pages of one size, with a title and the language of its first words for whoever reads them aloud."""

    title: str
    language: str
    width: float
    height: float
    pages: tuple[Page, ...]
