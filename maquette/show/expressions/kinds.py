"""What the parts of an expression are: numbers, truths or texts, decided once while it is read. A text in quotes is what it meets."""

import ast
from collections.abc import Sequence

from maquette.core.message import message
from maquette.core.units import parse_quantity
from maquette.errors import ExpressionError, UnitError
from maquette.show.expressions.places import Places
from maquette.show.expressions.tree import Kind, Node, Number, Phrase

_NAMES = {
    Kind.NUMBER: message("kind_number"),
    Kind.TRUTH: message("kind_truth"),
    Kind.TEXT: message("kind_text"),
}


def settled(node: Node) -> Node:
    """Return what a text in quotes is when nothing around it says: a quantity when it has a unit, else a text."""
    if not isinstance(node, Phrase):
        return node
    try:
        quantity = parse_quantity(node.text)
    except UnitError:
        return node
    return node if quantity.unit is None else Number(node.column, quantity.value, quantity.unit)


def meeting_kind(nodes: Sequence[Node]) -> Kind:
    """Return what nodes that meet must all be: what the first is that is not in quotes, else a number when all are quantities."""
    for node in nodes:
        if not isinstance(node, Phrase):
            return node.kind
    return Kind.TEXT if any(isinstance(settled(node), Phrase) for node in nodes) else Kind.NUMBER


def of_kind(kind: Kind, node: Node, places: Places, written: ast.expr) -> Node:
    """Return a node as one of a kind.

    Raises:
        ExpressionError: it is of another kind, or a text in quotes that is no quantity where a number is needed.
    """
    if isinstance(node, Phrase) and kind is Kind.NUMBER:
        return _quantity(node)
    if node.kind is kind:
        return node
    hint = None
    if kind is Kind.TRUTH and node.kind is Kind.NUMBER:
        hint = message("compare_it", written=f"{places.source(written)} > 0")
    elif kind is Kind.NUMBER and node.kind is Kind.TRUTH:
        hint = message("write_plain", written=f"1 if {places.source(written)} else 0")
    raise places.fault(written, message("E306", found=_NAMES[node.kind], wanted=_NAMES[kind]), hint)


def _quantity(node: Phrase) -> Number:
    try:
        quantity = parse_quantity(node.text)
    except UnitError as error:
        raise ExpressionError(message("E310", reason=error.message), column=node.column, hint=error.hint) from None
    return Number(node.column, quantity.value, quantity.unit)
