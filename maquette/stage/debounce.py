"""Debounce: a contact's edges go in, presses and releases come out. A pure state machine; time is an argument.

A contact chatters for some milliseconds when it closes and when it opens. The first edge of a press, and of a release, acts at once; an
edge that comes within 30 ms of another is chatter and only says where the contact is. What a tap shorter than that left untold, time tells.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

QUIET_S = 0.030
"""A contact that did not move for this long has settled."""
STUCK_AFTER_S = 60.0
"""A contact that stays closed for this long is stuck: nobody presses so long."""


class Signal(StrEnum):
    """What a contact's edges mean."""

    PRESSED = "pressed"
    RELEASED = "released"
    STUCK = "stuck"
    """It stays closed; it is released too."""
    FREED = "freed"


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of a button's contact.

    Attributes:
        closed: where the last edge left it.
        moved_at: when that was, in monotonic seconds.
        stuck: True once it has stayed closed for too long.
        down: True after a press that was told, until its release is.
    """

    closed: bool = False
    moved_at: float = float("-inf")
    stuck: bool = False
    down: bool = False


def found(at: float, *, closed: bool) -> Contact:
    """Return a contact as it is found: held down since before we came is not a press, but it may be stuck."""
    return Contact(closed, at) if closed else Contact()


def on_edge(contact: Contact, at: float, *, closed: bool) -> tuple[Contact, Signal | None]:
    """Take an edge: the contact closed, or opened, at a moment."""
    settled = at - contact.moved_at >= QUIET_S
    if contact.stuck and not closed:
        return Contact(closed, at), Signal.FREED
    if closed and settled:
        return Contact(closed, at, down=True), Signal.PRESSED
    if not closed and settled and contact.down:
        return Contact(closed, at), Signal.RELEASED
    return Contact(closed, at, contact.stuck, contact.down), None


def on_time(contact: Contact, now: float) -> tuple[Contact, Signal | None]:
    """Let time pass: a contact that stays closed becomes stuck, once; one that stays open after a short tap is released."""
    if contact.closed and not contact.stuck and now - contact.moved_at >= STUCK_AFTER_S:
        return replace(contact, stuck=True, down=False), Signal.STUCK
    if contact.down and not contact.closed and now - contact.moved_at >= QUIET_S:
        return replace(contact, down=False), Signal.RELEASED
    return contact, None
