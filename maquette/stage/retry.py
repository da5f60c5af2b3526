"""Retry: when something that failed may be tried again. Pure; time is an argument."""

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0


class Retry:
    """Waits that double from one second to half a minute."""

    def __init__(self) -> None:
        self._wait_s = FIRST_WAIT_S
        self.at = float("-inf")
        """The moment (monotonic seconds) from which it may be tried."""

    def failed(self, now: float) -> None:
        """Wait longer than the last time."""
        self.at = now + self._wait_s
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    def recovered(self) -> None:
        """Forget the failures."""
        self._wait_s = FIRST_WAIT_S
