"""What leaving costs: a frame of 1000 LEDs finished and packed for each way out; and a strip beside another that is at its wire's limit.

Run ``python -m tests.benchmarks.output_cost``.
"""

import random
import statistics
import time
from collections.abc import Callable

import numpy as np

from maquette.show.finishing import Finishing
from maquette.show.model import Model
from maquette.stage.outputs import adalight, artnet, ddp, sacn, spi, ws2812_pio
from maquette.stage.outputs.threaded import ThreadedOutput
from maquette.stage.outputs.universes import slots
from maquette.stage.outputs.virtual import VirtualOutput, VirtualStrip
from maquette.stage.strips import Strips
from tests.benchmarks.frame_cost import FRAMES, median_s, model
from tests.benchmarks.table import Figure, show
from tests.show.models import model_of, strips_of

LEDS = 1000
_HOW = f"{LEDS} LEDs, each frame different; median of {FRAMES} frames"
_HOW_BESIDE = (
    "60 LEDs at 60 fps beside 1000 whose device takes 31 ms for a frame; the time in which the loop hands over both"
)

_PACKED: dict[str, Callable[[bytes], object]] = {
    "spi": spi.encode,
    "ws2812_pio": lambda wire: ws2812_pio.for_kernel(wire, 3),
    "adalight": adalight.framed,
    "ddp": lambda wire: list(ddp.packets(wire, 0, 1)),
    "sacn": lambda wire: [sacn.packet(data, 1, 0, 100) for data in slots(wire, 3, 1)],
    "artnet": lambda wire: [artnet.packet(data, 1, 1) for data in slots(wire, 3, 1)],
}


def packing() -> list[Figure]:
    """Return what finishing costs, and packing for each driver."""
    here: Model = model(LEDS)
    chance = np.random.default_rng(7)
    lights = [chance.random((LEDS, 3), dtype=np.float32) * np.float32(0.2) for _ in range(8)]
    finishing = Finishing(here)
    finish_s = median_s(lambda n: finishing.finish(lights[n % 8], 80.0, 10 + n / 60))
    wires = [bytes(random.Random(n).randbytes(3 * LEDS)) for n in range(8)]
    found = [Figure("finish, 1000 LEDs", f"{finish_s * 1e6:.0f} µs", "–", _HOW)]
    for driver, pack in _PACKED.items():
        pack_s = median_s(lambda n, pack=pack: pack(wires[n % 8]))  # type: ignore[misc] # mypy does not infer defaults of a lambda
        sum_us = (finish_s + pack_s) * 1e6
        found.append(
            Figure(
                f"finish and pack, {driver}", f"{sum_us:.0f} µs, {pack_s * 1e6:.0f} of them to pack", "≤ 100 µs", _HOW
            )
        )
    return found


class _Slow:
    """A device that takes as long as 1000 LEDs on their wire, and a little longer."""

    def __init__(self) -> None:
        self.frames = 0

    def open(self) -> None:
        pass

    def send(self, frame: bytes) -> None:
        time.sleep(0.0306)
        self.frames += 1

    def close(self) -> None:
        pass


def beside() -> Figure:
    """Return how long handing over takes, alone and beside a strip at its wire's limit."""
    alone = _handed_over_s({})
    slow = _Slow()
    began = time.monotonic()
    both = _handed_over_s({"b": ("spi", ThreadedOutput(slow, 3 * LEDS, 0.0303))})
    rate = slow.frames / (time.monotonic() - began)
    found = (
        f"{alone[0] * 1e6:.0f} µs alone, {both[0] * 1e6:.0f} µs beside; longest {alone[1] * 1e6:.0f}, {both[1] * 1e6:.0f} µs;"
        f" the other at {rate:.0f} of 33 fps"
    )
    return Figure("a strip beside one at its limit", found, "no delay", _HOW_BESIDE)


def _handed_over_s(others: dict[str, tuple[str, ThreadedOutput]]) -> tuple[float, float]:
    quick = VirtualOutput(VirtualStrip(driver="virtual", leds=60))
    strips = Strips(model_of(strips_of(60, LEDS)), {"a": ("virtual", quick), **others}, lambda alert: None)
    took = []
    for number in range(120):
        wires = bytes([number]) * 180, bytes([number]) * 3 * LEDS
        began = time.perf_counter()
        strips.take(wires, time.monotonic())
        took.append(time.perf_counter() - began)
        time.sleep(1 / 60)
    strips.close()
    assert quick.frames >= 120
    return statistics.median(took), max(took)


def figures() -> list[Figure]:
    """Return all of it."""
    return [*packing(), beside()]


if __name__ == "__main__":
    show(figures())
