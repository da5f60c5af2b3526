"""Commands: what each row of the one table does to the state, or why it makes no sense now."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from maquette.core.events import COMMANDS, Command, flaw
from maquette.core.snapshot import Mode
from maquette.show.choice import turned
from maquette.show.identification import ENDS, IDENTIFY_S, Identification, Unknown, read_target
from maquette.show.scenario import Show
from maquette.show.state import DirectorState
from maquette.show.timeline import begin, go_dark, go_idle, go_to_step, hold, leave_step, playable, release
from maquette.show.visit import GUIDE_S, answer_hands, begin_visit, end_visit


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command makes no sense now: a stable code, the figures for its words, and a name that was probably meant."""

    code: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    hint: str | None = None


LANGUAGE_S = 300.0
"""How long the visitors' screen keeps a language that somebody has chosen, seconds: the next visitors may read another."""

Outcome = DirectorState | Refusal
_Value = str | int | None


def obey(state: DirectorState, command: Command, now: float, show: Show) -> Outcome:
    """Carry out a command other than ``press``, which is an event of its own (see `pressed_button`)."""
    if command.name not in COMMANDS or command.name not in _COMMANDS:
        return Refusal("unknown_command", {"name": command.name}, _meant(command.name, COMMANDS))
    wrong = flaw(command.name, command.arguments)
    if wrong is not None:
        return Refusal(*wrong)
    argument = COMMANDS[command.name].argument
    outcome = _COMMANDS[command.name](state, command.arguments.get(argument) if argument else None, now, show)
    if isinstance(outcome, Refusal):
        return outcome
    if command.name in _ENDING:
        outcome = replace(outcome, identified=None)
    ends_at = now + GUIDE_S if outcome.guided else outcome.guide_ends_at
    return replace(outcome, acted_at=now, guide_ends_at=ends_at)


def pressed_button(command: Command, show: Show) -> str | Refusal:
    """Return the button of a ``press``, or why there is none."""
    wrong = flaw(command.name, command.arguments)
    if wrong is not None:
        return Refusal(*wrong)
    button = str(command.arguments["button"])
    if button not in show.model.buttons:
        return Refusal("unknown_button", {"name": button}, _meant(button, show.model.buttons))
    return button


def go_on(state: DirectorState, now: float, show: Show) -> DirectorState:
    """End the step because somebody wishes so."""
    acted = () if state.scenario is None else (state.scenario,)
    return leave_step(replace(state, played=acted), show, now)


def _meant(name: str, names: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name.lower(), names, n=1)), None)


def _play(state: DirectorState, value: _Value, now: float, show: Show) -> Outcome:
    scenario = playable(show, str(value))
    if scenario is None:
        return Refusal("unknown_scenario", {"name": str(value)}, _meant(str(value), show.scenarios))
    return begin(answer_hands(state, scenario), show, scenario.id, now)


def _next(state: DirectorState, _: _Value, now: float, show: Show) -> Outcome:
    if state.running:
        return go_on(state, now, show)
    return go_idle(state, show, now) if state.ended else Refusal("nothing_playing")


def _back(state: DirectorState, _: _Value, now: float, show: Show) -> Outcome:
    if state.running:
        return go_to_step(state, show, state.step - 1, now)
    return go_to_step(state, show, state.step, now) if state.ended else Refusal("nothing_playing")


def _pause(state: DirectorState, _: _Value, now: float, _show: Show) -> Outcome:
    if state.mode is Mode.PAUSED:
        return Refusal("already_paused")
    return hold(state, now) if state.running else Refusal("nothing_playing")


def _resume(state: DirectorState, _: _Value, now: float, show: Show) -> Outcome:
    return release(state, show, now) if state.mode is Mode.PAUSED else Refusal("not_paused")


def _stop(state: DirectorState, _: _Value, now: float, show: Show) -> Outcome:
    if state.mode in (Mode.PLAYING, Mode.PAUSED):
        return go_idle(state, show, now)
    return state if state.identified is not None else Refusal("nothing_playing")


def _brightness(state: DirectorState, value: _Value, _now: float, _show: Show) -> Outcome:
    return replace(state, brightness=int(value or 0))


def _choose(state: DirectorState, by: _Value, now: float, show: Show) -> Outcome:
    return turned(state, int(by or 0), show, now) or Refusal("nothing_to_choose")


def _guide(state: DirectorState, on: _Value, now: float, show: Show) -> Outcome:
    wanted = not state.guided if on is None else bool(on)
    return begin_visit(state, show, now) if wanted else end_visit(state, now)


def _calm(state: DirectorState, on: _Value, _now: float, _show: Show) -> Outcome:
    return replace(state, calm=not state.calm if on is None else bool(on))


def _language(state: DirectorState, value: _Value, now: float, show: Show) -> Outcome:
    languages = show.languages
    if value is None and languages:  # nobody has chosen: whoever presses wants another than the first
        standing = languages.index(state.language) if state.language in languages else 0
        value = languages[(standing + 1) % len(languages)]
    if value not in languages:
        return Refusal("unknown_language", {"name": str(value or "")}, _meant(str(value or ""), languages))
    return replace(state, language=str(value), language_ends_at=now + LANGUAGE_S)


def _blackout(state: DirectorState, _: _Value, now: float, _show: Show) -> Outcome:
    return state if state.mode is Mode.BLACKOUT else go_dark(state, now)


def _wake(state: DirectorState, _: _Value, now: float, show: Show) -> Outcome:
    return go_idle(state, show, now) if state.dark else Refusal("already_awake")


def _identify(state: DirectorState, value: _Value, now: float, show: Show) -> Outcome:
    written = str(value or "").strip()
    if written in ENDS:
        return replace(state, identified=None)
    target = read_target(written, show.model)
    if isinstance(target, Unknown):
        return Refusal(target.code, target.arguments, target.hint)
    if state.identified is not None and state.identified.target == target:  # again, so longer
        return replace(state, identified=replace(state.identified, ends_at=now + IDENTIFY_S))
    return replace(state, identified=Identification(target, now, now + IDENTIFY_S))


_ENDING = frozenset({"play", "next", "back", "pause", "resume", "stop", "blackout", "wake"})
"""Commands that change what is on: they end an identification, which would hide it."""

_COMMANDS: Mapping[str, Callable[[DirectorState, _Value, float, Show], Outcome]] = {
    "play": _play,
    "next": _next,
    "back": _back,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
    "brightness": _brightness,
    "guide": _guide,
    "calm": _calm,
    "language": _language,
    "blackout": _blackout,
    "wake": _wake,
    "choose": _choose,
    "identify": _identify,
}
