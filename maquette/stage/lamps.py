"""Lamps: the lamp of a button on a GPIO pin, through gpiozero, dimmed by pulses where the pin can; or on a serial companion."""

from collections.abc import Callable
from typing import Any

from maquette.config.documents import ButtonDocument
from maquette.core.message import message
from maquette.stage.companion.companion import Companion
from maquette.stage.pins import Wired, claimed
from maquette.stage.trouble import Problem

PULSES_HZ = 100
"""Pulses of a dimmed lamp: too fast to be seen, slow enough for a pin whose pulses software times."""
GAMMA = 2.2
"""Levels are lightness, as the eye counts it; a LED's light follows the share of time for which it is on."""
ON_FROM = 0.5
"""The level from which a lamp that cannot be dimmed is on."""


class Lamp:
    """A lamp, off until `show` says otherwise. On and off are levels of the pin, with no pulse to wait for."""

    kind = "lamp"

    def __init__(self, name: str, document: ButtonDocument, lost: Callable[[Wired, Problem], None]) -> None:
        """Describe the lamp; `claim` claims its pin.

        Args:
            name: the id of its button.
            document: its pin.
            lost: told when the pin does not obey.
        """
        self.name = name
        self._document = document
        self._lost = lost
        self._device: Any = None
        self._obeys = True
        self._dims = True
        self._shown = 0.0

    def claim(self, factory: Any) -> None:
        """Take the pin; the lamp is off.

        Raises:
            DeviceError: it cannot be had.
        """
        from gpiozero import DigitalOutputDevice  # noqa: PLC0415 - after the first light: it takes a tenth of a second

        pin = self._document.lamp
        assert pin is not None
        bright = self._document.lamp_active == "high"
        made = claimed(pin, lambda: DigitalOutputDevice(pin, active_high=bright, pin_factory=factory))
        self._shown, self._obeys = 0.0, True
        self._device = made

    def release(self) -> None:
        """Switch the lamp off and give the pin back."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def show(self, level: float) -> None:
        """Show a level between 0 and 1; touches the pin only where it differs from the last. Never raises."""
        device = self._device
        if device is None or not self._obeys or level == self._shown:
            return
        self._shown = level
        try:
            self._set(device.pin, level)
        except Exception as error:  # noqa: BLE001 - pin factories raise whatever their library raises
            self._obeys = False
            self._lost(self, message("pin_lost", pin=self._document.lamp or 0, reason=str(error)))

    def _set(self, pin: Any, level: float) -> None:
        pulses = 0.0 < level < 1.0 and self._dims
        if pulses and pin.frequency is None:
            pulses = self._dims = _pulsed(pin)
        if pulses:
            share = level**GAMMA
        else:
            share = float(level >= ON_FROM)
            if pin.frequency is not None:
                pin.frequency = None
        pin.state = share if self._document.lamp_active == "high" else 1.0 - share


class CompanionLamp:
    """A lamp on a serial companion, which is dimmed there."""

    def __init__(self, companion: Companion, number: int) -> None:
        """Describe the lamp, which is off; `number`: the companion's for it."""
        self._companion = companion
        self._number = number
        self._shown = 0.0

    def show(self, level: float) -> None:
        """Show a level between 0 and 1."""
        if level != self._shown:
            self._shown = level
            self._companion.light(self._number, level)


def _pulsed(pin: Any) -> bool:
    """Let a pin pulse; return False when it cannot."""
    from gpiozero import PinPWMUnsupported  # noqa: PLC0415 - see `Lamp.claim`

    try:
        pin.frequency = PULSES_HZ
    except PinPWMUnsupported:
        return False
    return True
