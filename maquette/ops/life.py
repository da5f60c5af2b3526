"""Life: a small record in the state folder of when the model began and whether it ended as it should, so that the next one knows.

It is written twice in a life: soon after the first light, and at a clean end. What a power cut or a crash leaves is the first of the two.
"""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from maquette.core.vitals import Ending
from maquette.ops.state import write_atomically

LIFE = "life.json"
"""The file, in the state folder."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""A word of its own for each start of the machine (random(4))."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Life:
    """A life of the model.

    Attributes:
        version: of the package.
        boot: the machine's start that it falls into, or None where that cannot be told.
        ended: it was stopped, and has said so.
    """

    version: str
    boot: str | None
    ended: bool = False


def ending_of(former: Life | None, now: Life) -> Ending:
    """Return how a former life ended, as seen from the next.

    Args:
        former: what is on record of it, or None when there was none.
        now: the life that begins.
    """
    if former is None:
        return Ending.NONE
    if former.ended:
        if former.version != now.version:
            return Ending.UPGRADED
        return Ending.STOPPED if former.boot == now.boot else Ending.REBOOTED
    if former.boot is None or now.boot is None:
        return Ending.UNKNOWN
    return Ending.CRASHED if former.boot == now.boot else Ending.POWER_CUT


def boot_id(path: Path = BOOT_ID) -> str | None:
    """Return the word for this start of the machine, or None."""
    try:
        return path.read_text("ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


class LifeRecord:
    """The file. `begin` and `end` may be called on different threads; a life that has ended does not begin any more."""

    def __init__(
        self, path: Path, version: str, boot: str | None, write: Callable[[Path, bytes], None] = write_atomically
    ) -> None:
        """Read what is on record of the life before.

        Args:
            path: the file.
            version: of the package.
            boot: the word for this start of the machine, or None.
            write: writes the file.
        """
        self._path = path
        self._life = Life(version, boot)
        self._write = write
        self._lock = threading.Lock()
        self._over = False
        self.after = ending_of(_read(path), self._life)

    def begin(self) -> None:
        """Write that this life has begun."""
        with self._lock:
            if not self._over:
                self._keep(ended=False)

    def end(self) -> None:
        """Write that this life has ended as it should."""
        with self._lock:
            self._over = True
            self._keep(ended=True)

    def _keep(self, *, ended: bool) -> None:
        plain = asdict(Life(self._life.version, self._life.boot, ended))
        try:
            self._write(self._path, json.dumps(plain).encode() + b"\n")
        except OSError as error:  # then the next life knows less; that the disk takes nothing is told elsewhere
            log.warning("the record of this life cannot be written file=%s problem=%s", self._path, error)


def _read(path: Path) -> Life | None:
    """Return the life on record; one that cannot be read has no boot, no version and no end."""
    try:
        plain = json.loads(path.read_bytes())
        return Life(
            str(plain["version"]), None if plain["boot"] is None else str(plain["boot"]), plain["ended"] is True
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        log.warning("the record of the former life cannot be read file=%s problem=%r", path, str(error))
        return Life("", None)
