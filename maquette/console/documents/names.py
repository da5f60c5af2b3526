"""Names of documents: how they are called in addresses, and which names a new one may have. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from maquette.console.commands import Refusal

LONGEST = 60
"""Characters of a name at most."""
RESERVED = frozenset(
    {"all", "rest", "zone", "idle", "scales", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)  # fmt: skip
"""Names that mean something else: in documents, or on the computers to which they are downloaded."""

FORM = f"^[a-z][a-z0-9_-]{{0,{LONGEST - 1}}}$"
"""What a new name looks like."""

_STEM = re.compile(FORM.strip("^$"))
_ENDING = ".yaml"


def names_by_file(files: Iterable[str], folders: Iterable[str]) -> dict[str, str]:
    """Return how documents are called: by their stem where they lie in a folder of scenarios, else by their path, with ``:`` for ``/``.

    Args:
        files: relative to the folder of ``config.yaml``, with ``/``.
        folders: those of scenarios, in the same way; where a stem is met again, the later one goes by its path.

    Returns:
        The name of each file.
    """
    names: dict[str, str] = {}
    known = set(folders)
    for file in files:
        path = PurePosixPath(file)
        stem = path.name.removesuffix(_ENDING)
        lies_there = path.parent.as_posix() in known and stem not in names.values() and ":" not in stem
        names[file] = stem if lies_there else file.replace("/", ":")
    return names


def flaw(name: str, taken: Iterable[str]) -> Refusal | None:
    """Return why a new document may not have a name, with one that it may have; or None.

    Args:
        name: without folder and ending.
        taken: the names of the documents that are there; two that differ in case only would be one on some disks.
    """
    others = {other.casefold() for other in taken}
    if _STEM.fullmatch(name) is None:
        near = _near(name)
        return Refusal("document_name", near if near and near not in others | RESERVED else None, {"name": name})
    if name in RESERVED:
        return Refusal("document_name_reserved", None, {"name": name})
    return Refusal("document_exists", None, {"name": name}) if name in others else None


def _near(name: str) -> str:
    """Return the nearest name that is well formed, or nothing."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", bare.removesuffix(_ENDING)).strip("-").lstrip("0123456789-")[:LONGEST]
