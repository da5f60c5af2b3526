"""Solid: even light that does not move."""

from maquette.show.effects.effect import Effect
from maquette.show.effects.shapes import even

SOLID = Effect(
    "solid", {"fr": "Une lumière égale, qui ne bouge pas.", "en": "Even light that does not move."}, {}, even
)
