"""Votes: what visitors answer is counted and told as readings of the feed ``votes``, an opinion like any other value."""

from collections.abc import Iterator
from datetime import UTC, datetime

from maquette.core.readings import Nature, Quality, Reading
from maquette.core.snapshot import Answers, Question
from maquette.core.votes import Tally, VoteCast, added, mean_score
from maquette.show.scenario import Ask, Choice, Show
from maquette.show.state import DirectorState

FEED = "votes"
_SOURCES = {"fr": "les visiteurs de l'exposition", "en": "the visitors of the exhibition"}


def questions(show: Show) -> dict[str, Ask]:
    """Return the questions of a show by their ids."""
    steps = (step for scenario in show.scenarios.values() for step in scenario.steps)
    return {step.ask.id: step.ask for step in steps if step.ask is not None}


def tally(state: DirectorState, question: str) -> Tally:
    """Return every answer to a question that is known of."""
    return added(state.former_votes.tallies.get(question, {}), state.votes.get(question, {}))


def trusted_clock(state: DirectorState) -> datetime | None:
    """Return what the wall clock shows (UTC), or None while nobody trusts it."""
    seen = state.seen
    return seen.clock.local.astimezone(UTC) if seen is not None and seen.clock.trusted else None


def cast(ask: Ask, choice: Choice, at: datetime | None) -> VoteCast:
    """Return the vote for a choice, given at a moment (UTC) or nobody knows when; the console's log keeps it."""
    hour = None if at is None else at.replace(minute=0, second=0, microsecond=0)
    return VoteCast(ask.id, choice.button, choice.score, hour)


def vote_readings(state: DirectorState, show: Show) -> Iterator[Reading]:
    """Give ``votes.<id>``, the mean score, and ``votes.<id>_count`` of every question of a show; a mean of no votes is missing."""
    source = _SOURCES.get(show.languages[0], _SOURCES["fr"]) if show.languages else _SOURCES["fr"]
    for name in questions(show):
        answers = tally(state, name)
        mean = mean_score(answers)
        quality, problem = (Quality.MISSING, "no_votes") if mean is None else (Quality.LIVE, None)
        at = state.voted_at.get(name, state.former_votes.latest.get(name))
        yield Reading(FEED, name, None, mean, None, quality, Nature.OPINION, at, source=source, problem=problem)
        count = float(sum(answers.values()))
        yield Reading(FEED, f"{name}_count", None, count, None, Quality.LIVE, Nature.OPINION, at, source=source)


def asked(ask: Ask, state: DirectorState) -> Question:
    """Return a question with its answers so far, for people to read."""
    answers = tally(state, ask.id)
    choices = tuple(Answers(c.button, c.label, c.score, answers.get((c.button, c.score), 0)) for c in ask.choices)
    return Question(ask.id, ask.question, choices, sum(answers.values()), mean_score(answers), open=state.running)
