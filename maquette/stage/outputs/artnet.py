"""The Art-Net output: LEDs over the network, as lighting controllers understand them. Bytes of one strip go in, UDP packets go out.

Packets after the specification of Art-Net 4 (Artistic Licence), ArtDmx, unicast as it demands; ArtSync is not sent. Nodes may
forget us after some seconds of silence, so the loop repeats still frames.
"""

import struct
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from maquette.config.documents_hardware import Claim, StripDocument
from maquette.stage.outputs.datagrams import DatagramOutput
from maquette.stage.outputs.universes import LAST_ADDRESS, slots, spanned

ARTNET_PORT = 6454
LAST_UNIVERSE = 0x7FFF
"""15 bits: net (7), sub-net (4), universe (4)."""

# Identifier, opcode, protocol version, sequence, physical port, universe, length.
_HEADER = struct.Struct("<8sH2sBBH2s")
_OP_DMX = 0x5000
_VERSION = b"\x00\x0e"


class ArtnetStrip(StripDocument):
    """A strip behind an Art-Net node."""

    driver: Literal["artnet"]
    """Over the network, with Art-Net."""
    host: Annotated[str, Field(min_length=1)]
    """The node's host name or address."""
    universe: Annotated[int, Field(ge=0, le=LAST_UNIVERSE)] = 0
    """The universe of its first LED, 256 × net + 16 × sub-net included. The next ones follow: 170 LEDs each, 128 with white ones."""
    address: Annotated[int, Field(ge=1, le=LAST_ADDRESS)] = 1
    """The slot of its first LED in the first universe."""

    @property
    def _universes(self) -> range:
        return spanned(self.universe, LAST_UNIVERSE, self.leds, len(self.order), self.address)

    @model_validator(mode="after")
    def _check(self) -> "ArtnetStrip":
        _ = self._universes
        return self

    @property
    def claim(self) -> Claim:
        """The universes that it fills."""
        return Claim("artnet", self.host, self._universes, "universe")


def packet(data: bytes, universe: int, sequence: int) -> bytes:
    """Return one ArtDmx packet.

    Args:
        data: slots 1 and following, 512 at most; an odd number of them is made even.
        universe: 0 to 32767.
        sequence: 1 to 255.
    """
    even = data + bytes(len(data) % 2)
    header = _HEADER.pack(b"Art-Net\0", _OP_DMX, _VERSION, sequence, 0, universe, len(even).to_bytes(2, "big"))
    return header + even


class ArtnetOutput(DatagramOutput):
    """Sends one strip's frames to an Art-Net node."""

    def __init__(self, strip: ArtnetStrip) -> None:
        super().__init__(strip, strip.host, ARTNET_PORT)
        self._universe, self._address = strip.universe, strip.address
        self._sequence = 1

    def _packets(self, pixels: bytes | memoryview) -> Iterator[bytes]:
        # All packets of a frame have the same sequence, which counts frames.
        sequence, self._sequence = self._sequence, self._sequence % 255 + 1
        for number, data in enumerate(slots(pixels, self._channels, self._address)):
            yield packet(data, self._universe + number, sequence)
