"""Buttons: a contact on a GPIO pin, through gpiozero. Edges go into the loop's inbox; the loop's thread does all the rest."""

import logging
from collections.abc import Callable
from typing import Any

from maquette.config.documents import ButtonDocument
from maquette.core.alerts import Alert, Severity
from maquette.core.events import ButtonPressed, ButtonReleased
from maquette.stage.debounce import Contact, Signal, found, on_edge, on_time
from maquette.stage.pins import Edge, watched

log = logging.getLogger(__name__)


class Button:
    """A button's contact; without a pin, one that only keys and cards press.

    gpiozero's own debouncing is not used: its meaning changes from one pin factory to another. Neither is its ``Button``, which keeps a
    thread for each button that is held down.
    """

    kind = "button"

    def __init__(
        self,
        name: str,
        document: ButtonDocument,
        post: Callable[[Edge], None],
        tell: Callable[[Alert], None],
    ) -> None:
        """Describe the button; `claim` claims its pin.

        Args:
            name: its id.
            document: its pin.
            post: takes edges, on any thread.
            tell: takes the alert ``button_stuck`` (argument ``button``), on the loop's thread.
        """
        self.name = name
        self._document = document
        self._post = post
        self._tell = tell
        self._device: Any = None
        self._contact = Contact()

    def claim(self, factory: Any) -> None:
        """Watch the pin.

        Raises:
            DeviceError: it cannot be had.
        """
        if self._document.pin is not None:
            document, thing = self._document, (self.kind, self.name)
            self._device = watched(
                factory, self._document.pin, thing, self._post, active=document.active, pull=document.pulled
            )

    def release(self) -> None:
        """Give the pin back."""
        if self._device is not None:
            self._device.close()
            self._device = None

    def heard(self, edge: Edge) -> ButtonPressed | ButtonReleased | None:
        """Return what an edge means to the show, if anything."""
        if edge.found:
            self._contact = found(edge.at, closed=edge.closed)
            return None
        self._contact, signal = on_edge(self._contact, edge.at, closed=edge.closed)
        return self._meaning(signal, edge.at)

    def keep(self, now: float) -> ButtonPressed | ButtonReleased | None:
        """Look whether the contact is stuck, or a short tap over; return what this means to the show, if anything."""
        self._contact, signal = on_time(self._contact, now)
        return self._meaning(signal, now)

    def _meaning(self, signal: Signal | None, at: float) -> ButtonPressed | ButtonReleased | None:
        if signal in (Signal.STUCK, Signal.FREED):
            log.warning("button %s button=%s", signal, self.name)
            over = signal is Signal.FREED
            self._tell(Alert("button_stuck", self.name, Severity.WARNING, (("button", self.name),), over))
        match signal:
            case Signal.PRESSED:
                return ButtonPressed(self.name, at)
            case Signal.RELEASED | Signal.STUCK | Signal.FREED:
                return ButtonReleased(self.name, at)
        return None
