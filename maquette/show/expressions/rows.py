"""Aggregates of expressions: many rows of keyed feeds become one number. Missing rows are skipped and counted as asked for."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from maquette.core.readings import Quality, Reading
from maquette.show.expressions.moment import Moment, Operand
from maquette.show.expressions.numbers import finite, level
from maquette.show.expressions.tree import Call
from maquette.show.expressions.units import PERCENT, PURE, Firmness, Measure

Run = Callable[[Moment], Operand]


class Column(NamedTuple):
    """An argument of an aggregate.

    Attributes:
        value: the feed and name of the readings where the argument is that value of every row and nothing else, or None.
        run: gives its value on the row that the moment is at.
        sources: feeds and names of the readings that stand for many rows.
        inner: aggregates within it, which give the same on every row.
    """

    value: tuple[str, str] | None
    run: Run
    sources: tuple[tuple[str, str], ...]
    inner: tuple[Run, ...]


def aggregate(node: Call, columns: tuple[Column, ...], *, truths: bool) -> Run:
    """Return the closure of an aggregate; ``truths`` when its (one) argument is true or false on each row."""
    name, place = node.function, node.column

    def run(moment: Moment) -> Operand:
        if place not in moment.settled:
            moment.settled[place] = work(moment)
        return moment.settled[place]

    def work(moment: Moment) -> Operand:
        values: list[Operand] = []
        for column in columns:
            found = _values(moment, column) if column.value is None else _read(moment, *column.value)
            if not found:
                return Operand(None)
            values += found
        return _share(values) if name == "share" else _count(values, truths) if name == "count" else _fold(name, values)

    return run


def _values(moment: Moment, column: Column) -> list[Operand]:
    """Evaluate one argument on each of its rows and return what is known."""
    keys, row, known, total = _keys(moment, column.sources), moment.row, moment.known, moment.total
    for inner in column.inner:
        # Worked out before any row, so that what they used counts once, whichever rows are skipped.
        inner(moment)
    found: list[Operand] = []
    missed: list[tuple[Quality, Reading]] = []
    for key in keys:
        before = moment.mark()
        moment.row = key
        operand = column.run(moment)
        if operand.value is None:
            missed += moment.used[before.used :]
            moment.forget(before)
        else:
            found.append(operand)
    moment.row = row
    if not found:
        # Nothing is known: the readings that are missing are the explanation.
        moment.used += missed
    if column.sources and keys != [None]:
        moment.known, moment.total = known + len(found), total + len(keys)
    return found


def _read(moment: Moment, feed: str, name: str) -> list[Operand]:
    """Do what `_values` does for the value itself, which most aggregates are of: nothing is to be worked out on each row."""
    rows, now = moment.readings.rows(feed, name), moment.now
    found: list[Operand] = []
    used: list[tuple[Quality, Reading]] = []
    missed: list[tuple[Quality, Reading]] = []
    measure = PURE
    for key, reading in rows.items():
        if key is None and len(rows) > 1:
            continue
        quality, value = reading.quality_at(now), reading.value
        if quality is Quality.MISSING or value is None or not math.isfinite(value):
            missed.append((Quality.MISSING, reading))
            continue
        if reading.unit != measure.unit:
            measure = Measure(reading.unit, Firmness.READ)
        found.append(Operand(float(value), measure))
        used.append((quality, reading))
    moment.used += used or missed
    if None not in rows or len(rows) > 1:
        moment.known += len(found)
        moment.total += len(found) + len(missed)
    return found


def _keys(moment: Moment, sources: tuple[tuple[str, str], ...]) -> Sequence[str | None]:
    """Return the rows that some readings have between them; ``[None]`` where there are no keys."""
    if not sources:
        return [moment.row]
    keys: dict[str | None, None] = {}
    for feed, name in sources:
        keys.update(dict.fromkeys(moment.readings.rows(feed, name)))
    if len(keys) > 1:
        keys.pop(None, None)
    return list(keys)


def _fold(name: str, values: list[Operand]) -> Operand:
    levelled = level(values)
    measure = levelled[0].measure
    numbers = [operand.value for operand in levelled if isinstance(operand.value, float)]
    if len(numbers) < len(levelled):
        return Operand(None, measure)
    match name:
        case "min":
            return Operand(min(numbers), measure)
        case "max":
            return Operand(max(numbers), measure)
    return Operand(_total(numbers, len(numbers) if name == "mean" else 1), measure)


def _total(numbers: list[float], parts: int) -> float | None:
    try:
        return finite(math.fsum(numbers) / parts)
    except OverflowError:
        return None


def _count(values: list[Operand], truths: bool) -> Operand:
    return Operand(float(sum(operand.value is True for operand in values) if truths else len(values)), PURE)


def _share(values: list[Operand]) -> Operand:
    return Operand(100.0 * sum(operand.value is True for operand in values) / len(values), PERCENT)
