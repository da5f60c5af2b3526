"""Lamps: the state of the show flows in; which buttons' lamps are on, which of them invite, and how bright each is flow out.

A lamp says what a press would do: off, nothing; a faint glow, something; breathing, it invites; on, it was pressed or its scenario is on.
It breathes once in four seconds, far below what may be called a flash, and not at all in calm.
"""

import math
from dataclasses import dataclass

from maquette.core.snapshot import Mode
from maquette.show.scenario import Show
from maquette.show.state import DirectorState
from maquette.show.timeline import lit_step, playable

ACKNOWLEDGED_S = 1.0
"""How long a lamp answers a press."""
BREATH_S = 4.0
"""How long a lamp that invites takes to breathe once: 0.25 Hz."""
BREATH_STEP_S = 0.05
"""Between two levels of a breath."""
FAINTEST_BREATH = 0.4
READY = 0.3
"""The level of a lamp whose button does something and does not invite: pulses timed by software tremble visibly where they are shorter."""


@dataclass(frozen=True, slots=True)
class Lamps:
    """What the lamps do.

    Attributes:
        on: the ids of the buttons whose lamp is on, or invites.
        inviting: those among them that invite a press: they breathe.
        ready: those whose button does something, and that glow faintly.
        until: the moment (monotonic seconds) at which an answer to a press is over, or None.
    """

    on: frozenset[str] = frozenset()
    inviting: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()
    until: float | None = None

    def levels(self, now: float) -> dict[str, float]:
        """Return how bright the lamps are: button → level in (0, 1], as the eye counts it; those that are off are left out."""
        return (
            dict.fromkeys(self.ready, READY) | dict.fromkeys(self.on, 1.0) | dict.fromkeys(self.inviting, _breath(now))
        )

    def change_at(self, fitted: frozenset[str], now: float) -> float | None:
        """Return the next moment (monotonic seconds) at which a lamp changes by itself, or None; ``fitted`` says which buttons have one."""
        if self.inviting.isdisjoint(fitted):
            return self.until
        breath = (_step(now) + 1) * BREATH_STEP_S
        return breath if self.until is None else min(breath, self.until)


def lamps(state: DirectorState, show: Show, now: float) -> Lamps:
    """Return what the lamps do, which holds for this state until a moment.

    At rest every button that starts something invites; during a scenario its own buttons stay on, and those of the one that waits its
    turn; during a guided visit those of the hands that are raised. A pressed button always answers at once. While a question stands its
    answers invite; when one is given the others go out for a moment. What a knob has chosen is on alone. In darkness all lamps are off.
    """
    if state.dark:
        return Lamps()
    answers = {button: at + ACKNOWLEDGED_S for button, at in state.presses if now - at < ACKNOWLEDGED_S}
    own = frozenset(answers) | frozenset(button for button, _ in state.hands)
    step = lit_step(state, show) if state.running else None
    ask = step.ask if step is not None else None
    shown = _of_scenarios(state, show) if ask is None else frozenset(choice.button for choice in ask.choices)
    if ask is not None and not shown.isdisjoint(answers):
        shown = frozenset()
    invites = not state.calm and state.choice is None and (ask is not None or not state.running)
    on = own | shown
    ready = frozenset[str]()
    if ask is None:
        starts = frozenset[str]().union(*(scenario.buttons for scenario in show.scenarios.values()))
        others = (button for button in show.model.buttons.values() if button.id not in on)
        ready = frozenset(b.id for b in others if b.id in starts or _commands(b.command, state))
    return Lamps(on, shown - own if invites else frozenset(), ready, min(answers.values(), default=None))


def _breath(now: float) -> float:
    drawn = 0.5 - 0.5 * math.cos(2 * math.pi * _step(now) * BREATH_STEP_S / BREATH_S)
    return FAINTEST_BREATH + (1.0 - FAINTEST_BREATH) * drawn


def _step(now: float) -> int:
    # A millionth of a step forgives what floating point takes away.
    return math.floor(now / BREATH_STEP_S + 1e-6)


def _of_scenarios(state: DirectorState, show: Show) -> frozenset[str]:
    """Return the buttons that are on for what is chosen or plays, or because they start something."""
    if state.choice is not None:
        names = [state.choice]
    elif state.running:
        names = [name for name in (state.scenario, state.pending) if name is not None]
    else:
        names = [] if state.guided else list(show.scenarios)
    scenarios = (playable(show, name) for name in names)
    return frozenset().union(*(scenario.buttons for scenario in scenarios if scenario is not None))


def _commands(command: str | None, state: DirectorState) -> bool:
    """Tell whether a button's command would do anything now, in light; `obey` would tell too, by doing it."""
    match command:
        case "next" | "back":  # at rest they turn the idle playlist's pages
            return state.mode is Mode.IDLE or state.running or state.ended
        case "pause":  # paused, it goes on
            return state.running
        case "stop":
            return state.mode in (Mode.PLAYING, Mode.PAUSED)
        case "wake":
            return False
    return command is not None
