"""Solid: even light that does not move."""

from collections.abc import Mapping

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterValue, Run


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:  # noqa: ARG001 - every effect has this signature
    """Return full intensity for every LED."""
    return np.ones(run.index.size, dtype=np.float32)


SOLID = Effect("solid", "Even light that does not move.", {}, render)
