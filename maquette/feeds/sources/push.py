"""Push: values that other people's programmes send to the console (``POST /api/feeds/{feed}``), which has checked them.

Each value stands until a newer one of it comes, so that a programme may send one value at a time.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from maquette.config.documents import FeedDocument
from maquette.config.quantities import Seconds
from maquette.core.pushed import Pushed
from maquette.core.readings import Quality, Reading
from maquette.feeds import digest, freshness
from maquette.feeds.digest import FUTURE_TOLERANCE
from maquette.feeds.picks import read_number
from maquette.feeds.problems import fault
from maquette.feeds.source import Arrival, Connection, Payload, Source

log = logging.getLogger(__name__)

MOST_VALUES = 2000
"""Values of all keys that a feed remembers at most; those of further keys are dropped."""


class PushDocument(FeedDocument):
    """A feed whose values other programmes send over HTTP, to `/api/feeds/` and its name."""

    kind: Literal["push"]
    """The kind of source."""
    by_key: bool = False
    """Whether each row says its `key`."""
    every: Seconds = 60.0
    """How often the age of its values is looked at; 1 min by default. What comes is shown at once."""

    @property
    def keyed(self) -> bool:
        """Whether its readings have keys, one per row."""
        return self.by_key

    @property
    def pushed(self) -> bool:
        """Always: that is its kind."""
        return True


@dataclass(frozen=True, slots=True)
class _Told:
    """A value as it was pushed: None when it is no longer known; when it came, on the monotonic clock (s).

    ``beside`` is what was told before it, or after it with an earlier date: that counts where this one is dated in the future.
    """

    number: float | None
    measured_at: datetime | None
    at: float
    beside: "_Told | None" = None


_Values = Mapping[tuple[str | None, str], _Told]
"""(key, name) → what was told last."""


class Pushes:
    """What was pushed to one feed."""

    def __init__(
        self, document: PushDocument, wake: Callable[[], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin without any value; ``monotonic`` is the machine's clock (s)."""
        self._fresh_for_s = document.fresh_for
        self._wake = wake
        self._monotonic = monotonic
        self._since = monotonic()
        self._lock = threading.Lock()
        self._told: dict[tuple[str | None, str], _Told] = {}
        self._full = False

    def hear(self, pushed: Pushed) -> None:
        """Take what somebody pushed; what is dated earlier than what is known comes too late."""
        with self._lock:
            for row in pushed.rows:
                for name, number in row.values.items():
                    self._take((row.key, name), _Told(number, row.measured_at, pushed.at))
        self._wake()

    def _take(self, which: tuple[str | None, str], told: _Told) -> None:
        before = self._told.get(which)
        if before is None and len(self._told) >= MOST_VALUES:
            if not self._full:
                self._full = True
                log.warning(
                    "more than %d values are pushed to one feed; those of further keys are dropped", MOST_VALUES
                )
            return
        if before is not None and before.measured_at and told.measured_at and told.measured_at < before.measured_at:
            # Unless that one turns out to be of the future, which only a clock can tell.
            self._told[which] = replace(before, beside=told)
            return
        self._told[which] = told if before is None else replace(told, beside=replace(before, beside=None))

    def fetch(self) -> Payload:
        """Return what was told.

        Raises:
            FeedError: ``waiting``: nothing came yet; ``silent``: for longer than values are fresh.
        """
        with self._lock:
            told = dict(self._told)
        if not told:
            raise fault("silent" if self._monotonic() - self._since > self._fresh_for_s else "waiting")
        return Payload(told)

    def close(self) -> None:
        """Nothing is held open."""


def _connect(document: PushDocument, wake: Callable[[], None]) -> Connection:
    return Pushes(document, wake)


def _digest(feed: str, document: PushDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    told: _Values = content if arrival.clock is not None else _sample(content)
    keys: Iterable[str | None] = dict.fromkeys(key for key, _ in told) if document.keyed else (None,)
    return tuple(
        _reading(digest.blank(feed, document, name, key, "waiting"), told.get((key, name)), document, arrival)
        for key in keys
        for name in document.values
    )


def _sample(content: Any) -> _Values:
    """Read a sample: what a programme would have sent."""
    rows = content if isinstance(content, list) else [content]
    if not all(isinstance(row, dict) for row in rows):
        raise fault("bad_shape")
    return {
        (key if isinstance(key := row.get("key"), str) else None, name): _Told(read_number(raw), None, 0.0)
        for row in rows
        for name, raw in row.items()
    }


def _reading(unknown: Reading, told: _Told | None, document: PushDocument, arrival: Arrival) -> Reading:
    if told is None:
        return unknown
    plausible = document.values[unknown.name].plausible
    fetched_at = None
    if arrival.now is not None:
        fetched_at = (arrival.now - timedelta(seconds=arrival.monotonic_s - told.at)).astimezone(UTC)
    dated = replace(unknown, measured_at=told.measured_at, fetched_at=fetched_at, problem=None)
    if told.number is None:
        return replace(dated, problem="no_value")
    if plausible is not None and not plausible[0] <= told.number <= plausible[1]:
        return replace(dated, problem="implausible")
    if arrival.clock is None:
        return replace(dated, value=told.number, quality=Quality.SAMPLE)
    if fetched_at is not None and told.measured_at is not None and told.measured_at > fetched_at + FUTURE_TOLERANCE:
        # For good: that its date has come by now makes it no truer.
        instead = unknown if told.beside is None else _reading(unknown, told.beside, document, arrival)
        return replace(dated, problem="future") if instead.value is None else instead
    # Without a date it is as old as its coming; with one, as that says, as far as a clock can be believed.
    since_s = told.at if told.measured_at is None or arrival.now is None else arrival.monotonic_s
    span = freshness.span(document.fresh_for, document.drop_after, since_s, arrival.now, told.measured_at, None)
    return freshness.aged(replace(dated, value=told.number), span, arrival.monotonic_s)


def _expected(feed: str, document: PushDocument) -> tuple[Reading, ...]:
    return tuple(digest.blank(feed, document, name, None, "waiting") for name in document.values)


SOURCE = Source(document=PushDocument, connect=_connect, digest=_digest, expected=_expected, piecemeal=True)
"""How a pushed feed is read."""
