"""Effects: the explicit registry of what light can do. Each file holds one effect with its parameters and what a visitor sees.

No effect can break the flash rule, whatever its parameters: tempos are bounded and every edge is soft.
"""

from collections.abc import Mapping
from types import MappingProxyType

from maquette.show.effects.breathe import BREATHE
from maquette.show.effects.chase import CHASE
from maquette.show.effects.comet import COMET
from maquette.show.effects.count import COUNT
from maquette.show.effects.effect import Effect, Palette, ParameterKind, ParameterValue, Render, Run, Tint
from maquette.show.effects.flicker import FLICKER
from maquette.show.effects.flow import FLOW
from maquette.show.effects.gauge import GAUGE
from maquette.show.effects.gradient import GRADIENT
from maquette.show.effects.haze import HAZE
from maquette.show.effects.heartbeat import HEARTBEAT
from maquette.show.effects.pulse import PULSE
from maquette.show.effects.rainbow import RAINBOW
from maquette.show.effects.scan import SCAN
from maquette.show.effects.solid import SOLID
from maquette.show.effects.twinkle import TWINKLE
from maquette.show.effects.wave import WAVE

__all__ = ["EFFECTS", "Effect", "Palette", "ParameterKind", "ParameterValue", "Render", "Run", "Tint"]

EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        effect.name: effect
        for effect in (
            *(SOLID, GRADIENT, GAUGE, COUNT),
            *(BREATHE, PULSE, HEARTBEAT, FLICKER, TWINKLE, HAZE),
            *(FLOW, WAVE, CHASE, COMET, SCAN, RAINBOW),
        )
    }
)
"""Every effect by its name, in the order in which people read about them: those that stand still, those in one place, those that travel."""
