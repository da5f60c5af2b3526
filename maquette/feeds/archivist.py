"""The archivist: keeps the archive on a thread of its own, so that no disk, however slow, holds up a reading.

It writes behind: what came is gathered and written every few minutes, and at the end. A disk that cannot be written is one alert, never an
end: what came meanwhile waits, as far as there is room. A file that is damaged, or not ours, is set aside, and another begun.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple, TypeVar

from maquette.config.documents import FeedDocument
from maquette.core.alerts import Alert, Severity
from maquette.core.readings import Reading
from maquette.errors import ArchiveError
from maquette.feeds.archive import Archive, Entry, Origin, Past
from maquette.feeds.archive_file import set_aside
from maquette.feeds.store import terms_digest

log = logging.getLogger(__name__)

FILE = "history.sqlite"
"""The archive's name in the state folder."""
WRITE_EVERY_S = 300.0
"""Seconds during which values are gathered: what a power cut may cost."""
MANY = 10_000
"""Values that are written at once, without waiting for more: a feed's whole past."""
MOST_WAITING = 50_000
"""Values that wait for a disk, at most; then the oldest are given up."""

Result = TypeVar("Result")


class Recorded(NamedTuple):
    """A reading that the history took over: it held from ``time`` to ``until`` at the longest (seconds since 1970)."""

    reading: Reading
    time: float
    until: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What the history wants to know of the past.

    Attributes:
        feed: the feed's name.
        terms: its mark (`store.terms_digest`).
        names: names of its values.
        since: seconds since 1970.
        until: seconds since 1970.
        most: values at most.
    """

    feed: str
    terms: str
    names: frozenset[str]
    since: float
    until: float
    most: int


@dataclass(frozen=True, eq=False, slots=True)
class Remembered:
    """What the archive answers to a wish."""

    wish: Wish
    past: Past


@dataclass(frozen=True, slots=True)
class _Ban:
    """What must not be kept: marks of feeds, and (source, licence)."""

    terms: frozenset[str]
    licences: frozenset[tuple[str, str]]


class Archivist:
    """The thread, and how it is spoken to from the one thread of the coordinator."""

    def __init__(
        self,
        folder: Path | None,
        hand_over: Callable[[Remembered | Alert], None],
        *,
        now: Callable[[], float | None],
        write_every_s: float = WRITE_EVERY_S,
    ) -> None:
        """Prepare, without touching the disk.

        Args:
            folder: the state folder, or None: then nothing is kept, and no wish is answered.
            hand_over: takes answers and alerts, on the archivist's thread.
            now: seconds since 1970, or None while no clock can be believed.
            write_every_s: seconds during which values are gathered.
        """
        self._path = folder / FILE if folder is not None else None
        self._hand_over = hand_over
        self._now = now
        self._write_every_s = write_every_s
        self._terms: Mapping[str, str] = {}
        self._duties: Mapping[tuple[str, str], tuple[str, ...]] = {}
        self._inbox: SimpleQueue[Sequence[Entry] | Wish | _Ban | None] = SimpleQueue()
        self._archive: Archive | None = None
        self._waiting: deque[Entry] = deque(maxlen=MOST_WAITING)
        self._due = 0.0
        self._unanswered: list[Wish] = []
        self._ban = _Ban(frozenset(), frozenset())
        # None: an earlier life of this process may have raised the alert.
        self._failing: bool | None = None
        self._set_aside: bool | None = None
        self._thread = threading.Thread(target=self._run, name="archive", daemon=True)

    # -- from the coordinator's thread -------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        if self._path is not None:
            self._thread.start()

    def follow(self, feeds: Mapping[str, Sequence[FeedDocument]]) -> None:
        """Learn what the feeds are from now on; what a licence does not allow to be stored is let go of.

        Args:
            feeds: name → the documents of its sources, its own one first.
        """
        self._terms = {name: terms_digest(own) for name, (own, *_) in feeds.items()}
        duties: dict[tuple[str, str], set[str]] = {}
        for document in (one for sources in feeds.values() for one in sources):
            duties.setdefault((document.source, document.licence), set()).update(document.duties)
        self._duties = {licence: tuple(sorted(asked)) for licence, asked in duties.items()}
        banned = frozenset(name for name, (own, *_) in feeds.items() if self._banned(own.source, own.licence))
        if banned:
            licences = frozenset(licence for licence, asked in self._duties.items() if "no_storage" in asked)
            self._inbox.put(_Ban(frozenset(self._terms[name] for name in banned), licences))

    def keep(self, points: Sequence[Recorded]) -> None:
        """Take over what came, except what a licence does not allow to be stored."""
        entries = [
            self._entry(*point) for point in points if not self._banned(point.reading.source, point.reading.licence)
        ]
        if entries:
            self._inbox.put(entries)

    def ask(self, wish: Wish) -> bool:
        """Ask for a part of the past; the answer comes by ``hand_over``, and once more if the disk fails now and no longer does later.

        Returns:
            False when nothing is kept at all, and no answer comes.
        """
        if self._path is not None:
            self._inbox.put(wish)
        return self._path is not None

    def close(self, patience_s: float) -> None:
        """Write what waits and close the file; return when that is done, or after ``patience_s`` seconds."""
        if self._thread.is_alive():
            self._inbox.put(None)
            self._thread.join(patience_s)

    def _banned(self, source: str, licence: str) -> bool:
        return "no_storage" in self._duties.get((source, licence), ())

    def _entry(self, reading: Reading, time: float, until: float) -> Entry:
        # What the reading says of itself counts: one that another source stands in for carries that one's words.
        assert reading.value is not None
        origin = Origin(
            reading.feed,
            self._terms[reading.feed],
            reading.nature.value,
            reading.source,
            reading.licence,
            reading.attribution,
            reading.place,
            self._duties.get((reading.source, reading.licence), ()),
        )
        return Entry(origin, reading.name, reading.key, reading.unit, time, reading.value, until)

    # -- on its own thread -------------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._with_archive(lambda _archive: None)
        while True:
            if self._waiting and self._due <= time.monotonic():
                self._write()
            wait_s = max(0.0, self._due - time.monotonic()) if self._waiting else None
            try:
                message = self._inbox.get(timeout=wait_s)
            except Empty:
                continue
            match message:
                case Wish():
                    self._answer(message)
                case _Ban():
                    self._ban = message
                    self._forget(message)
                case None:
                    break
                case entries:
                    self._gather(entries)
        if self._waiting:
            self._write()
        self._let_go()

    def _gather(self, entries: Sequence[Entry]) -> None:
        if not self._waiting:
            self._due = time.monotonic() + self._write_every_s
        self._waiting.extend(entries)
        if len(self._waiting) >= MANY and not self._failing:
            self._write()

    def _write(self) -> None:
        waiting, now = list(self._waiting), self._now()
        self._due = time.monotonic() + self._write_every_s

        def write(archive: Archive) -> None:
            archive.write(waiting)
            self._waiting.clear()
            archive.trim(now)

        try:
            self._with_archive(write)
        except (sqlite3.Error, ValueError, TypeError) as error:
            # A mistake of ours, which waiting would not mend.
            log.error("%d values cannot be kept: unforeseen %s: %s", len(waiting), type(error).__name__, error)  # noqa: TRY400 - no traceback
            self._waiting.clear()
            self._let_go()

    def _answer(self, wish: Wish) -> None:
        def look(archive: Archive) -> Past:
            return archive.past(wish.feed, wish.terms, wish.names, wish.since, wish.until, wish.most)

        past = self._with_archive(look)
        if past is None:
            past = self._read_only(look)
        if past is None:
            self._unanswered.append(wish)
        self._hand_over(Remembered(wish, past or {}))

    def _read_only(self, work: Callable[[Archive], Result]) -> Result | None:
        """Do something with an archive that can only be read; return None when it cannot."""
        assert self._path is not None
        try:
            archive = Archive(self._path, reading=True)
        except ArchiveError:
            return None
        try:
            return work(archive)
        except ArchiveError:
            return None
        finally:
            archive.close()

    def _forget(self, ban: _Ban) -> None:
        kept = [
            entry
            for entry in self._waiting
            if entry.origin.terms not in ban.terms and (entry.origin.source, entry.origin.licence) not in ban.licences
        ]
        self._waiting = deque(kept, maxlen=MOST_WAITING)
        self._let_go()
        self._with_archive(lambda _archive: None)

    def _with_archive(self, work: Callable[[Archive], Result]) -> Result | None:
        """Do something with the archive, opened if it is not; return None when that is not possible now."""
        assert self._path is not None
        for last in (False, True):
            try:
                if self._archive is None:
                    self._archive = Archive(self._path)
                    self._archive.forget(self._ban.terms, self._ban.licences)
                result = work(self._archive)
            except ArchiveError as error:
                self._let_go()
                if not error.damaged or last or not self._begin_anew(error):
                    self._fail(error)
                    return None
            else:
                self._succeed()
                return result
        return None

    def _let_go(self) -> None:
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def _begin_anew(self, error: ArchiveError) -> bool:
        assert self._path is not None
        try:
            aside = set_aside(self._path)
        except OSError:
            return False
        log.warning("the history cannot be read and is set aside as %s: %s", aside.name, error)
        self._set_aside = True
        self._hand_over(Alert("history_set_aside", "history", Severity.WARNING, (("file", str(aside)),)))
        return True

    def _fail(self, error: ArchiveError) -> None:
        if not self._failing:
            self._failing = True
            log.warning("the history cannot be saved: %s", error)
            arguments = (("folder", str(self._path and self._path.parent)),)
            self._hand_over(Alert("state_not_saved", "history", Severity.WARNING, arguments))

    def _succeed(self) -> None:
        if self._failing:
            log.info("the history is saved again")
        if self._failing is not False:
            self._failing = False
            self._hand_over(Alert("state_not_saved", "history", over=True))
        if self._set_aside is None:
            self._set_aside = False
            self._hand_over(Alert("history_set_aside", "history", over=True))
        wishes, self._unanswered = self._unanswered, []
        for wish in wishes:
            self._answer(wish)
