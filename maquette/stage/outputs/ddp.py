"""The DDP output: LEDs over the network, as WLED and other receivers understand them. Bytes of one strip go in, UDP packets go out.

Packets after the Distributed Display Protocol (3waylabs.com/ddp) with WLED's limits: at most 1440 data bytes each, the PUSH flag on the
last one only, a sequence from 1 to 15 that counts packets. A receiver forgets us after 2.5 s of silence, so the loop repeats still frames.
"""

import struct
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from maquette.config.documents_hardware import Claim, StripDocument
from maquette.stage.outputs.datagrams import DatagramOutput

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


class DdpOutput(DatagramOutput):
    """Sends one strip's frames to a DDP receiver."""

    def __init__(self, strip: DdpStrip) -> None:
        super().__init__(strip, strip.host, strip.port)
        self._start = strip.start
        self._sequence = 1

    def _packets(self, pixels: bytes | memoryview) -> Iterator[bytes]:
        for packet in packets(pixels, self._start, self._sequence, self._channels):
            self._sequence = self._sequence % 15 + 1
            yield packet
