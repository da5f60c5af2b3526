"""The servo controller's registers, read as its pins would tell them. The chip in the box is registers only: nothing in it acts."""

import os
from types import TracebackType
from typing import Self

from smbus2 import SMBus

ADDRESS = 0x40
# NXP PCA9685 data sheet, tables 4 to 7.
MODE1, MODE2, CHANNEL_0, PRE_SCALE = 0x00, 0x01, 0x06, 0xFE
SLEEP, FULL_OFF = 0x10, 0x10
OSCILLATOR_HZ = 25_000_000
_STEPS = 4096


class Pca9685:
    """One chip on the box's I2C bus."""

    def __init__(self, address: int = ADDRESS) -> None:
        self._bus = SMBus(int(os.environ["I2C_BUS"]))
        self._address = address

    def power_up(self) -> None:
        """Give every register the value that it has when power comes."""
        for register in range(CHANNEL_0, CHANNEL_0 + 64):
            self._write(register, FULL_OFF if (register - CHANNEL_0) % 4 == 3 else 0)
        self._write(MODE1, 0x11)
        self._write(MODE2, 0x04)
        self._write(PRE_SCALE, 0x1E)

    def register(self, number: int) -> int:
        """Return a register's byte."""
        return int(self._bus.read_byte_data(self._address, number))

    def pulse_us(self, channel: int) -> float | None:
        """Return the length in µs of a channel's pulses, or None while it gives none."""
        on, off = self._edges(channel)
        if self.register(MODE1) & SLEEP or off >= _STEPS:
            return None
        return (off - on) % _STEPS * (self.register(PRE_SCALE) + 1) / OSCILLATOR_HZ * 1e6

    def period_us(self) -> float:
        """Return the time from one pulse to the next, in µs."""
        return _STEPS * (self.register(PRE_SCALE) + 1) / OSCILLATOR_HZ * 1e6

    def _edges(self, channel: int) -> tuple[int, int]:
        """Return a channel's steps of on and off, each with its full bit."""
        first = CHANNEL_0 + 4 * channel
        while True:  # a driver may be writing them between two of our reads
            found = [bytes(self._bus.read_i2c_block_data(self._address, first, 4)) for _ in range(2)]
            if found[0] == found[1]:
                return int.from_bytes(found[0][:2], "little") & 0x1FFF, int.from_bytes(found[0][2:], "little") & 0x1FFF

    def _write(self, register: int, value: int) -> None:
        self._bus.write_byte_data(self._address, register, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bus.close()
