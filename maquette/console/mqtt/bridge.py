"""The bridge between the hub and the MQTT link: what the hub hears is published, what the broker brings is carried to the stage."""

import asyncio
import contextlib
import logging
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from maquette.console.hub import Hub
from maquette.console.mqtt.courier import Courier, Refusals
from maquette.console.mqtt.discovery import announce, sensor
from maquette.console.mqtt.inbox import Inbox, Payload
from maquette.console.mqtt.link import MqttLink, unreachable
from maquette.console.mqtt.readings import READINGS_AT_MOST, awaited, reading_topic, told_readings
from maquette.console.views import Views
from maquette.core.alerts import Alert
from maquette.core.events import ButtonPressed
from maquette.core.exhibition import Exhibition, MqttSettings
from maquette.core.message import Message
from maquette.core.readings import Quality, Reading, ReadingsUpdate
from maquette.core.snapshot import Snapshot
from maquette.ops.clock import read_clock

log = logging.getLogger(__name__)

GATHER_S = 0.25
"""Seconds in which readings that change are gathered before they are published."""
REOPEN_S = 60.0
"""Seconds between attempts to begin, while certificates cannot be read."""
BIRTH_S = 3.0
"""Seconds within which the models of a house answer Home Assistant's birth, each at a moment of its own."""
STRANGERS_AT_MOST = 2000
"""Topics of an earlier life that are remembered until it is known whether they are still used."""


@contextmanager
def mqtt_bridge(hub: Hub, settings: MqttSettings | None, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Link the hub to a broker for as long as the context lasts, on the running loop; without settings there is no link."""
    if settings is None:
        yield
        return
    bridge = _Bridge(hub, settings, loop)
    courier = loop.create_task(bridge.courier.run(), name="mqtt courier")
    with hub.listening(bridge.hear):
        bridge.open()
        try:
            yield
        finally:
            courier.cancel()
            bridge.close()


@dataclass(frozen=True, slots=True)
class _Told:
    """A reading as it was published: what it was made of, and its public shape."""

    reading: Reading
    quality: Quality
    view: dict[str, Any]


class _Bridge:
    """The hub's listener on the loop, and the link's ears on its thread."""

    def __init__(self, hub: Hub, settings: MqttSettings, loop: asyncio.AbstractEventLoop) -> None:
        self._hub = hub
        self._settings = settings
        self._loop = loop
        self._inbox = Inbox()
        self._refusals = Refusals(self._tell_refusal, loop.call_later)
        self._timers: dict[Callable[[], None], asyncio.TimerHandle] = {}
        self._strangers: set[str] = set()
        self._told: dict[str, _Told] = {}
        self._announced: object = None
        self._aging: asyncio.TimerHandle | None = None
        self.courier = Courier(hub, self._inbox, self._refusals.refuse)
        self.link = MqttLink(settings, hub.exhibition.id, self)

    def open(self) -> None:
        """Let the link find its broker, and say what is known."""
        self._publish_readings()
        self._start()

    def close(self) -> None:
        """Leave the broker."""
        for timer in (*self._timers.values(), *([self._aging] if self._aging else [])):
            timer.cancel()
        self.link.stop()

    def hear(self, message: object) -> None:
        """Publish what the hub has heard."""
        if isinstance(message, ButtonPressed):
            self.link.say(self._topic(f"event/{message.button}"), {"event_type": "short"})
        elif isinstance(message, ReadingsUpdate):
            self._soon(GATHER_S, self._publish_readings)
        elif isinstance(message, Exhibition):
            self._publish_readings()
        if isinstance(message, Snapshot | Alert | Exhibition) and self._hub.snapshot is not None:
            views = self._look()
            self.link.keep(self._topic("state"), views.state(self._hub.snapshot))
            alerts = {self._topic(f"alert/{code}"): told for code, told in views.alerts().items()}
            self.link.keep_exactly(self._topic("alert/"), alerts)

    # -- on the client's thread --------------------------------------------------------------------------------------

    def command(self, payload: Payload) -> None:
        """Let a command wait its turn."""
        if self._inbox.put(payload):
            self._on_loop(self.courier.call)

    def unreadable(self, topic: str, code: str) -> None:
        """Refuse a message that is no command."""
        self._on_loop(lambda: self._refusals.refuse(code, None, {"topic": topic}))

    def retained(self, topic: str) -> None:
        """Look at what an earlier life of ours may have left."""
        self._on_loop(lambda: self._meet(topic))

    def birth(self) -> None:
        """Announce everything again, to a Home Assistant that has forgotten it."""
        moment = zlib.crc32(self._hub.exhibition.id.encode()) % 1000 / 1000
        self._on_loop(lambda: self._soon(moment * BIRTH_S, self.link.repeat))

    def alert(self, alert: Alert) -> None:
        """Pass on how the line to the broker is."""
        self._on_loop(lambda: self._hub.raise_alert(alert))

    # -- on the loop -------------------------------------------------------------------------------------------------

    def _on_loop(self, call: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended; so will the process
            self._loop.call_soon_threadsafe(call)

    def _soon(self, wait_s: float, call: Callable[[], None]) -> None:
        """Call something in so many seconds, once however often this is asked meanwhile."""
        if call in self._timers:
            return

        def ring() -> None:
            del self._timers[call]
            call()

        self._timers[call] = self._loop.call_later(wait_s, ring)

    def _start(self) -> None:
        try:
            self.link.start()
        except (OSError, ValueError) as error:
            settings = self._settings
            log.warning("no line to the MQTT broker %s:%s: %s", settings.host, settings.port, error)
            self._hub.raise_alert(unreachable(settings, str(error)))
            self._soon(REOPEN_S, self._start)

    def _publish_readings(self) -> None:
        """Publish the readings that are used, and what Home Assistant is to know; then look again when one of them grows old."""
        readings = list(told_readings(self._hub.exhibition, self._hub.readings))
        if len(readings) == READINGS_AT_MOST != len(self._told):
            log.warning("the MQTT broker is told no more than the first %d readings", READINGS_AT_MOST)
        wanted = {self._topic(reading_topic(r.feed, r.name, r.key)): r for r in readings}
        for topic in self._told.keys() - wanted.keys():
            del self._told[topic]
            self.link.keep(topic, None)
        views, now = self._look(), time.monotonic()
        for topic, reading in wanted.items():
            self._publish_reading(topic, reading, views, now)
        self._announce(readings)
        for topic in tuple(self._strangers):
            self._meet(topic)
        self._look_again(readings)

    def _publish_reading(self, topic: str, reading: Reading, views: Views, now: float) -> None:
        """Publish a reading where it is news; age alone is none: who needs it reckons it from the time of the measurement."""
        before, quality = self._told.get(topic), reading.quality_at(now)
        if before is not None and before.reading is reading and before.quality is quality:
            return
        view = views.reading(reading)
        self._told[topic] = _Told(reading, quality, view)
        if before is None or before.view | _AGELESS != view | _AGELESS:
            self.link.keep(topic, view)

    def _announce(self, readings: list[Reading]) -> None:
        """Tell Home Assistant what there is, where that has changed."""
        hub, settings = self._hub, self._settings
        found = (hub.exhibition_mark, [(r.feed, r.name, r.key, r.unit, r.nature, r.place) for r in readings])
        if settings.discovery and found != self._announced:
            self._announced = found
            prefix = settings.discovery_prefix
            self.link.keep_exactly(f"{prefix}/", announce(hub.exhibition, readings, self.link.base, prefix))

    def _look_again(self, told: list[Reading]) -> None:
        if self._aging is not None:
            self._aging.cancel()
        now = time.monotonic()
        moment = min((m for r in told if (m := r.next_change_after(now)) is not None), default=None)
        self._aging = None if moment is None else self._loop.call_later(moment - now, self._publish_readings)

    def _meet(self, topic: str) -> None:
        """Empty a topic of an earlier life, unless what stood there may still come: a feed has not answered yet."""
        self._strangers.discard(topic)
        if self.link.keeps(topic):
            return
        if self._may_come(topic) and len(self._strangers) < STRANGERS_AT_MOST:
            self._strangers.add(topic)
        else:
            self.link.keep(topic, None)

    def _may_come(self, topic: str) -> bool:
        """Tell whether a topic announces the sensor of a value that is used, and of which nothing has come yet.

        Home Assistant forgets what people have made of a sensor when its announcement goes, so that one is not emptied in between.
        """
        announced = f"{self._settings.discovery_prefix}/sensor/{self._hub.exhibition.id}/"
        if not self._settings.discovery or not topic.startswith(announced):
            return False
        thing = topic.removeprefix(announced).removesuffix("/config")
        waiting = (sensor(feed, name) for feed, name in awaited(self._hub.exhibition, self._hub.readings))
        return any(thing == name or thing.startswith(f"{name}-") for name in waiting)

    def _tell_refusal(self, code: str, hint: str | None, arguments: Mapping[str, str | Message]) -> None:
        self.link.say(self._topic("error"), self._look().refusal(code, hint, **arguments))

    def _topic(self, below: str) -> str:
        return f"{self.link.base}/{below}"

    def _look(self) -> Views:
        language = self._hub.exhibition.languages[0]
        return Views(self._hub, language, read_clock(self._hub.time_zone), time.monotonic())


_AGELESS = {"age_s": None}
