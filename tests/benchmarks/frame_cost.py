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

WIRE_S_PER_LED = 30e-6
ZONE_LEDS = 20
FRAMES = 300

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


def main() -> None:
    """Print one line per size."""
    print("ten bound layers on every LED; medians of", FRAMES, "frames")
    print(f"{'LEDs':>6} {'bind ms':>9} {'paint ms':>9} {'finish ms':>10} {'total ms':>9} {'of wire time':>13}")
    for leds in (100, 1000, 10_000):
        here = model(leds)
        painter, finishing = Painter(here, step(tuple(here.zones))), Finishing(here)
        told = readings(len(here.zones))
        start = time.perf_counter()
        painter.bind(told, 0.0)
        bind_s = time.perf_counter() - start
        frames = [painter.paint(frame / 60) for frame in range(FRAMES)]
        paint_s = median_s(lambda frame, painter=painter: painter.paint(frame / 60))  # type: ignore[misc]
        finish_s = median_s(lambda n, finishing=finishing, frames=frames: finishing.finish(frames[n], 80.0, n / 60))  # type: ignore[misc]
        total_s = paint_s + finish_s
        share = total_s / (leds * WIRE_S_PER_LED)
        print(
            f"{leds:>6} {bind_s * 1e3:>9.2f} {paint_s * 1e3:>9.3f} {finish_s * 1e3:>10.3f} {total_s * 1e3:>9.3f} {share:>13.2%}"
        )


if __name__ == "__main__":
    main()
