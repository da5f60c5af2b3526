"""Findings: how each feed is doing, judged by what came of asking it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from maquette.console.health.remedies import LESSONS
from maquette.core.message import Message
from maquette.core.readings import Quality, Reading
from maquette.feeds.once import Asked


class State(StrEnum):
    """How a feed is doing, best first."""

    WELL = "well"
    PARTLY = "partly"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Finding:
    """A feed and how it is doing.

    Attributes:
        asked: what came of asking it.
        state: well; partly: some keys are missing or out of date, as happens every day; or in trouble.
        problem: the reason code of its trouble, or None.
        changes: what its provider has changed, in words.
        values: its readings by value, in the order of the document.
    """

    asked: Asked
    state: State
    problem: str | None
    changes: tuple[Message, ...]
    values: Mapping[str, Sequence[Reading]]

    @property
    def lesson(self) -> str | None:
        """What is to be done about it, a key of ``feeds_do_<lesson>``, or None."""
        if self.state is not State.TROUBLE:
            return None
        return "shape" if self.changes else LESSONS.get(self.problem or "", "wait")


def find(asked: Asked, monotonic_s: float) -> Finding:
    """Judge a feed.

    Args:
        asked: what came of asking it.
        monotonic_s: now, on the monotonic clock (s).
    """
    values: dict[str, list[Reading]] = {name: [] for name in asked.document.values}
    for reading in asked.readings:
        values.setdefault(reading.name, []).append(reading)
    well = [reading for reading in asked.readings if is_well(reading, monotonic_s)]
    blind = [name for name, readings in values.items() if not any(is_well(one, monotonic_s) for one in readings)]
    problem = asked.problem
    if problem is None and blind:
        first = next(iter(values[blind[0]]), None)
        problem = "no_row" if first is None else first.problem or "too_old"
    if problem is not None or asked.changes:
        return Finding(asked, State.TROUBLE, problem, asked.changes, values)
    state = State.WELL if len(well) == len(asked.readings) else State.PARTLY
    return Finding(asked, state, None, (), values)


def is_well(reading: Reading, monotonic_s: float) -> bool:
    """Tell whether a value is as good as it can be: live, or a replay or an example that was never meant to be anything else."""
    quality = reading.quality_at(monotonic_s)
    return quality in (Quality.LIVE, Quality.REPLAY) or (quality is Quality.SAMPLE and reading.problem == "given")
