"""The archive: files with a manifest that says what they are, and nothing that was not asked for. Written, and read without trust.

A ``.tar.gz``: first ``manifest.json``, then ``documents/…`` (relative to the folder of config.yaml), ``state/…`` (relative to the state
folder) and ``environment`` (the secrets, only where they were asked for).
"""

import hashlib
import json
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from maquette.core.message import message
from maquette.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
DOCUMENTS, STATE, SECRETS = "documents", "state", "environment"
MOST_BYTES = 4 << 30
"""What an archive may hold; a year of values takes a quarter of a gigabyte."""
_MOST_MANIFEST_BYTES = 4 << 20
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        version: of the program that wrote it.
        id: of the model.
        made_at: when, UTC, ISO 8601.
        config: the name of config.yaml in ``documents``.
        sizes: bytes by name in the archive.
        marks: SHA-256 by name in the archive, hexadecimal.
    """

    version: str
    id: str
    made_at: str
    config: str
    sizes: Mapping[str, int]
    marks: Mapping[str, str]


def write_archive(target: Path, files: Mapping[str, Path], *, version: str, id: str, made_at: str, config: str) -> None:  # noqa: A002 - the model's id
    """Write an archive, whole or not at all; readable for its owner only.

    Args:
        target: where.
        files: the files by their names in the archive.
        version: of this program.
        id: of the model.
        made_at: now, UTC, ISO 8601.
        config: the name of config.yaml in ``documents``.

    Raises:
        OSError: a file cannot be read, or the archive cannot be written.
    """
    listed = {name: {"bytes": path.stat().st_size, "sha256": mark_of(path)} for name, path in sorted(files.items())}
    about = {"format": FORMAT, "version": version, "id": id, "made_at": made_at, "config": config, "files": listed}
    raw = json.dumps(about, ensure_ascii=False, indent=1).encode()
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.touch(mode=0o600)
        with tarfile.open(beside, "w:gz") as archive:
            _add(archive, MANIFEST, len(raw), BytesIO(raw))
            for name, path in sorted(files.items()):
                with path.open("rb") as file:
                    _add(archive, name, int(str(listed[name]["bytes"])), file)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, name: str, size: int, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, file)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack an archive below an empty folder, after everything in it was found to be as its manifest says.

    Raises:
        BackupError: it is no archive of ours, or a newer or a damaged one, or it holds what does not belong there.
        OSError: it cannot be read, or the folder cannot be written.
    """
    try:
        with tarfile.open(source, "r:gz") as archive:
            return _unpacked(archive, folder)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupError(message("backup_unreadable", path=str(source))) from error


def _unpacked(archive: tarfile.TarFile, folder: Path) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > _MOST_MANIFEST_BYTES:
        raise BackupError(message("backup_no_manifest"))
    manifest = _manifest(_stream(archive, first).read())
    left = set(manifest.marks)
    while (entry := archive.next()) is not None:
        if entry.name not in left or not entry.isreg():
            raise BackupError(message("backup_stranger", name=entry.name))
        left.discard(entry.name)
        if entry.size != manifest.sizes[entry.name]:
            raise BackupError(message("backup_damaged", name=entry.name))
        place = folder / entry.name
        place.parent.mkdir(parents=True, exist_ok=True)
        mark = hashlib.sha256()
        with place.open("xb") as file, _stream(archive, entry) as stream:
            while block := stream.read(_BLOCK):
                mark.update(block)
                file.write(block)
        if mark.hexdigest() != manifest.marks[entry.name]:
            raise BackupError(message("backup_damaged", name=entry.name))
    if left:
        raise BackupError(message("backup_damaged", name=min(left)))
    return manifest


def _stream(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(entry)
    assert stream is not None, "a regular file"
    return stream


def _manifest(raw: bytes) -> Manifest:
    try:
        about: dict[str, Any] = json.loads(raw)
        number = about["format"]
        if number != FORMAT:
            raise BackupError(message("backup_newer", version=str(about.get("version", "?"))))
        texts = [about[name] for name in ("version", "id", "made_at", "config")]
        sizes = {name: entry["bytes"] for name, entry in about["files"].items()}
        marks = {name: entry["sha256"] for name, entry in about["files"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupError(message("backup_no_manifest")) from error
    if not all(isinstance(text, str) for text in texts) or not all(
        type(size) is int and size >= 0 for size in sizes.values()
    ):
        raise BackupError(message("backup_no_manifest"))
    for name in marks:
        if not _belongs(name):
            raise BackupError(message("backup_stranger", name=name))
    if sum(sizes.values()) > MOST_BYTES:
        raise BackupError(message("backup_too_large", size=MOST_BYTES >> 30))
    version, model, made_at, config = texts
    if f"{DOCUMENTS}/{config}" not in marks:
        raise BackupError(message("backup_no_manifest"))
    return Manifest(version, model, made_at, config, sizes, marks)


def _belongs(name: str) -> bool:
    """Tell whether a name stays below one of our folders, wherever it is unpacked."""
    parts = PurePosixPath(name).parts
    if (
        name != "/".join(parts)
        or not name.isprintable()
        or any(part in ("..", ".", "/") for part in parts)
        or "\\" in name
    ):
        return False
    return parts == (SECRETS,) or (len(parts) > 1 and parts[0] in (DOCUMENTS, STATE))


def mark_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    mark = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            mark.update(block)
    return mark.hexdigest()
