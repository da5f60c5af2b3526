"""The DDP output: LEDs over the network, as WLED and other receivers understand them. Bytes of one strip go in, UDP packets go out.

Packets after the Distributed Display Protocol (3waylabs.com/ddp) with WLED's limits: at most 1440 data bytes each, the PUSH flag on the
last one only, a sequence from 1 to 15 that counts packets. A receiver forgets us after 2.5 s of silence, so the loop repeats still frames.
"""

import contextlib
import struct
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from maquette.config.documents_hardware import Claim, StripDocument
from maquette.errors import OutputError
from maquette.stage.outputs.datagrams import DatagramLine

DDP_PORT = 4048
MAXIMUM_DATA = 1440
"""Data bytes per packet: 480 LEDs, or 360 with white ones."""

_VERSION_1 = 0x40
_PUSH = 0x01
_TYPES = {3: 0x0B, 4: 0x1B}  # by channels: RGB, RGBW; 8 bits each
_DISPLAY = 1
_HEADER = struct.Struct(">BBBBIH")  # flags, sequence, type, id, offset (bytes), length (bytes)


class DdpStrip(StripDocument):
    """A strip behind a DDP receiver, such as WLED."""

    driver: Literal["ddp"]
    """Over the network, with DDP."""
    host: Annotated[str, Field(min_length=1)]
    """The receiver's host name or address."""
    port: Annotated[int, Field(ge=1, le=65535)] = DDP_PORT
    """The receiver's UDP port."""
    start: Annotated[int, Field(ge=0, le=100_000)] = 0
    """The number that the strip's first LED has at the receiver."""

    @property
    def claim(self) -> Claim:
        """The receiver's LEDs that it lights."""
        where = self.host if self.port == DDP_PORT else f"{self.host}:{self.port}"
        return Claim("leds", where, range(self.start, self.start + self.leds), "start")


def packets(pixels: bytes | memoryview, start: int, sequence: int, channels: int = 3) -> Iterator[bytes]:
    """Cut one frame into DDP packets.

    Args:
        pixels: ``channels`` bytes per LED.
        start: the number of the first LED at the receiver.
        sequence: of the first packet, 1 to 15.
        channels: 3, or 4 for LEDs with a white one.

    Yields:
        Packets in order; only the last one carries PUSH.
    """
    for begin in range(0, len(pixels), MAXIMUM_DATA):
        data = pixels[begin : begin + MAXIMUM_DATA]
        last = begin + MAXIMUM_DATA >= len(pixels)
        flags = _VERSION_1 | (_PUSH if last else 0)
        yield _HEADER.pack(flags, sequence, _TYPES[channels], _DISPLAY, channels * start + begin, len(data)) + bytes(
            data
        )
        sequence = sequence % 15 + 1


class DdpOutput:
    """Sends one strip's frames to a DDP receiver."""

    def __init__(self, strip: DdpStrip) -> None:
        self._strip = strip
        self._channels = len(strip.order)
        self._sequence = 1
        self._line = DatagramLine(strip.host, strip.port)

    @property
    def wire_time_s(self) -> float:
        """The receiver's strip has the pace of any WS2812B."""
        return self._strip.wire_time_s

    def open(self) -> None:
        """Start to look the receiver up; frames are dropped until its address is known."""
        self._line.open()

    def show(self, pixels: bytes | memoryview) -> bool:
        """Send a frame; return False while the address is looked up or the network's queue is full.

        Raises:
            OutputError: the name has no address, or the receiver cannot be reached.
        """
        return self._line.ready() and self._line.send(self._numbered(pixels))

    def blank(self) -> None:
        """Send one dark frame, if the receiver is known."""
        with contextlib.suppress(OutputError):  # unreachable: nothing is left to do
            self.show(bytes(self._channels * self._strip.leds))

    def close(self) -> None:
        """Close the socket; a look-up that still runs is forgotten."""
        self._line.close()

    def _numbered(self, pixels: bytes | memoryview) -> Iterator[bytes]:
        for packet in packets(pixels, self._strip.start, self._sequence, self._channels):
            self._sequence = self._sequence % 15 + 1
            yield packet
