"""What a frame costs: ten layers, each bound to values and lying on every zone, painted and finished to bytes.

Run ``python -m tests.benchmarks.frame_cost``. A WS2812 LED takes 30 µs on its wire: the budget is 3 % of that for 1000 LEDs.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from maquette.core.colour import parse_colour
from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.show.effects import EFFECTS
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
_HOW_APART = (
    f"as many lights, each on one zone, bound to its value and with an effect of its own; median of {FRAMES} frames"
)
_HOW_EFFECT = f"one layer on every LED, its rate bound to a value in each zone, painted; median of {FRAMES} frames"
_HOW_FINISHED = f"moving light to bytes on the wire, one supply, zones of {ZONE_LEDS}; median of {FRAMES} frames"
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


def model(leds: int, zone_leds: int = ZONE_LEDS, order: str = "GRB") -> Model:
    """Return one strip, cut into zones of ``zone_leds``."""
    zones = {}
    for number, start in enumerate(range(0, leds, zone_leds)):
        distances = np.arange(zone_leds, dtype=np.float32) * 10
        places = np.stack([distances, np.zeros_like(distances)], axis=1)
        numbers = np.arange(start, start + zone_leds, dtype=np.intp)
        zones[f"z{number}"] = Zone(f"z{number}", {"": "z"}, numbers, places, distances, {"key": str(number)}, number)
    supplies = {"main": Supply("main", 5.0, leds * 0.02)}
    return Model(
        {"": "benchmark"}, {"strip": Strip("strip", 0, leds, "main", order=order)}, zones, {}, supplies, {}, {}
    )


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


def step_apart(zones: tuple[str, ...]) -> Step:
    """Return one layer for each zone: the moving effects in turn, each with a bound rate and a bound level."""
    moving = [effect for effect in EFFECTS.values() if effect.rate and not effect.decoration_only]
    layers = []
    for number, zone in enumerate(zones):
        effect = moving[number % len(moving)]
        layers.append(replace(_layer(effect.name, effect.rate, zones), zones=(zone,)))
    return Step(layers=tuple(layers))


def _layer(effect: str, parameter: str | None, zones: tuple[str, ...]) -> Layer:
    bound: dict[str, Parameter] = {parameter: Bound(None, (0.0, 1.0), (0.05, 0.4))} if parameter else {}
    level = Bound(None, (0.0, 1.0), (0.3, 1.0))
    return Layer(zones, compile_expression(_VALUE), None, parse_colour("#2a7fff"), effect, bound, level)


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


def frame_s(here: Model, lights: Step) -> float:
    """Return the median duration of painting and finishing one frame of a step, every zone with a value of its own."""
    painter, finishing = Painter(here, lights), Finishing(here)
    painter.bind(readings(len(here.zones)), 0.0)
    return median_s(lambda n: finishing.finish(painter.paint(n / 60), 80.0, n / 60))


def finished() -> list[Figure]:
    """Return what it costs to make the bytes on the wires of the light that is there."""
    found = []
    for kind, order in (("", "GRB"), (", with white", "GRBW")):
        finishing = Finishing(model(1000, order=order))
        places = np.arange(3000).reshape(1000, 3) / 50
        frames = [(0.25 + 0.15 * np.sin(n / 10 + places)).astype(np.float32) for n in range(FRAMES)]
        took_s = median_s(lambda n, finishing=finishing, frames=frames: finishing.finish(frames[n], 80.0, n / 60))  # type: ignore[misc] # mypy does not infer defaults of a lambda
        found.append(
            Figure(f"finishing and packing, 1000 LEDs{kind}", f"{took_s * 1e6:.0f} µs", "≤ 100 µs", _HOW_FINISHED)
        )
    return found


def bound_zones() -> list[Figure]:
    """Return the cost of a frame with forty zones that tell a value each."""
    here, wire_s = model(1000, 25), 1000 * WIRE_S_PER_LED
    zones = tuple(here.zones)
    found = []
    for what, lights, how in (
        ("frame, 40 bound zones, 1000 LEDs", step(zones), _HOW),
        ("the same, 40 lights", step_apart(zones), _HOW_APART),
    ):
        took_s = frame_s(here, lights)
        found.append(
            Figure(what, f"{took_s * 1e3:.2f} ms, {took_s / wire_s:.1%} of wire time", "≤ 3 % of wire time", how)
        )
    return found


def effects() -> Figure:
    """Return what the cheapest and the dearest effect cost."""
    here = model(1000)
    costs: dict[str, float] = {}
    for name, effect in EFFECTS.items():
        painter = Painter(here, Step(layers=(_layer(name, effect.rate, tuple(here.zones)),)))
        painter.bind(readings(len(here.zones)), 0.0)
        if not painter.still:
            costs[name] = median_s(lambda n, paint=painter.paint: paint(n / 60))  # type: ignore[misc] # mypy does not infer defaults of a lambda
    order = sorted(costs, key=costs.__getitem__)
    shown = [f"{name} {costs[name] * 1e3:.2f} ms" for name in (order[0], order[-1])]
    return Figure("moving effects, 1000 LEDs", f"{shown[0]} to {shown[1]}", "–", _HOW_EFFECT)


def figures() -> list[Figure]:
    """Return the cost of a frame, of a reading for each zone, and of effects."""
    found = []
    for leds in (100, 1000, 10_000):
        here = model(leds)
        lights = step(tuple(here.zones))
        painter, told = Painter(here, lights), readings(len(here.zones))
        began = time.perf_counter()
        painter.bind(told, 0.0)
        bind_ms = (time.perf_counter() - began) * 1e3
        took_s = frame_s(here, lights)
        share = took_s / (leds * WIRE_S_PER_LED)
        budget = "≤ 3 % of wire time" if leds == 1000 else "–"
        found.append(Figure(f"frame, {leds} LEDs", f"{took_s * 1e3:.2f} ms, {share:.1%} of wire time", budget, _HOW))
        found.append(Figure(f"all values change, {leds // ZONE_LEDS} zones", f"{bind_ms:.1f} ms", "–", _HOW_BOUND))
    return [*found, *finished(), *bound_zones(), effects()]


if __name__ == "__main__":
    show(figures())
