"""Controls: everything that visitors touch and the model senses, put together. What is heard flows out as events; lamps are shown.

Edges arrive in the loop's inbox from threads of the pin factory; they are understood on the loop's thread. Sensors and keyboards that take
time have threads of their own and post what they hear into the inbox themselves.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from maquette.config.documents import (
    ButtonDocument,
    LightSensorDocument,
    PresenceSensorDocument,
)
from maquette.config.installation import Senses
from maquette.core.alerts import NEW_PIN, Alert, Severity
from maquette.core.events import ButtonPressed, ButtonReleased, Command
from maquette.show.own_values import LIGHT, PRESENCE, SENSED_FRESH_S, Sensed
from maquette.stage.buttons import Button
from maquette.stage.companion.companion import Companion
from maquette.stage.lamps import CompanionLamp, Lamp
from maquette.stage.pin_wish import Phase, PinWish, on_edge, on_time, wish_of
from maquette.stage.pins import Edge, Pins, Wired
from maquette.stage.senses.encoder import Dimmed, Encoder
from maquette.stage.senses.keyboard import Keyboard
from maquette.stage.senses.light import LightMeter
from maquette.stage.senses.presence import Presence
from maquette.stage.trouble import Problem

Heard = ButtonPressed | ButtonReleased | Command | Dimmed | Sensed
"""What controls mean to the show."""


class Controls:
    """Buttons, lamps, knobs, sensors and keyboards. What cannot be had is an alert; the show, the web and MQTT go on without it."""

    def __init__(
        self,
        buttons: Mapping[str, ButtonDocument],
        senses: Senses,
        post: Callable[[object], None],
        tell: Callable[[Alert], None],
        companions: Mapping[str, Companion] | None = None,
        *,
        simulated: bool,
    ) -> None:
        """Describe the controls; `open` claims what they are wired to.

        Args:
            buttons: their documents, by id.
            senses: the documents of everything else.
            post: takes edges, commands, what is sensed, and alerts, on any thread.
            tell: takes alerts, on the loop's thread.
            companions: serial companions, which are opened and closed with the rest.
            simulated: use mock pins; sensors give samples, and no keyboard is read.
        """
        self._post = post
        self._tell = tell
        self._simulated = simulated
        self._pin_wish = wish_of(name for name, document in buttons.items() if document.has_contact)
        self._buttons = {name: Button(name, document, post, tell) for name, document in buttons.items()}
        self._encoders = {name: Encoder(name, document, post) for name, document in senses.encoders.items()}
        self._presences = {
            name: Presence(name, document, post)
            for name, document in senses.sensors.items()
            if isinstance(document, PresenceSensorDocument)
        }
        lamps = {name: document for name, document in buttons.items() if document.lamp is not None}
        wired_lamps = [Lamp(name, document, self._lost) for name, document in lamps.items()]
        self._lamps: dict[str, Lamp | CompanionLamp] = {lamp.name: lamp for lamp in wired_lamps}
        things: list[Wired] = [
            *(self._buttons[name] for name, document in buttons.items() if document.pin is not None),
            *wired_lamps,
            *self._encoders.values(),
            *self._presences.values(),
        ]
        self._pins = Pins(things, post, simulated=simulated)
        self._readers: list[LightMeter | Keyboard | Companion] = list((companions or {}).values())
        for name, document in buttons.items():
            if companions and document.companion is not None and document.lamp_output is not None:
                self._lamps[name] = CompanionLamp(companions[document.companion], document.lamp_output)
        if not simulated:
            for name, sensor in senses.sensors.items():
                if isinstance(sensor, LightSensorDocument):
                    self._readers.append(LightMeter(name, sensor, post))
            self._readers += [Keyboard(name, document, post) for name, document in senses.keys.items()]
        self._samples = [_SAMPLES[sensor.kind] for sensor in senses.sensors.values()] if simulated else []
        self._told: float | None = None
        self._told_at = float("-inf")

    @property
    def factory(self) -> Any:
        """The gpiozero pin factory while open, else None."""
        return self._pins.factory

    def open(self) -> None:
        """Claim the pins and begin to listen. Imports gpiozero: call it after the first light."""
        self._pins.open()
        for reader in self._readers:
            reader.open()
        for sample in self._samples:
            self._post(sample)

    def heard(self, edge: Edge) -> Heard | None:
        """Take an edge from the inbox; return what it means to the show, if anything."""
        kind, name = edge.thing
        if kind == "button" and name in self._buttons:
            self._wish(on_edge(self._pin_wish, name, edge.at, closed=edge.closed, found=edge.found))
            return self._buttons[name].heard(edge)
        if kind == "encoder" and name in self._encoders:
            return self._encoders[name].heard(edge)
        if kind == "sensor" and name in self._presences:
            self._presences[name].heard(edge)
            return self._presence(edge.at)
        return None

    def keep(self, now: float) -> Iterator[Heard]:
        """Look for contacts that are stuck, short taps that are over, and presence that has ended; yield what this means."""
        self._wish(on_time(self._pin_wish, now))
        for button in self._buttons.values():
            heard = button.keep(now)
            if heard is not None:
                yield heard
        presence = self._presence(now)
        if presence is not None:
            yield presence

    def light(self, levels: Mapping[str, float], now: float) -> None:
        """Show the lamps of these buttons at these levels, 0 to 1, and all others off; touches only pins that change.

        Those that speak of a wish for a new PIN do that first.
        """
        own = self._pin_wish.levels(now)
        for name, lamp in self._lamps.items():
            lamp.show(own.get(name, levels.get(name, 0.0)))

    def close(self) -> None:
        """Switch the lamps off and give everything back; may be called twice."""
        for reader in self._readers:
            reader.close()
        self._pins.close()

    def _lost(self, thing: Wired, problem: Problem) -> None:
        self._pins.lost(thing, problem)

    def _wish(self, wish: PinWish) -> None:
        before, self._pin_wish = self._pin_wish, wish
        if (wish.phase is Phase.GRANTED) != (before.phase is Phase.GRANTED):
            self._tell(Alert(NEW_PIN, severity=Severity.WARNING, over=wish.phase is not Phase.GRANTED))

    def _presence(self, now: float) -> Sensed | None:
        """Return whether somebody is near, where that is news: one sensor that sees somebody is enough, none may be silent for a no."""
        if not self._presences or self._simulated:
            return None
        seen = [presence.seen(now) for presence in self._presences.values()]
        value = 1.0 if True in seen else None if None in seen else 0.0
        if value == self._told and now - self._told_at < SENSED_FRESH_S / 2:
            return None
        self._told, self._told_at = value, now
        return Sensed(PRESENCE, value)


_SAMPLES: Mapping[str, Sensed] = {
    "presence": Sensed(PRESENCE, 0.0, sample=True),
    "light": Sensed(LIGHT, 200.0, sample=True),
}
"""What sensors sense in a simulation, by kind. 200 lx is a dim hall."""
