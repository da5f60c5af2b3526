"""Watching documents: what a look at the disk shows flows in with its time, whether it is time to read flows out.

Looking is a stat of each file: on any file system, also those that send no notice of changes (network shares, containers).
"""

from collections.abc import Mapping
from pathlib import Path

from maquette.config.watched import Watched, is_document

LOOK_S = 0.2
"""Seconds between two looks while nothing moves."""
CLOSE_LOOK_S = 0.05
"""Seconds between two looks while something does."""
STILL_S = 0.3
"""Seconds for which everything must have been as it is before it is read: editors and copies write in several strokes."""
GONE_S = 1.0
"""The same when a file is gone: many editors and synchronisers delete a file and write it anew a moment later."""
RESTLESS_S = 10.0
"""Seconds after which it is read all the same: a file that never rests must not keep the others waiting."""

Stamp = tuple[int, int, int]
"""Time of the last change (ns), size and number of a file: a new version differs in one of them."""


def look(watched: Watched) -> dict[Path, Stamp]:
    """Return the stamps of the documents that are there."""
    paths = set(watched.files)
    for folder in watched.folders:
        try:
            paths.update(path for path in folder.iterdir() if is_document(path.name))
        except OSError:
            continue  # gone, or not ours to read: so are its documents
    found: dict[Path, Stamp] = {}
    for path in paths:
        try:
            status = path.stat()
        except (OSError, ValueError):
            continue
        found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


class Stillness:
    """Tells when what was changed has come to rest."""

    def __init__(self, seen: Mapping[Path, Stamp]) -> None:
        """Begin with what has been read."""
        self._read = self._seen = seen
        self._restless_since: float | None = None
        self._still_since = 0.0

    @property
    def resting(self) -> bool:
        """True while everything is as it was read."""
        return self._restless_since is None

    def is_due(self, seen: Mapping[Path, Stamp], now: float) -> bool:
        """Take a look; return True when there is something new to read and it has come to rest.

        Args:
            seen: what a look shows.
            now: monotonic seconds.
        """
        if seen != self._seen:
            self._seen, self._still_since = seen, now
        if seen == self._read:
            self._restless_since = None
            return False
        if self._restless_since is None:
            self._restless_since = self._still_since = now
        wait_s = GONE_S if self._read.keys() - seen.keys() else STILL_S
        return now - self._still_since >= wait_s or now - self._restless_since >= RESTLESS_S

    def read(self, seen: Mapping[Path, Stamp]) -> None:
        """Note that this has been read."""
        self._read = self._seen = seen
        self._restless_since = None
