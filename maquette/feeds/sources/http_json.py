"""JSON over HTTP: one request, one document, rows, and one number per pick (JMESPath).

Without `rows` the whole document is the only row.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from maquette.config.documents import RowsDocument, TableDocument
from maquette.config.picks import Pick
from maquette.config.quantities import Seconds
from maquette.core.message import Message
from maquette.core.readings import Reading
from maquette.feeds import digest, rows
from maquette.feeds.http_options import HttpOptions, WebAddress
from maquette.feeds.json_text import read_json
from maquette.feeds.problems import fault
from maquette.feeds.questions import questions_of
from maquette.feeds.request import Request
from maquette.feeds.shape import changes
from maquette.feeds.source import Arrival, Connection, Payload, Source


class JsonRowsDocument(RowsDocument):
    """Where the rows stand in a JSON answer, and which count."""

    pick: Pick = "@"
    """Where the list of rows stands (JMESPath), such as `results` or `features[].properties`."""


class HttpJsonDocument(HttpOptions, TableDocument):
    """A feed that answers JSON over HTTP."""

    kind: Literal["http_json"]
    """The kind of source."""
    every: Annotated[Seconds, Field(ge=10.0)]
    """How often it is asked, 10 s at the least: public servers are shared."""
    url: WebAddress
    """The address to ask."""
    rows: JsonRowsDocument | None = None
    """Where the rows stand; omitted: the whole answer is the only row."""


class _Connection:
    """One address, one JSON text."""

    def __init__(self, document: HttpJsonDocument) -> None:
        from maquette.feeds.transport import client_of  # noqa: PLC0415  # requests is for the feeds process alone

        self._client = client_of(document)
        self._request = Request(document.url, document.params)

    def fetch(self) -> Payload:
        with self._client.turn(), self._client.ask(self._request) as answer:
            return Payload(read_json(answer.read(), answer.charset), answer.server_time)

    def close(self) -> None:
        self._client.close()


def _connect(document: HttpJsonDocument, _wake: Callable[[], None]) -> Connection:
    return _Connection(document)


def _digest(feed: str, document: HttpJsonDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    found = [content] if document.rows is None else rows.compiled(document.rows.pick)(content)
    if not isinstance(found, list):
        raise fault("bad_shape", "no list of rows where the document says")
    return digest.digest(rows.terms_of(feed, document), found, arrival, content)


def _expected(feed: str, document: HttpJsonDocument) -> tuple[Reading, ...]:
    return digest.expected(rows.terms_of(feed, document), "waiting")


def _shape(document: HttpJsonDocument, content: Any, documented: Any) -> tuple[Message, ...]:
    path = None if document.rows is None else document.rows.pick
    asked = questions_of(rows.terms_of("", document), rows=path)
    return tuple(change.message for change in changes(asked, content, documented))


SOURCE = Source(document=HttpJsonDocument, connect=_connect, digest=_digest, expected=_expected, shape=_shape)
"""How JSON over HTTP is read."""
