"""Questions: what a document asks of an answer, as paths that can be followed step by step (`maquette.feeds.trace`). Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Literal

import jmespath

from maquette.config.documents import TableDocument
from maquette.feeds.picks import read_day, read_moment
from maquette.feeds.rows import Number, Terms, wanted
from maquette.feeds.trace import Node

Kind = Literal["nothing", "truth", "number", "text", "time", "list", "object"]
"""What a value is, in a word that people know."""
Suits = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing that a document takes out of a row.

    Attributes:
        path: where it stands, a parsed JMESPath.
        wanted: what should stand there; None: anything.
        suits: tells whether a value that is there can be read.
    """

    path: Node
    wanted: Kind | None
    suits: Suits


@dataclass(frozen=True, slots=True)
class Questions:
    """What a document asks of an answer.

    Attributes:
        rows: where the list of rows stands, or None when the answer is the only row.
        marks: what tells whether a row counts, and for what: its key, its place, what its condition compares.
        counts: tells whether a row counts.
        picks: what is read of a row that counts.
        whole: what is read of the answer as a whole.
    """

    rows: Node | None
    marks: Sequence[Pick]
    counts: Suits
    picks: Sequence[Pick]
    whole: Sequence[Pick] = ()


def kind_of(value: Any) -> Kind:
    """Return what a decoded value is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "truth"
        case int() | float():
            return "number"
        case list() | tuple():
            return "list"
        case dict():
            return "object"
    return "text"


def parsed(path: str) -> Node:
    """Return a JMESPath as what it is made of."""
    node: Node = jmespath.compile(path).parsed
    return node


def column(name: str) -> Node:
    """Return the path of a column of a table: the field of that name."""
    return {"type": "field", "children": [], "value": name}


def questions_of(terms: Terms, *, rows: str | None = None, path: Callable[[str], Node] = parsed) -> Questions:
    """Return what a document of rows asks.

    Args:
        terms: what it says about its rows, ready for use.
        rows: where the list of rows stands in an answer (JMESPath), or None.
        path: makes a path of what stands in the document: `parsed`, or `column` where picks are names of columns.
    """
    document = terms.document
    where = document.rows
    marks: list[Pick] = []
    if where is not None:
        key = where.key or where.group_by
        marks += [Pick(path(key), None, _is_key)] if key is not None else []
        marks += [Pick(path(where.one_per), None, _is_key)] if where.one_per is not None else []
        marks += [_number(path(one), terms.number) for one in (where.zones.lat, where.zones.lon)] if where.zones else []
        marks += _compared(parsed(where.where)) if where.where is not None else []
    dates = [_time(path(one), document) for one in _dates(document)]
    days = [Pick(path(document.valid_on), "time", _is_day)] if document.valid_on is not None else []
    values = [
        _anything(path(value.picked)) if value.function == "count" else _number(path(value.picked), terms.number)
        for value in document.values.values()
    ]
    return Questions(
        rows=None if rows is None else parsed(rows),
        marks=marks,
        counts=lambda content: wanted(terms, content),
        picks=(*days, *dates, *values),
        whole=[_time(parsed(document.published_at), document)] if document.published_at is not None else (),
    )


def _dates(document: TableDocument) -> list[str]:
    named = [document.valid_from, document.valid_until]
    named += [value.measured_at or document.measured_at for value in document.values.values()]
    return list(dict.fromkeys(one for one in named if one is not None))


def _time(path: Node, document: TableDocument) -> Pick:
    zone, written = document.measured_zone, document.measured_format
    return Pick(path, "time", lambda value: read_moment(value, UTC, zone, written) is not None)


def _number(path: Node, read: Number) -> Pick:
    return Pick(path, "number", lambda value: isinstance(read(value), float))


def _anything(path: Node) -> Pick:
    return Pick(path, None, lambda value: value is not None)


def _is_day(value: Any) -> bool:
    return read_day(value, UTC) is not None


def _is_key(value: Any) -> bool:
    return kind_of(value) in ("text", "number")


def _compared(condition: Node) -> Iterator[Pick]:
    """Yield what a condition looks at, each wanted to be what it is compared to."""
    match condition["type"]:
        case "comparator":
            sides = [side for side in condition["children"] if side["type"] != "literal"]
            given = (kind_of(side["value"]) for side in condition["children"] if side["type"] == "literal")
            kind = next((kind for kind in given if kind != "nothing"), None)
            yield from (Pick(side, kind, _of_kind(kind)) for side in sides)
        case "and_expression" | "or_expression" | "not_expression":
            for child in condition["children"]:
                yield from _compared(child)
        case kind if kind != "literal":
            yield _anything(condition)


def _of_kind(kind: Kind | None) -> Suits:
    return lambda value: kind is None or kind_of(value) == kind
