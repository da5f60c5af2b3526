"""Rows: what a document asks of them, and which of them count for which keys. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import jmespath
import numpy as np
from jmespath.exceptions import JMESPathError
from jmespath.visitor import TreeInterpreter

from maquette.config.documents import TableDocument
from maquette.core.geography import zones_of
from maquette.feeds.picks import read_day, read_moment, read_number, span_of_day
from maquette.feeds.problems import Problem
from maquette.feeds.source import Arrival, Row

Pick = Callable[[Any], Any]
"""Takes something out of a row; gives None when it is not there, and never fails."""
Number = Callable[[Any], float | Problem]
"""Reads what was picked: a finite number, or why it is none."""


_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ValueTerms:
    """One value of a feed, its picks ready for use; the attributes are those of the document.

    ``asked`` takes the fields apart that ``pick`` looks at, to tell "not so" from "not said".
    """

    name: str
    function: str
    pick: Pick
    asked: tuple[Pick, ...]
    measured_at: Pick | None
    factor: float
    plausible: tuple[float, float] | None


@dataclass(frozen=True)
class Terms:
    """What a document says about its rows, its picks ready for use.

    Attributes:
        feed: the feed's name.
        document: the document.
        where: tells whether a row counts, or None when all do.
        asked: takes the fields that ``where`` looks at.
        key: gives a row's key, or None when the feed has none, or its keys are zones.
        keys: the keys that count, or None when all do.
        one_per: gives what a row is of, where of several such rows only the newest counts; or None.
        place: gives a row's latitude and longitude, or None when its zone does not matter.
        valid: give the day that a row is about, or from when and until when it holds; None where the document says nothing.
        published_at: gives the time of the answer as a whole, or None.
        values: the values.
        number: reads a picked number.
    """

    feed: str
    document: TableDocument
    where: Pick | None
    asked: tuple[Pick, ...]
    key: Pick | None
    keys: tuple[str, ...] | None
    one_per: Pick | None
    place: tuple[Pick, Pick] | None
    valid: tuple[Pick | None, Pick | None, Pick | None]
    published_at: Pick | None
    values: tuple[ValueTerms, ...]
    number: Number


@dataclass(frozen=True)
class Candidate:
    """A row that counts, for which keys, from when until when it holds (None: it says nothing of that), and of what it is."""

    row: Row
    keys: tuple[str | None, ...]
    span: tuple[datetime | None, datetime | None] | None
    of: str | None = None


def compiled(pick: str) -> Pick:
    """Return a JMESPath ready for use; its syntax was checked with the document."""
    return _taking(jmespath.compile(pick).parsed)


def _taking(path: Any) -> Pick:
    """Return what takes a parsed JMESPath out of a row."""
    if path["type"] == "field":  # most are no more than a name
        name = path["value"]
        return lambda content: content.get(name) if isinstance(content, dict) else None
    visit = (
        TreeInterpreter().visit
    )  # the library's own `search` makes one anew each time, which costs more than the search

    def take(content: Any) -> Any:
        try:
            return visit(path, content)
        # The library meets odd types (comparing a list, a function on null) with its own errors or with Python's.
        except (JMESPathError, TypeError, ValueError, AttributeError, KeyError, ArithmeticError, RecursionError):
            return None

    return take


def fields_of(pick: str) -> tuple[Pick, ...]:
    """Return what takes the fields of a row that a JMESPath looks at: for ``a == 'x' && b.c`` those are ``a`` and ``b.c``."""
    return tuple(_taking(node) for node in _fields(jmespath.compile(pick).parsed))


def _fields(node: Any) -> Iterator[Any]:
    kind = node["type"]
    if kind == "field":
        yield node
    elif kind in ("subexpression", "index_expression"):
        if all(child["type"] in ("field", "index", "index_expression", "subexpression") for child in node["children"]):
            yield node
        else:
            yield from _fields(node["children"][0])
    elif kind.endswith("projection") or kind in ("flatten", "pipe"):
        yield from _fields(node["children"][0])  # what follows looks at what the first part gives, not at the row
    elif kind != "expref":
        for child in node["children"]:
            yield from _fields(child)


def json_number(raw: Any) -> float | Problem:
    """Read a number of a JSON answer (see `maquette.feeds.picks`)."""
    if raw is None:
        return "no_value"
    number = read_number(raw)
    return "not_a_number" if number is None else number


def terms_of(
    feed: str, document: TableDocument, pick: Callable[[str], Pick] = compiled, number: Number = json_number
) -> Terms:
    """Return what a document says about its rows.

    Args:
        feed: the feed's name.
        document: its document.
        pick: makes a pick of what stands in the document; `where` and `published_at` are JMESPath in any case.
        number: reads what was picked.
    """
    rows = document.rows
    key = None if rows is None else rows.key or rows.group_by
    where = None if rows is None else rows.where
    zones = None if rows is None else rows.zones
    keys = None if rows is None or rows.keys is None else tuple(rows.keys)

    def maybe(text: str | None) -> Pick | None:
        return None if text is None else pick(text)

    return Terms(
        feed=feed,
        document=document,
        where=None if where is None else compiled(where),
        asked=() if where is None else fields_of(where),
        key=maybe(key),
        keys=tuple(zones.paths) if zones is not None else keys,
        one_per=maybe(rows.one_per) if rows is not None else None,
        place=(pick(zones.lat), pick(zones.lon)) if zones is not None else None,
        valid=(maybe(document.valid_on), maybe(document.valid_from), maybe(document.valid_until)),
        published_at=compiled(document.published_at) if document.published_at is not None else None,
        values=tuple(
            ValueTerms(
                name=name,
                function=value.function,
                pick=pick(value.picked),
                asked=fields_of(value.picked) if pick is compiled else (pick(value.picked),),
                measured_at=maybe(value.measured_at or document.measured_at),
                factor=value.factor,
                plausible=value.plausible,
            )
            for name, value in document.values.items()
        ),
        number=number,
    )


def wanted(terms: Terms, content: Any) -> bool:
    """Tell whether a row counts as far as it says by itself: the cheaper question comes first."""
    if terms.key is not None:
        key = _read_key(terms.key(content))
        if key is None or (terms.keys is not None and key not in terms.keys):
            return False
    return terms.where is None or terms.where(content) is True


class Wanted:
    """Tells which rows of one answer count, one by one.

    Attributes:
        seen: how many rows there were.
        unsaid: fields that `where` looks at and of which no row has said anything. Where there are some although rows came, nobody
            knows which rows count: a condition on nothing is no condition.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.seen = 0
        self.unsaid = list(terms.asked)

    def __call__(self, content: Any) -> bool:
        """Tell whether a row counts as far as it says by itself."""
        self.seen += 1
        if self.unsaid:
            self.unsaid = [field for field in self.unsaid if field(content) is None]
        return wanted(self._terms, content)


def _read_key(raw: Any) -> str | None:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 1 << 63:
        return str(raw)
    return raw if isinstance(raw, str) and raw and _is_text(raw) else None


def _is_text(raw: str) -> bool:
    """Tell whether a text can be written down at all: JSON can spell half of a surrogate pair."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        return False
    return True


class Sieve:
    """Finds the rows that count.

    Attributes:
        zone: the territory's time zone.
        refusal: why there is no row, when there is none.
        wanted: tells which rows count.
    """

    def __init__(self, terms: Terms, arrival: Arrival, sifted: Wanted | None = None) -> None:
        """Begin; ``sifted`` is what left out the rows that do not count as they were read, if anything did."""
        self._terms, self._arrival, self._sifted = terms, arrival, sifted
        zone = arrival.clock.local.tzinfo if arrival.clock is not None else None
        self.zone: tzinfo = zone or UTC
        self.refusal: Problem = "no_row"
        self.wanted = Wanted(terms) if sifted is None else sifted

    def candidates(self, rows: Iterable[Any]) -> list[Candidate]:
        """Return the rows that count, each with its keys."""
        terms, kept = self._terms, list[Candidate]()
        for given in rows:
            row = given if isinstance(given, Row) else Row(given)
            if self._sifted is None and not self.wanted(row.content):
                continue
            span = self._span(row.content)
            if span is not None and not self._holds(span):
                continue
            key = None if terms.key is None else _read_key(terms.key(row.content))
            of = None if terms.one_per is None else _read_key(terms.one_per(row.content))
            if terms.one_per is None or of is not None:
                kept.append(Candidate(row, (key,), span, of))
        return kept if terms.place is None else self._in_zones(kept, terms.place)

    def _in_zones(self, candidates: list[Candidate], place: tuple[Pick, Pick]) -> list[Candidate]:
        zones = self._terms.document.rows.zones if self._terms.document.rows is not None else None
        assert zones is not None
        places = np.full((len(candidates), 2), np.nan)
        for index, candidate in enumerate(candidates):
            lat, lon = (self._terms.number(pick(candidate.row.content)) for pick in place)
            if isinstance(lat, str) or isinstance(lon, str):
                continue
            # 0, 0 is where broken geocoding puts things.
            if (lat, lon) != (0.0, 0.0) and abs(lat) <= 90 >= abs(lon) / 2:
                places[index] = lat, lon
        found = zones_of(places, zones.paths, zones.within, nearest=zones.counts_for == "nearest")
        return [Candidate(one.row, keys, one.span) for one, keys in zip(candidates, found, strict=True) if keys]

    def _span(self, content: Any) -> tuple[datetime | None, datetime | None] | None:
        """Return from when and until when a row holds; None: it says nothing of that, and nobody asked."""
        day, begin, end = self._terms.valid
        if day is not None:
            found = read_day(day(content), self.zone)
            return (None, _EARLIEST) if found is None else span_of_day(found, self.zone)
        if begin is None and end is None:
            return None
        # An end that cannot be read: the row holds at no time.
        return self._moment(begin, content, _LATEST), self._moment(end, content, _EARLIEST)

    def _moment(self, pick: Pick | None, content: Any, unread: datetime) -> datetime | None:
        document = self._terms.document
        if pick is None:
            return None
        moment = read_moment(pick(content), self.zone, document.measured_zone, document.measured_format)
        return unread if moment is None else moment

    def _holds(self, span: tuple[datetime | None, datetime | None]) -> bool:
        now = self._arrival.now
        if self._arrival.clock is None:
            return True
        if now is None:
            self.refusal = "no_clock"
            return False
        if (span[0] is not None and now < span[0]) or (span[1] is not None and now >= span[1]):
            self.refusal = "other_day"
            return False
        return True
