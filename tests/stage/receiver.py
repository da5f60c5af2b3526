"""A DDP receiver on this machine, written from the specification: it takes packets apart, checks them and lights its own LEDs."""

import select
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Packet:
    """One packet, taken apart."""

    push: bool
    sequence: int
    offset: int
    data: bytes


def take_apart(raw: bytes) -> Packet:
    """Check a packet against the specification, field by field, without the sender's code."""
    assert raw[0] & 0xC0 == 0x40, "version 1"
    assert raw[0] & 0x3E == 0, "no timecode, storage, reply or query"
    assert 1 <= raw[1] <= 15
    assert raw[2] == 0x0B, "RGB, 8 bits a colour"
    assert raw[3] == 1, "the display"
    length = raw[8] << 8 | raw[9]
    assert len(raw) == 10 + length
    assert length <= 1440
    offset = raw[4] << 24 | raw[5] << 16 | raw[6] << 8 | raw[7]
    return Packet(bool(raw[0] & 1), raw[1], offset, raw[10:])


class Receiver:
    """Listens on 127.0.0.1, on a port that the system chooses; a context manager."""

    def __init__(self, leds: int, timeout_s: float = 10.0) -> None:
        self._leds = bytearray(3 * leds)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(timeout_s)
        self.port: int = self._socket.getsockname()[1]
        self.packets: list[Packet] = []

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def receive_raw(self) -> bytes:
        """Wait for one packet."""
        return self._socket.recv(2048)

    def receive_frame(self) -> bytes:
        """Wait for a whole frame: all packets up to the one with PUSH; return what the LEDs then show."""
        while not self._take(self.receive_raw()).push:
            pass
        return self.shown

    @property
    def shown(self) -> bytes:
        """What the LEDs show."""
        return bytes(self._leds)

    def wait(self, seconds: float) -> None:
        """Take one packet if one comes within some seconds."""
        ready, _, _ = select.select([self._socket], [], [], seconds)
        if ready:
            self._take(self.receive_raw())

    def _take(self, raw: bytes) -> Packet:
        packet = take_apart(raw)
        self.packets.append(packet)
        self._leds[packet.offset : packet.offset + len(packet.data)] = packet.data
        return packet
