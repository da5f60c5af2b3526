"""The replayer: stands in the coordinator's place and tells what a recording says, as seen from its present moment, again and again.

No feed is asked, nothing is written. What a show asks of the past is answered from what has been played, and from the archive for the time
before, by the same arithmetic as for live feeds; only the clock is the recording's.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from zoneinfo import ZoneInfo

from maquette.core.clock import Clock
from maquette.core.course import CourseWanted
from maquette.core.past import PastWanted
from maquette.core.readings import Quality, Reading, ReadingsUpdate
from maquette.core.series import LONGEST_WINDOW_S
from maquette.errors import ArchiveError, SeriesError
from maquette.feeds.archive import Archive, Past
from maquette.feeds.archivist import Remembered, Wish
from maquette.feeds.history import History
from maquette.feeds.plan import FeedsStart, News, Replay
from maquette.feeds.playback import Pace, Playback, reading_of, readings
from maquette.feeds.recorder import read
from maquette.feeds.recording import Recording
from maquette.feeds.sources import SOURCES
from maquette.feeds.terms import AGAIN_S, Terms

log = logging.getLogger(__name__)

SHORTEST_WAIT_S = 0.25
"""Seconds between two updates, at least: at high speed rows come together."""


class Replayer:
    """A recording, played. `run` is the whole life; tests take it turn by turn."""

    def __init__(
        self,
        plan: FeedsStart,
        recording: Recording,
        speed: float,
        tell: Callable[[News], None],
        *,
        earlier: Callable[[Wish], Past] = lambda _wish: {},
        monotonic: Callable[[], float] = time.monotonic,
        inbox: SimpleQueue[Any] | None = None,
    ) -> None:
        """Prepare.

        Args:
            plan: the feeds, and what the show asks of the past.
            recording: what is played.
            speed: how many times faster than the world.
            tell: takes readings, series and courses, on the thread that calls `begin` and `turn`.
            earlier: what is known of the time before the recording.
            monotonic: the monotonic clock (s).
            inbox: where another thread puts another plan, or other questions to the past.
        """
        self._plan = plan
        self._tell = tell
        self._earlier = earlier
        self._monotonic = monotonic
        self._inbox: SimpleQueue[Any] = SimpleQueue() if inbox is None else inbox
        self._pace = Pace(recording.since, recording.until, speed, monotonic())
        self._playback = Playback(recording, {})
        self._lap = 0
        self._closing = threading.Event()
        self._enter(plan)

    def begin(self) -> None:
        """Tell what holds at the present moment, all feeds."""
        self._go_on(self._plan.feeds.keys())

    def run(self) -> None:
        """Play until `close`, which another thread may call."""
        self.begin()
        while not self._closing.is_set():
            self.turn()

    def close(self) -> None:
        """End `run`; safe to call twice and from any thread."""
        self._closing.set()
        self._inbox.put(None)

    def turn(self) -> None:
        """Wait for the next row, or the next message, and tell what follows."""
        now = self._monotonic()
        wait_s = min(max(self._pace.wait_s(now, self._playback.next_time), SHORTEST_WAIT_S), self._again_at - now)
        try:
            message = self._inbox.get(timeout=max(wait_s, 0.0))
        except Empty:
            message = None
        match message:
            case FeedsStart():
                gone = self._plan.feeds.keys() - message.feeds.keys()
                if gone:
                    self._tell(ReadingsUpdate((), frozenset(gone)))
                self._enter(message)
                self._go_on(message.feeds.keys())
            case PastWanted():
                self._want(message)
                self._go_on(self._plan.feeds.keys())
            case CourseWanted():
                self._tell(self._terms.course(message, self._shown(), self._clock(self._pace.at(self._monotonic())[1])))
            case _:  # values that somebody pushes have no place in a replay
                self._go_on(())

    def _enter(self, plan: FeedsStart) -> None:
        """Begin at the recording's first moment, with nothing known yet."""
        self._plan = plan
        self._zone = ZoneInfo(plan.time_zone)
        self._expected = {name: SOURCES[one.kind].expected(name, one) for name, one in plan.feeds.items()}
        self._told: dict[str, tuple[Reading, ...]] = {}
        self._history = History(plan.feeds, self._zone)
        self._terms = Terms(self._history)
        self._playback.rewind()
        self._want(plan.wanted)

    def _want(self, wanted: PastWanted) -> None:
        self._plan = replace(self._plan, wanted=wanted)
        self._terms.want(wanted)
        self._again_at = self._monotonic()
        for wish in self._history.wishes(self._pace.since):
            self._history.remember(Remembered(wish, self._earlier(wish)))

    def _go_on(self, asked: Iterable[str]) -> None:
        """Play up to the present moment; tell these feeds in any case, others where something changed."""
        now, feeds = self._monotonic(), frozenset(asked)
        lap, moment = self._pace.at(now)
        if lap != self._lap:
            self._lap = lap
            log.info("the recording begins again")
            self._enter(self._plan)
            feeds = frozenset(self._plan.feeds)
        self._record(moment)
        clock = self._clock(moment)
        again = self._again_at <= now
        for name, document in self._plan.feeds.items():
            values = self._playback.values.get(name, {})
            shown = readings(name, document, self._expected[name], values, moment)
            if name in feeds or shown != self._told.get(name):
                self._told[name] = shown
                answers = self._terms.answers(name, shown, clock, moment)
                self._tell(ReadingsUpdate((*shown, *map(_replayed, answers)), frozenset({name})))
            elif again and (changed := self._terms.changes(name, shown, clock, moment)):
                self._tell(ReadingsUpdate(tuple(map(_replayed, changed))))
        series = self._terms.series(self._shown(), clock, now)
        if series is not None:
            self._tell(series)
        if again:
            self._again_at = now + max(AGAIN_S / self._pace.speed, 4 * SHORTEST_WAIT_S)

    def _shown(self) -> list[Reading]:
        """Return what is told of all feeds."""
        return [one for shown in self._told.values() for one in shown]

    def _clock(self, moment: float) -> Clock:
        """Return the recording's clock."""
        return Clock(datetime.fromtimestamp(moment, self._zone), trusted=True)

    def _record(self, moment: float) -> None:
        """Take what came up to a moment into the history, which only takes what really came."""
        came = [
            replace(reading, quality=Quality.LIVE)
            for known in self._playback.advance(moment)
            if (document := self._plan.feeds.get(known.section.feed)) is not None
            and (reading := reading_of(known.section.feed, document, known)) is not None
        ]
        self._history.record(came)


def replayer_of(
    plan: FeedsStart,
    replay: Replay,
    tell: Callable[[News], None],
    inbox: SimpleQueue[Any],
) -> Replayer:
    """Return a replayer that plays what a plan says; where that can no longer be read, it plays nothing, and the log says so."""
    path = Path(replay.path)
    earlier = _nothing if replay.span is None else partial(_in_archive, path)
    try:
        recording = read(plan.feeds, replay)
    except (SeriesError, OSError) as error:
        log.warning("nothing can be replayed: %s: %s", path.name, error)
        recording = Recording("", 0.0, LONGEST_WINDOW_S, {}, ())
    return Replayer(plan, recording, replay.speed, tell, earlier=earlier, inbox=inbox)


def _nothing(_wish: Wish) -> Past:
    """Return what a file knows of the time before it."""
    return {}


def _in_archive(path: Path, wish: Wish) -> Past:
    """Return what an archive knows; a trouble with it is one line of the log."""
    try:
        with closing(Archive(path, reading=True)) as archive:
            return archive.past(wish.feed, wish.terms, wish.names, wish.since, wish.until, wish.most)
    except ArchiveError as error:
        log.warning("nothing is known of the time before the replay: %s", error)
        return {}


def _replayed(answer: Reading) -> Reading:
    """Return what a term came to as a REPLAY, which does not age; a sample and what is not known stay what they are."""
    if answer.quality not in (Quality.LIVE, Quality.STALE):
        return answer
    return replace(answer, quality=Quality.REPLAY, fresh_until=None, drop_at=None, problem=None)
