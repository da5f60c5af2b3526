"""The history: what each value of each feed was and when, in memory: from the readings that came, the archive, and given files.

A sample never stands beside what really came: where the values that came begin, the given ones end.
"""

import logging
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from maquette.config.documents import FeedDocument
from maquette.config.words import word
from maquette.core.given import LARGEST_FILE, Given, GivenValue, read_given
from maquette.core.readings import Quality, Reading
from maquette.core.series import EMPTY, Series, joined, series_of
from maquette.errors import SeriesError
from maquette.feeds.archive import Columns
from maquette.feeds.archivist import Recorded, Remembered, Wish
from maquette.feeds.digest import FUTURE_TOLERANCE
from maquette.feeds.store import terms_digest

log = logging.getLogger(__name__)

KEPT_S = 8 * 86_400.0
"""How far back every value is kept, seconds, so that a scenario written tomorrow knows last week; longer where a term asks for it."""
MOST_POINTS = 400_000
"""Points of all series together, about 25 bytes each; the oldest of the feed that has the most give way."""
LEAST_POINTS = 200
"""Points that each series may have in any case."""
_MOST_WISHED = 200_000  # points of one feed that are fetched from the archive at once

SeriesKey = tuple[str, str, str | None]
"""(feed, name, key)"""


class History:
    """All series. Times are seconds since 1970; used by one thread."""

    def __init__(self, feeds: Mapping[str, FeedDocument], zone: ZoneInfo) -> None:
        """Read the given files of these feeds; one that cannot be read is one line of the log."""
        self._feeds = feeds
        self._given = {name: _given(name, document, zone) for name, document in feeds.items()}
        self._recorded: dict[SeriesKey, _Recorded] = {}
        self._longest: Mapping[tuple[str, str], float] = {}
        self._wished: dict[tuple[str, str], float] = {}
        self._awaited: set[Wish] = set()

    def follow(self, feeds: Mapping[str, FeedDocument], zone: ZoneInfo, same: Set[str]) -> None:
        """Go on with other feeds.

        Args:
            feeds: all of them.
            zone: the territory's time zone.
            same: names of those whose past goes on; of the others nothing is known yet.
        """
        self._feeds = feeds
        self._given = {name: _given(name, document, zone) for name, document in feeds.items()}
        self._recorded = {key: past for key, past in self._recorded.items() if key[0] in same}
        self._wished = {value: back_s for value, back_s in self._wished.items() if value[0] in same}
        self._awaited = {wish for wish in self._awaited if wish.feed in same}

    def keep(self, longest: Mapping[tuple[str, str], float]) -> None:
        """Keep values of (feed, name) this far back, seconds, where that is longer than usual."""
        self._longest = longest

    def record(self, readings: Iterable[Reading]) -> list[Recorded]:
        """Take over readings; those that no source gave, or whose time nobody knows, are left out.

        Returns:
            those that say something new.
        """
        new = []
        for reading in readings:
            moment = reading.measured_at or reading.fetched_at
            if reading.value is None or moment is None or reading.quality not in (Quality.LIVE, Quality.STALE):
                continue
            time = moment.timestamp()
            until = time + self._feeds[reading.feed].fresh_for
            if reading.valid_until is not None:
                until = min(until, reading.valid_until.timestamp())
            if math.isfinite(reading.value) and until > time:
                key = (reading.feed, reading.name, reading.key)
                if self._recorded.setdefault(key, _Recorded()).add(time, reading.value, until, self._kept_s(*key[:2])):
                    new.append(Recorded(reading, time, until))
        self._make_room()
        return new

    def wishes(self, now: float) -> Iterator[Wish]:
        """Yield what is to be fetched from the archive, each once: how far back values are kept now and were not before.

        Args:
            now: seconds since 1970, by a clock that can be believed.
        """
        for feed, document in self._feeds.items():
            wanted: dict[float, set[str]] = {}
            for name in document.values:
                back_s = self._kept_s(feed, name)
                if back_s > self._wished.get((feed, name), 0.0):
                    self._wished[feed, name] = back_s
                    wanted.setdefault(back_s, set()).add(name)
            for back_s, names in wanted.items():
                until = now + FUTURE_TOLERANCE.total_seconds()
                wish = Wish(feed, terms_digest(document), frozenset(names), now - back_s, until, _MOST_WISHED)
                self._awaited.add(wish)
                yield wish

    def remember(self, remembered: Remembered) -> bool:
        """Take over what the archive answered; where something is known already, that counts. Return False when it no longer serves."""
        feed = remembered.wish.feed
        self._awaited.discard(remembered.wish)
        document = self._feeds.get(feed)
        if document is None or terms_digest(document) != remembered.wish.terms:
            return False
        for (name, key), columns in remembered.past.items():
            self._recorded.setdefault((feed, name, key), _Recorded()).put_under(columns, self._kept_s(feed, name))
        self._make_room()
        return True

    def looks_back(self, feed: str) -> float:
        """Return how far back values of a feed are kept here, in seconds, at the longest."""
        return max(self._kept_s(feed, name) for name in self._feeds[feed].values)

    def missing_since(self, feed: str, now: float, within_s: float) -> float | None:
        """Return the moment after which something of a feed's past is missing; None when nothing is, or the archive has not answered yet.

        Args:
            feed: its name.
            now: seconds since 1970.
            within_s: how far back it matters.
        """
        names = self._feeds[feed].values
        if any((feed, name) not in self._wished for name in names) or any(wish.feed == feed for wish in self._awaited):
            return None
        start = now - within_s
        known = [recorded.series for (of, _, _), recorded in self._recorded.items() if of == feed]
        holes = [hole for series in known if (hole := _hole(series, start, now)) is not None]
        return min(holes, default=None) if known else start

    def series(self, key: SeriesKey, now: float, *, trusted: bool) -> Series:
        """Return all that is known of a value, seen from ``now``.

        Args:
            key: which value.
            now: seconds since 1970, by our clock.
            trusted: False while that clock cannot be believed: then only a file that counts from now tells anything.
        """
        feed, name, row = key
        given = self._given[feed]
        sample = None if given is None or not (trusted or given.relative) else given.at(name, row, now)
        recorded = self._recorded.get(key)
        return joined(sample or EMPTY, recorded.series if recorded is not None and trusted else EMPTY)

    def _kept_s(self, feed: str, name: str) -> float:
        return max(KEPT_S, self._longest.get((feed, name), 0.0)) + self._feeds[feed].fresh_for

    def _make_room(self) -> None:
        """While there are too many points, let the oldest of the longest series go, of the feed that has the most points."""
        surplus = sum(len(recorded) for recorded in self._recorded.values()) - MOST_POINTS
        if surplus <= 0:
            return
        by_feed: dict[str, list[_Recorded]] = {}
        for (feed, _, _), recorded in self._recorded.items():
            by_feed.setdefault(feed, []).append(recorded)
        counts = {feed: sum(map(len, all_of_it)) for feed, all_of_it in by_feed.items()}
        while surplus > 0 and counts:
            feed = max(counts, key=counts.__getitem__)
            longest = max(by_feed[feed], key=len)
            count = min(surplus, len(longest) - LEAST_POINTS, len(longest) // 10 + 1)
            if count > 0:
                longest.drop(count)
                surplus -= count
                counts[feed] -= count
            else:
                del counts[feed]


def _hole(series: Series, start: float, now: float) -> float | None:
    """Return the time of the last value after which a series says nothing for a while, between two moments, or None."""
    within = series.between(start, now)
    if not len(within) or within.times[0] > start:
        return start
    gaps = np.flatnonzero(within.ends[:-1] < within.times[1:])
    return float(within.times[gaps[0]]) if gaps.size else None


class _Recorded:
    """The points of one series, in order."""

    __slots__ = ("_series", "_times", "_until", "_values")

    def __init__(self) -> None:
        self._times, self._values, self._until = array("d"), array("d"), array("d")
        self._series: Series | None = EMPTY

    @property
    def series(self) -> Series:
        """The same as arrays."""
        if self._series is None:
            times, values, until = (np.array(column) for column in (self._times, self._values, self._until))
            self._series = series_of(times, values, until, np.zeros(times.size, dtype=np.bool_))
        return self._series

    def __len__(self) -> int:
        return len(self._times)

    def add(self, time: float, value: float, until: float, kept_s: float) -> bool:
        """Add a point in its place; one of the same time is replaced. Points too old are dropped. Return False for nothing new."""
        index = bisect_left(self._times, time)
        if index < len(self._times) and self._times[index] == time:
            if (self._values[index], self._until[index]) == (value, until):
                return False
            self._values[index], self._until[index] = value, until
        else:
            for column, entry in ((self._times, time), (self._values, value), (self._until, until)):
                column.insert(index, entry)
        self._drop_before(self._times[-1] - kept_s)
        self._series = None
        return True

    def put_under(self, past: Columns, kept_s: float) -> None:
        """Add points in their places; of two of the same time the one that was there stays."""
        there = np.frombuffer(self._times) if self._times else np.empty(0)
        new = ~np.isin(past.times, there)
        order = np.argsort(np.concatenate((there, past.times[new])), kind="stable")
        columns = []
        for column, more in zip((self._times, self._values, self._until), past, strict=True):
            columns.append(array("d", np.concatenate((np.array(column), more[new]))[order].tobytes()))
        self._times, self._values, self._until = columns
        self._drop_before(self._times[-1] - kept_s)
        self._series = None

    def drop(self, count: int) -> None:
        """Drop the oldest points."""
        if count > 0:
            for column in (self._times, self._values, self._until):
                del column[:count]
            self._series = None

    def _drop_before(self, time: float) -> None:
        self.drop(bisect_left(self._times, time))


def _given(feed: str, document: FeedDocument, zone: ZoneInfo) -> Given | None:
    if document.series is None:
        return None
    path = Path(document.series)
    values = {name: GivenValue(value.plausible) for name, value in document.values.items()}
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            raise OSError(f"it is no file of up to {LARGEST_FILE} bytes")
        text = path.read_text(encoding="utf-8")
        return read_given(text, values, keyed=document.keyed, zone=zone, fresh_for_s=document.fresh_for)
    except SeriesError as error:
        log.warning(
            "feed %s: its series is of no use: %s, line %d: %s", feed, path.name, error.line, word(error.message, "en")
        )
    except (OSError, UnicodeDecodeError) as error:
        log.warning("feed %s: its series is of no use: %s: %s", feed, path.name, error)
    return None
