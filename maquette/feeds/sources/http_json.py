"""JSON over HTTP: rows, and one number per pick (JMESPath).

One request as a rule; several where the answer comes in pages. Without `rows` the whole answer is the only row. An answer too large to be
held is read row by row. Where an answer tells a count in its headers, as `Content-Range: offres 0-0/2534`, that may be what is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from maquette.config.document import Document
from maquette.config.documents import RowsDocument, TableDocument
from maquette.config.picks import Pick
from maquette.config.quantities import Seconds
from maquette.config.refusal import refusal
from maquette.core.message import Message, message
from maquette.core.readings import Reading
from maquette.core.series import LONGEST_WINDOW_S
from maquette.feeds import digest, rows
from maquette.feeds.http_options import HttpOptions, WebAddress, check_texts, no_secret
from maquette.feeds.json_paths import path_of
from maquette.feeds.problems import fault
from maquette.feeds.questions import questions_of
from maquette.feeds.rows import Wanted
from maquette.feeds.shape import changes
from maquette.feeds.source import Arrival, Backfill, Connection, Source

HELD_BYTES = 10_000_000
"""Bytes of an answer that is held as a whole; a larger one is read row by row."""


class JsonRowsDocument(RowsDocument):
    """Where the rows stand in a JSON answer, and which count."""

    pick: Pick = "@"
    """Where the list of rows stands (JMESPath), such as `results` or `features[].properties`."""


def _check_json(content: Any) -> Any:
    no_secret("body", content)
    return content


class BodyDocument(Document):
    """What a POST sends: `json` or `form`."""

    json_: Annotated[Any, Field(alias="json"), AfterValidator(_check_json)] = None
    """Anything, sent as JSON."""
    form: Annotated[dict[str, str], AfterValidator(check_texts)] | None = None
    """Fields, sent as a form."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.json_ is None) == (self.form is None):
            raise refusal("E111.body")
        return self


class PagingDocument(Document):
    """How the pages of an answer follow each other. All are read, up to an empty one or to the last that the answer tells of."""

    by: Literal["page", "offset", "next"]
    """Whether a parameter counts pages (`page`) or rows (`offset`), or each page says where the `next` one is."""
    param: str | None = None
    """The parameter of the address that counts. Omitted: `page` or `offset`."""
    first: Annotated[int, Field(ge=0)] | None = None
    """Where it begins to count. Omitted: pages at 1, rows at 0."""
    next: Pick | None = None
    """Where the address of the next page stands in the answer (JMESPath), for `by: next`; it is only followed on the same host."""
    total: Pick | None = None
    """Where the number of all rows stands in the answer (JMESPath): then as many must have come, and no page is asked for in vain."""
    most: Annotated[int, Field(ge=1, le=100)] = 10
    """How many pages there may be; with more the answer is too large, for half an answer would be a wrong one."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        counts = self.param is not None or self.first is not None
        if (self.by == "next") != (self.next is not None) or (self.by == "next" and counts):
            raise refusal("E111.paging")
        return self


class PastDocument(Document):
    """How the source is asked for what was before, once after a start if the model does not know it. Each row counts, at its own time.

    In the texts `{since}` is the moment from which on something is missing, such as 2026-11-18T09:30:00Z, and `{since_day}` is its day.
    """

    within: Annotated[Seconds, Field(gt=0, le=LONGEST_WINDOW_S)]
    """How far back it can be asked."""
    url: WebAddress | None = None
    """The address that is asked. Omitted: that of the feed."""
    params: Annotated[dict[str, str], AfterValidator(check_texts)] = Field(default_factory=dict)
    """Parameters of the address, beside those of the feed, and instead of those of the same name."""
    pick: Pick | None = None
    """Where the list of rows stands in that answer (JMESPath). Omitted: as `rows` says."""


class HttpJsonDocument(HttpOptions, TableDocument):
    """A feed that answers JSON over HTTP."""

    kind: Literal["http_json"]
    """The kind of source."""
    every: Annotated[Seconds, Field(ge=10.0)]
    """How often it is asked, 10 s at the least: public servers are shared."""
    url: WebAddress
    """The address to ask."""
    method: Literal["GET", "POST"] = "GET"
    """How it is asked. Omitted: `GET`."""
    body: BodyDocument | None = None
    """What a `POST` sends."""
    reads: Literal["body", "content_range"] = "body"
    """What is read: the answer, or only the count in its header `Content-Range`, as `{total: …}`. Omitted: `body`."""
    rows: JsonRowsDocument | None = None
    """Where the rows stand, and which count; omitted: the whole answer is the only row."""
    paging: PagingDocument | None = None
    """How the pages of the answer follow each other; omitted: it is one."""
    past: PastDocument | None = None
    """How the source is asked for what was before; omitted: it is not."""

    @property
    def streamed(self) -> bool:
        """Whether an answer may be too large to be held as a whole."""
        return self.max_size > HELD_BYTES

    @model_validator(mode="after")
    def _check_http(self) -> Self:
        if self.body is not None and self.method != "POST":
            raise refusal("E111.body_of_get", hint=message("write", line="method: POST"))
        if self.reads == "content_range" and (self.rows is not None or self.paging is not None):
            raise refusal("E111.count_alone")
        if self.paging is not None and self.rows is None:
            raise refusal("E111.paging_rows", hint=message("add_key", key="rows"))
        if self.streamed and (self.rows is None or path_of(self.rows.pick) is None):
            raise refusal("E111.streamed", hint=message("simple_path"))
        if self.streamed and (self.paging is not None or self.published_at is not None):
            raise refusal("E111.streamed_alone")
        if self.past is not None:
            picked = [value for value in self.values.values() if value.function == "pick"]
            dated = all(self.measured_at or value.measured_at for value in picked)
            if not picked or not dated or self.valid_on or self.valid_from or self.valid_until:
                raise refusal("E111.past")
            if self.streamed and self.past.pick is not None and path_of(self.past.pick) is None:
                raise refusal("E111.streamed", hint=message("simple_path"))
        return self


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows that are no longer in the answer that they came in.

    Attributes:
        rows: those that count, as far as each says by itself.
        wanted: what told which count.
        whole: the first page, or None where nothing is known of the answer as a whole.
    """

    rows: tuple[Any, ...]
    wanted: Wanted
    whole: Any = None


def _connect(document: HttpJsonDocument, _wake: Callable[[], None]) -> Connection:
    from maquette.feeds.json_connection import JsonConnection  # noqa: PLC0415  # requests is for the feeds process alone

    return JsonConnection(document)


def _digest(feed: str, document: HttpJsonDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    terms = rows.terms_of(feed, document)
    if isinstance(content, Gathered):
        return digest.digest(terms, content.rows, arrival, content.whole, sifted=content.wanted)
    return digest.digest(terms, rows_in(document.rows, content), arrival, content)


def _digest_past(feed: str, document: HttpJsonDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    terms = rows.terms_of(feed, document)
    if isinstance(content, Gathered):
        return digest.digest_past(terms, content.rows, arrival, sifted=content.wanted)
    return digest.digest_past(terms, rows_in(document.rows, content), arrival)


def rows_in(where: JsonRowsDocument | None, content: Any) -> list[Any]:
    """Return the rows of a decoded answer; without a document of rows it is the only one."""
    found = [content] if where is None else rows.compiled(where.pick)(content)
    if not isinstance(found, list):
        raise fault("bad_shape", "no list of rows where the document says")
    return found


def _past(document: HttpJsonDocument, since: datetime) -> HttpJsonDocument:
    """Return the feed as it is asked for its past."""
    past = document.past
    assert past is not None
    moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def filled(text: str) -> str:
        return text.replace("{since}", moment).replace("{since_day}", moment[:10])

    changes: dict[str, Any] = {
        "url": filled(past.url or document.url),
        "params": document.params | {name: filled(text) for name, text in past.params.items()},
    }
    if past.pick is not None:
        changes["rows"] = (document.rows or JsonRowsDocument()).model_copy(update={"pick": past.pick})
    return document.model_copy(update=changes)


def _expected(feed: str, document: HttpJsonDocument) -> tuple[Reading, ...]:
    return digest.expected(rows.terms_of(feed, document), "waiting")


def _shape(document: HttpJsonDocument, content: Any, documented: Any) -> tuple[Message, ...]:
    answer = content.whole if isinstance(content, Gathered) else content
    if answer is None:  # of an answer that was read row by row nothing else is left
        return ()
    path = None if document.rows is None else document.rows.pick
    asked = questions_of(rows.terms_of("", document), rows=path)
    return tuple(change.message for change in changes(asked, answer, documented))


SOURCE = Source(
    document=HttpJsonDocument,
    connect=_connect,
    digest=_digest,
    expected=_expected,
    shape=_shape,
    backfill=Backfill(
        within=lambda document: 0.0 if document.past is None else document.past.within,
        document=_past,
        digest=_digest_past,
    ),
)
"""How JSON over HTTP is read."""
