"""The pulsed servo: angles become pulses on a link. A link that blocks is served by the thread of its line; the newest angle wins."""

import contextlib
import queue
import threading
from collections.abc import Callable
from functools import partial

from maquette.config.documents import ServoDocument
from maquette.stage.servos.calibration import angle_of, pulse_of
from maquette.stage.servos.servo import PulseLink

LINGER_S = 30.0
"""A line's thread ends when nothing was asked of it for so long, and begins anew when something is."""

Job = Callable[[], None]


class LineThread:
    """Does what is asked of one line, such as an I²C bus, in order, on a thread of its own."""

    def __init__(self, name: str) -> None:
        """Make the thread of a line; it starts with the first job."""
        self._name = name
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._running = False

    def post(self, job: Job) -> None:
        """Have something done, after all that was asked before; returns at once."""
        with self._lock:
            self._jobs.put(job)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name=f"servos {self._name}", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=LINGER_S)
            except queue.Empty:
                with self._lock:
                    if self._jobs.empty():
                        self._running = False
                        return
            else:
                job()


class PulsedServo:
    """One servo on a link.

    Attributes:
        takes_time: True: a horn turns.
    """

    takes_time = True

    def __init__(self, servo: ServoDocument, link: PulseLink, post: Callable[[Job], None]) -> None:
        """Make a servo that is not open.

        Args:
            servo: its calibration.
            link: where its pulses leave.
            post: has a job done, jobs in order: on a thread where the link blocks, else at once.
        """
        self._servo = servo
        self._link = link
        self._post = post
        self._pulse_us: float | None = None
        self._queued = False
        self._first_deg: float | None = None
        self._error: Exception | None = None
        self._closed = threading.Event()
        self._closed.set()

    def open(self, angle_deg: float) -> None:
        """Begin: see `ServoDriver.open`."""
        self._error = self._first_deg = None
        self._closed.clear()
        self._post(partial(self._open, angle_deg))

    def check(self) -> float | None:
        """Return the angle of the first pulse once it has left: see `ServoDriver.check`."""
        if self._error is not None:
            raise self._error
        return self._first_deg

    def turn(self, angle_deg: float) -> None:
        """Ask for an angle."""
        self._want(pulse_of(self._servo, angle_deg))

    def rest(self) -> None:
        """Send no pulses."""
        self._want(None)

    def close(self) -> None:
        """Send no more pulses and let the link go."""
        self._post(self._close)

    def finish(self, timeout_s: float) -> None:
        """Wait until `close` is done."""
        self._closed.wait(timeout_s)

    def _want(self, pulse_us: float | None) -> None:
        self._pulse_us = pulse_us
        if not self._queued:
            self._queued = True
            self._post(self._follow)

    # -- jobs --------------------------------------------------------------------------------------------------------

    def _open(self, angle_deg: float) -> None:
        asked_us = pulse_of(self._servo, angle_deg)
        try:
            sent_us = self._link.open(asked_us)
        except Exception as error:  # noqa: BLE001 - whatever it is, `check` tells it
            self._error = error
        else:
            self._first_deg = angle_deg if sent_us == asked_us else angle_of(self._servo, sent_us)

    def _follow(self) -> None:
        self._queued = False  # before the look at what is wanted: what is wanted later is queued again
        pulse_us = self._pulse_us
        if self._first_deg is None or self._error is not None:
            return
        try:
            if pulse_us is None:
                self._link.rest()
            else:
                self._link.turn(pulse_us)
        except Exception as error:  # noqa: BLE001 - see `_open`
            self._error = error

    def _close(self) -> None:
        with contextlib.suppress(Exception):  # it is closed because it fails, or at the end
            self._link.close()
        self._first_deg = None
        self._closed.set()


def at_once(job: Job) -> None:
    """Do a job of a link that does not block."""
    job()
