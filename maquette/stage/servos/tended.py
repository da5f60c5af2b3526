"""A tended servo: its motion, its failures and its come-backs. Angles that the show wants go in, paced angles leave."""

import logging
from collections.abc import Callable

from maquette.core.alerts import Alert
from maquette.show.model import Servo
from maquette.stage.motion import Motion, approach, is_settled
from maquette.stage.servos.servo import ServoDriver
from maquette.stage.trouble import Problem, Trouble, problem_of

log = logging.getLogger(__name__)


class TendedServo:
    """Moves one servo no faster than it may; parks it at start and at the end; opens, closes and retries its driver."""

    def __init__(self, servo: Servo, driver: ServoDriver, tell: Callable[[Alert], None]) -> None:
        """Tend a driver that is not open yet.

        Args:
            servo: its range, park angle and top speed.
            driver: what moves it.
            tell: takes the alert ``servo_failed`` (arguments ``servo``, ``problem``) and its end.
        """
        self._servo = servo
        self._driver = driver
        self._trouble = Trouble("servo_failed", "servo", servo.id, tell)
        self._motion = Motion(servo.park)
        self._target = servo.park
        self._moved_at: float | None = None
        self._open = False

    @property
    def angle_deg(self) -> float:
        """Where it is meant to be now, on its way to the target."""
        return self._motion.angle_deg

    @property
    def due_at(self) -> float:
        """The moment (monotonic seconds) from which `move` has something to do: now while it moves, never when it rests."""
        if not self._open:
            return self._trouble.retry_at
        return float("inf") if is_settled(self._motion, self._target) else float("-inf")

    @property
    def is_parked(self) -> bool:
        """True when the end need not wait for it."""
        return not self._open or not self._driver.takes_time or is_settled(self._motion, self._servo.park)

    def move(self, wanted_deg: float | None, now: float, pace: float = 1.0) -> None:
        """Move on towards an angle; None parks it. Outside its range it stops at the end.

        Args:
            wanted_deg: the angle in degrees, or None.
            now: monotonic seconds.
            pace: the share of its top speed at which it moves, in (0, 1].
        """
        low, high = self._servo.angle
        self._target = min(max(self._servo.park if wanted_deg is None else wanted_deg, low), high)
        elapsed = 0.0 if self._moved_at is None else now - self._moved_at
        before, self._moved_at = self._motion, now
        try:
            if not self._open:
                self._try_open(now)
                return
            self._motion = approach(before, self._target, pace * self._servo.top_speed, elapsed)
            if self._motion.angle_deg != before.angle_deg:
                self._driver.turn(self._motion.angle_deg)
        except Exception as error:  # noqa: BLE001 - one broken driver must not stop the show
            self._fail(problem_of(error), now)

    def close(self) -> None:
        """Send it to its park angle, as its last pulse, and let go."""
        if self._open:
            try:
                self._driver.turn(self._servo.park)
            except Exception as error:  # noqa: BLE001 - the end goes on for the others
                log.warning("servo not parked servo=%s problem=%r", self._servo.id, str(error))
        self._driver.close()
        self._open = False

    def _try_open(self, now: float) -> None:
        if now >= self._trouble.retry_at:
            self._driver.open(self._motion.angle_deg)
            self._open = True
            self._trouble.over()

    def _fail(self, problem: Problem, now: float) -> None:
        self._driver.close()
        self._open = False
        self._motion = Motion(self._motion.angle_deg)
        self._trouble.failed(problem, now)
