"""One feed's line to a broker. It listens on a thread of the library's, for ever, and says nothing.

What is remembered is bounded, whatever the broker pours out: the last message of so many topics, of so many bytes, so many a second.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from maquette.config.documents import MqttDocument
from maquette.feeds.keys import key_of
from maquette.feeds.messages import Heard, Said, decode, filter_of, is_offline, match
from maquette.feeds.problems import fault
from maquette.feeds.source import Payload, Row

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
"""Seconds of silence after which the line is taken for dead."""
RECONNECT_S = (1, 60)
"""Seconds between attempts: the first, and the longest after doubling."""
MOST_TOPICS = 500
"""Topics whose last message is remembered, at most."""
LARGEST_MESSAGE = 32_768
"""Bytes of a message, at most."""
MOST_A_SECOND = 500
"""Messages that are taken in one second, at most."""


@dataclass(frozen=True, slots=True)
class _Message:
    key: str | None
    payload: bytes
    at: float
    of_before: bool


class MqttConnection:
    """Listens to some topics, and tells what was said last on each."""

    def __init__(
        self,
        broker: MqttDocument,
        patterns: Sequence[str],
        availability: str | None,
        fresh_for_s: float,
        wake: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to listen; returns at once.

        Args:
            broker: where.
            patterns: to what (see `maquette.feeds.messages`).
            availability: where it is said whether the senders are there, or None.
            fresh_for_s: seconds after which it is odd that nothing came.
            wake: called when something new has come, from the library's thread.
            monotonic: the machine's monotonic clock (s).

        Raises:
            FeedError: ``no_key``, or ``unreachable``: no broker can have that name.
        """
        self._patterns = tuple(dict.fromkeys(patterns))
        self._availability = availability
        self._fresh_for_s = fresh_for_s
        self._wake = wake
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._awaited = False  # whether somebody was woken and has not come yet
        self._connected_at: float | None = None
        self._trouble: str | None = None  # why there is no broker
        self._messages: dict[tuple[str, str], _Message] = {}
        self._away: dict[str, str | None] = {}
        self._second, self._count = 0.0, 0
        self._told: set[str] = set()
        try:
            broker.host.encode("idna")
        except UnicodeError as error:  # the library's thread would end with it
            raise fault("unreachable", "its name is none") from error
        self._client = client = Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(
            key_of(broker.username) if broker.username is not None else None,
            key_of(broker.password) if broker.password is not None else None,
        )
        if broker.tls:
            try:
                client.tls_set(broker.ca, broker.certificate, broker.key, keyfile_password="")
            except (OSError, ValueError) as error:
                raise fault("unreachable", "a file of its certificates cannot be read") from error
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect = self._connected
        client.on_connect_fail = self._failed
        client.on_disconnect = self._disconnected
        client.on_message = self._hear
        client.connect_async(broker.host, broker.port, KEEPALIVE_S)
        client.loop_start()

    def fetch(self) -> Payload:
        """Return a `Heard`: what was said last on each topic.

        Raises:
            FeedError: ``unreachable``: there is no broker; ``waiting``: nothing came yet; ``silent``: for longer than values are fresh.
        """
        with self._lock:
            self._awaited = False
            if self._trouble is not None:
                raise fault("unreachable", self._trouble)
            messages, away, since = dict(self._messages), frozenset(self._away.values()), self._connected_at
        if not messages and not away:
            long = since is not None and self._monotonic() - since > self._fresh_for_s
            raise fault("silent" if long else "waiting")
        rows = (
            Row(Said(pattern, one.key, decode(one.payload)), one.at, one.of_before)
            for (pattern, _), one in messages.items()
        )
        return Payload(Heard(tuple(rows), away))

    def close(self) -> None:
        """Leave the broker; returns at once, for the library may be waiting for a connection."""
        self._client.disconnect()
        threading.Thread(target=self._client.loop_stop, name="mqtt leaves", daemon=True).start()

    # -- on the library's thread -------------------------------------------------------------------------------------

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
        with self._lock:
            self._trouble = None
            self._connected_at = self._monotonic()
        topics = (*self._patterns, *([self._availability] if self._availability is not None else []))
        client.subscribe([(topic, 1) for topic in dict.fromkeys(filter_of(topic) for topic in topics)])
        self._call()

    def _failed(self, _client: Client, _userdata: object) -> None:
        self._fail("no connection to the broker")

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
        with self._lock:
            first = self._trouble is None
            self._trouble = reason
        if first:
            self._call()

    def _hear(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:  # the library's thread would end with it
            return
        now, payload = self._monotonic(), bytes(message.payload)
        if not self._may_take(now, len(payload)):
            return
        if self._availability is not None and (found := match(self._availability, topic)) is not None:
            with self._lock:
                if is_offline(payload):
                    if topic in self._away or len(self._away) < MOST_TOPICS:
                        self._away[topic] = found.key
                else:
                    self._away.pop(topic, None)
            self._call()
            return
        for pattern in self._patterns:
            if (found := match(pattern, topic)) is not None:
                self._take((pattern, topic), _Message(found.key, payload, now, message.retain))

    def _take(self, where: tuple[str, str], message: _Message) -> None:
        with self._lock:
            before = self._messages.get(where)
            if before is None and len(self._messages) >= MOST_TOPICS:
                self._complain("more than %d topics", MOST_TOPICS)
                return
            # After a reconnection the broker repeats what it retains: what we heard ourselves is known better.
            if before is not None and message.of_before and message.payload == before.payload:
                return
            self._messages[where] = message
        self._call()

    def _may_take(self, now: float, size: int) -> bool:
        if now - self._second >= 1.0:
            self._second, self._count = now, 0
        self._count += 1
        if self._count > MOST_A_SECOND:
            self._complain("more than %d messages a second", MOST_A_SECOND)
        elif size > LARGEST_MESSAGE:
            self._complain("messages of more than %d bytes", LARGEST_MESSAGE)
        else:
            return True
        return False

    def _complain(self, what: str, limit: int) -> None:
        if what not in self._told:
            self._told.add(what)
            log.warning("mqtt %s: %s; the rest is not heard", ", ".join(self._patterns), what % limit)

    def _call(self) -> None:
        with self._lock:
            if self._awaited:
                return
            self._awaited = True
        self._wake()
