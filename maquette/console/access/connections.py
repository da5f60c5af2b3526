"""Connections: how many there may be, and how long one may take. Whoever is slow, or many, keeps nobody else waiting.

The address of a connection is compared while it lasts and never written down.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from maquette.console.access.access import is_loopback

if TYPE_CHECKING:
    import h11
    from uvicorn._types import ASGISendEvent
    from websockets.frames import Frame

READ_AT_ONCE = 4096
"""Bytes of a page that are looked at at once: what else it sends waits in the network, not here."""
PARTS_AT_MOST = 64
"""Parts of one message at most. The server limits their length, but empty ones have none."""
UNTAKEN_AT_MOST = 128 * 1024
"""Bytes that a page leaves untaken at most when it asks for a sign of life: each makes one, and browsers ask for none."""

HEAD_S = 10.0
"""Seconds until the head of a request is complete, from the connection or the last answer on."""
EXCHANGE_S = 60.0
"""Seconds from a request's head to the end of its answer: a body that trickles in, or an answer that nobody takes, ends with its line."""
OF_ONE_ADDRESS = 40
"""Connections from one address; this machine's own has no such limit, since a proxy speaks for everybody."""
AT_MOST = 500
"""Connections altogether. When they are all taken, the one that has asked for nothing for longest gives way."""

_REFUSAL = b"Too many connections. Try again in a moment.\n"
_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 5\r\nconnection: close\r\n"
    b"x-content-type-options: nosniff\r\ncontent-security-policy: default-src 'none'\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(_REFUSAL), _REFUSAL)
)


class Patient(H11Protocol):
    """A connection of a browser, with a deadline for each thing that it waits for. A WebSocket takes the line over: it has pings."""

    _deadline: asyncio.TimerHandle | None = None
    _asks = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, or answer 503 at once."""
        super().connection_made(transport)
        self._expect(HEAD_S)
        if self._has_too_many() or (len(self.connections) > AT_MOST and not self._make_room()):
            transport.write(_ANSWER)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._expect(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; a complete head gives time for the rest."""
        if self.transport.is_closing():
            return
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._asks = True
            self._expect(EXCHANGE_S)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        before = self.cycle
        self._asks = False
        super().on_response_complete()
        self._asks = self.cycle is not before  # it was there already
        self._expect(EXCHANGE_S if self._asks else HEAD_S)

    def handle_websocket_upgrade(self, event: "h11.Request") -> None:
        """Hand the line over."""
        self._expect(None)
        super().handle_websocket_upgrade(event)

    def _has_too_many(self) -> bool:
        address = self.client[0] if self.client else None
        if address is None or is_loopback(address):
            return False
        clients = [
            getattr(connection, "client", None) for connection in self.connections
        ]  # pages that listen among them
        return sum(1 for client in clients if client is not None and client[0] == address) > OF_ONE_ADDRESS

    def _make_room(self) -> bool:
        idle = [each for each in self.connections if isinstance(each, Patient) and each is not self and not each._asks]
        oldest = min(idle, key=lambda each: each._waits_since, default=None)
        if oldest is not None:
            oldest.transport.abort()
        return oldest is not None

    @property
    def _waits_since(self) -> float:
        return float("inf") if self._deadline is None else self._deadline.when()

    def _expect(self, within_s: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if within_s is not None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(within_s, self.transport.abort)


class Bounded(WebSocketsSansIOProtocol):
    """A page's line, which fills neither the memory nor the log, whatever comes on it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; from now on no more than `READ_AT_ONCE` is read before the page's messages are heard."""
        super().connection_made(transport)
        with contextlib.suppress(AttributeError):  # asyncio's own lines take it, others may not
            transport.max_size = READ_AT_ONCE  # type: ignore[attr-defined]  # not told in its types

    def handle_cont(self, event: "Frame") -> None:
        """Take a further part of a message."""
        super().handle_cont(event)
        if len(self.frames) > PARTS_AT_MOST:
            self._refuse(1009)

    def handle_ping(self) -> None:
        """Answer a page that asks for a sign of life, as long as it takes the answers."""
        if self.transport.get_write_buffer_size() > UNTAKEN_AT_MOST:
            self.transport.abort()
        else:
            super().handle_ping()

    def send_receive_event_to_app(self) -> None:
        """Pass a message on; one that says to be text and is none ends the line, without a trace in the log."""
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self._refuse(1007)
        else:
            super().send_receive_event_to_app()

    async def send(self, message: "ASGISendEvent") -> None:
        """Send what the application says; once a line is denied in words, nothing is missing."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True  # else the log says that it is not

    def _refuse(self, code: int) -> None:
        self.frames.clear()
        if not self.close_sent:
            self.conn.fail(code)
            self.handle_parser_exception()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
