"""Placing: where LEDs were seen to stand flows in, the path of their zone flows out. Places are x, y on the plan in millimetres.

A zone's LEDs are spread evenly along its path, so a path is good when every LED lands where it was seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from maquette.config.build_model import spread_along
from maquette.core.exhibition import Point

Places = npt.NDArray[np.float64]
"""Places of LEDs or points, shape (n, 2), mm."""

TOLERANCE_MM = 2.0
"""How far a point may lie beside the path and still be left out of it."""
FAR_MM = 5.0
"""How far an LED may land from where it was seen before points are kept, and before somebody is told."""
_NO_WORSE_MM = 1.0
"""How much worse than the best a path may be that is shorter to write, where none is good."""
_UNEVEN = 1.5
"""How much longer than usual a step between two LEDs is that breaks a zone."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A path, and how well it fits.

    Attributes:
        path: its points, at least one, in whole millimetres where these are enough.
        worst_mm: how far the LED that fits least lands from where it was seen.
        worst: the number of that LED in the zone, from 0.
        gap: the number of the LED behind which the strip makes a longer step than elsewhere, where this is what does not fit; else None.
    """

    path: tuple[Point, ...]
    worst_mm: float
    worst: int
    gap: int | None = None

    @property
    def is_far(self) -> bool:
        """Whether some LED lands too far from where it was seen."""
        return self.worst_mm > FAR_MM


def filled(count: int, seen: Mapping[int, Point]) -> Places:
    """Return where every LED of a zone stands: those between two that were seen stand evenly between them.

    Args:
        count: how many LEDs there are.
        seen: places by number in the zone, from 0; the first and the last LED are among them.

    Returns:
        Their places, shape (count, 2), mm.
    """
    numbers = sorted(seen)
    known = np.array([seen[number] for number in numbers], dtype=np.float64)
    return np.stack([np.interp(np.arange(count), numbers, known[:, axis]) for axis in (0, 1)], axis=-1)


def fitted(places: Places) -> Fit:
    """Return the path with the fewest points along which LEDs land where they were seen; where none is good, the fewest of the best.

    Args:
        places: of the LEDs in their order, shape (n, 2), mm; n at least 1.
    """
    tried = list[Fit]()
    for path in _paths(places):
        off = np.hypot(*(spread_along(path, len(places))[0] - places).T)
        fit = Fit(path, float(off.max()), int(off.argmax()))
        if not fit.is_far:
            return fit
        tried.append(fit)
    least = min(fit.worst_mm for fit in tried)
    best = next(fit for fit in tried if fit.worst_mm <= least + _NO_WORSE_MM)  # more points mend no uneven steps
    return replace(best, gap=_gap(places))


def laid(path: Sequence[Point], places: Places) -> bool:
    """Tell whether a path lays LEDs just where they are seen, so that no other is needed."""
    return bool(np.abs(spread_along(path, len(places))[0] - places).max() < 0.1)


def _paths(places: Places) -> Iterator[tuple[Point, ...]]:
    """Yield paths through LEDs, from the shortest to write to the one that goes through each of them."""
    for tolerance, digits in ((TOLERANCE_MM, 0), (TOLERANCE_MM / 2, 0), (TOLERANCE_MM / 4, 0), (0.0, 0), (0.0, 1)):
        yield _written(places[_kept(places, tolerance)], digits)


def _written(points: Places, digits: int) -> tuple[Point, ...]:
    """Return points rounded to some digits, each once in a row."""
    rounded = [(_number(x, digits), _number(y, digits)) for x, y in points.tolist()]
    return tuple(point for number, point in enumerate(rounded) if not number or point != rounded[number - 1])


def _number(value: float, digits: int) -> float:
    number = round(value, digits)
    return int(number) if number == int(number) else number


def _kept(points: Places, tolerance: float) -> list[int]:
    """Return the numbers of the points that Douglas and Peucker keep: all others lie within a tolerance of the line between these."""
    kept, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        away = _beside(points[first + 1 : last], points[first], points[last])
        if away.max() > tolerance:
            middle = first + 1 + int(away.argmax())
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    return sorted(kept)


def _beside(points: Places, start: Places, end: Places) -> Places:
    """Return how far points lie from the line between two others, not beyond its ends."""
    along = end - start
    length = float(along @ along)
    share = np.clip((points - start) @ along / length, 0.0, 1.0) if length else np.zeros(len(points))
    away: Places = np.hypot(*(points - start - share[:, None] * along).T)
    return away


def _gap(places: Places) -> int | None:
    """Return the number of the LED behind which the longest step is, when it is much longer than most."""
    steps = np.hypot(*np.diff(places, axis=0).T)
    if len(steps) < 2 or steps.max() <= _UNEVEN * max(float(np.median(steps)), 1.0):
        return None
    return int(steps.argmax())
