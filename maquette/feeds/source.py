"""A source: one kind of feed. A connection brings payloads; a pure half turns a payload into readings.

Writing a new one takes one file in `sources` (a document, `connect`, `digest`, `expected`) and one line in its `SOURCES`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from maquette.config.documents import FeedDocument
from maquette.core.clock import Clock
from maquette.core.message import Message
from maquette.core.pushed import Pushed
from maquette.core.readings import Reading


@dataclass(frozen=True, slots=True)
class Payload:
    """What an answer carried.

    Attributes:
        content: decoded, such as JSON types.
        server_time: what time it was for who answered (UTC, aware), or None when nobody said.
        again_s: seconds before which the provider does not want to be asked again, or None when it does not say.
    """

    content: Any
    server_time: datetime | None = None
    again_s: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a payload whose rows come one by one, such as messages and lines.

    Attributes:
        content: decoded.
        received_s: when it came, on the machine's monotonic clock (s); None: with the payload.
        of_before: True for what was said before we listened, such as a retained message: unless it dates itself, nobody knows its age.
    """

    content: Any
    received_s: float | None = None
    of_before: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a payload came, as far as anybody knows.

    Attributes:
        clock: the best clock there is for this answer: ours when it is trusted, else the server's, else ours, untrusted.
            None for a sample, which came at no time: its rows are taken undated.
        monotonic_s: the same moment on the machine's monotonic clock (s).
    """

    clock: Clock | None
    monotonic_s: float

    @property
    def now(self) -> datetime | None:
        """The moment (UTC), or None when nobody can be believed."""
        # Not as the local time says it: in the night when clocks go back, adding to that loses which of two equal hours it is.
        return self.clock.local.astimezone(UTC) if self.clock is not None and self.clock.trusted else None


def arrival(payload: Payload, clock: Clock, monotonic_s: float) -> Arrival:
    """Return when a payload came, by the best clock there is: ours, else the server's, else ours without belief.

    Args:
        payload: what came.
        clock: the wall clock in the territory's time zone.
        monotonic_s: the same moment on the monotonic clock (s).
    """
    if not clock.trusted and payload.server_time is not None:
        clock = Clock(payload.server_time.astimezone(clock.local.tzinfo), trusted=True)
    return Arrival(clock, monotonic_s)


class Connection(Protocol):
    """A way to one feed's answers, held open between them. Used by one thread at a time."""

    def fetch(self) -> Payload:
        """Ask once and return what came.

        Raises:
            FeedError: no usable answer; its code says why.
        """

    def close(self) -> None:
        """Let go of sockets; may be called twice."""


@runtime_checkable
class Hearing(Connection, Protocol):
    """The connection of a feed whose document is ``pushed``: it asks nobody, it is told."""

    def hear(self, pushed: Pushed) -> None:
        """Take what somebody pushed; never blocks. It may be told the same again."""


def host_of(document: FeedDocument) -> str | None:
    """Return the host of a document's ``url``, in small letters, or None when it has none."""
    url = getattr(document, "url", None)
    return urlsplit(url).hostname if isinstance(url, str) else None


@dataclass(frozen=True, slots=True)
class Backfill:
    """How a kind of source is asked for what was before we listened.

    Attributes:
        within: pure: document → how far back it can be asked, in seconds; 0 where it cannot.
        document: pure: (document, moment) → the same feed, asked for its rows from that moment on.
        digest: pure: like that of a source, but with a reading for each row that counts, however old.
    """

    within: Callable[[Any], float]
    document: Callable[[Any, datetime], Any]
    digest: Callable[[str, Any, Any, Arrival], tuple[Reading, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of feed.

    Attributes:
        document: the kind's own options.
        connect: opens a connection for a document. Its second argument is what a source that is spoken to calls, from any thread, when
            something new has come: it is then asked soon. Network libraries are imported here, not before: the stage never needs them.
        digest: pure: (feed name, document, payload content, arrival) → readings; raises FeedError when the shape is not the
            documented one.
        expected: pure: (feed name, document) → readings still unknown, MISSING with problem ``waiting``, at least one for each
            value; with key None where the document does not name the keys of a keyed feed.
        piecemeal: True when values come one by one: what an answer does not tell, since it did not come in this life of ours, stays as
            it was known.
        shape: pure: (document, payload content, content of the documented shape or None) → what the provider has changed, for an answer
            that lacks what it should have; None where nothing can be said of it.
        provider: pure: document → the host that it asks, which is spared by all feeds that share it, or None where nobody is asked
            (a file, a line of this machine). Unless a kind says otherwise, that is the host of the document's ``url``.
        sample: pure: (document, the bytes of a sample) → a payload's content; raises FeedError. None: a sample is JSON.
        backfill: how it is asked for its past, or None where that cannot be asked.
    """

    document: type[FeedDocument]
    connect: Callable[[Any, Callable[[], None]], Connection]
    digest: Callable[[str, Any, Any, Arrival], tuple[Reading, ...]]
    expected: Callable[[str, Any], tuple[Reading, ...]]
    piecemeal: bool = False
    shape: Callable[[Any, Any, Any], tuple[Message, ...]] | None = None
    provider: Callable[[Any], str | None] = host_of
    sample: Callable[[Any, bytes], Any] | None = None
    backfill: Backfill | None = None
