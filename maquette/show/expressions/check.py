"""Expressions against the documents: are the feeds, values, keys and attributes known, and do the units meet? Nothing is evaluated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from itertools import pairwise

from maquette.errors import UnitError
from maquette.show.expressions.tree import (
    Arithmetic,
    Call,
    Cell,
    Choice,
    Comparison,
    Kind,
    Node,
    Number,
    Sign,
    ZoneAttribute,
    parts,
)
from maquette.show.expressions.units import BARE, PERCENT, PURE, Firmness, Measure, common, power, product, quotient


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What expressions may name.

    Attributes:
        values: feed → value → its unit, or None.
        keyed: feeds that have one row per key.
        attributes: attributes of the zones for which the expression is evaluated; empty where there is no zone.
        pastless: feeds whose past nobody keeps.
    """

    values: Mapping[str, Mapping[str, str | None]]
    keyed: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    pastless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of an expression in these documents; ``column`` is a zero-based offset in its text."""

    message: str
    column: int
    hint: str | None
    code: str


class Examiner:
    """Walks a tree and gathers findings."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.findings: list[Finding] = []

    def measure(self, node: Node) -> Measure | None:
        """Return the measure of a number, or None when it is no number or a fault hides it."""
        match node:
            case Number(unit=unit):
                return BARE if unit is None else Measure(unit, Firmness.QUOTED)
            case ZoneAttribute():
                self._check_attribute(node)
                return None
            case Cell():
                return self._cell(node)
            case Sign(operand=operand):
                return self.measure(operand)
            case Arithmetic():
                return self._arithmetic(node)
            case Comparison():
                self._comparison(node)
                return None
            case Choice():
                self.measure(node.test)
                measure = self._level((node.chosen, node.otherwise))
                return measure if node.kind is Kind.NUMBER else None
            case Call():
                return self._call(node)
            case _:
                for part in parts(node):
                    self.measure(part)
                return None

    def _find(self, code: str, column: int, message: str, hint: str | None = None) -> None:
        self.findings.append(Finding(message, column, hint, code))

    def _check_attribute(self, node: ZoneAttribute) -> None:
        known = self._vocabulary.attributes
        if node.name not in known:
            message = f"no zone here has an attribute '{node.name}'" if known else "there is no zone here"
            self._find("E207", node.name_column if known else node.column, message, _near(node.name, known))

    def _cell(self, cell: Cell) -> Measure | None:
        values = self._vocabulary.values.get(cell.feed)
        if isinstance(cell.key, ZoneAttribute):
            self._check_attribute(cell.key)
        if values is None:
            feeds = self._vocabulary.values
            self._find("E205", cell.column, f"unknown feed '{cell.feed}'", _near(cell.feed, feeds))
            return None
        self._check_key(cell)
        if cell.name not in values:
            message = f"feed '{cell.feed}' has no value '{cell.name}'"
            self._find("E206", cell.name_column, message, _near(cell.name, values))
            return None
        if cell.past is not None and cell.feed in self._vocabulary.pastless:
            hint = f"write {cell.feed}.{cell.name}, or ask what it is made of"
            self._find("E314", cell.column, f"the past of '{cell.feed}' is not kept", hint)
        return Measure(values[cell.name], Firmness.READ)

    def _check_key(self, cell: Cell) -> None:
        keyed = cell.feed in self._vocabulary.keyed
        if keyed and cell.key is None and not cell.spread:
            attribute = min(self._vocabulary.attributes, default=None)
            key = f"zone.{attribute}" if attribute else "'…'"
            value = cell.name if cell.past is None else f"{cell.name}.{cell.past.function}('{cell.past.written}')"
            hint = f"write {cell.feed}[{key}].{value}, or max({cell.feed}.{value}) for them all"
            self._find("E209", cell.column, f"feed '{cell.feed}' has many rows: which one?", hint)
        if not keyed and cell.key is not None:
            hint = f"write {cell.feed}.{cell.name}"
            self._find("E210", cell.key.column, f"feed '{cell.feed}' has one row and takes no key", hint)

    def _arithmetic(self, node: Arithmetic) -> Measure | None:
        if node.operator in ("+", "-", "%"):
            return self._level((node.left, node.right))
        left, right = self.measure(node.left), self.measure(node.right)
        if left is None or right is None:
            return None
        match node.operator:
            case "*":
                return product(left, right)[0]
            case "/" | "//":
                return quotient(left, right)[0]
        try:
            return power(left, right)
        except UnitError as error:
            self._find("E312", node.left.column, str(error), error.hint)
            return None

    def _comparison(self, node: Comparison) -> None:
        measures = [self.measure(operand) for operand in node.operands]
        for place, one, other in zip(node.operands[1:], measures, measures[1:], strict=False):
            self._meet(one, other, place)
        for left, right in pairwise(node.operands):
            self._check_share(left, right)
            self._check_share(right, left)

    def _check_share(self, share: Node, other: Node) -> None:
        """A share is a percentage: compared with 0.5, it was probably meant as one half."""
        is_share = isinstance(share, Call) and share.function == "share"
        if is_share and isinstance(other, Number) and other.unit is None and 0 < other.value < 1:
            hint = f"write '{100 * other.value:g} %'"
            self._find("E313", other.column, "a share goes from 0 to 100 %", hint)

    def _call(self, node: Call) -> Measure | None:
        match node.function:
            case "count" | "share":
                self.measure(node.arguments[0])
                return PURE if node.function == "count" else PERCENT
            case "round":
                return self.measure(node.arguments[0])
        return self._level(node.arguments)

    def _level(self, nodes: tuple[Node, ...]) -> Measure | None:
        measures = [(node, self.measure(node)) for node in nodes]
        return reduce(lambda one, other: self._meet(one, other[1], other[0]), measures[1:], measures[0][1])

    def _meet(self, one: Measure | None, other: Measure | None, place: Node) -> Measure | None:
        if one is None or other is None:
            return None
        try:
            return common(one, other)
        except UnitError as error:
            self._find("E311", place.column, str(error), error.hint)
            return None


def _near(name: str, known: Iterable[str]) -> str | None:
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"there are {', '.join(names[:8])}{'…' if len(names) > 8 else ''}" if names else None
