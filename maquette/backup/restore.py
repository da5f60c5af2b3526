"""Restoring: what comes is laid beside what is there, checked as a whole, and then takes its place; what was there stays beside."""

import contextlib
import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maquette.backup.archive import DOCUMENTS, SECRETS, STATE, unpack
from maquette.backup.contents import ASIDE, ENVIRONMENT
from maquette.core.message import message
from maquette.errors import BackupError

_STAGE = ".restore-"
_KEPT = 3
"""So many replaced versions stay."""


@dataclass(frozen=True)
class Incoming:
    """What is to be restored, unpacked.

    Attributes:
        documents: a folder with documents, or None.
        config: the name of config.yaml in it.
        state: a folder with state, or None.
        secrets: the file of secrets, or None.
        told: where it comes from: the model's id and when, or a folder.
    """

    documents: Path | None
    config: str
    state: Path | None
    secrets: Path | None
    told: str


@dataclass(frozen=True)
class Move:
    """A file or a folder that takes its place.

    Attributes:
        source: what comes, on the same file system.
        target: where.
    """

    source: Path
    target: Path

    @property
    def same(self) -> bool:
        """Whether what comes is what is there."""
        return _same(self.source, self.target)


def unpacked(source: Path, config: str, scratch: Path) -> Incoming:
    """Unpack an archive into an empty folder, or take a folder as it is: a stick with ``config.yaml``, ``hardware/``, ``scenarios/``.

    Raises:
        BackupError: it is neither, or an archive that is not as it should be.
        OSError: it cannot be read.
    """
    if source.is_dir():
        names = [path.name for path in _entries(source)]
        if not {config, "hardware", "scenarios"} & set(names):
            raise BackupError(message("backup_no_documents", path=str(source), name=config))
        return Incoming(source, config, None, None, str(source))
    manifest = unpack(source, scratch)
    parts = [scratch / name if (scratch / name).exists() else None for name in (DOCUMENTS, STATE, SECRETS)]
    return Incoming(
        parts[0], manifest.config, parts[1], parts[2], f"{manifest.id}, {manifest.made_at}, {manifest.version}"
    )


@contextlib.contextmanager
def stage(folder: Path, *, elsewhere: bool = False) -> Iterator[Path]:
    """Make a hidden folder below ``folder``, so that what is laid there can take its place at once; with ``elsewhere`` far from it."""
    if not elsewhere:
        folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=_STAGE, dir=None if elsewhere else folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def lay(incoming: Path, place: Path, like: Path) -> list[str]:
    """Copy what comes into a stage, owned and readable as the folder is that it goes to; return the names at its top.

    Only files and folders are copied, nothing hidden, and no link is followed.
    """
    names = []
    for entry in _entries(incoming):
        _copy(entry, place / entry.name, like if like.exists() else place)
        names.append(entry.name)
    return names


def complete(current: Path, names: Sequence[str], place: Path) -> None:
    """Link what is there and does not come into a stage, so that the whole can be checked."""
    for entry in _entries(current) if current.is_dir() else ():
        if entry.name not in names:
            (place / entry.name).symlink_to(entry.absolute())


def carry_out(moves: Sequence[Move], stamp: str) -> None:
    """Let everything take its place; what was there goes into a hidden folder beside it. When one fails, all is as before.

    Args:
        moves: in order.
        stamp: the name of this restore, a part of a file name.

    Raises:
        OSError: a file cannot be moved.
    """
    done: list[tuple[Path, Path]] = []
    try:
        for move in moves:
            move.target.parent.mkdir(parents=True, exist_ok=True)
            if move.target.exists() or move.target.is_symlink():
                aside = move.target.parent / f"{ASIDE}{stamp}"
                aside.mkdir(mode=0o700, exist_ok=True)
                move.target.rename(aside / move.target.name)
                done.append((move.target, aside / move.target.name))
            move.source.rename(move.target)
            done.append((move.source, move.target))
    except OSError:
        for before, after in reversed(done):
            after.rename(before)
        raise
    os.sync()
    for folder in {move.target.parent for move in moves}:
        for old in sorted(folder.glob(f"{ASIDE}*"))[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)


def _entries(folder: Path) -> list[Path]:
    """What lies at the top of a folder; secrets never come with documents."""
    entries = (path for path in folder.iterdir() if not path.name.startswith(".") and path.name != ENVIRONMENT)
    return sorted(path for path in entries if not path.is_symlink() or path.exists())


def _copy(source: Path, target: Path, like: Path) -> None:
    if source.is_symlink() or (not source.is_dir() and not source.is_file()):
        return
    if source.is_dir():
        target.mkdir()
        for entry in source.iterdir():
            if not entry.name.startswith("."):
                _copy(entry, target / entry.name, like)
    else:
        shutil.copyfile(source, target)
    resemble(target, like)


def resemble(place: Path, like: Path) -> None:
    """Give a file or a folder the owner of a folder, and its permissions; files cannot be run."""
    status = like.stat()
    with contextlib.suppress(PermissionError):  # only root gives files away
        os.chown(place, status.st_uid, status.st_gid)
    place.chmod(status.st_mode & (0o7777 if place.is_dir() else 0o666))


def _same(one: Path, other: Path) -> bool:
    if one.is_dir():
        if not other.is_dir():
            return False
        names = {path.name for path in one.iterdir()}
        return names == {path.name for path in other.iterdir() if not path.name.startswith(".")} and all(
            _same(one / name, other / name) for name in names
        )
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
