"""The past of readings: which terms expressions ask of it, and the readings of a moment that is over.

A term, such as ``river.flow.ago('24 h')``, is answered by a reading of its own, named ``flow.ago(86400)``. The feeds answer those of now;
for a moment that is over, `readings_at` answers them all from the series that the feeds have sent.

What a term's reading says: the unit, nature, place, source and licence are those of its value, since it is made of nothing else; the
quality is the worst of what was used; ``measured_at`` is the time of the newest value used.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from maquette.core.readings import Quality, Reading, Readings
from maquette.core.series import FUNCTIONS, Found, Function, Series, look, value_at

_TERM_NAME = re.compile(rf"([A-Za-z_][A-Za-z0-9_]*)\.({'|'.join(FUNCTIONS)})\(([0-9.e+-]+)\)")


@dataclass(frozen=True, slots=True, order=True)
class PastTerm:
    """A question to the past of a value, asked of each of its keys.

    Attributes:
        feed: the feed's name.
        name: the value's name.
        function: what is asked.
        window_s: how far back, seconds.
    """

    feed: str
    name: str
    function: Function
    window_s: float

    @property
    def reading(self) -> str:
        """The name of the readings that answer it: ``flow.ago(86400)``."""
        return f"{self.name}.{self.function}({self.window_s:.12g})"


def read_term(feed: str, reading: str) -> PastTerm | None:
    """Return the term that a reading's name stands for, or None for a value of the feed itself."""
    match = _TERM_NAME.fullmatch(reading)
    function = next((known for known in FUNCTIONS if match and match[2] == known), None)
    return PastTerm(feed, match[1], function, float(match[3])) if match and function else None


@dataclass(frozen=True, slots=True)
class PastWanted:
    """What a show wants to know of the past, from stage to feeds; a later one replaces an earlier one.

    Attributes:
        terms: answered as readings, when something changed and at least every minute.
        spans: (feed, value) → how far back its series is wanted by the stage itself, seconds.
    """

    terms: frozenset[PastTerm] = frozenset()
    spans: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class ReadingSeries:
    """The series of one key of a value, and a reading that tells everything else about it (its value and times do not count)."""

    reading: Reading
    series: Series


@dataclass(frozen=True, eq=False, slots=True)
class SeriesUpdate:
    """All series that the stage wants, from feeds to stage; a later one replaces an earlier one.

    Attributes:
        series: their times are seconds of the machine's monotonic clock.
        epoch: what that clock's zero is on the wall clock (s since 1970), or None while no wall clock can be believed.
    """

    series: tuple[ReadingSeries, ...] = ()
    epoch: float | None = None


def readings_at(past: SeriesUpdate, terms: Iterable[PastTerm], moment: float) -> Readings:
    """Return what was known at a moment that is over: each value, and what each term came to then.

    A value that really came is a REPLAY, dated as it was; a sample stays a SAMPLE, for that never happened; where nothing is known the
    reading is MISSING, with the reason. None of them ages: the moment is over.

    Args:
        past: what is known.
        terms: the terms to answer; those of other values are left out.
        moment: seconds of the monotonic clock.
    """
    wanted: dict[tuple[str, str], list[PastTerm]] = {}
    for term in terms:
        wanted.setdefault((term.feed, term.name), []).append(term)
    readings = []
    for one in past.series:
        readings.append(answer(one.reading, value_at(one.series, moment), past.epoch, Quality.REPLAY))
        for term in wanted.get((one.reading.feed, one.reading.name), ()):
            found = look(one.series, term.function, term.window_s, moment)
            pattern = replace(one.reading, name=term.reading)
            readings.append(answer(pattern, found, past.epoch, Quality.REPLAY))
    return Readings(readings)


def answer(pattern: Reading, found: Found, epoch: float | None, quality: Quality) -> Reading:
    """Return a reading that says what a series answered.

    Args:
        pattern: says everything else: name, unit, source…
        found: the answer.
        epoch: what the zero of the series' clock is on the wall clock (s since 1970), or None when that cannot be believed.
        quality: that of values which really came.
    """
    known = found.value is not None
    measured_at = None
    if known and not found.given and epoch is not None and found.measured_at is not None:
        measured_at = datetime.fromtimestamp(found.measured_at + epoch, UTC)
    return replace(
        pattern,
        value=found.value,
        quality=Quality.MISSING if not known else Quality.SAMPLE if found.given else quality,
        measured_at=measured_at,
        fetched_at=None,
        valid_until=None,
        fresh_until=None,
        drop_at=None,
        problem=found.problem if not known else "given_past" if found.given else None,
    )
