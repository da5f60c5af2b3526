"""GBFS: the stations of shared bicycles, by the address of the system's gbfs.json, whatever its version.

Each station is a row of these names, whatever the version: `station_id`, `name`, `lat`, `lon`, `capacity`, `vehicles` and `docks` (that one
may take and give back now), `installed`, `renting`, `returning`, `reported_at`, and where the system says it the vehicles by `forms`
(`forms.cargo_bicycle`) and `propulsions` (`propulsions.electric_assist`).
"""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from maquette.config.documents import RowsDocument, TableDocument
from maquette.config.picks import Pick
from maquette.config.quantities import Seconds
from maquette.core.message import Message
from maquette.core.readings import Reading
from maquette.errors import FeedError
from maquette.feeds import digest, gbfs_rows, rows
from maquette.feeds.http_options import HttpOptions, WebAddress
from maquette.feeds.json_text import read_json
from maquette.feeds.problems import fault
from maquette.feeds.questions import questions_of
from maquette.feeds.request import Request
from maquette.feeds.shape import changes
from maquette.feeds.source import Arrival, Connection, Payload, Source

KNOWN_FOR_S = 6 * 3600.0
"""Seconds for which where a system's stations are, and of what types its vehicles, are taken for known."""
NEWS_AFTER_S = 600.0
"""The same in seconds, where a station reports that nobody knows yet."""


class GbfsDocument(HttpOptions, TableDocument):
    """A feed of the stations of shared bicycles (GBFS 1.x, 2.x or 3.0)."""

    kind: Literal["gbfs"]
    """The kind of source."""
    every: Annotated[Seconds, Field(ge=60.0)]
    """How often it is asked, 1 min at the least; more rarely where the system wants it so."""
    url: WebAddress
    """The address of its gbfs.json."""
    language: str = "fr"
    """Which language is preferred in the names of stations, where there are several; `fr` by default."""
    rows: RowsDocument | None = None
    """Which stations count; omitted: all. In a row stand `station_id`, `name`, `lat`, `lon`, `capacity`, `vehicles`, `docks`, `renting`…"""
    measured_at: Pick | None = "reported_at"
    """Where the time of the report stands in a row; `reported_at` by default."""


class _System:
    """One system: its files, each asked for as rarely as it may be. Where they are is asked anew when one of them fails."""

    def __init__(self, document: GbfsDocument, monotonic: Callable[[], float] = time.monotonic) -> None:
        from maquette.feeds.transport import Client, client_of  # noqa: PLC0415  # requests is for the feeds process alone

        self._document = document
        self._client = client_of(document)
        # Another host is told nothing that is meant for this one, such as a key in a header.
        self._elsewhere = Client(timeout_s=document.timeout, max_bytes=document.max_size, hosts=document.allow_hosts)
        self._monotonic = monotonic
        self._addresses: Mapping[str, str] = {}
        self._known: dict[str, Any] = {}  # the files that rarely change, by name
        self._known_since: float | None = None

    def fetch(self) -> Payload:
        with self._client.turn(), self._elsewhere.turn():
            try:
                return self._ask()
            except FeedError:
                self._addresses = {}
                raise

    def close(self) -> None:
        self._client.close()
        self._elsewhere.close()

    def _ask(self) -> Payload:
        if not self._addresses:
            discovery, _ = self._read(self._document.url)
            self._addresses = gbfs_rows.file_addresses(discovery, self._document.language)
        status, server_time = self._file("station_status")
        if self._is_due(gbfs_rows.stations_of(status, "station_status").keys()):
            self._learn()
        return Payload({"station_status": status, **self._known}, server_time, gbfs_rows.ttl_s(status))

    def _is_due(self, stations: Collection[str]) -> bool:
        """Tell whether it is time to ask where stations are."""
        if self._known_since is None:
            return True
        known = gbfs_rows.stations_of(self._known["station_information"], "station_information")
        age_s = self._monotonic() - self._known_since
        return age_s >= (KNOWN_FOR_S if all(station in known for station in stations) else NEWS_AFTER_S)

    def _learn(self) -> None:
        """Ask where stations are and of what types vehicles are; what was known stays if nobody answers."""
        try:
            told, _ = self._file("station_information")
            gbfs_rows.stations_of(told, "station_information")
            self._known["station_information"] = told
        except FeedError:
            if self._known_since is None:
                raise
        self._known_since = self._monotonic()
        if "vehicle_types" in self._addresses:
            # It may be missing although it is named; then nobody knows of what kinds vehicles are.
            with suppress(FeedError):
                self._known["vehicle_types"], _ = self._file("vehicle_types")

    def _file(self, name: str) -> tuple[Any, datetime | None]:
        if name not in self._addresses:
            raise fault("bad_shape", f"gbfs.json names no {name}")
        return self._read(self._addresses[name])

    def _read(self, url: str) -> tuple[Any, datetime | None]:
        from maquette.feeds.transport import same_place  # noqa: PLC0415  # see above

        try:
            here = same_place(self._document.url, url)
            if not here and not self._elsewhere.allows(url):
                raise fault("redirected", f"to {urlsplit(url).hostname}")
        except ValueError as error:
            raise fault("bad_shape", "gbfs.json names an address that is none") from error
        client = self._client if here else self._elsewhere
        with client.ask(Request(url)) as answer:
            return read_json(answer.read(), answer.charset), answer.server_time


def _connect(document: GbfsDocument, _wake: Callable[[], None]) -> Connection:
    return _System(document)


def _digest(feed: str, document: GbfsDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    stations = gbfs_rows.rows_of(content, document.language)
    if not stations:  # no system has none: to believe it would be to say that there is no bicycle
        raise fault("empty", "no station")
    whole = {"last_updated": gbfs_rows.last_updated(content["station_status"])}
    return digest.digest(rows.terms_of(feed, document), stations, arrival, whole)


def _expected(feed: str, document: GbfsDocument) -> tuple[Reading, ...]:
    return digest.expected(rows.terms_of(feed, document), "waiting")


def _shape(document: GbfsDocument, content: Any, documented: Any) -> tuple[Message, ...]:
    asked = questions_of(rows.terms_of("", document), rows="stations")
    now = {"stations": _said(document, content)}
    before = None if documented is None else {"stations": _said(document, documented)}
    return tuple(change.message for change in changes(asked, now, before))


def _said(document: GbfsDocument, files: Any) -> list[dict[str, Any]]:
    """Return the stations without what their files do not say."""
    return [
        {name: told for name, told in row.items() if told is not None}
        for row in gbfs_rows.rows_of(files, document.language)
    ]


SOURCE = Source(document=GbfsDocument, connect=_connect, digest=_digest, expected=_expected, shape=_shape)
"""How shared bicycles are read."""
