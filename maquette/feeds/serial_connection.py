"""A device on a cable: a thread of its own opens it, listens, and opens it again whenever it has gone. Nobody ever waits for it.

The device is found by its path each time, and looked for again each second: pulled out and plugged in under another number it comes back
by itself, if the path is one of those under ``/dev/serial/by-id``. Opening it restarts most Arduinos; what their bootloader says is no
line. All of this has been tried with pseudo-terminals only: no sensor and no USB cable was at hand.
"""

import contextlib
import errno
import os
import termios
import threading
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import serial

from maquette.feeds.problems import Problem, fault
from maquette.feeds.serial_lines import Reader
from maquette.feeds.source import Payload, Row

LOOK_S = 0.5
"""Seconds between two looks at whether the device is still the same, and between two commands."""
WRITE_S = 2.0
"""Seconds that a device may take to accept a command."""
MOST_ROWS = 256
"""Rows that are kept, the newest of each kind."""
NOISE = 2048
"""Bytes without any reading after which it is not a bootloader that speaks, but the wrong speed or format."""

_CHUNK = 4096
_GONE = (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO)


@dataclass(frozen=True, slots=True)
class Talk:
    """How one talks with a device.

    Attributes:
        device: its path.
        speed: bauds.
        reader: makes rows of its bytes; a new one for each opening.
        kind: of which kind a row is: only the newest of each is kept; None: it does not count.
        commands: said once it is open.
        question: said each `every_s`, or nothing.
        every_s: seconds between two questions.
        warm_up_s: seconds from its opening during which its readings are not believed.
        silent_after_s: seconds without a reading after which it is called silent.
    """

    device: str
    speed: int
    reader: Callable[[], Reader]
    kind: Callable[[Mapping[str, Any]], Hashable | None]
    commands: tuple[bytes, ...] = ()
    question: bytes = b""
    every_s: float = 10.0
    warm_up_s: float = 0.0
    silent_after_s: float = 60.0


class SerialConnection:
    """One feed's way to its device. `fetch` tells at once what is known; `close` ends the listening at once."""

    def __init__(
        self,
        talk: Talk,
        wake: Callable[[], None],
        *,
        monotonic: Callable[[], float],
        retry_s: float,
    ) -> None:
        """Begin to listen.

        Args:
            talk: how one talks with the device.
            wake: called, from the listening thread, when there is something new since the last `fetch`.
            monotonic: the clock that rows are dated by (s).
            retry_s: seconds until a device that is not there is looked for again.
        """
        self._talk = talk
        self._wake = wake
        self._monotonic = monotonic
        self._retry_s = retry_s
        self._lock = threading.Lock()  # over all that follows
        self._trouble: tuple[Problem, str] | None = ("waiting", "")  # why the device is not open
        self._opened_at = 0.0
        self._rows: dict[Hashable, Row] = {}
        self._noise = 0  # bytes since the last reading
        self._woken = False
        self._port: serial.Serial | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="serial", daemon=True)
        self._thread.start()

    def fetch(self) -> Payload:
        """Return the newest rows.

        Raises:
            FeedError: ``no_device`` or ``device_refused``; ``waiting``, ``warming_up``, ``silent`` or ``garbled``: it is there, and says
                nothing yet, nothing that is to be believed, nothing any more, or nothing that can be read.
        """
        if not self._thread.is_alive():
            raise fault("broken", "the device is not listened to any more")
        with self._lock:
            self._woken = False
            if self._trouble is not None:
                raise fault(*self._trouble)
            now, begins = self._monotonic(), self._opened_at + self._talk.warm_up_s
            heard_at = max((row.received_s or 0.0 for row in self._rows.values()), default=begins)
            if now < begins:
                raise fault("warming_up")
            if self._noise > NOISE:
                raise fault("garbled")
            if now - heard_at > self._talk.silent_after_s:
                raise fault("silent")
            if not self._rows:
                raise fault("waiting")
            return Payload(tuple(self._rows.values()))

    def close(self) -> None:
        """End the listening; the thread lets go of the device."""
        self._closing.set()
        with self._lock, contextlib.suppress(OSError):
            if self._port is not None:
                self._port.cancel_read()
                self._port.cancel_write()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with self._open() as port:
                    try:
                        self._listen(port)
                    finally:
                        with self._lock:
                            self._port = None
            except (OSError, termios.error) as error:
                self._trouble_is(error)
            self._closing.wait(self._retry_s)

    def _open(self) -> serial.Serial:
        talk = self._talk
        port = serial.Serial(talk.device, talk.speed, timeout=LOOK_S, write_timeout=WRITE_S, exclusive=True)
        with self._lock:
            self._port, self._trouble, self._noise = port, None, 0
            self._opened_at = self._monotonic()
            self._rows.clear()
        self._tell()
        return port

    def _listen(self, port: serial.Serial) -> None:
        """Listen until there is an end to it; it returns when the path leads to another device, or to none."""
        talk, reader = self._talk, self._talk.reader()
        commands = deque(talk.commands)
        say_at = look_at = self._monotonic()
        while not self._closing.is_set():
            now = self._monotonic()
            if commands and now >= say_at:
                port.write(commands.popleft())
                say_at = now + LOOK_S
            elif talk.question and now >= say_at:
                port.write(talk.question)
                say_at = now + talk.every_s
            if now >= look_at:
                look_at = now + LOOK_S
                if Path(talk.device).stat().st_rdev != os.fstat(port.fileno()).st_rdev:
                    return
            data = port.read(min(max(port.in_waiting, 1), _CHUNK))
            self._hear(reader.feed(data), len(data))

    def _hear(self, contents: list[dict[str, Any]], size: int) -> None:
        with self._lock:
            now = self._monotonic()
            self._noise = 0 if contents else self._noise + size
            if now < self._opened_at + self._talk.warm_up_s:
                return
            for content in contents:
                kind = self._talk.kind(content)
                if kind is None:
                    continue
                self._rows.pop(kind, None)  # the newest stands last
                self._rows[kind] = Row(content, now)
                if len(self._rows) > MOST_ROWS:
                    del self._rows[next(iter(self._rows))]
        if contents:
            self._tell()

    def _trouble_is(self, error: Exception) -> None:
        code = error.errno if isinstance(error, OSError) else error.args[0]
        with self._lock:
            before = self._trouble
            if before is None or code in _GONE:  # it was open: whatever the system calls it, it has gone
                self._trouble = ("no_device", "")
            else:
                self._trouble = ("device_refused", os.strerror(code) if code else "it is no serial line")
            changed = self._trouble != before
        if changed:
            self._tell()

    def _tell(self) -> None:
        """Say that there is something new, once until it was asked for."""
        with self._lock:
            woken, self._woken = self._woken, True
        if not woken:
            self._wake()
