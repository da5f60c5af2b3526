"""A tended servo: its motion, its failures and its come-backs. Angles that the show wants go in, paced angles leave.

The first pulse asks for the angle where the horn was left, and the horn has half a second to be there. A gate stays there until a step
asks for it: it never closes because the model was switched on. A servo that is not held gets no pulses while it rests; when it is wanted
again, the first pulses ask for the angle at which it rested.
"""

from collections.abc import Callable

from maquette.core.alerts import Alert
from maquette.show.model import Servo
from maquette.stage.motion import Motion, approach, is_settled
from maquette.stage.servos.servo import ServoDriver
from maquette.stage.trouble import Problem, Trouble, problem_of

FIRST_PULSE_S = 0.5
"""Seconds that a horn has to get to the angle of the first pulse."""
START_S = 2.0
"""A servo has started when it rests, or after so many seconds: then the next one may."""
AGAIN_S = 0.1
"""Seconds during which a servo that had rested gets pulses for the angle where it is, before it moves."""
LET_GO_S = 1.0
"""A horn lags behind its pulses: seconds after the last move at which those of a servo that is not held end."""
LOOK_S = 0.1
"""A driver that does not answer yet, such as a companion that is not plugged in, is looked at this often: it needs no frames."""
WELL_S = 2.0
"""A servo that failed has recovered when it has answered this long: a loose wire answers now and then."""
REPEAT_S = 5.0
"""A servo that is held is asked for its angle again after this long: its board may have lost its power, or be gone."""


class TendedServo:
    """Moves one servo no faster than it may; opens, closes and retries its driver."""

    def __init__(
        self, servo: Servo, driver: ServoDriver, tell: Callable[[Alert], None], left_at: float | None = None
    ) -> None:
        """Tend a driver that is not open yet.

        Args:
            servo: its range, park angle and how it moves.
            driver: what moves it.
            tell: takes the alert ``servo_failed`` (arguments ``servo``, ``problem``) and its end.
            left_at: the angle where it was left, in degrees, or None when nobody knows: then it is taken to be parked.
        """
        self._servo = servo
        self._driver = driver
        self._trouble = Trouble("servo_failed", "servo", servo.id, tell)
        self._motion = Motion(self._within(servo.park if left_at is None else left_at))
        self._target = self._motion.angle_deg
        self._asked = False
        self._moved_at: float | None = None
        self._open = False
        self._opened_at = float("-inf")
        self._up_at: float | None = None
        self._look_at = float("-inf")
        self._moves_from = float("-inf")
        self._sent_at = float("-inf")
        self._resting = False

    @property
    def angle_deg(self) -> float:
        """Where it is meant to be now, on its way to the target."""
        return self._motion.angle_deg

    @property
    def is_settled(self) -> bool:
        """True while it rests where it should be."""
        return is_settled(self._motion, self._target)

    @property
    def keeps_its_place(self) -> bool:
        """True when its horn stays where it was left while there is no power."""
        return self._driver.takes_time

    @property
    def due_at(self) -> float:
        """The moment (monotonic seconds) from which `move` has something to do: now while it moves."""
        if not self._open:
            return self._trouble.retry_at
        if self._up_at is None or not self.is_settled:
            return self._look_at
        if self._trouble.problem is not None:
            return self._up_at + WELL_S
        if not self._driver.takes_time or self._resting:
            return float("inf")
        return self._sent_at + (REPEAT_S if self._servo.hold else LET_GO_S)

    @property
    def is_parked(self) -> bool:
        """True when the end need not wait for it."""
        return not self._open or not self._driver.takes_time or is_settled(self._motion, self._home)

    def is_starting(self, now: float) -> bool:
        """Tell whether it may draw as much as servos do when they are switched on."""
        if not self._open or not self._driver.takes_time:
            return False
        since = now - (self._opened_at if self._up_at is None else self._up_at)
        settled = self._up_at is not None and since >= FIRST_PULSE_S and self.is_settled
        return since < START_S and not settled

    def move(self, wanted_deg: float | None, now: float, pace: float = 1.0, *, may_open: bool = True) -> None:
        """Move on towards an angle; None parks it. Outside its range it stops at the end.

        Args:
            wanted_deg: the angle in degrees, or None.
            now: monotonic seconds.
            pace: the share of its top speed at which it moves, in (0, 1].
            may_open: False while another servo starts.
        """
        self._aim(wanted_deg)
        elapsed = 0.0 if self._moved_at is None else now - self._moved_at
        self._moved_at = now
        try:
            if not self._open:
                self._try_open(now, may_open=may_open)
            if self._open and self._is_up(now):
                self._move_on(pace, elapsed, now)
        except Exception as error:  # noqa: BLE001 - one broken driver must not stop the show
            self._fail(problem_of(error), now)

    def close(self) -> None:
        """Let go, where it is."""
        self._driver.close()
        self._open = False
        self._up_at = None

    def finish(self, timeout_s: float) -> None:
        """Wait, at the very end, until it has let go."""
        self._driver.finish(timeout_s)

    @property
    def _home(self) -> float:
        """Where it goes when nobody wants it."""
        stays = self._servo.gate and not self._asked
        return self._motion.angle_deg if stays else self._within(self._servo.park)

    def _within(self, angle_deg: float) -> float:
        low, high = self._servo.angle
        return min(max(angle_deg, low), high)

    def _aim(self, wanted_deg: float | None) -> None:
        self._asked = self._asked or wanted_deg is not None
        self._target = self._home if wanted_deg is None else self._within(wanted_deg)

    def _try_open(self, now: float, *, may_open: bool) -> None:
        if may_open and now >= self._trouble.retry_at:
            self._open, self._opened_at, self._up_at, self._resting = True, now, None, False
            self._driver.open(self._motion.angle_deg)

    def _is_up(self, now: float) -> bool:
        """Return True when the first pulse has left and the horn has had its time."""
        first_deg = self._driver.check()
        if first_deg is None:
            self._look_at = now + LOOK_S
            return False
        self._look_at = float("-inf")
        if self._up_at is None:
            self._up_at = self._sent_at = now
            self._moves_from = now + FIRST_PULSE_S if self._driver.takes_time else now
            self._motion = Motion(self._within(first_deg))
        if now >= self._up_at + WELL_S:
            self._trouble.over()
        return now >= self._moves_from

    def _move_on(self, pace: float, elapsed: float, now: float) -> None:
        if self.is_settled:
            self._stay(now)
        elif self._resting:
            self._resting = False
            self._moves_from = now + AGAIN_S
            self._send(now)
        else:
            servo, before = self._servo, self._motion
            self._motion = approach(before, self._target, pace * servo.top_speed, servo.acceleration, elapsed)
            if self._motion.angle_deg != before.angle_deg:
                self._send(now)

    def _stay(self, now: float) -> None:
        if not self._driver.takes_time or self._resting or now < self.due_at:
            return
        if self._servo.hold:
            self._send(now)
        else:
            self._resting = True
            self._driver.rest()

    def _send(self, now: float) -> None:
        self._driver.turn(self._motion.angle_deg)
        self._sent_at = now

    def _fail(self, problem: Problem, now: float) -> None:
        self.close()
        self._motion = Motion(self._motion.angle_deg)
        self._trouble.failed(problem, now)
