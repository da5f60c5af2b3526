"""File: a JSON document on a disk of this machine, that another programme writes. Its rows and picks are those of `http_json`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Literal

from maquette.config.documents import FileOptions, TableDocument
from maquette.config.quantities import Seconds
from maquette.feeds.json_text import read_json
from maquette.feeds.local_file import LocalFile
from maquette.feeds.problems import fault
from maquette.feeds.source import Connection, Payload, Source
from maquette.feeds.sources import http_json
from maquette.feeds.sources.http_json import HELD_BYTES, JsonRowsDocument

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


class _Document:
    """The file and what it said last."""

    def __init__(self, document: FileDocument) -> None:
        self._file = LocalFile(Path(document.path), _read, lambda _content, size: size <= LARGEST_KEPT)

    def fetch(self) -> Payload:
        return Payload(self._file.content())

    def close(self) -> None:
        self._file.close()


def _read(stream: BinaryIO) -> Any:
    raw = stream.read(HELD_BYTES + 1)
    if len(raw) > HELD_BYTES:
        raise fault("too_large", f"more than {HELD_BYTES} bytes")
    return read_json(raw)


def _connect(document: FileDocument, _wake: Callable[[], None]) -> Connection:
    return _Document(document)


SOURCE = Source(
    document=FileDocument,
    connect=_connect,
    digest=http_json.SOURCE.digest,
    expected=http_json.SOURCE.expected,
    shape=http_json.SOURCE.shape,
)
"""How a JSON document on a disk is read."""
