"""Guided visits: a mediator leads, steps wait for ``next``, visitors raise hands. States flow in, states flow out."""

from dataclasses import replace

from maquette.show.scenario import ButtonTrigger, Scenario, Show
from maquette.show.state import DirectorState
from maquette.show.timeline import go_idle

GUIDE_S = 30 * 60.0
"""How long a guided visit lasts after the mediator's last command, seconds: nobody has to remember to end it."""

_SERVICE = frozenset({"guide", "calm", "blackout", "wake"})


def leads(button: str, show: Show) -> bool:
    """Tell whether a button speaks for the mediator: it is bound to a command that no visitor gives.

    Where the model has a button for `guide`, a visit can be led from its edge: all command buttons speak for the mediator.
    """
    known = show.model.buttons.get(button)
    if known is None or known.command is None:
        return False
    return known.command in _SERVICE or any(other.command == "guide" for other in show.model.buttons.values())


def begin_visit(state: DirectorState, show: Show, now: float) -> DirectorState:
    """Begin a guided visit; it ends a darkness, and what a visitor's press made wait."""
    awake = go_idle(state, show, now) if state.dark else state
    return replace(awake, guided=True, guide_ends_at=now + GUIDE_S, pending=None)


def end_visit(state: DirectorState, now: float) -> DirectorState:
    """End a guided visit; a step whose time has passed meanwhile ends now."""
    due_at, until_at = (None if at is None else max(at, now) for at in (state.due_at, state.until_at))
    return replace(state, guided=False, hands=(), due_at=due_at, until_at=until_at)


def raise_hand(state: DirectorState, button: str, now: float) -> DirectorState:
    """Note a visitor's wish; pressing again changes nothing."""
    if any(other == button for other, _ in state.hands):
        return state
    return replace(state, hands=(*state.hands, (button, now)))


def answer_hands(state: DirectorState, scenario: Scenario) -> DirectorState:
    """Lower the hands of those who wished for this scenario."""
    own = {trigger.button for trigger in scenario.triggers if isinstance(trigger, ButtonTrigger)}
    return replace(state, hands=tuple(hand for hand in state.hands if hand[0] not in own))
