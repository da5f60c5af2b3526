"""Children: processes of ours that may die and come back, without the parent noticing more than an alert."""

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection

from maquette.core.alerts import Alert, Severity
from maquette.ops.mailbox import Channel

log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
"""Seconds before the first restart; doubled each time."""
LONGEST_WAIT_S = 30.0
"""Seconds between restarts at most."""
HEALTHY_AFTER_S = 60.0
"""Seconds of life after which a child's earlier failures are forgotten."""
STOP_S = 3.0
"""Seconds that a child has to end by itself."""


class Child:
    """One child process, started again with back-off for as long as we live."""

    def __init__(
        self,
        module: str,
        receive: Callable[[object], None],
        welcome: Callable[[], Iterable[object]],
        tell: Callable[[Alert], None],
        *,
        born: Callable[[], None] = lambda: None,
        died: Callable[[], None] = lambda: None,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        """Describe a child.

        Args:
            module: what ``python -m`` runs, such as ``maquette.feeds``.
            receive: called on a thread with each message from the child.
            welcome: gives the messages that a newly started child must have, in order.
            tell: takes the alert ``process_restarted`` and its end.
            born: called when a newly started child has its welcome and may be posted to.
            died: called when a child has ended.
            first_wait_s: seconds before the first restart.
        """
        self.module = module
        self._receive = receive
        self._welcome = welcome
        self._tell = tell
        self._born = born
        self._died = died
        self._first_wait_s = first_wait_s
        self._stopping = threading.Event()
        self._line = threading.Lock()  # between the welcome and what follows it nothing may be lost
        self._channel: Channel | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._supervise, name=f"supervise {module}", daemon=True)

    @property
    def pid(self) -> int | None:
        """The running child's process id, or None between two lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the child and its supervision; returns at once."""
        self._thread.start()

    def post(self, message: object) -> None:
        """Send a message, never dropped while the child lives; its next life gets a fresh welcome instead."""
        with self._line:
            if self._channel is not None:
                self._channel.post(message)

    def post_latest(self, slot: str, message: object) -> None:
        """Send a message unless a newer one takes its slot first."""
        with self._line:
            if self._channel is not None:
                self._channel.post_latest(slot, message)

    def stop(self) -> None:
        """End the child: its line is closed, then it is asked, then it is killed."""
        self._stopping.set()
        channel = self._channel
        if channel is not None:
            channel.close()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _supervise(self) -> None:
        wait_s = self._first_wait_s
        while not self._stopping.is_set():
            born = time.monotonic()
            code = self._live()
            if self._stopping.is_set():
                return
            if time.monotonic() - born > HEALTHY_AFTER_S:
                wait_s = self._first_wait_s
            log.warning("%s ended with code %s; it starts again in %.1f s", self.module, code, wait_s)
            self._tell(self._alert(code))
            self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _live(self) -> int:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", self.module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C in a terminal is ours to handle
                stdin=subprocess.DEVNULL,
            )
        channel = Channel(Connection(ours.detach()), self._receive)
        channel.start()
        with self._line:
            for message in self._welcome():
                channel.post(message)
            self._channel = channel
        self._born()
        if self._stopping.is_set():
            channel.close()
        healthy = threading.Timer(HEALTHY_AFTER_S, lambda: self._tell(self._alert(0, over=True)))
        healthy.daemon = True
        healthy.start()
        try:
            channel.closed.wait()  # a hung child closes its line by its backlog; a dead one by its end
            return _end(process)
        finally:
            healthy.cancel()
            self._channel = None
            self._died()

    def _alert(self, code: int, *, over: bool = False) -> Alert:
        arguments = () if over else (("process", self.module.rpartition(".")[2]), ("code", str(code)))
        return Alert("process_restarted", self.module, Severity.WARNING, arguments, over=over)


def _end(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
