"""Once: each feed is asked one time, as the running model would, to see how it is doing. Nothing is written anywhere."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    """

    name: str
    document: FeedDocument
    readings: tuple[Reading, ...]
    problem: str | None = None
    changes: tuple[Message, ...] = ()


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
    store = Store(kept, lambda _alert: None)
    inbox: SimpleQueue[Ask] = SimpleQueue()
    pool = Pool(inbox.put)
    begun = time.monotonic()
    waiting = deque(Feed(name, document, SOURCES[document.kind]) for name, document in feeds.items())
    for feed in waiting:
        feed.begin(store.recall(feed.name, feed.document, feed.expected(), read_clock(zone), begun))
    lines: dict[str, Line] = {}
    told: dict[str, Asked] = {}
    left = {feed.name: feed for feed in waiting}
    try:
        while left and (now := time.monotonic()) < begun + within_s:
            while waiting and pool.has_room:
                feed = waiting.popleft()
                lines[feed.name] = Line(
                    feed, lambda payload: arrival(payload, read_clock(zone), time.monotonic()), _no_wake
                )
                pool.begin(feed, lines[feed.name], now)
            for ask in pool.overdue(now):
                told[ask.feed.name] = _failed(left.pop(ask.feed.name), fault("timeout"))
            try:
                ask = inbox.get(timeout=max(0.0, min(pool.next_end, begun + within_s) - now))
            except Empty:
                continue
            pool.end(ask)
            if not ask.lost:
                told[ask.feed.name] = _settled(left.pop(ask.feed.name), ask)
            if answered is not None:
                answered(len(told))
    finally:
        for line in lines.values():
            line.close()
    told.update((name, _failed(feed, fault("timeout"))) for name, feed in left.items())
    return [told[name] for name in feeds]


def _no_wake() -> None:
    """Nobody waits for more than one answer."""


def _settled(feed: Feed, ask: Ask) -> Asked:
    outcome = ask.outcome
    if isinstance(outcome, Answer):
        error = feed.answered(outcome.readings, outcome.changes).error
        return Asked(feed.name, feed.document, feed.readings, None if error is None else error.code, outcome.changes)
    return _failed(feed, outcome if isinstance(outcome, FeedError) else fault("broken"))


def _failed(feed: Feed, error: FeedError) -> Asked:
    feed.failed(error)
    return Asked(feed.name, feed.document, feed.readings, error.code, error.changes or ())
