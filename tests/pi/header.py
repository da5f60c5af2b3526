"""The Pi's header from outside: fingers on contacts, and eyes on lamps, through the kernel's gpio-sim."""

import os
import time
from pathlib import Path

LINES = 54
STEADY_S = 0.025
"""A lamp that is high for so long is on: more than two pulses of a dimmed one."""
CLAIM_S = 0.3
"""Seconds after which a line that was just claimed tells its edges: lgpio takes them up on a thread that begins then."""


class Header:
    """The 54 lines of the simulated Pi. A contact lies between its pin and ground: closed is low."""

    def __init__(self) -> None:
        self._folder = Path(os.environ["GPIO_SIM"])

    def close(self, pin: int) -> None:
        """Close the contact on a pin, as a finger does."""
        self._pull(pin, "pull-down")

    def open(self, pin: int) -> None:
        """Let the contact on a pin go."""
        self._pull(pin, "pull-up")

    def rest(self) -> None:
        """Let every contact go and every lamp go dark; whoever claims a contact then pulls its pin up."""
        for pin in range(LINES):
            self._pull(pin, "pull-down")

    def tap(self, pin: int) -> None:
        """Close a contact for a moment."""
        self.close(pin)
        time.sleep(0.02)  # edges are told at the kernel's next tick: a shorter tap may have none
        self.open(pin)

    def bounce(self, pin: int, *, closed: bool, times: int = 4) -> None:
        """Close or open a contact as metal does: it leaves again and comes back several times, some milliseconds apart."""
        for _ in range(times):
            (self.close if closed else self.open)(pin)
            time.sleep(
                0.002
            )  # the simulated line tells its edges at the kernel's next tick, a millisecond later at most
            (self.open if closed else self.close)(pin)
            time.sleep(0.002)  # as above
        (self.close if closed else self.open)(pin)

    def level(self, pin: int) -> int:
        """Return 1 while a pin is high, as a lamp between it and ground sees it."""
        return int((self._folder / f"sim_gpio{pin}" / "value").read_text())

    def until(self, pin: int, level: int, timeout_s: float = 10.0) -> float:
        """Look at a pin until it has this level; return the moment in monotonic seconds."""
        end = time.monotonic() + timeout_s
        while self.level(pin) != level:
            assert time.monotonic() < end, f"pin {pin} never was {level}"
            time.sleep(0.0005)  # the simulated line has nothing that could be awaited
        return time.monotonic()

    def until_on(self, pin: int) -> float:
        """Look at a lamp until it is on, and not merely in a pulse; return the moment at which it came on, in monotonic seconds."""
        while True:
            came_on = self.until(pin, 1)
            while self.level(pin):
                if time.monotonic() >= came_on + STEADY_S:
                    return came_on
                time.sleep(0.0005)  # the simulated line has nothing that could be awaited

    def seen(self, pin: int, for_s: float = 0.1) -> set[int]:
        """Return the levels that a pin has for a while."""
        end, levels = time.monotonic() + for_s, set[int]()
        while time.monotonic() < end:
            levels.add(self.level(pin))
            time.sleep(0.0005)  # as above
        return levels

    def _pull(self, pin: int, pull: str) -> None:
        (self._folder / f"sim_gpio{pin}" / "pull").write_text(pull)
