"""The store: the last good readings of each feed, one small JSON file each, so that a restart without network is not a blank.

It spares the SD card: a file is written only when values changed, and not twice within a minute. What cannot be read is left out with one
log line; a disk that cannot be written is one alert, never an end.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maquette.config.documents import FeedDocument
from maquette.core.alerts import Alert, Severity
from maquette.core.clock import Clock
from maquette.core.readings import Quality, Reading, iso
from maquette.feeds import freshness
from maquette.feeds.digest import FUTURE_TOLERANCE
from maquette.feeds.picks import read_moment, read_number
from maquette.ops.state import write_atomically

log = logging.getLogger(__name__)

WRITE_EVERY_S = 60.0
"""Seconds between two writes of one feed's file, at least."""
REDATE_EVERY_S = 3600.0
"""Seconds after which a value that nobody dates is written again, so that its arrival is not forgotten."""
_FORMAT = 1
_LARGEST_FILE = 50_000_000  # bytes
# What may change in a document without making it another feed.
_WORDS = {
    "title", "every", "fresh_for", "drop_after", "nature", "source", "licence", "attribution", "place", "sample", "series",
    "timeout", "max_size", "headers", "auth", "allow_hosts", "duties", "past", "alternatives",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store remembers of a feed.

    Attributes:
        once_live: True when it has given real values before: then a sample never replaces it.
        readings: the last good ones, aged to now.
    """

    once_live: bool = False
    readings: tuple[Reading, ...] = ()


@dataclass(slots=True)
class _Pending:
    data: bytes
    due: float


class Store:
    """The files of all feeds. Used by one thread."""

    def __init__(self, folder: Path | None, tell: Callable[[Alert], None]) -> None:
        """Keep files in ``folder`` (None: keep nothing) and tell of a disk that cannot be written, once, and when it can again."""
        self._folder = folder
        self._tell = tell
        self._failing: bool | None = None  # None: an earlier life of this process may have raised the alert
        self._written: dict[str, float] = {}
        self._values: dict[str, object] = {}
        self._pending: dict[str, _Pending] = {}

    def recall(
        self, feed: str, document: FeedDocument, expected: Iterable[Reading], clock: Clock, monotonic_s: float
    ) -> Kept:
        """Return what is remembered of a feed; nothing when the file is absent, unreadable or of another source.

        Args:
            feed: the feed's name.
            document: the feed's document.
            expected: gives what readings carry along, one for each value at least (`Source.expected`).
            clock: the wall clock.
            monotonic_s: the same moment on the monotonic clock.
        """
        if self._folder is None:
            return Kept()
        path = self._folder / f"{feed}.json"
        try:
            kept = json.loads(_content(path))
            if kept["format"] != _FORMAT or kept["terms"] != terms_digest(document):
                log.info("feed %s: its last readings came from another source and are left out", feed)
                return Kept()
            blanks = {reading.name: reading for reading in expected}
            rows = [_reading(row, blanks, document, clock, monotonic_s) for row in kept["readings"]]
        except (FileNotFoundError, NotADirectoryError):
            return Kept()
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            log.warning("feed %s: its last readings cannot be read and are left out: %s", feed, type(error).__name__)
            return Kept()
        return Kept(once_live=True, readings=tuple(row for row in rows if row is not None))

    def keep(self, feed: str, document: FeedDocument, readings: Iterable[Reading], monotonic_s: float) -> None:
        """Remember a feed's real values; written now, or by `flush` a little later."""
        good = [r for r in readings if r.value is not None and r.quality in (Quality.LIVE, Quality.STALE)]
        if self._folder is None or not good:
            return
        values = [(r.name, r.key, r.value, r.measured_at, r.valid_until) for r in good]
        last = self._written.get(feed)
        undated = any(r.measured_at is None for r in good)
        redate = undated and last is not None and monotonic_s - last >= REDATE_EVERY_S
        if values == self._values.get(feed) and not redate:
            return
        self._values[feed] = values
        due = monotonic_s if last is None else max(monotonic_s, last + WRITE_EVERY_S)
        self._pending[feed] = _Pending(_document(feed, document, good), due)
        self.flush(monotonic_s)

    @property
    def next_flush(self) -> float | None:
        """The moment (monotonic seconds) at which something is to be written, or None."""
        return min((pending.due for pending in self._pending.values()), default=None)

    def flush(self, monotonic_s: float) -> None:
        """Write what is due."""
        for feed in [feed for feed, pending in self._pending.items() if pending.due <= monotonic_s]:
            data = self._pending.pop(feed).data
            self._written[feed] = monotonic_s
            self._write(feed, data)

    def _write(self, feed: str, data: bytes) -> None:
        assert self._folder is not None
        try:
            write_atomically(self._folder / f"{feed}.json", data)
        except OSError as error:
            self._values.pop(feed, None)  # the next answer tries again
            if not self._failing:
                self._failing = True
                log.warning("the last readings cannot be saved: %s", error.strerror or error)
                arguments = (("folder", str(self._folder)),)
                self._tell(Alert("state_not_saved", "readings", Severity.WARNING, arguments))
            return
        if self._failing:
            log.info("the last readings are saved again")
        if self._failing is not False:
            self._failing = False
            self._tell(Alert("state_not_saved", "readings", over=True))


def terms_digest(document: FeedDocument) -> str:
    """Return a mark of what makes a feed itself: where it asks and what it picks, not the words around it."""
    terms = document.model_dump(mode="json", exclude=_WORDS, exclude_defaults=True)
    for value in terms["values"].values():
        value.pop("title", None)
        value.pop("plausible", None)
    return hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()


def _document(feed: str, document: FeedDocument, readings: Iterable[Reading]) -> bytes:
    rows = [
        {
            "name": r.name,
            "key": r.key,
            "value": r.value,
            "measured_at": iso(r.measured_at),
            "fetched_at": iso(r.fetched_at),
            "valid_until": iso(r.valid_until),
        }
        for r in readings
    ]
    kept = {"format": _FORMAT, "feed": feed, "terms": terms_digest(document), "readings": rows}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


def _content(path: Path) -> bytes:
    # Whatever a broken disk or a stray hand left there, the start neither waits for it nor drowns in it.
    if path.exists() and (not path.is_file() or path.stat().st_size > _LARGEST_FILE):
        raise ValueError
    return path.read_bytes()


def _moment(raw: Any) -> datetime | None:
    return read_moment(raw, UTC, "utc")


def _reading(
    row: Mapping[str, Any], blanks: Mapping[str, Reading], document: FeedDocument, clock: Clock, monotonic_s: float
) -> Reading | None:
    """Return one remembered reading, aged to now, or None when its value is no longer asked for."""
    blank = blanks.get(row["name"])
    number = read_number(row["value"])
    key = row["key"]
    if blank is None or number is None or not isinstance(key, str | None):
        return None
    measured_at, fetched_at, valid_until = (_moment(row[name]) for name in ("measured_at", "fetched_at", "valid_until"))
    reading = replace(
        blank,
        key=key,
        value=number,
        measured_at=measured_at,
        fetched_at=fetched_at,
        valid_until=valid_until,
    )
    born = measured_at or fetched_at
    # A date of the future says that a clock was wrong, then or now: the age is anybody's guess.
    if born is None or not clock.trusted or born > clock.local.astimezone(UTC) + FUTURE_TOLERANCE:
        span = freshness.unknown_span(document.fresh_for, document.drop_after, monotonic_s)
    else:
        span = freshness.span(document.fresh_for, document.drop_after, monotonic_s, clock.local, born, valid_until)
    return freshness.aged(reading, span, monotonic_s)
