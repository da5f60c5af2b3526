"""Chase: regular groups of lights run along, one behind the other."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ease, to_light, turns

_EDGE_LEDS = 3.0
_EDGE_SHARE = 0.15
"""Length of an edge: three LEDs at least, so that groups glide, and this share of the way to the next group, so that none comes
as a blow."""


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return groups with eased edges, the first one at the start of the run at whole turns."""
    length = np.asarray(parameters["length"], dtype=np.float32)
    turn = run.steps / length - turns(t, parameters["tempo"], parameters["phase"])
    away = np.abs(turn - np.rint(turn)) * length
    edge = np.maximum(_EDGE_LEDS, _EDGE_SHARE * length)
    inside = 0.5 + (np.maximum(0.5 * parameters["lit"] * length, 0.5 * edge) - away) / edge
    ground = parameters["ground"]
    light = to_light(ease(np.asarray(inside, dtype=np.float32)))
    return np.asarray(ground + (1.0 - ground) * light, dtype=np.float32)


CHASE = Effect(
    "chase",
    {
        "fr": "Des groupes réguliers de lumières courent l'un derrière l'autre, comme des wagons ou une file de voitures.",
        "en": "Regular groups of lights run one behind the other, like wagons or a line of cars.",
    },
    {
        "tempo": ParameterKind(
            0.4,
            -1.0,
            1.0,
            "Hz",
            {
                "fr": "Groupes qui passent en un point chaque seconde ; sous zéro, ils vont à rebours.",
                "en": "Groups that pass a point each second; below zero they run backwards.",
            },
        ),
        "length": ParameterKind(
            10.0, 6.0, 200.0, None, {"fr": "LED d'un groupe au suivant.", "en": "LEDs from one group to the next."}
        ),
        "lit": ParameterKind(
            0.4,
            0.2,
            0.8,
            None,
            {"fr": "Part de cette longueur qui est allumée.", "en": "The part of that length that is lit."},
        ),
        "ground": ParameterKind(
            0.04, 0.0, 0.5, None, {"fr": "Lumière entre deux groupes.", "en": "The light between two groups."}
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
