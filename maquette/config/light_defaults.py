"""What a light leaves unsaid: without a scale its value's own serves, without an effect the one that shows the second sign of the scale."""

from collections.abc import Mapping

from maquette.config.documents import BoundDocument, FeedDocument, LightDocument, ScaleDocument
from maquette.config.world import World
from maquette.errors import ExpressionError
from maquette.show.expressions import Expression, compile_expression

_EFFECTS = {None: "solid", "share": "gauge", "tempo": "breathe"}
"""Kind of second sign → the effect that shows it."""


def default_scale(expression: Expression, feeds: Mapping[str, FeedDocument]) -> str | None:
    """Return the name of the scale of the value that an expression is; None when it is more than a value, or the value has none."""
    term = expression.cell
    feed = None if term is None else feeds.get(term.feed)
    value = None if feed is None or term is None else feed.values.get(term.name)
    return None if value is None else value.scale


def scale_of(light: LightDocument, world: World) -> str | ScaleDocument | None:
    """Return the scale of a light: one of its own, a name, or None."""
    if light.scale is not None or light.colour is not None or light.value is None:
        return light.scale
    try:
        name = default_scale(compile_expression(light.value), world.feeds)
    except ExpressionError:
        return None
    return name if name in world.scales else None


def scale_document(light: LightDocument, world: World) -> ScaleDocument | None:
    """Return the document of a light's scale; None where it has none, or one that is not known."""
    scale = scale_of(light, world)
    return world.scales.get(scale) if isinstance(scale, str) else scale


def split_effect(light: LightDocument, world: World) -> tuple[str, dict[str, float | str | BoundDocument]]:
    """Return a light's effect and the parameters that it gives."""
    if light.effect is None:
        scale = scale_document(light, world)
        return _EFFECTS[None if scale is None else scale.sign], {}
    if isinstance(light.effect, str):
        return light.effect, {}
    name, parameters = next(iter(light.effect.items()))
    return name, dict(parameters)
