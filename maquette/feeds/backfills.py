"""Backfills: after a start, each feed whose source publishes its past is asked for what is missing of it, once.

It comes after the feed's first answer, when it is known what the archive remembers, and in its turn: its host is as spared as ever.
"""

import logging
from collections.abc import Callable, Set
from dataclasses import replace
from datetime import UTC, datetime

from maquette.core.clock import Clock
from maquette.errors import FeedError
from maquette.feeds.feed import Feed
from maquette.feeds.history import History
from maquette.feeds.pool import Answer, Ask, Line
from maquette.feeds.source import Arrival, Payload

log = logging.getLogger(__name__)

RETRY_S = 900.0
"""Seconds after a failure until the past is asked for again."""
MOST_TRIES = 3
"""Failures after which it is given up until the next start."""


class Backfills:
    """Those under way. Used by one thread.

    Attributes:
        lines: the name that a backfill has in the schedule → how it is asked.
    """

    def __init__(self, history: History, arrive: Callable[[Payload], Arrival]) -> None:
        """Prepare; ``arrive`` tells when a payload came."""
        self.lines: dict[str, Line] = {}
        self._history = history
        self._arrive = arrive
        self._asked: dict[str, float] = {}  # feed → how far back it was asked (s)
        self._tries: dict[str, int] = {}

    def follow(self, same: Set[str]) -> set[str]:
        """Go on with other feeds, of which these are the same; return the names in the schedule that are given up."""
        gone = {name for name in self.lines if name.removesuffix(_SUFFIX) not in same}
        for name in gone:
            self.end(name)
        self._asked = {feed: back_s for feed, back_s in self._asked.items() if feed in same}
        return gone

    def begin(self, feed: Feed, clock: Clock) -> str | None:
        """Prepare to ask for a feed's past, if something of it is missing and was not asked for yet.

        Returns:
            its name in the schedule, or None when there is nothing to ask.
        """
        backfill, name = feed.source.backfill, feed.name + _SUFFIX
        if backfill is None or not clock.trusted or name in self.lines:
            return None
        within_s = min(backfill.within(feed.document), self._history.looks_back(feed.name))
        if within_s <= self._asked.get(feed.name, 0.0):
            return None
        since = self._history.missing_since(feed.name, clock.local.timestamp(), within_s)
        if since is None:
            return None
        self._asked[feed.name] = within_s
        document = backfill.document(feed.document, datetime.fromtimestamp(since, UTC))
        asked = Feed(feed.name, document, replace(feed.source, digest=backfill.digest))
        self.lines[name] = Line(asked, self._arrive, lambda: None)
        self._tries[name] = 0
        return name

    def name_of(self, ask: Ask) -> str | None:
        """Return the name in the schedule of a backfill, or None when something else was asked."""
        name = ask.feed.name + _SUFFIX
        return name if self.lines.get(name) is ask.line else None

    def failed(self, name: str, error: FeedError) -> float | None:
        """Take a failure; return the seconds until the next try, or None when there is none."""
        feed = name.removesuffix(_SUFFIX)
        self._tries[name] += 1
        if self._tries[name] == 1:
            log.warning("feed %s: its past cannot be fetched: %s", feed, error)
        if self._tries[name] < MOST_TRIES:
            return RETRY_S * self._tries[name]
        log.warning("feed %s: its past is not asked for any more until the next start", feed)
        return None

    def answered(self, name: str, answer: Answer) -> None:
        """Take an answer: it is over."""
        log.info("feed %s: %d values of its past have come", name.removesuffix(_SUFFIX), len(answer.readings))
        self.end(name)

    def end(self, name: str) -> None:
        """Ask no more."""
        self.lines.pop(name).close()
        del self._tries[name]


_SUFFIX = " (past)"  # no feed's name has a space
