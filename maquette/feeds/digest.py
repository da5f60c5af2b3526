"""The digest: decoded JSON, a document's terms and the moment of arrival become readings. Pure: no clock, no network, no file.

Whatever the JSON is, the result is readings or a `FeedError`; a value that cannot be believed is MISSING with its reason and the
others go on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from maquette.config.documents import FeedDocument
from maquette.core.readings import Quality, Reading
from maquette.feeds import freshness
from maquette.feeds.picks import read_day, read_moment, read_number, span_of_day
from maquette.feeds.problems import Problem, fault
from maquette.feeds.source import Arrival

FUTURE_TOLERANCE = timedelta(minutes=15)
"""A row dated further ahead than this is not a measurement."""


@dataclass(frozen=True)
class ValueTerms:
    """One value of a feed, its picks compiled; the attributes are those of the document."""

    name: str
    unit: str | None
    pick: ParsedResult
    measured_at: ParsedResult | None
    factor: float
    plausible: tuple[float, float] | None


@dataclass(frozen=True)
class Terms:
    """What a document says about its answers, its picks compiled.

    Attributes:
        feed: the feed's name.
        document: for what readings carry along (source, licence, nature…) and how long they are fresh.
        rows: gives the list of rows.
        key: gives a row's key, or None when the feed has no keys.
        keys: the keys that count, or None when all do.
        where: tells whether a row counts, or None when all do.
        valid_on: gives the day that a row is a forecast for, or None.
        measured_zone: what a time without an offset means.
        values: the values.
    """

    feed: str
    document: FeedDocument
    rows: ParsedResult
    key: ParsedResult | None
    keys: tuple[str, ...] | None
    where: ParsedResult | None
    valid_on: ParsedResult | None
    measured_zone: Literal["utc", "local"] | None
    values: tuple[ValueTerms, ...]


@dataclass(frozen=True)
class _Row:
    content: Any
    key: str | None
    day: date | None


def compiled(pick: str) -> ParsedResult:
    """Return a JMESPath ready for use; its syntax was checked with the document."""
    return jmespath.compile(pick)


def expected(terms: Terms, problem: Problem) -> tuple[Reading, ...]:
    """Return a MISSING reading for each value, with this problem; for each key too, where the document names them."""
    keys: Sequence[str | None] = terms.keys if terms.key is not None and terms.keys else (None,)
    return tuple(_blank(terms, value, key, problem) for key in keys for value in terms.values)


def digest(terms: Terms, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    """Return the readings of one answer, for each key and value.

    Raises:
        FeedError: ``bad_shape`` when there is no list of rows; ``no_row``, ``future`` or ``other_day`` when no row counts
            in a feed whose keys nobody named.
    """
    zone = arrival.clock.local.tzinfo if arrival.clock is not None else None
    candidates, refusal = _candidates(terms, content, arrival, zone or UTC)
    keys: list[str | None] = (
        [None] if terms.key is None else list(terms.keys or dict.fromkeys(r.key for r in candidates))
    )
    if not keys:
        raise fault(refusal)
    by_key: dict[str | None, list[_Row]] = {key: [] for key in keys}
    for row in candidates:
        by_key[row.key].append(row)
    return tuple(
        _reading(terms, value, key, rows, refusal, arrival, zone or UTC)
        for key, rows in by_key.items()
        for value in terms.values
    )


def _search(pick: ParsedResult, content: Any) -> Any:
    try:
        return pick.search(content)
    # The library meets odd types (comparing a list, a function on null) with its own errors or with Python's.
    except (JMESPathError, TypeError, ValueError, AttributeError, KeyError, ArithmeticError, RecursionError):
        return None


def _candidates(terms: Terms, content: Any, arrival: Arrival, zone: tzinfo) -> tuple[list[_Row], Problem]:
    """Return the rows that count, and why there is none when there is none."""
    rows = _search(terms.rows, content)
    if not isinstance(rows, list):
        raise fault("bad_shape", "no list of rows where the document says")
    refusal: Problem = "no_row"
    kept = []
    for row in _rows(terms, rows, zone):
        if terms.valid_on is not None and arrival.clock is not None:
            if arrival.now is None:
                refusal = "no_clock"
                continue
            if row.day != arrival.now.astimezone(zone).date():
                refusal = "other_day"
                continue
        kept.append(row)
    return kept, refusal


def _rows(terms: Terms, rows: Iterable[Any], zone: tzinfo) -> Iterator[_Row]:
    """Yield the rows of wanted keys that `where` accepts; the cheaper question comes first."""
    wanted = frozenset(terms.keys) if terms.keys is not None else None
    for content in rows:
        key = None
        if terms.key is not None:
            key = _read_key(_search(terms.key, content))
            if key is None or (wanted is not None and key not in wanted):
                continue
        if terms.where is not None and _search(terms.where, content) is not True:
            continue
        day = read_day(_search(terms.valid_on, content), zone) if terms.valid_on is not None else None
        yield _Row(content, key, day)


def _read_key(raw: Any) -> str | None:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 1 << 63:
        return str(raw)
    return raw if isinstance(raw, str) and raw else None


def _reading(
    terms: Terms,
    value: ValueTerms,
    key: str | None,
    rows: Sequence[_Row],
    refusal: Problem,
    arrival: Arrival,
    zone: tzinfo,
) -> Reading:
    """Return one reading from the newest row that counts."""
    best: tuple[_Row, datetime | None] | None = None
    for row in rows:
        moment = None
        if value.measured_at is not None:
            moment = read_moment(_search(value.measured_at, row.content), zone, terms.measured_zone)
            if moment is None:
                refusal = "no_time"
                continue
            if arrival.now is not None and moment > arrival.now + FUTURE_TOLERANCE:
                refusal = "future"
                continue
        if best is None or (moment is not None and best[1] is not None and moment > best[1]):
            best = (row, moment)
    if best is None:
        return _blank(terms, value, key, refusal)
    row, moment = best
    number, problem = _number(value, row.content)
    return _dated(terms.document, _blank(terms, value, key, problem), number, moment, row.day, arrival, zone)


def _number(value: ValueTerms, content: Any) -> tuple[float | None, Problem | None]:
    raw = _search(value.pick, content)
    if raw is None:
        return None, "no_value"
    number = read_number(raw)
    if number is None:
        return None, "not_a_number"
    scaled = read_number(number * value.factor)
    if scaled is None or (value.plausible and not value.plausible[0] <= scaled <= value.plausible[1]):
        return None, "implausible"
    return scaled, None


def _dated(
    document: FeedDocument,
    blank: Reading,
    number: float | None,
    moment: datetime | None,
    day: date | None,
    arrival: Arrival,
    zone: tzinfo,
) -> Reading:
    """Return a reading with its dates and, if there is a number, its quality.

    A measurement ages from its moment. A forecast is about its day, begins and ends with it, and ages from when it was made.
    """
    if arrival.clock is None:  # nothing of a sample pretends to be dated
        return blank if number is None else replace(blank, value=number, quality=Quality.SAMPLE)
    begin, end = (moment, None) if day is None else span_of_day(day, zone)
    fetched_at = arrival.now.astimezone(UTC) if arrival.now is not None else None
    dated = replace(blank, measured_at=begin, fetched_at=fetched_at, valid_until=end)
    if number is None:
        return dated
    span = freshness.span(document.fresh_for, document.drop_after, arrival.monotonic_s, arrival.now, moment, end)
    return freshness.aged(replace(dated, value=number), span, arrival.monotonic_s)


def _blank(terms: Terms, value: ValueTerms, key: str | None, problem: Problem | None) -> Reading:
    return blank(terms.feed, terms.document, value.name, key, problem)


def blank(feed: str, document: FeedDocument, name: str, key: str | None, problem: Problem | None) -> Reading:
    """Return a reading of a feed that is MISSING, with everything that its document says of it."""
    return Reading(
        feed=feed,
        name=name,
        key=key,
        value=None,
        unit=document.values[name].unit,
        quality=Quality.MISSING,
        nature=document.nature,
        place=document.place,
        source=document.source,
        licence=document.licence,
        attribution=document.attribution,
        problem=problem,
    )
