"""What the hardware document asks of the machine: buses, overlays, words for the kernel. Read as plain data, before it is checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_PWM_PINS = (12, 13, 18, 19, 40, 41, 45, 52, 53)
"""Pins on which rpi_ws281x uses the PWM, which plays the sound of the headphone jack too (ws2811.c of jgarff/rpi_ws281x)."""
_SPI_PIN = 10
_SPI_BYTES = 32768
"""What spidev sends in one transfer, at most; 4096 by default: 451 LEDs."""
_LIGHT_SENSORS = ("light",)


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be there for the hardware of a model.

    Attributes:
        config: lines of config.txt.
        kernel: words of cmdline.txt.
        as_root: whether strips are driven by PWM or PCM and DMA, which only root may: a unit of their own does.
    """

    config: tuple[str, ...] = ()
    kernel: tuple[str, ...] = ()
    as_root: bool = False


def needs_of(document: Mapping[str, Any], generation: int | None) -> Needs:
    """Return what a hardware document asks of a Raspberry Pi.

    Args:
        document: as plain data, right or wrong; what cannot be understood asks for nothing.
        generation: which Raspberry Pi it is (3, 4, 5…), or None when that is not known.
    """
    strips, servos = list(_parts(document, "strips")), list(_parts(document, "servos"))
    wired = [strip for strip in strips if strip.get("driver") == "rpi_ws281x"]
    pins = [strip.get("pin", 18) for strip in wired]
    spi = any(strip.get("driver") == "spi" for strip in strips) or _SPI_PIN in pins
    i2c = any(servo.get("driver") == "pca9685" for servo in servos) or any(
        sensor.get("kind") in _LIGHT_SENSORS for sensor in _parts(document, "sensors")
    )
    pwm = any(servo.get("driver") in ("pwm", "kernel_pwm", "sysfs_pwm") for servo in servos)
    config = []
    if spi:
        config += ["dtparam=spi=on", *_steady_clock(generation)]
    if i2c:
        config.append("dtparam=i2c_arm=on")
    if pwm or any(pin in _PWM_PINS for pin in pins):
        config.append("dtparam=audio=off")
    if pwm:
        config.append("dtoverlay=pwm-2chan")
    config += [_leds_overlay(strip) for strip in strips if strip.get("driver") == "ws2812_pio"]
    return Needs(tuple(config), (f"spidev.bufsiz={_SPI_BYTES}",) if spi else (), any(pin != _SPI_PIN for pin in pins))


def _parts(document: Mapping[str, Any], block: str) -> Iterator[Mapping[str, Any]]:
    parts = document.get(block)
    if isinstance(parts, dict):
        yield from (part for part in parts.values() if isinstance(part, dict))


def _steady_clock(generation: int | None) -> tuple[str, ...]:
    """The clock of the SPI follows the core's, which these boards slow down when they have little to do (README of rpi_ws281x)."""
    if generation == 3:
        return ("core_freq=250",)
    return ("core_freq=500", "core_freq_min=500") if generation == 4 else ()


def _leds_overlay(strip: Mapping[str, Any]) -> str:
    white = ",rgbw" if "W" in str(strip.get("order", "")) else ""
    return f"dtoverlay=ws2812-pio,gpio={strip.get('pin', 18)},num_leds={strip.get('leds')},brightness=0{white}"
