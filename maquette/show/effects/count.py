"""Count: as many lights as there are things, spread along the run; each keeps its place while others come and go."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:  # noqa: ARG001 - every effect has this signature
    """Return lit LEDs whose last one is lit in proportion to what is left over, so that the light given is exactly the number told."""
    ground = parameters["ground"]
    lit = np.clip(parameters["things"] / np.asarray(parameters["each"]) - run.order, 0.0, 1.0)
    return np.asarray(ground + (1.0 - ground) * lit, dtype=np.float32)


COUNT = Effect(
    "count",
    {
        "fr": "Autant de lumières que de choses, réparties sur le parcours ; la dernière s'éclaire en proportion du reste. "
        "S'il y en a plus que de LED, tout est allumé.",
        "en": "As many lights as there are things, spread along the run; the last one is lit in proportion to what is left over. "
        "When there are more than LEDs, all are lit.",
    },
    {
        "things": ParameterKind(
            0.0,
            0.0,
            1e6,
            None,
            {
                "fr": "Combien de choses ; à défaut, la valeur de la lumière elle-même.",
                "en": "How many things there are; by default the light's own value.",
            },
            own=True,
        ),
        "each": ParameterKind(
            1.0,
            0.001,
            1e6,
            None,
            {"fr": "Combien de choses vaut une lumière.", "en": "How many things one light stands for."},
        ),
        "ground": ParameterKind(
            0.03, 0.0, 0.5, None, {"fr": "Lumière des autres LED.", "en": "The light of the other LEDs."}
        ),
    },
    render,
)
