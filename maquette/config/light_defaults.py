"""What a light leaves unsaid: without a scale its value's own serves, without an effect the one that shows the second sign of the scale."""

from collections.abc import Mapping

from maquette.config.documents import (
    BoundDocument,
    ComputedValueDocument,
    LightDocument,
    ScaleDocument,
    ValueDocument,
)
from maquette.config.documents_scales import Sign
from maquette.config.world import World
from maquette.errors import ExpressionError
from maquette.show.expressions import compile_expression
from maquette.show.expressions.tree import Cell

SHOWN_BY: Mapping[Sign, str] = {"share": "gauge", "tempo": "breathe"}
"""Kind of second sign → the effect that shows it."""

_ONCE_SO = frozenset({"ago", "min", "max"})
"""What gives a value that once was so; the others calculate something that stands on another scale, or on none."""


def value_of(light: LightDocument, world: World) -> ValueDocument | ComputedValueDocument | None:
    """Return the value that a light tells, as it is or once was; None when it tells none, or something calculated."""
    try:
        cell = None if light.value is None else compile_expression(light.value).tree
    except ExpressionError:
        return None
    if not isinstance(cell, Cell) or (cell.past is not None and cell.past.function not in _ONCE_SO):
        return None
    feed = world.feeds.get(cell.feed) or world.computed.get(cell.feed)
    return None if feed is None else feed.values.get(cell.name)


def scale_of(light: LightDocument, world: World) -> str | ScaleDocument | None:
    """Return the scale of a light: one of its own, a name, or None."""
    if light.scale is not None or light.colour is not None:
        return light.scale
    value = value_of(light, world)
    return value.scale if value is not None and value.scale in world.scales else None


def scale_document(light: LightDocument, world: World) -> ScaleDocument | None:
    """Return the document of a light's scale; None where it has none, or one that is not known."""
    scale = scale_of(light, world)
    return world.scales.get(scale) if isinstance(scale, str) else scale


def split_effect(light: LightDocument, world: World) -> tuple[str, dict[str, float | str | BoundDocument]]:
    """Return a light's effect and the parameters that it gives."""
    if light.effect is None:
        scale = scale_document(light, world)
        return ("solid" if scale is None or scale.sign is None else SHOWN_BY[scale.sign]), {}
    if isinstance(light.effect, str):
        return light.effect, {}
    name, parameters = next(iter(light.effect.items()))
    return name, dict(parameters)
