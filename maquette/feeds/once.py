"""Once: each feed is asked one time, as the running model would, to see how it is doing. Nothing is written anywhere."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from zoneinfo import ZoneInfo

from maquette.config.documents import FeedDocument
from maquette.core.message import Message
from maquette.core.readings import Reading
from maquette.errors import FeedError
from maquette.feeds.feed import Feed
from maquette.feeds.pool import Answer, Ask, Line, Pool
from maquette.feeds.problems import fault
from maquette.feeds.source import arrival
from maquette.feeds.sources import SOURCES
from maquette.feeds.store import Store
from maquette.ops.clock import read_clock

LISTEN_S = 5.0
"""Seconds in which those who speak when they like, such as sensors, may say something."""
WITHIN_S = 90.0
"""Seconds for all feeds together; one that has not answered by then is said not to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking a feed.

    Attributes:
        name: the feed's name.
        document: its document.
        readings: what is known of it now: what came, else what the model knew last, else its sample.
        problem: the reason code why nothing came, or None.
        changes: what its provider has changed, in words.
        told: what people are told instead of the problem's own words, or None.
    """

    name: str
    document: FeedDocument
    readings: tuple[Reading, ...]
    problem: str | None = None
    changes: tuple[Message, ...] = ()
    told: Message | None = None


def ask_each(
    feeds: Mapping[str, FeedDocument],
    zone: ZoneInfo,
    kept: Path | None,
    *,
    within_s: float = WITHIN_S,
    answered: Callable[[int], None] | None = None,
) -> list[Asked]:
    """Ask each feed once, a few at a time.

    Args:
        feeds: the feeds' documents by name.
        zone: the territory's time zone.
        kept: where a running model keeps its last readings, which are looked at; None: nowhere.
        within_s: seconds for all of them together.
        answered: is told how many have answered, after each, if anybody wants to know.

    Returns:
        What came, in the order of ``feeds``.
    """
    begun = time.monotonic()
    store = Store(kept, lambda _alert: None)
    asking = [Feed(name, document, SOURCES[document.kind]) for name, document in feeds.items()]
    for feed in asking:
        feed.begin(store.recall(feed.name, feed.document, feed.expected(), read_clock(zone), begun))
    told = _Round(asking, zone).told(begun + within_s, answered or (lambda _count: None))
    return [told[name] for name in feeds]


class _Round:
    """Each feed is asked; one that waits for somebody to speak is listened to a little, and asked again when there is something new."""

    def __init__(self, feeds: Iterable[Feed], zone: ZoneInfo) -> None:
        self._next = deque(feeds)
        self._left = {feed.name: feed for feed in self._next}
        self._inbox: SimpleQueue[Ask | Feed] = SimpleQueue()
        self._pool = Pool(self._inbox.put)
        self._lines = {
            name: Line(
                feed,
                lambda payload: arrival(payload, read_clock(zone), time.monotonic()),
                partial(self._inbox.put, feed),
            )
            for name, feed in self._left.items()
        }
        self._until: dict[str, float] = {}  # until when it is listened to
        self._heard: dict[str, Ask] = {}  # what it said last, while it is
        self._woken: set[str] = set()
        self._told: dict[str, Asked] = {}

    def told(self, end: float, answered: Callable[[int], None]) -> Mapping[str, Asked]:
        """Return what came of each until a moment (monotonic seconds); tell how many have answered, after each."""
        try:
            while self._left and (now := time.monotonic()) < end:
                while self._pool.has_room and (feed := self._whose_turn()) is not None:
                    self._pool.begin(feed, self._lines[feed.name], now)
                for ask in self._pool.overdue(now):
                    self._told[ask.feed.name] = _failed(self._left.pop(ask.feed.name), fault("timeout"))
                for name in [name for name in self._heard if self._until[name] <= now]:
                    self._settle(self._heard.pop(name))
                if not self._left:
                    break
                next_look = min(self._pool.next_end, end, *(self._until[name] for name in self._heard))
                try:
                    message = self._inbox.get(timeout=max(0.0, next_look - now))
                except Empty:
                    continue
                self._take(message, time.monotonic())
                answered(len(self._told))
        finally:
            for line in self._lines.values():
                line.close()
        self._told.update((name, _failed(feed, fault("timeout"))) for name, feed in self._left.items())
        return self._told

    def _whose_turn(self) -> Feed | None:
        """Return the next feed whose host is not being asked."""
        busy = {_host_of(ask.feed) for ask in self._pool.under_way if not ask.lost} - {None}
        feed = next((feed for feed in self._next if _host_of(feed) not in busy), None)
        if feed is not None:
            self._next.remove(feed)
        return feed

    def _take(self, message: Ask | Feed, now: float) -> None:
        if isinstance(message, Feed):
            self._woken.add(message.name)
        else:
            self._pool.end(message)
            if message.lost:
                return
            if _waits(message) and now < self._until.setdefault(message.feed.name, now + LISTEN_S):
                self._heard[message.feed.name] = message
            else:
                self._settle(message)
        for name in self._woken & self._heard.keys():
            self._woken.discard(name)
            self._next.append(self._heard.pop(name).feed)

    def _settle(self, ask: Ask) -> None:
        self._told[ask.feed.name] = _settled(self._left.pop(ask.feed.name), ask)


def _host_of(feed: Feed) -> str | None:
    return feed.source.provider(feed.document)


def _waits(ask: Ask) -> bool:
    """Tell whether somebody may still say what is missing. What is pushed is pushed to the running model, not to us."""
    if ask.feed.document.pushed:
        return False
    if isinstance(ask.outcome, Answer):
        return any(reading.problem == "waiting" for reading in ask.outcome.readings)
    return isinstance(ask.outcome, FeedError) and ask.outcome.code == "waiting"


def _settled(feed: Feed, ask: Ask) -> Asked:
    outcome = ask.outcome
    if isinstance(outcome, Answer):
        error = feed.answered(outcome.readings, outcome.changes).error
        return Asked(feed.name, feed.document, feed.readings, None if error is None else error.code, outcome.changes)
    return _failed(feed, outcome if isinstance(outcome, FeedError) else fault("broken"))


def _failed(feed: Feed, error: FeedError) -> Asked:
    feed.failed(error)
    # That nothing was said yet is no trouble in itself: what the model heard before may still hold.
    problem = None if error.code == "waiting" else error.code
    return Asked(feed.name, feed.document, feed.readings, problem, error.changes or (), error.told)
