"""JSON over HTTP: one request, one document, rows, and one number per pick (JMESPath).

Without `rows` the whole document is the only row. A row may be refused by `where`, lie in the future, or be a forecast for another day
(`valid_on`); of the rows that remain, the newest counts, for each key.
"""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

import jmespath
from jmespath.exceptions import EmptyExpressionError, IncompleteExpressionError, JMESPathError, ParseError
from jmespath.functions import Functions
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from maquette.config.documents import Document, FeedDocument, Name, ValueDocument
from maquette.config.quantities import Seconds
from maquette.config.refusal import refusal
from maquette.core.message import Message, message
from maquette.core.readings import Reading
from maquette.feeds import digest
from maquette.feeds.http_options import HttpOptions, WebAddress
from maquette.feeds.json_text import read_json
from maquette.feeds.source import Arrival, Connection, Payload, Source

_FUNCTIONS = frozenset(Functions.FUNCTION_TABLE)


def _check_pick(text: str) -> str:
    try:
        unknown = _unknown_function(jmespath.compile(text).parsed)
    except JMESPathError as error:
        raise refusal("E111.jmespath", hint=message("jmespath"), text=text, reason=_jmespath_reason(error)) from error
    if unknown is not None:
        near = get_close_matches(unknown, _FUNCTIONS, n=1)
        names = ", ".join(sorted(_FUNCTIONS))
        hint = message("did_you_mean", name=near[0]) if near else message("there_are", names=names)
        raise refusal("E111.jmespath_function", hint=hint, name=unknown)
    return text


def _jmespath_reason(error: JMESPathError) -> Message:
    match error:
        case EmptyExpressionError():
            return message("nothing_written")
        case IncompleteExpressionError():
            return message("ends_early")
        case ParseError():
            return message("stops_at", sign=str(error.token_value), position=error.lex_position + 1)
    return message("not_understood")


def _unknown_function(node: Any) -> str | None:
    """Return the first unknown function in a parsed JMESPath; the library itself would only notice at the first answer."""
    if not isinstance(node, dict):
        return None
    if node.get("type") == "function_expression" and node["value"] not in _FUNCTIONS:
        return str(node["value"])
    return next((name for child in node.get("children", ()) if (name := _unknown_function(child))), None)


def _read_keys(raw: Any) -> Any:
    # A list parameter of the catalogue is joined with ',' so that it fits a query; here it is taken apart again.
    return raw.split("','") if isinstance(raw, str) else raw


Pick = Annotated[str, AfterValidator(_check_pick)]
"""A JMESPath."""
Keys = Annotated[
    list[str],
    Field(min_length=1),
    BeforeValidator(_read_keys),
    WithJsonSchema({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Keys of rows."""


class RowsDocument(Document):
    """Where the rows stand in the answer."""

    pick: Pick = "@"
    """Where the list of rows stands (JMESPath), such as `results` or `features[].properties`."""
    key: Pick | None = None
    """Where a row's key stands in the row (JMESPath); omitted: the feed has no keys and its newest row counts."""
    keys: Keys | None = None
    """The keys that count; one that does not come is missing, others are ignored. Omitted: all that come."""
    where: Pick | None = None
    """Which rows count (JMESPath that gives true or false), whatever the address already asked for."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.keys is not None and self.key is None:
            raise refusal("E111.keys", hint=message("say_key"))
        return self


class HttpJsonValueDocument(ValueDocument):
    """One value of a feed: a number, or a text that is exactly a JSON number, such as "197".

    Anything else ("ND", an empty text, true, NaN, a decimal comma, a list) is missing, never zero.
    """

    pick: Pick
    """Where the value stands in a row (JMESPath)."""
    measured_at: Pick | None = None
    """Where the time of measurement stands in a row (JMESPath); omitted: as the feed says."""
    factor: float = 1.0
    """What the picked number is multiplied by to give the unit, such as 0.001 from l/s to m³/s."""


class HttpJsonDocument(HttpOptions, FeedDocument):
    """A feed that answers JSON over HTTP."""

    kind: Literal["http_json"]
    """The kind of source."""
    every: Annotated[Seconds, Field(ge=10.0)]
    """How often it is asked, 10 s at the least: public servers are shared."""
    url: WebAddress
    """The address to ask."""
    rows: RowsDocument | None = None
    """Where the rows stand; omitted: the whole answer is the only row."""
    valid_on: Pick | None = None
    """Where a row says which local day it is a forecast for (JMESPath): only today's row counts, until the day ends."""
    measured_at: Pick | None = None
    """Where the time of measurement (of a forecast: of its making) stands in a row (JMESPath), for values that do not say it themselves."""
    measured_zone: Literal["utc", "local"] | None = None
    """What times without an offset mean: UTC, or the territory's time. Omitted: such a time is not believed."""
    values: Annotated[dict[Name, HttpJsonValueDocument], Field(min_length=1)]  # type: ignore[assignment]  # documents are frozen, so a narrower value is safe
    """The values, by name."""


class _Connection:
    """One address, one JSON text."""

    def __init__(self, document: HttpJsonDocument) -> None:
        from maquette.feeds.transport import Request, client_of  # noqa: PLC0415  # requests is for the feeds process alone

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
    return digest.digest(terms(feed, document), content, arrival)


def _expected(feed: str, document: HttpJsonDocument) -> tuple[Reading, ...]:
    return digest.expected(terms(feed, document), "waiting")


def terms(feed: str, document: HttpJsonDocument) -> digest.Terms:
    """Return what a document says about its answers, compiled."""
    rows = document.rows or RowsDocument(pick="[@]")
    return digest.Terms(
        feed=feed,
        document=document,
        rows=digest.compiled(rows.pick),
        key=digest.compiled(rows.key) if rows.key else None,
        keys=tuple(rows.keys) if rows.keys is not None else None,
        where=digest.compiled(rows.where) if rows.where else None,
        valid_on=digest.compiled(document.valid_on) if document.valid_on else None,
        measured_zone=document.measured_zone,
        values=tuple(
            digest.ValueTerms(
                name=name,
                unit=value.unit,
                pick=digest.compiled(value.pick),
                measured_at=digest.compiled(at) if (at := value.measured_at or document.measured_at) else None,
                factor=value.factor,
                plausible=value.plausible,
            )
            for name, value in document.values.items()
        ),
    )


SOURCE = Source(document=HttpJsonDocument, connect=_connect, digest=_digest, expected=_expected)
"""How JSON over HTTP is read."""
