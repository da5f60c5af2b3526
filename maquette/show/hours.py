"""Hours: the model sleeps while the exhibition is closed. The clock flows in; whether it sleeps, and when it will, flows out.

Outside the opening hours the model falls asleep once nobody has pressed or commanded for as long as the document says (`wake_for`), and
not before a guided visit is over. At opening it wakes, and a blackout ends. A clock that is not trusted says nothing: the model is open.
"""

from dataclasses import replace

from maquette.core.clock import Clock
from maquette.core.snapshot import Mode
from maquette.show.scenario import Show
from maquette.show.state import FULL_BRIGHTNESS, DirectorState
from maquette.show.timeline import go_dark, go_idle


def opened_or_closed(state: DirectorState, clock: Clock, show: Show, now: float) -> DirectorState:
    """Return what the clock makes of the model: at opening it wakes."""
    if show.opening is None:
        state = replace(state, closed=False)
        return go_idle(state, show, now) if state.mode is Mode.ASLEEP else state
    if not clock.trusted:
        return go_idle(state, show, now) if state.mode is Mode.ASLEEP else state
    was_closed, closed = state.closed, not show.opening.is_open(clock.local)
    state = replace(state, closed=closed)
    if closed or not state.dark:
        return state
    return go_idle(_anew(state), show, now) if was_closed or state.mode is Mode.ASLEEP else state


def sleeps_at(state: DirectorState, show: Show) -> float | None:
    """Return the moment (monotonic seconds) at which the model falls asleep if nobody acts, or None."""
    trusted = state.seen is not None and state.seen.clock.trusted
    if show.opening is None or not trusted or not state.closed or state.dark:
        return None
    at = state.acted_at + show.opening.wake_for_s
    return max(at, state.guide_ends_at) if state.guided else at


def fall_asleep(state: DirectorState, now: float) -> DirectorState:
    """Fall asleep; what was set live for the day is forgotten."""
    return go_dark(_anew(state), now, Mode.ASLEEP)


def _anew(state: DirectorState) -> DirectorState:
    return replace(state, brightness=FULL_BRIGHTNESS, guided=False, calm=False, hands=(), holds=(), waiting=())
