"""Expressions at work: a tree becomes a closure; a closure and the readings of a moment give a value.

A missing operand makes a missing result, and so does whatever has no answer: a division by zero, a number beyond all bounds, two units
that measure different things. Nothing here raises.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from maquette.core.readings import Quality, Reading
from maquette.show.expressions.moment import Moment, Operand
from maquette.show.expressions.numbers import calculate, compare, finite, function_of, level
from maquette.show.expressions.rows import Column, aggregate
from maquette.show.expressions.tree import (
    AGGREGATES,
    Arithmetic,
    Call,
    Cell,
    Choice,
    Comparison,
    Kind,
    Logic,
    Node,
    Not,
    Number,
    Phrase,
    Sign,
    Truth,
    ZoneAttribute,
    inner_aggregates,
    spread_cells,
)
from maquette.show.expressions.units import BARE, Firmness, Measure

Run = Callable[[Moment], Operand]
"""A compiled expression."""

_TRUE, _FALSE, _UNSURE = Operand(value=True), Operand(value=False), Operand(None)


def build(node: Node) -> Run:
    """Return the closure of a tree."""
    match node:
        case Number(value=value, unit=unit):
            return _constant(Operand(value, BARE if unit is None else Measure(unit, Firmness.QUOTED)))
        case Truth(value=value):
            return _constant(_TRUE if value else _FALSE)
        case Phrase(text=text):
            return _constant(Operand(text))
        case ZoneAttribute(name=name):
            return lambda moment: Operand(moment.zone.get(name))
        case Cell():
            return _cell(node)
        case Sign(negative=negative, operand=operand):
            return _negative(build(operand)) if negative else build(operand)
        case Not(operand=operand):
            return _not(build(operand))
        case Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, build(left), build(right))
        case Comparison(operators=operators, operands=operands):
            return _comparison(operators, tuple(build(operand) for operand in operands))
        case Logic(operator=operator, operands=operands):
            return _logic(operator, tuple(build(operand) for operand in operands))
        case Choice():
            return _choice(node)
        case Call():
            return _call(node)


def _constant(operand: Operand) -> Run:
    return lambda _: operand


def _cell(cell: Cell) -> Run:
    feed, name, wanted_row = cell.feed, cell.reading, _row_of(cell)

    def run(moment: Moment) -> Operand:
        reading = wanted_row(moment, moment.readings.rows(feed, name))
        if reading is None:
            return _UNSURE
        value = None if (quality := reading.quality_at(moment.now)) is Quality.MISSING else finite(reading.value)
        moment.used.append((Quality.MISSING if value is None else quality, reading))
        return Operand(value, Measure(reading.unit, Firmness.READ))

    return run


def _row_of(cell: Cell) -> Callable[[Moment, Mapping[str | None, Reading]], Reading | None]:
    """Return how a cell finds its reading among the rows of its value."""
    match cell.key:
        case Phrase(text=text):
            return lambda _, rows: rows.get(text)
        case ZoneAttribute(name=attribute):
            # Without the attribute there is no row, not even the one of a feed without keys.
            return lambda moment, rows: rows.get(moment.zone[attribute]) if attribute in moment.zone else None
        case _ if cell.spread:
            # Beside a keyed feed, one without keys gives its only row to all of them.
            return lambda moment, rows: rows.get(moment.row) or rows.get(None)
    return lambda _, rows: rows.get(None)


def _negative(operand: Run) -> Run:
    def run(moment: Moment) -> Operand:
        value, measure = operand(moment)
        number = finite(value)
        return Operand(None if number is None else -number, measure)

    return run


def _not(operand: Run) -> Run:
    def run(moment: Moment) -> Operand:
        value = operand(moment).value
        return _UNSURE if value is None else Operand(not value)

    return run


def _arithmetic(operator: str, left: Run, right: Run) -> Run:
    work = calculate(operator)
    return lambda moment: work(left(moment), right(moment))


def _comparison(operators: tuple[str, ...], operands: tuple[Run, ...]) -> Run:
    first, others = operands[0], tuple(zip(operators, operands[1:], strict=True))

    def run(moment: Moment) -> Operand:
        left = first(moment)
        for operator, operand in others:
            right = operand(moment)
            holds = compare(operator, left, right)
            if not holds:
                return Operand(holds)
            left = right
        return _TRUE

    return run


def _logic(operator: Literal["and", "or"], operands: tuple[Run, ...]) -> Run:
    deciding = operator == "or"

    def run(moment: Moment) -> Operand:
        # One operand that decides is enough, whatever is unknown beside it; then only its own readings count.
        start, unsure = moment.mark(), False
        for operand in operands:
            before = moment.mark()
            value = operand(moment).value
            if value is deciding:
                moment.forget(start, before)
                return Operand(deciding)
            unsure = unsure or value is None
        return _UNSURE if unsure else Operand(not deciding)

    return run


def _choice(node: Choice) -> Run:
    test, chosen, otherwise = build(node.test), build(node.chosen), build(node.otherwise)
    numbers = node.kind is Kind.NUMBER

    def run(moment: Moment) -> Operand:
        holds = test(moment).value
        if holds is None:
            return _UNSURE
        before = moment.mark()
        # The side that is not taken says only in which unit a bare number stands.
        aside = (otherwise if holds else chosen)(moment) if numbers else _UNSURE
        moment.forget(before)
        taken = (chosen if holds else otherwise)(moment)
        return level((taken, aside))[0] if numbers else taken

    return run


def _call(node: Call) -> Run:
    arguments = tuple(build(argument) for argument in node.arguments)
    if node.function in AGGREGATES:
        truths = node.arguments[0].kind is Kind.TRUTH
        columns = tuple(
            Column(
                (argument.feed, argument.reading) if isinstance(argument, Cell) and argument.key is None else None,
                run,
                tuple((cell.feed, cell.reading) for cell in spread_cells(argument)),
                tuple(build(inner) for inner in inner_aggregates(argument)),
            )
            for run, argument in zip(arguments, node.arguments, strict=True)
        )
        return aggregate(node, columns, truths=truths)
    work = function_of(node.function)
    return lambda moment: work(tuple(argument(moment) for argument in arguments))
