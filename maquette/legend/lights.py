"""Lights on paper: LEDs as round lights on a strip of night, with what a second sign or a quality does to them."""

from collections.abc import Iterator, Sequence

import numpy as np

from maquette.core.colour import Floats, parse_colour, to_hex
from maquette.core.readings import Quality
from maquette.legend.drawing import Disc, Panel, Shape, Stroke
from maquette.show.effects.breathe import BREATHE
from maquette.show.effects.effect import Run
from maquette.show.quality_marks import DIP_EVERY_S, FAINT_WHITE, dip, mark
from maquette.show.scales import ContinuousScale, Scale

NIGHT = "#1f1c19"
PITCH = 3.5
"""From one LED to the next."""

HEIGHT = 7.0
"""Of a strip."""

BREATH_S = 20.0
"""How long a curve of breath lasts."""

_PAD = 1.25
_OFF = "#35312c"
_RADIUS = 1.1
_HALOS = ((1.75, 0.14), (1.45, 0.3))
_WARM = parse_colour("#fff0d8")


def strip_width(leds: int) -> float:
    """Return how wide a strip of ``leds`` LEDs is."""
    return PITCH * leds + 2 * _PAD


def strip(colours: Sequence[Floats | None], leds: int | None = None) -> Iterator[Shape]:
    """Yield a strip of LEDs, one per colour (linear RGB; None: dark), from its top left corner at 0, 0; as wide as ``leds`` of them."""
    yield Panel(0.0, 0.0, strip_width(leds or len(colours)), HEIGHT, HEIGHT / 2, NIGHT)
    lights = [(_place(number + 0.5), colour) for number, colour in enumerate(colours)]
    for radius, share in _HALOS:
        yield from (Disc(x, HEIGHT / 2, radius, _mixed(c, share)) for x, c in lights if c is not None)
    for x, colour in lights:
        yield Disc(x, HEIGHT / 2, _RADIUS, _OFF if colour is None else to_hex(colour))


def _place(led: float) -> float:
    return _PAD + PITCH * led


def class_strip(scale: Scale, number: int, leds: int) -> Iterator[Shape]:
    """Yield the strip of a class as wide as ``leds`` LEDs, with its second sign: a part that is lit, or a curve of its breath."""
    step = scale.steps[number]
    if scale.sign == "share" and step.sign is not None:
        filled = [min(max(step.sign * leds - led, 0.0), 1.0) for led in range(leds)]
        yield from strip([step.colour * np.float32(part) if part > 0.05 else None for part in filled])
    elif scale.sign == "tempo" and step.sign is not None:
        lit = leds // 2
        yield from strip([step.colour] * lit, leds)
        yield _curve(_place(lit + 0.4), _place(leds - 0.4), _breath(step.sign), to_hex(step.colour))
    else:
        yield from strip([step.colour] * leds)


def band(scale: ContinuousScale, leds: int) -> Iterator[Shape]:
    """Yield the strip of a scale whose colour changes smoothly, from its first end to its last."""
    values = np.interp(np.linspace(0.0, len(scale.ends) - 1.0, leds), np.arange(len(scale.ends)), scale.ends)
    yield from strip([scale.colour(float(value)) for value in values])


def quality_strip(quality: Quality, leds: int) -> Iterator[Shape]:
    """Yield a strip as a quality marks it."""
    marked = mark(quality, leds)
    faint = np.full(3, max(FAINT_WHITE, 0.2), dtype=np.float32)  # paper has no dark to adapt to: 5 % would not be seen
    lights: list[Floats | None] = [_WARM if keeps else None for keeps in marked.keeps]
    if marked.faint is not None:
        lights[marked.faint] = faint
    yield from strip(lights)


def dip_strip(lit: int, leds: int) -> Iterator[Shape]:
    """Yield a strip of ``lit`` LEDs, as wide as ``leds`` of them, with the curve of the two slow dips."""
    yield from strip([_WARM] * lit, leds)
    curve = [dip(t) for t in np.linspace(0.0, DIP_EVERY_S, 160)]
    yield _curve(_place(lit + 0.4), _place(leds - 0.4), curve, to_hex(_WARM))


def _breath(tempo_hz: float) -> list[float]:
    one = np.ones(1, dtype=np.float32)
    run = Run(one * 0, one * 0, np.zeros(1, dtype=np.intp), one, np.zeros(1, dtype=np.intp))
    parameters = {**BREATHE.defaults, "tempo": tempo_hz}
    return [float(BREATHE.render(t, run, parameters)[0]) for t in np.linspace(0.0, BREATH_S, 240)]


def _curve(left: float, right: float, levels: Sequence[float], ink: str) -> Stroke:
    """Return a curve over time between two places of a strip: levels in linear light, as eyes judge them, from the least to the most."""
    lightness = np.cbrt(levels)
    share = (lightness - lightness.min()) / max(float(np.ptp(lightness)), 1e-9)
    xs, ys = np.linspace(left, right, len(levels)), HEIGHT * (0.72 - 0.44 * share)
    return Stroke(tuple(zip(map(float, xs), map(float, ys), strict=True)), 0.4, ink)


def _mixed(colour: Floats, share: float) -> str:
    night = parse_colour(NIGHT)
    return to_hex(night + (colour - night) * np.float32(share))
