"""Gauge: the run is lit from its start in proportion to a share, and does not move."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:  # noqa: ARG001 - every effect has this signature
    """Return a filled part whose last LED is lit in proportion, so that the light given is exactly the share of the run."""
    ground = parameters["ground"]
    filled = np.clip(parameters["share"] * run.length - run.steps, 0.0, 1.0)
    return np.asarray(ground + (1.0 - ground) * filled, dtype=np.float32)


GAUGE = Effect(
    "gauge",
    {
        "fr": "La lumière remplit le parcours en proportion d'une valeur, comme un thermomètre ; le reste luit à peine.",
        "en": "The light fills its run in proportion to a value, like a thermometer; the rest keeps a faint glow.",
    },
    {
        "share": ParameterKind(
            1.0,
            0.0,
            1.0,
            None,
            {
                "fr": "Part remplie ; suit d'ordinaire une valeur.",
                "en": "The part that is filled; usually bound to a value.",
            },
        ),
        "ground": ParameterKind(
            0.03,
            0.0,
            0.5,
            None,
            {"fr": "Lumière de la part qui n'est pas remplie.", "en": "The light of the part that is not filled."},
        ),
    },
    render,
)
