"""Left: where the horns of servos were left, kept in a small file: after a power cut the first pulse asks for the angle where they are.

The file is written when a horn has moved, at most every two seconds: after a cut a horn jumps by no more than it had
turned since. A hundred moves an hour make two or three thousand small writes in a day of ten hours, some fifty
megabytes: a card bears that for decades. A disk that takes nothing is no trouble: then horns are taken to be where they
were left last.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from maquette.ops.state import write_atomically

LEFT = "servos.json"
"""The file, in the state folder."""
WRITE_S = 2.0
"""Between two writes at least."""

_MOST_DEG = 36_000.0  # no servo turns a hundred times: beyond, and for what is no number, the file is spoilt

log = logging.getLogger(__name__)


class LeftAngles:
    """The angles, in degrees, by servo. Used on the frame loop's thread, which never waits for the disk."""

    def __init__(self, path: Path, write: Callable[[Path, bytes], None] = write_atomically) -> None:
        """Keep angles in a file.

        Args:
            path: the file.
            write: writes it.
        """
        self._path = path
        self._write = write
        self._angles: dict[str, float] = {}
        self._kept: dict[str, float] = {}
        self._written_at = float("-inf")
        self._writer: threading.Thread | None = None
        self._refused = False

    def read(self) -> Mapping[str, float]:
        """Return where the horns were left; nothing where that is not known."""
        try:
            plain = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            log.warning("where the servos were left cannot be read file=%s problem=%r", self._path, str(error))
            return {}
        found = plain.items() if isinstance(plain, dict) else ()
        self._kept = {
            name: float(angle)
            for name, angle in found
            if isinstance(angle, int | float) and not isinstance(angle, bool) and abs(angle) <= _MOST_DEG
        }
        return dict(self._kept)

    def keep(self, angles: Mapping[str, float], now: float) -> None:
        """Take note of where horns are; write it on another thread when it is time.

        Args:
            angles: degrees, by servo.
            now: monotonic seconds.
        """
        self._angles = {name: round(angle, 1) for name, angle in angles.items()}
        busy = self._writer is not None and self._writer.is_alive()
        if self._angles != self._kept and not busy and now >= self._written_at + WRITE_S:
            self._written_at = now
            self._writer = threading.Thread(target=self._put, args=(self._angles,), name="servos left", daemon=True)
            self._writer.start()

    def finish(self) -> None:
        """Write what is new, at the end."""
        if self._writer is not None:
            self._writer.join(WRITE_S)
            if self._writer.is_alive():
                return  # the disk hangs
        if self._angles != self._kept:
            self._put(self._angles)

    def _put(self, angles: dict[str, float]) -> None:
        try:
            self._write(self._path, json.dumps(angles).encode())
        except OSError as error:
            if not self._refused:
                log.info("where the servos are left cannot be kept file=%s problem=%r", self._path, str(error))
            self._refused = True
        else:
            self._refused = False
        self._kept = angles  # refused, too: it is tried again when something is new, not all the time
