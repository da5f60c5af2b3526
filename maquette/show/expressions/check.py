"""Expressions against the documents: are the feeds, values, keys and attributes known, and do the units meet? Nothing is evaluated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from itertools import pairwise

from maquette.core.message import Message, message
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

    message: Message
    column: int
    hint: Message | None

    @property
    def code(self) -> str:
        """The problem's stable code, such as ``E205``."""
        return self.message.code


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

    def _find(self, column: int, fault: Message, hint: Message | None = None) -> None:
        self.findings.append(Finding(fault, column, hint))

    def _check_attribute(self, node: ZoneAttribute) -> None:
        known = self._vocabulary.attributes
        if node.name not in known:
            fault = message("E207", name=node.name) if known else message("E207.no_zone")
            self._find(node.name_column if known else node.column, fault, _near(node.name, known))

    def _cell(self, cell: Cell) -> Measure | None:
        values = self._vocabulary.values.get(cell.feed)
        if isinstance(cell.key, ZoneAttribute):
            self._check_attribute(cell.key)
        if values is None:
            feeds = self._vocabulary.values
            self._find(cell.column, message("E205", name=cell.feed), _near(cell.feed, feeds))
            return None
        self._check_key(cell)
        if cell.name not in values:
            fault = message("E206", feed=cell.feed, name=cell.name)
            self._find(cell.name_column, fault, _near(cell.name, values))
            return None
        if cell.past is not None and cell.feed in self._vocabulary.pastless:
            hint = message("past_of_parts", written=f"{cell.feed}.{cell.name}")
            self._find(cell.column, message("E314", feed=cell.feed), hint)
        return Measure(values[cell.name], Firmness.READ)

    def _check_key(self, cell: Cell) -> None:
        keyed = cell.feed in self._vocabulary.keyed
        if keyed and cell.key is None and not cell.spread:
            attribute = min(self._vocabulary.attributes, default=None)
            key = f"zone.{attribute}" if attribute else "'…'"
            value = cell.name if cell.past is None else f"{cell.name}.{cell.past.function}('{cell.past.written}')"
            one, every = f"{cell.feed}[{key}].{value}", f"max({cell.feed}.{value})"
            self._find(cell.column, message("E209", feed=cell.feed), message("one_or_all", one=one, every=every))
        if not keyed and cell.key is not None:
            hint = message("write_plain", written=f"{cell.feed}.{cell.name}")
            self._find(cell.key.column, message("E210", feed=cell.feed), hint)

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
            self._find(node.left.column, error.message, error.hint)
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
            hint = message("write_this", written=f"{100 * other.value:g} %")
            self._find(other.column, message("E313"), hint)

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
            self._find(place.column, message("E311", reason=error.message), error.hint)
            return None


def _near(name: str, known: Iterable[str]) -> Message | None:
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return message("did_you_mean", name=close[0])
    return message("there_are", names=", ".join(names[:8]) + ("…" if len(names) > 8 else "")) if names else None
