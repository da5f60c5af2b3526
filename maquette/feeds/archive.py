"""The archive: every value that really came, in one SQLite file, beside what was said of it then: whose it is, under which licence.

A value stands there once per feed, time and key; the same time again replaces it. Rows lie in the order of feed and time, so that a batch
of new ones touches few pages, a stretch of time is read in one sweep, and the oldest leave whole pages free.

A power cut at any moment leaves what the last finished write left (write-ahead log, flushed at each commit). One thread writes; other
processes may read meanwhile.
"""

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from maquette.core.series import LONGEST_WINDOW_S
from maquette.errors import ArchiveError
from maquette.feeds.archive_file import believed, check_own, connect, connect_to_read, make_ready, told

KEPT_S = LONGEST_WINDOW_S + 8 * 86_400.0
"""How far back values are kept, seconds: what the longest window may ask for, and a little more."""
MOST_BYTES = 100_000_000
"""The size that the file may have; then the oldest values of the feed that has the most give way."""
AT_ONCE = 10_000
"""Rows that are read or dropped in one go, at most: a pause of a few hundredths of a second."""

_LEAVE_FREE = 0.95  # of the allowed size, when something must give way
_SPARE_PAGES = 256  # free pages that wait for new values; more are given back
_WRITE = """
INSERT INTO points (origin, time, series, value, held) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET value = excluded.value, held = excluded.held
WHERE value IS NOT excluded.value OR held IS NOT excluded.held
"""
_PAST = """
SELECT series, time, value, held FROM points
WHERE origin = :origin AND time >= :since AND time <= :until
AND series IN (SELECT id FROM series WHERE origin = :origin AND name IN (SELECT value FROM json_each(:names)))
ORDER BY time DESC LIMIT :most
"""
_POINTS = """
SELECT series.name, series.key, series.unit, time, value, held
FROM points JOIN series ON series.id = points.series
WHERE points.origin = ? AND time >= ? AND time < ? ORDER BY time, series.name, series.key
"""


class Origin(NamedTuple):
    """Whence values come, as it was said when they came; another source, place or licence is another origin.

    Attributes:
        feed: the feed's name at that time.
        terms: the mark of where it asked and what it picked (`store.terms_digest`).
        nature: ``measured``, ``estimated``… (`maquette.core.readings.Nature`).
        source: who made them.
        licence: under which licence.
        attribution: the words that the licence asks to be shown.
        place: where, in words, or None.
        duties: what the licence asks, in the words of the documents.
    """

    feed: str
    terms: str
    nature: str
    source: str
    licence: str
    attribution: str
    place: str | None
    duties: tuple[str, ...]


class Entry(NamedTuple):
    """One value of the archive: it held from ``time`` to ``until`` at the longest (seconds since 1970)."""

    origin: Origin
    name: str
    key: str | None
    unit: str | None
    time: float
    value: float
    until: float


class Columns(NamedTuple):
    """The values of one series, oldest first; three arrays of the same length."""

    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    until: npt.NDArray[np.float64]


Past = Mapping[tuple[str, str | None], Columns]
"""(name, key) → what is known of it."""


class Archive:
    """The file, open. A method to which the disk or the file does not stand raises `ArchiveError`; then it is closed and of no more use."""

    def __init__(self, path: Path, *, reading: bool = False, most_bytes: int = MOST_BYTES) -> None:
        """Open the file; one that is not there is made.

        Args:
            path: the file.
            reading: True to read only, also on a disk that cannot be written; the file must be there.
            most_bytes: the size that it may have.
        """
        self._most_bytes = most_bytes
        self._origins: dict[int, Origin] = {}
        self._series: dict[int, tuple[int, str, str | None, str | None]] = {}
        self._origin_ids: dict[Origin, int] = {}
        self._series_ids: dict[tuple[int, str, str | None, str | None], int] = {}
        self._db = connect_to_read(path) if reading else connect(path)
        try:
            with told():
                if not reading:
                    make_ready(self._db)
                check_own(self._db)
            with believed():
                self._learn()
        except ArchiveError:
            self.close()
            raise

    def write(self, entries: Sequence[Entry]) -> None:
        """Take over values, all or none of them; after any error the archive is of no more use."""
        with self._transaction():
            rows = [self._row(entry) for entry in entries]
            self._db.executemany(_WRITE, rows)

    def past(self, feed: str, terms: str, names: Iterable[str], since: float, until: float, most: int) -> Past:
        """Return what is known of some values of a feed as it is now: nothing of one that asked elsewhere under the same name.

        Args:
            feed: its name.
            terms: its mark.
            names: names of values.
            since: seconds since 1970.
            until: seconds since 1970.
            most: how many values, at most; the oldest are left out.
        """
        chunks: list[npt.NDArray[np.float64]] = []
        ours = [number for number, origin in self._origins.items() if (origin.feed, origin.terms) == (feed, terms)]
        wanted = {"names": json.dumps(sorted(names)), "since": since, "until": until}
        with believed():
            for number in ours:
                left = most - sum(len(chunk) for chunk in chunks)
                found = self._db.execute(_PAST, {**wanted, "origin": number, "most": left})
                while rows := found.fetchmany(AT_ONCE):
                    chunks.append(np.array(rows, dtype=np.float64))
            return self._sorted_out(np.concatenate(chunks)) if chunks else {}

    def points(self, feed: str, since: float, until: float) -> Iterator[Entry]:
        """Yield the values of a feed from ``since`` up to ``until`` (seconds since 1970), with what was said of them then.

        In the order of their origins, and of their time within each; meant for recordings: few feeds' archives have more than one origin.
        """
        for number in [number for number, origin in self._origins.items() if origin.feed == feed]:
            with believed():
                found = self._db.execute(_POINTS, (number, since, until))
            while True:
                with believed():
                    entries = [_entry(self._origins[number], *row) for row in found.fetchmany(AT_ONCE)]
                if not entries:
                    break
                yield from entries

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Whence the values come, those of feeds that are no longer read too."""
        return tuple(self._origins.values())

    def trim(self, now: float | None) -> None:
        """Let go of what is too old or too much, and give free pages back; in many short writes.

        Args:
            now: seconds since 1970, or None while no clock can be believed: then nothing is too old.
        """
        with told():
            if now is not None:
                for number in self._origins:
                    self._drop(number, now - KEPT_S)
            if self._bytes() > self._most_bytes:
                while self._bytes() > _LEAVE_FREE * self._most_bytes and (largest := self._largest()) is not None:
                    if not self._drop(*largest):
                        raise ArchiveError("what it counts is not there", damaged=True)
            if self._pragma("freelist_count") > _SPARE_PAGES:
                self._db.execute(f"PRAGMA incremental_vacuum({_SPARE_PAGES})").fetchall()

    def forget(self, terms: Set[str], licences: Set[tuple[str, str]]) -> None:
        """Let go of values that must not be kept.

        Args:
            terms: marks of feeds.
            licences: (source, licence).
        """
        unwanted = [
            number
            for number, origin in self._origins.items()
            if origin.terms in terms or (origin.source, origin.licence) in licences
        ]
        for number in unwanted:
            with told():
                self._drop(number, math.inf)
            with self._transaction():
                self._db.execute("DELETE FROM series WHERE origin = ?", (number,))
                self._db.execute("DELETE FROM origins WHERE id = ?", (number,))
        if unwanted:
            with believed():
                self._learn()

    def close(self) -> None:
        """Bring what the log holds into the file proper, and close it."""
        with suppress(sqlite3.Error):
            self._db.close()

    # -- inside ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def _learn(self) -> None:
        """Read the two small tables; of origins the newest first: what came last is what counts."""
        self._origins = {
            number: Origin(feed, terms, nature, source, licence, attribution, place, tuple(json.loads(duties)))
            for number, feed, terms, nature, source, licence, attribution, place, duties in self._db.execute(
                "SELECT * FROM origins ORDER BY id DESC"
            )
        }
        self._series = {number: (of, *rest) for number, of, *rest in self._db.execute("SELECT * FROM series")}
        self._origin_ids = {origin: number for number, origin in self._origins.items()}
        self._series_ids = {series: number for number, series in self._series.items()}

    def _row(self, entry: Entry) -> tuple[int, float, int, float, float]:
        """Return an entry as it stands in the table; its origin and its series are written when they are new."""
        number = self._origin_ids.get(entry.origin)
        if number is None:
            words = (*entry.origin[:-1], json.dumps(entry.origin.duties))
            number = self._db.execute("INSERT INTO origins VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", words).lastrowid
            assert number is not None
            self._origins = {number: entry.origin, **self._origins}
            self._origin_ids[entry.origin] = number
        key = (number, entry.name, entry.key, entry.unit)
        series = self._series_ids.get(key)
        if series is None:
            series = self._db.execute("INSERT INTO series VALUES (NULL, ?, ?, ?, ?)", key).lastrowid
            assert series is not None
            self._series[series], self._series_ids[key] = key, series
        return number, entry.time, series, entry.value, entry.until - entry.time

    def _sorted_out(self, table: npt.NDArray[np.float64]) -> dict[tuple[str, str | None], Columns]:
        """Return rows of (series, time, value, held) as columns by name and key; of two origins the newer one's values count."""
        if not np.isfinite(table).all():
            raise ValueError("not a number")
        found: dict[tuple[str, str | None], list[npt.NDArray[np.float64]]] = {}
        table = table[np.argsort(table[:, 0], kind="stable")]
        numbers, starts = np.unique(table[:, 0], return_index=True)
        for number, part in zip(numbers, np.split(table, starts[1:]), strict=True):
            _, name, key, _ = self._series[int(number)]
            found.setdefault((name, key), []).insert(0, part)
        return {key: _columns(np.concatenate(parts)) for key, parts in found.items()}

    def _largest(self) -> tuple[int, float] | None:
        """Return the origin that has the most values, and a moment up to which none of them shall stay; None when there is no value."""
        rows = self._db.execute("SELECT origin, count(*) FROM points GROUP BY origin").fetchall()
        if not rows:
            return None
        number, count = max(rows, key=lambda row: row[1])
        return number, self._time_of(number, int(count * (1 - _LEAVE_FREE)) + 1)

    def _drop(self, number: int, until: float) -> int:
        """Drop the values of an origin up to a moment, the oldest first; return how many there were."""
        dropped, more = 0, True
        while more:
            # All of one time go together, even if there are more of them than that.
            end = min(until, self._time_of(number, AT_ONCE))
            with self._transaction():
                part = self._db.execute("DELETE FROM points WHERE origin = ? AND time <= ?", (number, end)).rowcount
            dropped += part
            more = part > 0 and end < until
        return dropped

    def _time_of(self, number: int, place: int) -> float:
        """Return the time of an origin's value by its place from the oldest, or a time after all."""
        row = self._db.execute(
            "SELECT time FROM points WHERE origin = ? ORDER BY time LIMIT 1 OFFSET ?", (number, place)
        ).fetchone()
        return math.inf if row is None else float(row[0])

    def _bytes(self) -> int:
        used = self._pragma("page_count") - self._pragma("freelist_count")
        return used * self._pragma("page_size")

    def _pragma(self, name: str) -> int:
        return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])


def _entry(
    origin: Origin, name: str, key: str | None, unit: str | None, time: float, value: float, held: float
) -> Entry:
    if not math.isfinite(time + value + held):
        raise ValueError("not a number")
    return Entry(origin, name, key, unit, time, value, time + held)


def _columns(rows: npt.NDArray[np.float64]) -> Columns:
    """Return rows of (series, time, value, held) as columns, oldest first; of two at one time the first counts."""
    _, first = np.unique(rows[:, 1], return_index=True)
    times, values, held = rows[first, 1], rows[first, 2], rows[first, 3]
    return Columns(times, values, times + held)
