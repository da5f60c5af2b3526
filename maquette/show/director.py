"""The director: what happens flows in, what is on flows out, with an answer to every command.

Nothing here knows light. Time is an argument: before an event is heard, everything that was due until then has happened. Events count in
the order in which they come: of two buttons that go down in the same frame the first acts first, the second meets what it made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from maquette.core.clock import Clock
from maquette.core.events import Answer, ButtonPressed, ButtonReleased, Command, Origin
from maquette.core.readings import Readings
from maquette.core.snapshot import Mode
from maquette.core.votes import FormerVotes, VoteCast, added
from maquette.show import presses, triggers
from maquette.show.choice import begins_at
from maquette.show.commands import Outcome, Refusal, go_on, obey, pressed_button
from maquette.show.hours import fall_asleep, opened_or_closed, sleeps_at
from maquette.show.presses import Gesture, bound_presses
from maquette.show.priorities import PRIORITIES, Situation, Source, Verdict
from maquette.show.scenario import Ask, ButtonTrigger, Choice, Press, Scenario, Show
from maquette.show.state import DirectorState, Hold, Presses, WatchKey, Wish
from maquette.show.timeline import (
    begin,
    end_step_by_itself,
    go_idle,
    lit_step,
    look_at_until,
    place,
    playable,
    step_due_at,
    turn_idle_page,
)
from maquette.show.visit import end_visit, leads, raise_hand
from maquette.show.votes import cast, trusted_clock

REPEAT_S = 2.0
"""Presses of a button that follow one another more closely are one wish: they are acknowledged and never restart.

People stand in a queue to vote: there only what follows a vote, or the press that began the scenario, too closely is a repeat, however fast
they go on.
"""

LAPSE_S = 10 * 60.0
"""How long a wish of data or clock waits for rest, seconds."""

_LATE_S = 60.0  # after a longer gap what was missed is not played through


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes and nothing else happens."""


@dataclass(frozen=True, slots=True)
class NewReadings:
    """Readings changed, or the quality of one did."""


Event = ButtonPressed | ButtonReleased | Command | Clock | NewReadings | FormerVotes | Tick
Action = Answer | VoteCast


def direct(
    state: DirectorState, event: Event, now: float, show: Show, readings: Readings | None = None
) -> tuple[DirectorState, tuple[Action, ...]]:
    """Return what is on after an event, and what is to be told.

    Args:
        state: what was on; `opening` makes the first.
        event: a press, a command, the wall clock, other readings, or time that passes.
        now: monotonic seconds.
        show: what there is to play.
        readings: as they are now, those of a journey left aside.

    Returns:
        The new state; for a command exactly one `Answer`, for a vote a `VoteCast`. Never raises: a command that makes no sense is refused
        with a code.
    """
    known = Readings() if readings is None else readings
    before = advance(state, show, now, known)
    after, actions = _heard(before, event, now, show, known)
    return advance(_settled(after, before, show, known, now), show, now, known), actions


def _heard(
    state: DirectorState, event: Event, now: float, show: Show, readings: Readings
) -> tuple[DirectorState, tuple[Action, ...]]:
    match event:
        case ButtonPressed(button=button):
            return _pressed(state, button, now, show)
        case ButtonReleased(button=button):
            holds, gesture = presses.released(state.holds, button, now, bound_presses(button, show))
            return _gestured(replace(state, holds=holds), gesture, now, show), ()
        case Command():
            return _commanded(state, event, now, show)
        case Clock():
            return _told_the_time(state, event, now, show), ()
        case NewReadings():
            state = replace(state, watches=triggers.watched(state.watches, show, readings, now))
            return look_at_until(state, show, readings, now), ()
        case FormerVotes():
            return replace(state, former_votes=event), ()
        case Tick():
            return state, ()


# -- time ------------------------------------------------------------------------------------------------------------


def advance(state: DirectorState, show: Show, now: float, readings: Readings) -> DirectorState:
    """Let time pass until ``now``: everything that was due happens, at the moment it was due."""
    while (due := _first_due(state, show)) is not None and due[0] <= now:
        at = due[0] if now - due[0] < _LATE_S else now
        state = _settled(due[1](at), state, show, readings, at)
    return state


def due_at(state: DirectorState, show: Show) -> float | None:
    """Return the next moment (monotonic seconds) at which something happens by itself, or None."""
    due = _first_due(state, show)
    return None if due is None else due[0]


_Due = tuple[float, Callable[[float], DirectorState]]
"""A moment, and what happens then."""


def _first_due(state: DirectorState, show: Show) -> _Due | None:
    return min(_dues(state, show), key=lambda due: due[0], default=None)


def _dues(state: DirectorState, show: Show) -> Iterator[_Due]:
    """Give everything that will happen by itself; what stands first happens first when two fall together."""
    for hold in state.holds:
        yield presses.known_at(hold), partial(_hold_settled, state, hold, show=show)
    if state.guided:
        yield state.guide_ends_at, partial(end_visit, state)
    if state.language is not None:
        yield state.language_ends_at, lambda _now: replace(state, language=None)
    if state.identified is not None:
        yield state.identified.ends_at, lambda _now: replace(state, identified=None)
    chosen_at = begins_at(state)
    if chosen_at is not None:
        yield chosen_at, partial(_choice_taken, state, show=show)
    step_ends_at = step_due_at(state)
    if step_ends_at is not None:
        yield step_ends_at, partial(end_step_by_itself, state, show)
    for key, watch in state.watches.items():
        fires_at = triggers.fires_at(key, watch)
        if fires_at is not None:
            yield fires_at, partial(_fired, state, key, show=show)
    asleep_at = sleeps_at(state, show)
    if asleep_at is not None:
        yield asleep_at, partial(fall_asleep, state)


def _settled(state: DirectorState, before: DirectorState, show: Show, readings: Readings, now: float) -> DirectorState:
    """Return what follows at once from a change: at rest a wish that waited is granted, a new step looks at what it waits for."""
    if state.waiting and PRIORITIES[_situation(state)][Source.CLOCK] is Verdict.NOW:
        name = next_wish(state, now)
        others = tuple(wish for wish in state.waiting if wish.scenario != name and now < wish.lapses_at)
        state = replace(state, waiting=others)
        if name is not None:
            state = begin(state, show, name, now)
    return state if place(state) == place(before) else look_at_until(state, show, readings, now)


def next_wish(state: DirectorState, now: float) -> str | None:
    """Return the scenario that data or the clock asked for and that begins at the next rest, or None; the clock's come first."""
    waiting = (wish for wish in state.waiting if now < wish.lapses_at)
    first = min(waiting, key=lambda wish: list(Source).index(wish.source), default=None)
    return None if first is None else first.scenario


# -- wishes ----------------------------------------------------------------------------------------------------------


def _situation(state: DirectorState) -> Situation:
    match state.mode:
        case Mode.BLACKOUT:
            return Situation.BLACKOUT
        case Mode.ASLEEP:
            return Situation.ASLEEP
        case _ if state.guided:
            return Situation.GUIDED
        case _ if not state.running:
            return Situation.REST
        case Mode.PAUSED:
            return Situation.PAUSED
    return Situation.PLAYING


def _wished(
    state: DirectorState, scenario: Scenario, source: Source, now: float, show: Show, *, repeated: bool = False
) -> DirectorState:
    """Return what becomes of the wish of a visitor, of data or of the clock that a scenario begins."""
    verdict = PRIORITIES[_situation(state)][source]
    own = scenario.id == state.scenario
    if own and verdict in (Verdict.NOW, Verdict.IN_TURN, Verdict.WAITS) and not state.guided:
        if repeated or state.mode is Mode.IDLE:
            return state
        if state.running:
            return _again(state, scenario, now, show)
    match verdict:
        case Verdict.NOW:
            return begin(state, show, scenario.id, now)
        case Verdict.IN_TURN:
            current = playable(show, state.scenario)
            if current is not None and current.interrupt == "after_step":
                return replace(state, pending=scenario.id)
            return begin(state, show, scenario.id, now)
        case Verdict.WAITS:
            others = tuple(wish for wish in state.waiting if wish.scenario != scenario.id)
            return replace(state, waiting=(*others, Wish(scenario.id, source, now + LAPSE_S)))
    return state


def _again(state: DirectorState, scenario: Scenario, now: float, show: Show) -> DirectorState:
    """Return what its own trigger does to the scenario that plays."""
    if scenario.while_playing == "restart":
        return begin(state, show, scenario.id, now)
    return go_on(state, now, show) if scenario.while_playing == "next_step" else state


def _fired(state: DirectorState, key: WatchKey, now: float, show: Show) -> DirectorState:
    """Let a condition that has held long enough have its effect."""
    watch, starts = triggers.fired(key, state.watches[key], now)
    state = replace(state, watches={**state.watches, key: watch})
    scenario = playable(show, key[0])
    return _wished(state, scenario, Source.DATA, now, show) if starts and scenario is not None else state


def _told_the_time(state: DirectorState, clock: Clock, now: float, show: Show) -> DirectorState:
    seen, came = triggers.seen_again(state.seen, clock, now, show)
    state = replace(opened_or_closed(state, clock, show, now), seen=seen)
    for name in came:
        scenario = playable(show, name)
        if scenario is not None:
            state = _wished(state, scenario, Source.CLOCK, now, show)
    return state


# -- presses ---------------------------------------------------------------------------------------------------------


def _pressed(
    state: DirectorState, button: str, now: float, show: Show, *, whole: bool = False
) -> tuple[DirectorState, tuple[Action, ...]]:
    """Return what is on after a press; ``whole`` when the button is not held: it is a short press at once."""
    if state.identified is not None and state.identified.target.kind == "button":
        return replace(state, identified=state.identified.hear(button)), ()
    bound = bound_presses(button, show)
    if not bound and button not in show.model.buttons:
        return state, ()
    kinds = frozenset[Press]() if whole else bound
    source = Source.MEDIATOR if leads(button, show) else Source.VISITOR
    verdict = PRIORITIES[_situation(state)][source]
    if verdict is Verdict.NOTHING:
        return state, ()
    if verdict is Verdict.WAKES:
        woken = _acknowledged(go_idle(state, show, now), button, now)
        return _woken_by(woken, button, kinds, now, show), ()
    repeated, too_soon = (_is_recent(button, among, now) for among in (state.presses, state.acts))
    state = _acknowledged(state, button, now)
    answer = _answer(state, button, show)
    if answer is not None:
        return (state, ()) if too_soon else _voted(state, *answer)
    if verdict is Verdict.HAND:
        return raise_hand(state, button, now), ()
    holds, gesture = presses.pressed(state.holds, button, now, kinds, repeated=repeated)
    return _gestured(replace(state, holds=holds), gesture, now, show), ()


def _is_recent(button: str, among: Presses, now: float) -> bool:
    return any(other == button and now - at < REPEAT_S for other, at in among)


def _acknowledged(state: DirectorState, button: str, now: float) -> DirectorState:
    acts = state.acts if _is_recent(button, state.acts, now) else _noted(button, state.acts, now)
    return replace(state, presses=_noted(button, state.presses, now), acts=acts, acted_at=now)


def _noted(button: str, among: Presses, now: float) -> Presses:
    """Return the presses of the last seconds with one more."""
    return (*(press for press in among if press[0] != button and now - press[1] < REPEAT_S), (button, now))


def _woken_by(state: DirectorState, button: str, bound: frozenset[Press], now: float, show: Show) -> DirectorState:
    """Return what else a press does that woke the model: what it would have done, except to black it out again."""
    known = show.model.buttons.get(button)
    if known is not None and known.command in ("blackout", "wake"):
        return state
    holds, gesture = presses.pressed(state.holds, button, now, bound, repeated=False)
    return _gestured(replace(state, holds=holds), gesture, now, show)


def _answer(state: DirectorState, button: str, show: Show) -> tuple[Ask, Choice] | None:
    """Return the question that stands and the choice that a button gives, or None."""
    step = lit_step(state, show) if state.running else None
    if step is None or step.ask is None:
        return None
    number = step.ask.choice(button)
    return None if number is None else (step.ask, step.ask.choices[number])


def _voted(state: DirectorState, ask: Ask, choice: Choice) -> tuple[DirectorState, tuple[Action, ...]]:
    one = {(choice.button, choice.score): 1}
    votes = {**state.votes, ask.id: added(state.votes.get(ask.id, {}), one)}
    clock = trusted_clock(state)
    voted_at = state.voted_at if clock is None else {**state.voted_at, ask.id: clock}
    return replace(state, votes=votes, voted_at=voted_at), (cast(ask, choice, clock),)


def _hold_settled(state: DirectorState, hold: Hold, now: float, show: Show) -> DirectorState:
    holds, gesture = presses.settled(state.holds, hold, bound_presses(hold.button, show))
    return _gestured(replace(state, holds=holds), gesture, now, show)


def _gestured(state: DirectorState, gesture: Gesture | None, now: float, show: Show) -> DirectorState:
    """Return what is on after a press of which it is known whether it is short, long or double."""
    if gesture is None:
        return state
    trigger = ButtonTrigger(gesture.button, gesture.press)
    scenario = next((s for s in show.scenarios.values() if trigger in s.triggers and s.steps), None)
    if scenario is not None:
        return _wished(state, scenario, Source.VISITOR, now, show, repeated=gesture.repeated)
    known = show.model.buttons.get(gesture.button)
    if known is None or known.command is None or gesture.press != "short":
        return state
    return _button_commanded(state, known.command, now, show, repeated=gesture.repeated)


def _button_commanded(state: DirectorState, command: str, now: float, show: Show, *, repeated: bool) -> DirectorState:
    """Carry out a button's command. At rest ``next`` and ``back`` turn the idle playlist's pages: no button is dead."""
    if state.mode is Mode.IDLE and command in ("next", "back"):
        return turn_idle_page(state, show, 1 if command == "next" else -1, now)
    if command in ("pause", "guide", "calm", "language") and repeated:
        return state  # what goes to and fro would be undone by a child's second press
    if command == "pause" and state.mode is Mode.PAUSED:
        command = "resume"
    outcome = obey(state, Command(command), now, show)
    return state if isinstance(outcome, Refusal) else outcome


def _turned(state: DirectorState, command: Command, now: float, show: Show) -> Outcome:
    """Carry out what a visitor's knob asks for, as far as a press may now."""
    match PRIORITIES[_situation(state)][Source.VISITOR]:
        case Verdict.NOTHING:
            return Refusal(state.mode.value)
        case Verdict.HAND:
            return Refusal("guided")
        case Verdict.WAKES:
            state = go_idle(state, show, now)
    return obey(state, command, now, show)


def _choice_taken(state: DirectorState, now: float, show: Show) -> DirectorState:
    """Let what a knob has chosen begin, as if its button had been pressed; in a guided visit only the mediator can have turned it."""
    scenario = playable(show, state.choice)
    state = replace(state, choice=None)
    source = Source.MEDIATOR if state.guided else Source.VISITOR
    return state if scenario is None else _wished(state, scenario, source, now, show)


# -- commands --------------------------------------------------------------------------------------------------------


def _commanded(
    state: DirectorState, command: Command, now: float, show: Show
) -> tuple[DirectorState, tuple[Action, ...]]:
    actions: tuple[Action, ...] = ()
    outcome: Outcome
    if command.name == "press":
        button = pressed_button(command, show)
        if isinstance(button, Refusal):
            outcome = button
        else:
            outcome, actions = _pressed(state, button, now, show, whole=True)
            if outcome is state:
                outcome = Refusal(state.mode.value)
    elif command.origin is Origin.VISITOR:
        outcome = _turned(state, command, now, show)
    else:
        outcome = obey(state, command, now, show)
    if isinstance(outcome, Refusal):
        return state, (Answer(command, outcome.code, outcome.arguments, outcome.hint),)
    return outcome, (Answer(command), *actions)
