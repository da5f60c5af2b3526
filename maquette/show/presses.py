"""Presses: buttons go down and come up, and become short, long or double presses. Time is an argument.

Where nothing is bound to a long or double press of a button, a short press is known at once, on the edge. Where `long` is bound, a press
is short when the button comes up before `LONG_S`. Where `double` is bound, it is short when no second press follows within `DOUBLE_S`.
A press that is held and can no longer be double is short too: no button is dead, whether or not its coming up is ever heard.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from maquette.show.scenario import ButtonTrigger, Press, Show
from maquette.show.state import Hold

LONG_S = 0.7
"""A button held for so long is pressed long, seconds."""

DOUBLE_S = 0.35
"""A second press so soon after the first came up makes both a double press, seconds."""

Holds = tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class Gesture:
    """What a press turned out to be; ``repeated`` when it followed another press of the button closely."""

    button: str
    press: Press
    repeated: bool


def bound_presses(button: str, show: Show) -> frozenset[Press]:
    """Return the kinds of press of a button that start scenarios."""
    triggers = (trigger for scenario in show.scenarios.values() for trigger in scenario.triggers)
    return frozenset(t.press for t in triggers if isinstance(t, ButtonTrigger) and t.button == button)


def pressed(
    holds: Holds, button: str, now: float, bound: frozenset[Press], *, repeated: bool
) -> tuple[Holds, Gesture | None]:
    """Let a button go down; return what is under way now, and the gesture if it is known already."""
    first, others = _split(holds, button)
    if first is not None and "double" in bound:  # it came up in between, whether or not that was heard
        return others, Gesture(button, "double", first.repeated)
    if bound <= {"short"}:
        return others, Gesture(button, "short", repeated)
    return (*others, Hold(button, now, repeated)), None


def released(holds: Holds, button: str, now: float, bound: frozenset[Press]) -> tuple[Holds, Gesture | None]:
    """Let a button come up; return as `pressed` does."""
    hold, others = _split(holds, button)
    if hold is None or hold.released_at is not None:
        return holds, None
    if "double" in bound:
        return (*others, replace(hold, released_at=now)), None
    return others, Gesture(button, "short", hold.repeated)


def known_at(hold: Hold) -> float:
    """Return the moment (monotonic seconds) at which time alone says what a press is."""
    return hold.pressed_at + LONG_S if hold.released_at is None else hold.released_at + DOUBLE_S


def settled(holds: Holds, hold: Hold, bound: frozenset[Press]) -> tuple[Holds, Gesture]:
    """Let time say what a press is; return as `pressed` does."""
    press: Press = "long" if hold.released_at is None and "long" in bound else "short"
    return tuple(other for other in holds if other is not hold), Gesture(hold.button, press, hold.repeated)


def _split(holds: Iterable[Hold], button: str) -> tuple[Hold | None, Holds]:
    own = [hold for hold in holds if hold.button == button]
    return (own[-1] if own else None), tuple(hold for hold in holds if hold.button != button)
