"""The gpiozero servo: an AngularServo, for trying things on a table.

Its default pin factory (lgpio) rounds the pulse to whole percents of the period: at 50 Hz that is 200 µs, so a pulse of 1000 to 2000 µs
over 180° knows six positions, 36° apart. Pulses are timed by software and tremble with the load of the machine. In an exhibition use a
PCA9685 or the kernel's PWM instead.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from maquette.config.documents import ServoDocument
from maquette.config.quantities import Microseconds
from maquette.core.message import message
from maquette.errors import ServoError
from maquette.stage.pins import PinsUnavailableError, ensure_pins


class GpiozeroServoDocument(ServoDocument):
    """A servo on a GPIO pin, for trying things: software-timed, in steps of 200 µs (36° of a common servo) on the usual pin factory."""

    driver: Literal["gpiozero"]
    """A GPIO pin, through gpiozero; for trying things only."""
    pin: Annotated[int, Field(ge=0, le=53)]
    """The GPIO number of its signal."""
    pulse: tuple[Microseconds, Microseconds] = (1000.0, 2000.0)
    """The lengths of the pulse at both ends of `angle`."""


class GpiozeroServo:
    """An AngularServo of gpiozero, on the pin factory that gpiozero chooses.

    Attributes:
        takes_time: True: a horn turns.
    """

    takes_time = True

    def __init__(self, servo: GpiozeroServoDocument) -> None:
        self._document = servo
        self._servo: Any = None

    def open(self, angle_deg: float) -> None:
        """Claim the pin; the first pulse asks for ``angle_deg``.

        Raises:
            ServoError: the pin cannot be claimed.
        """
        from gpiozero import AngularServo, GPIOZeroError  # noqa: PLC0415 - after the first light: it takes a tenth of a second

        low_us, high_us = self._document.pulse
        try:
            ensure_pins()
            self._servo = AngularServo(
                self._document.pin,
                initial_angle=angle_deg,
                min_angle=self._document.angle[0],
                max_angle=self._document.angle[1],
                min_pulse_width=low_us / 1e6,
                max_pulse_width=high_us / 1e6,
            )
        except PinsUnavailableError as error:
            raise ServoError(error.message) from error
        except (GPIOZeroError, OSError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise ServoError(message("pin_not_claimed", pin=self._document.pin, reason=reason)) from error

    def turn(self, angle_deg: float) -> None:
        """Ask for an angle.

        Raises:
            ServoError: the pin is lost.
        """
        from gpiozero import GPIOZeroError  # noqa: PLC0415 - see `open`

        if self._servo is None:
            return
        try:
            self._servo.angle = angle_deg
        except (GPIOZeroError, OSError) as error:
            raise ServoError(message("pin_lost", pin=self._document.pin, reason=str(error))) from error

    def close(self) -> None:
        """Stop the pulses and give the pin back."""
        if self._servo is not None:
            self._servo.close()
            self._servo = None
