"""The MQTT link: commands come in, the state of the show goes out. It lives without a broker and comes back by itself.

Topics, all under ``maquette/<id>/``: ``status`` (retained, with a last will), ``state`` (retained), ``alert/<code>`` (retained, emptied
when it is over), ``event/<button>``, ``error``.
It listens to ``scenario/set``, ``brightness/set`` and ``command``. A retained message on these three is ignored: it would be obeyed again
at every reconnection.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from maquette.console.commands import read_object
from maquette.core.alerts import Alert, Severity
from maquette.core.exhibition import MqttSettings

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
"""Seconds of silence after which the broker takes us for dead and publishes the last will."""
RECONNECT_S = (1, 60)
"""Seconds between attempts: the first, and the longest after doubling."""
PAYLOAD_LIMIT = 4096
"""Bytes of a command at most."""
WAITING_LIMIT = 200
"""Messages that wait for a slow broker at most; later ones are dropped, and the state is told anew after a reconnection."""

Payload = Mapping[str, object]
"""A command as it came, in the shape of the web's ``POST /api/commands``; or an answer to one."""


class MqttLink:
    """One client of one broker, for one model."""

    def __init__(
        self, settings: MqttSettings, model: str, submit: Callable[[Payload], None], tell: Callable[[Alert], None]
    ) -> None:
        """Prepare the link; `start` connects.

        Args:
            settings: which broker.
            model: the model's id, part of every topic.
            submit: takes each command, unchecked, on the client's thread.
            tell: takes the alert ``broker_unreachable`` and its end, on the client's thread.
        """
        self._settings = settings
        self._base = f"maquette/{model}"
        self._submit = submit
        self._tell = tell
        self._state: bytes | None = None
        self._alerts: dict[str, bytes] = {}
        self._failing = False
        self._client = client = Client(CallbackAPIVersion.VERSION2, client_id=f"maquette-{model}")
        client.username_pw_set(settings.username, settings.password)
        if settings.tls:
            client.tls_set()
        client.will_set(f"{self._base}/status", "offline", qos=1, retain=True)
        client.reconnect_delay_set(*RECONNECT_S)
        client.max_queued_messages_set(WAITING_LIMIT)
        client.on_connect = self._connected
        client.on_connect_fail = self._failed
        client.on_disconnect = self._disconnected
        client.on_message = self._received

    def start(self) -> None:
        """Connect in the background, for as long as it takes."""
        self._client.connect_async(self._settings.host, self._settings.port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Say ``offline`` and leave."""
        if self._client.is_connected():
            self._client.publish(f"{self._base}/status", "offline", qos=1, retain=True).wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def publish_state(self, state: Payload) -> None:
        """Publish the state of the show, retained, when it differs from the last one."""
        data = _encode(state)
        if data != self._state:
            self._state = data
            self._publish("state", data, retain=True)

    def publish_alerts(self, alerts: Mapping[str, Sequence[Payload]]) -> None:
        """Publish what is wrong, retained, a list for each code; codes that are no longer there are emptied."""
        wanted = {code: _encode(told) for code, told in alerts.items()}
        for code, data in {**dict.fromkeys(self._alerts, b""), **wanted}.items():
            if data != self._alerts.get(code):
                self._publish(f"alert/{code}", data, retain=True)
        self._alerts = wanted

    def publish_press(self, button: str) -> None:
        """Publish that a button was pressed."""
        self._publish(f"event/{button}", _encode({"event_type": "short"}))

    def publish_refusal(self, answer: Payload) -> None:
        """Publish why a command was not carried out."""
        self._publish("error", _encode(answer))

    def _publish(self, topic: str, data: bytes, *, retain: bool = False) -> None:
        if self._client.is_connected():
            self._client.publish(f"{self._base}/{topic}", data, qos=1, retain=retain)

    def _connected(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._fail(str(reason))
            return
        if self._failing:
            log.info("the MQTT broker %s answers again", self._settings.host)
        self._failing = False
        self._tell(Alert("broker_unreachable", self._settings.host, over=True))
        topics = ("scenario/set", "brightness/set", "command", "alert/+")
        client.subscribe([(f"{self._base}/{topic}", 1) for topic in topics])
        client.publish(f"{self._base}/status", "online", qos=1, retain=True)
        if self._state is not None:
            client.publish(f"{self._base}/state", self._state, qos=1, retain=True)
        for code, data in self._alerts.items():
            client.publish(f"{self._base}/alert/{code}", data, qos=1, retain=True)

    def _failed(self, _client: Client, _userdata: object) -> None:
        self._fail("no connection")

    def _disconnected(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._fail(str(reason))

    def _fail(self, reason: str) -> None:
        if self._failing:
            return
        self._failing = True
        log.warning("the MQTT broker %s:%s: %s; trying again", self._settings.host, self._settings.port, reason)
        arguments = (("host", self._settings.host), ("port", str(self._settings.port)), ("reason", reason))
        self._tell(Alert("broker_unreachable", self._settings.host, Severity.NOTICE, arguments))

    def _received(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        topic = message.topic.removeprefix(f"{self._base}/")
        if topic.startswith("alert/"):
            self._clear(topic, message)
            return
        if message.retain:
            return
        payload = read_command(topic, bytes(message.payload))
        if isinstance(payload, str):
            self.publish_refusal({"ok": False, "code": payload, "text": f"{topic}: {_REASONS[payload]}", "hint": None})
        else:
            self._submit(payload)

    def _clear(self, topic: str, message: MQTTMessage) -> None:
        """Empty what an earlier life of ours left on the broker and is over."""
        if message.retain and message.payload and topic.removeprefix("alert/") not in self._alerts:
            self._publish(topic, b"", retain=True)


_REASONS = {
    "too_large": f"more than {PAYLOAD_LIMIT} bytes",
    "not_text": "not UTF-8 text",
    "not_json": 'not a JSON object such as {"command": "next"}',
    "not_a_number": "not a whole number",
}


def read_command(topic: str, payload: bytes) -> Payload | str:
    """Read a message as a command in the web's shape, or return the code of why it is none.

    Args:
        topic: ``scenario/set``, ``brightness/set`` or ``command``.
        payload: the bytes as they came.
    """
    if len(payload) > PAYLOAD_LIMIT:
        return "too_large"
    try:
        text = payload.decode().strip()
    except UnicodeDecodeError:
        return "not_text"
    if topic == "scenario/set":
        return {"command": "play", "scenario": text} if text else {"command": "stop"}
    if topic == "brightness/set":
        return {"command": "brightness", "percent": int(text)} if text.isascii() and text.isdigit() else "not_a_number"
    command = read_object(text)
    return "not_json" if command is None else command


def _encode(payload: Payload | Sequence[Payload]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
