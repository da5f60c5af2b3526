"""What belongs into a backup: the documents with all that they name, and what of the state cannot be had again."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from maquette.backup.archive import DOCUMENTS, STATE
from maquette.config.watched import Watched
from maquette.ops.life import LIFE

HISTORY = "history.sqlite"
ACCESS = "access.json"
"""What signs sessions, and the record of a PIN that was set at the model."""
_COPIES = "last_good"
"""Made of the documents themselves."""
ASIDE = ".replaced-"
"""How the folder begins in which a restore keeps what was there before."""
ENVIRONMENT = "environment"
_LONGEST_NAME = 200


def documents(config: Path, watched: Watched, plain: Mapping[str, Any]) -> dict[str, Path]:
    """Return the documents of an installation by their names in an archive.

    Args:
        config: config.yaml.
        watched: where the check has looked: files that documents name are among them.
        plain: what config.yaml says; each file that it names is taken, and the folder of the hardware document where it has its own.
    """
    folder = config.absolute().parent
    places = [folder / config.name, *watched.files, *(file for place in watched.folders for file in _below(place))]
    places += [folder / text for text in _texts(plain) if "\0" not in text and len(text) < _LONGEST_NAME]
    hardware = plain.get("hardware")
    if isinstance(hardware, str) and (place := (folder / hardware).parent) != folder:
        places += _below(place)
    found: dict[str, Path] = {}
    for place in places:
        if place.is_file() and place.is_relative_to(folder) and ".." not in place.relative_to(folder).parts:
            found[f"{DOCUMENTS}/{place.relative_to(folder).as_posix()}"] = place
    return found


def _texts(plain: Any) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, (dict, list)):
        for value in plain.values() if isinstance(plain, dict) else plain:
            yield from _texts(value)


def state(folder: Path, scratch: Path, *, history: bool, secrets: bool) -> dict[str, Path]:
    """Return what is kept of the state, by its names in an archive: votes, angles, last readings; the past and what is secret on demand.

    How the last life ended is this machine's own affair, and stays behind.

    Args:
        folder: the state folder.
        scratch: a folder for a copy of the past, which is being written while the model plays.
        history: whether the past is wanted.
        secrets: whether it is for those who may sign in.

    Raises:
        sqlite3.Error: the past cannot be read.
    """
    without = (f"{_COPIES}/", HISTORY, LIFE) if secrets else (f"{_COPIES}/", HISTORY, LIFE, ACCESS)
    found = {
        f"{STATE}/{place.relative_to(folder).as_posix()}": place
        for place in _below(folder)
        if not place.relative_to(folder).as_posix().startswith(without)
    }
    if history and (folder / HISTORY).is_file():
        copy = scratch / HISTORY
        uri = f"{(folder / HISTORY).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as past, closing(sqlite3.connect(copy)) as other:
            past.backup(other)
        found[f"{STATE}/{HISTORY}"] = copy
    return found


def _below(folder: Path) -> Iterator[Path]:
    """The files below a folder, without what is hidden: editors' leftovers, writes under way, what a restore has replaced."""
    for place in sorted(folder.rglob("*")):
        parts = place.relative_to(folder).parts
        if not any(part.startswith(".") for part in parts) and place.is_file() and not place.is_symlink():
            yield place
