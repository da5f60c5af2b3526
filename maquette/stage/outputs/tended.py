"""A tended output: one strip's output with its pace, its repeats, its failures and its come-backs. Others never notice."""

import logging
from collections.abc import Callable

from maquette.core.alerts import Alert
from maquette.core.snapshot import OutputState
from maquette.stage.outputs.output import Output
from maquette.stage.trouble import Problem, Trouble, problem_of

REPEAT_S = 1.0
"""A still frame is sent again after this long: WLED takes its strip back after 2.5 s of silence."""
CONVALESCENCE_S = 2.0
"""An output that failed has recovered when it has worked this long: the network tells failures late."""
DROPPED_AGAIN_S = 1 / 60
"""A frame that was dropped is tried again after this long."""

log = logging.getLogger(__name__)


class TendedOutput:
    """Keeps the newest frame of a strip and sends it as soon as the strip is free; opens, closes and retries its output."""

    def __init__(
        self, strip: str, driver: str, output: Output, tell: Callable[[Alert], None], *, opened: bool = False
    ) -> None:
        """Tend an output.

        Args:
            strip: the strip's id.
            driver: its driver's name.
            output: what takes its bytes.
            tell: takes the alert ``output_failed`` (arguments ``strip``, ``problem``) and its end.
            opened: the output is open already.
        """
        self._strip = strip
        self._driver = driver
        self._output = output
        self._trouble = Trouble("output_failed", "strip", strip, tell)
        self._open = opened
        self._pixels: bytes | None = None
        self._owed = False
        self._free_at = float("-inf")
        self._sent_at = float("-inf")
        self._well_since: float | None = None

    @property
    def state(self) -> OutputState:
        """How it fares."""
        return OutputState(self._strip, self._driver, self._trouble.problem)

    @property
    def due_at(self) -> float:
        """The moment (monotonic seconds) from which `serve` has something to do; infinite before the first frame."""
        if self._pixels is None:
            return float("inf")
        if not self._open:
            return self._trouble.retry_at
        return self._free_at if self._owed else self._sent_at + REPEAT_S

    def take(self, pixels: bytes, now: float) -> None:
        """Take the strip's newest frame (R, G, B per LED) and send it if the strip is free; else it is owed."""
        self._pixels = pixels
        self._owed = True
        self.serve(now)

    def serve(self, now: float) -> None:
        """Send what is owed or must be repeated, if it is time; open what is closed."""
        if self._pixels is None or now < self.due_at:
            return
        try:
            if not self._open:
                self._output.open()
                self._open = True
            self._send(self._pixels, now)
        except Exception as error:  # noqa: BLE001 - one broken driver must not darken the other strips
            self._fail(problem_of(error), now)

    def close(self) -> None:
        """Turn the LEDs off and close the output."""
        try:
            if self._open:
                self._output.blank()
            self._output.close()
        except Exception:  # the end goes on for the others
            log.exception("output not closed strip=%s", self._strip)
        self._open = False

    def _send(self, pixels: bytes, now: float) -> None:
        if self._output.show(pixels):
            self._owed = False
            self._sent_at = now
            self._free_at = now + self._output.wire_time_s
            self._convalesce(now)
        else:
            self._owed = True
            self._free_at = now + DROPPED_AGAIN_S

    def _convalesce(self, now: float) -> None:
        if self._trouble.problem is None:
            return
        if self._well_since is None:
            self._well_since = now
        elif now - self._well_since >= CONVALESCENCE_S:
            self._trouble.over()

    def _fail(self, problem: Problem, now: float) -> None:
        self._output.close()
        self._open = False
        self._owed = True
        self._well_since = None
        self._trouble.failed(problem, now)
