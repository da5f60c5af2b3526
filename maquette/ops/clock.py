"""The machine's wall clock, and whether it can be believed.

A Pi without a battery wakes up in the past, and a hall may have no network for a month. The clock is trusted when something has set it:
a time service (systemd-timesyncd's mark, or the kernel's own state, ``adjtimex(2)``), a hardware clock that agrees with it, or an
installer who says so with ``MAQUETTE_CLOCK=trusted`` (a virtual machine whose clock its host keeps). ``MAQUETTE_CLOCK=untrusted`` says
that nothing of this is to be believed.
"""

import ctypes
import os
import secrets
import sys
import time
from datetime import datetime, tzinfo
from pathlib import Path

from maquette.core.clock import Clock

TIMESYNC_MARK = Path("/run/systemd/timesync/synchronized")
HARDWARE_CLOCK = Path("/sys/class/rtc/rtc0/since_epoch")
AGREEMENT_S = 60
"""Seconds by which a hardware clock may differ and still confirm the system's: one without a battery restarts decades away."""

BOOT = Path("/proc/sys/kernel/random/boot_id")

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_TIMEX_BYTES = 256  # more than struct timex on any Linux


def is_trusted() -> bool:
    """Tell whether the wall clock can be believed now."""
    said = os.environ.get("MAQUETTE_CLOCK")
    if said in ("trusted", "untrusted"):
        return said == "trusted"
    if not sys.platform.startswith("linux"):
        return True
    return TIMESYNC_MARK.exists() or _kernel_is_synchronised() or _hardware_clock_agrees()


def boot_word() -> str:
    """Return a word for this start of the machine, within which the monotonic clock counts on; another one each time where nobody says."""
    try:
        return "".join(letter for letter in BOOT.read_text() if letter.isalnum())[:12] or secrets.token_hex(6)
    except OSError:
        return secrets.token_hex(6)


def read_clock(zone: tzinfo) -> Clock:
    """Return the time in ``zone`` and whether it is trusted."""
    return Clock(datetime.now(zone), is_trusted())


def _kernel_is_synchronised() -> bool:
    try:
        state = int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))
    except (OSError, AttributeError):
        return False
    return 0 <= state < _TIME_ERROR


def _hardware_clock_agrees() -> bool:
    try:
        seconds = int(HARDWARE_CLOCK.read_text())
    except (OSError, ValueError):
        return False
    return abs(time.time() - seconds) <= AGREEMENT_S
