"""A file of this machine that somebody else writes: read when it has changed, and not while it is being written.

A writer should write beside it and rename. One that does not is waited for, as far as that can be seen: a file that changed within the
last second is left alone for a moment. What it then reads as is for the reader: an error leaves the last good answer in place.
"""

import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from maquette.feeds.problems import fault

STILL_S = 1.0
"""Seconds since its last change from which a file is taken for written."""
MOST_WAITS = 3
"""Moments that a file is waited for; one to which lines are added all the time is then read as it is."""

Content = TypeVar("Content")


class LocalFile(Generic[Content]):
    """One file and what it said last. Used by one thread at a time, except `close`."""

    def __init__(
        self,
        path: Path,
        read: Callable[[BinaryIO], Content],
        keeps: Callable[[Content, int], bool] = lambda _content, _size: True,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Prepare, without touching the file.

        Args:
            path: where it is; only a regular file is read.
            read: makes its content of its bytes; raises FeedError.
            keeps: (content, bytes) → whether it is small enough to be kept until the file changes.
            now: the clock that files are dated by (s since 1970).
        """
        self._path = path
        self._read = read
        self._keeps = keeps
        self._now = now
        self._closing = threading.Event()
        self._kept: tuple[tuple[int, ...], Content] | None = None
        self.version: tuple[int, ...] = ()
        """What tells the version that was looked at last from another; it begins with when it was written (ns since 1970)."""

    def content(self) -> Content:
        """Return what the file says; a file that has not changed is only looked at.

        Raises:
            FeedError: ``no_file``, or what its reader raises.
        """
        seen = self.version = self._settled()
        if self._kept is not None and self._kept[0] == seen:
            return self._kept[1]
        self._kept = None
        try:
            with self._path.open("rb") as stream:
                content = self._read(stream)
        except OSError as error:
            raise fault("no_file", f"{self._path.name}: {error.strerror}") from error
        if self._keeps(content, seen[1]) and self._look() == seen:
            self._kept = (seen, content)
        return content

    def close(self) -> None:
        """End a wait that is under way."""
        self._closing.set()

    def _settled(self) -> tuple[int, ...]:
        """Return what tells a version of the file from another, once it has been still for a moment."""
        for _ in range(MOST_WAITS):
            seen = self._look()
            since_s = self._now() - seen[0] / 1e9
            # A date ahead of the clock says nothing: clocks that were wrong are set right.
            if not 0.0 <= since_s < STILL_S or self._closing.wait(STILL_S - since_s):
                return seen
        return self._look()

    def _look(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
            raise fault("no_file", f"{self._path.name}: {getattr(error, 'strerror', 'not a name')}") from error
        if not stat.S_ISREG(found.st_mode):  # a named pipe would keep us waiting for ever
            raise fault("no_file", f"{self._path.name}: not a file")
        return found.st_mtime_ns, found.st_size, found.st_ino
