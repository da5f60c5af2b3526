"""The server: a listening socket that is patient about its port, and uvicorn on it. It never ends because of either."""

import asyncio
import contextlib
import errno
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from maquette.console.access.connections import Bounded, Patient
from maquette.console.hub import Hub
from maquette.core.alerts import Alert, Severity
from maquette.core.message import Message, message
from maquette.ops.here import PATH_BYTES, SOCKET_MODE, fitting

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
"""Seconds before the first new attempt to listen; doubled each time."""
LONGEST_WAIT_S = 30.0
"""Seconds between attempts at most."""
SEND_BUFFER = 64 * 1024
"""Bytes that the system keeps for a slow page: more would only make its picture older."""
PING_S = 5.0
"""Seconds between signs of life on a WebSocket, and until a silent one is dropped."""


async def listen(hub: Hub, first_wait_s: float = FIRST_WAIT_S) -> socket.socket:
    """Return a listening socket on the address of the settings, however long it takes.

    While it cannot be had, the alert ``console_port_taken`` or ``console_cannot_listen`` stands.
    """
    settings = hub.settings

    def alert(error: OSError) -> Alert:
        code = "console_port_taken" if error.errno == errno.EADDRINUSE else "console_cannot_listen"
        reason = error.strerror or str(error)
        arguments = (("host", settings.host), ("port", str(settings.port)), ("reason", reason))
        return Alert(code, f"{settings.host}:{settings.port}", Severity.ERROR, arguments)

    sock = await _patiently(hub, lambda: _bind(settings.host, settings.port), alert, first_wait_s)
    host, port = sock.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    log.info("the pages are at %s/ and %s/model", address, address)
    return sock


async def listen_here(hub: Hub, path: Path, first_wait_s: float = FIRST_WAIT_S) -> socket.socket:
    """Return a listening Unix socket, which this user and group may use; a file that a former life left there is replaced.

    While it cannot be had, the alert ``console_no_socket`` stands.
    """

    def alert(error: OSError) -> Alert:
        reason: str | Message = error.strerror or str(error)
        if error.errno == errno.ENAMETOOLONG:
            reason = message("socket_path_long", limit=PATH_BYTES)
        return Alert("console_no_socket", str(path), Severity.WARNING, (("path", str(path)), ("reason", reason)))

    return await _patiently(hub, lambda: _bind_here(path), alert, first_wait_s)


async def _patiently(
    hub: Hub, bind: Callable[[], Awaitable[socket.socket]], alert: Callable[[OSError], Alert], wait_s: float
) -> socket.socket:
    raised: Alert | None = None
    while True:
        try:
            sock = await bind()
        except OSError as error:
            told = alert(error)
            if raised is None or raised.code != told.code:
                log.warning("the console cannot listen on %s: %s; trying again", told.subject, error.strerror or error)
                _end(hub, raised)
                hub.raise_alert(told)
                raised = told
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        else:
            _end(hub, raised)
            return sock


def _end(hub: Hub, alert: Alert | None) -> None:
    if alert is not None:
        hub.raise_alert(Alert(alert.code, alert.subject, alert.severity, over=True))


async def _bind(host: str, port: int) -> socket.socket:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # inherited by each connection
        sock.bind(address)
        sock.listen(128)
        sock.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    except OSError:
        sock.close()
        raise
    return sock


async def _bind_here(path: Path) -> socket.socket:
    beside = path.with_name(f".{path.name}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    taken = False
    with socket.socket(socket.AF_UNIX) as other, contextlib.suppress(OSError):
        other.connect(fitting(path))
        taken = True
    if taken:
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    sock = socket.socket(socket.AF_UNIX)
    try:
        beside.unlink(missing_ok=True)
        sock.bind(fitting(beside))
        beside.chmod(SOCKET_MODE)
        sock.listen(128)
        sock.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        beside.replace(path)  # nobody finds it before it listens, and nobody but those who may
    except OSError:
        sock.close()
        raise
    return sock


def make_server(app: ASGIApp) -> uvicorn.Server:
    """Return a server for ``serve(sockets=[...])``. It logs no addresses and believes no proxy's word about them."""
    config = uvicorn.Config(
        app,
        http=Patient,
        ws=Bounded,
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        ws_max_size=4096,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,  # frames are small and many: packing them costs more than it saves
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
