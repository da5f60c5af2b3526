"""History in expressions: ``.ago('24 h')``, ``.mean('7 d')``… after a value. The window is a duration in quotes, always the same."""

import ast
import re

from maquette.core.message import Message, message
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
        raise at.fault(call.keywords[0].value, message("E304.named", name=name), _example(name))
    if not call.args:
        raise without_window(function, at)
    if len(call.args) > 1:
        raise at.fault(call.args[1], message("E304.windows", name=name, found=len(call.args)), _example(name))
    match call.args[0]:
        case ast.Constant(value=str(written)) as place:
            return Past(name, _seconds(written, place, at), written)
        case ast.Constant(value=int() | float() as number) as place if not isinstance(number, bool):
            written = at.source(place)
            hint = message("either", one=f".{name}('{written} h')", other=f".{name}('{written} d')")
            raise at.fault(place, message("E304.number", number=written), hint)
    raise at.fault(call.args[0], message("E304.form"), _example(name))


def _seconds(written: str, place: ast.expr, at: Places) -> float:
    try:
        quantity = parse_quantity(written)
    except UnitError as error:
        raise at.fault(place, message("E310", reason=error.message), error.hint) from None
    if quantity.unit is None:
        hint = message("either", one=f"'{written.strip()} h'", other=f"'{written.strip()} d'")
        raise at.fault(place, message("E304.no_unit", window=written), hint)
    if dimension(quantity.unit) != "time":
        raise at.fault(place, message("E304.no_time", window=written), _meant(quantity))
    seconds = convert(quantity.value, quantity.unit, "s")
    if seconds <= 0:
        raise at.fault(place, message("E304.negative", window=written), message("counts_back", example="'24 h'"))
    if seconds > LONGEST_WINDOW_S:
        longest = f"{LONGEST_WINDOW_S / 86400:g} d"
        raise at.fault(place, message("E304.long", window=written, longest=longest), message("kept_no_longer"))
    return seconds


def _meant(quantity: Quantity) -> Message:
    word = (quantity.unit or "").lower()
    days = _DAYS.get(word) or _DAYS.get(word.removesuffix("s"))
    if days:
        return message("write_this", written=f"{quantity.value * days:g} d")
    return message("some_windows")


def _example(name: str) -> Message:
    return message("example", example=f".{name}('24 h')")


def without_window(function: ast.Attribute, at: Places) -> ExpressionError:
    """Return the error for a look into the past that does not say how far."""
    fault = message("E304.how_far", name=function.attr)
    return ExpressionError(fault, column=at.name_column(function), hint=_example(function.attr))


def past_of_what(function: ast.Attribute, at: Places) -> ExpressionError:
    """Return the error for a look into the past of something that is not a value of a feed."""
    name, before = function.attr, function.value
    fault = message("E304.no_value")
    hint = message("write_plain", written=f"feed.value.{name}('24 h')")
    match before:
        case ast.Name(id=feed):
            fault = message("E304.feed", name=feed)
            hint = message("write_plain", written=f"{feed}.value.{name}('24 h')")
        case ast.Subscript(value=ast.Name()):
            written = at.source(before)
            fault = message("E304.row", written=written)
            hint = message("write_plain", written=f"{written}.value.{name}('24 h')")
        case ast.Subscript():
            return at.strange(before)
        case ast.Attribute():
            fault = message("E304.not_a_value", written=at.source(before))
        case ast.Call(func=ast.Attribute(attr=first)) if is_history(first):
            fault = message("E304.past_of_past")
            hint = message("keep_one", one=f".{first}", other=f".{name}")
        case ast.Call(func=ast.Name(id=outer), args=[ast.Attribute() as value]) if outer in AGGREGATES:
            hint = message("ask_each", written=f"{outer}({at.source(value)}.{name}('24 h'))")
    return ExpressionError(fault, column=at.name_column(function), hint=hint)


def unquoted_window(text: str, column: int) -> Message | None:
    """Return a hint when a window without quotes stands at a column, as in ``.ago(1 week)``, or None."""
    for found in _UNQUOTED.finditer(text):
        if found.start() <= column <= found.end():
            return message("window_in_quotes", written=f".{found[1]}('{found[2]}')")
    return None
