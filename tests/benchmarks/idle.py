"""What rest costs: processor time of the stage while nobody presses and nobody watches.

Run ``python -m tests.benchmarks.idle``. Budget: ≤ 2 % of one x86 core.
"""

import os
import time

from maquette.core.snapshot import Snapshot
from maquette.stage.stage import Stage
from tests.benchmarks.shipped import shipped_stage
from tests.benchmarks.table import Figure, show
from tests.stage.hall import running, show_of, stage_on
from tests.stage.receiver import Receiver

LEDS = 480
SECONDS = 12.0
_HOW = f"the stage's processor time in {SECONDS:.0f} s, DDP to this machine, console attached, nobody watching"


def share_of_a_core(stage: Stage, seconds: float) -> float:
    """Return the share of one core that a stage takes at rest, console attached, nobody watching."""
    with running(stage) as console:
        console.until(lambda message: isinstance(message, Snapshot))
        time.sleep(3.0)  # the first fade, and what is made ready in time to spare
        before = time.process_time()
        time.sleep(seconds)
        return (time.process_time() - before) / seconds


def figures() -> list[Figure]:
    """Return the cost of rest, where nothing moves and in the shipped idle scenario."""
    os.environ["GPIOZERO_PIN_FACTORY"] = "mock"
    with Receiver(LEDS) as receiver:
        still = share_of_a_core(stage_on(receiver.port, show_of(LEDS)), SECONDS)
        stage, leds = shipped_stage(receiver.port)
        moving = share_of_a_core(stage, SECONDS)
    return [
        Figure(f"at rest, still scene, {LEDS} LEDs", f"{still:.1%} of a core", "≤ 2 %", _HOW),
        Figure(f"at rest, shipped idle scenario, {leds} LEDs, moving", f"{moving:.1%} of a core", "–", _HOW),
    ]


if __name__ == "__main__":
    show(figures())
