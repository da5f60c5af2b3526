"""Buttons: contacts and lamps on GPIO pins, through gpiozero. Edges go into the loop's inbox; the loop's thread does all the rest."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from maquette.config.documents import ButtonDocument
from maquette.core.alerts import Alert, Severity
from maquette.core.events import ButtonPressed, ButtonReleased
from maquette.stage.debounce import Contact, Signal, on_edge, on_time
from maquette.stage.pins import PinsUnavailableError, close_pins, open_pins

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Edge:
    """A contact closed or opened, as the pin saw it: chatter included.

    Attributes:
        button: its id.
        closed: True when it closed.
        at: in seconds of the monotonic clock.
    """

    button: str
    closed: bool
    at: float


class Buttons:
    """All buttons of the model. Pins that cannot be had are an alert; the show, the web and MQTT go on without them.

    gpiozero's own debouncing is not used: its meaning changes from one pin factory to another. Neither is its ``Button``, which keeps a
    thread for each button that is held down.
    """

    def __init__(
        self,
        documents: Mapping[str, ButtonDocument],
        post: Callable[[Edge], None],
        tell: Callable[[Alert], None],
        *,
        simulated: bool,
    ) -> None:
        """Describe the buttons; `open` claims their pins.

        Args:
            documents: pins, by the button's id.
            post: takes edges, on any thread.
            tell: takes the alerts ``button_stuck`` (argument ``button``) and ``buttons_unavailable`` (argument ``problem``).
            simulated: use mock pins.
        """
        self._documents = documents
        self._post = post
        self._tell = tell
        self._simulated = simulated
        self._factory: Any = None
        self._devices: list[Any] = []
        self._lamps: dict[str, Any] = {}
        self._lit: frozenset[str] = frozenset()
        self._contacts = dict.fromkeys(documents, Contact())

    @property
    def factory(self) -> Any:
        """The gpiozero pin factory while open, else None."""
        return self._factory

    def open(self) -> None:
        """Claim the pins. Imports gpiozero: call it after the first light."""
        if not self._documents:
            return
        try:
            self._factory = open_pins(simulated=self._simulated)
        except PinsUnavailableError as error:
            self._unavailable("", str(error))
            return
        for name, document in self._documents.items():
            try:
                self._claim(name, document)
            except Exception as error:  # noqa: BLE001 - pin factories raise whatever their library raises; the others still work
                self._unavailable(name, f"pins of '{name}': {error}")

    def heard(self, edge: Edge) -> ButtonPressed | ButtonReleased | None:
        """Take an edge from the inbox; return what it means to the show, if anything."""
        contact = self._contacts.get(edge.button)
        if contact is None:
            return None
        self._contacts[edge.button], signal = on_edge(contact, edge.at, closed=edge.closed)
        self._say(edge.button, signal)
        return _meaning(edge.button, signal, edge.at)

    def keep(self, now: float) -> list[ButtonReleased]:
        """Look for contacts that are stuck, and for short taps that are over; return the releases."""
        released = []
        for name, contact in self._contacts.items():
            self._contacts[name], signal = on_time(contact, now)
            self._say(name, signal)
            meant = _meaning(name, signal, now)
            if isinstance(meant, ButtonReleased):
                released.append(meant)
        return released

    def light(self, lamps: frozenset[str]) -> None:
        """Switch on the lamps of these buttons and no others; touches only pins that change. `open` lights those asked for before."""
        for name in lamps ^ self._lit:
            lamp = self._lamps.get(name)
            if lamp is not None:
                self._switch(name, lamp, lit=name in lamps)
        self._lit = lamps

    def close(self) -> None:
        """Switch the lamps off and give all pins back; may be called twice."""
        for device in self._devices:
            device.close()
        self._devices.clear()
        self._lamps.clear()
        if self._factory is not None:
            close_pins(self._factory)
            self._factory = None

    def _claim(self, name: str, document: ButtonDocument) -> None:
        from gpiozero import DigitalInputDevice, DigitalOutputDevice  # noqa: PLC0415 - see `open`

        contact = DigitalInputDevice(document.pin, pull_up=True, bounce_time=None, pin_factory=self._factory)
        self._devices.append(contact)
        contact.when_activated = self._watcher(name, closed=True)
        contact.when_deactivated = self._watcher(name, closed=False)
        if contact.is_active:  # held down since before we came: not a press, but it may be stuck
            self._contacts[name] = Contact(closed=True, moved_at=time.monotonic())
        if document.lamp is not None:
            lit = name in self._lit
            lamp = DigitalOutputDevice(document.lamp, initial_value=lit, pin_factory=self._factory)
            self._devices.append(lamp)
            self._lamps[name] = lamp

    def _switch(self, name: str, lamp: Any, *, lit: bool) -> None:
        try:
            lamp.value = lit
        except Exception as error:  # noqa: BLE001 - as in `open`; a lamp that is lost is let go
            del self._lamps[name]
            self._unavailable(name, f"lamp of '{name}': {error}")

    def _watcher(self, name: str, *, closed: bool) -> Callable[[], None]:
        """Return what gpiozero calls, on a thread of its own: it only notes the time and posts."""
        return lambda: self._post(Edge(name, closed, time.monotonic()))

    def _say(self, name: str, signal: Signal | None) -> None:
        if signal in (Signal.STUCK, Signal.FREED):
            log.warning("button %s button=%s", signal, name)
            over = signal is Signal.FREED
            self._tell(Alert("button_stuck", name, Severity.WARNING, (("button", name),), over))

    def _unavailable(self, subject: str, problem: str) -> None:
        log.warning("buttons unavailable problem=%r", problem)
        self._tell(Alert("buttons_unavailable", subject, Severity.WARNING, (("problem", problem),)))


def _meaning(button: str, signal: Signal | None, at: float) -> ButtonPressed | ButtonReleased | None:
    match signal:
        case Signal.PRESSED:
            return ButtonPressed(button, at)
        case Signal.RELEASED | Signal.STUCK | Signal.FREED:
            return ButtonReleased(button, at)
    return None
