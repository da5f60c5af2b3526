"""Last good copies: documents that passed are kept in the state folder, and come back when the ones in place are wrong."""

from collections.abc import Callable, Mapping
from pathlib import Path

from maquette.config.watched import MOST_PLAN_BYTES

_FOLDER = "last_good"


def keep(sources: Mapping[Path, bytes], state: Path, write: Callable[[Path, bytes], None]) -> str | None:
    """Keep copies of documents that passed; each is there whole or not at all, whenever the power goes.

    Args:
        sources: `Installation.sources`: bytes by path relative to ``config.yaml``.
        state: the state folder; it is made when it is missing.
        write: writes a file whole or not at all, whenever the power goes, and raises `OSError` when it cannot.

    Returns:
        None when all are kept, else the reason why not (a full or read-only disk is no reason to stop the show).
    """
    for file, raw in sources.items():
        try:
            if last_good(state, file.as_posix()) != raw:
                write(state / _FOLDER / file, raw)
        except OSError as error:
            return f"{file.as_posix()}: {(error.strerror or str(error)).lower()}"
    return None


def last_good(state: Path, file: str) -> bytes | None:
    """Return the last good copy of a document, or None when there is none that can be read."""
    if Path(file).is_absolute() or ".." in Path(file).parts:
        return None
    try:
        with (state / _FOLDER / file).open("rb") as stream:
            raw = stream.read(MOST_PLAN_BYTES + 1)
    except (OSError, ValueError):
        return None
    return raw if len(raw) <= MOST_PLAN_BYTES else None
