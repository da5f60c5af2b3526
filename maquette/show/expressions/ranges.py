"""Ranges of expressions: between which numbers a value can lie, as far as the documents say; and comparisons that never change.

Interval arithmetic on the few nodes for which it is exact enough; wherever nobody can tell, there is no range.
"""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from maquette.core.units import convert
from maquette.errors import UnitError
from maquette.show.expressions.tree import Call, Cell, Choice, Comparison, Node, Number, Sign, walk

Range = tuple[float, float]
"""The lowest and the highest, both included."""

PlausibleRange = Callable[[str, str], tuple[Range, str | None] | None]
"""(feed, value) → its range in its unit, or None when the documents do not say."""


class Verdict(NamedTuple):
    """A comparison that always comes out the same: what it gives, where it stands, and what its value lies between."""

    holds: bool
    column: int
    low: float
    high: float
    unit: str | None


class _Span(NamedTuple):
    low: float
    high: float
    unit: str | None
    bare: bool = False
    constant: bool = False


def settled_comparisons(tree: Node, plausible: PlausibleRange) -> Iterator[Verdict]:
    """Yield every comparison between a value and a constant that no plausible reading changes."""
    for node in walk(tree):
        if isinstance(node, Comparison):
            for operator, (left, right) in zip(node.operators, pairwise(node.operands), strict=True):
                verdict = _verdict(operator, span(left, plausible), span(right, plausible), right.column)
                if verdict is not None:
                    yield verdict


def _verdict(operator: str, left: _Span | None, right: _Span | None, column: int) -> Verdict | None:
    if left is None or right is None or left.constant is right.constant:
        return None
    value, constant = (right, left) if left.constant else (left, right)
    low, high = value.low, value.high
    try:
        at = constant.low if constant.bare else convert(constant.low, constant.unit, value.unit)
    except UnitError:
        return None
    if left.constant:
        operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
    holds = _holds(operator, low, high, at)
    return None if holds is None else Verdict(holds, column, low, high, value.unit)


def _holds(operator: str, low: float, high: float, at: float) -> bool | None:
    match operator:
        case "<":
            return True if high < at else False if low >= at else None
        case "<=":
            return True if high <= at else False if low > at else None
        case ">":
            return True if low > at else False if high <= at else None
        case ">=":
            return True if low >= at else False if high < at else None
        case "==":
            return False if not low <= at <= high else None
        case _:
            return True if not low <= at <= high else None


def span(node: Node, plausible: PlausibleRange) -> _Span | None:
    """Return between which numbers a node lies, or None when nobody can tell."""
    match node:
        case Number(value=value, unit=unit):
            return _Span(value, value, unit, bare=unit is None, constant=True)
        case Sign(negative=negative, operand=operand):
            inner = span(operand, plausible)
            if inner is None or not negative:
                return inner
            return inner._replace(low=-inner.high, high=-inner.low)
        case Cell():
            return _cell(node, plausible)
        case Choice():
            return _joined(span(node.chosen, plausible), span(node.otherwise, plausible))
        case Call(function="share"):
            return _Span(0.0, 100.0, "%")
        case Call(function="count"):
            return _Span(0.0, math.inf, None)
        case Call(function="min" | "max" | "mean", arguments=(argument,)):
            return span(argument, plausible)
        case Call(function="round", arguments=(argument, *_)):
            inner = span(argument, plausible)
            return None if inner is None else inner._replace(low=math.floor(inner.low), high=math.ceil(inner.high))
    return None


def _cell(cell: Cell, plausible: PlausibleRange) -> _Span | None:
    found = plausible(cell.feed, cell.name)
    if found is None:
        return None
    (low, high), unit = found
    match cell.past.function if cell.past is not None else "ago":
        case "sum":
            return None
        case "change":
            return _Span(low - high, high - low, unit)
    return _Span(low, high, unit)


def _joined(one: _Span | None, other: _Span | None) -> _Span | None:
    if one is None or other is None or one.unit != other.unit:
        return None
    return _Span(min(one.low, other.low), max(one.high, other.high), one.unit)
