"""The virtual servo: keeps its angle."""

from typing import Literal

from maquette.config.documents import ServoDocument


class VirtualServoDocument(ServoDocument):
    """A servo that only the virtual model shows."""

    driver: Literal["virtual"] = "virtual"
    """No hardware at all."""


class VirtualServo:
    """Keeps what a servo was asked for.

    Attributes:
        takes_time: False: nobody waits for it.
        angle_deg: the last angle, or None while it is closed.
    """

    takes_time = False

    def __init__(self) -> None:
        self.angle_deg: float | None = None

    def open(self, angle_deg: float) -> None:
        """Begin at an angle."""
        self.angle_deg = angle_deg

    def check(self) -> float | None:
        """Return the angle."""
        return self.angle_deg

    def turn(self, angle_deg: float) -> None:
        """Keep an angle."""
        self.angle_deg = angle_deg

    def rest(self) -> None:
        """Stay."""

    def close(self) -> None:
        """Forget the angle."""
        self.angle_deg = None

    def finish(self, timeout_s: float) -> None:
        """Nothing is under way."""
