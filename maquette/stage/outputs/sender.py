"""A sender and the line to it: a child of ours, or the service with root where the mode needs it. Nothing here blocks."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from maquette.core.message import message
from maquette.errors import OutputError
from maquette.ws281x.protocol import READY, Hello, read_problem, written_hello

SERVICE = Path("/run/maquette-ws281x/socket")
"""Where ``maquette-ws281x.service`` listens."""
READY_S = 10.0
"""Seconds after which a sender that has not answered is given up: a child is up in one, or several on a Pi Zero."""
STUCK_S = 5.0
"""Seconds after which a sender that takes no frames is given up."""
END_S = 2.0
"""Seconds that a child has to turn its LEDs off when its line is closed, before it is killed."""
CLOSE_S = 0.5
"""Seconds that a sender which is just being started has to hear what it drives, when its line is closed already."""
_MOST_ANSWER = 4096


class Sender:
    """The sender of one instance of the library, shared by the outputs of its strips: it lives while one of them is open."""

    def __init__(
        self,
        hello: Hello,
        *,
        service: Path = SERVICE,
        root: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Describe a sender; nothing is started.

        Args:
            hello: what it drives.
            service: the socket of the service.
            root: whether this process is root.
            clock: monotonic seconds.
        """
        self.hello = hello
        is_root = os.geteuid() == 0 if root is None else root
        self._service = service if hello.mode.needs_root and not is_root else None
        self._clock = clock
        self._joined: set[int] = set()
        self._line: _Line | None = None
        self._fault = OutputError(message("ws281x_ended"))

    def join(self, place: int) -> None:
        """Open a strip."""
        self._joined.add(place)
        if self._line is None:
            self._line = _Line(self.hello, self._service, self._clock)

    def send(self, place: int, wire: bytes | memoryview) -> bool:
        """Hand a strip's frame over; return False when it was dropped for now.

        Raises:
            OutputError: the sender is lost, to all of its strips.
        """
        if self._line is None:
            raise self._fault
        try:
            return self._line.send(place, wire)
        except OutputError as error:
            self._fault = error
            self._close()
            raise

    def blank(self, place: int) -> None:
        """Turn a strip's LEDs off, if that is possible."""
        with contextlib.suppress(OutputError):
            self.send(place, bytes(self.hello.strips[place].bytes))

    def leave(self, place: int) -> None:
        """Close a strip; with the last one the sender turns all LEDs off and ends."""
        self._joined.discard(place)
        if not self._joined:
            self._close()

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


class _Line:
    """The line to a sender. It is begun on a thread of its own, for to start a process reads the disk, and the sender takes its time."""

    def __init__(self, hello: Hello, service: Path | None, clock: Callable[[], float]) -> None:
        self._hello = hello
        self._service = service
        self._clock = clock
        self._lock = threading.Lock()
        self._closed = False
        self._socket: socket.socket | None = None
        self._early: dict[int, bytes] | None = {}  # frames that wait for the sender; None when it is ready
        self._failure: OutputError | None = None
        self._waits_since: float | None = None
        self._greeted = threading.Event()
        self._over = threading.Event()
        threading.Thread(target=self._run, name="ws281x sender", daemon=True).start()

    def send(self, place: int, wire: bytes | memoryview) -> bool:
        """Send a frame, or keep it until the sender is ready; return False when it has not left.

        Raises:
            OutputError: the sender is lost.
        """
        packet = bytes([place]) + wire
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._early is not None:
                self._early[place] = packet
                return False  # kept, but nobody knows yet whether it works
        line = self._socket
        assert line is not None
        self._hear(line)
        taken = self._handed_over(line, packet)
        now = self._clock()
        if taken:
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = now
        elif now - self._waits_since > STUCK_S:
            raise OutputError(message("ws281x_stuck"))
        return taken

    def close(self) -> None:
        """Hang up. A sender that was to start is greeted all the same: so it turns the LEDs off."""
        self._greeted.wait(CLOSE_S)
        with self._lock:
            self._closed = True
            if self._socket is not None:
                with contextlib.suppress(OSError):  # it has hung up itself
                    self._socket.shutdown(socket.SHUT_RDWR)
                if self._early is None:
                    self._socket.close()
        self._over.set()

    def _hear(self, line: socket.socket) -> None:
        """Read what the sender says in the middle: why it cannot go on."""
        try:
            packet = _received(line)
        except BlockingIOError:
            return
        raise _told(packet)

    def _handed_over(self, line: socket.socket, packet: bytes) -> bool:
        try:
            line.send(packet)
        except BlockingIOError:
            return False
        except ConnectionError:
            self._hear(line)
            raise OutputError(message("ws281x_ended")) from None
        return True

    # -- on the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            if self._service is not None:
                self._connect(self._service)
            else:
                self._see_to_its_end(self._spawn())
        except OSError as error:
            self._fail(self._no_sender(error.strerror or str(error)))
        finally:
            self._greeted.set()

    def _connect(self, service: Path) -> None:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.settimeout(READY_S)
        try:
            line.connect(str(service))
        except OSError:
            line.close()
            raise
        self._begin(line)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                child = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", "maquette.ws281x", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C in a terminal is ours to handle
                    stdin=subprocess.DEVNULL,
                )
        except OSError:
            ours.close()
            raise
        self._begin(ours)
        return child

    def _begin(self, line: socket.socket) -> None:
        """Greet the sender, wait until it is ready, and hand it what waits."""
        line.settimeout(READY_S)
        with self._lock:
            self._socket = line
        try:
            with contextlib.suppress(ConnectionError):  # it has said why
                line.send(written_hello(self._hello))
            self._greeted.set()
            packet = _received(line)
            if packet != READY:
                raise _told(packet)
        except TimeoutError:
            self._fail(OutputError(message("ws281x_silent")))
        except OutputError as error:
            self._fail(error)
        with self._lock:
            if self._closed or self._failure is not None:
                line.close()
                return
            assert self._early is not None
            for early in self._early.values():
                with contextlib.suppress(OSError):  # heard with the next frame
                    line.send(early)
            line.settimeout(0)
            self._early = None

    def _fail(self, error: OutputError) -> None:
        with self._lock:
            self._failure = error

    def _no_sender(self, reason: str) -> OutputError:
        if self._service is None:
            return OutputError(message("ws281x_no_child", reason=reason))
        return OutputError(message("ws281x_no_service", path=str(self._service), reason=reason))

    def _see_to_its_end(self, child: "subprocess.Popen[bytes]") -> None:
        self._over.wait()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _received(line: socket.socket) -> bytes:
    """Return the next packet; empty at the end."""
    try:
        return line.recv(_MOST_ANSWER)
    except ConnectionResetError:
        return line.recv(_MOST_ANSWER)  # the reset is told before what was still said


def _told(packet: bytes) -> OutputError:
    """Return what a sender's last words mean."""
    problem = read_problem(packet)
    if problem is None:
        return OutputError(message("ws281x_ended"))
    return OutputError(message(f"ws281x_{problem.key}", **problem.arguments))
