"""Figures from the box, where the pins are the kernel's: from a pin's edge to the light and to the lamp, through lgpio and gpiozero.

Run ``make benchmark-pi``. The simulated line itself waits for the kernel's next tick: up to 1 ms of each figure is its own.
"""

import os
import platform
import tempfile
import time
from pathlib import Path

from maquette.stage.stage import Stage
from tests.benchmarks.press_latency import LAMPS, LEDS, PINS, latencies_s, stage_with, summary
from tests.benchmarks.start import two_starts_s
from tests.benchmarks.table import Figure, show
from tests.pi.header import CLAIM_S, Header
from tests.stage.hall import running
from tests.stage.receiver import Receiver

PRESSES = 300
LAMP_PRESSES = 50
BUDGET = "median ≤ 2 ms, p99 ≤ 20 ms"


def press_to_light() -> Figure:
    """Measure presses from the edge to the first changed packet."""
    header = Header()

    def drive(_stage: Stage, pin: int, *, low: bool) -> None:
        (header.close if low else header.open)(pin)

    header.rest()
    told = summary(latencies_s(PRESSES, 0.0, drive))
    how = f"the kernel's edge → first changed DDP packet received in the box, {LEDS} LEDs, {PRESSES} presses"
    return Figure("press → light, a cut, in the box", told, BUDGET, how)


def press_to_lamp() -> Figure:
    """Measure presses from the edge to the moment at which the button's own lamp is lit."""
    header = Header()
    header.rest()
    found = []
    with Receiver(LEDS) as receiver, running(stage_with(receiver.port, 0.0)):
        header.until(LAMPS["one"], 1)  # at rest all invite, in pulses
        time.sleep(CLAIM_S)
        header.tap(PINS["two"])
        while header.seen(LAMPS["one"]) != {0}:
            pass
        for press in range(LAMP_PRESSES):
            name = list(PINS)[press % 2]
            header.until(LAMPS[name], 0)  # the other's scenario plays, and the answer to its own last press is over
            began = time.monotonic()
            header.close(PINS[name])
            found.append(header.until_on(LAMPS[name]) - began)
            header.open(PINS[name])
    how = f"the kernel's edge → the lamp's line is high, {LAMP_PRESSES} presses"
    return Figure("press → lamp, in the box", summary(found), BUDGET, how)


def start_to_light() -> list[Figure]:
    """Measure starts of the shipped model from the command line to the first lit packet: the first one, and the next, which glows early."""
    with tempfile.TemporaryDirectory() as folder:
        first_s, next_s = two_starts_s(Path(folder))
    how = "command line → first lit DDP packet received in the box, one start"
    return [
        Figure("first start → light, in the box", f"{first_s:.2f} s", "≤ 0.7 s", how),
        Figure("next start → light, in the box", f"{next_s:.2f} s", "≤ 0.7 s", how),
    ]


def figures() -> list[Figure]:
    """Return the figures of the box."""
    return [press_to_light(), press_to_lamp(), *start_to_light()]


if __name__ == "__main__":
    model = Path("/proc/cpuinfo").read_text().rpartition(":")[2].strip()
    rows = figures()
    print(f"Python {platform.python_version()}, {model}, Linux {platform.release()}, {os.cpu_count()} cores\n")
    show(rows)
