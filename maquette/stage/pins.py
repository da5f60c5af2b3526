"""Pins: which gpiozero pin factory this machine gives, and who has claimed which pin; what cannot be had is tried again.

gpiozero takes a tenth of a second to import: it comes after the first light.
"""

import logging
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from maquette.config.documents_wired import ActiveLevel, Pull
from maquette.core.alerts import Alert
from maquette.core.message import Message, message
from maquette.errors import DeviceError
from maquette.stage.trouble import Problem, Trouble, problem_of

STOP_S = 2.0
"""Seconds that a claim under way has to end when pins are given back, at most."""

GIVE_BACK_TRIES, GIVE_BACK_S = 20, 0.01
"""A line whose edges were watched may be busy for some milliseconds, while lgpio's own thread still waits for one."""

log = logging.getLogger(__name__)


class PinsUnavailableError(DeviceError):
    """This machine has no pins that can be used."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line changed, as its pin saw it: chatter included.

    Attributes:
        thing: whose line it is: what it is (``button``) and its id.
        closed: True when a contact closed; for other lines, when it became active.
        at: in seconds of the monotonic clock.
        line: which of its lines, where it has several.
        found: it was so when the pin was claimed: nobody has just done it.
    """

    thing: tuple[str, str]
    closed: bool
    at: float
    line: str = ""
    found: bool = False


class Wired(Protocol):
    """Something on pins."""

    @property
    def kind(self) -> str:
        """What it is, such as ``button``: the alert is ``<kind>_failed``, with the argument ``<kind>``."""

    @property
    def name(self) -> str:
        """Its id."""

    def claim(self, factory: Any) -> None:
        """Take its pins from a gpiozero pin factory, on whatever thread; raise anything when one cannot be had."""

    def release(self) -> None:
        """Give its pins back, as far as it has them; may be called twice."""


class Pins:
    """Claims the pins of many things. One that fails spoils no other, is told once, and is tried again on a thread of its own."""

    def __init__(self, things: Sequence[Wired], tell: Callable[[Alert], None], *, simulated: bool) -> None:
        """Note who wants pins; `open` claims them.

        Args:
            things: who wants pins, the most urgent first.
            tell: takes alerts, on any thread: ``<kind>_failed`` for a thing, ``pins_unavailable`` where there are no pins at all.
            simulated: use mock pins.
        """
        self._things = things
        self._simulated = simulated
        self._factory: Any = None
        self._no_pins = Trouble("pins_unavailable", "subject", "", tell)
        self._troubles = {id(thing): Trouble(f"{thing.kind}_failed", thing.kind, thing.name, tell) for thing in things}
        self._missing = list(things)
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def factory(self) -> Any:
        """The gpiozero pin factory while open, else None."""
        return self._factory

    def open(self) -> None:
        """Claim the pins. Imports gpiozero: call it after the first light."""
        if not self._things:
            return
        self._try(time.monotonic())
        if self._missing:
            self._begin()

    def lost(self, thing: Wired, problem: Problem) -> None:
        """Take note that a thing has lost its pin; it is claimed anew. Safe on any thread, and quick."""
        with self._changed:
            if self._closed or thing in self._missing:
                return
            self._missing.append(thing)
            self._troubles[id(thing)].failed(problem, time.monotonic())
            self._changed.notify()
        self._begin()

    def close(self) -> None:
        """Give all pins back; may be called twice."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(STOP_S)
        for thing in self._things:
            _let_go(thing)
        if self._factory is not None:
            close_pins(self._factory)
            self._factory = None

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep_trying, name="pins", daemon=True)
            self._thread.start()

    def _keep_trying(self) -> None:
        while not self._stopped():
            self._try(time.monotonic())

    def _stopped(self) -> bool:
        """Wait until something may be tried; return True when pins are given back instead."""
        with self._changed:
            if not self._closed:
                self._changed.wait(max(0.0, self._retry_at() - time.monotonic()) if self._missing else None)
            return self._closed

    def _retry_at(self) -> float:
        if self._factory is None:
            return self._no_pins.retry_at
        return min(self._troubles[id(thing)].retry_at for thing in self._missing)

    def _try(self, now: float) -> None:
        """Claim whatever is missing and due."""
        if self._factory is None:
            if now < self._no_pins.retry_at:
                return
            try:
                self._factory = open_pins(simulated=self._simulated)
            except PinsUnavailableError as error:
                self._no_pins.failed(error.message, now)
                return
            self._no_pins.over()
        for thing in tuple(self._missing):
            trouble = self._troubles[id(thing)]
            if now < trouble.retry_at:
                continue
            _let_go(thing)
            try:
                thing.claim(self._factory)
            except Exception as error:  # noqa: BLE001 - pin factories raise whatever their library raises; the others still work
                _let_go(thing)
                with self._changed:
                    trouble.failed(problem_of(error), now)
            else:
                with self._changed:
                    self._missing.remove(thing)
                    trouble.over()


def _let_go(thing: Wired) -> None:
    try:
        thing.release()
    except Exception as error:  # noqa: BLE001 - as a claim: a pin that is lost may not even be given back
        log.warning("not given back %s=%s problem=%r", thing.kind, thing.name, str(error))


def watched(
    factory: Any,
    pin: int,
    thing: tuple[str, str],
    post: Callable[[Edge], None],
    *,
    line: str = "",
    active: ActiveLevel = "low",
    pull: Pull = "up",
) -> Any:
    """Return a gpiozero input whose edges are posted on a thread of gpiozero's, beginning with how the line is found.

    Args:
        factory: the pin factory.
        pin: the GPIO number.
        thing: whose line it is.
        post: takes edges; it only notes the time and posts, for slow callbacks lose edges.
        line: which of its lines.
        active: what the pin reads while the contact is closed.
        pull: the Pi's own resistor, against ``active``, or none.

    Raises:
        DeviceError: the pin cannot be had.
    """
    from gpiozero import DigitalInputDevice  # noqa: PLC0415 (see the top)

    pull_up = {"up": True, "down": False, "none": None}[pull]
    state = active == "high" if pull_up is None else None

    def make() -> Any:
        return DigitalInputDevice(pin, pull_up=pull_up, active_state=state, bounce_time=None, pin_factory=factory)

    device = claimed(pin, make)
    device.when_activated = lambda: post(Edge(thing, closed=True, at=time.monotonic(), line=line))
    device.when_deactivated = lambda: post(Edge(thing, closed=False, at=time.monotonic(), line=line))
    post(Edge(thing, bool(device.is_active), time.monotonic(), line, found=True))
    return device


def claimed(pin: int, make: Callable[[], Any]) -> Any:
    """Return the gpiozero device that a function makes on a pin.

    Raises:
        DeviceError: the pin cannot be had.
    """
    try:
        return make()
    except Exception as error:
        raise DeviceError(_refusal(pin, error)) from error


def _refusal(pin: int, error: Exception) -> Message:
    reason = str(error) or type(error).__name__
    if "busy" in reason.lower():  # lgpio's own word for a line that another program holds
        return message("pin_busy", pin=pin)
    return message("pin_not_claimed", pin=pin, reason=reason)


def open_pins(*, simulated: bool) -> Any:
    """Return a gpiozero pin factory and make it the one for all of gpiozero; close it with `close_pins`.

    Args:
        simulated: use mock pins (with PWM), whatever this machine has. ``GPIOZERO_PIN_FACTORY`` is heeded otherwise.

    Raises:
        PinsUnavailableError: no pin factory works here.
    """
    from gpiozero import Device  # noqa: PLC0415 (see the top)

    if simulated:
        from gpiozero.pins.mock import MockFactory, MockPWMPin  # noqa: PLC0415 (see the top)

        Device.pin_factory = MockFactory(pin_class=MockPWMPin)
    else:
        ensure_pins()
    return Device.pin_factory


def ensure_pins() -> None:
    """Let gpiozero choose a pin factory, unless it has one.

    Raises:
        PinsUnavailableError: no pin factory works here.
    """
    from gpiozero import Device, GPIOZeroError, PinFactoryFallback  # noqa: PLC0415 (see the top)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PinFactoryFallback)
            Device.ensure_pin_factory()
    except (GPIOZeroError, ImportError, OSError) as error:
        raise PinsUnavailableError(message("no_pin_factory", reason=str(error))) from error


def close_pins(factory: Any) -> None:
    """Give all pins of a factory back; this may take a moment."""
    from gpiozero import Device  # noqa: PLC0415 (see the top)

    for _ in range(GIVE_BACK_TRIES):
        try:
            for pin in factory.pins.values():
                pin.when_changed = None  # else lgpio's thread dies of the first edge that the next factory hears
            factory.close()
        except Exception as error:  # noqa: BLE001 - pin factories raise whatever their library raises
            refused = error
            time.sleep(GIVE_BACK_S)
        else:
            break
    else:
        log.warning("pins not given back problem=%r", str(refused))
        factory.pins.clear()  # gpiozero's factories share them
    Device.pin_factory = None
