"""The web: pages, the HTTP interface and the WebSocket, as one Starlette application over a hub. It owns no state but sessions."""

import time
from collections.abc import Awaitable, Callable
from importlib.resources import as_file, files
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from maquette.console.access import COOKIE, SESSION_S, Access
from maquette.console.commands import Refusal, carry_out, nearest, read_json, status_of
from maquette.console.hub import Hub
from maquette.console.live import CLIENTS_AT_MOST, LivePage
from maquette.console.model_view import model_view
from maquette.console.pages import PLAN_POLICY, Headers, render
from maquette.console.pushes import read_push
from maquette.console.views import Views
from maquette.console.wording import LANGUAGES, Wording, catalogue
from maquette.core.events import Origin
from maquette.core.text import words
from maquette.ops.clock import read_clock

BODY_LIMIT = 4096
"""Bytes of a request's body at most."""

Handler = Callable[[Request], Awaitable[Response]]


class Gate:
    """Refuses requests whose Host header does not name us, before anything else sees them."""

    def __init__(self, app: ASGIApp, access: Access, refuse: Callable[[HTTPConnection, str, int], Response]) -> None:
        self._app = app
        self._access = access
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403; a WebSocket is closed before it is accepted."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        code = None if self._access.knows_host(connection) else "unknown_host"
        acts = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if code is None and acts and not self._access.is_own_page(connection):
            code = "foreign_page"
        if code is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._refuse(connection, code, 403)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})


class Web:
    """The handlers, and the application that routes to them."""

    def __init__(self, hub: Hub, access: Access) -> None:
        self._hub = hub
        self._access = access
        self._pages = 0
        self.app = Starlette(
            routes=self._routes(),
            middleware=[Middleware(Headers), Middleware(Gate, access=access, refuse=self._refuse)],
            exception_handlers={404: self._not_found, 405: self._wrong_method},
        )

    def _routes(self) -> list[Route | WebSocketRoute | Mount]:
        with as_file(files("maquette.console").joinpath("pages", "static")) as folder:
            static = StaticFiles(directory=folder)
        return [
            Route("/", self._page("mediator")),
            Route("/model", self._page("model")),
            Route("/plan.svg", self.plan),
            Route("/locale/{language}.json", self.locale),
            Route("/api/state", self.state),
            Route("/api/model", self.model),
            Route("/api/scenarios", self.scenarios),
            Route("/api/readings", self.readings),
            Route("/api/zones/{zone}", self.zone),
            Route("/api/commands", self.command, methods=["POST"]),
            Route("/api/feeds/{feed}", self.push, methods=["POST"]),
            Route("/api/session", self.session, methods=["GET"]),
            Route("/api/session", self.open_session, methods=["POST"]),
            Route("/healthz", self.health),
            WebSocketRoute("/api/live", self.live),
            Mount("/static", static),
        ]

    # -- pages -------------------------------------------------------------------------------------------------------

    def _page(self, name: str) -> Handler:
        async def handler(request: Request) -> Response:
            language = self._language(request)
            title = words(self._hub.exhibition.title, language)
            wording = Wording(language)
            return HTMLResponse(render(name, wording, title=title, language=language, interface=wording.interface))

        return handler

    async def plan(self, _request: Request) -> Response:
        """Return the drawing under the lights."""
        headers = {"content-security-policy": PLAN_POLICY}
        return Response(self._hub.exhibition.plan_svg, media_type="image/svg+xml", headers=headers)

    async def locale(self, request: Request) -> Response:
        """Return the words of the interface in one language."""
        language = request.path_params["language"]
        if language not in LANGUAGES:
            return self._refuse(request, "not_found", 404)
        return JSONResponse(dict(catalogue(language)))

    # -- what is known -----------------------------------------------------------------------------------------------

    async def state(self, request: Request) -> Response:
        """Return the state of the show with what the pages need besides."""
        snapshot = self._hub.snapshot
        if snapshot is None:
            return self._refuse(request, "starting", 503)
        return JSONResponse(self._look(request).live(snapshot))

    async def model(self, request: Request) -> Response:
        """Return what changes only with the documents: zones, buttons, servos, scenarios, scales; and their mark."""
        view = model_view(self._hub.exhibition, self._language(request))
        return JSONResponse(view | {"exhibition": self._hub.exhibition_mark})

    async def scenarios(self, request: Request) -> Response:
        """Return the scenarios."""
        return JSONResponse(self._look(request).scenarios())

    async def readings(self, request: Request) -> Response:
        """Return the readings; ``?with=words`` adds what the pages say of each."""
        return JSONResponse(self._look(request).readings(in_words=_in_words(request)))

    async def zone(self, request: Request) -> Response:
        """Return why a zone has its colour; ``?with=words`` adds the facts one by one."""
        snapshot, name = self._hub.snapshot, request.path_params["zone"]
        known = [card.id for card in self._hub.exhibition.zones]
        if name not in known:
            return self._refuse(request, "unknown_zone", 404, hint=nearest(name, known), name=name)
        state = next((z for z in snapshot.zones if z.zone == name), None) if snapshot else None
        if snapshot is None or state is None:
            return self._refuse(request, "starting", 503)
        return JSONResponse(self._look(request).zone(state, snapshot, in_words=_in_words(request)))

    async def health(self, _request: Request) -> Response:
        """Return 200 once the stage has told its state."""
        ready = self._hub.snapshot is not None
        return JSONResponse({"ok": ready}, 200 if ready else 503)

    # -- what is asked -----------------------------------------------------------------------------------------------

    async def command(self, request: Request) -> Response:
        """Carry out a command and return its answer."""
        payload = await self._body(request)
        refusal = self._may_not(request, payload)
        if refusal is not None:
            return refusal
        outcome = await carry_out(self._hub, payload, Origin.MEDIATOR)
        if isinstance(outcome, Refusal):
            return self._refuse(request, outcome.code, status_of(outcome.code), outcome.hint, **outcome.arguments)
        return JSONResponse(self._look(request).answer(outcome), status_of(outcome.refused))

    async def push(self, request: Request) -> Response:
        """Take values that another programme tells a feed of kind ``push``, and send them on."""
        payload = await self._body(request, (dict, list))
        refusal = self._may_not(request, payload)
        if refusal is not None:
            return refusal
        pushed = read_push(self._hub.exhibition, request.path_params["feed"], payload, time.monotonic())
        if isinstance(pushed, Refusal):
            return self._refuse(request, pushed.code, status_of(pushed.code), pushed.hint, **pushed.arguments)
        self._hub.push(pushed)
        return JSONResponse({"ok": True})

    async def session(self, request: Request) -> Response:
        """Tell whether this client may act, and if not why."""
        code = self._access.why_not(request)
        return JSONResponse({"ok": True, "may_act": code is None, "code": code})

    async def open_session(self, request: Request) -> Response:
        """Take a PIN and open a session."""
        payload = await self._body(request)
        pin = payload.get("pin") if isinstance(payload, dict) else None
        if not isinstance(pin, str):
            return self._refuse(request, payload if isinstance(payload, str) else "missing_argument", 400, name="pin")
        if not self._access.has_pin:
            return self._refuse(request, "pin_not_configured", 403)
        address = request.client.host if request.client else ""
        wait_s = self._access.wait_before_pin(address)
        if wait_s > 0:
            answer = self._refuse(request, "too_many_attempts", 429, seconds=f"{wait_s:.0f}")
            answer.headers["retry-after"] = f"{wait_s + 1:.0f}"
            return answer
        cookie = self._access.open_session(pin, address)
        if cookie is None:
            return self._refuse(request, "wrong_pin", 403)
        answer = JSONResponse({"ok": True, "may_act": True, "code": None})
        answer.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="strict")
        return answer

    async def live(self, websocket: WebSocket) -> None:
        """Serve one page with the state and, when it asks, frames."""
        if self._pages >= CLIENTS_AT_MOST:
            await websocket.close(1013)
            return
        self._pages += 1
        try:
            await websocket.accept()
            page = LivePage(
                self._hub, websocket, lambda: self._look(websocket), lambda: self._access.why_not(websocket)
            )
            await page.serve()
        finally:
            self._pages -= 1

    # -- in common ---------------------------------------------------------------------------------------------------

    def _language(self, connection: HTTPConnection) -> str:
        languages = self._hub.exhibition.languages
        wanted = connection.query_params.get("lang")
        return wanted if wanted in (*languages, *LANGUAGES) else languages[0]

    def _look(self, connection: HTTPConnection) -> Views:
        return Views(self._hub, self._language(connection), read_clock(self._hub.time_zone), time.monotonic())

    def _refuse(
        self, connection: HTTPConnection, code: str, status: int, hint: str | None = None, **arguments: str
    ) -> Response:
        return JSONResponse(self._look(connection).refusal(code, hint, **arguments), status)

    async def _not_found(self, request: Request, _error: Exception) -> Response:
        return self._refuse(request, "not_found", 404)

    async def _wrong_method(self, request: Request, _error: Exception) -> Response:
        return self._refuse(request, "wrong_method", 405)

    def _may_not(self, request: Request, payload: object) -> Response | None:
        """Return the refusal of a request whose body is none (its payload is a code then) or whose client may not act; else None."""
        code = payload if isinstance(payload, str) else self._access.why_not(request)
        if code is None:
            return None
        return self._refuse(request, code, {"too_large": 413, "not_json": 400}.get(code, 403))

    async def _body(self, request: Request, types: tuple[type, ...] = (dict,)) -> Any:
        """Return the JSON of a request's body, an object unless it may be something else; or the code of why there is none."""
        data = b""
        async for chunk in request.stream():
            data += chunk
            if len(data) > BODY_LIMIT:
                return "too_large"
        payload = read_json(data)
        return payload if isinstance(payload, types) else "not_json"


def _in_words(request: Request) -> bool:
    return request.query_params.get("with") == "words"
