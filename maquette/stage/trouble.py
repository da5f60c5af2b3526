"""Trouble: what is wrong with one strip or servo, as an alert that is told once, and when it may be tried again. Time is an argument."""

import logging
from collections.abc import Callable

from maquette.core.alerts import Alert, Severity
from maquette.core.message import Message
from maquette.errors import DeviceError

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0

log = logging.getLogger(__name__)


Problem = Message | str
"""What is wrong: a message for people, or what an unforeseen error says."""


def problem_of(error: Exception) -> Problem:
    """Return what people are told of an error."""
    return error.message if isinstance(error, DeviceError) else str(error) or type(error).__name__


class Trouble:
    """The trouble of one thing; waits between two tries double from one second to half a minute.

    Attributes:
        problem: what is wrong, or None.
        retry_at: the moment (monotonic seconds) from which the thing may be tried.
    """

    def __init__(self, code: str, thing: str, name: str, tell: Callable[[Alert], None]) -> None:
        """Begin without trouble.

        Args:
            code: of the alert.
            thing: what it is (``strip``): the alert's arguments are this, for its name, and ``problem``.
            name: its id.
            tell: takes the alert and its end.
        """
        self._code = code
        self._thing = thing
        self._name = name
        self._tell = tell
        self._wait_s = FIRST_WAIT_S
        self.problem: Problem | None = None
        self.retry_at = float("-inf")

    def failed(self, problem: Problem, now: float) -> None:
        """Take note of a failure, and wait longer than the last time."""
        self.retry_at = now + self._wait_s
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
        if self.problem is None:
            log.warning("%s %s=%s problem=%r", self._code, self._thing, self._name, str(problem))
        if self.problem != problem:
            self.problem = problem
            self._tell(self._alert(problem))

    def over(self) -> None:
        """Take note that it works."""
        self._wait_s = FIRST_WAIT_S
        if self.problem is not None:
            log.info("recovered %s=%s", self._thing, self._name)
            self.problem = None
            self._tell(self._alert("", over=True))

    def _alert(self, problem: Problem, *, over: bool = False) -> Alert:
        arguments: tuple[tuple[str, Problem], ...] = ((self._thing, self._name), ("problem", problem))
        return Alert(self._code, self._name, Severity.ERROR, arguments, over)
