"""Horns: all servos together. The angles that the show wants go in; they start one after another, and where they are is kept."""

from collections.abc import Callable, Mapping

from maquette.core.alerts import Alert
from maquette.show.model import Model
from maquette.stage.servos.left import LeftAngles
from maquette.stage.servos.servo import ServoDriver
from maquette.stage.servos.tended import TendedServo

FINISH_S = 0.5
"""Seconds that all drivers have to let go at the end."""


class Horns:
    """The servos of a model, tended. The next one opens when the former has started: their supply would not bear all at once."""

    def __init__(
        self,
        model: Model,
        drivers: Mapping[str, ServoDriver],
        tell: Callable[[Alert], None],
        left: LeftAngles | None = None,
    ) -> None:
        """Tend drivers that are not open yet.

        Args:
            model: how each servo moves.
            drivers: one for each servo of the model.
            tell: takes alerts.
            left: keeps where horns are, or None.
        """
        self._left = left
        known = {} if left is None else left.read()
        self._servos = {
            name: TendedServo(servo, drivers[name], tell, known.get(name) if drivers[name].takes_time else None)
            for name, servo in model.servos.items()
        }

    @property
    def angles(self) -> tuple[float, ...]:
        """Where they are, in degrees, in the model's order."""
        return tuple(servo.angle_deg for servo in self._servos.values())

    @property
    def due_at(self) -> float:
        """The moment (monotonic seconds) from which `move` has something to do."""
        return min((servo.due_at for servo in self._servos.values()), default=float("inf"))

    @property
    def are_parked(self) -> bool:
        """True when the end need not wait for any."""
        return all(servo.is_parked for servo in self._servos.values())

    def move(self, wanted: Mapping[str, float | None], now: float, pace: float = 1.0) -> None:
        """Move on towards angles, in degrees; those that nobody wants park.

        Args:
            wanted: degrees by servo; None, or none at all, where nobody wants it.
            now: monotonic seconds.
            pace: the share of their top speed at which they move, in (0, 1].
        """
        for name, servo in self._servos.items():
            may_open = not any(other.is_starting(now) for other in self._servos.values())
            servo.move(wanted.get(name), now, pace, may_open=may_open)
        self._keep(now)

    def park(self, now: float) -> None:
        """Move on towards the park angles, at the end; none is opened any more."""
        for servo in self._servos.values():
            servo.move(None, now, may_open=False)
        self._keep(now)

    def close(self) -> None:
        """Let all go where they are, and keep that."""
        for servo in self._servos.values():
            servo.close()
        for servo in self._servos.values():
            servo.finish(FINISH_S / len(self._servos))
        if self._left is not None:
            self._left.finish()

    def _keep(self, now: float) -> None:
        if self._left is not None:
            places = {name: servo.angle_deg for name, servo in self._servos.items() if servo.keeps_its_place}
            self._left.keep(places, now)
