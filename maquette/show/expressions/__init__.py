"""Expressions: texts such as ``max(air.index) >= 4`` become functions of readings.

In: the text of a document. Out: an `Expression`, which says what it reads, is checked against the documents by `examine`, and gives an
`Outcome` (value, unit, quality, the readings behind it) for the readings of a moment. The language is a small part of Python's grammar,
listed node by node in `grammar`; nothing is ever handed to Python to run.

The codes of its faults:

    ====  =========================================================================================
    E205  unknown feed
    E206  the feed has no such value
    E207  no zone here has such an attribute
    E208  unknown function
    E209  a keyed feed without key outside min, max, mean, sum, count, share
    E210  a key on a feed that has one row
    E301  the text cannot be read
    E302  a word or a construction that is not of the language
    E303  too long, too deep, too large
    E304  history (``.ago('24 h')``, ``.min('7 d')``…): its window, or what it is asked of
    E305  a function's arguments: how many, or which
    E306  a number, a truth or a text where another is needed
    E307  a caption's brace that is never closed or never opened
    E308  a caption's figure that is empty, or neither a number nor a text
    E310  a quantity that cannot be read
    E311  two units that measure different things
    E312  a power of something with a unit
    E313  a share, which goes from 0 to 100 %, beside a number below one
    E314  history of a value whose past nobody keeps, such as votes or what is computed
    ====  =========================================================================================
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from maquette.core.past import PastTerm
from maquette.core.readings import Quality, Reading, rank
from maquette.show.expressions.check import Examiner, Finding, Vocabulary
from maquette.show.expressions.grammar import parse
from maquette.show.expressions.moment import Moment, Scope, Value
from maquette.show.expressions.ranges import PlausibleRange, Range, Verdict, settled_comparisons, span
from maquette.show.expressions.run import build
from maquette.show.expressions.tree import Cell, Kind, Node, ZoneAttribute, walk

__all__ = [
    "Expression",
    "Finding",
    "Kind",
    "Outcome",
    "Scope",
    "Term",
    "Value",
    "Vocabulary",
    "compile_expression",
    "examine",
]


@dataclass(frozen=True, slots=True)
class Term:
    """What an expression reads: a value of a feed, now or in the past.

    Attributes:
        feed: the feed's name.
        name: the value's name.
        keyed: True when one of its rows is named by a key.
        past: what is asked of its past, or None for now.
    """

    feed: str
    name: str
    keyed: bool
    past: PastTerm | None = None

    @property
    def reading(self) -> str:
        """The name of the readings that answer it: ``flow``, or ``flow.ago(86400)``."""
        return self.name if self.past is None else self.past.reading


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expression gives.

    Attributes:
        value: a number, true or false, a text, or None when unknown.
        unit: the number's unit, or None.
        quality: the worst of the readings used; MISSING when the value is unknown, LIVE when it needs no reading.
        readings: the readings used, the worst quality first.
        known: how many rows aggregates knew; rows that are missing are skipped.
        total: how many rows they asked for; both 0 when there was no aggregate over rows.
    """

    value: Value
    unit: str | None
    quality: Quality
    readings: tuple[Reading, ...]
    known: int = 0
    total: int = 0


class Expression:
    """A compiled expression. Two of the same text are equal; pickling sends the text.

    Attributes:
        text: as it was written.
        kind: whether it gives a number, a truth or a text.
        terms: what it reads.
        attributes: the attributes of the zone that it uses.
        tree: what the grammar read, for whoever says it in words.
    """

    __slots__ = ("_run", "attributes", "kind", "terms", "text", "tree")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree: Node = parse(text)
        self._run = build(self.tree)
        nodes = tuple(walk(self.tree))
        cells = [node for node in nodes if isinstance(node, Cell)]
        self.kind = self.tree.kind
        self.terms = frozenset(Term(cell.feed, cell.name, cell.key is not None, cell.term) for cell in cells)
        self.attributes = frozenset(node.name for node in nodes if isinstance(node, ZoneAttribute))

    @property
    def cell(self) -> Term | None:
        """The value that it is, as it is now; None where anything is calculated from values."""
        tree = self.tree
        is_cell = isinstance(tree, Cell) and tree.past is None
        # The key of a row is a text, never another value: a cell is the only term of its expression.
        return next(iter(self.terms)) if is_cell else None

    def evaluate(self, scope: Scope) -> Outcome:
        """Return what the expression gives now; never raises."""
        moment = Moment(scope)
        value, measure = self._run(moment)
        used = moment.used
        if any(quality is not Quality.LIVE for quality, _ in used):
            used = sorted(used, key=lambda pair: rank(pair[0]), reverse=True)
        quality = Quality.MISSING if value is None else used[0][0] if used else Quality.LIVE
        readings = {id(reading): reading for _, reading in used}
        unit = measure.unit if self.kind is Kind.NUMBER else None
        return Outcome(value, unit, quality, tuple(readings.values()), moment.known, moment.total)

    def examine(self, vocabulary: Vocabulary) -> tuple[str | None, tuple[Finding, ...]]:
        """See `examine`."""
        examiner = Examiner(vocabulary)
        measure = examiner.measure(self.tree)
        return measure.unit if measure else None, tuple(examiner.findings)

    def settled(self, plausible: PlausibleRange) -> Iterator[Verdict]:
        """See `settled_comparisons`."""
        return settled_comparisons(self.tree, plausible)

    def span(self, plausible: PlausibleRange) -> Range | None:
        """Return between which numbers the value lies, in its unit, or None when nobody can tell."""
        found = span(self.tree, plausible)
        return None if found is None else (found.low, found.high)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return compile_expression, (self.text,)


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Compile an expression.

    Raises:
        ExpressionError: the text is not in the language; its column is an offset in ``text``, its code one of the table above.
    """
    return Expression(text)


def examine(expression: Expression, vocabulary: Vocabulary) -> tuple[str | None, tuple[Finding, ...]]:
    """Check an expression against the documents.

    Returns:
        The unit of its result (None: none, or hidden by a fault), and what is wrong: unknown feeds, values and attributes, keys too many
        or too few, units that do not meet. Every fault is found, in the order of the text.
    """
    return expression.examine(vocabulary)
