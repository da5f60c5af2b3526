"""The coordinator: asks each feed in its time on a few threads, and tells what came of it.

One thread, the caller's, owns all state: workers fetch and digest, and only hand over readings or an error. A feed that hangs holds one
worker until its own timeout; the others go on with the rest.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from zoneinfo import ZoneInfo

from maquette.config.documents import FeedDocument
from maquette.core.alerts import Alert
from maquette.core.clock import Clock
from maquette.core.past import PastWanted, SeriesUpdate
from maquette.core.pushed import Pushed
from maquette.core.readings import Reading, ReadingsUpdate
from maquette.errors import FeedError
from maquette.feeds.feed import Feed, Outcome, next_end
from maquette.feeds.history import History
from maquette.feeds.plan import FeedsStart
from maquette.feeds.problems import fault
from maquette.feeds.source import Arrival, Connection, Hearing, Payload, Source
from maquette.feeds.sources import SOURCES
from maquette.feeds.store import Kept, Store, terms_digest
from maquette.feeds.terms import AGAIN_S, Terms
from maquette.ops.clock import read_clock

log = logging.getLogger(__name__)

WORKERS = 4
"""Feeds that are asked at the same time, at most."""
MORNING_SPREAD_S = 60.0
"""Seconds after the end of a forecast's day within which the next one is asked for."""
LISTEN_S = 0.2
"""Seconds during which what a source says is gathered, so that a chatty one is not asked for each word."""
LONGEST_SLEEP_S = 3600.0
"""Seconds of one wait, at most: some systems refuse longer ones."""
SPREAD_S = 1.0
"""Seconds over which the first requests are spread."""

Answered = Future[tuple[Reading, ...]]
Message = FeedsStart | PastWanted | Pushed | tuple[Feed, Answered] | Feed | None
"""Another plan, another show's questions to the past, values that somebody pushed, the answer of a feed, a feed that has heard something
new, or nothing: look whether to close."""


class Coordinator:
    """All feeds of a plan. `run` is the whole life; tests take it turn by turn."""

    def __init__(
        self,
        plan: FeedsStart,
        tell: Callable[[ReadingsUpdate | SeriesUpdate | Alert], None],
        *,
        sources: Mapping[str, Source] = SOURCES,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[ZoneInfo], Clock] = read_clock,
        spread_s: float = SPREAD_S,
        inbox: SimpleQueue[Message] | None = None,
    ) -> None:
        """Prepare, without touching the network.

        Args:
            plan: what to ask.
            tell: takes readings, series and alerts, on the thread that calls `begin` and `turn`.
            sources: the kinds of feeds.
            monotonic: the monotonic clock that readings age by (s).
            clock: reads the wall clock.
            spread_s: seconds over which the first requests are spread.
            inbox: where another thread may put what is to be done from then on.
        """
        self._tell = tell
        self._sources = sources
        self._monotonic = monotonic
        self._clock = clock
        self._spread_s = spread_s
        self._zone = ZoneInfo(plan.time_zone)
        self._store = Store(Path(plan.state) / "readings" if plan.state else None, tell)
        self._inbox: SimpleQueue[Message] = SimpleQueue() if inbox is None else inbox
        self._feeds: dict[str, Feed] = {}
        self._lines: dict[str, _Line] = {}
        self._due: dict[str, float] = {}
        self._awake: set[str] = set()
        for name, document in plan.feeds.items():
            self._add(name, document)
        self._history = History(plan.feeds, self._zone)
        self._terms = Terms(self._history)
        self._terms.want(plan.wanted)
        self._again_at = monotonic() + AGAIN_S
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="feed")
        self._closing = threading.Event()

    def begin(self) -> None:
        """Publish at once what is known without any network: last good readings, aged, and what is awaited."""
        for name, feed in self._feeds.items():
            self._say(name, feed.begin(self._recall(feed)))
        self._send_series(self._clock(self._zone), self._monotonic())

    def run(self) -> None:
        """Serve until `close`, which another thread may call."""
        self.begin()
        while not self._closing.is_set():
            self.turn()

    def turn(self) -> None:
        """Ask what is due, then wait for one answer or for the next thing to do."""
        now = self._monotonic()
        for name in [name for name, due in self._due.items() if due <= now]:
            del self._due[name]  # until its answer has come
            self._awake.discard(name)
            answer = self._workers.submit(self._lines[name].ask)
            answer.add_done_callback(partial(self._hand_over, self._feeds[name]))
        self._store.flush(now)
        if self._again_at <= now:
            self._look_again(now)
        moments = [*self._due.values(), *([self._store.next_flush] if self._store.next_flush is not None else [])]
        if self._terms.any_wanted:
            moments.append(self._again_at)
        wait_s = min(max(0.0, min(moments) - now), LONGEST_SLEEP_S) if moments else None
        try:
            message = self._inbox.get(timeout=wait_s)
        except Empty:
            return
        if self._closing.is_set():
            return
        match message:
            case FeedsStart():
                self._follow(message)
            case PastWanted():
                self._want(message)
            case Pushed() if message.feed in self._lines:  # else it is no longer asked for
                self._lines[message.feed].hear(message)
            case (feed, answer) if self._feeds.get(feed.name) is feed:  # else another plan came while it was asked
                self._take(feed, answer)
            case Feed() if self._feeds.get(message.name) is message:
                self._awake.add(message.name)
                self._hurry(message.name)

    def close(self) -> None:
        """End requests that are under way and the threads; safe to call twice and from any thread."""
        self._closing.set()
        self._inbox.put(None)
        self._workers.shutdown(wait=False, cancel_futures=True)
        for line in self._lines.values():
            line.close()

    def _add(self, name: str, document: FeedDocument) -> Feed:
        feed = self._feeds[name] = Feed(name, document, self._sources[document.kind])
        self._lines[name] = _Line(feed, self._arrive, partial(self._inbox.put, feed))
        self._due[name] = self._monotonic() + feed.delay(self._spread_s)
        return feed

    def _recall(self, feed: Feed) -> Kept:
        return self._store.recall(feed.name, feed.document, feed.expected(), self._clock(self._zone), self._monotonic())

    def _follow(self, plan: FeedsStart) -> None:
        """Follow another plan: feeds that are the same in it go on undisturbed, readings and all."""
        self._zone = ZoneInfo(plan.time_zone)
        before = dict(self._feeds)
        for name, feed in before.items():
            if plan.feeds.get(name) != feed.document:
                del self._feeds[name]
                self._lines.pop(name).close()
                self._due.pop(name, None)
        same = {n for n, d in plan.feeds.items() if n in before and terms_digest(before[n].document) == terms_digest(d)}
        self._history.follow(plan.feeds, self._zone, same)
        for name in before.keys() - plan.feeds.keys():
            self._tell(ReadingsUpdate((), frozenset({name})))
            self._tell(Alert("feed_failed", name, over=True))
        for name, document in plan.feeds.items():
            if name not in self._feeds:
                feed = self._add(name, document)
                feed.begin(before[name].kept if name in same else self._recall(feed))
        self._want(plan.wanted)

    def _hand_over(self, feed: Feed, answer: Answered) -> None:
        self._inbox.put((feed, answer))

    def _arrive(self, payload: Payload) -> Arrival:
        """Return when a payload came, by the best clock there is: ours, else the server's, else ours without belief."""
        clock = self._clock(self._zone)
        if not clock.trusted and payload.server_time is not None:
            clock = Clock(payload.server_time.astimezone(self._zone), trusted=True)
        return Arrival(clock, self._monotonic())

    def _take(self, feed: Feed, answer: Answered) -> None:
        name, error = feed.name, answer.exception()
        if error is None:
            outcome = feed.answered(answer.result())
        elif isinstance(error, FeedError):
            outcome = feed.failed(error)
        else:
            log.error("feed %s: unforeseen %s: %s", name, type(error).__name__, error)
            outcome = feed.failed(fault("broken", type(error).__name__))
        self._publish(name, outcome)
        now = self._monotonic()
        if error is None:
            self._store.keep(name, feed.document, feed.readings, now)
        self._due[name] = now + outcome.wait_s
        end = next_end(feed.readings, now)
        if error is None and end is not None:
            # A forecast ends with its day; the next one is fetched soon after, not at the next hour.
            self._due[name] = min(self._due[name], end + feed.delay(MORNING_SPREAD_S))
        self._hurry(name)

    def _hurry(self, name: str) -> None:
        """Ask a feed soon if it has heard something new, unless it is being asked: then soon after."""
        if name in self._awake and name in self._due:
            self._due[name] = min(self._due[name], self._monotonic() + LISTEN_S)

    def _publish(self, name: str, outcome: Outcome) -> None:
        if outcome.update is not None:
            self._say(name, outcome.update)
        if outcome.alert is not None:
            self._tell(outcome.alert)

    # -- the past ----------------------------------------------------------------------------------------------------

    def _say(self, name: str, update: ReadingsUpdate) -> None:
        """Tell a feed's readings, and with them what its terms come to now: the update replaces all that the feed had."""
        self._history.record(update.readings)
        answers = self._terms.answers(name, self._feeds[name].readings, self._clock(self._zone), self._monotonic())
        self._tell(ReadingsUpdate((*update.readings, *answers), update.complete))

    def _want(self, wanted: PastWanted) -> None:
        self._terms.want(wanted)
        for name, feed in self._feeds.items():
            self._say(name, ReadingsUpdate(feed.readings, frozenset({name})))
        self._send_series(self._clock(self._zone), self._monotonic())

    def _look_again(self, now: float) -> None:
        """Windows move on with the time: tell which terms changed by it."""
        self._again_at = now + AGAIN_S
        clock = self._clock(self._zone)
        changed = [
            reading
            for name, feed in self._feeds.items()
            for reading in self._terms.changes(name, feed.readings, clock, now)
        ]
        if changed:
            self._tell(ReadingsUpdate(tuple(changed)))
        self._send_series(clock, now)

    def _send_series(self, clock: Clock, now: float) -> None:
        everything = [reading for feed in self._feeds.values() for reading in feed.readings]
        update = self._terms.series(everything, clock, now)
        if update is not None:
            self._tell(update)


class _Line:
    """One feed's connection; opened on a worker at the first request, since that imports network libraries."""

    def __init__(self, feed: Feed, arrive: Callable[[Payload], Arrival], wake: Callable[[], None]) -> None:
        self._feed = feed
        self._wake = wake
        self._arrive = arrive
        self._connection: Connection | None = None
        self._opening = threading.Lock()

    def ask(self) -> tuple[Reading, ...]:
        """Fetch and digest, on a worker."""
        payload = self._opened().fetch()
        return self._feed.source.digest(self._feed.name, self._feed.document, payload.content, self._arrive(payload))

    def hear(self, pushed: Pushed) -> None:
        """Hand over what somebody pushed, on the coordinator's thread; a feed that is not pushed has no use for it."""
        if self._feed.document.pushed:  # such a connection opens at once, without any network
            connection = self._opened()
            assert isinstance(connection, Hearing)
            connection.hear(pushed)

    def _opened(self) -> Connection:
        with self._opening:
            if self._connection is None:
                self._connection = self._feed.source.connect(self._feed.document, self._wake)
            return self._connection

    def close(self) -> None:
        """End a request that is under way."""
        if self._connection is not None:
            self._connection.close()
