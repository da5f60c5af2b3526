"""The choice: a knob turns through the scenarios; the one that is chosen begins when the knob rests. States flow in, states flow out.

A choice is seen (its button's lamp, the pages) before anything begins, so a child who spins the knob starts one scenario, not twenty.
"""

from dataclasses import replace

from maquette.show.scenario import Show
from maquette.show.state import DirectorState
from maquette.show.timeline import playable

SETTLED_S = 1.5
"""How long the knob must rest before what it has chosen begins, seconds."""


def choices(show: Show) -> tuple[str, ...]:
    """Return the ids of the scenarios that a knob turns through: all but the idle one, in the order of the show."""
    return tuple(name for name in show.scenarios if name != show.idle and playable(show, name) is not None)


def turned(state: DirectorState, by: int, show: Show, now: float) -> DirectorState | None:
    """Return the state after a turn by so many scenarios, from the one that is chosen, or plays; None when there is none to choose.

    ``by`` 0 is a press: what is chosen begins at once, the next scenario where none is.
    """
    names = choices(show)
    if not names:
        return None
    at = now if by else float("-inf")
    if by == 0 and state.choice in names:
        return replace(state, chosen_at=at)
    here = state.choice if state.choice in names else state.scenario
    steps = by or 1
    index = names.index(here) + steps if here in names else min(steps, 0)
    return replace(state, choice=names[index % len(names)], chosen_at=at)


def begins_at(state: DirectorState) -> float | None:
    """Return when what is chosen begins (monotonic seconds), or None when nothing is."""
    return None if state.choice is None else state.chosen_at + SETTLED_S
