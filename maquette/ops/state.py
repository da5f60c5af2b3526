"""The state folder: what may be lost, kept so that a power cut at any moment leaves the old or the new, never half."""

import contextlib
import os
import stat
import zlib
from pathlib import Path

CONFIG, STATE = Path("/etc/maquette/config.yaml"), Path("/var/lib/maquette")
"""Where an installed model has its documents and its state (see systemd/README.md)."""


def write_atomically(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a file so that it is there whole or not at all: written beside, flushed to the disk, renamed.

    It belongs to whom the former file belonged, who may read and write it as before.

    Args:
        path: where.
        data: what it is to hold.
        mode: its permissions, instead of the former file's; they stand before the first byte does.

    Raises:
        OSError: the disk is full or read-only; the former file is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name beside it: what a power cut leaves there, the next write takes over.
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(data)
            _like(path, file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _flush_folder(path.parent)


def _like(former: Path, descriptor: int, mode: int | None) -> None:
    """Give a file the mode (unless it has one) and the owner of a former one, as far as this user may."""
    with contextlib.suppress(OSError):  # there was none, or the file system knows no owners
        status = former.stat()
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode) if mode is None else mode)
        os.fchown(descriptor, status.st_uid, status.st_gid)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def state_folder(chosen: Path | None, config: Path) -> Path:
    """Return where an installation's state lives: as chosen, else the service manager's folder, else the user's.

    The documents of an installed model go with its own state, whoever asks.

    Args:
        chosen: from the command line, or None.
        config: the installation's config.yaml; two installations of one user never share a folder.
    """
    if chosen is not None:
        return chosen
    service = os.environ.get("STATE_DIRECTORY")
    if service:
        return Path(service.split(":")[0])
    if config.absolute() == CONFIG:
        return STATE
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    place = config.absolute()
    return Path(base) / "maquette" / f"{place.parent.name}-{zlib.crc32(os.fsencode(place)):08x}"
