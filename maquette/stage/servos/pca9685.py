"""The PCA9685: sixteen servos on an I²C bus, with pulses timed by the chip in steps of about 5 µs.

Datasheet: NXP PCA9685 rev. 4. A channel has four registers, when its pulse begins and ends in each period of 4096 counts; the four
are written in one transfer, and count together when it ends. Bit 4 of the last one means no pulses at all; it is set after a power cut. The
period is the chip's, for all channels: it is set only where it is not what it should be, so servos never disturb each other.
A chip that lost its power falls asleep: it is looked at before a pulse changes, and woken.

A pulse that is under way when the channel is switched off is cut short; most servos do not notice.
The chip's own OE pin is tied to ground.
"""

import time
from collections.abc import Callable
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from maquette.config.documents import ServoDocument
from maquette.config.quantities import Megahertz
from maquette.core.message import Message, message
from maquette.errors import ServoError
from maquette.stage.servos.servo import PERIOD_US

MODE1, MODE2, CHANNEL_0, PRESCALE = 0x00, 0x01, 0x06, 0xFE
AUTO_INCREMENT, SLEEP, TOTEM_POLE = 0x20, 0x10, 0x04
FULL_OFF = 0x10
COUNTS = 4096
WAKE_S = 0.0005
"""Seconds that its oscillator takes to start."""
LOOK_AGAIN_S = 1.0
"""The chip is looked at when its last look was longer ago."""


class Pca9685ServoDocument(ServoDocument):
    """A servo on a PCA9685, a board of sixteen outputs on the I²C bus: steady pulses in steps of 5 µs, on every Pi."""

    driver: Literal["pca9685"]
    """A PCA9685 on the I²C bus."""
    bus: Annotated[int, Field(ge=0, le=63)] = 1
    """The number of the I²C bus; the Pi's connector has 1."""
    address: Annotated[int, Field(ge=0x40, le=0x7F)] = 0x40
    """The address of the board, as its bridges set it; `0x40` without any."""
    channel: Annotated[int, Field(ge=0, le=15)]
    """The output on the board."""
    oscillator: Megahertz = 25.0
    """The frequency of the board's own clock, where it was measured. When pulses are 4 % too long, it is 24 MHz."""

    def clash(self, other: ServoDocument) -> Message | None:
        """Tell of a channel that both drive, or of two frequencies for one board."""
        if not isinstance(other, Pca9685ServoDocument) or (other.bus, other.address) != (self.bus, self.address):
            return None
        address = hex(self.address)
        if other.channel == self.channel:
            return message("pca9685_channel", bus=self.bus, address=address, channel=self.channel)
        if other.oscillator != self.oscillator:
            return message("pca9685_oscillator", bus=self.bus, address=address)
        return None


class Bus(Protocol):
    """What is needed of an `smbus2.SMBus`."""

    def read_byte_data(self, i2c_addr: int, register: int) -> int:
        """Read a register."""

    def write_byte_data(self, i2c_addr: int, register: int, value: int) -> None:
        """Write a register."""

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int) -> list[int]:
        """Read registers that follow each other."""

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int]) -> None:
        """Write registers that follow each other, in one transfer."""

    def close(self) -> None:
        """Close the bus."""


def open_bus(number: int) -> Bus:
    """Open an I²C bus of this machine.

    Raises:
        OSError: there is none, or it may not be opened.
    """
    from smbus2 import SMBus  # noqa: PLC0415 - needed where there is such a servo

    bus: Any = SMBus(number)
    return bus  # type: ignore[no-any-return]


class Pca9685Link:
    """One channel of a PCA9685."""

    def __init__(
        self,
        servo: Pca9685ServoDocument,
        opened: Callable[[int], Bus] = open_bus,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a link that is not open.

        Args:
            servo: its options.
            opened: opens a bus by its number.
            clock: monotonic seconds.
        """
        self._number, self._address = servo.bus, servo.address
        self._registers = CHANNEL_0 + 4 * servo.channel
        self._prescale = round(servo.oscillator * PERIOD_US / COUNTS) - 1
        self._count_us = (self._prescale + 1) / servo.oscillator
        self._opened = opened
        self._clock = clock
        self._bus: Bus | None = None
        self._looked_at = float("-inf")

    def open(self, pulse_us: float) -> float:
        """Open the bus, see to the chip, and send the first pulse, unless one is being sent.

        Raises:
            ServoError: there is no such bus, it may not be opened, or nothing answers.
        """
        try:
            self._bus = self._opened(self._number)
        except FileNotFoundError as error:
            raise ServoError(message("i2c_missing", bus=self._number)) from error
        except PermissionError as error:
            raise ServoError(message("i2c_not_allowed", bus=self._number)) from error
        except OSError as error:
            raise self._silent(error) from error
        try:
            running = self._look(self._bus)
            _, _, low, high = self._bus.read_i2c_block_data(self._address, self._registers, 4)
            if running and not high & FULL_OFF and (low or high):
                return (low + 256 * high) * self._count_us
            self._send(self._bus, pulse_us)
        except OSError as error:
            raise self._silent(error) from error
        return pulse_us

    def turn(self, pulse_us: float) -> None:
        """Send another pulse.

        Raises:
            ServoError: nothing answers.
        """
        if self._bus is None:
            return
        try:
            if self._clock() - self._looked_at > LOOK_AGAIN_S:
                self._look(self._bus)
            self._send(self._bus, pulse_us)
        except OSError as error:
            raise self._silent(error) from error

    def rest(self) -> None:
        """Send no pulses.

        Raises:
            ServoError: nothing answers.
        """
        try:
            self._stop()
        except OSError as error:
            raise self._silent(error) from error

    def close(self) -> None:
        """Send no pulses, if something answers, and close the bus. The chip stays awake for its other channels."""
        if self._bus is None:
            return
        try:
            self._stop()
        except OSError:
            pass  # nothing can be done: it is closed because it does not answer, or the end has come
        finally:
            self._bus.close()
            self._bus = None

    def _look(self, bus: Bus) -> bool:
        """See to it that the chip is awake and has the right period; return False when it was not so."""
        mode = bus.read_byte_data(self._address, MODE1)
        right = bus.read_byte_data(self._address, PRESCALE) == self._prescale
        awake = right and mode & AUTO_INCREMENT and not mode & SLEEP
        if not awake:
            bus.write_byte_data(self._address, MODE1, AUTO_INCREMENT | SLEEP)  # the period can be set asleep only
            bus.write_byte_data(self._address, PRESCALE, self._prescale)
            bus.write_byte_data(self._address, MODE2, TOTEM_POLE)
            bus.write_byte_data(self._address, MODE1, AUTO_INCREMENT)
            time.sleep(WAKE_S)  # on the thread of the bus
        self._looked_at = self._clock()
        return bool(awake)

    def _send(self, bus: Bus, pulse_us: float) -> None:
        counts = min(max(round(pulse_us / self._count_us), 1), COUNTS - 1)
        bus.write_i2c_block_data(self._address, self._registers, [0, 0, counts & 0xFF, counts >> 8])

    def _stop(self) -> None:
        if self._bus is not None:
            self._bus.write_i2c_block_data(self._address, self._registers, [0, 0, 0, FULL_OFF])

    def _silent(self, error: OSError) -> ServoError:
        reason = error.strerror or str(error)
        return ServoError(message("pca9685_silent", address=hex(self._address), bus=self._number, reason=reason))


def bus_of(servo: Pca9685ServoDocument) -> str:
    """Return the name of the line on which a servo's link blocks."""
    return f"i2c-{servo.bus}"
