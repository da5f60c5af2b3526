"""The playback of a recording: which values hold at its present moment, as readings that say REPLAY. Decides; time is an argument."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from maquette.config.documents import FeedDocument
from maquette.core.message import message
from maquette.core.readings import Quality, Reading
from maquette.core.units import convert
from maquette.errors import RehearsalError, UnitError
from maquette.feeds.digest import blank
from maquette.feeds.freshness import drop_after
from maquette.feeds.recording import Recording, Row, Section

FASTEST = 3600.0
"""How many times faster than the world a recording may be played; the slowest is 1."""
_SPEED = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*[x×]", re.ASCII)


def parse_speed(text: str) -> float:
    """Read a speed such as ``60x``.

    Raises:
        RehearsalError: it is none, or out of range.
    """
    match = _SPEED.fullmatch(text.strip())
    speed = float(match[1]) if match else 0.0
    if not 1.0 <= speed <= FASTEST:
        raise RehearsalError(message("no_speed", text=text), message("speeds"))
    return speed


class Pace(NamedTuple):
    """How a stretch of time is gone through, again and again.

    Attributes:
        since: its first moment, seconds since 1970.
        until: its end.
        speed: how many times faster than the world.
        begun: when it began for the first time, seconds of the monotonic clock.
    """

    since: float
    until: float
    speed: float
    begun: float

    def at(self, now: float) -> tuple[int, float]:
        """Return how often it has ended, and its present moment, at ``now`` of the monotonic clock."""
        laps, gone = divmod((now - self.begun) * self.speed, self.until - self.since)
        return int(laps), self.since + gone

    def wait_s(self, now: float, moment: float) -> float:
        """Return how many seconds of the world it takes until a moment, or its end if that comes first."""
        return max(0.0, (min(moment, self.until) - self.at(now)[1]) / self.speed)


class Known(NamedTuple):
    """A value that holds, and what the recording says of it."""

    row: Row
    section: Section


Values = dict[tuple[str, str | None], Known]
"""(name, key) → what holds of a feed."""


@dataclass
class Playback:
    """How far a recording has been played: what holds of each feed now."""

    recording: Recording
    values: dict[str, Values]
    next: int = 0

    def rewind(self) -> None:
        """Go back to the beginning, where nothing holds yet."""
        self.values, self.next = {}, 0

    @property
    def next_time(self) -> float:
        """When the next row comes, seconds since 1970; the end when there is none."""
        rows = self.recording.rows
        return rows[self.next].time if self.next < len(rows) else self.recording.until

    def advance(self, moment: float) -> Iterator[Known]:
        """Go on to a moment, and yield the rows that come on the way."""
        rows = self.recording.rows
        while self.next < len(rows) and rows[self.next].time <= moment:
            row = rows[self.next]
            self.next += 1
            known = Known(row, self.recording.sections[row.mark])
            values = self.values.setdefault(known.section.feed, {})
            if row.value is not None:
                values[row.name, row.key] = known
            elif (last := values.get((row.name, row.key))) is not None and last.row.mark == row.mark:
                del values[row.name, row.key]
            yield known


def readings(
    feed: str, document: FeedDocument, expected: Iterable[Reading], values: Values, moment: float
) -> tuple[Reading, ...]:
    """Return what is known of a feed at a moment: what holds is a REPLAY, dated as it was; the rest is MISSING.

    Args:
        feed: the feed's name.
        document: says which values there are, in which unit, and when one is dropped.
        expected: a reading for each value that the document asks for.
        values: what holds.
        moment: seconds since 1970.
    """
    found: list[Reading] = []
    for (name, key), known in values.items():
        reading = reading_of(feed, document, known)
        if reading is None:
            continue
        if known.row.time + drop_after(document.fresh_for, document.drop_after) <= moment:
            reading = blank(feed, document, name, key, "not_recorded")
        found.append(reading)
    there = {(reading.name, reading.key) for reading in found}
    names = {name for name, _ in there}
    found += [
        replace(one, problem="not_recorded")
        for one in expected
        if (one.name, one.key) not in there and (one.key is not None or one.name not in names)
    ]
    return tuple(found)


def reading_of(feed: str, document: FeedDocument, known: Known) -> Reading | None:
    """Return a recorded value as a reading, or None where the document has no such value or measures something else by that name."""
    row, section = known
    if row.name not in document.values or row.value is None:
        return None
    unknown = blank(feed, document, row.name, row.key, None)
    try:
        value = convert(row.value, section.units.get(row.name), unknown.unit)
    except UnitError:
        return None
    plausible = document.values[row.name].plausible
    if plausible is not None and not plausible[0] <= value <= plausible[1]:  # people write recordings, too
        return replace(unknown, problem="implausible")
    return replace(
        unknown,
        value=value,
        quality=Quality.REPLAY,
        nature=section.nature,
        measured_at=datetime.fromtimestamp(row.time, UTC),
        place=section.place,
        source=section.source,
        licence=section.licence,
        attribution=section.attribution,
    )
