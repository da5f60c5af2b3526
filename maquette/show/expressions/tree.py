"""The tree of an expression: what the grammar reads, what is run, and what is checked. Plain frozen nodes, each with its column."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from maquette.core.past import PastTerm
from maquette.core.series import Function

AGGREGATES = frozenset({"min", "max", "mean", "sum", "count", "share"})
"""Functions that make one value of many: inside them ``feed.value`` stands for every key of a keyed feed."""

ARGUMENTS = {
    "min": (1, 20),
    "max": (1, 20),
    "mean": (1, 20),
    "sum": (1, 20),
    "count": (1, 1),
    "share": (1, 1),
    "abs": (1, 1),
    "round": (1, 2),
    "clamp": (3, 3),
}
"""Functions, with the fewest and the most arguments that each takes."""


class Kind(StrEnum):
    """What an expression gives; known before it is ever evaluated."""

    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a quoted quantity when it has a unit."""

    kind: ClassVar[Kind] = Kind.NUMBER
    column: int
    value: float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """``True`` or ``False``."""

    kind: ClassVar[Kind] = Kind.TRUTH
    column: int
    value: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in quotes that is no quantity."""

    kind: ClassVar[Kind] = Kind.TEXT
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class ZoneAttribute:
    """``zone.insee``: a fact about the zone for which the expression is evaluated."""

    kind: ClassVar[Kind] = Kind.TEXT
    column: int
    name: str
    name_column: int


@dataclass(frozen=True, slots=True)
class Past:
    """``.ago('24 h')``: what is asked of the past of a value, how far back in seconds, and the window as it was written."""

    function: Function
    window_s: float
    written: str


@dataclass(frozen=True, slots=True)
class Cell:
    """``feed.value`` or ``feed[key].value``, now or in the past.

    Attributes:
        column: where the feed's name stands.
        feed: the feed's name.
        name: the value's name.
        name_column: where the value's name stands.
        key: the row's key, or None.
        spread: True inside an aggregate: without a key it stands for every row.
        past: what is asked of its past, or None for now.
    """

    kind: ClassVar[Kind] = Kind.NUMBER
    column: int
    feed: str
    name: str
    name_column: int
    key: "Phrase | ZoneAttribute | None" = None
    spread: bool = False
    past: Past | None = None

    @property
    def term(self) -> PastTerm | None:
        """The question to the past that it asks, or None."""
        return None if self.past is None else PastTerm(self.feed, self.name, self.past.function, self.past.window_s)

    @property
    def reading(self) -> str:
        """The name of the readings that it reads: the value's, or that of the term which looks into its past."""
        return self.name if self.term is None else self.term.reading


@dataclass(frozen=True, slots=True)
class Sign:
    """``-x`` or ``+x``."""

    kind: ClassVar[Kind] = Kind.NUMBER
    column: int
    negative: bool
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Not:
    """``not x``."""

    kind: ClassVar[Kind] = Kind.TRUTH
    column: int
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers make a third."""

    kind: ClassVar[Kind] = Kind.NUMBER
    column: int
    operator: Literal["+", "-", "*", "/", "//", "%", "**"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``a < b <= c``: numbers, or texts for ``==`` and ``!=``."""

    kind: ClassVar[Kind] = Kind.TRUTH
    column: int
    operators: tuple[str, ...]
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """``a and b and c`` or ``a or b or c``."""

    kind: ClassVar[Kind] = Kind.TRUTH
    column: int
    operator: Literal["and", "or"]
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """``chosen if test else otherwise``; both sides are of one kind."""

    column: int
    test: "Node"
    chosen: "Node"
    otherwise: "Node"

    @property
    def kind(self) -> Kind:
        """The kind of its two sides."""
        return self.chosen.kind


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `ARGUMENTS` with its arguments."""

    kind: ClassVar[Kind] = Kind.NUMBER
    column: int
    function: str
    arguments: tuple["Node", ...]


Node = Number | Truth | Phrase | ZoneAttribute | Cell | Sign | Not | Arithmetic | Comparison | Logic | Choice | Call


def parts(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly under ``node``, from left to right as they are read."""
    match node:
        case Cell(key=key):
            return () if key is None else (key,)
        case Sign(operand=operand) | Not(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right):
            return (left, right)
        case Comparison(operands=operands) | Logic(operands=operands):
            return operands
        case Choice():
            return (node.chosen, node.test, node.otherwise)
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield ``node`` and everything under it."""
    yield node
    for part in parts(node):
        yield from walk(part)


def inner_aggregates(argument: Node) -> Iterator[Call]:
    """Yield the aggregates in an aggregate's argument, but not those within them."""
    if isinstance(argument, Call) and argument.function in AGGREGATES:
        yield argument
        return
    for part in parts(argument):
        yield from inner_aggregates(part)


def spread_cells(argument: Node) -> Iterator[Cell]:
    """Yield the cells that stand for many rows in an aggregate's argument; those of an aggregate within it are its own."""
    if isinstance(argument, Cell) and argument.spread and argument.key is None:
        yield argument
    if isinstance(argument, Call) and argument.function in AGGREGATES:
        return
    for part in parts(argument):
        yield from spread_cells(part)
