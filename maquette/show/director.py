"""The director: what happens flows in, what is on flows out, with an answer to every command.

Nothing here knows light. Time is an argument: before an event is heard, everything that was due until then has happened.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from maquette.core.events import COMMANDS, Answer, ButtonPressed, Command
from maquette.core.snapshot import Mode
from maquette.show.scenario import Scenario, Show
from maquette.show.timeline import (
    DirectorState,
    advance,
    begin,
    go_dark,
    go_idle,
    go_to_step,
    hold,
    leave_step,
    playable,
    release,
    turn_idle_page,
)

REPEAT_S = 2.0
"""Presses of a button that follow one another more closely are one wish: they are acknowledged and never restart."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes and nothing else happens."""


Event = ButtonPressed | Command | Tick
Action = Answer


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a command makes no sense now: a stable code, the figures for its words, and a name that was probably meant."""

    code: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    hint: str | None = None


_Outcome = DirectorState | _Refusal


def direct(state: DirectorState, event: Event, now: float, show: Show) -> tuple[DirectorState, tuple[Action, ...]]:
    """Return what is on after an event, and the answers to give.

    Args:
        state: what was on; `opening` makes the first.
        event: a press, a command, or time that passes.
        now: monotonic seconds.
        show: what there is to play.

    Returns:
        The new state, and for a command exactly one `Answer`. Never raises: a command that makes no sense is refused with a code.
    """
    state = advance(state, show, now)
    if isinstance(event, ButtonPressed):
        return _pressed(state, event.button, now, show), ()
    if isinstance(event, Tick):
        return state, ()
    outcome = _obey(state, event, now, show)
    if isinstance(outcome, _Refusal):
        return state, (Answer(event, outcome.code, outcome.arguments, outcome.hint),)
    return outcome, (Answer(event),)


# -- presses ---------------------------------------------------------------------------------------------------------


def _pressed(state: DirectorState, button: str, now: float, show: Show) -> DirectorState:
    scenario = _started_by(button, show)
    known = show.model.buttons.get(button)
    command = known.command if known is not None else None
    wakes = scenario is None and command in ("wake", "blackout")
    if (scenario is None and known is None) or (state.dark and not wakes):
        return state
    recent = tuple((other, at) for other, at in state.presses if now - at < REPEAT_S)
    repeated = any(other == button for other, _ in recent)
    state = replace(state, presses=(*(press for press in recent if press[0] != button), (button, now)))
    if state.dark:
        return go_idle(state, show, now)
    if scenario is not None:
        return _triggered(state, scenario, now, show, repeated=repeated)
    return state if command is None else _commanded(state, command, now, show, repeated=repeated)


def _started_by(button: str, show: Show) -> Scenario | None:
    """Return the scenario that a button starts, or None."""
    return next((s for s in show.scenarios.values() if button in s.buttons and s.steps), None)


def _triggered(state: DirectorState, scenario: Scenario, now: float, show: Show, *, repeated: bool) -> DirectorState:
    own = scenario.id == state.scenario
    if own and (repeated or state.mode is Mode.IDLE):
        return state
    current = playable(show, state.scenario)
    if not state.running or current is None:
        return begin(state, show, scenario.id, now)
    if not own:
        waits = current.interrupt == "after_step"
        return replace(state, pending=scenario.id) if waits else begin(state, show, scenario.id, now)
    if scenario.while_playing == "restart":
        return begin(state, show, scenario.id, now)
    return _go_on(state, now, show) if scenario.while_playing == "next_step" else state


def _commanded(state: DirectorState, command: str, now: float, show: Show, *, repeated: bool) -> DirectorState:
    """Carry out a button's command. At rest ``next`` and ``back`` turn the idle playlist's pages: no button is dead."""
    if state.mode is Mode.IDLE and command in ("next", "back"):
        return turn_idle_page(state, show, 1 if command == "next" else -1, now)
    if command == "pause" and repeated:
        return state
    if command == "pause" and state.mode is Mode.PAUSED:
        command = "resume"
    outcome = _obey(state, Command(command), now, show)
    return state if isinstance(outcome, _Refusal) else outcome


def _go_on(state: DirectorState, now: float, show: Show) -> DirectorState:
    """End the step because somebody wishes so."""
    acted = () if state.scenario is None else (state.scenario,)
    return leave_step(replace(state, played=acted), show, now)


# -- commands --------------------------------------------------------------------------------------------------------


def _obey(state: DirectorState, command: Command, now: float, show: Show) -> _Outcome:
    kind, obey = COMMANDS.get(command.name), _COMMANDS.get(command.name)
    if kind is None or obey is None:
        return _Refusal("unknown_command", {"name": command.name}, _meant(command.name, COMMANDS))
    if kind.argument is None:
        return obey(state, "", now, show)
    value = command.arguments.get(kind.argument)
    if value is None:
        return _Refusal("missing_argument", {"name": kind.argument})
    if type(value) is not kind.type:
        return _Refusal("wrong_type", {"name": kind.argument, "expected": kind.type.__name__})
    if isinstance(value, int) and not kind.minimum <= value <= kind.maximum:
        limits = {"minimum": str(kind.minimum), "maximum": str(kind.maximum)}
        return _Refusal("out_of_range", {"name": kind.argument, **limits})
    return obey(state, value, now, show)


def _meant(name: str, names: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name.lower(), names, n=1)), None)


def _play(state: DirectorState, value: str | int, now: float, show: Show) -> _Outcome:
    name = str(value)
    if playable(show, name) is None:
        return _Refusal("unknown_scenario", {"name": name}, _meant(name, show.scenarios))
    return begin(state, show, name, now)


def _next(state: DirectorState, _: str | int, now: float, show: Show) -> _Outcome:
    if state.running:
        return _go_on(state, now, show)
    return go_idle(state, show, now) if state.ended else _Refusal("nothing_playing")


def _back(state: DirectorState, _: str | int, now: float, show: Show) -> _Outcome:
    if state.running:
        return go_to_step(state, show, state.step - 1, now)
    return go_to_step(state, show, state.step, now) if state.ended else _Refusal("nothing_playing")


def _pause(state: DirectorState, _: str | int, now: float, _show: Show) -> _Outcome:
    if state.mode is Mode.PAUSED:
        return _Refusal("already_paused")
    return hold(state, now) if state.running else _Refusal("nothing_playing")


def _resume(state: DirectorState, _: str | int, now: float, show: Show) -> _Outcome:
    return release(state, show, now) if state.mode is Mode.PAUSED else _Refusal("not_paused")


def _stop(state: DirectorState, _: str | int, now: float, show: Show) -> _Outcome:
    if state.mode in (Mode.PLAYING, Mode.PAUSED):
        return go_idle(state, show, now)
    return _Refusal("nothing_playing")


def _brightness(state: DirectorState, value: str | int, _now: float, _show: Show) -> _Outcome:
    return replace(state, brightness=int(value))


def _blackout(state: DirectorState, _: str | int, now: float, _show: Show) -> _Outcome:
    return state if state.mode is Mode.BLACKOUT else go_dark(state, now)


def _wake(state: DirectorState, _: str | int, now: float, show: Show) -> _Outcome:
    return go_idle(state, show, now) if state.dark else _Refusal("already_awake")


def _press(state: DirectorState, value: str | int, now: float, show: Show) -> _Outcome:
    button = str(value)
    if button not in show.model.buttons:
        return _Refusal("unknown_button", {"name": button}, _meant(button, show.model.buttons))
    after = _pressed(state, button, now, show)
    return _Refusal(state.mode.value) if state.dark and after is state else after


_COMMANDS: Mapping[str, Callable[[DirectorState, str | int, float, Show], _Outcome]] = {
    "play": _play,
    "next": _next,
    "back": _back,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
    "brightness": _brightness,
    "blackout": _blackout,
    "wake": _wake,
    "press": _press,
}
