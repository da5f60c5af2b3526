"""A guard: whatever a server does, one request ends in time. It shuts the request's sockets when the time is over.

Read timeouts alone do not bound a request: a server that sends one byte a second, in its headers or its body, never trips them.
"""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager


class Guard:
    """Shuts the sockets of one request after some seconds, or at once when told to."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self.expire)
        self._timer.daemon = True
        self.expired = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for line in self._sockets:
                line.close()
            self._sockets.clear()

    def watch(self, line: socket.socket) -> None:
        """Watch a socket that was just connected; shut it at once when the time is already over."""
        with self._lock:
            # A copy of the descriptor: TLS takes the socket object over, and a shutdown reaches the line itself.
            self._sockets.append(line.dup())
            if self.expired:
                _shut(line)

    def expire(self) -> None:
        """End the request now; whoever reads from it wakes up."""
        with self._lock:
            self.expired = True
            for line in self._sockets:
                _shut(line)


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other end went first
        line.shutdown(socket.SHUT_RDWR)


class GuardedAdapter(HTTPAdapter):
    """The adapter of a `requests.Session` whose new sockets are watched by `guard` (None between requests)."""

    guard: Guard | None = None

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pool of connections, of our classes."""
        super().init_poolmanager(*arguments, **options)
        self._use_guarded_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        """Return the pool for a proxy, of our classes too."""
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            self._use_guarded_pools(manager)
        return manager

    def _use_guarded_pools(self, manager: PoolManager) -> None:
        adapter = self

        class PlainConnection(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return adapter.watched(super()._new_conn())

        class SecureConnection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return adapter.watched(super()._new_conn())

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = PlainConnection

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = SecureConnection

        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def watched(self, line: socket.socket) -> socket.socket:
        """Return a socket, now watched by the guard of the request that opened it."""
        if self.guard is not None:
            self.guard.watch(line)
        return line
