"""A servo driver: what turns one horn to an angle. How fast it may turn is not its business: `maquette.stage.motion` paces it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from maquette.config.documents import ServoDocument

PERIOD_US = 20_000.0
"""Between two pulses, microseconds: 50 Hz, which every hobby servo takes."""


class ServoDriver(Protocol):
    """One servo's way out, in degrees. Every method returns at once.

    Attributes:
        takes_time: True when a horn really turns: the end then waits for it to park.
    """

    takes_time: bool

    def open(self, angle_deg: float) -> None:
        """Begin; the first pulse asks for ``angle_deg``, unless the servo is being held elsewhere: then it stays there."""

    def check(self) -> float | None:
        """Return the angle of the first pulse once it has left, None until then.

        Raises:
            ServoError: it cannot be opened or moved; close it and try again later.
        """

    def turn(self, angle_deg: float) -> None:
        """Ask for an angle within the servo's range."""

    def rest(self) -> None:
        """Send no more pulses until `turn`: the horn stays where it is by friction alone."""

    def close(self) -> None:
        """Send no more pulses and let everything go; may be called twice."""

    def finish(self, timeout_s: float) -> None:
        """Wait, at the very end, until `close` is done."""


class PulseLink(Protocol):
    """A way to one servo, in microseconds of pulse. Its methods may block; they are called one after another."""

    def open(self, pulse_us: float) -> float:
        """Get ready and send the first pulse.

        Returns:
            The pulse that is sent: ``pulse_us``, or the one that was being sent already, as after a crash of this program.

        Raises:
            ServoError: it cannot be opened; it may be tried again after `close`.
        """

    def turn(self, pulse_us: float) -> None:
        """Send another pulse from now on.

        Raises:
            ServoError: it cannot be reached.
        """

    def rest(self) -> None:
        """Send no pulses.

        Raises:
            ServoError: it cannot be reached.
        """

    def close(self) -> None:
        """Send no pulses, if that is still possible, and let everything go; may be called twice, and without `open`; never raises."""


@dataclass(frozen=True, slots=True)
class ServoKind:
    """A driver.

    Attributes:
        document: the options that it adds to a servo.
        link: how its link is made from them (nothing is opened yet); None where there is no hardware, or where it is a companion's.
        line: the name of the line on which the link blocks; servos of one line wait for each other. None where it never blocks.
    """

    document: type[ServoDocument]
    link: Callable[[Any], PulseLink] | None = None
    line: Callable[[Any], str] | None = None
