"""Effects: the explicit registry of what light can do. Each file holds one effect with its parameters and what a visitor sees.

No effect can break the flash rule, whatever its parameters: tempos are bounded and every edge is soft.
"""

from collections.abc import Mapping
from types import MappingProxyType

from maquette.show.effects.breathe import BREATHE
from maquette.show.effects.comet import COMET
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Render, Run
from maquette.show.effects.flow import FLOW
from maquette.show.effects.gauge import GAUGE
from maquette.show.effects.pulse import PULSE
from maquette.show.effects.solid import SOLID
from maquette.show.effects.twinkle import TWINKLE
from maquette.show.effects.wave import WAVE

__all__ = ["EFFECTS", "Effect", "ParameterKind", "ParameterValue", "Render", "Run"]

EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {effect.name: effect for effect in (SOLID, BREATHE, PULSE, FLOW, WAVE, COMET, TWINKLE, GAUGE)}
)
"""Every effect by its name, in the order in which people read about them."""
