"""The gate: requests that are refused before anything else sees them, whatever they ask for."""

from collections import Counter
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from maquette.console.access.access import Access, Role, address_of, is_here, is_near
from maquette.console.endpoint import RefusedError

REQUESTS_AT_MOST = 100
"""Requests that are answered at the same time; those of a mediator are not counted against it."""
PAGES_AT_MOST = 100
"""Pages that may listen at once."""
PAGES_OF_ONE_ADDRESS = 20
"""Pages of one address that may listen at once."""
PAGES_RESERVED = 20
"""More pages, for those who may act: however many look on, a mediator still gets in."""

_SIMPLE = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")
"""What a form, or a script of another site, may send without asking."""

Refuse = Callable[[HTTPConnection, RefusedError], Response]


class Gate:
    """Lets a request through to the application, or refuses it in words."""

    def __init__(self, app: ASGIApp, access: Access, refuse: Refuse) -> None:
        """Stand before an application."""
        self._app = app
        self._access = access
        self._refuse = refuse
        self._requests = 0
        self._pages: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; a WebSocket is refused before it is accepted."""
        if scope["type"] == "websocket":
            await self._listen(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        refused = self._why_refused(connection)
        if refused is not None:
            await self._refuse(connection, refused)(scope, receive, send)
            return
        self._requests += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._requests -= 1

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        address = "" if is_near(websocket) else address_of(websocket)
        refused = self._foreign(websocket) or self._full(websocket, address)
        if refused is not None:
            await websocket.send_denial_response(self._refuse(websocket, refused))
            return
        self._pages[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._pages[address] -= 1
            if not self._pages[address]:
                del self._pages[address]  # no address is remembered

    def _why_refused(self, connection: HTTPConnection) -> RefusedError | None:
        acts = connection.scope["method"] not in ("GET", "HEAD")
        refused = self._foreign(connection, acts=acts)
        if refused is None and acts and _is_simple(connection):
            return RefusedError("not_json_type", 415)
        if refused is None and self._requests >= REQUESTS_AT_MOST and self._access.role_of(connection) is Role.VISITOR:
            return _busy()
        return refused

    def _foreign(self, connection: HTTPConnection, *, acts: bool = True) -> RefusedError | None:
        if not self._access.knows_host(connection):
            return RefusedError("unknown_host", 403)
        if acts and not self._access.is_own_page(connection):
            return RefusedError("foreign_page", 403)
        return None

    def _full(self, websocket: WebSocket, address: str) -> RefusedError | None:
        if self._access.role_of(websocket) > Role.VISITOR:
            return _busy() if self._pages.total() >= PAGES_AT_MOST + PAGES_RESERVED else None
        of_one = bool(address) and self._pages[address] >= PAGES_OF_ONE_ADDRESS
        return _busy() if of_one or self._pages.total() >= PAGES_AT_MOST else None


def _busy() -> RefusedError:
    return RefusedError("too_busy", 503, headers={"retry-after": "5"})


def _is_simple(connection: HTTPConnection) -> bool:
    """Tell whether a request has a body that a page of another site could have sent; a terminal of this machine may send anything."""
    headers = connection.headers
    if is_here(connection) or ("transfer-encoding" not in headers and headers.get("content-length", "0") == "0"):
        return False
    return headers.get("content-type", "").partition(";")[0].strip().lower() in _SIMPLE
