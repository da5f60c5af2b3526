"""The schedule: whose turn it is. Each feed has a time of its own, and waits for its provider where it has one.

Pure: time is an argument (seconds of the monotonic clock).
"""

import math

from maquette.errors import FeedError
from maquette.feeds.provider import PAUSE_S, Provider

LISTEN_S = 0.2
"""Seconds during which what a source says is gathered, so that a chatty one is not asked for each word."""
LONGEST_HOLD_S = 86_400.0
"""Seconds for which a source may keep us from asking again, at most."""
RECENT_S = 900.0
"""Seconds after which an answer is no longer recent, before the doors open."""


class Schedule:
    """The feeds that are to be asked, and when. A feed whose time is infinite is at rest."""

    def __init__(self, pause_s: float = PAUSE_S) -> None:
        """Begin without feeds; ``pause_s`` seconds lie between two requests to one host."""
        self.due: dict[str, float] = {}
        """Feed → when its time comes; a feed that is being asked is not in it."""
        self._pause_s = pause_s
        self._hosts: dict[str, str | None] = {}
        self._providers: dict[str, Provider] = {}
        self._well: dict[str, float] = {}  # when each was last asked with success
        self._held: dict[str, float] = {}  # until when each asked to be left alone
        self._resting: dict[str, float] = {}  # when the time of each comes again, once it is woken
        self._stuck: set[str] = set()  # their last request does not end
        self._awake: set[str] = set()  # have something to tell, and are being asked
        self._anyway: set[str] = set()  # are asked even if their provider is in trouble

    def add(self, feed: str, host: str | None, every_s: float, due: float) -> None:
        """Take in a feed.

        Args:
            feed: its name.
            host: whom it asks; None: nobody who is shared.
            every_s: seconds between two of its requests, when all is well.
            due: when it is first asked.
        """
        self.due[feed] = due
        self._hosts[feed] = host
        if host is not None:
            self._providers.setdefault(host, Provider(host, self._pause_s)).add(feed, every_s)

    def remove(self, feed: str) -> None:
        """Forget a feed, even while it is being asked."""
        host = self._hosts.pop(feed)
        if host is not None and self._providers[host].remove(feed):
            del self._providers[host]
        for known in (self.due, self._well, self._held, self._resting):
            known.pop(feed, None)
        for some in (self._stuck, self._awake, self._anyway):
            some.discard(feed)

    def next(self, now: float) -> str | None:
        """Return the feed that is to be asked now, which counts as being asked from here on, or None."""
        ready = [(due, feed) for feed, due in self.due.items() if due <= now and self._moment(feed) <= now]
        if not ready:
            return None
        _, feed = min(ready)
        del self.due[feed]  # until its answer has come
        self._awake.discard(feed)
        self._anyway.discard(feed)
        provider = self._provider(feed)
        if provider is not None:
            provider.ask(feed)
        return feed

    def next_moment(self) -> float:
        """Return when a feed can be asked next, if nothing else happens; infinite when none can."""
        return min((self._moment(feed) for feed in self.due), default=math.inf)

    def is_well(self, feed: str) -> bool:
        """Tell whether a feed's last request went well."""
        return feed in self._well

    def answered(self, feed: str, now: float, due: float, again_s: float | None = None) -> None:
        """Take an answer.

        Args:
            feed: whose.
            now: when it came.
            due: when the feed wants to be asked again.
            again_s: seconds before which its source does not want that.
        """
        self._well[feed] = now
        self._set(feed, now, due, again_s)
        provider = self._provider(feed)
        if provider is not None:
            self._release(provider.answered(feed, now), now)

    def failed(self, feed: str, now: float, due: float, error: FeedError, again_s: float | None = None) -> None:
        """Take a failure, or an answer without any value; the arguments are those of `answered`."""
        self._well.pop(feed, None)
        self._set(feed, now, due, again_s)
        provider = self._provider(feed)
        if provider is not None:
            self._release(provider.failed(feed, now, error), now)

    def hurry(self, feed: str, now: float) -> None:
        """Ask a feed soon, for it has something to tell; if it is being asked, soon after. One at rest stays so."""
        if feed not in self.due:
            self._awake.add(feed)
        elif self.due[feed] < math.inf:
            self.due[feed] = min(self.due[feed], now + LISTEN_S)

    def rest(self, feed: str) -> None:
        """Ask a feed no more until `wake`; a request that is under way goes on."""
        if self.due.get(feed, math.inf) < math.inf:
            self._resting[feed] = self.due[feed]
            self.due[feed] = math.inf

    def wake(self, feed: str) -> None:
        """Let a feed that is at rest be asked again, when its time comes."""
        if feed in self._resting:
            self.due[feed] = self._resting.pop(feed)

    def hold(self, feed: str) -> None:
        """Do not ask a feed again before its last request, which was given up, has ended."""
        self._stuck.add(feed)

    def let_go(self, feed: str) -> None:
        """Take the end of a request that was given up."""
        self._stuck.discard(feed)

    def ask_all(self, now: float) -> None:
        """Ask every feed that failed or has not been asked lately, as soon as its provider has a moment for it."""
        for feed, due in self.due.items():
            if due < math.inf and now - self._well.get(feed, -math.inf) >= RECENT_S:
                self.due[feed] = min(due, now)
                self._anyway.add(feed)

    def _set(self, feed: str, now: float, due: float, again_s: float | None) -> None:
        self.due[feed] = due
        self._held[feed] = now + min(max(0.0, again_s or 0.0), LONGEST_HOLD_S)
        if feed in self._awake:
            self._awake.discard(feed)
            self.hurry(feed, now)

    def _moment(self, feed: str) -> float:
        if feed in self._stuck:
            return math.inf
        provider = self._provider(feed)
        free_at = -math.inf if provider is None else provider.free_at(anyway=feed in self._anyway)
        return max(self.due[feed], self._held.get(feed, -math.inf), free_at)

    def _provider(self, feed: str) -> Provider | None:
        host = self._hosts[feed]
        return None if host is None else self._providers[host]

    def _release(self, feeds: frozenset[str], now: float) -> None:
        for feed in feeds:
            if self.due.get(feed, math.inf) < math.inf:
                self.due[feed] = min(self.due[feed], now)
