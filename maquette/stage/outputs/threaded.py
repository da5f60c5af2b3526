"""The threaded output: for drivers that block while the wire is busy. Frames go in at once, a thread of its own sends them.

One frame may wait while another is sent, so that the wire is never idle between two: a device takes a little longer than its wire.

A driver that blocks is a `Link`: three plain methods, called on that thread only.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Protocol

from maquette.core.message import message
from maquette.errors import OutputError

STALLED_S = 3.0
"""A frame that has not left after so many seconds, and twice its own, never will: the device hangs."""
CLOSE_S = 0.5
"""Seconds that the last frame has to leave when the output is closed."""


class Link(Protocol):
    """A way to a strip that blocks."""

    def open(self) -> None:
        """Get ready.

        Raises:
            OSError: it cannot be opened.
        """

    def send(self, frame: bytes) -> None:
        """Send a frame, in the wire's order of colours; returns when another one may follow.

        Raises:
            OSError: the strip cannot be reached.
        """

    def close(self) -> None:
        """Let everything go; may be called twice, and without `open`."""


class ThreadedOutput:
    """One strip's way out through a link. What the link raises, the next `show` raises."""

    def __init__(
        self, link: Link, frame_bytes: int, wire_time_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make an output that is not open.

        Args:
            link: what sends, on a thread of its own.
            frame_bytes: the length of a frame.
            wire_time_s: see `Output.wire_time_s`.
            clock: monotonic seconds.
        """
        self._link = link
        self._frame_bytes = frame_bytes
        self._wire_time_s = wire_time_s
        self._patience_s = STALLED_S + 2 * wire_time_s
        self._clock = clock
        self._sender: _Sender | None = None

    @property
    def wire_time_s(self) -> float:
        """Seconds during which the strip is busy with a frame."""
        return self._wire_time_s

    def open(self) -> None:
        """Start the thread, which opens the link; frames are dropped until it has.

        Raises:
            OutputError: a former thread still hangs in its device.
        """
        if self._sender is not None and not self._sender.done:
            raise _stalled(self._patience_s)
        self._sender = _Sender(self._link, self._patience_s, self._clock)
        self._sender.start()

    def show(self, pixels: bytes | memoryview) -> bool:
        """Give a frame to the thread; False while another one waits there already.

        Raises:
            OutputError: the link failed, or hangs.
        """
        return self._sender is not None and self._sender.give(bytes(pixels))

    def blank(self) -> None:
        """Send one dark frame after the one under way, if that is still possible."""
        if self._sender is not None:
            self._sender.give_last(bytes(self._frame_bytes))

    def close(self) -> None:
        """End the thread, which closes the link; the last frame is waited for, a thread that hangs is left behind."""
        if self._sender is not None:
            self._sender.end()


class _Sender(threading.Thread):
    """Opens a link, sends the frames that it is given one after another, closes it.

    Attributes:
        done: True when the link is closed and will not be used again.
    """

    def __init__(self, link: Link, patience_s: float, clock: Callable[[], float]) -> None:
        super().__init__(name=f"output {type(link).__name__}", daemon=True)
        self._link = link
        self._patience_s = patience_s
        self._clock = clock
        self._news = threading.Condition()
        self._frame: bytes | None = None  # the one that waits
        self._sending = False
        self._ready = False
        self._ending = False
        self._last = False
        self._error: Exception | None = None
        self.done = False
        self._busy_since = clock()

    def give(self, frame: bytes) -> bool:
        with self._news:
            if self._error is not None:
                raise self._error
            waits = not self._ready or self._frame is not None
            if (waits or self._sending) and self._clock() - self._busy_since > self._patience_s:
                raise _stalled(self._patience_s)
            if waits:
                return False
            self._put(frame)
            return True

    def give_last(self, frame: bytes) -> None:
        with self._news:
            if self._error is None and self._ready:
                self._last = True
                self._put(frame)

    def end(self) -> None:
        with self._news:
            self._ending = True
            self._news.notify()
        if self._last and self.is_alive():
            self.join(CLOSE_S)

    def _put(self, frame: bytes) -> None:
        self._frame = frame
        if not self._sending:
            self._busy_since = self._clock()
        self._news.notify()

    def run(self) -> None:
        error: Exception | None = None
        try:
            self._link.open()
            with self._news:
                self._ready = True
            while (frame := self._next()) is not None:
                self._link.send(frame)
        except Exception as raised:  # noqa: BLE001 - whatever it is, the loop's thread must learn of it
            error = raised
        finally:
            with contextlib.suppress(Exception):
                self._link.close()
            # Told only now: whoever learns of it may open the device again.
            with self._news:
                self._error = error
                self.done = True

    def _next(self) -> bytes | None:
        """Wait for a frame and take it; None when there is none and none will come."""
        with self._news:
            self._sending = False
            self._news.wait_for(lambda: self._frame is not None or self._ending)
            frame, self._frame = self._frame, None
            self._sending = frame is not None
            self._busy_since = self._clock()
            return frame


def _stalled(seconds: float) -> OutputError:
    return OutputError(message("output_stalled", seconds=f"{seconds:.0f}"))
