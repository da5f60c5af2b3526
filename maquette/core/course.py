"""The course of a value: how it went up to now, for a page that draws it. The console asks for it, the feeds answer.

Times are seconds since 1970. What is thinned out keeps its peaks and its gaps: nothing is drawn where nothing is known.
"""

from dataclasses import dataclass

import numpy as np

from maquette.core.past import ReadingSeries
from maquette.core.series import Series, series_of

DAY_S = 86_400.0
"""Seconds of the past that a page draws."""
MOST_POINTS = 200
"""Points of a course, at most."""


@dataclass(frozen=True, slots=True)
class CourseWanted:
    """How did a value go? From console to feeds, and answered by one `Course`.

    Attributes:
        feed: the feed's name.
        name: the value's name, which is none of a past term's.
        key: the row's key, or None.
        span_s: how far back, seconds, above 0.
    """

    feed: str
    name: str
    key: str | None = None
    span_s: float = DAY_S


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """How a value went, from feeds to console.

    Attributes:
        wanted: what was asked.
        now: the moment at which it was answered; the series ends there at the latest.
        known: the series, of `MOST_POINTS` at most, with a reading that tells everything else; None when there is no such value, or no
            clock that can be believed.
    """

    wanted: CourseWanted
    now: float
    known: ReadingSeries | None = None


def course_of(series: Series, start: float, end: float, most: int = MOST_POINTS) -> Series:
    """Return what is known between two moments in ``most`` points at most (at least 6), cut at both.

    Where there are too many, the least and the greatest of each of equal parts of the time stay, and the first and the last of all.
    A value that stays stands in for those left out after it, up to the first gap: a gap may grow by a part, it never closes.
    """
    part = series.between(start, end)
    inside = (part.times < end) & (part.ends > start)
    times = np.maximum(part.times[inside], start)
    ends = np.minimum(part.ends[inside], end)
    values, given = part.values[inside], part.given[inside]
    if times.size <= most:
        return series_of(times, values, ends, given)
    buckets = np.minimum((times - start) * ((most - 2) // 2) // (end - start), (most - 2) // 2 - 1)
    kept = {0, times.size - 1}
    for members in np.split(np.arange(times.size), np.flatnonzero(np.diff(buckets)) + 1):
        kept |= {int(members[values[members].argmin()]), int(members[values[members].argmax()])}
    chosen = np.array(sorted(kept))
    # A run is what follows without a gap, and is all given or all real; a point reaches to the end of its run at most.
    breaks = np.flatnonzero((ends[:-1] < times[1:]) | (given[:-1] != given[1:]))
    run_ends = np.append(ends[breaks], ends[-1])
    reach = run_ends[np.searchsorted(breaks, chosen)]
    return series_of(times[chosen], values[chosen], reach, given[chosen])
