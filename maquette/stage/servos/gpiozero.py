"""The gpiozero servo, for trying things on a table.

Its default pin factory (lgpio) rounds the pulse to whole percents of the period: at 50 Hz that is 200 µs, so a pulse of 1000 to 2000 µs
over 180° knows six positions, 36° apart. Pulses are timed by software and tremble with the load of the machine. In an exhibition use a
PCA9685 or the kernel's PWM instead.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from maquette.config.documents import ServoDocument
from maquette.core.message import message
from maquette.errors import ServoError
from maquette.stage.pins import PinsUnavailableError, ensure_pins
from maquette.stage.servos.servo import PERIOD_US


class GpiozeroServoDocument(ServoDocument):
    """A servo on a GPIO pin, for trying things: software-timed, in steps of 200 µs (36° of a common servo) on the usual pin factory."""

    driver: Literal["gpiozero"]
    """A GPIO pin, through gpiozero; for trying things only."""
    pin: Annotated[int, Field(ge=0, le=53)]
    """The GPIO number of its signal."""


class GpiozeroLink:
    """A Servo of gpiozero, on the pin factory that gpiozero chooses."""

    def __init__(self, servo: GpiozeroServoDocument) -> None:
        self._pin = servo.pin
        self._shortest_us, self._longest_us = servo.pulse
        self._servo: Any = None

    def open(self, pulse_us: float) -> float:
        """Claim the pin and send the first pulse.

        Raises:
            ServoError: the pin cannot be claimed.
        """
        from gpiozero import GPIOZeroError, Servo  # noqa: PLC0415 - after the first light: it takes a tenth of a second

        try:
            ensure_pins()
            self._servo = Servo(
                self._pin,
                initial_value=self._value(pulse_us),
                min_pulse_width=self._shortest_us / 1e6,
                max_pulse_width=self._longest_us / 1e6,
                frame_width=PERIOD_US / 1e6,
            )
        except PinsUnavailableError as error:
            raise ServoError(error.message) from error
        except (GPIOZeroError, OSError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise ServoError(message("pin_not_claimed", pin=self._pin, reason=reason)) from error
        return pulse_us

    def turn(self, pulse_us: float) -> None:
        """Send another pulse.

        Raises:
            ServoError: the pin is lost.
        """
        self._set(self._value(pulse_us))

    def rest(self) -> None:
        """Send no pulses.

        Raises:
            ServoError: the pin is lost.
        """
        self._set(None)

    def close(self) -> None:
        """Stop the pulses and give the pin back."""
        if self._servo is not None:
            self._servo.close()
            self._servo = None

    def _value(self, pulse_us: float) -> float:
        """Return a pulse as gpiozero counts it: -1 for the shortest, 1 for the longest."""
        value = 2 * (pulse_us - self._shortest_us) / (self._longest_us - self._shortest_us) - 1
        return min(max(value, -1.0), 1.0)

    def _set(self, value: float | None) -> None:
        from gpiozero import GPIOZeroError  # noqa: PLC0415 - see `open`

        if self._servo is None:
            return
        try:
            self._servo.value = value
        except (GPIOZeroError, OSError) as error:
            raise ServoError(message("pin_lost", pin=self._pin, reason=str(error))) from error
