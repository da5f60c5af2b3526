"""Amendment: one value of a document is changed where it stands. Comments, layout, quotes and line ends stay as people wrote them.

Edits are made by the marks of our own loader, and believed only once the new text has been read again: it must hold exactly the former
tree but for that value. What is written in a way that cannot be changed so is refused, never rewritten.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path as FilePath
from typing import Any

from maquette.config.check import check
from maquette.config.edits import Edit, Text, Value, added, changed, removed
from maquette.config.problems import Problem
from maquette.config.registries import Registries
from maquette.config.tree import Path, Source, split_lines
from maquette.config.yaml import read_bytes, reason_of
from maquette.core.message import message
from maquette.errors import AmendmentError

__all__ = ["Amendment", "Value", "amend", "difference", "propose", "remove"]


@dataclass(frozen=True, slots=True)
class Amendment:
    """A document with values changed, which passed the whole check and is not yet written.

    Attributes:
        file: its name as people are shown it.
        path: where it is on disk.
        before: its bytes as they were read.
        after: its bytes as they are to be.
    """

    file: str
    path: FilePath
    before: bytes
    after: bytes

    @property
    def difference(self) -> str:
        """What changes, as a unified diff; empty when nothing does."""
        return difference(self.file, self.before, self.after)

    def write(self, write: Callable[[FilePath, bytes], None]) -> None:
        """Write it.

        Args:
            write: writes a file whole or not at all, whenever the power goes, and raises `OSError` when it cannot.

        Raises:
            AmendmentError: the document has changed on disk since it was read, or cannot be written; it stays as it is.
        """
        path = self.path.resolve()  # a link stays a link
        try:
            if path.read_bytes() != self.before:
                raise AmendmentError(message("amend_changed", file=self.file))
            write(path, self.after)
        except OSError as error:
            raise AmendmentError(message("not_written", name=self.file, reason=reason_of(error))) from error


def propose(
    config: FilePath, file: str, changes: Mapping[Path, Value], registries: Registries
) -> Amendment | tuple[Problem, ...]:
    """Change values of one document of an installation, and check all documents with it.

    Args:
        config: the installation's config.yaml.
        file: the document, relative to the folder of ``config``.
        changes: values by place; the last key of a place may be new, the others must be there.
        registries: the options of everything that documents may name.

    Returns:
        The amendment, or the problems of the documents as they would be.

    Raises:
        AmendmentError: the document cannot be read, or is written in a way that cannot be changed in place.
    """
    path = config.parent / file
    try:
        before = path.read_bytes()
    except OSError as error:
        raise AmendmentError(message("amend_unread", file=file, reason=reason_of(error))) from error
    source, problems = read_bytes(before, file)
    if source is None:
        return problems
    for place, value in changes.items():
        source = amend(source, place, value)
    checked = check(config, registries, held={file: source.raw})
    if not checked.passed:
        return checked.problems
    return Amendment(file, path, before, source.raw)


def amend(source: Source, path: Path, value: Value) -> Source:
    """Return a document with another value at a place; its last key may be new, the others must be there.

    Raises:
        AmendmentError: it is written in a way that cannot be changed in place.
    """
    wanted = _with(_unshared(source.root.plain), path, value)
    if wanted is None:
        raise _no_place(source, path)
    text = Text(source.raw.decode("utf-8-sig"))
    parent = source.node(path[:-1])
    node = parent.child(path[-1])
    if node is not None and json.dumps(node.plain) == json.dumps(value):
        return source
    edits = added(text, parent, str(path[-1]), value) if node is None else changed(text, source, path, value)
    return _amended(source, text, edits, wanted, path)


def remove(source: Source, path: Path) -> Source:
    """Return a document without an entry of one of its mappings; the comments in what goes, go with it.

    Raises:
        AmendmentError: there is no such entry, or it is written in a way that cannot be taken away in place.
    """
    wanted = _unshared(source.root.plain)
    place = wanted
    for step in path[:-1]:
        if not (isinstance(place, dict) and step in place) and not _is_item(place, step):
            raise _no_place(source, path)
        place = place[step]
    if not isinstance(place, dict) or path[-1] not in place:
        raise _no_place(source, path)
    del place[path[-1]]
    text = Text(source.raw.decode("utf-8-sig"))
    return _amended(source, text, removed(text, source.node(path[:-1]), str(path[-1])), wanted, path)


def difference(file: str, before: bytes, after: bytes) -> str:
    """Return what changes from one version of a document to another, as a unified diff; empty when nothing does."""
    old, new = (split_lines(raw.decode("utf-8-sig")) for raw in (before, after))
    return "\n".join(unified_diff(old, new, file, file, lineterm="", n=2))


def _amended(source: Source, text: Text, edits: Iterable[Edit], wanted: Any, path: Path) -> Source:
    """Return the document as edited, once it was read again and found to hold the tree that is wanted."""
    bom = source.raw[: len(source.raw) - len(source.raw.decode("utf-8-sig").encode())]
    amended, _ = read_bytes(bom + text.edited(list(edits)).encode(), source.file)
    # Written out, for to Python true is 1, and what an alias repeats would be one and the same.
    if amended is None or json.dumps(amended.root.plain) != json.dumps(wanted):
        line = source.mark(path).line
        raise AmendmentError(message("amend_by_hand", file=source.file, line=line, place=_shown(path)))
    return amended


def _no_place(source: Source, path: Path) -> AmendmentError:
    return AmendmentError(message("amend_no_place", file=source.file, place=_shown(path)))


def _unshared(plain: Any) -> Any:
    return json.loads(json.dumps(plain))


def _with(root: Any, path: Path, value: Value) -> Any:
    """Return a tree with another value at a place, or None when there is no such place."""
    place = root
    for step in path[:-1]:
        if not (isinstance(place, dict) and step in place) and not _is_item(place, step):
            return None
        place = place[step]
    if not (isinstance(place, dict) and isinstance(path[-1], str)) and not _is_item(place, path[-1]):
        return None
    place[path[-1]] = _unshared(value)
    return root


def _is_item(place: Any, step: str | int) -> bool:
    return isinstance(place, list) and isinstance(step, int) and 0 <= step < len(place)


def _shown(path: Path) -> str:
    return ".".join(map(str, path))
