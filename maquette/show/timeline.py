"""The timeline: which step of which scenario is on, since when, and what time alone makes of it. States flow in, states flow out."""

from dataclasses import dataclass, replace

from maquette.core.snapshot import Mode
from maquette.show.scenario import Scenario, Show, Step

AT_MOST_S = 15 * 60.0
"""How long a step that waits for ``next`` waits when its author set no other bound."""

PAUSE_S = 15 * 60.0
"""How long a pause lasts at most: nobody has to remember it."""

_SHORTEST_STEP_S = 0.1  # below this a step is no step, and the timeline would spin
_LATE_S = 60.0  # after a longer gap what was missed is not played through
# An idle playlist begins anew now and then, so that its effects keep counting in small, exact numbers.
_RENEWED_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class DirectorState:
    """What is on.

    Attributes:
        mode: one of `Mode`.
        scenario: id of what is lit, the idle scenario's when idle; None for darkness.
        step: from 0; 0 in darkness.
        started_at: monotonic seconds at which the scenario began: effects count from here.
        step_started_at: monotonic seconds; a pause moves it on, so that the time since then is the time the step has played.
        due_at: monotonic seconds at which something ends by itself (step, pause, the dimmed last step), or None.
        ended: True after the last step, while it stays on, dimmed.
        remaining_s: what was left of the step when it was paused.
        brightness: percent.
        pending: id of a scenario that begins at the end of the step, or None.
        played: ids of the scenarios that followed one another since somebody acted.
        presses: buttons pressed in the last seconds, each with the monotonic seconds of its last press.
    """

    mode: Mode
    scenario: str | None = None
    step: int = 0
    started_at: float = 0.0
    step_started_at: float = 0.0
    due_at: float | None = None
    ended: bool = False
    remaining_s: float = 0.0
    brightness: int = 100
    pending: str | None = None
    played: tuple[str, ...] = ()
    presses: tuple[tuple[str, float], ...] = ()

    @property
    def running(self) -> bool:
        """True while a scenario has steps to play: playing or paused, and not at its end."""
        return self.mode in (Mode.PLAYING, Mode.PAUSED) and not self.ended

    @property
    def dark(self) -> bool:
        """True while somebody wants darkness."""
        return self.mode in (Mode.BLACKOUT, Mode.ASLEEP)


def opening(show: Show, now: float) -> DirectorState:
    """Return the state with which a show begins: idle."""
    return go_idle(DirectorState(Mode.IDLE), show, now)


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


def go_dark(state: DirectorState, now: float) -> DirectorState:
    """Black out until somebody wakes the model or plays something."""
    return _fresh(state, Mode.BLACKOUT, now)


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
    return replace(state, mode=Mode.PLAYING, ended=True, due_at=now + max(0.0, show.idle_after_s))


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
    length_s = _length_s(step) if step is not None else 0.0
    return replace(
        state,
        mode=Mode.PLAYING,
        step_started_at=now - max(0.0, length_s - state.remaining_s),
        due_at=now + state.remaining_s,
        remaining_s=0.0,
    )


def advance(state: DirectorState, show: Show, now: float) -> DirectorState:
    """Let time pass until ``now``: everything that was due happens, at the moment it was due."""
    while state.due_at is not None and state.due_at <= now:
        at = state.due_at if now - state.due_at < _LATE_S else now
        state = _due(state, show, at)
    return state


def carried(state: DirectorState, before: Show, show: Show, now: float) -> DirectorState:
    """Go on in another show: the step that is on stays on, and its time goes on, as long as there is such a step.

    A scenario that is gone, or whose step is gone, ends as if it had come to its end by itself.

    Args:
        state: what is on.
        before: the show in which it is on.
        show: the show in which it is to go on.
        now: monotonic seconds.
    """
    if playable(show, state.pending) is None:
        state = replace(state, pending=None)
    idle, scenario = state.mode is Mode.IDLE, playable(show, state.scenario)
    if state.scenario is None and (not idle or playable(show, show.idle) is None):
        return state  # in darkness, as before
    if scenario is None or state.step >= len(scenario.steps) or idle != (scenario.id == show.idle):
        return go_idle(state, show, now)
    old, new = lit_step(state, before), scenario.steps[state.step]
    if old is None or state.ended or state.due_at is None or _length_s(old) == _length_s(new):
        return state
    longer_s = _length_s(new) - _length_s(old)
    if state.mode is Mode.PAUSED:
        return replace(state, remaining_s=max(0.0, state.remaining_s + longer_s))
    return replace(state, due_at=max(now, state.due_at + longer_s))


def _due(state: DirectorState, show: Show, at: float) -> DirectorState:
    if state.mode is Mode.PAUSED:
        return release(state, show, at)
    if state.mode is Mode.IDLE:
        return turn_idle_page(state, show, 1, at)
    return go_idle(state, show, at) if state.ended else leave_step(state, show, at)


def _fresh(state: DirectorState, mode: Mode, now: float) -> DirectorState:
    """Return a new beginning that keeps what belongs to the room rather than to a scenario."""
    return DirectorState(mode, started_at=now, step_started_at=now, brightness=state.brightness, presses=state.presses)


def _at_step(state: DirectorState, scenario: Scenario, step: int, now: float) -> DirectorState:
    step = min(max(step, 0), len(scenario.steps) - 1)
    due_at = now + _length_s(scenario.steps[step])
    return replace(state, step=step, step_started_at=now, due_at=due_at, remaining_s=0.0)


def _length_s(step: Step) -> float:
    waits_s = step.at_most_s if step.at_most_s is not None else AT_MOST_S
    return max(_SHORTEST_STEP_S, step.duration_s if step.duration_s is not None else waits_s)
