"""Uses: which values a scenario reads, and what its lights say of their usual range."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from maquette.core.past import PastTerm
from maquette.core.units import convert
from maquette.errors import UnitError
from maquette.show.computed import ComputedValue
from maquette.show.expressions import Expression, Term
from maquette.show.scales import Scale
from maquette.show.scenario import Bound, Layer, Scenario
from maquette.show.terms import expressions_in
from maquette.show.votes import FEED as VOTES

Value = tuple[str, str]
"""A feed's name and a value's name."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What some steps read.

    Attributes:
        values: every value, in the order in which it is met.
        past: what is asked of the past.
        scales: value → the scales on which it is shown, as it is, not computed with.
        spans: value → the ranges that something follows, in the value's unit.
    """

    values: tuple[Value, ...]
    past: frozenset[PastTerm]
    scales: dict[Value, list[Scale]] = field(default_factory=dict)
    spans: dict[Value, list[tuple[float, float]]] = field(default_factory=dict)


def uses_of(scenario: Scenario, computed: Sequence[ComputedValue] = ()) -> Uses:
    """Return what a scenario's steps read; of computed values, what they are made of."""
    made = {(value.feed, value.name): value.expression for value in computed}
    values: dict[Value, None] = {}
    past: set[PastTerm] = set()
    for term in _terms(scenario.steps, made):
        values.setdefault((term.feed, term.name))
        past.update([] if term.past is None else [term.past])
    uses = Uses(tuple(values), frozenset(past))
    for layer in (layer for step in scenario.steps for layer in step.layers):
        _note_scale(layer, uses)
        for bound in (b for b in (*layer.parameters.values(), layer.level) if isinstance(b, Bound)):
            _note_span(bound.value or layer.value, bound, uses)
    for cue in (cue for step in scenario.steps for cue in step.servos):
        if isinstance(cue.angle, Bound):
            _note_span(cue.angle.value, cue.angle, uses)
    return uses


def _terms(part: object, made: Mapping[Value, Expression]) -> Iterator[Term]:
    """Yield what a part of a show reads, votes excepted: a rehearsal casts its own."""
    for expression in expressions_in(part):
        for term in sorted(expression.terms, key=lambda term: (term.feed, term.name)):
            ingredients = made.get((term.feed, term.name))
            if ingredients is not None:
                yield from _terms(ingredients, made)
            elif term.feed != VOTES:
                yield term


def plain_value(expression: Expression | None) -> Value | None:
    """Return the value that an expression is, or None when it computes something."""
    cell = None if expression is None else expression.cell
    return None if cell is None or cell.past is not None else (cell.feed, cell.name)


def in_unit(scale: Scale, at: float, unit: str | None) -> float | None:
    """Return a value on a scale in another unit, or None when the two measure different things."""
    if scale.unit is None or unit is None:
        return at
    try:
        return convert(at, scale.unit, unit)
    except UnitError:
        return None


def _note_scale(layer: Layer, uses: Uses) -> None:
    value = plain_value(layer.value)
    if value is not None and layer.scale is not None:
        known = uses.scales.setdefault(value, [])
        if layer.scale not in known:
            known.append(layer.scale)


def _note_span(expression: Expression | None, bound: Bound, uses: Uses) -> None:
    value = plain_value(expression)
    if value is not None:
        uses.spans.setdefault(value, []).append(bound.source)
