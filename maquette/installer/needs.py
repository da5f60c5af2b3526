"""What the hardware document asks of the machine: buses, overlays, words for the kernel. Read as plain data, before it is checked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maquette.installer.boot import with_lines

_PWM_PINS = (12, 13, 18, 19, 40, 41, 45, 52, 53)
"""Pins on which rpi_ws281x uses the PWM, which plays the sound of the headphone jack too (ws2811.c of jgarff/rpi_ws281x)."""
_SPI_PIN = 10
_SPI_BYTES = 32768
"""What spidev sends in one transfer, at most; 4096 by default: 435 LEDs."""
_LEDS_PIN = re.compile(r"^dtoverlay=ws2812-pio,(?:.*,)?gpio=(\d+)", re.MULTILINE)
_FREE_PINS = (18, 12, 13, 19)
"""The kernel's driver takes four strips."""


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


def needs_of(document: Mapping[str, Any], generation: int | None, config: str = "") -> Needs:
    """Return what a hardware document asks of a Raspberry Pi.

    Args:
        document: as plain data, right or wrong; what cannot be understood asks for nothing.
        generation: which Raspberry Pi it is (3, 4, 5…), or None when that is not known.
        config: config.txt as it is: the pins of /dev/leds0 and its kin stand there only.
    """
    strips, servos = list(_parts(document, "strips")), list(_parts(document, "servos"))
    wired = [strip for strip in strips if strip.get("driver") == "rpi_ws281x"]
    pins = [strip.get("pin", 18) for strip in wired]
    spi = any(strip.get("driver") == "spi" for strip in strips) or _SPI_PIN in pins
    i2c = any(servo.get("driver") == "pca9685" for servo in servos) or any(
        sensor.get("kind") == "light" for sensor in _parts(document, "sensors")
    )
    # The Pi's own PWM is called after its address, such as 1f00098000.pwm; other chips come with overlays whose pins nobody knows.
    pwm = any(servo.get("driver") == "kernel_pwm" and str(servo.get("chip")).endswith(".pwm") for servo in servos)
    lines = []
    if spi:
        lines += ["dtparam=spi=on", *_steady_clock(generation)]
    if i2c:
        lines.append("dtparam=i2c_arm=on")
    if pwm or any(pin in _PWM_PINS for pin in pins):
        lines.append("dtparam=audio=off")
    if pwm:
        lines.append("dtoverlay=pwm-2chan")
    lines += _leds_overlays([strip for strip in strips if strip.get("driver") == "ws2812_pio"], config)
    kernel = (f"spidev.bufsiz={_SPI_BYTES}",) if spi else ()
    return Needs(tuple(lines), kernel, any(pin != _SPI_PIN for pin in pins))


def _parts(document: Mapping[str, Any], block: str) -> Iterator[Mapping[str, Any]]:
    parts = document.get(block)
    if isinstance(parts, dict):
        yield from (part for part in parts.values() if isinstance(part, dict))


def _steady_clock(generation: int | None) -> tuple[str, ...]:
    """The clock of the SPI follows the core's, which these boards slow down when they have little to do (README of rpi_ws281x)."""
    if generation == 3:
        return ("core_freq=250",)
    return ("core_freq=500", "core_freq_min=500") if generation == 4 else ()


def _leds_overlays(strips: Sequence[Mapping[str, Any]], config: str) -> Iterator[str]:
    """An overlay a strip that has none yet: /dev/leds0 first, on the pin that it has already, else on one that is free on most models."""
    theirs = len(_LEDS_PIN.findall(with_lines(config, ())))  # written by hand, outside the lines that are ours
    pins = [int(pin) for pin in _LEDS_PIN.findall(config)]
    pins += [pin for pin in _FREE_PINS if pin not in pins]
    in_order = sorted(strips, key=lambda strip: str(strip.get("device", "")))
    for strip, pin in list(zip(in_order, pins, strict=False))[theirs:]:
        white = ",rgbw" if "W" in str(strip.get("order", "")) else ""
        yield f"dtoverlay=ws2812-pio,gpio={pin},num_leds={strip.get('leds')},brightness=0{white}"
