"""Lamps: the state of the show flows in; which buttons' lamps are on, which of them invite, and how bright each is flow out.

A lamp says what a press would do: off, nothing; a faint glow, something; breathing, it invites; on, it was pressed or its scenario is on.
It breathes once in four seconds, far below what may be called a flash, and not at all in calm.
"""

import math

from maquette.core.events import Command
from maquette.core.snapshot import Mode
from maquette.show.commands import Refusal, obey
from maquette.show.presses import bound_presses
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


def lamps(state: DirectorState, show: Show, now: float) -> frozenset[str]:
    """Return the ids of the buttons whose lamp is on, or invites.

    At rest every button that starts something invites; during a scenario its own buttons stay on, and those of the one that waits its
    turn; during a guided visit those of the hands that are raised. A pressed button always answers at once. While a question stands its
    answers invite; when one is given the others go out for a moment. What a knob has chosen is on alone. In darkness all lamps are off.
    """
    if state.dark:
        return frozenset()
    return _answering(state, now) | _hands(state) | _of_scenarios(state, show, now)


def inviting(state: DirectorState, show: Show, now: float) -> frozenset[str]:
    """Return those among `lamps` that invite a press: they breathe."""
    asks = _asks(state, show)
    if state.dark or state.calm or state.choice is not None or (state.running and not asks):
        return frozenset()
    return _of_scenarios(state, show, now) - _answering(state, now) - _hands(state)


def lamp_levels(state: DirectorState, show: Show, now: float) -> dict[str, float]:
    """Return how bright the lamps are: button → level in (0, 1], as the eye counts it; those that are off are left out."""
    on, breathe = lamps(state, show, now), inviting(state, show, now)
    levels = dict.fromkeys(on, 1.0) | dict.fromkeys(breathe, _breath(now))
    if not state.dark and not _asks(state, show):
        for button in show.model.buttons:
            if button not in levels and _does_something(button, state, show, now):
                levels[button] = READY
    return levels


def lamps_change_at(state: DirectorState, show: Show, now: float) -> float | None:
    """Return the next moment (monotonic seconds) at which a lamp changes by itself, or None."""
    moments = [at + ACKNOWLEDGED_S for _, at in state.presses if now < at + ACKNOWLEDGED_S]
    if any(button in show.model.lamps for button in inviting(state, show, now)):
        moments.append((_step(now) + 1) * BREATH_STEP_S)
    return min(moments, default=None)


def _breath(now: float) -> float:
    drawn = 0.5 - 0.5 * math.cos(2 * math.pi * _step(now) * BREATH_STEP_S / BREATH_S)
    return FAINTEST_BREATH + (1.0 - FAINTEST_BREATH) * drawn


def _step(now: float) -> int:
    # A millionth of a step forgives what floating point takes away.
    return math.floor(now / BREATH_STEP_S + 1e-6)


def _answering(state: DirectorState, now: float) -> frozenset[str]:
    return frozenset(button for button, at in state.presses if now - at < ACKNOWLEDGED_S)


def _hands(state: DirectorState) -> frozenset[str]:
    return frozenset(button for button, _ in state.hands)


def _asks(state: DirectorState, show: Show) -> bool:
    step = lit_step(state, show) if state.running else None
    return step is not None and step.ask is not None


def _of_scenarios(state: DirectorState, show: Show, now: float) -> frozenset[str]:
    """Return the buttons that are on for what plays, for what is asked, or because they start something."""
    step = lit_step(state, show) if state.running else None
    if state.choice is not None:
        names = [state.choice]
    elif step is not None and step.ask is not None:
        choices = frozenset(choice.button for choice in step.ask.choices)
        return choices if choices.isdisjoint(_answering(state, now)) else frozenset()
    elif state.running:
        names = [name for name in (state.scenario, state.pending) if name is not None]
    else:
        names = [] if state.guided else list(show.scenarios)
    scenarios = (playable(show, name) for name in names)
    return frozenset().union(*(scenario.buttons for scenario in scenarios if scenario is not None))


def _does_something(button: str, state: DirectorState, show: Show, now: float) -> bool:
    """Tell whether a press would do anything now, in light."""
    command = show.model.buttons[button].command
    if bound_presses(button, show):
        return True
    if command is None:
        return False
    if state.mode is Mode.IDLE and command in ("next", "back"):
        return True  # they turn the idle playlist's pages
    if state.mode is Mode.PAUSED and command == "pause":
        return True  # it goes on
    return not isinstance(obey(state, Command(command), now, show), Refusal)
