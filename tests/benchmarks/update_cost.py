"""What new readings cost the frame that takes them over, in the shipped show.

Run ``python -m tests.benchmarks.update_cost``. Budget: a third of a frame's time, so that no frame is lost.
"""

import random
import statistics
import time

from maquette.core.events import Command
from maquette.core.readings import Quality
from maquette.show.performance import Performance
from tests.benchmarks.table import Figure, show
from tests.stage.shipped_show import any_readings, shipped_show

UPDATES = 100
_HOW = f"every reading of the shipped show changes at once, {UPDATES} times; the slowest step"


def durations_s(scenario: str, step: int) -> list[float]:
    """Return the seconds that each update takes while a step is on."""
    shipped, chance = shipped_show(), random.Random(1)
    performance = Performance(shipped, 0.0)
    performance.handle(Command("play", {"scenario": scenario}), 0.0)
    for _ in range(step):
        performance.handle(Command("next"), 0.0)
    found = []
    for number in range(UPDATES):
        update, now = any_readings(shipped, chance, [Quality.LIVE]), number / 60
        began = time.perf_counter()
        performance.update(update, now)
        performance.snapshot(now, (), ())
        found.append(time.perf_counter() - began)
        performance.frame(now)
    return found


def figures() -> list[Figure]:
    """Return the cost of an update in the step where it is highest."""
    scenarios = shipped_show().scenarios.values()
    every = [durations_s(scenario.id, step) for scenario in scenarios for step in range(len(scenario.steps))]
    slowest = max(every, key=statistics.median)
    told = f"median {statistics.median(slowest) * 1e3:.1f} ms, longest {max(slowest) * 1e3:.1f} ms"
    return [Figure("new readings, taken over and explained", told, "≤ 5 ms", _HOW)]


if __name__ == "__main__":
    show(figures())
