"""Quadrature: the two contacts of a rotary encoder, closing one after the other, become steps. A pure state machine; it needs no time.

Turned one way the contacts go open-open, closed-open, closed-closed, open-closed and back: a Gray code, of which each change moves one
contact. A contact that chatters walks to and fro between two neighbours and so takes back what it told; no waiting and no clock is needed.
A step that a hand feels ends where the knob rests. There the count begins anew, so an edge that was lost costs one step at most.
"""

from dataclasses import dataclass

_ORDER = {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}
"""Where each pair of contacts stands in one turn of the code."""


@dataclass(frozen=True, slots=True)
class Knob:
    """What is known of an encoder.

    Attributes:
        a: its first contact is closed.
        b: its second contact is closed.
        moved: changes since it last rested: more when `a` leads.
    """

    a: bool = False
    b: bool = False
    moved: int = 0


def turned(knob: Knob, line: str, closed: bool, steps: int) -> tuple[Knob, int]:
    """Take an edge of contact ``a`` or ``b``.

    Args:
        knob: what was known.
        line: ``a`` or ``b``.
        closed: True when it closed.
        steps: changes of the contacts in one step that a hand feels: 1, 2 or 4.

    Returns:
        What is known now, and -1, 0 or 1 step: 1 when ``a`` leads.
    """
    a, b = (closed, knob.b) if line == "a" else (knob.a, closed)
    change = (_ORDER[a, b] - _ORDER[knob.a, knob.b] + 1) % 4 - 1
    moved = knob.moved + (change if change in (-1, 1) else 0)  # two contacts at once: nobody knows which way
    if _ORDER[a, b] % steps:
        return Knob(a, b, moved), 0
    step = (moved > steps / 2) - (moved < -steps / 2)
    return Knob(a, b), step
