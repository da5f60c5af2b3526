"""A servo driver: what turns one horn to an angle. How fast it may turn is not its business: `maquette.stage.motion` paces it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from maquette.config.documents import ServoDocument


class ServoDriver(Protocol):
    """One servo's way out. Every method returns at once.

    Attributes:
        takes_time: True when a horn really turns: the end then waits for it to park.
    """

    takes_time: bool

    def open(self, angle_deg: float) -> None:
        """Get ready; the first pulse asks for ``angle_deg``.

        Raises:
            ServoError: it cannot be opened; it may be tried again after `close`.
        """

    def turn(self, angle_deg: float) -> None:
        """Ask for an angle within the servo's range.

        Raises:
            ServoError: it cannot be moved; close it and try again later.
        """

    def close(self) -> None:
        """Send no more pulses and let everything go; may be called twice."""


@dataclass(frozen=True, slots=True)
class ServoKind:
    """A driver: the options that it adds to a servo, and how it is made from them (nothing is opened yet)."""

    document: type[ServoDocument]
    make: Callable[[Any], ServoDriver]
