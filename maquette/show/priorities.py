"""Priorities: who may interrupt whom. One table; whoever asks why something did or did not start finds the answer here."""

from collections.abc import Mapping
from enum import StrEnum


class Source(StrEnum):
    """Who wishes that a scenario begins."""

    MEDIATOR = "mediator"
    """A command, from whichever remote, and the buttons that are bound to a mediator's command."""
    VISITOR = "visitor"
    """A press of a button of the model, real or virtual."""
    CLOCK = "clock"
    """A time of day (`at`)."""
    DATA = "data"
    """A condition that became true (`when`)."""


class Situation(StrEnum):
    """What the wish meets; the first that applies counts."""

    BLACKOUT = "blackout"
    """Somebody wants darkness."""
    ASLEEP = "asleep"
    """The exhibition is closed, and nobody has pressed or commanded for a while."""
    ASKED = "asked"
    """A question stands, and the button is one of its answers."""
    GUIDED = "guided"
    """A mediator leads a visit."""
    PAUSED = "paused"
    """A scenario is held."""
    PLAYING = "playing"
    """A scenario plays."""
    REST = "rest"
    """The idle playlist, or the last step of a scenario that has ended."""


class Verdict(StrEnum):
    """What becomes of the wish."""

    NOW = "now"
    """It is granted at once."""
    IN_TURN = "in_turn"
    """At once or at the end of the step, as the scenario that plays says (`interrupt`); the last such wish counts."""
    WAITS = "waits"
    """It is granted at the next rest, the clock's wishes first; it lapses after ten minutes."""
    WAKES = "wakes"
    """It wakes the model and is granted."""
    VOTES = "votes"
    """It is an answer to the question and starts nothing."""
    HAND = "hand"
    """It raises a hand on the mediator's page and starts nothing."""
    NOTHING = "nothing"
    """Nothing comes of it."""


def _row(mediator: Verdict, visitor: Verdict, clock: Verdict, data: Verdict) -> Mapping[Source, Verdict]:
    return {Source.MEDIATOR: mediator, Source.VISITOR: visitor, Source.CLOCK: clock, Source.DATA: data}


PRIORITIES: Mapping[Situation, Mapping[Source, Verdict]] = {
    Situation.BLACKOUT: _row(Verdict.WAKES, Verdict.NOTHING, Verdict.NOTHING, Verdict.NOTHING),
    Situation.ASLEEP: _row(Verdict.WAKES, Verdict.WAKES, Verdict.NOTHING, Verdict.NOTHING),
    Situation.ASKED: _row(Verdict.NOW, Verdict.VOTES, Verdict.WAITS, Verdict.WAITS),
    Situation.GUIDED: _row(Verdict.NOW, Verdict.HAND, Verdict.WAITS, Verdict.WAITS),
    Situation.PAUSED: _row(Verdict.NOW, Verdict.IN_TURN, Verdict.WAITS, Verdict.WAITS),
    Situation.PLAYING: _row(Verdict.NOW, Verdict.IN_TURN, Verdict.WAITS, Verdict.WAITS),
    Situation.REST: _row(Verdict.NOW, Verdict.NOW, Verdict.NOW, Verdict.NOW),
}
"""Situation → who wishes → what becomes of it. The mediator is always obeyed; data and clock never cut anybody short.

A scenario's own trigger, while that scenario plays and the visit is not guided, does what its `while_playing` says, whoever pulls it: it is
ignored, starts the scenario anew, or goes on to the next step.
"""
