"""CSV: a table in a file of this machine or of a server, also within a gzip or a zip. Picks are the names of its columns.

It is read row by row, and only the rows that count are kept, with the cells that are picked: a large table takes no more memory than they.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, NamedTuple, Self

import jmespath
from pydantic import Field, model_validator

from maquette.config.documents import FileOptions, Name, PickedValueDocument, RowsDocument, TableDocument, ZonesDocument
from maquette.config.quantities import Seconds
from maquette.config.refusal import refusal
from maquette.core.message import Message, message
from maquette.core.readings import Reading
from maquette.feeds import digest, rows
from maquette.feeds.delimited import Form, Row, number_reader, read_rows
from maquette.feeds.http_options import HttpOptions, Size, WebAddress
from maquette.feeds.local_file import LocalFile
from maquette.feeds.packed import unpacked
from maquette.feeds.problems import fault
from maquette.feeds.questions import column, parsed, questions_of
from maquette.feeds.request import Request
from maquette.feeds.rows import Wanted
from maquette.feeds.shape import changes
from maquette.feeds.source import Arrival, Connection, Payload, Source
from maquette.feeds.trace import Node

MOST_ROWS = 100_000
"""Rows that count, at most: what is kept of so many fits beside the rest."""
MOST_KEPT_ROWS = 20_000
"""Rows of a local file that are kept until it changes; one of which more count is read again each time."""
EVERY_ROW = "@"
"""Instead of a column: the row itself, to count rows."""

Column = Annotated[str, Field(min_length=1)]
"""A column's name, exactly as in the first line of the table."""


class CsvZonesDocument(ZonesDocument):
    """Which zones a row counts for, by where it lies: its key is then the zone's id."""

    lat: Column
    """The column of the latitude, in degrees."""
    lon: Column
    """The column of the longitude, in degrees."""


class CsvRowsDocument(RowsDocument):
    """Which rows of a table count, and for what."""

    key: Column | None = None
    """The column of a row's key; omitted: the feed has no keys and its newest row counts."""
    group_by: Column | None = None
    """Like `key`, for values that are made of all rows of a group, such as a `count` or a `sum`."""
    zones: CsvZonesDocument | None = None
    """Rows are told apart by the zone in whose reach they lie, instead of by a key."""


class CsvValueDocument(PickedValueDocument):
    """One value of a table: the number of its newest row (`pick`), or one made of all rows that count. Each names a column."""

    pick: Column | None = None
    """The column of the value; of several rows the newest counts."""
    count: Column | None = None
    """How many rows there are whose cell in this column is not empty; `@` counts them all."""
    sum: Column | None = None
    """The sum of this column over all rows."""
    mean: Column | None = None
    """The mean of this column over all rows."""
    median: Column | None = None
    """The median of this column over all rows."""
    min: Column | None = None
    """The lowest of this column over all rows."""
    max: Column | None = None
    """The highest of this column over all rows."""
    measured_at: Column | None = None
    """The column of the time of measurement; omitted: as the feed says."""


class CsvDocument(HttpOptions, FileOptions, TableDocument):
    """A feed that is a table of delimited text (CSV)."""

    kind: Literal["csv"]
    """The kind of source."""
    every: Annotated[Seconds, Field(ge=10.0)]
    """How often it is looked at, 10 s at the least; one that has not changed is not read again."""
    url: WebAddress | None = None
    """Its address, where it is not a file of this machine."""
    member: str | None = None
    """Which file it is within a zip, such as `2024/emissions.csv`. Omitted: the only one."""
    separator: Literal[",", ";", "tab"] = ","
    """What stands between cells: `,` (by default), `;` or `tab`."""
    encoding: Literal["utf-8", "latin-1", "cp1252"] = "utf-8"
    """How its text is encoded: `utf-8` (by default), `latin-1` or `cp1252`."""
    decimal: Literal[".", ",", "either"] = "."
    """The decimal sign: `.` (by default), `,`, or `either` where a table writes both."""
    thousands: Literal[" ", ".", ","] | None = None
    """What stands between groups of three digits; a space stands for thin and no-break ones too. Omitted: nothing does."""
    nulls: list[str] = Field(default_factory=list)
    """Cells that say that nothing is known, such as `ND`, beside empty ones."""
    below: list[str] = Field(default_factory=list)
    """Cells that say that a value lies below the threshold from which it is declared, such as `< seuil`: missing, and not zero."""
    max_size: Size = 200_000_000
    """How large it may be, packed or unpacked. It is read row by row."""
    rows: CsvRowsDocument | None = None
    """Which rows count."""
    valid_on: Column | None = None
    """The column of the local day that a row is a forecast for: only today's row counts, until the day ends."""
    valid_from: Column | None = None
    """The column that says from when a row holds; before that it does not count."""
    valid_until: Column | None = None
    """The column that says until when a row holds; after that it does not count."""
    measured_at: Column | None = None
    """The column of the time of measurement, for values that do not say it themselves."""
    values: Annotated[dict[Name, CsvValueDocument], Field(min_length=1)]  # type: ignore[assignment]  # documents are frozen, so a narrower value is safe
    """The values, by name."""

    @model_validator(mode="after")
    def _check_csv(self) -> Self:
        if (self.path is None) is (self.url is None):
            raise refusal("E111.path_or_url")
        if self.thousands == self.decimal or (self.decimal == "either" and self.thousands in (".", ",")):
            raise refusal("E111.thousands", sign=self.thousands)
        if self.published_at is not None:
            raise refusal("E111.table_time", hint=message("say_measured_at"))
        return self


class Table(NamedTuple):
    """What was read: the rows that count, and how many there were in all."""

    rows: list[Row]
    wanted: Wanted


def columns(document: CsvDocument) -> tuple[str, ...]:
    """Return the columns that a document names, each once."""
    chosen = document.rows or CsvRowsDocument()
    named = [chosen.key, chosen.group_by, document.valid_on, document.valid_from, document.valid_until]
    if chosen.zones is not None:
        named += [chosen.zones.lat, chosen.zones.lon]
    if chosen.where is not None:
        named += _fields(jmespath.compile(chosen.where).parsed)
    for value in document.values.values():
        named += [value.picked, value.measured_at or document.measured_at]
    return tuple(dict.fromkeys(name for name in named if name is not None and name != EVERY_ROW))


def _fields(node: Mapping[str, Any]) -> Iterable[str]:
    """Yield the fields that a parsed JMESPath reads; those of a flat row are its columns."""
    if node["type"] == "field":
        yield node["value"]
    for child in node["children"]:
        yield from _fields(child)


def read_table(document: CsvDocument, stream: BinaryIO) -> Table:
    """Return the rows of a table that count.

    Args:
        document: what counts.
        stream: the file, packed or not, from its beginning.

    Raises:
        FeedError: it cannot be read; see `packed` and `delimited`. ``too_large`` also when too many rows count.
    """
    separator = "\t" if document.separator == "tab" else document.separator
    form = Form(separator, document.encoding, frozenset(document.nulls))
    terms = _terms("", document)
    kept, wanted = list[Row](), rows.Wanted(terms)
    with unpacked(stream, document.member, document.max_size) as inside:
        for row in read_rows(inside, form, columns(document)):
            if not wanted(row):
                continue
            if len(kept) == MOST_ROWS:
                raise fault("too_large", f"more than {MOST_ROWS} rows count; `where` may say which")
            kept.append(row)
    return Table(kept, wanted)


class _LocalTable:
    """A table of this machine."""

    def __init__(self, document: CsvDocument, path: Path) -> None:
        self._file = LocalFile(
            path, lambda stream: read_table(document, stream), lambda table, _size: len(table.rows) <= MOST_KEPT_ROWS
        )

    def fetch(self) -> Payload:
        return Payload(self._file.content())

    def close(self) -> None:
        self._file.close()


class _RemoteTable:
    """A table of a server."""

    def __init__(self, document: CsvDocument, url: str) -> None:
        from maquette.feeds.transport import client_of  # noqa: PLC0415  # requests is for the feeds process alone

        self._document = document
        self._client = client_of(document)
        self._request = Request(url, document.params)

    def fetch(self) -> Payload:
        with self._client.turn(), self._client.ask(self._request) as answer:
            return Payload(read_table(self._document, answer.stream()), answer.server_time)

    def close(self) -> None:
        self._client.close()


def _connect(document: CsvDocument, _wake: Callable[[], None]) -> Connection:
    if document.path is not None:
        return _LocalTable(document, Path(document.path))
    assert document.url is not None
    return _RemoteTable(document, document.url)


def _terms(feed: str, document: CsvDocument) -> rows.Terms:
    number = number_reader(document.decimal, document.thousands, document.below)
    terms = rows.terms_of(feed, document, _column, number)
    # That there is such a column was seen in the first line: where all its cells are empty, that is what the table says.
    return replace(terms, asked=(), values=tuple(replace(value, asked=()) for value in terms.values))


def _column(name: str) -> rows.Pick:
    if name == EVERY_ROW:
        return lambda row: row
    return lambda row: row[name]


def _digest(feed: str, document: CsvDocument, content: Table, arrival: Arrival) -> tuple[Reading, ...]:
    return digest.digest(_terms(feed, document), content.rows, arrival, sifted=content.wanted)


def _expected(feed: str, document: CsvDocument) -> tuple[Reading, ...]:
    return digest.expected(_terms(feed, document), "waiting")


def _sample(document: CsvDocument, raw: bytes) -> Table:
    # A sample is the table itself, whatever it is packed in elsewhere.
    return read_table(document.model_copy(update={"member": None}), io.BytesIO(raw))


def _shape(document: CsvDocument, content: Table, documented: Table | None) -> tuple[Message, ...]:
    asked = questions_of(_terms("", document), rows="rows", path=_path)
    told = None if documented is None else {"rows": documented.rows}
    return tuple(change.message for change in changes(asked, {"rows": content.rows}, told))


def _path(name: str) -> Node:
    return parsed(name) if name == EVERY_ROW else column(name)


SOURCE = Source(
    document=CsvDocument, connect=_connect, digest=_digest, expected=_expected, shape=_shape, sample=_sample
)
"""How a table is read."""
