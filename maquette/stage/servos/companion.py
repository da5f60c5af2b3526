"""Servos on a serial companion, which times their pulses and sees that they are never faster than they may.

While the companion is away its servos stay where they are; when it is back, the first pulse asks for that angle.
"""

from typing import Annotated, Literal

from pydantic import Field

from maquette.config.document import Name
from maquette.config.documents import ServoDocument
from maquette.core.message import Message, message
from maquette.errors import ServoError
from maquette.stage.companion.companion import Companion
from maquette.stage.servos.calibration import centre_of, pulse_of


class CompanionServoDocument(ServoDocument):
    """A servo on a serial companion, one of `companions`: steady pulses, far from the computer."""

    driver: Literal["companion"]
    """A serial companion."""
    companion: Name
    """Its name among `companions`."""
    channel: Annotated[int, Field(ge=0, le=6)]
    """The number of the servo on the companion, from 0."""

    def clash(self, other: ServoDocument) -> Message | None:
        """Tell of a channel that both drive."""
        if isinstance(other, CompanionServoDocument) and (other.companion, other.channel) == (
            self.companion,
            self.channel,
        ):
            return message("companion_channel", companion=self.companion, channel=self.channel)
        return None


class CompanionServo:
    """One servo on a companion; nothing here waits for the line.

    Attributes:
        takes_time: True: a horn turns.
    """

    takes_time = True

    def __init__(self, servo: CompanionServoDocument, companion: Companion) -> None:
        """Make a servo that is not open."""
        self._servo = servo
        self._companion = companion
        self._first_deg = 0.0

    def open(self, angle_deg: float) -> None:
        """Ask for the first pulse."""
        self._first_deg = angle_deg
        self.turn(angle_deg)

    def check(self) -> float | None:
        """Return the angle of the first pulse once it has left; None until then, and while the companion is away.

        Raises:
            ServoError: the companion has no such servo.
        """
        hello, channel = self._companion.hello, self._servo.channel
        if hello is not None and channel >= hello.servos:
            raise ServoError(
                message("companion_servos", companion=self._companion.name, number=channel, count=hello.servos)
            )
        return self._first_deg if self._companion.has_turned(channel) else None

    def turn(self, angle_deg: float) -> None:
        """Ask for an angle."""
        self._companion.turn(self._servo.channel, pulse_of(self._servo, angle_deg), _fastest_us_s(self._servo))

    def rest(self) -> None:
        """Send no pulses."""
        self._companion.release(self._servo.channel)

    def close(self) -> None:
        """Send no pulses. The companion's line is open for others."""
        self.rest()

    def finish(self, _timeout_s: float) -> None:
        """The companion says what is wanted last before it is closed."""


def _fastest_us_s(servo: ServoDocument) -> float:
    """Return by how many microseconds in a second its pulse changes at top speed, where it changes most."""
    shortest, longest = servo.pulse
    low, high = servo.angle
    centre = centre_of(servo)
    return servo.fastest * max(centre - shortest, longest - centre) / ((high - low) / 2)
