"""File: a JSON document on a disk of this machine, that another programme writes. Its rows and picks are those of `http_json`.

A value that does not date itself is as old as the file: should its writer have died, it does not stay young for that we look at it.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from maquette.config.documents import FileOptions, TableDocument
from maquette.config.quantities import Seconds
from maquette.core.message import Message
from maquette.core.readings import Reading
from maquette.feeds import digest
from maquette.feeds.json_text import read_json
from maquette.feeds.local_file import LocalFile
from maquette.feeds.problems import fault
from maquette.feeds.rows import terms_of
from maquette.feeds.source import Arrival, Connection, Payload, Row, Source
from maquette.feeds.sources import http_json
from maquette.feeds.sources.http_json import HELD_BYTES, JsonRowsDocument, rows_in
from maquette.ops.clock import is_trusted

LARGEST_KEPT = 1_000_000
"""Bytes of a file whose content is kept until it changes; a larger one is read again each time."""


class FileDocument(FileOptions, TableDocument):
    """A feed that is a JSON document on a disk of this machine."""

    kind: Literal["file"]
    """The kind of source."""
    path: str
    """The file, relative to config.yaml."""
    every: Seconds = 60.0
    """How often it is looked at, 1 min by default; one that has not changed is not read again."""
    rows: JsonRowsDocument | None = None
    """Where the rows stand; omitted: the whole document is the only row."""


class Written(NamedTuple):
    """What the file says, and how long it has stood there (s); None: nobody knows."""

    content: Any
    age_s: float | None


class _Document:
    """The file and what it said last."""

    def __init__(self, document: FileDocument) -> None:
        self._file = LocalFile(Path(document.path), _read, lambda _content, size: size <= LARGEST_KEPT)
        self._version: tuple[int, ...] | None = None
        self._since_s: float | None = None  # when this version was first seen (monotonic); None: it was there before us

    def fetch(self) -> Payload:
        content = self._file.content()
        if self._file.version != self._version:
            self._since_s = None if self._version is None else time.monotonic()
            self._version = self._file.version
        return Payload(Written(content, self._age_s()))

    def _age_s(self) -> float | None:
        if self._since_s is not None:
            return time.monotonic() - self._since_s
        age_s = time.time() - self._file.version[0] / 1e9
        return age_s if is_trusted() and age_s >= 0.0 else None

    def close(self) -> None:
        self._file.close()


def _read(stream: BinaryIO) -> Any:
    raw = stream.read(HELD_BYTES + 1)
    if len(raw) > HELD_BYTES:
        raise fault("too_large", f"more than {HELD_BYTES} bytes")
    return read_json(raw)


def _connect(document: FileDocument, _wake: Callable[[], None]) -> Connection:
    return _Document(document)


def _digest(feed: str, document: FileDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    told, age_s = content if isinstance(content, Written) else (content, 0.0)  # else it is a sample
    rows: Iterable[Any] = rows_in(document.rows, told)
    if not _is_dated(document):
        received_s = None if age_s is None else arrival.monotonic_s - age_s
        rows = (Row(row, received_s, of_before=age_s is None) for row in rows)
    return digest.digest(terms_of(feed, document), rows, arrival, told)


def _is_dated(document: FileDocument) -> bool:
    """Tell whether every value says its own time: then the file's does not matter."""
    dates = (value.measured_at or document.measured_at or document.published_at for value in document.values.values())
    return all(date is not None for date in dates)


def _shape(document: FileDocument, content: Any, documented: Any) -> tuple[Message, ...]:
    assert http_json.SOURCE.shape is not None
    return http_json.SOURCE.shape(document, content.content, documented)


SOURCE = Source(
    document=FileDocument,
    connect=_connect,
    digest=_digest,
    expected=http_json.SOURCE.expected,
    shape=_shape,
)
"""How a JSON document on a disk is read."""
