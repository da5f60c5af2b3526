"""Readings: one value of a feed with its unit, source, nature, times and quality. Unknown is None, never zero."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from maquette.core.clock import Clock


class Quality(StrEnum):
    """How far a value can be believed now, best first."""

    LIVE = "live"
    STALE = "stale"
    REPLAY = "replay"
    SAMPLE = "sample"
    MISSING = "missing"


ALTERNATIVE = "alternative"
"""The problem of a reading that another source tells than the usual one; it may well be live."""

_RANK = {quality: rank for rank, quality in enumerate(Quality)}


class Nature(StrEnum):
    """Where a value comes from."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    MODELLED = "modelled"
    FORECAST = "forecast"
    DECLARED = "declared"
    OPINION = "opinion"
    MANUAL = "manual"


def rank(quality: Quality) -> int:
    """Return how little a quality can be believed: 0 for LIVE, more for each that is worse."""
    return _RANK[quality]


def worst(qualities: Iterable[Quality]) -> Quality:
    """Return the worst of some qualities; LIVE when there is none."""
    return max(qualities, key=_RANK.__getitem__, default=Quality.LIVE)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a feed, as it was when it came.

    Attributes:
        feed: the feed's name in config.yaml, such as ``river``.
        name: the value's name, such as ``flow``.
        key: the row's key in a keyed feed (an INSEE code, a station), or None.
        value: None when unknown.
        unit: as in `units`, or None.
        quality: as it was when the reading was made; `quality_at` tells what it is now.
        nature: where it comes from.
        measured_at: when the world was so (UTC), or None when nobody said.
        fetched_at: when the answer came (UTC), or None (a sample was never fetched).
        valid_until: the end of a forecast's validity (UTC), or None.
        fresh_until: on the machine's monotonic clock (s), shared by all processes: LIVE until then, STALE after; None: no limit.
        drop_at: on the same clock: MISSING from then on; None: no limit.
        place: where, in words, or None.
        source: who made it.
        licence: under which licence.
        attribution: the words that the licence asks to be shown.
        problem: why it is not live, or not of the usual source (``alternative``), a reason code of the locale files
            (``feed_problem_<code>``), or None.
    """

    feed: str
    name: str
    key: str | None
    value: float | None
    unit: str | None
    quality: Quality
    nature: Nature
    measured_at: datetime | None = None
    fetched_at: datetime | None = None
    valid_until: datetime | None = None
    fresh_until: float | None = None
    drop_at: float | None = None
    place: str | None = None
    source: str = ""
    licence: str = ""
    attribution: str = ""
    problem: str | None = None

    def quality_at(self, monotonic_s: float) -> Quality:
        """Return the quality at a moment of the monotonic clock (seconds): live readings age, others stay what they are."""
        if self.value is None or self.quality is Quality.MISSING:
            return Quality.MISSING
        if self.quality in (Quality.SAMPLE, Quality.REPLAY):
            return self.quality
        if self.drop_at is not None and monotonic_s >= self.drop_at:
            return Quality.MISSING
        if self.quality is Quality.STALE or (self.fresh_until is not None and monotonic_s >= self.fresh_until):
            return Quality.STALE
        return Quality.LIVE

    def next_change_after(self, monotonic_s: float) -> float | None:
        """Return the next moment (monotonic seconds) at which `quality_at` changes by itself, or None."""
        moments = (m for m in (self.fresh_until, self.drop_at) if m is not None and m > monotonic_s)
        return min(moments, default=None)

    def view(self, clock: Clock, monotonic_s: float) -> dict[str, Any]:
        """Return the public shape of the contract: JSON types only, UTC ISO 8601, None when unknown."""
        quality = self.quality_at(monotonic_s)
        age_s = None
        if self.measured_at is not None and clock.trusted and quality in (Quality.LIVE, Quality.STALE, Quality.MISSING):
            age_s = max(0, round((clock.local - self.measured_at).total_seconds()))
        return {
            "feed": self.feed,
            "name": self.name,
            "key": self.key,
            "value": self.value if quality is not Quality.MISSING else None,
            "unit": self.unit,
            "quality": quality.value,
            "nature": self.nature.value,
            "measured_at": iso(self.measured_at),
            "fetched_at": iso(self.fetched_at),
            "age_s": age_s,
            "valid_until": iso(self.valid_until),
            "place": self.place,
            "source": self.source,
            "licence": self.licence,
            "attribution": self.attribution,
            "problem": self.problem,
        }


def iso(moment: datetime | None) -> str | None:
    """Write an aware moment as UTC ISO 8601 to the second, with a ``Z``."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ReadingKey = tuple[str, str, str | None]
"""(feed, name, key)"""


@dataclass(frozen=True, slots=True)
class ReadingsUpdate:
    """Readings that changed, from feeds to stage and on to console. ``complete`` names feeds whose other keys are gone."""

    readings: tuple[Reading, ...]
    complete: frozenset[str] = frozenset()


class Readings(Mapping[ReadingKey, Reading]):
    """An immutable set of readings; `updated` returns a new one."""

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        self._all: dict[ReadingKey, Reading] = {(r.feed, r.name, r.key): r for r in readings}
        self._rows: dict[tuple[str, str], dict[str | None, Reading]] = {}
        for (feed, name, key), reading in self._all.items():
            self._rows.setdefault((feed, name), {})[key] = reading

    def __getitem__(self, key: ReadingKey) -> Reading:
        return self._all[key]

    def __iter__(self) -> Iterator[ReadingKey]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def rows(self, feed: str, name: str) -> Mapping[str | None, Reading]:
        """Return all keys of one value of a feed; empty when it never came."""
        return self._rows.get((feed, name), {})

    def updated(self, update: ReadingsUpdate) -> "Readings":
        """Return these readings with an update applied."""
        kept = {k: r for k, r in self._all.items() if k[0] not in update.complete}
        kept.update({(r.feed, r.name, r.key): r for r in update.readings})
        return Readings(kept.values())

    def next_change_after(self, monotonic_s: float) -> float | None:
        """Return the next moment (monotonic seconds) at which a quality changes by itself, or None."""
        return min((m for r in self._all.values() if (m := r.next_change_after(monotonic_s)) is not None), default=None)
