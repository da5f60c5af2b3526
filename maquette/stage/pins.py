"""Pins: which gpiozero pin factory this machine gives. gpiozero takes a tenth of a second to import: it comes after the first light."""

import warnings
from typing import Any


class PinsUnavailableError(OSError):
    """This machine has no pins that can be used; the text says why."""


def open_pins(*, simulated: bool) -> Any:
    """Return a gpiozero pin factory and make it the one for all of gpiozero; close it with `close_pins`.

    Args:
        simulated: use mock pins (with PWM), whatever this machine has. ``GPIOZERO_PIN_FACTORY`` is heeded otherwise.

    Raises:
        PinsUnavailableError: no pin factory works here.
    """
    from gpiozero import Device  # noqa: PLC0415 (see the top)

    if simulated:
        from gpiozero.pins.mock import MockFactory, MockPWMPin  # noqa: PLC0415 (see the top)

        Device.pin_factory = MockFactory(pin_class=MockPWMPin)
    else:
        ensure_pins()
    return Device.pin_factory


def ensure_pins() -> None:
    """Let gpiozero choose a pin factory, unless it has one.

    Raises:
        PinsUnavailableError: no pin factory works here.
    """
    from gpiozero import Device, GPIOZeroError, PinFactoryFallback  # noqa: PLC0415 (see the top)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PinFactoryFallback)
            Device.ensure_pin_factory()
    except (GPIOZeroError, ImportError, OSError) as error:
        raise PinsUnavailableError(f"no pin factory works on this machine: {error}") from error


def close_pins(factory: Any) -> None:
    """Give all pins of a factory back."""
    from gpiozero import Device  # noqa: PLC0415 (see the top)

    for pin in factory.pins.values():
        pin.when_changed = (
            None  # else lgpio goes on calling, and its thread dies of the first edge that the next factory hears
        )
    factory.close()
    Device.pin_factory = None
