"""The grammar of expressions: a text becomes a tree, node by node, and whatever is not listed here is refused with its column.

Python's parser reads the text, this module rebuilds it from the few kinds of nodes that it knows; nothing of Python's tree is ever run.
"""

import ast
import math
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Literal

from maquette.core.message import message
from maquette.core.series import FUNCTIONS
from maquette.errors import ExpressionError
from maquette.show.expressions.history import (
    is_history,
    past_of_what,
    read_past,
    unquoted_window,
    without_window,
)
from maquette.show.expressions.kinds import meeting_kind, of_kind, settled
from maquette.show.expressions.places import Places, unreadable
from maquette.show.expressions.scan import DEEPEST, scan
from maquette.show.expressions.tree import (
    AGGREGATES,
    ARGUMENTS,
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
)

LARGEST_EXPONENT = 16
"""The largest exponent, either way, that may be written after ``**``."""

_ARITHMETIC: dict[type[ast.operator], Literal["+", "-", "*", "/", "//", "%", "**"]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
# What the functions are called elsewhere.
_MEANT_FUNCTIONS = {
    "average": "mean",
    "avg": "mean",
    "moyenne": "mean",
    "somme": "sum",
    "total": "sum",
    "len": "count",
    "nombre": "count",
    "part": "share",
    "arrondi": "round",
    "limit": "clamp",
}


def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        ExpressionError: the text is not in the language; the column is an offset in ``text``.
    """
    clean = scan(text)
    start = len(clean) - len(clean.lstrip())
    source = clean.strip()
    try:
        body = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        column = start + max(0, (error.offset or 1) - 1)
        raise unreadable(text, column, unquoted_window(text, column)) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError(message("E303.deep"), hint=message("split")) from None
    reader = _Reader(source, start)
    return settled(reader.read(body, 0, spread=False))


class _Reader:
    """Turns Python's nodes into ours; `text` is one line and begins at `start` in what people wrote.

    A text in quotes stays a `Phrase` until what it meets says what it is.
    """

    def __init__(self, text: str, start: int) -> None:
        self._at = Places(text, start)
        self._readers: dict[type[ast.expr], Callable[[Any, int, bool], Node]] = {
            ast.Constant: self._constant,
            ast.Attribute: self._attribute,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._arithmetic,
            ast.Compare: self._comparison,
            ast.BoolOp: self._logic,
            ast.IfExp: self._choice,
            ast.Call: self._call,
            ast.Name: self._name,
        }

    def read(self, node: ast.expr, depth: int, spread: bool) -> Node:
        """Read one node and what is under it."""
        if depth > DEEPEST:
            raise self._at.fault(node, message("E303.deep"), message("split"))
        reader = self._readers.get(type(node))
        if reader is None:
            raise self._at.strange(node)
        return reader(node, depth + 1, spread)

    # -- leaves

    def _constant(self, node: ast.Constant, depth: int, spread: bool) -> Node:
        del depth, spread
        column = self._at.column(node)
        match node.value:
            case bool():
                return Truth(column, node.value)
            case int() | float():
                return Number(column, self._finite(node, node.value))
            case str():
                return Phrase(column, node.value)
        raise self._at.strange(node)

    def _finite(self, node: ast.expr, value: float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._at.fault(node, message("E303.number"))
        return number

    def _name(self, node: ast.Name, depth: int, spread: bool) -> Node:
        del depth, spread
        name = node.id
        if name in ARGUMENTS:
            raise self._at.fault(
                node, message("E302.function", name=name), message("write_plain", written=f"{name}(…)")
            )
        if name in ("true", "false"):
            raise self._at.fault(node, message("E302.word", word=name), message("write_plain", written=name.title()))
        if name == "zone":
            raise self._at.fault(node, message("E302.zone"), message("zone_attribute"))
        raise self._at.fault(node, message("E302.name", name=name), message("feed_and_value", example=f"{name}.value"))

    def _attribute(self, node: ast.Attribute, depth: int, spread: bool) -> Node:
        del depth
        name_column = self._at.name_column(node)
        if node.attr.startswith("_"):
            fault = message("E302.underscore", name=node.attr)
            raise ExpressionError(fault, column=name_column, hint=message("letter_first"))
        match node.value:
            case ast.Name(id="zone"):
                return ZoneAttribute(self._at.column(node), node.attr, name_column)
            case ast.Name(id=feed):
                return Cell(self._at.column(node), feed, node.attr, name_column, None, spread)
            case ast.Subscript(value=ast.Name(id=feed)) if feed != "zone":
                return Cell(self._at.column(node), feed, node.attr, name_column, self._key(node.value.slice), spread)
            case ast.Attribute() | ast.Subscript(value=ast.Attribute()) if is_history(node.attr):
                raise without_window(node, self._at)
        fault = message("E302.follow", name=node.attr, before=self._at.source(node.value))
        raise ExpressionError(fault, column=name_column, hint=message("value_form"))

    def _key(self, node: ast.expr) -> Phrase | ZoneAttribute:
        match node:
            case ast.Constant(value=str(text)):
                return Phrase(self._at.column(node), text)
            case ast.Constant(value=int() | float()):
                raise self._at.fault(
                    node, message("E302.key_number"), message("quote_it", written=self._at.source(node))
                )
            case ast.Attribute(value=ast.Name(id="zone")):
                key = self._attribute(node, 0, spread=False)
                assert isinstance(key, ZoneAttribute)
                return key
            case ast.Name(id=name):
                raise self._at.fault(node, message("E302.key_name", name=name), message("key_or_attribute", name=name))
        raise self._at.fault(node, message("E302.key"), message("example", example="air['69276'].index"))

    # -- what is made of others

    def _unary(self, node: ast.UnaryOp, depth: int, spread: bool) -> Node:
        column = self._at.column(node)
        if isinstance(node.op, ast.Not):
            return Not(column, self._truth(node.operand, depth, spread))
        return Sign(column, isinstance(node.op, ast.USub), self._number(node.operand, depth, spread))

    def _arithmetic(self, node: ast.BinOp, depth: int, spread: bool) -> Node:
        operator = _ARITHMETIC.get(type(node.op))
        if operator is None:
            raise self._at.strange(node)
        left = self._number(node.left, depth, spread)
        right = self._number(node.right, depth, spread)
        if operator == "**":
            self._check_exponent(node.right, right)
        return Arithmetic(self._at.column(node), operator, left, right)

    def _check_exponent(self, place: ast.expr, exponent: Node) -> None:
        number = exponent.operand if isinstance(exponent, Sign) else exponent
        if not isinstance(number, Number) or number.unit is not None:
            raise self._at.fault(place, message("E303.exponent_kind"), message("example", example="** 2"))
        if number.value > LARGEST_EXPONENT:
            raise self._at.fault(place, message("E303.exponent", limit=LARGEST_EXPONENT))

    def _comparison(self, node: ast.Compare, depth: int, spread: bool) -> Node:
        places = [node.left, *node.comparators]
        operands = [self.read(place, depth, spread) for place in places]
        operators = tuple(_COMPARISONS[type(operator)] for operator in node.ops)
        kind = Kind.TEXT if meeting_kind(operands) is Kind.TEXT else Kind.NUMBER
        wrong = next((operator for operator in operators if operator not in ("==", "!=")), None)
        if kind is Kind.TEXT and wrong:
            raise self._at.fault(node, message("E306.texts", sign=wrong), message("compare_texts"))
        pairs = zip(operands, places, strict=True)
        operands = [of_kind(kind, operand, self._at, place) for operand, place in pairs]
        return Comparison(self._at.column(node), operators, tuple(operands))

    def _logic(self, node: ast.BoolOp, depth: int, spread: bool) -> Node:
        operands = tuple(self._truth(value, depth, spread) for value in node.values)
        return Logic(self._at.column(node), "and" if isinstance(node.op, ast.And) else "or", operands)

    def _choice(self, node: ast.IfExp, depth: int, spread: bool) -> Node:
        test = self._truth(node.test, depth, spread)
        sides = [self.read(node.body, depth, spread), self.read(node.orelse, depth, spread)]
        kind = meeting_kind(sides)
        chosen = of_kind(kind, sides[0], self._at, node.body)
        otherwise = of_kind(kind, sides[1], self._at, node.orelse)
        return Choice(self._at.column(node), test, chosen, otherwise)

    def _call(self, node: ast.Call, depth: int, spread: bool) -> Node:
        if not isinstance(node.func, ast.Name):
            return self._history(node, node.func, spread)
        name = node.func.id
        if name not in ARGUMENTS:
            close = get_close_matches(name.lower(), ARGUMENTS, n=1)
            meant = _MEANT_FUNCTIONS.get(name.lower(), close[0] if close else None)
            hint = message("did_you_mean", name=meant) if meant else message("there_are", names=", ".join(ARGUMENTS))
            raise self._at.fault(node.func, message("E208", name=name), hint)
        self._check_arguments(node, name)
        arguments = tuple(self._argument(name, place, depth, spread) for place in node.args)
        if name == "round" and len(arguments) == 2:
            self._check_digits(node.args[1], arguments[1])
        return Call(self._at.column(node), name, arguments)

    def _argument(self, function: str, place: ast.expr, depth: int, spread: bool) -> Node:
        argument = self.read(place, depth, spread or function in AGGREGATES)
        counts_truths = function == "count" and argument.kind is Kind.TRUTH
        wanted = Kind.TRUTH if function == "share" or counts_truths else Kind.NUMBER
        return of_kind(wanted, argument, self._at, place)

    def _history(self, node: ast.Call, function: ast.expr, spread: bool) -> Node:
        if not isinstance(function, ast.Attribute):
            raise self._at.fault(function, message("E302.call"))
        if not is_history(function.attr):
            close = get_close_matches(function.attr.lower(), FUNCTIONS, n=1)
            meant = _MEANT_FUNCTIONS.get(function.attr.lower(), close[0] if close else None)
            hint = message("after_value", names=", ".join(FUNCTIONS))
            if meant in FUNCTIONS:
                hint = message("did_you_mean", name=f".{meant}")
            column = self._at.name_column(function)
            raise ExpressionError(message("E208", name=function.attr), column=column, hint=hint)
        value = self._attribute(function.value, 0, spread) if isinstance(function.value, ast.Attribute) else None
        if not isinstance(value, Cell):
            raise past_of_what(function, self._at)
        return replace(value, past=read_past(node, function, self._at))

    def _check_arguments(self, node: ast.Call, name: str) -> None:
        if node.keywords:
            raise self._at.fault(node.keywords[0].value, message("E305.named", name=name))
        fewest, most = ARGUMENTS[name]
        if not fewest <= len(node.args) <= most:
            found = len(node.args)
            if fewest == most:
                fault = message("E305", name=name, count=fewest, found=found)
            else:
                fault = message("E305.between", name=name, fewest=fewest, most=most, found=found)
            raise self._at.fault(node, fault, message("write_clamp") if name == "clamp" else None)

    def _check_digits(self, place: ast.expr, digits: Node) -> None:
        if not isinstance(digits, Number) or digits.unit is not None or digits.value not in range(10):
            raise self._at.fault(place, message("E305.round"), message("write_plain", written="round(x, 1)"))

    def _number(self, place: ast.expr, depth: int, spread: bool) -> Node:
        return of_kind(Kind.NUMBER, self.read(place, depth, spread), self._at, place)

    def _truth(self, place: ast.expr, depth: int, spread: bool) -> Node:
        return of_kind(Kind.TRUTH, self.read(place, depth, spread), self._at, place)
