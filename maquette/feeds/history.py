"""The history: what each value of each feed was and when, in memory, from the readings that came and from given files.

A sample never stands beside what really came: where the values that came begin, the given ones end.
"""

import logging
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from maquette.config.documents import FeedDocument
from maquette.config.words import word
from maquette.core.given import LARGEST_FILE, Given, GivenValue, read_given
from maquette.core.readings import Quality, Reading
from maquette.core.series import EMPTY, Series, joined, series_of
from maquette.errors import SeriesError

log = logging.getLogger(__name__)

KEPT_S = 8 * 86_400.0
"""How far back every value is kept, seconds, so that a scenario written tomorrow knows last week; longer where a term asks for it."""
MOST_POINTS = 400_000
"""Points of all series together, about 25 bytes each; the oldest of the longest give way."""
LEAST_POINTS = 200
"""Points that each series may have in any case."""

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

    def keep(self, longest: Mapping[tuple[str, str], float]) -> None:
        """Keep values of (feed, name) this far back, seconds, where that is longer than usual."""
        self._longest = longest

    def record(self, readings: Iterable[Reading]) -> None:
        """Take over readings; those that no source gave, or whose time nobody knows, are left out."""
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
                recorded = self._recorded.setdefault(key, _Recorded())
                kept_s = max(KEPT_S, self._longest.get(key[:2], 0.0)) + self._feeds[reading.feed].fresh_for
                recorded.add(time, reading.value, until, kept_s, max(LEAST_POINTS, MOST_POINTS // len(self._recorded)))

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

    def add(self, time: float, value: float, until: float, kept_s: float, most: int) -> None:
        """Add a point in its place; one of the same time is replaced. Points too old or too many are dropped."""
        index = bisect_left(self._times, time)
        if index < len(self._times) and self._times[index] == time:
            if (self._values[index], self._until[index]) == (value, until):
                return
            self._values[index], self._until[index] = value, until
        else:
            for column, entry in ((self._times, time), (self._values, value), (self._until, until)):
                column.insert(index, entry)
        gone = max(bisect_left(self._times, self._times[-1] - kept_s), len(self._times) - most, 0)
        for column in (self._times, self._values, self._until):
            del column[:gone]
        self._series = None


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
