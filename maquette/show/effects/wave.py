"""Wave: regular crests of light roll along the run."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ripple, swing, turns

_SHORTEST_LEDS = 5.0
"""LEDs from crest to crest below which a wave would break into sparks."""


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return a sine of lightness along the run; short runs carry fewer crests, so that each stays smooth."""
    crests = np.minimum(parameters["crests"], run.length / _SHORTEST_LEDS)
    along = run.steps / run.length * crests
    return swing(ripple(along - turns(t, parameters["tempo"], parameters["phase"])), parameters["depth"])


WAVE = Effect(
    "wave",
    {
        "fr": "Des crêtes régulières roulent d'un bout à l'autre.",
        "en": "Regular crests of light roll from one end to the other.",
    },
    {
        "tempo": ParameterKind(
            0.25,
            -1.0,
            1.0,
            "Hz",
            {
                "fr": "Crêtes qui passent en un point chaque seconde ; sous zéro, elles vont à rebours.",
                "en": "Crests that pass a point each second; below zero they run backwards.",
            },
        ),
        "crests": ParameterKind(
            1.0,
            0.25,
            12.0,
            None,
            {"fr": "Crêtes présentes à la fois sur le parcours.", "en": "Crests on the run at once."},
        ),
        "depth": ParameterKind(
            0.85,
            0.0,
            1.0,
            None,
            {
                "fr": "Part de la clarté qui s'en va entre deux crêtes.",
                "en": "How much of the lightness goes between two crests.",
            },
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
