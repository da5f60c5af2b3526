"""Geography: from the plan of a model to the earth, and distances there. Good to a metre in ten kilometres; no projection is needed."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats64 = npt.NDArray[np.float64]
Control = tuple[float, float, float, float]
"""x, y (mm on the plan), latitude, longitude (degrees)."""

EARTH_RADIUS_M = 6_371_008.8
"""The mean radius of the earth (IUGG)."""


def on_earth(controls: Sequence[Control], points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return where points of a plan lie: (latitude, longitude) in degrees.

    Args:
        controls: three points that are not on one line.
        points: (x, y) in mm.

    Raises:
        ValueError: the control points lie on one line.
    """
    if on_one_line(controls):
        raise ValueError("the control points lie on one line")
    matrix = np.linalg.solve(_places(controls), np.array([[lat, lon] for _, _, lat, lon in controls]))
    found = np.array([[x, y, 1.0] for x, y in points]) @ matrix
    return tuple((float(lat), float(lon)) for lat, lon in found)


def on_one_line(controls: Sequence[Control]) -> bool:
    """Tell whether three control points lie on one line, on the plan or on the earth: then they do not lay it anywhere."""
    earth = [[lat, lon, 1.0] for _, _, lat, lon in controls]
    # Less than 1 mm² of the plan, or some 100 m² of the earth, is a triangle without area.
    return bool(abs(np.linalg.det(_places(controls))) < 1.0 or abs(np.linalg.det(np.array(earth))) < 1e-8)


def _places(controls: Sequence[Control]) -> Floats64:
    return np.array([[x, y, 1.0] for x, y, _, _ in controls])


def distances(places: Floats64, path: Sequence[tuple[float, float]]) -> Floats64:
    """Return how far places lie from a path, in metres.

    Args:
        places: shape (n, 2): latitude, longitude (degrees).
        path: points (latitude, longitude) in degrees, at least one, joined by straight lines.

    Returns:
        Shape (n,); NaN where a place is unknown.
    """
    line = np.array(path, dtype=np.float64)
    scale = _metres_per_degree(line)
    at, line = (places - line[0]) * scale, (line - line[0]) * scale
    starts, ends = (line[:-1], line[1:]) if len(line) > 1 else (line, line)
    along = ends - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((at[:, None] - starts) * along).sum(axis=2) / lengths, 0.0, 1.0)
    nearest = starts + share[:, :, None] * along
    result: Floats64 = np.sqrt(((at[:, None] - nearest) ** 2).sum(axis=2)).min(axis=1)
    return result


def _metres_per_degree(line: Floats64) -> Floats64:
    """Return how many metres a degree of latitude and one of longitude have near the beginning of a line."""
    scale: Floats64 = np.radians(1.0) * EARTH_RADIUS_M * np.array([1.0, np.cos(np.radians(line[0, 0]))])
    return scale


def zones_of(
    places: Floats64, paths: Mapping[str, Sequence[tuple[float, float]]], within_m: float, *, nearest: bool
) -> list[tuple[str, ...]]:
    """Return for each place the zones in whose reach it lies.

    Args:
        places: shape (n, 2): latitude, longitude (degrees); NaN where unknown: it lies in none.
        paths: zone → where it lies.
        within_m: how far from a zone a place may lie (m).
        nearest: only the nearest of them; of equals the first.
    """
    names = list(paths)
    if not names or not len(places):
        return [()] * len(places)
    far = np.full((len(places), len(names)), np.inf)
    for index, name in enumerate(names):
        # Most places are not even near: they need no measuring.
        line = np.array(paths[name], dtype=np.float64)
        reach = within_m / _metres_per_degree(line)
        near = ((places >= line.min(axis=0) - reach) & (places <= line.max(axis=0) + reach)).all(axis=1)
        far[near, index] = distances(places[near], paths[name])
    if nearest:
        best = far.argmin(axis=1)
        reached = far[np.arange(len(places)), best] <= within_m
        return [(names[index],) if inside else () for index, inside in zip(best, reached, strict=True)]
    found: list[tuple[str, ...]] = [()] * len(places)
    for place, index in np.argwhere(far <= within_m):
        found[place] += (names[index],)
    return found
