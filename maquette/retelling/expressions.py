"""Expressions in words, where they are simple; others are quoted as they are written."""

from collections.abc import Sequence

from maquette.retelling.names import Names
from maquette.retelling.phrases import Phrases
from maquette.show.expressions import Expression
from maquette.show.expressions.tree import (
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
    walk,
)

_MOST_NODES = 24
"""Of a tree that is still told in words."""

_SIGNS = {"+": "+", "-": "\N{MINUS SIGN}", "*": "×", "/": "÷"}
_COMPARED = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most", "==": "equal", "!=": "unequal"}
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


class _TooHardError(Exception):
    """There are no simple words for it."""


class Sayings:
    """Says expressions in one language; ``inner`` ones stand within a quotation, and leave out where values are."""

    def __init__(self, names: Names, phrases: Phrases, *, inner: bool = False) -> None:
        self._names, self._phrases, self._inner = names, phrases, inner

    def value(self, expression: Expression) -> str:
        """Return a value in words: ``« Débit (Ternay) » il y a 24 h``."""
        return self._said(expression, "formula")

    def condition(self, expression: Expression) -> str:
        """Return a condition in words, as it stands after “when”: ``« Débit (Ternay) » dépasse 1 000 m³/s``."""
        return self._said(expression, "formula_true")

    def _said(self, expression: Expression, otherwise: str) -> str:
        try:
            if sum(1 for _ in walk(expression.tree)) > _MOST_NODES:
                raise _TooHardError
            return self._node(expression.tree)
        except _TooHardError:
            return self._phrases.say(otherwise, text=self._phrases.quoted(" ".join(expression.text.split())))

    def _node(self, node: Node) -> str:
        say = self._phrases.say
        match node:
            case Number(value=value, unit=unit):
                return self._phrases.quantity(value, unit)
            case Truth(value=value):
                return say("true" if value else "false")
            case Phrase(text=text):
                return self._phrases.quoted(text)
            case ZoneAttribute(name=name):
                return say("attribute", name=self._phrases.quoted(name))
            case Cell():
                return self._cell(node)
            case Sign(negative=negative, operand=operand):
                return f"{_SIGNS['-']}{self._right('-', operand)}" if negative else self._node(operand)
            case Arithmetic(operator=operator, left=left, right=right) if operator in _SIGNS:
                return f"{self._left(operator, left)} {_SIGNS[operator]} {self._right(operator, right)}"
            case Comparison(operators=operators, operands=operands):
                return self._comparison(operators, operands)
            case Logic(operator=operator, operands=operands):
                return self._phrases.listed([self._part(operand) for operand in operands], operator)
            case Not(operand=Comparison(operators=(operator,), operands=operands)):
                return self._comparison((_OPPOSITE[operator],), operands)
            case Choice(test=test, chosen=chosen, otherwise=otherwise):
                return say("choice", test=self._node(test), chosen=self._node(chosen), otherwise=self._node(otherwise))
            case Call():
                return self._call(node)
        raise _TooHardError

    def _left(self, operator: str, node: Node) -> str:
        loose = isinstance(node, Arithmetic) and node.operator in "+-" and operator in "*/"
        loose = loose or isinstance(node, Choice) or (operator in "*/" and _of_past(node))
        return self._bracketed(node) if loose else self._node(node)

    def _right(self, operator: str, node: Node) -> str:
        plain = not isinstance(node, Arithmetic | Choice) or (operator == "+" and not isinstance(node, Choice))
        return self._node(node) if plain else self._bracketed(node)

    def _bracketed(self, node: Node) -> str:
        return f"({self._node(node)})"

    def _part(self, node: Node) -> str:
        said = self._node(node)
        return f"({said})" if isinstance(node, Logic) else said

    def _cell(self, cell: Cell) -> str:
        key = cell.key.text if isinstance(cell.key, Phrase) else None
        placeless = isinstance(cell.key, ZoneAttribute) or (self._inner and key is None)
        named = self._names.value(cell.feed, cell.name, "" if placeless else key, inner=self._inner)
        if isinstance(cell.key, ZoneAttribute):
            named = self._phrases.say("own_value", value=named)
        if cell.past is None:
            return named
        window = self._phrases.duration(cell.past.window_s)
        return self._phrases.say(f"past_{cell.past.function}", value=named, window=window)

    def _comparison(self, operators: Sequence[str], operands: Sequence[Node]) -> str:
        cells = (node for operand in operands for node in walk(operand) if isinstance(node, Cell))
        unit = next((self._names.unit(cell.feed, cell.name) for cell in cells), None)
        said = [self._in_unit(operand, unit) for operand in operands]
        pairs = zip(operators, said, said[1:], strict=False)
        return self._phrases.listed(
            [self._phrases.say(f"is_{_COMPARED[operator]}", left=left, right=right) for operator, left, right in pairs]
        )

    def _in_unit(self, node: Node, unit: str | None) -> str:
        """Say an operand of a comparison; a bare number stands in the unit of the value that it meets."""
        if isinstance(node, Number) and node.unit is None:
            return self._phrases.quantity(node.value, unit)
        return self._node(node)

    def _call(self, call: Call) -> str:
        say, first = self._phrases.say, call.arguments[0]
        if call.function in ("round", "abs"):
            inner = "_inner" if self._inner and call.function == "round" else ""
            return say(f"call_{call.function}{inner}", value=self._right("*", first) if inner else self._node(first))
        if call.function == "clamp":
            low, high = (self._node(argument) for argument in call.arguments[1:])
            return say("call_clamp", value=self._node(first), low=low, high=high)
        if call.function in ("count", "share") and first.kind is Kind.TRUTH:
            return say(f"{call.function}_true", condition=self._node(first))
        if len(call.arguments) == 1:
            return say(f"of_all_{call.function}", value=self._node(first))
        return say(f"of_these_{call.function}", values=self._phrases.listed([self._node(a) for a in call.arguments]))

    def unit(self, node: Node) -> str | None:
        """Return the unit in which a value is given, where that is plain; None where it has none."""
        match node:
            case Number(unit=unit):
                return unit
            case Cell(feed=feed, name=name):
                return self._names.unit(feed, name)
            case Sign(operand=operand):
                return self.unit(operand)
            case Choice(chosen=chosen):
                return self.unit(chosen)
            case Arithmetic(operator="+" | "-", left=left, right=right):
                return self.unit(left) or self.unit(right)
            case Arithmetic(operator="*", left=left, right=right):
                units = [unit for unit in (self.unit(left), self.unit(right)) if unit is not None]
                return units[0] if len(units) == 1 else None
            case Arithmetic(operator="/", left=left, right=right):
                return self.unit(left) if self.unit(right) is None else None
            case Call(function=function, arguments=arguments) if function not in ("count", "share"):
                return self.unit(arguments[0])
        return None


def _of_past(node: Node) -> bool:
    return isinstance(node, Cell) and node.past is not None
