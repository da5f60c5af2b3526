"""Comet: a point of light crosses the run and draws a fading tail behind it."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ease, to_light, turns

_HEAD_LEDS = 3.0
"""Length of the soft front: wide enough for the head to glide from LED to LED."""


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return a head with an eased front and a tail; one crossing takes a turn, from the first glow to the end of the tail."""
    tail = parameters["tail"]
    turn = turns(t, parameters["tempo"], parameters["phase"])
    path = run.length + (tail + _HEAD_LEDS)
    behind = np.asarray(turn * path - _HEAD_LEDS - run.steps, dtype=np.float32)
    front = ease(np.asarray(1.0 + behind / _HEAD_LEDS, dtype=np.float32))
    left = np.clip(1.0 - behind / tail, 0.0, 1.0)
    ground = parameters["ground"]
    light = to_light(np.asarray(front * left * np.sqrt(left), dtype=np.float32))
    return np.asarray(ground + (1.0 - ground) * light, dtype=np.float32)


COMET = Effect(
    "comet",
    {
        "fr": "Un point de lumière traverse, suivi d'une traîne qui s'efface, puis vient le suivant.",
        "en": "A point of light crosses with a fading tail, then the next one comes.",
    },
    {
        "tempo": ParameterKind(0.2, 0.0, 1.0, "Hz", {"fr": "Traversées par seconde.", "en": "Crossings per second."}),
        "tail": ParameterKind(
            14.0, 4.0, 120.0, None, {"fr": "Longueur de la traîne, en LED.", "en": "Length of the tail, in LEDs."}
        ),
        "ground": ParameterKind(
            0.02, 0.0, 0.5, None, {"fr": "Lumière là où il n'y a pas de comète.", "en": "The light where no comet is."}
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
