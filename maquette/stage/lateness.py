"""Lateness: how long after its deadline each frame began, kept as a histogram. Cheap enough to be always on."""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

from maquette.core.vitals import LATENESS_BOUNDS_S, FrameTally

# Twelve steps per decade from 10 µs to 10 s: a quantile is at most a fifth too high.
_BOUNDS_S = tuple(1e-5 * 10 ** (step / 12) for step in range(73))
_TOLD = [12 + 4 * step for step in range(len(LATENESS_BOUNDS_S))]
"""The places in `_BOUNDS_S` of the bounds that are told to others."""


@dataclass(frozen=True, slots=True)
class LatenessSummary:
    """How punctual the frames were.

    Attributes:
        frames: how many were begun.
        skipped: how many were left out because the one before came too late.
        p50_s: half of them were no later than this.
        p99_s: all but one in a hundred were no later than this.
        maximum_s: the latest.
    """

    frames: int
    skipped: int
    p50_s: float
    p99_s: float
    maximum_s: float


class Lateness:
    """Counts frames by how late they began."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._counts = [0] * (len(_BOUNDS_S) + 1)
        self._frames = 0
        self._skipped = 0
        self._maximum_s = 0.0
        self._sum_s = 0.0

    def add(self, late_s: float, skipped: int = 0) -> None:
        """Count a frame that began ``late_s`` after its deadline, and the deadlines that were left out for it."""
        self._counts[bisect_left(_BOUNDS_S, late_s)] += 1
        self._frames += 1
        self._skipped += skipped
        self._sum_s += late_s
        self._maximum_s = max(self._maximum_s, late_s)

    def summary(self) -> LatenessSummary:
        """Return what has been counted; quantiles are 0 before the first frame."""
        return LatenessSummary(self._frames, self._skipped, self._quantile(0.5), self._quantile(0.99), self._maximum_s)

    def tally(self) -> FrameTally:
        """Return the counts for others; may be called from any thread, and then misses the frame that is just being counted."""
        up_to = tuple(accumulate(tuple(self._counts)))
        return FrameTally(
            up_to[-1], self._skipped, self._sum_s, tuple(up_to[place] for place in _TOLD), self._maximum_s
        )

    def _quantile(self, share: float) -> float:
        wanted, seen = share * self._frames, 0
        for count, bound in zip(self._counts, (*_BOUNDS_S, self._maximum_s), strict=True):
            seen += count
            if count and seen >= wanted:
                return min(bound, self._maximum_s)
        return 0.0
