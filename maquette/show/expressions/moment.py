"""One evaluation of an expression: the scope that it reads and the readings that it has used so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from maquette.core.readings import Quality, Reading, Readings
from maquette.show.expressions.units import BARE, Measure

Value = float | bool | str | None
"""A number, true or false, a text; None is missing."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression is evaluated against.

    Attributes:
        readings: all readings.
        now: seconds of the monotonic clock, for the quality of each reading.
        zone: the attributes of the zone, or None where there is none.
    """

    readings: Readings
    now: float
    zone: Mapping[str, str] | None = None


class Operand(NamedTuple):
    """A value on its way through an expression, and the measure in which it is held."""

    value: Value
    measure: Measure = BARE


class Mark(NamedTuple):
    """How much had been used at some point, to come back to."""

    used: int
    known: int
    total: int


class Moment:
    """The state of one evaluation.

    Attributes:
        readings: all readings.
        now: seconds of the monotonic clock.
        zone: the attributes of the zone; empty where there is none.
        row: the key that an aggregate is at, or None.
        used: the readings used so far, each with its quality now.
        known: how many rows aggregates knew so far.
        total: how many rows they asked for.
        settled: what aggregates gave, by their column: none depends on the row of another, so each is worked out once.
    """

    __slots__ = ("known", "now", "readings", "row", "settled", "total", "used", "zone")

    def __init__(self, scope: Scope) -> None:
        self.readings = scope.readings
        self.now = scope.now
        self.zone: Mapping[str, str] = scope.zone or {}
        self.row: str | None = None
        self.used: list[tuple[Quality, Reading]] = []
        self.known = 0
        self.total = 0
        self.settled: dict[int, Operand] = {}

    def mark(self) -> Mark:
        """Remember what has been used so far."""
        return Mark(len(self.used), self.known, self.total)

    def forget(self, since: Mark, until: Mark | None = None) -> None:
        """Forget what was used since a mark, up to another when one is given."""
        until = until or self.mark()
        del self.used[since.used : until.used]
        self.known -= until.known - since.known
        self.total -= until.total - since.total
