"""The bench: the console's side of the process in which documents are tried.

The check loads libraries and takes half a second, a dry run some seconds: neither may hold the console up, nor keep its memory. The process
begins with the first job, stays for the next ones and ends when nobody has asked for a while; one that hangs is killed.
"""

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any, Protocol

from maquette.console.start import Documents
from maquette.console.trial.jobs import Job
from maquette.errors import TrialError

LIMIT_S = 30.0
"""Seconds that a job may take."""
IDLE_S = 90.0
"""Seconds without a job after which the process ends."""
MOST_WAITING = 4
"""Jobs that may wait for their turn."""
_STOP_S = 2.0


class Trying(Protocol):
    """Where documents are tried."""

    async def ask(self, job: Job, *, patient: bool = False) -> Any:
        """Do a job; raises `TrialError` when it cannot be done now."""

    def end(self) -> None:
        """End what does it."""


class Bench:
    """Gives one job at a time to the process, which it starts when it must. Used on one asyncio loop."""

    def __init__(
        self, documents: Documents, *, limit_s: float = LIMIT_S, idle_s: float = IDLE_S, module: str = __package__ or ""
    ) -> None:
        """Prepare; nothing is started before the first job.

        Args:
            documents: where they are, and with what they are checked.
            limit_s: seconds that a job may take.
            idle_s: seconds without a job after which the process ends.
            module: what ``python -m`` runs.
        """
        self._documents = documents
        self._limit_s, self._idle_s, self._module = limit_s, idle_s, module
        self._turn = threading.Lock()
        self._line: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._waiting = 0
        self._ending: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, or None while there is none."""
        return None if self._line is None else self._line[0].pid

    async def ask(self, job: Job, *, patient: bool = False) -> Any:
        """Give a job and return its answer; ``patient``: wait for its turn however many others do.

        Raises:
            TrialError: too many others wait, it took too long, or the process failed; the next job finds a new one.
        """
        if self._waiting >= MOST_WAITING and not patient:
            raise TrialError("trial_busy")
        if self._ending is not None:
            self._ending.cancel()
        self._waiting += 1
        try:
            return await asyncio.to_thread(self._exchange, job)
        finally:
            self._waiting -= 1
            if self._waiting == 0:
                loop = asyncio.get_running_loop()
                self._ending = loop.call_later(self._idle_s, lambda: loop.run_in_executor(None, self.end))

    def end(self) -> None:
        """End the process, if there is one."""
        with self._turn:
            self._end()

    def _exchange(self, job: Job) -> Any:
        with self._turn:
            try:
                connection = self._connection()
                connection.send(job)
                if not connection.poll(self._limit_s):
                    self._end(kill=True)
                    raise TrialError("trial_too_long")
                answer = connection.recv()
            except (OSError, EOFError) as error:
                self._end(kill=True)
                raise TrialError("trial_failed") from error
        if isinstance(answer, TrialError):
            raise answer
        return answer

    def _connection(self) -> Connection:
        if self._line is None:
            ours, theirs = socket.socketpair()
            with ours, theirs:
                process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", self._module, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C in a terminal is the stage's to handle
                    stdin=subprocess.DEVNULL,
                )
                self._line = process, Connection(ours.detach())
            self._line[1].send(self._documents)
        return self._line[1]

    def _end(self, *, kill: bool = False) -> None:
        if self._line is None:
            return
        process, connection = self._line
        self._line = None
        connection.close()
        if not kill:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
                return
        process.kill()
        process.wait()
