"""The series of a value: what it was and when, and what can be said of it at a moment. Pure arithmetic over arrays.

Times are seconds of any one clock. A value holds from its time until the next value's, and at the longest until an end of its own, which
whoever makes the series says: as long as its feed calls a value live (``fresh_for``), and a forecast until its validity ends.
Between a value's end and the next value nothing is known. At a moment ``now`` and for a window of W seconds:

    ago      the value that held at now - W. That is what "a reading near that time" means: none held, none is near
    change   the value that holds at now, minus the one that held at now - W
    min max  the least, the greatest of the values that held at some time from now - W to now
    mean     the mean over the time that is known: each value weighs as long as it held
    sum      of the values whose own time lies after now - W, up to now: for counts that each stand for a time of their own

The coverage of a window is the share of it during which some value held. Below `LEAST_COVERAGE` min, max, mean and sum are unknown.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

Function = Literal["ago", "min", "max", "mean", "sum", "change"]
"""What can be asked of the past of a value."""

FUNCTIONS: tuple[Function, ...] = get_args(Function)

LONGEST_WINDOW_S = 400 * 86_400.0
"""The longest window, seconds."""

LEAST_COVERAGE = 0.6
"""The share of its window that an aggregate must know."""

_ROUNDING = 1e-9  # of the window: a share of 60 % survives being added up from parts

Floats64 = npt.NDArray[np.float64]


class Point(NamedTuple):
    """One value of a series: its time, the value, the end after which it no longer holds, and whether a sample gave it."""

    time: float
    value: float
    until: float
    given: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """The values of one key of one value of a feed, oldest first. Made by `make_series` and `joined`.

    Attributes:
        times: when each value begins to hold (s), strictly rising; shape (n,).
        values: finite numbers.
        ends: when each ceases to hold (s): after its time, and not after the next one's.
        given: True for values that stand in a sample rather than came from the source.
    """

    times: Floats64
    values: Floats64
    ends: Floats64
    given: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return self.times.size

    def at(self, moment: float) -> int | None:
        """Return the index of the value that holds at a moment, or None."""
        index = int(np.searchsorted(self.times, moment, "right")) - 1
        return index if index >= 0 and moment < self.ends[index] else None

    def between(self, start: float, end: float) -> "Series":
        """Return the values that held at some time from ``start`` to ``end``."""
        return self._part(
            int(np.searchsorted(self.ends, start, "right")), int(np.searchsorted(self.times, end, "right"))
        )

    def before(self, moment: float) -> "Series":
        """Return the values that began to hold before a moment, cut there."""
        part = self._part(0, int(np.searchsorted(self.times, moment, "left")))
        return Series(part.times, part.values, np.minimum(part.ends, moment), part.given)

    def moved(self, seconds: float) -> "Series":
        """Return the same series, later by ``seconds``."""
        return Series(self.times + seconds, self.values, self.ends + seconds, self.given)

    def _part(self, first: int, last: int) -> "Series":
        return Series(self.times[first:last], self.values[first:last], self.ends[first:last], self.given[first:last])


def make_series(points: Iterable[Point]) -> Series:
    """Return a series of points in any order; of two at one time the later one given counts, and what never holds is left out."""
    latest = {point.time: point for point in points}
    kept = [latest[time] for time in sorted(latest) if latest[time].until > time and math.isfinite(latest[time].value)]
    columns = np.array([(point.time, point.value, point.until) for point in kept], dtype=np.float64).reshape(-1, 3)
    given = np.array([point.given for point in kept], dtype=np.bool_)
    return series_of(columns[:, 0], columns[:, 1], columns[:, 2], given)


def series_of(times: Floats64, values: Floats64, until: Floats64, given: npt.NDArray[np.bool_]) -> Series:
    """Return a series of finite values whose times rise strictly, each time before its end."""
    return Series(times, values, np.minimum(until, np.append(times[1:], np.inf)[: times.size]), given)


EMPTY = make_series(())


def joined(earlier: Series, later: Series) -> Series:
    """Return two series as one: where the later one begins, the earlier one ends."""
    if not len(later):
        return earlier
    kept = earlier.before(float(later.times[0]))
    return Series(
        np.concatenate((kept.times, later.times)),
        np.concatenate((kept.values, later.values)),
        np.concatenate((kept.ends, later.ends)),
        np.concatenate((kept.given, later.given)),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a series answers.

    Attributes:
        value: in the unit of the series, or None when unknown.
        problem: why it is unknown, a reason code of the locale files (``feed_problem_<code>``), or None.
        coverage: the share of the window that is known, 0 to 1; for ``ago`` and ``change`` 1 or 0.
        given: True when a value of a sample was used.
        measured_at: the time of the newest value used (s), or None.
        fresh_until: until when this stays the answer if nothing new comes (s).
        drop_at: from when on it would be unknown if nothing new came (s).
    """

    value: float | None
    problem: str | None = None
    coverage: float = 0.0
    given: bool = False
    measured_at: float | None = None
    fresh_until: float = math.inf
    drop_at: float = math.inf


def look(series: Series, function: Function, window_s: float, now: float) -> Found:
    """Return what a series says of its past.

    Args:
        series: what is known.
        function: what is asked.
        window_s: how far back, seconds, above 0.
        now: the moment for which it is asked, on the clock of the series; whatever comes later is not looked at.
    """
    match function:
        case "ago":
            return _ago(series, window_s, now)
        case "change":
            return _change(series, window_s, now)
    return _aggregate(series, function, window_s, now)


def value_at(series: Series, now: float) -> Found:
    """Return the value that holds at a moment."""
    index = series.at(now)
    if index is None:
        return Found(None, "no_past")
    time, end = float(series.times[index]), float(series.ends[index])
    return Found(float(series.values[index]), None, 1.0, bool(series.given[index]), time, end, end)


def _ago(series: Series, window_s: float, now: float) -> Found:
    then = value_at(series, now - window_s)
    end = then.drop_at + window_s
    return Found(then.value, then.problem, then.coverage, then.given, then.measured_at, end, end)


def _change(series: Series, window_s: float, now: float) -> Found:
    then, here = _ago(series, window_s, now), value_at(series, now)
    if then.value is None or here.value is None:
        return Found(None, "no_past" if here.value is not None else "no_present")
    value, end = here.value - then.value, min(then.drop_at, here.drop_at)
    if not math.isfinite(value):
        return Found(None, "implausible")
    return Found(value, None, 1.0, then.given or here.given, here.measured_at, end, end)


def _aggregate(series: Series, function: Function, window_s: float, now: float) -> Found:
    start = now - window_s
    within = series.between(start, now)
    held = np.minimum(within.ends, now) - np.maximum(within.times, start)
    coverage = min(float(held.sum()) / window_s, 1.0)
    if coverage < LEAST_COVERAGE - _ROUNDING:
        return Found(None, "short_past" if len(within) else "no_past", coverage)
    value = _folded(within, function, held, start)
    if not math.isfinite(value):
        return Found(None, "implausible", coverage)
    # Once the newest value has ceased to hold, the window goes on without it: its end is no longer known.
    end = float(within.ends[-1])
    drop_at = max(end, now) + (1.0 - LEAST_COVERAGE) * window_s
    return Found(value, None, coverage, bool(within.given.any()), float(within.times[-1]), end, drop_at)


def _folded(within: Series, function: Function, held: Floats64, start: float) -> float:
    values = within.values
    with np.errstate(over="ignore", invalid="ignore"):
        match function:
            case "min":
                return float(values.min())
            case "max":
                return float(values.max())
            case "mean":
                # A mean lies among its values, whatever is lost in adding them up.
                return float(np.clip(np.dot(values, held / held.sum()), values.min(), values.max()))
        return float(values[within.times > start].sum())
