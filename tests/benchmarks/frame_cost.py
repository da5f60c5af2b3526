"""What a frame costs: ten layers, each bound to values and lying on every zone, painted and finished to bytes.

Run ``python -m tests.benchmarks.frame_cost``. A WS2812 LED takes 30 µs on its wire: the budget is 3 % of that for 1000 LEDs.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from maquette.core.colour import parse_colour
from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.show.expressions import compile_expression
from maquette.show.finishing import Finishing
from maquette.show.layers import Painter
from maquette.show.model import Model, Strip, Supply, Zone
from maquette.show.scenario import Blend, Bound, Layer, Parameter, Step
from tests.benchmarks.table import Figure, show

WIRE_S_PER_LED = 30e-6
ZONE_LEDS = 20
FRAMES = 300

_HOW = f"10 layers bound to values on every LED, painted and finished to bytes; median of {FRAMES} frames"
_HOW_BOUND = "a new reading for each zone, in each of the 10 layers; once"
_VALUE = "benchmark[zone.key].value"
_LAYERS: tuple[tuple[str, str | None, Blend], ...] = (
    ("solid", None, "over"),
    ("breathe", "tempo", "over"),
    ("flow", "speed", "over"),
    ("wave", "tempo", "max"),
    ("comet", "tempo", "add"),
    ("twinkle", "tempo", "max"),
    ("pulse", "tempo", "add"),
    ("gauge", "share", "multiply"),
    ("flow", "depth", "max"),
    ("breathe", "depth", "multiply"),
)


def model(leds: int) -> Model:
    """Return one strip, cut into zones of `ZONE_LEDS`."""
    zones = {}
    for number, start in enumerate(range(0, leds, ZONE_LEDS)):
        distances = np.arange(ZONE_LEDS, dtype=np.float32) * 10
        places = np.stack([distances, np.zeros_like(distances)], axis=1)
        numbers = np.arange(start, start + ZONE_LEDS, dtype=np.intp)
        zones[f"z{number}"] = Zone(f"z{number}", {"": "z"}, numbers, places, distances, {"key": str(number)}, number)
    supplies = {"main": Supply("main", 5.0, leds * 0.02)}
    return Model({"": "benchmark"}, {"strip": Strip("strip", 0, leds, "main")}, zones, {}, supplies, {}, {})


def step(zones: tuple[str, ...]) -> Step:
    """Return ten layers, each with a bound level and, where its effect has parameters, a bound one."""
    value = compile_expression(_VALUE)
    layers = []
    for number, (effect, parameter, blend) in enumerate(_LAYERS):
        bound: dict[str, Parameter] = {parameter: Bound(None, (0.0, 1.0), (0.05, 1.0))} if parameter else {}
        level = Bound(None, (0.0, 1.0), (0.3, 1.0))
        colour = parse_colour(f"#{40 + 20 * number:02x}{250 - 20 * number:02x}80")
        layers.append(Layer(zones, value, None, colour, effect, bound, level, blend))
    return Step(layers=tuple(layers))


def readings(zones: int) -> Readings:
    """Return one live reading per zone, all different."""
    return Readings(
        Reading("benchmark", "value", str(zone), (zone + 1) / zones, None, Quality.LIVE, Nature.MEASURED)
        for zone in range(zones)
    )


def median_s(action: Callable[[int], object]) -> float:
    """Return the median duration of an action over `FRAMES` calls, each told its number."""
    durations = []
    for frame in range(FRAMES):
        start = time.perf_counter()
        action(frame)
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def figures() -> list[Figure]:
    """Return the cost of a frame, and of a reading for each zone, at each size."""
    found = []
    for leds in (100, 1000, 10_000):
        here = model(leds)
        painter, finishing = Painter(here, step(tuple(here.zones))), Finishing(here)
        told = readings(len(here.zones))
        began = time.perf_counter()
        painter.bind(told, 0.0)
        bind_ms = (time.perf_counter() - began) * 1e3
        # mypy does not infer defaults of a lambda.
        frame_s = median_s(lambda n, paint=painter.paint, finish=finishing.finish: finish(paint(n / 60), 80.0, n / 60))  # type: ignore[misc]
        share = frame_s / (leds * WIRE_S_PER_LED)
        budget = "≤ 3 % of wire time" if leds == 1000 else "–"
        found.append(Figure(f"frame, {leds} LEDs", f"{frame_s * 1e3:.2f} ms, {share:.1%} of wire time", budget, _HOW))
        found.append(Figure(f"all values change, {leds // ZONE_LEDS} zones", f"{bind_ms:.1f} ms", "–", _HOW_BOUND))
    return found


if __name__ == "__main__":
    show(figures())
