"""A wish for a new PIN: the first two buttons, held down since before the model started. A pure state machine; time is an argument.

Somebody who has lost the mediator's PIN switches the model on with both hands on the model: both buttons of it that come first in the
hardware document are found closed. Their lamps are on; after five seconds they blink, and both buttons are let go within ten seconds more.
For ten minutes whoever opens the mediator's page may then set a new PIN, which an alert says wherever alerts are shown. No network does
this alone. Contacts that are stuck do not either, since they are never let go; nor does a press once the model runs, since nothing but how
the contacts were first found begins it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from maquette.stage.debounce import QUIET_S

HELD_S = 5.0
"""Seconds for which both are held at least."""
LET_GO_S = 15.0
"""Seconds after which both must have been let go."""
OPEN_S = 600.0
"""Seconds for which a new PIN may be set."""
THANKS_S = 3.0
"""Seconds for which the lamps say that it was understood."""
BLINK_S = 0.5
"""Between two changes of a lamp that says "let go": one flash a second."""


class Phase(Enum):
    """How far a wish has come."""

    LOOKING = auto()
    """Not all contacts have been found yet."""
    HELD = auto()
    GRANTED = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class PinWish:
    """What is known of a wish.

    Attributes:
        buttons: the two that count; none where the model has fewer.
        phase: how far it has come.
        since: when the last of them was found closed, or when the wish was granted; monotonic seconds.
        found: those that were found closed.
        open: when each that is open was let go.
    """

    buttons: tuple[str, ...]
    phase: Phase = Phase.LOOKING
    since: float = 0.0
    found: frozenset[str] = frozenset()
    open: Mapping[str, float] = field(default_factory=dict)

    def levels(self, now: float) -> dict[str, float]:
        """Return how bright the lamps of the two are while they speak of a wish: button → 0 or 1; none when they do not."""
        if self.phase is Phase.HELD:
            blinks = now - self.since >= HELD_S and math.floor((now - self.since) / BLINK_S) % 2 == 1
            return dict.fromkeys(self.buttons, 0.0 if blinks else 1.0)
        if self.phase is Phase.GRANTED and now - self.since < THANKS_S:
            return dict.fromkeys(self.buttons, 1.0)
        return {}


def wish_of(buttons: Iterable[str]) -> PinWish:
    """Return the wish of a model whose buttons have contacts, in the order of its hardware document."""
    first = tuple(buttons)[:2]
    return PinWish(first) if len(first) == 2 else PinWish((), Phase.OVER)


def on_edge(wish: PinWish, button: str, at: float, *, closed: bool, found: bool) -> PinWish:
    """Take an edge of a button."""
    if button not in wish.buttons:
        return wish
    if wish.phase is Phase.LOOKING and found:
        if not closed:
            return replace(wish, phase=Phase.OVER)
        both = wish.found | {button}
        return replace(wish, phase=Phase.HELD if len(both) == 2 else Phase.LOOKING, since=at, found=both)
    if wish.phase is Phase.LOOKING and button in wish.found and not closed:
        return replace(wish, phase=Phase.OVER)
    if wish.phase is Phase.HELD:
        others = {name: moment for name, moment in wish.open.items() if name != button}
        return replace(wish, open=others if closed else {**others, button: at})
    return wish


def on_time(wish: PinWish, now: float) -> PinWish:
    """Let time pass: it is granted once both have been let go in time, and over when one of them was not, or ten minutes later."""
    if wish.phase is Phase.GRANTED and now - wish.since >= OPEN_S:
        return replace(wish, phase=Phase.OVER)
    if wish.phase is not Phase.HELD:
        return wish
    let_go = [at - wish.since for at in wish.open.values() if now - at >= QUIET_S]
    if any(held_s < HELD_S for held_s in let_go):
        return replace(wish, phase=Phase.OVER)
    if len(let_go) == 2 and max(let_go) <= LET_GO_S:
        return replace(wish, phase=Phase.GRANTED, since=now)
    return replace(wish, phase=Phase.OVER) if now - wish.since > LET_GO_S + QUIET_S else wish
