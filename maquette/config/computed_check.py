"""Computed feeds: their expressions, their units, and the order in which they are worked out."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from maquette.config.amounts import same_kind
from maquette.config.documents import ComputedDocument
from maquette.config.draft import Draft
from maquette.config.expressions_check import check_number
from maquette.config.tree import Path
from maquette.config.world import World
from maquette.core.message import message
from maquette.errors import ExpressionError
from maquette.show.computed import ComputedValue
from maquette.show.expressions import compile_expression

Place = tuple[str, str]
"""(feed, value)"""


def check_computed(draft: Draft, computed: Mapping[str, ComputedDocument], world: World) -> dict[str, ComputedDocument]:
    """Check computed feeds; problems are noted in the draft.

    Args:
        draft: config.yaml.
        computed: the computed feeds, as written.
        world: what else they may name.

    Returns:
        Those without fault, each value with its unit.
    """
    known = dict(computed)
    wrong = set[str]()
    for feed, name in _in_order(draft, computed, wrong):
        here = world.with_computed(known, wrong)
        path: Path = ("feeds", feed, "values", name)
        value = known[feed].values[name]
        examined = check_number(draft, (*path, "expression"), value.expression, here)
        if examined is None or not examined.sound:
            wrong.add(feed)
        elif value.unit is None:
            values = {**known[feed].values, name: value.model_copy(update={"unit": examined.unit})}
            known[feed] = known[feed].model_copy(update={"values": values})
        elif examined.unit is not None and not same_kind(examined.unit, value.unit):
            draft.report("E390", (*path, "unit"), found=examined.unit, expected=value.unit)
            wrong.add(feed)
    return {feed: document for feed, document in known.items() if feed not in wrong}


def make_computed(computed: Mapping[str, ComputedDocument]) -> tuple[ComputedValue, ...]:
    """Make the values of checked computed feeds, each after those that it is made of."""
    made = []
    for feed, name in TopologicalSorter(_parts(computed)).static_order():
        document, value = computed[feed], computed[feed].values[name]
        expression = compile_expression(value.expression)
        made.append(ComputedValue(feed, name, expression, value.unit, value.plausible, document.nature, document.place))
    return tuple(made)


def _in_order(draft: Draft, computed: Mapping[str, ComputedDocument], wrong: set[str]) -> Iterator[Place]:
    """Yield the values, each after those that it is made of; those that are made of themselves are told and left out."""
    parts = _parts(computed)
    while True:
        try:
            order = tuple(TopologicalSorter(parts).static_order())
        except CycleError as error:
            ring: Sequence[Place] = error.args[1][::-1]
            first = min(ring, key=list(parts).index)
            start = ring.index(first)
            told = [*ring[start:-1], *ring[:start], first]
            way = " → ".join(f"{feed}.{name}" for feed, name in told)
            path: Path = ("feeds", first[0], "values", first[1], "expression")
            draft.report("E250", path, hint=message("break_ring"), way=way)
            wrong.update(feed for feed, _ in ring)
            parts = {place: needs - set(ring) for place, needs in parts.items() if place not in ring}
        else:
            yield from order
            return


def _parts(computed: Mapping[str, ComputedDocument]) -> dict[Place, set[Place]]:
    """Return what each value is made of, computed values alone."""
    return {
        (feed, name): {
            place for place in _read(value.expression) if place[0] in computed and place[1] in computed[place[0]].values
        }
        for feed, document in computed.items()
        for name, value in document.values.items()
    }


def _read(text: str) -> set[Place]:
    try:
        return {(term.feed, term.name) for term in compile_expression(text).terms}
    except ExpressionError:
        return set()  # told where it is checked
