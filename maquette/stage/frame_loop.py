"""The frame loop: absolute deadlines and one inbox. Time and messages go in; frames are begun on time, and presses are served at once.

It knows nothing of lights: `Work` does the rest. Between deadlines the thread sleeps on the inbox, so whatever is posted there wakes it.
A frame that is late by more than a period makes the loop skip deadlines, never catch up; a frame is always for its due time, so that
motion stays even.
"""

import math
import queue
import time
from collections.abc import Callable
from typing import Protocol

from maquette.stage.lateness import Lateness

PERIOD_S = 1 / 60
"""Between two frames."""
REST_S = 0.1
"""The longest sleep when nothing moves: housekeeping goes on."""


class Inbox(Protocol):
    """What the loop needs of a `queue.SimpleQueue`."""

    def put(self, item: object) -> None:
        """Add a message; safe from any thread and from a signal handler."""

    def get(self, block: bool = True, timeout: float | None = None) -> object:
        """Take a message, or raise `queue.Empty` after ``timeout`` seconds."""

    def get_nowait(self) -> object:
        """Take a message, or raise `queue.Empty`."""

    def qsize(self) -> int:
        """Return how many wait."""


class Work(Protocol):
    """What the loop drives. Times are monotonic seconds; those given to `frame` never go back."""

    def receive(self, message: object, now: float) -> bool:
        """Take a message from the inbox; return True when its effect must be seen at once."""

    def frame(self, t: float) -> None:
        """Show the frame for a moment."""

    def serve(self, now: float) -> None:
        """Send what waited until now for a strip to be free."""

    def serve_at(self) -> float:
        """Return when `serve` has something to do; infinite when it has not."""

    def rest_until(self, now: float) -> float | None:
        """Return until when no frame is needed, or None when the next one is."""

    def on_time(self, now: float) -> None:
        """Take note, about every second, that frames are on time."""


class FrameLoop:
    """Runs on the thread that calls `run` until `stop`."""

    def __init__(self, work: Work, inbox: Inbox, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a loop that has not begun.

        Args:
            work: what it drives.
            inbox: where everything arrives.
            clock: monotonic seconds.
        """
        self.lateness = Lateness()
        self._work = work
        self._inbox = inbox
        self._clock = clock
        self._punctuality = Punctuality(work.on_time)
        self._stopping = False
        self._origin = 0.0
        self._shown_at = float("-inf")
        self._last = -1
        self._next = 0

    def stop(self) -> None:
        """End `run` soon; safe from any thread and from a signal handler."""
        self._inbox.put(_STOP)

    def run(self) -> None:
        """Show frames until `stop`."""
        self._origin = self._clock()
        while not self._stopping:
            now = self._clock()
            due = self._origin + self._next * PERIOD_S
            if now >= due:
                self._begin_frame(due, now)
            elif now >= self._work.serve_at():
                self._work.serve(now)
            else:
                self._wait(min(due, self._work.serve_at()) - now)

    def _begin_frame(self, due: float, now: float) -> None:
        self._take_waiting()
        if self._stopping:
            return
        late = now - due
        skipped = math.floor(late / PERIOD_S)
        self.lateness.add(late, skipped)
        self._punctuality.note(now, skipped)
        self._last = self._next + skipped
        due = self._origin + self._last * PERIOD_S
        self._show(due)
        self._plan(due)

    def _wait(self, wait_s: float) -> None:
        """Sleep until something arrives or `wait_s` is over; what is urgent leaves with a frame of its own."""
        try:
            message = self._inbox.get(timeout=wait_s)
        except queue.Empty:
            return
        woken = self._clock()
        urgent = self._take(message)
        urgent = self._take_waiting() or urgent
        if urgent and not self._stopping:
            self._show(self._clock())
        self._plan(woken)

    def _take_waiting(self) -> bool:
        """Take what waits now, and no more: a flood must not hold the frame back. Return True when any of it is urgent."""
        urgent = False
        for _ in range(self._inbox.qsize()):
            urgent = self._take(self._inbox.get_nowait()) or urgent
        return urgent

    def _take(self, message: object) -> bool:
        if message is _STOP:
            self._stopping = True
            return False
        return self._work.receive(message, self.event_time())

    def event_time(self) -> float:
        """Return the moment for which something that happens now counts: that of the frame which was seen when it happened.

        So the first frame after a press already shows its effect, and time never goes back.
        """
        return max(self._shown_at, self._clock() - PERIOD_S)

    def _show(self, t: float) -> None:
        self._shown_at = max(t, self._shown_at)
        self._work.frame(self._shown_at)

    def _plan(self, moment: float) -> None:
        """Choose the next deadline: the first period after a moment, or later when no frame is needed until then."""
        self._next = max(self._last + 1, self._index_after(moment))
        rest = self._work.rest_until(moment)
        if rest is not None and rest > moment:
            housekeeping = self._origin + self._last * PERIOD_S + REST_S
            self._next = max(self._next, self._index_after(min(rest, housekeeping)))

    def _index_after(self, moment: float) -> int:
        # A millionth of a period forgives what floating point adds.
        return math.ceil((moment - self._origin) / PERIOD_S - 1e-6)


class Punctuality:
    """Tells about every second that frames are on time; keeps silent after a second in which most were late or left out."""

    def __init__(self, tell: Callable[[float], None]) -> None:
        self._tell = tell
        self._since: float | None = None
        self._good = 0
        self._bad = 0

    def note(self, now: float, skipped: int) -> None:
        """Count a frame: late by more than a period when ``skipped`` deadlines passed before it began."""
        if self._since is None:
            self._since = now
        self._good += skipped == 0
        self._bad += skipped
        if now - self._since >= 1.0:
            if self._good > self._bad:
                self._tell(now)
            self._since, self._good, self._bad = now, 0, 0


_STOP = object()
