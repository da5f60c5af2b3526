"""The rotary encoder: a knob on GPIO pins, through gpiozero; each step that a hand feels is a wish.

gpiozero's own ``RotaryEncoder`` is not used: it counts on a thread of the pin factory and tells positions, not steps that a hand feels,
and with a contact that chatters at rest it may count one too many. Here edges go into the loop's inbox, as a button's do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from maquette.config.documents import EncoderDocument
from maquette.core.events import Command, Origin
from maquette.stage.debounce import Contact, Signal, found, on_edge
from maquette.stage.pins import Edge, watched
from maquette.stage.senses.quadrature import Knob, turned

STEP = 5
"""Percent by which one step of the knob dims."""
DIMMEST = 10
"""Percent below which no knob dims: it never darkens the model."""
BRIGHTEST = 100


@dataclass(frozen=True, slots=True)
class Dimmed:
    """A wish for more light or less: ``steps`` of a knob, or full light for None."""

    steps: int | None

    def brightness(self, now: int) -> int:
        """Return the brightness (percent) that is wished, from the one that there is."""
        if self.steps is None:
            return BRIGHTEST
        if self.steps < 0:
            return min(now, max(now + STEP * self.steps, DIMMEST))
        return min(now + STEP * self.steps, BRIGHTEST)


class Encoder:
    """A rotary encoder."""

    kind = "encoder"

    def __init__(self, name: str, document: EncoderDocument, post: Callable[[Edge], None]) -> None:
        """Describe the encoder; `claim` claims its pins.

        Args:
            name: its id.
            document: its pins, and what it does.
            post: takes edges, on any thread.
        """
        self.name = name
        self._document = document
        self._post = post
        self._devices: list[Any] = []
        self._knob = Knob()
        self._contact = Contact()

    def claim(self, factory: Any) -> None:
        """Watch the pins.

        Raises:
            DeviceError: one cannot be had.
        """
        for pin, line in self._document.pins_taken.items():
            self._devices.append(watched(factory, pin, (self.kind, self.name), self._post, line=line))

    def release(self) -> None:
        """Give the pins back."""
        for device in self._devices:
            device.close()
        self._devices.clear()

    def heard(self, edge: Edge) -> Command | Dimmed | None:
        """Return what an edge asks for, if anything."""
        if edge.line == "press":
            return self._pressed(edge)
        self._knob, step = turned(self._knob, edge.line, edge.closed, self._document.steps)
        if edge.found or not step:
            return None
        if self._document.does == "dim":
            return Dimmed(step)
        return Command("choose", {"by": step}, Origin.VISITOR)

    def _pressed(self, edge: Edge) -> Command | Dimmed | None:
        if edge.found:
            self._contact = found(edge.at, closed=edge.closed)
            return None
        self._contact, signal = on_edge(self._contact, edge.at, closed=edge.closed)
        if signal is not Signal.PRESSED:
            return None
        return Dimmed(None) if self._document.does == "dim" else Command("choose", {"by": 0}, Origin.VISITOR)
