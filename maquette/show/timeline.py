"""The timeline: which step of which scenario is on, since when, and what time alone makes of it. States flow in, states flow out."""

from dataclasses import replace

from maquette.core.readings import Readings
from maquette.core.snapshot import Mode
from maquette.show.expressions import Scope
from maquette.show.scenario import Scenario, Show, Step
from maquette.show.state import DirectorState

AT_MOST_S = 15 * 60.0
"""How long a step that waits for ``next`` waits when its author set no other bound."""

PAUSE_S = 15 * 60.0
"""How long a pause lasts at most: nobody has to remember it."""

_SHORTEST_STEP_S = 0.1  # below this a step is no step, and the timeline would spin
# An idle playlist begins anew now and then, so that its effects keep counting in small, exact numbers.
_RENEWED_AFTER_S = 3600.0


def opening(show: Show, now: float) -> DirectorState:
    """Return the state with which a show begins: idle."""
    return go_idle(DirectorState(Mode.IDLE), show, now)


def place(state: DirectorState) -> tuple[str | None, int, float]:
    """Return which step is on and since when, the time of a pause not counted: whoever is elsewhere, or began anew, differs."""
    return state.scenario, state.step, state.step_started_at


def playable(show: Show, name: str | None) -> Scenario | None:
    """Return the scenario of that name, or None when there is none or it has no step."""
    scenario = show.scenarios.get(name) if name is not None else None
    return scenario if scenario is not None and scenario.steps else None


def lit_step(state: DirectorState, show: Show) -> Step | None:
    """Return the step that is lit, or None in darkness."""
    scenario = playable(show, state.scenario)
    return scenario.steps[state.step] if scenario is not None else None


def go_idle(state: DirectorState, show: Show, now: float) -> DirectorState:
    """Begin the idle playlist; without one, darkness."""
    scenario = playable(show, show.idle)
    idle = _fresh(state, Mode.IDLE, now)
    return idle if scenario is None else _at_step(replace(idle, scenario=scenario.id), scenario, 0, now)


def go_dark(state: DirectorState, now: float, mode: Mode = Mode.BLACKOUT) -> DirectorState:
    """Black out until the next opening, or until somebody wakes the model or plays something; or fall asleep."""
    return _fresh(state, mode, now)


def look_at_until(state: DirectorState, show: Show, readings: Readings, now: float) -> DirectorState:
    """See whether what the step waits for is true; a step is not left before it has faded in."""
    step = lit_step(state, show)
    if step is None or step.until is None or state.ended:
        return state if state.until_at is None else replace(state, until_at=None)
    if step.until.evaluate(Scope(readings, now)).value is not True:
        return replace(state, until_at=None)
    faded_at = state.step_started_at + max(step.fade_s, _SHORTEST_STEP_S)
    return replace(state, until_at=max(now, faded_at) if state.until_at is None else state.until_at)


def step_due_at(state: DirectorState) -> float | None:
    """Return the moment (monotonic seconds) at which something ends by itself (step, pause, the dimmed last step), or None."""
    if state.led:
        return None
    if state.until_at is None or state.mode is Mode.PAUSED:
        return state.due_at
    return state.until_at if state.due_at is None else min(state.due_at, state.until_at)


def end_step_by_itself(state: DirectorState, show: Show, at: float) -> DirectorState:
    """Do what is due at `step_due_at`."""
    if state.mode is Mode.PAUSED:
        return release(state, show, at)
    if state.mode is Mode.IDLE:
        return turn_idle_page(state, show, 1, at)
    return go_idle(state, show, at) if state.ended else leave_step(state, show, at)


def begin(state: DirectorState, show: Show, name: str, now: float, played: tuple[str, ...] = ()) -> DirectorState:
    """Begin a scenario at its first step; the idle scenario, or one that cannot be played, makes the model idle.

    Args:
        state: what is on.
        show: what there is to play.
        name: the scenario's id.
        now: monotonic seconds.
        played: what led here without anybody acting.
    """
    scenario = playable(show, name)
    if scenario is None or name == show.idle:
        return go_idle(state, show, now)
    fresh = replace(_fresh(state, Mode.PLAYING, now), scenario=name, played=(*played, name))
    return _at_step(fresh, scenario, 0, now)


def go_to_step(state: DirectorState, show: Show, step: int, now: float) -> DirectorState:
    """Show a step of the scenario that is on from its start; this ends a pause. Beyond the ends it is the first or the last step."""
    scenario = playable(show, state.scenario)
    if scenario is None:
        return state
    mode = Mode.PLAYING if state.mode is Mode.PAUSED else state.mode
    return _at_step(replace(state, mode=mode, ended=False), scenario, step, now)


def leave_step(state: DirectorState, show: Show, now: float) -> DirectorState:
    """End the step that is on: a pending scenario begins, else the next step, else the scenario ends."""
    scenario = playable(show, state.scenario)
    if state.pending is not None:
        return begin(state, show, state.pending, now)
    if scenario is None:
        return go_idle(state, show, now)
    if state.step + 1 < len(scenario.steps):
        return go_to_step(state, show, state.step + 1, now)
    # A chain of scenarios that nobody asked for again plays each once: the model always comes to rest.
    follows = playable(show, scenario.ends)
    if follows is not None and follows.id != show.idle and follows.id not in state.played:
        return begin(state, show, follows.id, now, state.played)
    return replace(state, mode=Mode.PLAYING, ended=True, due_at=now + max(0.0, show.idle_after_s), until_at=None)


def turn_idle_page(state: DirectorState, show: Show, by: int, now: float) -> DirectorState:
    """Go on (or back) in the idle playlist, which has no end."""
    scenario = playable(show, state.scenario)
    if scenario is None:
        return replace(state, due_at=None)
    step = (state.step + by) % len(scenario.steps)
    if step == 0 and now - state.started_at >= _RENEWED_AFTER_S:
        state = replace(state, started_at=now)
    return _at_step(state, scenario, step, now)


def hold(state: DirectorState, now: float) -> DirectorState:
    """Pause the step that is playing: its time stops. Its light goes on moving, for light that is held means a value that is not live."""
    remaining_s = max(0.0, (state.due_at if state.due_at is not None else now) - now)
    return replace(state, mode=Mode.PAUSED, remaining_s=remaining_s, due_at=now + PAUSE_S)


def release(state: DirectorState, show: Show, now: float) -> DirectorState:
    """Go on after a pause with what was left of the step."""
    step = lit_step(state, show)
    whole_s = length_s(step) if step is not None else 0.0
    return replace(
        state,
        mode=Mode.PLAYING,
        step_started_at=now - max(0.0, whole_s - state.remaining_s),
        due_at=now + state.remaining_s,
        remaining_s=0.0,
    )


def _fresh(state: DirectorState, mode: Mode, now: float) -> DirectorState:
    """Return a new beginning that keeps what belongs to the room rather than to a scenario."""
    return replace(
        state,
        mode=mode,
        scenario=None,
        step=0,
        started_at=now,
        step_started_at=now,
        due_at=None,
        until_at=None,
        ended=False,
        remaining_s=0.0,
        pending=None,
        played=(),
    )


def _at_step(state: DirectorState, scenario: Scenario, step: int, now: float) -> DirectorState:
    step = min(max(step, 0), len(scenario.steps) - 1)
    due_at = now + length_s(scenario.steps[step])
    return replace(state, step=step, step_started_at=now, due_at=due_at, until_at=None, remaining_s=0.0)


def length_s(step: Step) -> float:
    """Return how long a step lasts at most when nobody acts, seconds."""
    waits_s = step.at_most_s if step.at_most_s is not None else AT_MOST_S
    return max(_SHORTEST_STEP_S, step.duration_s if step.duration_s is not None else waits_s)
