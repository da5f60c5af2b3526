"""A real server on the loopback that can behave as badly as any: each path answers as a test says."""

import socket
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler"], None]

SERVER_DATE = "Tue, 06 Oct 2026 10:00:00 GMT"
"""What the server takes for the time: `documents.NOON`."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request as its path's script says."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()

    def do_GET(self) -> None:
        self.close_connection = True
        self.server.requests.append((self.path, dict(self.headers.items())))
        with suppress(ConnectionError):  # the client has had enough
            self.server.script(self.path)(self)

    def send(self, body: bytes = b"", status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send an answer; header names are given with underscores. ``length`` lies about the body's length."""
        plain = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body) if length is None else length),
            "Date": SERVER_DATE,
        }
        plain.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.send_response_only(status)
        for name, value in plain.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, data: bytes, seconds: float = 0.02) -> None:
        """Send one byte at a time, for ever if the data is long enough."""
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.server.stopping.wait(seconds):
                return

    def hang(self, begun: threading.Event | None = None) -> None:
        """Say nothing until the server stops or the client has gone; ``begun`` is set at the start."""
        if begun is not None:
            begun.set()
        self.connection.settimeout(0.05)
        while not self.server.stopping.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(1):
                    return

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep the tests' output quiet."""


class Server(ThreadingHTTPServer):
    """Serves scripts until `stop`; no thread outlives it."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Handler)
        self._host = host
        self.stopping = threading.Event()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self._scripts: dict[str, Answer] = {}
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.server_port}"

    def at(self, path: str, answer: Answer | bytes, **headers: str) -> str:
        """Let a path answer as told; return its address."""

        def send(handler: Handler) -> None:
            assert isinstance(answer, bytes)
            handler.send(answer, 200, None, **headers)

        self._scripts[path] = answer if callable(answer) else send
        return self.url + path

    def script(self, path: str) -> Answer:
        """Return how a path answers."""
        return self._scripts.get(path.split("?", maxsplit=1)[0], lambda handler: handler.send(b"{}", status=404))

    def stop(self) -> None:
        """End all answers under way, and the server."""
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some tests are about."""


def gzip_bomb(size: int) -> bytes:
    """Return ``size`` zero bytes, packed a thousandfold."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(b"0" * size) + packer.flush()


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
