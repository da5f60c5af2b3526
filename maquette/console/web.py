"""The web: pages, the HTTP interface and the WebSocket, as one Starlette application over a hub. It owns no state but sessions."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from maquette.console import command_routes, page_routes, show_routes
from maquette.console.access import routes as session_routes
from maquette.console.access.access import Access, Role
from maquette.console.access.gate import Gate
from maquette.console.commands import nearest
from maquette.console.display import routes as display_routes
from maquette.console.documents import map_routes
from maquette.console.documents import routes as document_routes
from maquette.console.documents.store import DocumentStore
from maquette.console.endpoint import Endpoint, Handler, Query, RefusedError
from maquette.console.health import routes as health_routes
from maquette.console.hub import Hub
from maquette.console.live import LivePage
from maquette.console.openapi import in_language, openapi
from maquette.console.pages import Headers
from maquette.console.reception import Reception


def _check_query(request: Request, queries: Mapping[str, Query]) -> None:
    """Refuse what follows the ``?`` where it is none of what the table offers, rather than answer something else."""
    for name in request.query_params:
        query = queries.get(name)
        if query is None:
            raise RefusedError("unknown_query", 400, nearest(name, queries), {"name": name})
        offered = query.schema.get("enum")
        values = request.query_params.getlist(name)
        if len(values) > 1 or (offered is not None and values[0] not in offered):
            words = {"name": name, "offered": ", ".join(offered or ())}
            raise RefusedError("wrong_query", 400, nearest(values[0], offered or ()), words)


class Web:
    """The application, made from the table of endpoints and the pages."""

    def __init__(self, hub: Hub, access: Access, store: DocumentStore | None = None) -> None:
        """Put the application together.

        Args:
            hub: what is known.
            access: who may act.
            store: the documents that pages write, or None when there are none on disk.
        """
        self._hub = hub
        self._access = access
        self._reception = reception = Reception(hub, access, store)
        self.endpoints: tuple[Endpoint, ...] = (
            *show_routes.endpoints(reception),
            *display_routes.endpoints(reception),
            *command_routes.endpoints(reception),
            *session_routes.endpoints(reception),
            *document_routes.endpoints(reception),
            *health_routes.endpoints(reception),
            *map_routes.endpoints(reception),
            Endpoint("GET", "/api/openapi.json", self._describe, "This description", {"type": "object"}, tag="machine"),
        )
        self.routes: tuple[BaseRoute, ...] = (
            *self._routes(),
            *page_routes.routes(reception),
            *display_routes.routes(reception),
            WebSocketRoute("/api/live", self.live),
        )
        app = Starlette(
            routes=self.routes,
            middleware=[
                Middleware(Gate, access=access, refuse=reception.refuse),
                # For bad Wi-Fi: the readings in words shrink from 197 kB to 10.
                Middleware(GZipMiddleware, minimum_size=2000, compresslevel=4),
            ],
            exception_handlers={
                404: self._not_found,
                405: self._wrong_method,
                500: self._failed,
                RefusedError: self._refused,
            },
        )
        self.app: ASGIApp = Headers(app)  # around everything: what has failed has headers too

    async def live(self, websocket: WebSocket) -> None:
        """Serve one page with the state and, when it asks, frames."""
        await websocket.accept()
        reception, may_act = self._reception, self._access.why_not
        page = LivePage(
            self._hub,
            websocket,
            lambda: reception.look(websocket),
            lambda: reception.live_state(websocket),
            lambda: may_act(websocket, Role.MEDIATOR),
        )
        self._hub.pages += 1
        try:
            await page.serve()
        finally:
            self._hub.pages -= 1

    def _routes(self) -> list[BaseRoute]:
        """Return a route for each path of the table, whose methods share it."""
        by_path: dict[str, dict[str, Endpoint]] = {}
        for endpoint in self.endpoints:
            by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
        return [Route(path, self._answer(methods), methods=list(methods)) for path, methods in by_path.items()]

    def _answer(self, methods: dict[str, Endpoint]) -> Handler:
        async def handler(request: Request) -> Response:
            endpoint = methods["GET" if request.method == "HEAD" else request.method]
            code = self._access.why_not(request, endpoint.role)
            if code is not None:
                raise RefusedError(code, 403)
            _check_query(request, {"lang": self._language(), **endpoint.query})
            return await endpoint.handler(request)

        return handler

    async def _describe(self, request: Request) -> Response:
        document = openapi(self.endpoints, self._language())
        return JSONResponse(in_language(document, self._reception.language(request)))

    def _language(self) -> Query:
        return Query("of the texts", {"enum": list(self._reception.languages)})

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)
        return self._reception.refuse(request, error)

    async def _not_found(self, request: Request, _error: Exception) -> Response:
        return self._reception.refuse(request, RefusedError("not_found", 404))

    async def _failed(self, request: Request, _error: Exception) -> Response:
        return self._reception.refuse(request, RefusedError("failed", 500))  # the server logs what it was

    async def _wrong_method(self, request: Request, error: Exception) -> Response:
        headers = getattr(error, "headers", None)  # which methods there are
        return self._reception.refuse(request, RefusedError("wrong_method", 405, headers=headers))
