"""Lamps: the state of the show flows in, the buttons whose lamp is on flow out."""

from maquette.show.scenario import Show
from maquette.show.timeline import DirectorState, playable

ACKNOWLEDGED_S = 1.0
"""How long a lamp answers a press."""


def lamps(state: DirectorState, show: Show, now: float) -> frozenset[str]:
    """Return the ids of the buttons whose lamp is on.

    At rest every button that starts something invites; during a scenario its own buttons stay on, and those of the one that waits its
    turn. A pressed button always answers at once. In darkness all lamps are off.
    """
    if state.dark:
        return frozenset()
    answering = frozenset(button for button, at in state.presses if now - at < ACKNOWLEDGED_S)
    if state.running:
        scenarios = [playable(show, name) for name in (state.scenario, state.pending)]
    else:
        scenarios = [playable(show, name) for name in show.scenarios]
    return answering.union(*(scenario.buttons for scenario in scenarios if scenario is not None))


def lamps_change_at(state: DirectorState, now: float) -> float | None:
    """Return the next moment (monotonic seconds) at which a lamp goes off by itself, or None."""
    return min((at + ACKNOWLEDGED_S for _, at in state.presses if now < at + ACKNOWLEDGED_S), default=None)
