"""The MQTT link: commands come in, the truth about the show goes out. It lives without a broker and comes back by itself.

Topics, all under ``maquette/<id>/``: ``status`` (retained, with a last will), ``state`` (retained), ``reading/<feed>/<value>[/<key>]``
(retained, emptied when it is no longer used), ``alert/<code>`` (retained, emptied when it is over), ``event/<button>``, ``error``.
It listens to ``scenario/set``, ``brightness/set`` and ``command``, there and under ``maquette/all/``. A retained message on these is
ignored: it would be obeyed again at every reconnection. Home Assistant learns of all this from `maquette.console.mqtt.discovery`.

A broker that keeps MQTT 5 sessions also keeps what is said while the line is down for a moment: a ``stop`` is not lost with it.
"""

import json
import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from maquette.console.commands import read_object
from maquette.console.mqtt.inbox import Payload
from maquette.console.mqtt.outbox import Outbox
from maquette.core.alerts import Alert, Severity
from maquette.core.exhibition import MqttSettings

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
"""Seconds of silence after which the broker takes us for dead and publishes the last will."""
RECONNECT_S = (1, 15)
"""Seconds between attempts: the first, and the longest after doubling."""
SESSION_S = 30
"""Seconds for which the broker keeps what is said to us while the line is down; later than that nobody means it any more."""
PAYLOAD_LIMIT = 4096
"""Bytes of a command at most."""
ON_THE_WAY = 20
"""Messages handed to the client at most; those behind them wait where a newer one can still take their place."""
FAREWELL_S = 1.0
"""Seconds that a broker has to take our farewell."""
EVERY_MODEL = "all"
"""The id that means every model on the broker."""


class Ears(Protocol):
    """Who hears what the broker brings. Every method is called on the client's thread."""

    def command(self, payload: Payload) -> None:
        """Take a command, unchecked."""

    def unreadable(self, topic: str, code: str) -> None:
        """Take why a message is no command."""

    def retained(self, topic: str) -> None:
        """Take a topic of ours on which the broker retains something."""

    def birth(self) -> None:
        """Learn that Home Assistant has started."""

    def alert(self, alert: Alert) -> None:
        """Take the alert ``broker_unreachable``, or its end."""


class MqttLink:
    """One client of one broker, for one model."""

    def __init__(self, settings: MqttSettings, model: str, ears: Ears) -> None:
        """Prepare the link; `start` connects.

        Args:
            settings: which broker.
            model: the model's id, part of every topic.
            ears: hear what comes.
        """
        self.base = f"maquette/{model}"
        self._settings = settings
        self._model = model
        self._ears = ears
        self._outbox = Outbox()
        self._commands = {
            f"{base}/{topic}": topic
            for base in (self.base, f"maquette/{EVERY_MODEL}")
            for topic in ("scenario/set", "brightness/set", "command")
        }
        self._birth = f"{settings.discovery_prefix}/status"
        self._sending = threading.Lock()
        self._up = self._leaving = False
        self._on_the_way = 0
        self._failure: str | None = None
        self._client: Client | None = None

    def start(self) -> None:
        """Connect in the background, for as long as it takes.

        Raises:
            OSError: the certificates cannot be read.
            ValueError: no broker can have this name.
        """
        self._settings.host.encode("idna")  # the library's thread would end with it
        self._connect(MQTTProtocolVersion.MQTTv5)

    def stop(self) -> None:
        """Say ``offline`` and leave; a broker that does not listen is not waited for."""
        client = self._client
        if client is None:
            return
        with self._sending:
            up, self._up, self._leaving = self._up, False, True
            if up:
                client.publish(f"{self.base}/status", "offline", retain=True)
            client.disconnect(properties=_session(PacketTypes.DISCONNECT, 0) if _speaks_5(client) else None)
        # The library leaves once everything is written, which a broker that does not listen may put off for half a minute.
        leaving = threading.Thread(target=client.loop_stop, name="mqtt leaves", daemon=True)
        leaving.start()
        leaving.join(FAREWELL_S)

    def keep(self, topic: str, told: Payload | Sequence[Payload] | None) -> None:
        """Let the broker retain a message; None empties the topic."""
        self._outbox.keep(topic, b"" if told is None else encode(told))
        self._send()

    def keep_exactly(self, prefix: str, wanted: Mapping[str, Payload | Sequence[Payload]]) -> None:
        """Let the broker retain these messages, by topic, and on no other topic with this prefix what we told it before."""
        self._outbox.keep_exactly(prefix, {topic: encode(told) for topic, told in wanted.items()})
        self._send()

    def keeps(self, topic: str) -> bool:
        """Tell whether the broker is to retain anything of ours on a topic."""
        return self._outbox.keeps(topic)

    def say(self, topic: str, told: Payload) -> None:
        """Tell something that is not retained, if there is a broker."""
        if self._up:
            self._outbox.say(topic, encode(told))
            self._send()

    def repeat(self) -> None:
        """Tell everything that is retained again."""
        self._outbox.repeat()
        self._send()

    def _send(self) -> None:
        # The lock is held until the client has each message: of two for a topic, the newer is the later. None asks to be acknowledged:
        # whatever is lost with a connection is told anew with the next one, and the client would hold a lock of its own meanwhile.
        with self._sending:
            while self._up and self._on_the_way < ON_THE_WAY and self._client is not None:
                told = self._outbox.next()
                if told is None:
                    return
                topic, payload, retain = told
                self._on_the_way += 1
                self._client.publish(topic, payload, retain=retain)

    def _connect(self, protocol: MQTTProtocolVersion) -> None:
        settings = self._settings
        client = Client(CallbackAPIVersion.VERSION2, client_id=f"maquette-{self._model}", protocol=protocol)
        client.username_pw_set(settings.username, settings.password)
        if settings.tls:
            # An empty password: a key that is locked is an error, not a question on a terminal.
            client.tls_set(settings.ca, settings.certificate, settings.key, keyfile_password="")
        client.will_set(f"{self.base}/status", "offline", qos=1, retain=True)
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect = self._connected
        client.on_connect_fail = self._failed
        client.on_disconnect = self._disconnected
        client.on_message = self._received
        client.on_publish = self._published
        self._client = client
        session = _session(PacketTypes.CONNECT, SESSION_S) if protocol == MQTTProtocolVersion.MQTTv5 else None
        client.connect_async(settings.host, settings.port, KEEPALIVE_S, properties=session)
        client.loop_start()

    # -- on the client's thread --------------------------------------------------------------------------------------

    def _connected(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            if reason == "Unsupported protocol version" and _speaks_5(client):
                client.disconnect()
                self._connect(MQTTProtocolVersion.MQTTv311)
            else:
                self._fail(str(reason))
            return
        announced = f"{self._settings.discovery_prefix}/+/{self._model}/+/config"
        ours = (f"{self.base}/alert/+", f"{self.base}/reading/#", announced, self._birth)
        with self._sending:
            if self._leaving:
                return
            client.subscribe([(topic, 1) for topic in (*self._commands, *ours)])
            client.publish(f"{self.base}/status", "online", retain=True)
            self._outbox.forget_events()
            self._outbox.repeat()
            self._up, self._on_the_way = True, 0
        self._send()
        if self._failure is not None:
            log.info("the MQTT broker %s answers again", self._settings.host)
        self._failure = None
        self._ears.alert(Alert("broker_unreachable", self._settings.host, over=True))

    def _published(
        self, _client: Client, _userdata: object, _mid: int, _reason: ReasonCode, _properties: Properties
    ) -> None:
        with self._sending:
            self._on_the_way = max(0, self._on_the_way - 1)
        self._send()

    def _failed(self, _client: Client, _userdata: object) -> None:
        # The library calls this while it handles the error, and does not pass it on.
        self._fail(str(sys.exc_info()[1] or "no connection"))

    def _disconnected(
        self,
        client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if client is not self._client:  # it made way for one that speaks an older protocol
            return
        with self._sending:
            self._up = False
        if reason.is_failure:
            self._fail(str(reason))

    def _fail(self, reason: str) -> None:
        if self._failure == reason:
            return
        if self._failure is None:
            log.warning("the MQTT broker %s:%s: %s; trying again", self._settings.host, self._settings.port, reason)
        self._failure = reason
        self._ears.alert(unreachable(self._settings, reason))

    def _received(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:  # none of ours, and the library's thread would end with it
            return
        if topic == self._birth:
            if message.payload == b"online" and not message.retain:
                self._ears.birth()
        elif topic not in self._commands:
            if message.retain and message.payload:
                self._ears.retained(topic)
        elif not message.retain:
            payload = read_command(self._commands[topic], bytes(message.payload))
            if isinstance(payload, str):
                self._ears.unreadable(self._commands[topic], payload)
            else:
                self._ears.command(payload)


def unreachable(settings: MqttSettings, reason: str) -> Alert:
    """Return the alert that there is no line to the broker."""
    arguments = (("host", settings.host), ("port", str(settings.port)), ("reason", reason))
    return Alert("broker_unreachable", settings.host, Severity.NOTICE, arguments)


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


def encode(told: Payload | Sequence[Payload]) -> bytes:
    """Write a message; half a surrogate pair, which no message may hold, becomes a question mark."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _session(packet: int, seconds: int) -> Properties:
    properties = Properties(packet)  # type: ignore[no-untyped-call]  # the library's own lack
    properties.SessionExpiryInterval = seconds
    return properties


def _speaks_5(client: Client) -> bool:
    return client.protocol == MQTTProtocolVersion.MQTTv5
