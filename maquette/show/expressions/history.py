"""History in expressions: ``.ago('24 h')``, ``.mean('7 d')``… after a value. The window is a duration in quotes, always the same."""

import ast
import re

from maquette.core.series import FUNCTIONS, LONGEST_WINDOW_S, Function
from maquette.core.units import Quantity, convert, dimension, parse_quantity
from maquette.errors import ExpressionError, UnitError
from maquette.show.expressions.places import Places
from maquette.show.expressions.tree import AGGREGATES, Past

_DAYS = {"week": 7, "semaine": 7, "month": 30, "mois": 30, "year": 365, "an": 365, "année": 365}
"""Words for longer times, which are no units; none but the week has one length."""

_UNQUOTED = re.compile(rf"\.({'|'.join(FUNCTIONS)})\s*\(\s*([0-9][^'\"()]*?)\s*\)")


def is_history(name: str) -> bool:
    """Tell whether a name after a value looks into its past."""
    return name in FUNCTIONS


def read_past(call: ast.Call, function: ast.Attribute, at: Places) -> Past:
    """Read what stands after a value: the function's name and its window.

    Raises:
        ExpressionError: no window, several, or one that is not a constant time above 0 and up to 400 days.
    """
    name: Function = next(known for known in FUNCTIONS if known == function.attr)
    if call.keywords:
        raise at.fault(call.keywords[0].value, f"'.{name}' takes no named argument", _example(name), "E304")
    if not call.args:
        raise without_window(function, at)
    if len(call.args) > 1:
        raise at.fault(call.args[1], f"'.{name}' takes one window, not {len(call.args)}", _example(name), "E304")
    match call.args[0]:
        case ast.Constant(value=str(written)) as place:
            return Past(name, _seconds(written, place, at), written)
        case ast.Constant(value=int() | float() as number) as place if not isinstance(number, bool):
            written = at.source(place)
            hint = f"write .{name}('{written} h') or .{name}('{written} d')"
            raise at.fault(place, f"{written} of what? A window is a time with its unit, in quotes", hint, "E304")
    raise at.fault(call.args[0], "a window is a time in quotes, the same at every moment", _example(name), "E304")


def _seconds(written: str, place: ast.expr, at: Places) -> float:
    try:
        quantity = parse_quantity(written)
    except UnitError as error:
        raise at.fault(place, str(error), error.hint, "E310") from None
    if quantity.unit is None:
        hint = f"write '{written.strip()} h' or '{written.strip()} d'"
        raise at.fault(place, f"the window '{written}' has no unit", hint, "E304")
    if dimension(quantity.unit) != "time":
        raise at.fault(place, f"the window '{written}' is not a time", _meant(quantity), "E304")
    seconds = convert(quantity.value, quantity.unit, "s")
    if seconds <= 0:
        hint = "it counts back from now, without a sign: '24 h'"
        raise at.fault(place, f"the window '{written}' must be above 0", hint, "E304")
    if seconds > LONGEST_WINDOW_S:
        raise at.fault(place, f"the window '{written}' is longer than 400 d", "the past is kept no longer", "E304")
    return seconds


def _meant(quantity: Quantity) -> str:
    word = (quantity.unit or "").lower()
    days = _DAYS.get(word) or _DAYS.get(word.removesuffix("s"))
    return f"write '{quantity.value * days:g} d'" if days else "write for example '24 h' or '7 d'"


def _example(name: str) -> str:
    return f"write for example .{name}('24 h')"


def without_window(function: ast.Attribute, at: Places) -> ExpressionError:
    """Return the error for a look into the past that does not say how far."""
    message = f"'.{function.attr}' looks into the past: how far?"
    return ExpressionError(message, column=at.name_column(function), hint=_example(function.attr), code="E304")


def past_of_what(function: ast.Attribute, at: Places) -> ExpressionError:
    """Return the error for a look into the past of something that is not a value of a feed."""
    name, before = function.attr, function.value
    message, hint = "only a value of a feed has a past", f"write feed.value.{name}('24 h')"
    match before:
        case ast.Name(id=feed):
            message, hint = f"'{feed}' alone is not a value", f"write {feed}.value.{name}('24 h')"
        case ast.Subscript(value=ast.Name()):
            written = at.source(before)
            message, hint = f"{written} names no value", f"write {written}.value.{name}('24 h')"
        case ast.Subscript():
            return at.strange(before)
        case ast.Attribute():
            message = f"{at.source(before)} is no value of a feed: it has no past"
        case ast.Call(func=ast.Attribute(attr=first)) if is_history(first):
            message, hint = "the past of a past is not kept", f"keep one of .{first} and .{name}"
        case ast.Call(func=ast.Name(id=outer), args=[ast.Attribute() as value]) if outer in AGGREGATES:
            hint = f"ask each value: {outer}({at.source(value)}.{name}('24 h'))"
    return ExpressionError(message, column=at.name_column(function), hint=hint, code="E304")


def unquoted_window(text: str, column: int) -> str | None:
    """Return a hint when a window without quotes stands at a column, as in ``.ago(1 week)``, or None."""
    for found in _UNQUOTED.finditer(text):
        if found.start() <= column <= found.end():
            return f"write .{found[1]}('{found[2]}'), in quotes"
    return None
