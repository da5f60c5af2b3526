"""The kernel's PWM, through sysfs: what ``dtoverlay=pwm-2chan``, ``pwm-gpio``, ``pwm-pio`` and other PWM chips of the kernel offer.

A chip's number changes with the kernel and the order in which drivers start, so it is found by its device. The
channel's files belong to the group only a moment after it was asked for: udev must see it first. Times are nanoseconds
there. A pulse is never longer than the period, so the pulse is set to nothing before the period changes.

Only seen working on a tree of files: PWM hardware needs a Pi.
"""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from maquette.config.documents import ServoDocument
from maquette.core.message import Message, message
from maquette.errors import ServoError
from maquette.stage.servos.servo import PERIOD_US

ROOT = Path("/sys/class/pwm")
PERIOD_NS = round(PERIOD_US * 1000)
TRIES = 50
"""How often a file that may not be written yet is tried."""
TRY_AGAIN_S = 0.02


class KernelPwmServoDocument(ServoDocument):
    """A servo on a PWM channel of the kernel: steady pulses from a pin of the Pi, where an overlay offers them."""

    driver: Literal["kernel_pwm"]
    """A PWM channel of the kernel."""
    chip: Annotated[str, Field(min_length=1, max_length=80)]
    """The PWM chip, by its device, such as `1f00098000.pwm`, or by the kernel's driver, such as `pwm-gpio`."""
    channel: Annotated[int, Field(ge=0, le=63)]
    """The channel of the chip."""

    def clash(self, other: ServoDocument) -> Message | None:
        """Tell of a channel that both drive."""
        if not isinstance(other, KernelPwmServoDocument) or (other.chip, other.channel) != (self.chip, self.channel):
            return None
        return message("pwm_channel", chip=self.chip, channel=self.channel)


class KernelPwmLink:
    """One channel of a PWM chip."""

    def __init__(
        self, servo: KernelPwmServoDocument, root: Path = ROOT, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """Make a link that is not open.

        Args:
            servo: its options.
            root: the folder of PWM chips.
            pause: waits some seconds.
        """
        self._servo = servo
        self._root = root
        self._pause = pause
        self._chip: Path | None = None

    def open(self, pulse_us: float) -> float:
        """Ask for the channel and send the first pulse, unless one is being sent.

        Raises:
            ServoError: there is no such chip or channel, or it may not be used.
        """
        self._chip = self._found()
        try:
            if not self._channel(self._chip).exists():
                self._export(self._chip)
            self._wait_for("period")
            duty_ns = int(self._read("duty_cycle"))
            if int(self._read("period")) != PERIOD_NS:
                if duty_ns:
                    self._write("duty_cycle", 0)
                self._write("period", PERIOD_NS)
            elif duty_ns and self._read("enable") == "1":
                return duty_ns / 1000
            self._write("duty_cycle", round(pulse_us * 1000))
            self._write("enable", 1)
        except OSError as error:
            raise self._refused(error) from error
        return pulse_us

    def turn(self, pulse_us: float) -> None:
        """Send another pulse.

        Raises:
            ServoError: the channel is gone.
        """
        self._set(round(pulse_us * 1000))

    def rest(self) -> None:
        """Send no pulses: the line stays low.

        Raises:
            ServoError: the channel is gone.
        """
        self._set(0)

    def close(self) -> None:
        """Stop the pulses and give the channel back."""
        if self._chip is None:
            return
        try:
            self._write("duty_cycle", 0)
            self._write("enable", 0)
            (self._chip / "unexport").write_text(str(self._servo.channel))
        except OSError:
            pass  # nothing can be done: it is closed because it fails, or the end has come
        finally:
            self._chip = None

    def _found(self) -> Path:
        names = {chip: _names(chip) for chip in sorted(self._root.glob("pwmchip*"))}
        found = [chip for chip, (device, driver) in names.items() if self._servo.chip in (device, driver)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{device} ({driver})" for device, driver in names.values())
        if not known:
            raise ServoError(message("pwm_none", chip=self._servo.chip))
        raise ServoError(message("pwm_several" if found else "pwm_missing", chip=self._servo.chip, known=known))

    def _export(self, chip: Path) -> None:
        try:
            (chip / "export").write_text(str(self._servo.channel))
        except OSError as error:
            if error.errno != errno.EBUSY:  # it was asked for already
                raise

    def _wait_for(self, name: str) -> None:
        """Wait until udev has given a file to the group.

        Raises:
            OSError: it may still not be written after a second.
        """
        assert self._chip is not None
        path = self._channel(self._chip) / name
        for _ in range(TRIES):
            if os.access(path, os.W_OK):
                return
            self._pause(TRY_AGAIN_S)
        with path.open("r+"):
            return

    def _set(self, duty_ns: int) -> None:
        if self._chip is None:
            return
        try:
            self._write("duty_cycle", duty_ns)
        except OSError as error:
            raise self._refused(error) from error

    def _channel(self, chip: Path) -> Path:
        return chip / f"pwm{self._servo.channel}"

    def _read(self, name: str) -> str:
        assert self._chip is not None
        return (self._channel(self._chip) / name).read_text().strip()

    def _write(self, name: str, value: int) -> None:
        assert self._chip is not None
        (self._channel(self._chip) / name).write_text(str(value))

    def _refused(self, error: OSError) -> ServoError:
        reason = error.strerror or str(error)
        return ServoError(
            message("pwm_refused", chip=self._servo.chip, channel=self._servo.channel, reason=reason),
        )


def _names(chip: Path) -> tuple[str, str]:
    """Return the names of a chip's device and of the kernel's driver for it."""
    device = chip / "device"
    return device.resolve().name, (device / "driver").resolve().name


def chip_of(servo: KernelPwmServoDocument) -> str:
    """Return the name of the line on which a servo's link blocks: some chips stand behind an I²C bus."""
    return f"pwm {servo.chip}"
