"""The terms: what a show asks of the past is answered from the history, as readings that age like any other. Decides; does not wait."""

from collections.abc import Iterable
from dataclasses import replace

from maquette.core.clock import Clock
from maquette.core.course import Course, CourseWanted, course_of
from maquette.core.past import PastTerm, PastWanted, ReadingSeries, SeriesUpdate, answer
from maquette.core.readings import Quality, Reading, ReadingKey
from maquette.core.series import Found, Series, look
from maquette.feeds.history import History

AGAIN_S = 60.0
"""Seconds after which the terms are worked out again: windows move on even when nothing comes."""
MOVED_S = 600.0
"""Seconds after which series that go with the time are sent again."""
_SAME_S = 1.0  # two ends this near to one another are one: our clocks are read one after the other


class Terms:
    """Answers what is wanted of the past. Used by one thread."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._wanted = PastWanted()
        self._by_feed: dict[str, list[PastTerm]] = {}
        self._told: dict[ReadingKey, Reading] = {}
        self._sent: dict[ReadingKey, Series] = {}
        self._sent_at = float("-inf")

    @property
    def any_wanted(self) -> bool:
        """Whether anything is asked of the past."""
        return bool(self._wanted.terms or self._wanted.spans)

    def want(self, wanted: PastWanted) -> None:
        """Take over what is asked from now on."""
        self._wanted = wanted
        self._by_feed = {}
        longest = dict(wanted.spans)
        for term in sorted(wanted.terms):
            self._by_feed.setdefault(term.feed, []).append(term)
            value = (term.feed, term.name)
            longest[value] = max(longest.get(value, 0.0), term.window_s)
        self._history.keep(longest)
        self._told, self._sent, self._sent_at = {}, {}, float("-inf")

    def send_again(self) -> None:
        """Send the series anew at the next turn: more is known of earlier times."""
        self._sent_at = float("-inf")

    def answers(self, feed: str, readings: Iterable[Reading], clock: Clock, now: float) -> tuple[Reading, ...]:
        """Return the readings that answer a feed's terms.

        Args:
            feed: its name.
            readings: what is known of it, or awaited: they say which keys there are, and in which unit.
            clock: the wall clock.
            now: the same moment in seconds of the monotonic clock.
        """
        wanted = self._by_feed.get(feed)
        if not wanted:
            return ()
        known = tuple(readings)
        found = tuple(
            self._answer(term, pattern, clock, now) for term in wanted for pattern in known if pattern.name == term.name
        )
        self._told.update({(reading.feed, reading.name, reading.key): reading for reading in found})
        return found

    def changes(self, feed: str, readings: Iterable[Reading], clock: Clock, now: float) -> tuple[Reading, ...]:
        """Return those of `answers` that differ from what was told last."""
        before = dict(self._told)
        found = self.answers(feed, readings, clock, now)
        return tuple(one for one in found if not _same(one, before.get((one.feed, one.name, one.key))))

    def series(self, readings: Iterable[Reading], clock: Clock, now: float) -> SeriesUpdate | None:
        """Return the series that the stage itself wants, or None when those it has still serve.

        Args:
            readings: of all feeds, known or awaited.
            clock: the wall clock.
            now: the same moment in seconds of the monotonic clock.
        """
        spans = self._wanted.spans
        if not spans:
            return None
        wall = clock.local.timestamp()
        wanted = [reading for reading in readings if (reading.feed, reading.name) in spans]
        found: dict[ReadingKey, Series] = {}
        packed = []
        for reading in wanted:
            key, span_s = (reading.feed, reading.name, reading.key), spans[reading.feed, reading.name]
            found[key] = self._history.series(key, wall, trusted=clock.trusted).between(wall - span_s, wall)
            packed.append(ReadingSeries(reading, found[key].moved(now - wall)))
        if not self._due(found, now):
            return None
        self._sent, self._sent_at = found, now
        return SeriesUpdate(tuple(packed), wall - now if clock.trusted else None)

    def course(self, wanted: CourseWanted, readings: Iterable[Reading], clock: Clock) -> Course:
        """Return how a value went.

        Args:
            wanted: which value.
            readings: of all feeds, known or awaited.
            clock: the wall clock.
        """
        wall, key = clock.local.timestamp(), (wanted.feed, wanted.name, wanted.key)
        pattern = next((one for one in readings if (one.feed, one.name, one.key) == key), None)
        if pattern is None:
            return Course(wanted, wall)
        series = self._history.series(key, wall, trusted=clock.trusted)
        return Course(wanted, wall, ReadingSeries(pattern, course_of(series, wall - wanted.span_s, wall)))

    def _due(self, found: dict[ReadingKey, Series], now: float) -> bool:
        if now - self._sent_at < MOVED_S and found.keys() == self._sent.keys():
            return any(not _same_end(series, self._sent[key]) for key, series in found.items())
        return True

    def _answer(self, term: PastTerm, pattern: Reading, clock: Clock, now: float) -> Reading:
        wall = clock.local.timestamp()
        series = self._history.series((term.feed, term.name, pattern.key), wall, trusted=clock.trusted)
        found = look(series, term.function, term.window_s, wall)
        if found.value is None and not clock.trusted:
            found = Found(None, "no_clock")
        reading = answer(replace(pattern, name=term.reading), found, 0.0, Quality.LIVE)
        if reading.quality is not Quality.LIVE:
            return reading
        late = found.fresh_until <= wall
        return replace(
            reading,
            quality=Quality.STALE if late else Quality.LIVE,
            fresh_until=now + found.fresh_until - wall,
            drop_at=now + found.drop_at - wall,
            problem="too_old" if late else None,
        )


def _same(one: Reading, other: Reading | None) -> bool:
    if other is None:
        return False
    ends = ((one.fresh_until, other.fresh_until), (one.drop_at, other.drop_at))
    return all(_near(*pair) for pair in ends) and one == replace(
        other, fresh_until=one.fresh_until, drop_at=one.drop_at
    )


def _near(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) < _SAME_S


def _same_end(one: Series, other: Series) -> bool:
    """Tell whether a series says nothing new: no other newest value, and none that came later for an earlier time."""
    if not len(one) or not len(other) or bool(one.given[-1]) is not bool(other.given[-1]):
        return len(one) == len(other)
    return bool(one.given[-1]) or (one.times[-1], one.values[-1]) == (other.times[-1], other.values[-1])
