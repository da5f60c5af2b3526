"""What a show asks of the past: found in all of its expressions, told to the feeds at the start and at each change of the show."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache

from maquette.core.past import PastTerm, PastWanted
from maquette.core.series import LONGEST_WINDOW_S
from maquette.show.expressions import Expression, Term
from maquette.show.scenario import Show, Step


def past_wanted(show: Show) -> PastWanted:
    """Return the terms that a show asks of the past, and how far back its journeys need the series of the values that they tell."""
    terms = frozenset(term.past for term in _terms(show) if term.past is not None)
    spans: dict[tuple[str, str], float] = {}
    for scenario in show.scenarios.values():
        for step in scenario.steps:
            for term in _ingredients(step, show) if step.through is not None else ():
                value = (term.feed, term.name)
                spans[value] = max(spans.get(value, 0.0), _span_s(step, term.past))
    return PastWanted(terms, spans)


def values_used(show: Show) -> frozenset[tuple[str, str]]:
    """Return the values that a show asks for, now or in the past: (feed, value)."""
    return frozenset((term.feed, term.name) for term in _terms(show))


def _ingredients(part: object, show: Show) -> Iterator[Term]:
    """Yield the terms of a part of a show; for computed values those that they are made of, in the end."""
    made = {(value.feed, value.name): value.expression for value in show.computed}
    for term in _terms(part):
        expression = made.get((term.feed, term.name))
        if expression is None:
            yield term
        else:
            yield from _ingredients(expression, show)


@lru_cache(maxsize=64)
def past_terms(part: Hashable) -> frozenset[PastTerm]:
    """Return the terms that a part of a show (a step, a layer…) asks of the past."""
    return frozenset(term.past for term in _terms(part) if term.past is not None)


def _span_s(step: Step, past: PastTerm | None) -> float:
    """Return how far back from now a journey goes; one that begins on a given date may need all that is kept."""
    assert step.through is not None
    start = step.through.start
    journey_s = LONGEST_WINDOW_S if start.local is not None else start.ago_s
    return journey_s + (past.window_s if past is not None else 0.0)


def _terms(part: object) -> Iterator[Term]:
    for expression in expressions_in(part):
        yield from expression.terms


def expressions_in(part: object) -> Iterator[Expression]:
    """Yield every expression in a part of a show, wherever it stands."""
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from expressions_in(value)
    elif isinstance(part, tuple | list):
        for value in part:
            yield from expressions_in(value)
    elif is_dataclass(part) and not isinstance(part, type):
        for entry in fields(part):
            yield from expressions_in(getattr(part, entry.name))
