"""The reception: what every handler of the web needs: the reader's language, a look at what is known, the body of a request, a refusal."""

import asyncio
import json
import time
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from maquette.console.access.access import Access
from maquette.console.commands import read_json
from maquette.console.documents.store import DocumentStore
from maquette.console.endpoint import RefusedError
from maquette.console.hub import Hub
from maquette.console.views import Views
from maquette.console.wording import LANGUAGES
from maquette.ops.clock import read_clock

SHARED_S = 0.1
"""Seconds for which the same words serve all pages: the ages and the time left in them are that old at most."""
BODY_LIMIT = 4096
"""Bytes of a request's body at most, where nothing else is said."""
BODY_S = 20.0
"""Seconds in which a body must have come."""


class Reception:
    """Stands between requests and the hub; it owns neither."""

    def __init__(self, hub: Hub, access: Access, store: DocumentStore | None = None) -> None:
        """Receive for a hub.

        Args:
            hub: what is known.
            access: who may act.
            store: the documents that pages write, or None when there are none on disk.
        """
        self.hub = hub
        self.access = access
        self._live: dict[str, tuple[int, float, str]] = {}
        self._store = store

    @property
    def store(self) -> DocumentStore:
        """The documents that pages write.

        Raises:
            RefusedError: there are none on disk.
        """
        if self._store is None:
            raise RefusedError("no_documents", 409)
        return self._store

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that texts may be asked for in, the installation's own first."""
        return tuple(dict.fromkeys((*self.hub.exhibition.languages, *LANGUAGES)))

    def language(self, connection: HTTPConnection) -> str:
        """Return the language that is asked for with ``?lang=`` (of several, the first that is known), or the installation's first."""
        wanted = connection.query_params.get("lang", "").split(",")
        return next((one for one in wanted if one in self.languages), self.languages[0])

    def look(self, connection: HTTPConnection) -> Views:
        """Return what is known now, in the reader's language."""
        return Views(self.hub, self.language(connection), read_clock(self.hub.time_zone), time.monotonic())

    def live_state(self, connection: HTTPConnection) -> str:
        """Return the state of the show as JSON, which pages of one language share while nothing changes, for a tenth of a second at most.

        Raises:
            ValueError: the show has not begun.
        """
        if self.hub.snapshot is None:
            raise ValueError("the show has not begun")
        language, now = self.language(connection), time.monotonic()
        revision, until, text = self._live.get(language, (0, 0.0, ""))
        if revision != self.hub.revision or now >= until:
            text = json.dumps(self.look(connection).live(self.hub.snapshot), ensure_ascii=False)
            self._live[language] = self.hub.revision, now + SHARED_S, text
        return text

    def refuse(self, connection: HTTPConnection, refused: RefusedError) -> Response:
        """Return a refusal in words."""
        view = self.look(connection).refusal(refused.code, refused.hint, **refused.arguments)
        return JSONResponse(view | refused.more, refused.status, refused.headers)

    async def body(self, request: Request, types: tuple[type, ...] = (dict,), limit: int = BODY_LIMIT) -> Any:
        """Return the JSON of a request's body, an object unless it may be something else.

        Raises:
            RefusedError: it is longer than ``limit`` bytes, or not such JSON.
        """
        payload = read_json(await self.raw_body(request, limit))
        if not isinstance(payload, types):
            raise RefusedError("not_json", 400)
        return payload

    async def raw_body(self, request: Request, limit: int = BODY_LIMIT) -> bytes:
        """Return the bytes of a request's body.

        Raises:
            RefusedError: they are more than ``limit`` (what comes after is not read), or do not come.
        """
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            raise RefusedError("too_large", 413)
        data = b""
        try:
            async with asyncio.timeout(BODY_S):
                async for chunk in request.stream():
                    data += chunk
                    if len(data) > limit:
                        raise RefusedError("too_large", 413)
        except TimeoutError:
            raise RefusedError("too_slow", 408, headers={"connection": "close"}) from None
        return data
