"""Lamps: the state of the show flows in, the buttons whose lamp is on flow out."""

from maquette.show.scenario import Show
from maquette.show.state import DirectorState
from maquette.show.timeline import lit_step, playable

ACKNOWLEDGED_S = 1.0
"""How long a lamp answers a press."""


def lamps(state: DirectorState, show: Show, now: float) -> frozenset[str]:
    """Return the ids of the buttons whose lamp is on.

    At rest every button that starts something invites; during a scenario its own buttons stay on, and those of the one that waits its
    turn; during a guided visit those of the hands that are raised. A pressed button always answers at once. While a question stands its
    answers invite; when one is given the others go out for a moment. In darkness all lamps are off.
    """
    if state.dark:
        return frozenset()
    answering = frozenset(button for button, at in state.presses if now - at < ACKNOWLEDGED_S)
    hands = frozenset(button for button, _ in state.hands)
    step = lit_step(state, show) if state.running else None
    if step is not None and step.ask is not None:
        choices = frozenset(choice.button for choice in step.ask.choices)
        return answering | hands | (choices if choices.isdisjoint(answering) else frozenset())
    if state.running:
        scenarios = [playable(show, name) for name in (state.scenario, state.pending)]
    elif state.guided:
        scenarios = []
    else:
        scenarios = [playable(show, name) for name in show.scenarios]
    return answering.union(hands, *(scenario.buttons for scenario in scenarios if scenario is not None))


def lamps_change_at(state: DirectorState, now: float) -> float | None:
    """Return the next moment (monotonic seconds) at which a lamp goes off by itself, or None."""
    return min((at + ACKNOWLEDGED_S for _, at in state.presses if now < at + ACKNOWLEDGED_S), default=None)
