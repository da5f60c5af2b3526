"""The coordinator: asks each feed in its time on a few threads, and tells what came of it.

One thread, the caller's, owns all state: workers fetch and digest, and only hand over readings or an error. Whose turn it is, the
`schedule` decides; a feed that hangs holds one worker until its own timeout and a little more, and the others go on with the rest.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from zoneinfo import ZoneInfo

from maquette.config.documents import FeedDocument
from maquette.core.alerts import Alert
from maquette.core.clock import Clock
from maquette.core.course import CourseWanted
from maquette.core.past import PastWanted
from maquette.core.pushed import Pushed
from maquette.core.readings import Reading, ReadingsUpdate
from maquette.errors import FeedError
from maquette.feeds.alternatives import Lineup
from maquette.feeds.archivist import Archivist, Remembered
from maquette.feeds.backfills import Backfills
from maquette.feeds.feed import Feed, Outcome, next_end
from maquette.feeds.history import History
from maquette.feeds.morning import Morning
from maquette.feeds.plan import FeedsStart, News
from maquette.feeds.pool import Answer, Ask, Line, Pool, timeout_of
from maquette.feeds.problems import fault
from maquette.feeds.provider import PAUSE_S
from maquette.feeds.schedule import Schedule
from maquette.feeds.source import Arrival, Payload, Source, arrival
from maquette.feeds.sources import SOURCES
from maquette.feeds.store import Kept, Store, terms_digest
from maquette.feeds.terms import AGAIN_S, Terms
from maquette.ops.clock import read_clock

MORNING_SPREAD_S = 60.0
"""Seconds after the end of a forecast's day within which the next one is asked for."""
LONGEST_SLEEP_S = 3600.0
"""Seconds of one wait, at most: some systems refuse longer ones."""
MORNING_CHECK_S = 60.0
"""Seconds between two looks at the wall clock, for the time at which the doors open."""
SPREAD_S = 1.0
"""Seconds over which the first requests are spread."""

Message = FeedsStart | PastWanted | CourseWanted | Pushed | Ask | Feed | Remembered | Alert | None
"""Another plan, another show's questions to the past, a page's question how a value went, values that somebody pushed, an ask that has
ended, a feed that has heard something new, what the archive knows, its troubles, or nothing: look whether to close."""


class Coordinator:
    """All feeds of a plan. `run` is the whole life; tests take it turn by turn."""

    def __init__(
        self,
        plan: FeedsStart,
        tell: Callable[[News], None],
        *,
        sources: Mapping[str, Source] = SOURCES,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[ZoneInfo], Clock] = read_clock,
        spread_s: float = SPREAD_S,
        pause_s: float = PAUSE_S,
        inbox: SimpleQueue[Message] | None = None,
        archivist: Archivist | None = None,
        count: Callable[[str, FeedError | None], None] = lambda _name, _error: None,
    ) -> None:
        """Prepare, without touching the network.

        Args:
            plan: what to ask.
            tell: takes readings, series, courses and alerts, on the thread that calls `begin` and `turn`.
            sources: the kinds of feeds.
            monotonic: the monotonic clock that readings age by (s).
            clock: reads the wall clock.
            spread_s: seconds over which the first requests are spread.
            pause_s: seconds between two requests to one host.
            inbox: where another thread may put what is to be done from then on.
            archivist: keeps what came beyond our life and answers into the inbox; started and ended by whoever made it.
            count: is told each answer of a feed, and each failure with its error.
        """
        self._count = count
        self._tell = tell
        self._sources = sources
        self._monotonic = monotonic
        self._clock = clock
        self._spread_s = spread_s
        self._zone = ZoneInfo(plan.time_zone)
        self._store = Store(Path(plan.state) / "readings" if plan.state else None, tell)
        self._inbox: SimpleQueue[Message] = SimpleQueue() if inbox is None else inbox
        self._feeds: dict[str, Feed] = {}
        self._lines: dict[str, Line] = {}
        self._schedule = Schedule(pause_s)
        self._pool = Pool(self._inbox.put)
        self._morning = Morning(plan.opening)
        self._morning_at = monotonic()
        self._lineups: dict[str, Lineup] = {}
        for name in plan.feeds:
            self._add(name, plan.sources_of(name))
        self._archivist = archivist or Archivist(None, self._inbox.put, now=lambda: None)
        self._archivist.follow({name: plan.sources_of(name) for name in plan.feeds})
        self._history = History(plan.feeds, self._zone)
        self._backfills = Backfills(self._history, self._arrive)
        self._terms = Terms(self._history)
        self._terms.want(plan.wanted)
        self._again_at = monotonic() + AGAIN_S
        self._closing = threading.Event()

    def begin(self) -> None:
        """Publish at once what is known without any network: last good readings, aged, and what is awaited."""
        for feed in self._feeds.values():
            feed.begin(self._recall(feed))
        for name in self._lineups:
            self._say(name)
        self._send_series(self._clock(self._zone), self._monotonic())
        self._remember()

    def run(self) -> None:
        """Serve until `close`, which another thread may call; what was kept for later is written at the end."""
        self.begin()
        while not self._closing.is_set():
            self.turn()
        self._store.flush(math.inf)

    def turn(self) -> None:
        """Ask whoever's turn it is, then wait for one answer or for the next thing to do."""
        now = self._monotonic()
        for ask in self._pool.overdue(now):
            self._give_up(ask)
        for lineup in self._lineups.values():
            self._attend(lineup, now)
        if self._morning_at <= now:
            self._morning_at = now + MORNING_CHECK_S
            if self._morning.is_here(self._clock(self._zone)):
                self._schedule.ask_all(now)
        while self._pool.has_room and (name := self._schedule.next(now)) is not None:
            line = self._backfills.lines.get(name) or self._lines[name]
            self._pool.begin(line.feed, line, now)
        self._store.flush(now)
        if self._again_at <= now:
            self._look_again(now)
        try:
            message = self._inbox.get(timeout=self._next_moment() - now)
        except Empty:
            return
        if self._closing.is_set():
            return
        match message:
            case FeedsStart():
                self._follow(message)
            case PastWanted():
                self._want(message)
            case CourseWanted():
                self._tell(self._terms.course(message, self._expected(), self._clock(self._zone)))
            case Pushed() if message.feed in self._lines:  # else it is no longer asked for
                self._lines[message.feed].hear(message)
            case Ask():
                self._pool.end(message)
                if (past := self._backfills.name_of(message)) is not None:
                    self._take_past(past, message)
                elif self._feeds.get(message.feed.id) is message.feed:  # else another plan came while it was asked
                    self._take(message)
            case Feed() if self._feeds.get(message.id) is message:
                self._schedule.hurry(message.id, self._monotonic())
            case Remembered() if self._history.remember(message):
                if message.past:
                    self._know_more()
                self._look_back(message.wish.feed)
            case Alert():
                self._tell(message)

    def _next_moment(self) -> float:
        """Return when there is something to do, if nothing comes before (monotonic seconds); not before now, nor in a far future."""
        now = self._monotonic()
        moments = [self._pool.next_end, now + LONGEST_SLEEP_S]
        moments += [lineup.next_change_after(now) for lineup in self._lineups.values()]
        if self._pool.has_room:
            moments.append(self._schedule.next_moment())
        if self._store.next_flush is not None:
            moments.append(self._store.next_flush)
        if self._terms.any_wanted:
            moments.append(self._again_at)
        if self._morning.opening is not None:
            moments.append(self._morning_at)
        return max(now, min(moments))

    def close(self) -> None:
        """End requests that are under way and the threads; safe to call twice and from any thread."""
        self._closing.set()
        self._inbox.put(None)
        for line in list(self._lines.values()):  # another plan may come at this moment
            line.close()

    def _add(self, name: str, documents: Sequence[FeedDocument]) -> Lineup:
        """Take in a feed and its alternatives, which rest."""
        feeds = [Feed(name, document, self._sources[document.kind], index) for index, document in enumerate(documents)]
        for feed in feeds:
            self._feeds[feed.id] = feed
            self._lines[feed.id] = self._line(feed)
            due = self._monotonic() + feed.delay(self._spread_s)
            self._schedule.add(feed.id, feed.source.provider(feed.document), feed.document.every, due)
            if feed.is_alternative:
                self._schedule.rest(feed.id)
        lineup = self._lineups[name] = Lineup(feeds[0], feeds[1:])
        return lineup

    def _remove(self, name: str) -> None:
        for feed in self._lineups.pop(name).feeds:
            del self._feeds[feed.id]
            self._lines.pop(feed.id).close()
            self._schedule.remove(feed.id)

    def _line(self, feed: Feed) -> Line:
        return Line(feed, self._arrive, partial(self._inbox.put, feed))

    def _recall(self, feed: Feed) -> Kept:
        return self._store.recall(feed.id, feed.document, feed.expected(), self._clock(self._zone), self._monotonic())

    def _follow(self, plan: FeedsStart) -> None:
        """Follow another plan: feeds that are the same in it go on undisturbed, readings and all."""
        self._zone = ZoneInfo(plan.time_zone)
        self._morning.opening = plan.opening
        before = dict(self._lineups)
        same = {
            name
            for name, document in plan.feeds.items()
            if name in before and terms_digest(before[name].first.document) == terms_digest(document)
        }
        for name, lineup in before.items():
            if plan.sources_of(name) != tuple(feed.document for feed in lineup.feeds):
                self._remove(name)
        self._history.follow(plan.feeds, self._zone, same)
        self._archivist.follow({name: plan.sources_of(name) for name in plan.feeds})
        for name in self._backfills.follow(same):
            self._schedule.remove(name)
        for name in before.keys() - plan.feeds.keys():
            self._tell(ReadingsUpdate((), frozenset({name})))
            self._tell(Alert("feed_failed", name, over=True))
            self._tell(Alert("feed_shape", name, over=True))
        for name in plan.feeds.keys() - self._lineups.keys():
            for feed in self._add(name, plan.sources_of(name)).feeds:
                goes_on = name in same and not feed.is_alternative
                feed.begin(before[name].first.kept_for(feed.document) if goes_on else self._recall(feed))
        self._want(plan.wanted)

    def _arrive(self, payload: Payload) -> Arrival:
        return arrival(payload, self._clock(self._zone), self._monotonic())

    def _take(self, ask: Ask) -> None:
        """Take what came of an ask; of one that was given up, only that it has ended."""
        feed, outcome = ask.feed, ask.outcome
        if ask.lost:
            self._schedule.let_go(feed.id)
        elif isinstance(outcome, Answer):
            self._settle(feed, feed.answered(outcome.readings, outcome.changes), outcome.again_s)
        elif isinstance(outcome, FeedError):
            self._settle(feed, feed.failed(outcome))
        else:
            assert outcome is not None
            self._settle(feed, feed.failed(fault("broken", _where(outcome))))

    def _give_up(self, ask: Ask) -> None:
        """Go on without an answer that does not come. Until that thread has ended, its feed is not asked again."""
        feed = ask.feed
        if (past := self._backfills.name_of(ask)) is not None:
            self._backfills.end(past)
            self._schedule.remove(past)
        elif self._feeds.get(feed.id) is feed:
            ask.line.close()
            self._lines[feed.id] = self._line(feed)
            self._schedule.hold(feed.id)
            why = f"after {timeout_of(feed.document):g} s, and its request does not end"
            self._settle(feed, feed.failed(fault("timeout", why)))

    def _settle(self, feed: Feed, outcome: Outcome, again_s: float | None = None) -> None:
        """Tell what follows from an answer or a failure, and say when the feed is asked again."""
        lineup, now = self._lineups[feed.name], self._monotonic()
        if not feed.is_alternative:  # the failure of an alternative is no news: the alert of the first stands
            self._count(feed.name, outcome.error)
            if outcome.update is not None:
                self._say(feed.name)
            for alert in outcome.alerts:
                self._tell(alert)
        due = now + outcome.wait_s
        if outcome.error is not None:
            self._schedule.failed(feed.id, now, due, outcome.error, again_s)
        else:
            self._store.keep(feed.id, feed.document, feed.readings, now)
            end = next_end(feed.readings, now)
            if end is not None:
                # A forecast ends with its day; the next one is fetched soon after, not at the next hour.
                due = min(due, end + feed.delay(MORNING_SPREAD_S))
            self._schedule.answered(feed.id, now, due, again_s)
            if not feed.is_alternative:
                self._look_back(feed.name)
        self._attend(lineup, now)

    def _attend(self, lineup: Lineup, now: float) -> None:
        """Show what is best now, and let alternatives be asked or rest."""
        if not lineup.alternatives:
            return
        if lineup.best(now) != lineup.shown:
            self._say(lineup.first.name)
        wanted = lineup.wanted(now)
        for feed in lineup.alternatives:
            (self._schedule.wake if feed.id in wanted else self._schedule.rest)(feed.id)

    # -- the past ----------------------------------------------------------------------------------------------------

    def _say(self, name: str) -> None:
        """Tell a feed's readings, and with them what its terms come to now: the update replaces all that the feed had."""
        lineup, now = self._lineups[name], self._monotonic()
        readings = lineup.show(now)
        self._archivist.keep(self._history.record(lineup.to_keep(readings)))
        answers = self._terms.answers(name, lineup.first.readings, self._clock(self._zone), now)
        self._tell(ReadingsUpdate((*readings, *answers), frozenset({name})))

    def _want(self, wanted: PastWanted) -> None:
        self._terms.want(wanted)
        for name in self._lineups:
            self._say(name)
        self._send_series(self._clock(self._zone), self._monotonic())
        self._remember()

    def _remember(self) -> None:
        """Ask the archive for what the history should know and does not; without a clock nothing of it could be used."""
        clock = self._clock(self._zone)
        if clock.trusted:
            for wish in self._history.wishes(clock.local.timestamp()):
                if not self._archivist.ask(wish):
                    self._history.remember(Remembered(wish, {}))

    def _look_back(self, feed: str) -> None:
        """Ask a feed's source for what is missing of its past, if it has answered and never was asked."""
        if self._schedule.is_well(feed):
            past = self._backfills.begin(self._feeds[feed], self._clock(self._zone))
            if past is not None:
                document = self._feeds[feed].document
                self._schedule.add(past, self._feeds[feed].source.provider(document), math.inf, self._monotonic())

    def _take_past(self, past: str, ask: Ask) -> None:
        """Take what came of asking for a feed's past."""
        outcome, now = ask.outcome, self._monotonic()
        if isinstance(outcome, Answer):
            self._schedule.answered(past, now, math.inf, outcome.again_s)
            self._archivist.keep(self._history.record(outcome.readings))
            self._backfills.answered(past, outcome)
            self._schedule.remove(past)
            self._know_more()
            return
        assert outcome is not None
        error = outcome if isinstance(outcome, FeedError) else fault("broken", _where(outcome))
        wait_s = self._backfills.failed(past, error)
        self._schedule.failed(past, now, math.inf if wait_s is None else now + wait_s, error)
        if wait_s is None:
            self._backfills.end(past)
            self._schedule.remove(past)

    def _know_more(self) -> None:
        """Tell what follows from knowing more of the past."""
        self._terms.send_again()
        self._look_again(self._monotonic())

    def _look_again(self, now: float) -> None:
        """Windows move on with the time: tell which terms changed by it."""
        self._again_at = now + AGAIN_S
        clock = self._clock(self._zone)
        changed = [
            reading
            for name, lineup in self._lineups.items()
            for reading in self._terms.changes(name, lineup.first.readings, clock, now)
        ]
        if changed:
            self._tell(ReadingsUpdate(tuple(changed)))
        self._send_series(clock, now)
        self._remember()

    def _send_series(self, clock: Clock, now: float) -> None:
        update = self._terms.series(self._expected(), clock, now)
        if update is not None:
            self._tell(update)

    def _expected(self) -> list[Reading]:
        """Return what is known of all feeds, or awaited."""
        return [reading for lineup in self._lineups.values() for reading in lineup.first.readings]


def _where(error: Exception) -> str:
    """Say which unforeseen error it was and where, without its text, which may hold an address or a key."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = "" if where is None else f" in {Path(where.tb_frame.f_code.co_filename).name}, line {where.tb_lineno}"
    return type(error).__name__ + place
