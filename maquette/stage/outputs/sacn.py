"""The sACN output: LEDs over the network, as lighting controllers understand them. Bytes of one strip go in, UDP packets go out.

Packets after ANSI E1.31-2018, chapters 4 to 6: 126 bytes and the slots. They are laid out here: a library would bring threads and ports of
its own onto the stage. A receiver forgets us after 2.5 s of silence, so the loop repeats still frames. Universe discovery (4.3), by
which a desk lists its sources, is not sent. The port 5568 is never bound: a receiver on this machine has it.
"""

import contextlib
import socket
import struct
import uuid
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from maquette.config.documents_hardware import Claim, StripDocument
from maquette.errors import OutputError
from maquette.stage.outputs.datagrams import DatagramLine
from maquette.stage.outputs.universes import LAST_ADDRESS, slots, spanned, universes

SACN_PORT = 5568
LAST_UNIVERSE = 63999

# Preamble and postamble sizes, packet identifier; then flags and length (from octet 16), vector, CID.
_ROOT = struct.Struct(">HH12sHI16s")
# Flags and length (from octet 38), vector, source name, priority, synchronization address, sequence, options, universe.
_FRAMING = struct.Struct(">HI64sBHBBH")
# Flags and length (from octet 115), vector, address and data type, first property, increment, count; then the start code.
_DMP = struct.Struct(">HBBHHHB")
_FLAGS = 0x7000
_TERMINATED = 0x40
_TERMINATIONS = 3  # packets, 6.2.6
_MACHINE = Path("/etc/machine-id")
_NAMESPACE = uuid.UUID("0b0c6f1e-6f0c-5c55-9b0e-1f8a3d9f7e21")


class SacnStrip(StripDocument):
    """A strip behind an sACN receiver: E1.31, streaming ACN."""

    driver: Literal["sacn"]
    """Over the network, with sACN (E1.31)."""
    universe: Annotated[int, Field(ge=1, le=LAST_UNIVERSE)]
    """The universe of its first LED. The next ones follow where it is longer: 170 LEDs each, 128 with white ones."""
    address: Annotated[int, Field(ge=1, le=LAST_ADDRESS)] = 1
    """The slot of its first LED in the first universe."""
    host: Annotated[str, Field(min_length=1)] | None = None
    """The receiver's host name or address; omitted: by multicast to whoever listens to the universe."""
    priority: Annotated[int, Field(ge=0, le=200)] = 100
    """Of several sources of a universe, receivers obey the one with the highest priority."""

    @property
    def _universes(self) -> range:
        return spanned(self.universe, LAST_UNIVERSE, self.leds, len(self.order), self.address)

    @model_validator(mode="after")
    def _check(self) -> "SacnStrip":
        _ = self._universes
        return self

    @property
    def claim(self) -> Claim:
        """The universes that it fills."""
        return Claim("multicast" if self.host is None else "sacn", self.host or "", self._universes, "universe")


def packet(data: bytes, universe: int, sequence: int, priority: int, *, terminated: bool = False) -> bytes:
    """Return one data packet.

    Args:
        data: slots 1 and following, 512 at most.
        universe: 1 to 63999.
        sequence: of this universe, 0 to 255.
        priority: 0 to 200.
        terminated: True when no more will follow.
    """
    after = _DMP.size + len(data)
    identifier, name = _source()
    options = _TERMINATED if terminated else 0
    root = _ROOT.pack(0x10, 0, b"ASC-E1.17\0\0\0", _FLAGS | 22 + _FRAMING.size + after, 4, identifier)
    framing = _FRAMING.pack(_FLAGS | _FRAMING.size + after, 2, name, priority, 0, sequence, options, universe)
    return root + framing + _DMP.pack(_FLAGS | after, 2, 0xA1, 0, 1, 1 + len(data), 0) + data


@cache
def _source() -> tuple[bytes, bytes]:
    """Return this installation's identifier (CID), the same after every start, and its name."""
    host = socket.gethostname()
    try:
        machine = _MACHINE.read_text("ascii").strip()
    except OSError:
        machine = host
    return uuid.uuid5(_NAMESPACE, machine).bytes, f"Maquette {host}".encode()[:63]


class SacnOutput:
    """Sends one strip's frames to an sACN receiver, or to all of them."""

    def __init__(self, strip: SacnStrip) -> None:
        self._strip = strip
        self._channels = len(strip.order)
        self._count = universes(strip.leds, self._channels, strip.address)
        self._sequence = 0
        self._streams = False
        if strip.host is None:
            groups = (divmod(strip.universe + number, 256) for number in range(self._count))
            self._lines = [DatagramLine(f"239.255.{high}.{low}", SACN_PORT) for high, low in groups]
        else:
            self._lines = [DatagramLine(strip.host, SACN_PORT)]
        _source()  # read before the show begins

    @property
    def wire_time_s(self) -> float:
        """The receiver's strip has the pace of any WS2812B."""
        return self._strip.wire_time_s

    def open(self) -> None:
        """Start to look the receiver up; frames are dropped until its address is known."""
        for line in self._lines:
            line.open()

    def show(self, pixels: bytes | memoryview) -> bool:
        """Send a frame; return False while the address is looked up or the network's queue is full.

        Raises:
            OutputError: the name has no address, or no way leads there.
        """
        left = self._send(pixels)
        self._streams |= left
        return left

    def blank(self) -> None:
        """Send one dark frame, if there is a way."""
        with contextlib.suppress(OutputError):  # unreachable: nothing is left to do
            self._send(self._dark)

    def close(self) -> None:
        """Say that no more will follow, where something came, and close the sockets."""
        with contextlib.suppress(OutputError):
            for _ in range(_TERMINATIONS if self._streams else 0):
                self._send(self._dark, terminated=True)
        self._streams = False
        for line in self._lines:
            line.close()

    @property
    def _dark(self) -> bytes:
        return bytes(self._channels * self._strip.leds)

    def _send(self, pixels: bytes | memoryview, *, terminated: bool = False) -> bool:
        """Send a packet to each universe; all have the same sequence, which counts frames."""
        if not all(line.ready() for line in self._lines):
            return False
        sequence, self._sequence = self._sequence, (self._sequence + 1) % 256
        return all(
            # One line to the receiver, or one for each universe.
            self._lines[number % len(self._lines)].send([self._packet(data, number, sequence, terminated=terminated)])
            for number, data in enumerate(slots(pixels, self._channels, self._strip.address))
        )

    def _packet(self, data: bytes, number: int, sequence: int, *, terminated: bool) -> bytes:
        return packet(data, self._strip.universe + number, sequence, self._strip.priority, terminated=terminated)
