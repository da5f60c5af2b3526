"""The board and its system: model, Python, power, heat, clock, disk."""

from collections.abc import Iterator
from pathlib import Path

from maquette.core.message import message
from maquette.doctor.finding import Finding, note, trouble, warning, well
from maquette.ops.board import (
    HARDWARE_CLOCK,
    HOT_C,
    LITTLE_BYTES,
    LOOK_AT_CLOCK,
    MAKE_ROOM,
    MODEL,
    VERY_LITTLE_BYTES,
    WARM_C,
    heat_of,
    is_a_pi,
    is_overlay,
    pi_generation,
    power_of,
)
from maquette.ops.machine import Machine

SYSTEMS = {"bookworm", "trixie"}
"""Debian's releases that the installer knows."""


def look_at_board(machine: Machine, state: Path, *, clock_trusted: bool) -> Iterator[Finding]:
    """Give what the board and its system are like.

    Args:
        machine: what is looked at.
        state: the state folder.
        clock_trusted: whether the wall clock can be believed now.
    """
    yield from _board(machine)
    yield from _system(machine)
    yield _python(machine)
    yield from _power(machine)
    yield from _heat(machine)
    yield from _clock(machine, trusted=clock_trusted)
    yield from _disk(machine, state)


def _board(machine: Machine) -> Iterator[Finding]:
    model = machine.text(MODEL)
    if is_a_pi(machine):
        yield well("board", message("doctor_board", model=model or ""))
    else:
        found = message("doctor_no_pi", what=model or machine.architecture)
        yield note("board", found, message("doctor_no_pi_means"), "maquette run --simulate")


def _system(machine: Machine) -> Iterator[Finding]:
    release = dict(
        line.split("=", 1) for line in (machine.text("/etc/os-release") or "").splitlines() if line.count("=") == 1
    )
    name = release.get("PRETTY_NAME", "").strip('"')
    found = message("doctor_system", name=name or "?", architecture=machine.architecture)
    if not is_a_pi(machine):
        yield well("system", found)
    elif machine.architecture != "aarch64":
        yield warning("system", found, message("doctor_32_bits_means"))
    elif release.get("VERSION_CODENAME") not in SYSTEMS:
        yield note("system", found, message("doctor_system_untried_means", names=tuple(sorted(SYSTEMS))))
    else:
        yield well("system", found)


def _python(machine: Machine) -> Finding:
    found = message("doctor_python", version=".".join(map(str, machine.python)))
    if (3, 11) <= machine.python[:2] < (3, 14):
        return well("python", found)
    return warning("python", found, message("doctor_python_means"))


def _power(machine: Machine) -> Iterator[Finding]:
    if not is_a_pi(machine):
        return
    power = power_of(machine)
    if power is None:
        yield note("power", message("doctor_power_unknown"))
        return
    if power.under_voltage:
        yield trouble("power", message("doctor_under_voltage"), message("doctor_under_voltage_means"))
    elif power.under_voltage_since:
        yield warning("power", message("doctor_under_voltage_since"), message("doctor_under_voltage_means"))
    else:
        yield well("power", message("doctor_power_well"))
    if power.slowed:
        yield warning("speed", message("doctor_slowed"), message("doctor_slowed_means"))
    elif power.slowed_since:
        yield note("speed", message("doctor_slowed_since"), message("doctor_slowed_means"))


def _heat(machine: Machine) -> Iterator[Finding]:
    degrees = heat_of(machine)
    if degrees is None:
        return
    found = message("doctor_heat", degrees=f"{degrees:.0f}")
    if degrees >= HOT_C:
        yield warning("heat", found, message("doctor_hot_means", limit=HOT_C))
    elif degrees >= WARM_C:
        yield note("heat", found, message("doctor_warm_means", limit=HOT_C))
    else:
        yield well("heat", found)


def _clock(machine: Machine, *, trusted: bool) -> Iterator[Finding]:
    if trusted:
        yield well("clock", message("doctor_clock_well"))
    else:
        yield warning("clock", message("doctor_clock_untrusted"), message("doctor_clock_means"), LOOK_AT_CLOCK)
    if not machine.exists(HARDWARE_CLOCK):
        mend = None
        if is_a_pi(machine):
            mend = "echo 'dtoverlay=i2c-rtc,ds3231' | sudo tee -a /boot/firmware/config.txt"
        yield note("hardware_clock", message("doctor_no_rtc"), message("doctor_no_rtc_means"), mend)
    elif pi_generation(machine) == 5 and "rtc_bbat_vchg" not in (machine.text("/boot/firmware/config.txt") or ""):
        mend = "echo 'dtparam=rtc_bbat_vchg=3000000' | sudo tee -a /boot/firmware/config.txt"
        yield note("hardware_clock", message("doctor_rtc_battery"), message("doctor_rtc_battery_means"), mend)
    else:
        yield well("hardware_clock", message("doctor_rtc"))


def _disk(machine: Machine, state: Path) -> Iterator[Finding]:
    space = machine.space(state)
    if space is not None:
        free, whole = space
        found = message("doctor_disk", free=f"{free / 1e9:.1f}", whole=f"{whole / 1e9:.0f}")
        if free < VERY_LITTLE_BYTES:
            yield trouble("disk", found, message("doctor_disk_full_means"), MAKE_ROOM)
        elif free < LITTLE_BYTES:
            yield warning("disk", found, message("doctor_disk_little_means"), MAKE_ROOM)
        else:
            yield well("disk", found)
    if is_overlay(machine):
        yield note("state", message("doctor_overlay"), message("doctor_overlay_means", folder=str(state)))
    if machine.may_write_below(state):
        yield well("state", message("doctor_state", folder=str(state)))
    else:
        yield note("state", message("doctor_state_read_only", folder=str(state)), message("doctor_state_means"))
