"""Handover: going on in another show. The state in the one flows in, the state in the other flows out."""

from dataclasses import replace

from maquette.core.snapshot import Mode
from maquette.show.identification import is_there
from maquette.show.scenario import Show
from maquette.show.state import DirectorState
from maquette.show.timeline import go_idle, length_s, lit_step, playable


def carried(state: DirectorState, before: Show, show: Show, now: float) -> DirectorState:
    """Go on in another show: the step that is on stays on, and its time goes on, as long as there is such a step.

    A scenario that is gone, or whose step is gone, ends as if it had come to its end by itself. What the new show waits for, and its
    conditions, are looked at with the next readings.

    Args:
        state: what is on.
        before: the show in which it is on.
        show: the show in which it is to go on.
        now: monotonic seconds.
    """
    state = _known_only(state, show)
    if state.mode is Mode.ASLEEP and show.opening is None:
        return go_idle(state, show, now)
    idle, scenario = state.mode is Mode.IDLE, playable(show, state.scenario)
    if state.scenario is None and (not idle or playable(show, show.idle) is None):
        return state  # in darkness, as before
    if scenario is None or state.step >= len(scenario.steps) or idle != (scenario.id == show.idle):
        return go_idle(state, show, now)
    old, new = lit_step(state, before), scenario.steps[state.step]
    if old is None or state.ended or state.due_at is None or length_s(old) == length_s(new):
        return state
    longer_s = length_s(new) - length_s(old)
    if state.mode is Mode.PAUSED:
        return replace(state, remaining_s=max(0.0, state.remaining_s + longer_s))
    return replace(state, due_at=max(now, state.due_at + longer_s))


def _known_only(state: DirectorState, show: Show) -> DirectorState:
    """Forget what the new show does not have: scenarios that wait, buttons, conditions."""
    buttons = show.model.buttons
    conditions = {(scenario.id, trigger) for scenario in show.scenarios.values() for trigger in scenario.triggers}
    return replace(
        state,
        pending=state.pending if playable(show, state.pending) is not None else None,
        waiting=tuple(wish for wish in state.waiting if playable(show, wish.scenario) is not None),
        holds=tuple(hold for hold in state.holds if hold.button in buttons),
        hands=tuple(hand for hand in state.hands if hand[0] in buttons),
        watches={key: watch for key, watch in state.watches.items() if key in conditions},
        closed=state.closed and show.opening is not None,
        identified=known if (known := state.identified) is not None and is_there(known.target, show.model) else None,
    )
