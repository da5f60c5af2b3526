"""The pool: a few threads that ask and digest. One that hangs beyond its time is given up, and no longer keeps the others from working.

Some waits cannot be ended from outside, such as that for the answer of a name server. Whoever waits so is left alone until it ends by
itself; its late answer is of no use, and how many may wait so without counting is bounded.
"""

import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from maquette.config.documents import FeedDocument
from maquette.core.message import Message
from maquette.core.pushed import Pushed
from maquette.core.readings import Reading
from maquette.errors import FeedError
from maquette.feeds.feed import Feed
from maquette.feeds.problems import OF_SHAPE
from maquette.feeds.sample import documented
from maquette.feeds.source import Arrival, Connection, Hearing, Payload

WORKERS = 4
"""Feeds that are asked at the same time, at most."""
MOST_LOST = 16
"""Asks that were given up and do not end, at most; any more keep their places."""
GRACE_S = 10.0
"""Seconds beyond its timeout after which an ask is given up: sources end by themselves before that."""
ASK_S = 30.0
"""The timeout of sources that have none of their own, in seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an ask that went well.

    Attributes:
        readings: one for each value at least.
        again_s: seconds before which the source does not want to be asked again, or None when it does not say.
        changes: what the provider has changed, in words.
    """

    readings: tuple[Reading, ...]
    again_s: float | None
    changes: tuple[Message, ...] = ()


class Line:
    """One feed's connection; opened on a worker at the first request, since that imports network libraries."""

    def __init__(self, feed: Feed, arrive: Callable[[Payload], Arrival], wake: Callable[[], None]) -> None:
        self.feed = feed
        self._wake = wake
        self._arrive = arrive
        self._connection: Connection | None = None
        self._opening = threading.Lock()
        self._closed = False

    def fetch(self) -> Payload:
        """Ask the source, on a worker."""
        return self._opened().fetch()

    def digest(self, payload: Payload) -> Answer:
        """Make readings of what came, on a worker."""
        feed = self.feed
        try:
            readings = feed.source.digest(feed.name, feed.document, payload.content, self._arrive(payload))
        except FeedError as error:
            error.changes = self._changes(payload, [error.code])
            raise
        problems = [reading.problem for reading in readings if reading.value is None]
        return Answer(readings, payload.again_s, self._changes(payload, problems))

    def _changes(self, payload: Payload, problems: Iterable[str | None]) -> tuple[Message, ...]:
        """Return what the provider has changed, if these problems may come of that."""
        source, document = self.feed.source, self.feed.document
        if source.shape is None or OF_SHAPE.isdisjoint(problems):
            return ()
        return source.shape(document, payload.content, documented(document, source))

    def hear(self, pushed: Pushed) -> None:
        """Hand over what somebody pushed, on the coordinator's thread; a feed that is not pushed has no use for it."""
        if self.feed.document.pushed:  # such a connection opens at once, without any network
            connection = self._opened()
            assert isinstance(connection, Hearing)
            connection.hear(pushed)

    def _opened(self) -> Connection:
        with self._opening:
            if self._connection is None:
                self._connection = self.feed.source.connect(self.feed.document, self._wake)
                if self._closed:  # meanwhile: a broker or a device would be listened to for ever
                    self._connection.close()
            return self._connection

    def close(self) -> None:
        """End a request that is under way; a connection that is being opened is closed as soon as it is there."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()


@dataclass(eq=False, slots=True)
class Ask:
    """One ask under way.

    Attributes:
        feed: who asks.
        line: by which way.
        ends_at: when it is given up, unless the source has answered by then (monotonic seconds).
        outcome: what came of it, once it has ended.
        fetched: True as soon as the source has answered: what remains is work, which ends.
        lost: True once it was given up.
        thread: where it runs.
    """

    feed: Feed
    line: Line
    ends_at: float
    outcome: Answer | Exception | None = None
    fetched: bool = False
    lost: bool = False
    thread: threading.Thread = field(init=False)

    @property
    def hangs(self) -> bool:
        """Whether its source has not answered yet, be it with an error, and it was not given up."""
        return not self.lost and not self.fetched and self.outcome is None


class Pool:
    """The asks under way. Used by one thread; only `ended` is called by each ask's own."""

    def __init__(self, ended: Callable[[Ask], None]) -> None:
        """Prepare. ``ended`` is called with each ask at its end, on its own thread, even after it was given up."""
        self._ended = ended
        self.under_way: set[Ask] = set()
        """Asks that have not ended, or whose end was not taken yet."""

    @property
    def has_room(self) -> bool:
        """Whether another ask may begin."""
        lost = sum(ask.lost for ask in self.under_way)
        return len(self.under_way) - min(lost, MOST_LOST) < WORKERS

    @property
    def next_end(self) -> float:
        """When the next ask is to be given up (monotonic seconds); infinite when none is."""
        return min((ask.ends_at for ask in self.under_way if ask.hangs), default=math.inf)

    def begin(self, feed: Feed, line: Line, now: float) -> None:
        """Ask on a thread of its own; it ends within its timeout and a little more, or is given up."""
        ask = Ask(feed, line, now + timeout_of(feed.document) + GRACE_S)
        # A daemon: nobody waits for it at the end of the process.
        ask.thread = threading.Thread(target=self._run, args=(ask,), name=f"feed {feed.id}", daemon=True)
        self.under_way.add(ask)
        ask.thread.start()

    def end(self, ask: Ask) -> None:
        """Let go of an ask that has ended."""
        self.under_way.discard(ask)

    def overdue(self, now: float) -> list[Ask]:
        """Return the asks that hang, which are given up from now on."""
        found = [ask for ask in self.under_way if ask.hangs and ask.ends_at <= now]
        for ask in found:
            ask.lost = True
        return found

    def _run(self, ask: Ask) -> None:
        try:
            payload = ask.line.fetch()
            ask.fetched = True
            ask.outcome = ask.line.digest(payload)
        except Exception as error:  # noqa: BLE001 - whatever a source does, its feed says so and the others go on
            ask.outcome = error
        self._ended(ask)


def timeout_of(document: FeedDocument) -> float:
    """Return how long one answer of a feed may take, in seconds."""
    return float(getattr(document, "timeout", ASK_S))
