"""Needs: what the hardware document asks of a machine, device by device, and who asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from maquette.config.installation import Installation
from maquette.core.message import Message, message

Kind = Literal["spi", "i2c", "pio", "serial", "gpio", "pwm", "input", "root"]

GPIO_CHIP = "/dev/gpiochip0"
_PWM_PINS = {12, 13, 18, 19, 40, 41, 45, 52, 53}
_SPI_PINS = {10, 38}


@dataclass(frozen=True, slots=True)
class Need:
    """Something that the model uses.

    Attributes:
        kind: of what.
        path: the device; the name of the chip for ``pwm``.
        who: the strip, servo, button… that uses it.
        document: its options.
    """

    kind: Kind
    path: str
    who: Message
    document: Any = None


def needs_of(installation: Installation) -> Iterator[Need]:
    """Give what an installation uses, in the order of its hardware document."""
    for name, strip in installation.strips.items():
        yield from _of_strip(message("strip", name=name), strip)
    for name, servo in installation.servos.items():
        yield from _of_servo(message("servo", name=name), servo)
    for name, button in installation.buttons.items():
        if button.pins_taken or button.lamp is not None:
            yield Need("gpio", GPIO_CHIP, message("button", name=name), button)
    for name, encoder in installation.senses.encoders.items():
        yield Need("gpio", GPIO_CHIP, message("encoder", name=name), encoder)
    for name, sensor in installation.senses.sensors.items():
        who, bus = message("sensor", name=name), sensor.i2c_bus
        yield Need("gpio", GPIO_CHIP, who, sensor) if bus is None else Need("i2c", f"/dev/i2c-{bus}", who, sensor)
    for name, companion in installation.senses.companions.items():
        yield Need("serial", companion.port, message("companion", name=name), companion)
    for name, keys in installation.senses.keys.items():
        yield Need("input", keys.device, message("keys", name=name), keys)


def _of_strip(who: Message, strip: Any) -> Iterator[Need]:
    match strip.driver:
        case "spi":
            yield Need("spi", strip.device, who, strip)
        case "ws2812_pio":
            yield Need("pio", strip.device, who, strip)
        case "adalight":
            yield Need("serial", strip.port, who, strip)
        case "rpi_ws281x":
            spi = strip.pin in _SPI_PINS
            yield Need("spi" if spi else "root", "/dev/spidev0.0" if spi else "/dev/mem", who, strip)


def _of_servo(who: Message, servo: Any) -> Iterator[Need]:
    match servo.driver:
        case "pca9685":
            yield Need("i2c", f"/dev/i2c-{servo.bus}", who, servo)
        case "kernel_pwm":
            yield Need("pwm", servo.chip, who, servo)
        case "gpiozero":
            yield Need("gpio", GPIO_CHIP, who, servo)


def uses_the_sound_s_clock(need: Need) -> bool:
    """Tell whether it shares the PWM block with the analogue sound of a Pi."""
    return need.kind == "root" and getattr(need.document, "pin", None) in _PWM_PINS
