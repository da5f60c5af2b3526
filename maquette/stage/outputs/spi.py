"""The SPI output: a bare WS2812B or SK6812 strip on a Pi's GPIO 10 (MOSI), on every Pi, without root: the group `spi` is enough.

Each bit of a colour is three bits of SPI at 2.4 MHz, 417 ns each: 1 is ``110`` and 0 is ``100``. Before and after the colours the line is
low for at least 300 µs: between transfers a Pi 5 holds it high, which would make the first LED green, and never show the frame.

A frame is one transfer, because nothing keeps the pause between two short: the strip would take it for the frame's end. The kernel's
driver, `spidev`, takes 4096 bytes at once unless it is told otherwise at boot.
"""

import errno
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from maquette.config.device_path import DevicePath
from maquette.config.documents_hardware import Claim, Misfit, Order, StripDocument
from maquette.core.message import message
from maquette.errors import OutputError
from maquette.stage.devices import device_error
from maquette.stage.outputs.threaded import ThreadedOutput

SPEED_HZ = 2_400_000
RESET_BYTES = 90
"""300 µs of low line."""
DEFAULT_BUFFER = 4096
"""Bytes that the kernel takes at once, unless it is told otherwise at boot."""
BUFFER_SIZE = Path("/sys/module/spidev/parameters/bufsiz")
"""Where the kernel says how many bytes it takes at once."""
_BYTES_PER_COLOUR = 3


class SpiStrip(StripDocument):
    """A bare strip on the SPI pins of a Raspberry Pi."""

    driver: Literal["spi"]
    """On a Pi's own GPIO 10 (MOSI); no root is needed."""
    order: Order = "GRB"
    """The order of colours on its wire, such as `GRB`; with a `W`, each LED has a white one too."""
    device: DevicePath = "/dev/spidev0.0"
    """The SPI device, such as `/dev/spidev0.0`."""

    @property
    def wire_time_s(self) -> float:
        """Seconds that a transfer takes."""
        return 8 * transfer_bytes(self.leds, len(self.order)) / SPEED_HZ

    @property
    def claim(self) -> Claim:
        """The device."""
        return Claim("device", self.device, range(1), "device")

    @classmethod
    def misfits(cls, strips: Mapping[str, Self]) -> Iterator[Misfit]:
        """Yield strips that need more than the usual transfer."""
        for name, strip in strips.items():
            needed, channels = transfer_bytes(strip.leds, len(strip.order)), len(strip.order)
            if needed > DEFAULT_BUFFER:
                hint = message("spi_buffer", bytes=larger_buffer(needed))
                told = message("W073", leds=strip.leds, most=most_leds(DEFAULT_BUFFER, channels))
                yield Misfit(name, "leds", told, hint)


def transfer_bytes(leds: int, channels: int) -> int:
    """Return the length of a frame's transfer."""
    return RESET_BYTES + _BYTES_PER_COLOUR * channels * leds + RESET_BYTES


def most_leds(buffer_size: int, channels: int) -> int:
    """Return how many LEDs one transfer of so many bytes can light."""
    return max(0, (buffer_size - 2 * RESET_BYTES) // (_BYTES_PER_COLOUR * channels))


def larger_buffer(needed: int) -> int:
    """Return the power of two that holds so many bytes."""
    return 1 << (needed - 1).bit_length()


def encode(frame: bytes) -> bytes:
    """Return the bytes that SPI sends for a frame in its wire's order of colours."""
    end = RESET_BYTES + _BYTES_PER_COLOUR * len(frame)
    sent = bytearray(end + RESET_BYTES)
    for place, codes in enumerate(_CODES):
        sent[RESET_BYTES + place : end : _BYTES_PER_COLOUR] = frame.translate(codes)
    return bytes(sent)


def make_spi(strip: SpiStrip) -> ThreadedOutput:
    """Return the output of a strip on SPI; a transfer blocks, so that it has a thread."""
    return ThreadedOutput(SpiLink(strip), len(strip.order) * strip.leds, strip.wire_time_s)


class SpiLink:
    """The way through `spidev`."""

    def __init__(self, strip: SpiStrip, buffer_size: Path = BUFFER_SIZE) -> None:
        self._strip = strip
        self._buffer_size = buffer_size
        self._spi: Any = None

    def open(self) -> None:
        """Open the device.

        Raises:
            OutputError: it is not there or may not be used, or the strip is too long for one transfer.
        """
        try:
            import spidev  # noqa: PLC0415 - only a Pi needs it
        except ImportError as error:
            raise OutputError(message("output_no_library", name="spidev")) from error
        self._check_length()
        self._spi = spidev.SpiDev()
        try:
            self._spi.open_path(self._strip.device)
            self._spi.max_speed_hz = SPEED_HZ
            self._spi.mode = 0
        except OSError as error:
            raise self._error(error) from error

    def send(self, frame: bytes) -> None:
        """Send a frame in one transfer; returns when the strip shows it.

        Raises:
            OutputError: the device does not take it.
        """
        try:
            os.write(self._spi.fileno(), encode(frame))
        except OSError as error:
            raise self._error(error) from error

    def close(self) -> None:
        """Close the device."""
        if self._spi is not None:
            self._spi.close()
            self._spi = None

    def _error(self, error: OSError) -> OutputError:
        return device_error(self._strip.device, error.errno or errno.EIO, absent="output_no_spi", group="spi")

    def _check_length(self) -> None:
        channels = len(self._strip.order)
        needed = transfer_bytes(self._strip.leds, channels)
        try:
            size = int(self._buffer_size.read_text("ascii"))
        except OSError:  # no module to ask: the device will say what is wrong
            return
        if needed > size:
            most = most_leds(size, channels)
            wanted = 1 << (needed - 1).bit_length()
            raise OutputError(
                message("output_spi_too_long", leds=self._strip.leds, most=most, size=size, wanted=wanted)
            )


def _code(value: int) -> int:
    return int("".join("110" if value >> bit & 1 else "100" for bit in range(7, -1, -1)), 2)


_CODES = tuple(bytes(_code(value) >> shift & 0xFF for value in range(256)) for shift in (16, 8, 0))
"""The table: the first, second and third byte that SPI sends for each byte of a frame."""
