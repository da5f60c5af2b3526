"""The digest: rows, a document's terms and the moment of arrival become readings. Pure: no clock, no network, no file.

Whatever the rows are, the result is readings or a `FeedError`; a value that cannot be believed is MISSING with its reason and the others
go on. Of a group of rows, `pick` takes the newest; a sum or a mean takes them all, is as old as the oldest of them, and says when some of
them have no number.
"""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from maquette.config.documents import FeedDocument
from maquette.core.readings import Quality, Reading
from maquette.feeds import freshness
from maquette.feeds.picks import read_moment, read_number
from maquette.feeds.problems import Problem, fault
from maquette.feeds.rows import Candidate, Sieve, Terms, ValueTerms, Wanted
from maquette.feeds.source import Arrival, Row

FUTURE_TOLERANCE = timedelta(minutes=15)
"""A row dated further ahead than this is not a measurement."""
LEAST_SHARE = 0.6
"""The share of a group's rows that must have a number, else neither their sum nor their mean is known."""

_FOLDED: Mapping[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "max": max,
}


@dataclass(frozen=True)
class _Member:
    """A row of a group: its number or why there is none, and its date."""

    number: float | Problem
    moment: datetime | None
    candidate: Candidate


def expected(terms: Terms, problem: Problem) -> tuple[Reading, ...]:
    """Return a MISSING reading for each value, with this problem; for each key too, where they are known."""
    keys: Sequence[str | None] = terms.keys or (None,)
    return tuple(blank(terms.feed, terms.document, value.name, key, problem) for key in keys for value in terms.values)


def digest(
    terms: Terms, rows: Iterable[Any], arrival: Arrival, whole: Any = None, *, sifted: Wanted | None = None
) -> tuple[Reading, ...]:
    """Return the readings of some rows, for each key and value.

    Args:
        terms: what the document says.
        rows: the rows, each as decoded or as a `Row`.
        arrival: when they came.
        whole: what they stand in, for `published_at`.
        sifted: what left out the rows that do not count as they were read; None: all are given.

    Raises:
        FeedError: ``bad_shape`` when no row says anything of what `where` looks at; when no row counts in a feed whose keys nobody
            named, its code says why.
    """
    sieve = Sieve(terms, arrival, sifted)
    candidates = sieve.candidates(rows)
    if sieve.wanted.seen and sieve.wanted.unsaid:
        raise fault("bad_shape", "no row says what the document's condition looks at")
    keys: list[str | None] = [*terms.keys] if terms.keys is not None else []
    if not keys:
        keyed = terms.key is not None or terms.place is not None
        keys = list(dict.fromkeys(key for one in candidates for key in one.keys)) if keyed else [None]
    if not keys:
        raise fault(sieve.refusal)
    by_key: dict[str | None, list[Candidate]] = {key: [] for key in keys}
    for candidate in candidates:
        for key in candidate.keys:
            by_key[key].append(candidate)
    # Nothing counted at all although rows came: then nobody knows whether there is nothing, or whether it is called otherwise now.
    none_is_zero = any(by_key.values()) or sieve.wanted.seen == 0
    published = _published(terms, whole, sieve.zone)
    unsaid = {value.name for value in terms.values if value.function == "count" and not _said(value, candidates)}
    dating = _Dating(
        terms,
        arrival,
        sieve.zone,
        published,
        sieve.refusal,
        none_is_zero=none_is_zero,
        unsaid=unsaid,
        everything=candidates,
    )
    return tuple(dating.reading(value, key, group) for key, group in by_key.items() for value in terms.values)


def _said(value: ValueTerms, candidates: Sequence[Candidate]) -> bool:
    """Tell whether rows say what a count looks at: when none of them does, nobody knows how many there are."""
    return not candidates or all(any(asked(one.row.content) is not None for one in candidates) for asked in value.asked)


def digest_past(
    terms: Terms, rows: Iterable[Any], arrival: Arrival, *, sifted: Wanted | None = None
) -> tuple[Reading, ...]:
    """Return a reading for each picked value of each row that counts and says its date, however old: they are for the history.

    Args:
        terms: what the document says.
        rows: the rows.
        arrival: when they came.
        sifted: as for `digest`.
    """
    sieve = Sieve(terms, arrival, sifted)
    dating = _Dating(
        terms, arrival, sieve.zone, None, sieve.refusal, none_is_zero=False, unsaid=frozenset(), everything=()
    )
    picked = [value for value in terms.values if value.function == "pick"]
    return tuple(
        reading
        for candidate in sieve.candidates(rows)
        for key in candidate.keys
        if terms.keys is None or key in terms.keys
        for value in picked
        if (reading := dating.past(value, key, candidate)) is not None
    )


def _published(terms: Terms, whole: Any, zone: tzinfo) -> datetime | None:
    if terms.published_at is None:
        return None
    return read_moment(terms.published_at(whole), zone, terms.document.measured_zone, terms.document.measured_format)


@dataclass(frozen=True)
class _Dating:
    """Makes one reading of the rows of one key.

    ``zeros`` remembers by value's name how old the zero of a group without rows is, or why there is none.
    """

    terms: Terms
    arrival: Arrival
    zone: tzinfo
    published: datetime | None
    refusal: Problem
    none_is_zero: bool
    unsaid: Set[str]
    everything: Sequence[Candidate]
    zeros: dict[str, _Member | Problem] = field(default_factory=dict)

    def reading(self, value: ValueTerms, key: str | None, group: Sequence[Candidate]) -> Reading:
        unknown = blank(self.terms.feed, self.terms.document, value.name, key, None)
        members, refusal = self._members(value, group)
        if value.name in self.unsaid:
            return replace(unknown, problem="no_value")
        if value.function == "pick":
            return self._newest(value, unknown, members, refusal)
        if not group and self.none_is_zero and value.function in ("count", "sum"):
            return self._nothing(value, unknown)
        return self._folded(value, unknown, members, refusal)

    def past(self, value: ValueTerms, key: str | None, candidate: Candidate) -> Reading | None:
        """Return what a row said of its own time, or None when it said nothing to be believed."""
        members, _ = self._members(value, (candidate,))
        number = _believed(value, self._number(value, candidate.row.content))
        if not members or members[0].moment is None or not isinstance(number, float):
            return None
        unknown = blank(self.terms.feed, self.terms.document, value.name, key, None)
        return replace(unknown, value=number, quality=Quality.STALE, measured_at=members[0].moment)

    def _members(self, value: ValueTerms, group: Sequence[Candidate]) -> tuple[list[_Member], Problem]:
        """Return the rows that have a believable date or need none; and, when there is none, why."""
        refusal, members = self.refusal, list[_Member]()
        now = self.arrival.now
        for candidate in group:
            moment = None
            if value.measured_at is not None or self.terms.published_at is not None:
                moment = self._moment(value, candidate.row.content)
                if moment is None:
                    refusal = "no_time"
                    continue
                received_s = candidate.row.received_s
                # Seen from when it came: that its date has come by now makes it no truer.
                heard_s = 0.0 if received_s is None else self.arrival.monotonic_s - received_s
                if now is not None and moment > now - timedelta(seconds=heard_s) + FUTURE_TOLERANCE:
                    refusal = "future"
                    continue
            members.append(_Member("no_value", moment, candidate))
        return members if self.terms.one_per is None else _newest_of_each(members), refusal

    def _moment(self, value: ValueTerms, content: Any) -> datetime | None:
        raw = None if value.measured_at is None else value.measured_at(content)
        if raw is None:
            return self.published
        document = self.terms.document
        return read_moment(raw, self.zone, document.measured_zone, document.measured_format)

    def _number(self, value: ValueTerms, content: Any) -> float | Problem:
        number = self.terms.number(value.pick(content))
        if not isinstance(number, float):
            return number
        scaled = read_number(number * value.factor)
        return "implausible" if scaled is None else scaled

    def _newest(self, value: ValueTerms, unknown: Reading, members: Sequence[_Member], refusal: Problem) -> Reading:
        if not members:
            return replace(unknown, problem=refusal)
        best = _latest(members)
        number = _believed(value, self._number(value, best.candidate.row.content))
        return self._dated(unknown, replace(best, number=number), None)

    def _nothing(self, value: ValueTerms, unknown: Reading) -> Reading:
        """Return the zero of a group without rows: it is as old as the rows of the others, since together they are all that there is."""
        if value.name not in self.zeros:
            self.zeros[value.name] = self._zero(value)
        zero = self.zeros[value.name]
        return self._dated(unknown, zero, None) if isinstance(zero, _Member) else replace(unknown, problem=zero)

    def _zero(self, value: ValueTerms) -> _Member | Problem:
        if not self.everything:
            return _Member(0.0, self.published, Candidate(Row(None), (), None))
        members, refusal = self._members(value, self.everything)
        current = self._current(members)
        if not current:
            return "too_old" if members else refusal
        return replace(min(current, key=self._born), number=0.0)

    def _folded(self, value: ValueTerms, unknown: Reading, members: Sequence[_Member], refusal: Problem) -> Reading:
        current = self._current(members)
        if not current:
            return replace(unknown, problem="too_old" if members else refusal)
        number, problem = self._fold(value, [member.candidate.row.content for member in current])
        if value.function == "sum" and len(current) < len(members):  # such as stations that have not reported for hours
            problem = problem or "partial"
        return self._dated(unknown, replace(min(current, key=self._born), number=number), problem)

    def _current(self, members: Sequence[_Member]) -> list[_Member]:
        """Return the rows that are not too old to count."""
        document, now = self.terms.document, self.arrival.now
        longest = freshness.drop_after(document.fresh_for, document.drop_after)
        return [m for m in members if m.moment is None or now is None or (now - m.moment).total_seconds() < longest]

    def _fold(self, value: ValueTerms, contents: Sequence[Any]) -> tuple[float | Problem, Problem | None]:
        """Return the one number of several rows, or why there is none; and what is to be said of it although it is known."""
        if value.function == "count":
            picked = [value.pick(content) for content in contents]
            return _believed(value, float(sum(one is not None and one is not False for one in picked))), None
        read = [self._number(value, content) for content in contents]
        if value.function != "sum":  # one broken sensor does not spoil a mean
            read = [_believed(value, number) for number in read]
        numbers = [number for number in read if isinstance(number, float)]
        if not numbers:
            return next(number for number in read if not isinstance(number, float)), None
        if len(numbers) < LEAST_SHARE * len(read):
            return "too_few", None
        folded = read_number(_FOLDED[value.function](numbers))
        number = "implausible" if folded is None else _believed(value, folded)
        return number, None if len(numbers) == len(read) else "partial"

    def _born(self, member: _Member) -> float:
        """Return when a row was, on the monotonic clock (s); those whose age nobody knows come first."""
        now, row = self.arrival.now, member.candidate.row
        if member.moment is not None:
            return float("-inf") if now is None else self.arrival.monotonic_s - (now - member.moment).total_seconds()
        if row.of_before:
            return float("-inf")
        return self.arrival.monotonic_s if row.received_s is None else row.received_s

    def _dated(self, unknown: Reading, member: _Member, problem: Problem | None) -> Reading:
        """Return a reading with its dates and, if there is a number, its quality.

        A measurement ages from its moment. A forecast is about its time, begins and ends with it, and ages from when it was made.
        """
        number, document, arrival, row = member.number, self.terms.document, self.arrival, member.candidate.row
        if arrival.clock is None:  # nothing of a sample pretends to be dated
            if not isinstance(number, float):
                return replace(unknown, problem=number)
            return replace(unknown, value=number, quality=Quality.SAMPLE, problem=problem)
        span = member.candidate.span
        begin, end = (member.moment, None) if span is None else (span[0] or member.moment, span[1])
        received_s = arrival.monotonic_s if row.received_s is None else row.received_s
        undated = row.of_before and member.moment is None
        fetched_at = None
        if (
            arrival.now is not None and not undated
        ):  # when it reached us says nothing of its age, and nobody shall take it for that
            fetched_at = (arrival.now - timedelta(seconds=arrival.monotonic_s - received_s)).astimezone(UTC)
        dated = replace(unknown, measured_at=begin, fetched_at=fetched_at, valid_until=end)
        if not isinstance(number, float):
            return replace(dated, problem=number)
        if undated:
            life = freshness.unknown_span(document.fresh_for, document.drop_after, received_s)
        elif member.moment is None and end is None:
            life = freshness.span(document.fresh_for, document.drop_after, received_s, arrival.now, None, None)
        else:
            life = freshness.span(
                document.fresh_for, document.drop_after, arrival.monotonic_s, arrival.now, member.moment, end
            )
        aged = freshness.aged(replace(dated, value=number), life, arrival.monotonic_s)
        return replace(aged, problem=problem) if aged.quality is Quality.LIVE else aged


def _later(one: _Member, other: _Member) -> bool:
    """Tell whether a row is newer than another: by its date, else by when it came."""
    if one.moment is not None and other.moment is not None:
        return one.moment > other.moment
    received, before = one.candidate.row.received_s, other.candidate.row.received_s
    return received is not None and before is not None and received > before


def _latest(members: Sequence[_Member]) -> _Member:
    """Return the newest row, the first of several that are as new."""
    best = members[0]
    for member in members[1:]:
        if _later(member, best):
            best = member
    return best


def _newest_of_each(members: Sequence[_Member]) -> list[_Member]:
    """Return the newest row of each thing that rows are of."""
    of: dict[str | None, list[_Member]] = {}
    for member in members:
        of.setdefault(member.candidate.of, []).append(member)
    return [_latest(several) for several in of.values()]


def _believed(value: ValueTerms, number: float | Problem) -> float | Problem:
    """Return a number, or why it is none; one outside the plausible range is not believed."""
    if value.plausible is None or not isinstance(number, float):
        return number
    return number if value.plausible[0] <= number <= value.plausible[1] else "implausible"


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
