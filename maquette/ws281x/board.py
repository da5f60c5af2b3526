"""The board: whether this is a Pi that the library may know, asked before the library is."""

import os
from pathlib import Path

from maquette.ws281x.protocol import DEFAULT_BUFSIZ, Hello, Mode, RefusedError, spi_bytes, spi_leds

_NEW_STYLE = 1 << 23  # a revision that names its processor, since the Pi 2 (raspberrypi.com, "revision codes")
_BCM2712 = 4  # a Pi 5's

DEVICES = {
    Mode.SPI: (("/dev/spidev0.0", os.O_RDWR), ("/dev/gpiomem", os.O_RDWR)),
    Mode.PWM: (("/dev/vcio", os.O_RDONLY), ("/dev/mem", os.O_RDWR)),
    Mode.PCM: (("/dev/vcio", os.O_RDONLY), ("/dev/mem", os.O_RDWR)),
}
"""What the library opens, and how."""


def check_board(root: Path = Path("/")) -> None:
    """Check that this is a Pi, and not one with a processor that the library cannot know; whether it knows the board it says itself.

    Raises:
        RefusedError: it is not.
    """
    revision = board_revision(root)
    if revision is None:
        raise RefusedError("no_pi")
    if revision & _NEW_STYLE and revision >> 12 & 0xF >= _BCM2712:
        raise RefusedError("pi_5", revision=f"{revision:x}")


def board_revision(root: Path = Path("/")) -> int | None:
    """Return the board's revision code from the device tree or, where that has none, from ``/proc/cpuinfo``; None off a Pi."""
    try:
        told = (root / "proc/device-tree/system/linux,revision").read_bytes()
    except OSError:
        told = b""
    if len(told) == 4:
        return int.from_bytes(told, "big")
    try:
        lines = (root / "proc/cpuinfo").read_text(errors="replace").splitlines()
        return next((int(line.partition(":")[2], 16) for line in lines if line.startswith("Revision")), None)
    except (OSError, ValueError):
        return None


def check_devices(hello: Hello, root: Path = Path("/")) -> None:
    """Check that the library's devices can be opened, and that a frame fits into one transfer of SPI.

    Raises:
        RefusedError: one cannot, or it does not.
    """
    for path, flags in DEVICES[hello.mode]:
        try:
            os.close(os.open(root / path[1:], flags | os.O_CLOEXEC))
        except OSError as error:
            raise RefusedError("device", path=path, reason=error.strerror or str(error)) from error
    if hello.mode is Mode.SPI:
        bufsiz = _bufsiz(root)
        if spi_bytes(hello.leds) > bufsiz:
            raise RefusedError("bufsiz", leds=hello.leds, most=spi_leds(bufsiz), bytes=spi_bytes(hello.leds))


def _bufsiz(root: Path) -> int:
    try:
        return int((root / "sys/module/spidev/parameters/bufsiz").read_text())
    except (OSError, ValueError):
        return DEFAULT_BUFSIZ
