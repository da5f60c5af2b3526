"""Quality marks: the one visual language in which light says how far a value can be believed.

A quality and a number of LEDs flow in, a mark flows out. Painters lay marks over everything else, in the value's own colour, so that
classes stay readable and no effect can draw or hide one:

    live               the light as it is
    stale              every second LED dark, still
    replay, sample     every third LED dark, still
    missing            dark, with one faint white LED in the middle

"Still" means that neither the pattern nor the light moves: where a mark lies, moving effects are held at full light, so that the dark LEDs
are read as a pattern and never as a part of the motion. A zone of fewer than six LEDs has no room for a pattern: its stale, replayed or
sample light is held too, and dips slowly twice every ten seconds.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from maquette.core.colour import Floats
from maquette.core.readings import Quality

FAINT_WHITE = 0.05
"""Linear light of the one LED of a missing value: seen in a dim hall, never taken for a colour."""

_ROOM_LEDS = 6
_STRIDES = {Quality.STALE: 2, Quality.REPLAY: 3, Quality.SAMPLE: 3}

DIP_EVERY_S = 10.0
_DIP_S = 1.8
_DIP_STARTS_S = (0.6, 2.8)
_DIP_DEPTH = 0.85


@dataclass(frozen=True, eq=False)
class Mark:
    """What a quality does to the light of a zone.

    Attributes:
        keeps: 1 for LEDs that keep their light and 0 for dark ones, shape (n,), in the order of the path; read-only.
        held: True when effects do not move under it.
        dips: True when its light is multiplied by `dip`.
        faint: number in the zone of the LED that glows white instead, or None.
    """

    keeps: Floats
    held: bool = False
    dips: bool = False
    faint: int | None = None


@lru_cache
def mark(quality: Quality, leds: int) -> Mark:
    """Return the mark of a quality on a zone of ``leds`` LEDs (at least 1)."""
    keeps = np.ones(leds, dtype=np.float32)
    has_room = leds >= _ROOM_LEDS
    if quality is Quality.MISSING:
        keeps[:] = 0.0
    elif has_room and quality in _STRIDES:
        stride = _STRIDES[quality]
        keeps[stride - 1 :: stride] = 0.0
    keeps.flags.writeable = False
    if quality is Quality.LIVE:
        return Mark(keeps)
    if quality is Quality.MISSING:
        return Mark(keeps, held=True, faint=leds // 2)
    return Mark(keeps, held=True, dips=not has_room)


def dip(t: float) -> float:
    """Return the light that dipping zones keep at ``t`` seconds: 1, or less during two slow dips every ten seconds."""
    moment = t % DIP_EVERY_S
    for start in _DIP_STARTS_S:
        if start < moment < start + _DIP_S:
            return 1.0 - _DIP_DEPTH * (0.5 - 0.5 * math.cos(2 * math.pi * (moment - start) / _DIP_S))
    return 1.0
