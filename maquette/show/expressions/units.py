"""The arithmetic of units, shared by what runs an expression and what checks it: a measure is a unit and how firmly it is held.

A bare number takes the unit of the value it meets, a quoted quantity is converted to it, and values of feeds keep theirs. Where two
units multiply or divide, the result is a unit written from both (``MW·h``, ``jobs/km²``), which converts to nothing else.
"""

from enum import IntEnum
from typing import NamedTuple

from maquette.core.message import message
from maquette.core.units import convert, dimension, named_unit
from maquette.errors import UnitError


class Firmness(IntEnum):
    """How firmly a number holds its unit: of two that meet, the firmer one's unit stays."""

    BARE = 0
    QUOTED = 1
    READ = 2


class Measure(NamedTuple):
    """A unit (None: no unit) and how firmly it is held."""

    unit: str | None
    firmness: Firmness


BARE = Measure(None, Firmness.BARE)
"""A number without unit, as it stands in the text."""

PURE = Measure(None, Firmness.READ)
"""A count or a ratio: it has no unit and takes none."""

PERCENT = Measure("%", Firmness.READ)


def common(one: Measure, other: Measure) -> Measure:
    """Return the measure in which two numbers can be added or compared.

    Raises:
        UnitError: they measure different things.
    """
    if one.unit == other.unit:
        return one if one.firmness >= other.firmness else other
    if one.firmness is Firmness.BARE:
        return other
    if other.firmness is Firmness.BARE:
        return one
    kept, left = (one, other) if one.firmness >= other.firmness else (other, one)
    try:
        convert(0.0, left.unit, kept.unit)
    except UnitError as error:
        both = message("measure_differently", one=named_unit(one.unit), other=named_unit(other.unit))
        raise UnitError(both, error.hint) from None
    return kept


def product(one: Measure, other: Measure) -> tuple[Measure, float]:
    """Return the measure of a product, and the factor by which the product of the two numbers is multiplied."""
    firmer = max(one.firmness, other.firmness)
    if one.unit is None and other.unit is None:
        return Measure(None, firmer), 1.0
    for share, whole in ((one, other), (other, one)):
        if share.unit == "%" and whole.firmness is not Firmness.BARE:
            return Measure(whole.unit, firmer), 0.01
    if one.unit is None or other.unit is None:
        return Measure(one.unit or other.unit, firmer), 1.0
    return Measure(f"{_grouped(one.unit)}·{_grouped(other.unit)}", firmer), 1.0


def quotient(one: Measure, other: Measure) -> tuple[Measure, float]:
    """Return the measure of a quotient, and the factor by which the quotient of the two numbers is multiplied."""
    firmer = max(one.firmness, other.firmness)
    if one.unit == other.unit:
        return Measure(None, firmer), 1.0
    if one.unit is None:
        if other.unit == "%":
            return Measure(None, firmer), 100.0
        return Measure(f"1/{_grouped(other.unit or '')}", firmer), 1.0
    if other.unit is None:
        return Measure(one.unit, firmer), 1.0
    if dimension(one.unit) == dimension(other.unit):
        # The difference leaves out where a scale of temperature begins.
        return Measure(None, firmer), convert(1.0, one.unit, other.unit) - convert(0.0, one.unit, other.unit)
    if other.unit == "%":
        return Measure(one.unit, firmer), 100.0
    return Measure(f"{one.unit}/{_grouped(other.unit)}", firmer), 1.0


def power(base: Measure, exponent: Measure) -> Measure:
    """Return the measure of a power.

    Raises:
        UnitError: the base or the exponent has a unit.
    """
    for side, key in ((base, "E312"), (exponent, "E312.exponent")):
        if side.unit is not None:
            raise UnitError(message(key, unit=side.unit), message("divide_first"))
    return Measure(None, max(base.firmness, exponent.firmness))


def _grouped(unit: str) -> str:
    return f"({unit})" if "/" in unit else unit
