"""Votes of visitors: no name, no address, no moment finer than an hour. They go from the stage to the console's log, totals come back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VoteCast:
    """A visitor answered a question.

    Attributes:
        question: the question's id.
        choice: the button that was pressed.
        score: what it counts.
        hour: the hour in which it was given (UTC), or None while the clock is not trusted.
        run: which run of the stage counted it.
        number: its number in that run, from 1; with `run` it tells a vote that comes twice.
    """

    question: str
    choice: str
    score: float
    hour: datetime | None = None
    run: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class VotesKept:
    """The console has votes on its disk: those of this run up to a number need not be told again."""

    number: int


Tally = Mapping[tuple[str, float], int]
"""How often each answer (its button, its score) was given. A choice whose score changes is another answer."""


@dataclass(frozen=True, slots=True)
class FormerVotes:
    """What was counted before this run of the stage; it replaces what was told of it before.

    Attributes:
        tallies: by question.
        latest: the hour of the last vote, by question, where it is known.
    """

    tallies: Mapping[str, Tally] = field(default_factory=dict)
    latest: Mapping[str, datetime] = field(default_factory=dict)


def mean_score(tally: Tally) -> float | None:
    """Return the mean of the scores that were given, or None when there is none."""
    count = sum(tally.values())
    return sum(score * times for (_, score), times in tally.items()) / count if count else None


def added(one: Tally, other: Tally) -> Tally:
    """Return two tallies counted together."""
    return {answer: one.get(answer, 0) + other.get(answer, 0) for answer in (*one, *other)}
