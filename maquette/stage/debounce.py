"""Debounce: a contact's edges go in, presses come out. A pure state machine; time is an argument.

A contact chatters for some milliseconds when it closes and when it opens. The first edge of a press acts at once; an edge that comes
within 30 ms of another is chatter and only says where the contact is.
"""

from dataclasses import dataclass
from enum import StrEnum

QUIET_S = 0.030
"""A contact that did not move for this long has settled."""
STUCK_AFTER_S = 60.0
"""A contact that stays closed for this long is stuck: nobody presses so long."""


class Signal(StrEnum):
    """What a contact's edges mean."""

    PRESSED = "pressed"
    STUCK = "stuck"
    FREED = "freed"


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of a button's contact.

    Attributes:
        closed: where the last edge left it.
        moved_at: when that was, in monotonic seconds.
        stuck: True once it has stayed closed for too long.
    """

    closed: bool = False
    moved_at: float = float("-inf")
    stuck: bool = False


def on_edge(contact: Contact, at: float, *, closed: bool) -> tuple[Contact, Signal | None]:
    """Take an edge: the contact closed, or opened, at a moment."""
    settled = at - contact.moved_at >= QUIET_S
    signal = Signal.PRESSED if closed and settled else None
    if contact.stuck and not closed:
        signal = Signal.FREED
    return Contact(closed, at, contact.stuck and closed), signal


def on_time(contact: Contact, now: float) -> tuple[Contact, Signal | None]:
    """Let time pass: a contact that stays closed becomes stuck, once."""
    if contact.closed and not contact.stuck and now - contact.moved_at >= STUCK_AFTER_S:
        return Contact(contact.closed, contact.moved_at, stuck=True), Signal.STUCK
    return contact, None
