"""Bindings: what each zone of a layer tells now. Expressions and readings flow in; colour, level, parameters and quality flow out.

Evaluated when readings change, never per frame.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maquette.core.colour import Floats
from maquette.core.readings import Quality, Reading, Readings, rank, worst
from maquette.core.text import Text
from maquette.core.units import convert
from maquette.errors import UnitError
from maquette.show.effects import EFFECTS
from maquette.show.expressions import Expression, Outcome, Scope
from maquette.show.model import Zone
from maquette.show.scales import Scale
from maquette.show.scenario import Bound, Layer, Parameter

_WHITE = np.ones(3, dtype=np.float32)
_DARK = np.zeros(3, dtype=np.float32)
_LEVEL = "level"
_NO_SIGN = {"tempo": 0.0, "share": 1.0}


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """What stands behind light.

    Attributes:
        expression: what is told.
        outcome: what it came to.
        number: the finite number in it (true is 1, false is 0), or None.
        quality: how far the number can be believed; MISSING when there is none.
    """

    expression: Expression
    outcome: Outcome
    number: float | None
    quality: Quality


@dataclass(frozen=True, eq=False)
class Telling:
    """What one zone of one layer tells.

    Attributes:
        colour: of the value, linear RGB, shape (3,); dark when it is missing.
        level: factor in [0, 1].
        parameters: those that the document gives, or that are the value itself, within their ranges.
        quality: the worst among the value and what the parameters and the level follow; LIVE for a decoration.
        source: what is told: the value, or what a parameter follows; one that is missing comes first. None for a decoration.
        class_title: the words of the scale, or None.
    """

    colour: Floats
    level: float
    parameters: Mapping[str, float]
    quality: Quality
    source: Source | None = None
    class_title: Text | None = None

    @property
    def look(self) -> tuple[object, ...]:
        """Everything that the light depends on; equal looks give equal light."""
        return (self.colour.tobytes(), self.level, tuple(self.parameters.items()), self.quality)


class Reader:
    """Evaluates expressions on one set of readings at one moment, each at most once per zone."""

    def __init__(self, readings: Readings, now: float) -> None:
        self._readings = readings
        self._now = now
        self._sources: dict[tuple[str, str | None], Source] = {}

    def source(self, expression: Expression, zone: Zone | None = None) -> Source:
        """Return what an expression comes to, for a zone where it names one."""
        local = zone if expression.attributes else None
        key = (expression.text, local.id if local else None)
        found = self._sources.get(key)
        if found is None:
            scope = Scope(readings=self._readings, now=self._now, zone=local.attributes if local else None)
            found = self._sources[key] = _source(expression, expression.evaluate(scope))
        return found

    def worst_reading(self, outcome: Outcome) -> Reading | None:
        """Return the reading that is believed least; among equals the one that the value comes from, else the first."""
        return max(
            outcome.readings,
            key=lambda reading: (rank(reading.quality_at(self._now)), reading.value == outcome.value),
            default=None,
        )


def _source(expression: Expression, outcome: Outcome) -> Source:
    value = outcome.value
    if outcome.quality is Quality.MISSING or value is None or isinstance(value, str) or not math.isfinite(value):
        return Source(expression, outcome, None, Quality.MISSING)
    return Source(expression, outcome, float(value), outcome.quality)


def follow(bound: Bound, value: float) -> float:
    """Return what a bound number is at a value: linear between the ends of its source, clamped outside."""
    low, high = bound.source
    reached = 1.0 if value >= high else 0.0
    share = reached if low == high else min(max((value - low) / (high - low), 0.0), 1.0)
    return bound.target[0] + (bound.target[1] - bound.target[0]) * share


def resolve(
    parameter: Parameter, own: Expression | None, reader: Reader, zone: Zone | None = None
) -> tuple[float | None, Source | None]:
    """Return a parameter's number now, None when unknown, and what it follows, None when it follows nothing."""
    if not isinstance(parameter, Bound):
        return float(parameter), None
    expression = parameter.value or own
    if expression is None:
        return None, None
    source = reader.source(expression, zone)
    return (None if source.number is None else follow(parameter, source.number)), source


def tell(layer: Layer, zone: Zone, reader: Reader) -> Telling:
    """Return what a layer tells on one of its zones. Whatever is unknown makes the whole telling missing, never zero."""
    own = reader.source(layer.value, zone) if layer.value else None
    numbers: dict[str, float | None] = {}
    sources = [own] if own else []
    for name, parameter in (*layer.parameters.items(), (_LEVEL, layer.level)):
        numbers[name], source = resolve(parameter, layer.value, reader, zone)
        if source is not None and source is not own:
            sources.append(source)
    level = numbers.pop(_LEVEL)
    colour, class_title, sign = _on_scale(layer, own)
    quality = worst(source.quality for source in sources)
    kinds = EFFECTS[layer.effect].parameters
    shown_by = None if layer.scale is None else layer.scale.sign
    if shown_by is not None and shown_by in kinds:
        # A value of no class stands still, and fills its zone.
        numbers.setdefault(shown_by, sign if sign is not None else _NO_SIGN[shown_by])
    if own is not None:
        numbers.update({name: own.number for name, kind in kinds.items() if kind.own and name not in numbers})
    if colour is None or level is None or quality is Quality.MISSING or None in numbers.values():
        told = next((source for source in sources if source.quality is Quality.MISSING), own)
        return Telling(_DARK, 1.0, {name: kinds[name].default for name in numbers}, Quality.MISSING, told)
    within = {
        name: min(max(n, kinds[name].minimum), kinds[name].maximum) for name, n in numbers.items() if n is not None
    }
    told = sources[0] if sources else None
    return Telling(colour, min(max(level, 0.0), 1.0), within, quality, told, class_title)


def _on_scale(layer: Layer, own: Source | None) -> tuple[Floats | None, Text | None, float | None]:
    """Return colour, words and second sign of a value; no colour when there is a scale and nothing to put on it."""
    scale = layer.scale
    if scale is None:
        return (_WHITE if layer.colour is None else layer.colour), None, None
    if own is None or own.number is None:
        return None, None, None
    try:
        here = _in_unit_of(scale, own.number, own.outcome.unit)
    except UnitError:
        return None, None, None
    return scale.colour(here), scale.class_title(here), scale.sign_at(here)


def _in_unit_of(scale: Scale, value: float, unit: str | None) -> float:
    return value if unit is None or scale.unit is None else convert(value, unit, scale.unit)
