"""Children: processes of ours that may die and come back, without the parent noticing more than an alert."""

import logging
import socket
import subprocess
import sys
import threading
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
STOP_S = 2.0
"""Seconds that a child has to end with its line before it is killed."""


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
        self._wait_s = first_wait_s
        self.restarts = 0
        """How often it had to be started again."""
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
        """End the child: its line is closed, and it is killed when it does not end with it; returns when it has ended."""
        self._stopping.set()
        channel = self._channel
        if channel is not None:
            channel.close()
        if self._thread.is_alive():
            self._thread.join(2 * STOP_S)

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            try:
                end = f"ended with code {self._live()}"
            except (OSError, RuntimeError) as error:  # no memory, descriptor or thread left; they may come back
                end = f"cannot be started ({error})"
            if self._stopping.is_set():
                return
            log.warning("%s %s; it starts again in %.1f s", self.module, end, self._wait_s)
            self._tell(self._alert())
            self._stopping.wait(self._wait_s)
            self.restarts += 1
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    def _start(self) -> tuple[subprocess.Popen[bytes], Connection]:
        """Start the process; return it with our end of the line to it."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", self.module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C in a terminal is ours to handle
                stdin=subprocess.DEVNULL,
            )
            return process, Connection(ours.detach())

    def _live(self) -> int:
        """Start the child, see it through its life, and return its exit code (negative: the signal that ended it)."""
        self._process, connection = self._start()
        channel = Channel(connection, self._receive)
        channel.start()
        with self._line:
            for message in self._welcome():
                channel.post(message)
            self._channel = channel
        self._born()
        if self._stopping.is_set():
            channel.close()
        try:
            # A dead child ends its line; one that hangs ends it with too long a backlog.
            if not channel.closed.wait(HEALTHY_AFTER_S):
                self._wait_s = self._first_wait_s
                self._tell(self._alert(over=True))
                channel.closed.wait()
            return _end(self._process)
        finally:
            self._channel = None
            self._died()

    def _alert(self, *, over: bool = False) -> Alert:
        arguments = () if over else (("process", self.module.rpartition(".")[2]),)
        return Alert("process_restarted", self.module, Severity.WARNING, arguments, over=over)


def _end(process: subprocess.Popen[bytes]) -> int:
    """Return the exit code of a process whose line has ended, killing it when it stays."""
    try:
        return process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
