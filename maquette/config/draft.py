"""The desk: documents on their way from bytes to checked models, and the problems met on the way."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeVar

from maquette.config.documents import Document
from maquette.config.problems import Problem, problem, with_lines
from maquette.config.shape import check_shape
from maquette.config.tree import Mark, Path, Source
from maquette.config.watched import MOST_PLAN_BYTES
from maquette.config.yaml import read_bytes, read_file
from maquette.core.message import Argument, Message

AnyDocument = TypeVar("AnyDocument", bound=Document)


@dataclass(eq=False)
class Draft:
    """One document on its way.

    Attributes:
        file: its path relative to the folder of ``config.yaml``, with ``/``.
        path: where it is on disk.
        source: its tree, or None when its syntax is wrong.
        document: the checked model, or None when its shape is wrong.
        problems: what was found so far.
    """

    file: str
    path: FilePath
    source: Source | None = None
    document: Document | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether no error was found so far."""
        return not any(p.severity == "error" for p in self.problems)

    @property
    def tree(self) -> Source:
        """Its tree; only for documents whose syntax is right."""
        assert self.source is not None
        return self.source

    def report(
        self, key: str, path: Path = (), /, *, on_key: bool = False, hint: Message | None = None, **arguments: Argument
    ) -> None:
        """Note a problem at the value (or the key) at ``path``."""
        self.problems.append(self.told(key, path, on_key=on_key, hint=hint, **arguments))

    def report_at(self, mark: Mark, told: Message, hint: Message | None = None) -> None:
        """Note a problem at a mark."""
        self.problems.extend(self._lined([Problem(self.file, mark.line, mark.column, told, hint)]))

    def told(
        self, key: str, path: Path = (), /, *, on_key: bool = False, hint: Message | None = None, **arguments: Argument
    ) -> Problem:
        """Return a problem at ``path`` without noting it: for another draft, which this document names."""
        mark = Mark(1, 1)
        if self.source is not None:
            mark = self.source.key_mark(path) if on_key else self.source.mark(path)
        return self._lined([problem(self.file, mark, key, hint=hint, **arguments)])[0]

    def shape(self, model: type[AnyDocument], path: Path = (), plain: Any = None) -> AnyDocument | None:
        """Check a part of the document against a model; None when it has problems, which are noted."""
        document, problems = check_shape(self.tree, model, path, plain)
        self.problems.extend(found for found in self._lined(problems) if found not in self.problems)
        return document

    def _lined(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        return with_lines(problems, self.source.lines if self.source is not None else ())


class Desk:
    """Reads files below one folder, unless other bytes are to stand in for them, whether they are on disk or not.

    Attributes:
        folder: the folder.
        gone: files that are to be treated as deleted, though they are on disk.
        read: the bytes of each file that could be read.
        asked: the files that were asked for.
        listed: the folders whose documents were asked for.
    """

    def __init__(
        self, folder: FilePath, instead: Mapping[str, bytes | None], gone: frozenset[str] = frozenset()
    ) -> None:
        self.folder = folder
        self.gone = gone
        self._instead = instead
        self.read: dict[str, bytes] = {}
        self.asked: set[str] = set()
        self.listed: set[FilePath] = set()

    def draft(self, file: str) -> Draft:
        """Read a document; its syntax problems are noted in the draft."""
        draft = Draft(file, self.folder / file)
        self.asked.add(file)
        other = self._instead.get(file)
        source, problems = read_bytes(other, file) if other is not None else read_file(draft.path, file)
        draft.source = source
        draft.problems.extend(problems)
        if source is not None:
            self.read[file] = source.raw
        return draft

    def paths_in(self, folder: FilePath) -> list[FilePath]:
        """Return what is in a folder, sorted: on disk and not gone, or standing in for what is not there yet.

        Raises:
            OSError: the folder cannot be read.
        """
        laid = {self.folder / file for file in self._instead if (self.folder / file).parent == folder}
        return sorted({*folder.iterdir(), *laid} - {self.folder / file for file in self.gone})

    def left_out(self, file: str) -> bool:
        """Tell whether a document is to be treated as if it were not there."""
        return file in self._instead and self._instead[file] is None

    def bytes_of(self, file: str) -> bytes | None:
        """Return the bytes of a file that is no document (the plan), or None when it cannot be read."""
        self.asked.add(file)
        raw = self._instead.get(file)
        try:
            if raw is None and (self.folder / file).is_file():
                with (self.folder / file).open("rb") as stream:
                    raw = stream.read(MOST_PLAN_BYTES + 1)
        except OSError:
            return None
        if raw is not None:
            self.read[file] = raw
        return raw

    def name(self, path: FilePath) -> str | None:
        """Return the path of a file relative to the folder, or None when it lies outside."""
        name = os.path.relpath(path, self.folder)
        return None if name.startswith("..") else FilePath(name).as_posix()
