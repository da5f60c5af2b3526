"""The board: what a Raspberry Pi says of its power and heat, and what any machine says of its hardware clock and its disk."""

from dataclasses import dataclass
from pathlib import Path

from maquette.ops.machine import Machine

MODEL = "/proc/device-tree/model"
THROTTLED = "/sys/devices/platform/soc/soc:firmware/get_throttled"
"""The firmware's word on power and heat, hexadecimal (Raspberry Pi documentation, ``vcgencmd get_throttled``)."""
_UNDER_VOLTAGE, _CAPPED, _THROTTLED_NOW, _HOT = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_SLOWED = _CAPPED | _THROTTLED_NOW | _HOT
_SINCE_START = 16  # the same bits, this much higher, stay set until the next start
TEMPERATURE = "/sys/class/thermal/thermal_zone0/temp"
HARDWARE_CLOCK = "/sys/class/rtc/rtc0"
WARM_C, HOT_C = 70, 80
"""A Pi slows down from 80 °C on."""
LITTLE_BYTES, VERY_LITTLE_BYTES = 1_000_000_000, 100_000_000
"""Free bytes below which a disk is worth a word, and below which little can be kept."""
MAKE_ROOM = "sudo journalctl --vacuum-size=50M"
"""The command that gives back some of the disk."""
LOOK_AT_CLOCK = "timedatectl status"
"""The command that shows what sets the clock."""


def is_a_pi(machine: Machine) -> bool:
    """Tell whether this is a Raspberry Pi."""
    return "raspberry pi" in (machine.text(MODEL) or "").lower()


def pi_generation(machine: Machine) -> int | None:
    """Return 3, 4, 5… for a Raspberry Pi (a Zero 2 has the heart of a 3), or None."""
    model = (machine.text(MODEL) or "").removeprefix("Raspberry Pi ")
    if model.startswith("Zero 2"):
        return 3
    number = model.removeprefix("Compute Module ")[:1]
    return int(number) if number.isdigit() else None


@dataclass(frozen=True, slots=True)
class Power:
    """What the firmware of a Pi says of its supply and its speed: now, and at any moment since it was switched on."""

    under_voltage: bool
    under_voltage_since: bool
    slowed: bool
    slowed_since: bool


def power_of(machine: Machine) -> Power | None:
    """Return what the firmware says of its supply; None where it says nothing."""
    try:
        bits = int(machine.text(THROTTLED) or "", 16)
    except ValueError:
        return None
    since = bits >> _SINCE_START
    return Power(bool(bits & _UNDER_VOLTAGE), bool(since & _UNDER_VOLTAGE), bool(bits & _SLOWED), bool(since & _SLOWED))


def heat_of(machine: Machine) -> float | None:
    """Return the processor's temperature in °C, or None."""
    milli = machine.number(TEMPERATURE)
    return None if milli is None else milli / 1000


def is_overlay(machine: Machine) -> bool:
    """Tell whether what is written to the root is lost at the next start."""
    mounts = (line.split() for line in (machine.text("/proc/mounts") or "").splitlines())
    return any(len(mount) > 2 and mount[1] == "/" and mount[2] == "overlay" for mount in mounts) and is_a_pi(machine)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a machine finds; what could not be seen is None.

    Attributes:
        pi: it is a Raspberry Pi, which watches its supply.
        power: what its firmware says.
        heat_c: the processor's temperature.
        hardware_clock: something keeps the time while the power is off.
        free_bytes: on the disk of the state folder.
        disk_bytes: of that disk, in all.
        overlay: what is written to the root is lost at the next start.
        state_writable: the state folder takes files.
    """

    pi: bool
    power: Power | None
    heat_c: float | None
    hardware_clock: bool
    free_bytes: int | None
    disk_bytes: int | None
    overlay: bool
    state_writable: bool


def look_at(machine: Machine, state: Path) -> Look:
    """Look at a machine; it may take some milliseconds, more where a disk is slow.

    Args:
        machine: what is looked at.
        state: the state folder.
    """
    free, whole = machine.space(state) or (None, None)
    return Look(
        pi=is_a_pi(machine),
        power=power_of(machine),
        heat_c=heat_of(machine),
        hardware_clock=machine.exists(HARDWARE_CLOCK),
        free_bytes=free,
        disk_bytes=whole,
        overlay=is_overlay(machine),
        state_writable=machine.may_write_below(state),
    )
