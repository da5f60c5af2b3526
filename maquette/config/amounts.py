"""Amounts in documents: a number or a quantity, read in the unit of what it meets."""

from maquette.config.draft import Draft
from maquette.config.tree import Path
from maquette.core.message import message
from maquette.core.units import Quantity, convert, parse_quantity
from maquette.errors import UnitError


def amount(written: float | str, unit: str | None) -> float:
    """Return a number in ``unit``; a bare number takes the unit it meets, and a percentage is a share of one where there is no unit.

    Raises:
        UnitError: the two units measure different things; its hint says which unit is expected.
    """
    quantity = parse_quantity(written) if isinstance(written, str) else Quantity(written, None)
    if quantity.unit == "%" and unit is None:
        return quantity.value / 100
    try:
        return quantity.to(unit)
    except UnitError as error:
        expected = message("give_in", unit=unit) if unit else message("give_without_unit")
        raise UnitError(error.message, error.hint or expected) from error


def same_kind(one: str | None, other: str | None) -> bool:
    """Tell whether values in one unit can be read in the other; no unit meets any."""
    if one is None or other is None or one == other:
        return True
    try:
        convert(0.0, one, other)
    except UnitError:
        return False
    return True


def check_amount(draft: Draft, path: Path, written: float | str, unit: str | None) -> float | None:
    """Return an amount in ``unit``; None when it cannot be read in it, which is noted in the draft."""
    try:
        return amount(written, unit)
    except UnitError as error:
        draft.report("E341", path, hint=error.hint, reason=error.message)
        return None
