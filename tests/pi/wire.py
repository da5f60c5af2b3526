"""The far end of the SPI wire: what was really sent, and the WS2812 pictures in it as an LED reads them, by the length of each pulse."""

import itertools
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_HEAD = struct.Struct("=QII")
_LONGEST = 1 << 20

# WS2812B, data sheet (Worldsemi, V5): a high pulse of 0.22-0.38 µs is a 0, one of 0.58-1.0 µs is a 1; low for 280 µs shows the picture.
# Older sheets allow 0.2-0.5 µs and 0.55-0.85 µs, and 50 µs of low.
_ZERO_S = (0.2e-6, 0.5e-6)
_ONE_S = (0.55e-6, 1.0e-6)
_LATCH_S = 50e-6
_LONGEST_LOW_S = 5e-6
"""Between this and `_LATCH_S`, some LEDs go on and some begin anew: nobody should send it within a picture."""


@dataclass(frozen=True)
class Transfer:
    """One SPI transfer: its bytes, bits a second, and the monotonic second in which it began."""

    at: float
    hz: int
    data: bytes


class Wire:
    """All that leaves /dev/spidev0.0 from the moment in which this was made."""

    def __init__(self) -> None:
        self._sink = os.open("/dev/spi_sink", os.O_RDONLY)
        self.transfers()

    def transfers(self) -> list[Transfer]:
        """Return what was sent since the last call, oldest first."""
        found = []
        while record := os.read(self._sink, _LONGEST):
            ns, hz, length = _HEAD.unpack_from(record)
            data = record[_HEAD.size :]
            assert len(data) == length
            found.append(Transfer(ns / 1e9, hz, data))
        return found

    def pictures(self) -> list[bytes]:
        """Return the pictures that were sent since the last call, each as the bytes that LEDs take, in the wire's order."""
        return [picture for transfer in self.transfers() for picture in pictures(transfer.data, transfer.hz)]

    def until(self, wanted: Callable[[bytes], bool], timeout_s: float = 20.0) -> tuple[bytes, float]:
        """Take pictures until one is as wanted; return it, and the monotonic second in which its transfer began."""
        end = time.monotonic() + timeout_s
        latest = b""
        while time.monotonic() < end:
            for transfer in self.transfers():
                for latest in pictures(transfer.data, transfer.hz):
                    if wanted(latest):
                        return latest, transfer.at
            time.sleep(0.0005)  # the sink has nothing that could be awaited
        raise AssertionError(f"the picture never came; the latest: {latest[:30].hex(' ')}…")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._sink)


def pictures(data: bytes, hz: int) -> list[bytes]:
    """Return the pictures in one transfer: bits by the length of each high pulse, pictures parted by a long low.

    Raises:
        AssertionError: a pulse that no LED reads for sure, or bits that fill no byte.
    """
    levels = "".join(f"{byte:08b}" for byte in data)
    found, bits = [], ""
    for level, run in itertools.groupby(levels):
        seconds = sum(1 for _ in run) / hz
        if level == "1":
            zero, one = (low <= seconds <= high for low, high in (_ZERO_S, _ONE_S))
            assert zero or one, f"a pulse of {seconds * 1e6:.2f} µs is neither 0 nor 1"
            bits += "1" if one else "0"
        elif seconds >= _LATCH_S:
            found.append(bits)
            bits = ""
        else:
            assert not bits or seconds <= _LONGEST_LOW_S, f"the line is low for {seconds * 1e6:.1f} µs within a picture"
    found.append(bits)
    assert all(len(picture) % 8 == 0 for picture in found), "the bits fill no byte"
    return [int(picture, 2).to_bytes(len(picture) // 8) for picture in found if picture]
