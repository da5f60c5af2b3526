"""A provider: one host, and those of our feeds that ask it. It is asked by one of them at a time, and left alone while it is in trouble.

Pure: decides when it may be asked; time is an argument (seconds of the monotonic clock).
"""

import math
import random

from maquette.errors import FeedError
from maquette.feeds.problems import UNHEARD

PAUSE_S = 1.0
"""Seconds of rest for a host between the end of one request and the next one."""
OPENS_AFTER = 3
"""Feeds of a host that fail in a row, through its fault, after which the others wait too; all of them where there are fewer."""
FIRST_REST_S = 15.0
"""Seconds that a host in trouble is left alone before one feed tries it; doubled each time."""
LONGEST_REST_S = 3600.0
"""Seconds between two tries, at most; less where one of its feeds is asked more often."""
JITTER = 0.1
"""Rests are longer by up to this share, so that a hall of models does not come back all at once."""


class Provider:
    """A host's state: being asked, resting, in trouble."""

    def __init__(self, host: str, pause_s: float = PAUSE_S) -> None:
        self._pause_s = pause_s
        self._every: dict[str, float] = {}
        self._asking: str | None = None
        self._free_at = -math.inf
        self._told_until = -math.inf
        self._failing: set[str] = set()
        self._tries = 0  # in vain, since the others wait
        self._open_until = -math.inf
        self._random = random.Random(host)  # noqa: S311 - nothing secret

    def add(self, feed: str, every_s: float) -> None:
        """Count a feed among those that ask this host, every so many seconds."""
        self._every[feed] = every_s

    def remove(self, feed: str) -> bool:
        """Forget a feed, even while it asks; return True when it was the last."""
        del self._every[feed]
        self._failing.discard(feed)
        if self._asking == feed:
            self._asking = None
        return not self._every

    def free_at(self, *, anyway: bool = False) -> float:
        """Return from when on the host may be asked; infinite while it is being asked.

        Args:
            anyway: do not wait for the end of a trouble; what the host itself asked for is obeyed all the same.
        """
        if self._asking is not None:
            return math.inf
        return max(self._free_at, self._told_until, -math.inf if anyway else self._open_until)

    def ask(self, feed: str) -> None:
        """Begin a request."""
        assert self._asking is None
        self._asking = feed

    def answered(self, feed: str, now: float) -> frozenset[str]:
        """Take the end of a request: the host is well. Return the feeds that waited for that and may go on."""
        self._end(feed, now)
        self._failing.discard(feed)
        released = frozenset(self._failing) if self._tries else frozenset()
        self._failing.clear()
        self._tries, self._open_until = 0, -math.inf
        return released

    def failed(self, feed: str, now: float, error: FeedError) -> frozenset[str]:
        """Take a request that failed. Return the feeds that may go on, for the host is well and only this feed has a trouble."""
        if error.retry_after_s is not None:
            self._told_until = max(self._told_until, now + error.retry_after_s)
        if not error.of_host:
            if error.code not in UNHEARD:
                return self.answered(feed, now)
            self._end(feed, now)
            return frozenset()
        self._end(feed, now)
        self._failing.add(feed)
        if self._tries or len(self._failing) >= min(OPENS_AFTER, len(self._every)):
            ceiling_s = min(LONGEST_REST_S, *self._every.values())
            # The exponent is bounded: a month of trouble is many tries.
            rest_s = min(FIRST_REST_S * 2 ** min(self._tries, 20), ceiling_s)
            self._tries += 1
            self._open_until = now + rest_s * (1.0 + self._random.uniform(0.0, JITTER))
        return frozenset()

    def _end(self, feed: str, now: float) -> None:
        if self._asking == feed:
            self._asking = None
            self._free_at = now + self._pause_s
