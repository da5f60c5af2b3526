"""The keyboard: something that Linux takes for one (a presenter's clicker, an arcade encoder, a card reader), on a thread of its own.

The kernel's bytes are read as they are: one struct, no library to build. The device is taken for us alone (EVIOCGRAB), so that a clicker
does not type into the computer's own console. What cannot be tried without a real device is that one request to the kernel; everything
else is exercised through a FIFO.
"""

import fcntl
import logging
import os
import select
import threading
import time
from collections.abc import Callable

from maquette.config.documents import KeysDocument
from maquette.core.alerts import Alert
from maquette.core.events import Command
from maquette.core.message import Message, message
from maquette.stage.pins import Edge
from maquette.stage.senses.keystrokes import EVENT, Keystrokes, UnknownCard
from maquette.stage.trouble import Trouble

EVIOCGRAB = 0x40044590
"""``_IOW('E', 0x90, int)`` of ``linux/input.h``."""
AT_ONCE = 64 * EVENT.size
STOP_S = 2.0
"""Seconds that the thread has to end, at most."""

log = logging.getLogger(__name__)


def grabbed(descriptor: int) -> None:
    """Take an input device for ourselves alone.

    Raises:
        OSError: it is no input device, or another program has taken it.
    """
    fcntl.ioctl(descriptor, EVIOCGRAB, 1)


def _problem(device: str, error: OSError) -> Message:
    if isinstance(error, FileNotFoundError):
        return message("keys_missing", device=device)
    if isinstance(error, PermissionError):
        return message("keys_not_allowed", device=device)
    return message("keys_unreadable", device=device, reason=error.strerror or str(error))


class Keyboard:
    """Reads a keyboard until `close`. One that is gone is told once, and looked for again and again: it may be plugged in at any time."""

    def __init__(
        self,
        name: str,
        document: KeysDocument,
        post: Callable[[Edge | Command | Alert], None],
        grab: Callable[[int], None] = grabbed,
    ) -> None:
        """Describe the keyboard; `open` begins.

        Args:
            name: its id.
            document: the device, and what its keys do.
            post: takes what keys do, and the alert ``keys_failed`` (argument ``keys``), on any thread.
            grab: takes the open device for ourselves alone.
        """
        self._name = name
        self._document = document
        self._post = post
        self._grab = grab
        self._keystrokes = Keystrokes(document)
        self._trouble = Trouble("keys_failed", "keys", name, post)
        self._wake, self._waker = -1, -1
        self._thread = threading.Thread(target=self._run, name=f"keys {name}", daemon=True)

    def open(self) -> None:
        """Begin to read."""
        self._wake, self._waker = os.pipe()
        self._thread.start()

    def close(self) -> None:
        """Read no more; may be called twice."""
        if self._waker < 0:
            return
        os.close(self._waker)
        self._waker = -1
        self._thread.join(STOP_S)

    def _run(self) -> None:
        waiter = select.poll()
        waiter.register(self._wake, select.POLLHUP | select.POLLIN)
        while True:
            try:
                if self._read():
                    break
            except OSError as error:
                now = time.monotonic()
                for edge in self._keystrokes.let_go(now):
                    self._post(edge)
                self._trouble.failed(_problem(self._document.device, error), now)
                if waiter.poll(max(0.0, self._trouble.retry_at - now) * 1000):
                    break
        os.close(self._wake)

    def _read(self) -> bool:
        """Read the device until it fails; return True when nobody wants more of it."""
        device = os.open(self._document.device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._grab(device)
            self._trouble.over()
            waiter = select.poll()
            waiter.register(self._wake, select.POLLIN)
            waiter.register(device, select.POLLIN)
            while True:
                ready = {descriptor for descriptor, _ in waiter.poll()}
                if self._wake in ready:
                    return True
                try:
                    raw = os.read(device, AT_ONCE)
                except BlockingIOError:
                    continue
                if not raw:
                    raise OSError(None, "end of file")
                self._hear(raw)
        finally:
            os.close(device)

    def _hear(self, raw: bytes) -> None:
        for heard in self._keystrokes.heard(raw, time.monotonic()):
            if isinstance(heard, UnknownCard):
                log.info("unknown card keys=%s", self._name)
            else:
                self._post(heard)
