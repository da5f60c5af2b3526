"""The bridge between the hub and the MQTT link: what the hub hears is published, what the broker brings is carried to the stage."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from maquette.console.commands import Refusal, carry_out
from maquette.console.hub import Hub
from maquette.console.mqtt import MqttLink, Payload
from maquette.console.views import Views
from maquette.core.alerts import Alert
from maquette.core.events import ButtonPressed, Origin
from maquette.core.exhibition import Exhibition, MqttSettings
from maquette.core.snapshot import Snapshot
from maquette.ops.clock import read_clock

COMMANDS_WAITING = 50
"""Commands of the broker that may wait for the stage; more than these are a storm, and the rest of it is dropped."""


@contextmanager
def mqtt_bridge(hub: Hub, settings: MqttSettings | None, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Link the hub to a broker for as long as the context lasts; without settings there is no link."""
    if settings is None:
        yield
        return
    bridge = _Bridge(hub, settings, loop)
    with hub.listening(bridge.hear):
        bridge.link.start()
        try:
            yield
        finally:
            bridge.link.stop()


class _Bridge:
    def __init__(self, hub: Hub, settings: MqttSettings, loop: asyncio.AbstractEventLoop) -> None:
        self._hub = hub
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self.link = MqttLink(settings, hub.exhibition.id, self._submit, self._tell)

    def hear(self, message: object) -> None:
        if isinstance(message, ButtonPressed):
            self.link.publish_press(message.button)
        elif isinstance(message, Snapshot | Alert | Exhibition) and self._hub.snapshot is not None:
            views = self._look()
            self.link.publish_state(views.state(self._hub.snapshot))
            self.link.publish_alerts(views.alerts())

    def _submit(self, payload: Payload) -> None:  # on the client's thread
        self._loop.call_soon_threadsafe(self._begin, dict(payload))

    def _tell(self, alert: Alert) -> None:  # on the client's thread
        self._loop.call_soon_threadsafe(self._hub.raise_alert, alert)

    def _begin(self, payload: Payload) -> None:
        if len(self._tasks) < COMMANDS_WAITING:
            task = self._loop.create_task(self._carry(payload))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, payload: Payload) -> None:
        outcome = await carry_out(self._hub, payload, Origin.MQTT)
        if isinstance(outcome, Refusal):
            self.link.publish_refusal(self._look().refusal(outcome.code, outcome.hint, **outcome.arguments))
        elif outcome.refused is not None:
            self.link.publish_refusal(self._look().answer(outcome))

    def _look(self) -> Views:
        language = self._hub.exhibition.languages[0]
        return Views(self._hub, language, read_clock(self._hub.time_zone), time.monotonic())
