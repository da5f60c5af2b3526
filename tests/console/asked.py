"""The console's application asked straight through ASGI: clients have whatever address, and clocks stand wherever a test wants."""

import asyncio
import json
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from maquette.console.access.access import COOKIE, MARK, Access
from maquette.console.access.sessions import Moment
from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart
from maquette.console.web import Web
from maquette.core.alerts import NEW_PIN
from maquette.core.exhibition import ConsoleSettings
from tests.console.fake_stage import FakeStage

PHONE = "192.168.4.33"
HOST = "maquette.local"


class Asked:
    """The application over a fake stage. Its model is real, no simulation, unless a test says otherwise.

    Attributes:
        moment: where the machine's clocks stand.
        browser: the cookies of a browser that keeps them.
    """

    def __init__(self, settings: ConsoleSettings, *, simulated: bool = False, file: Path | None = None) -> None:
        self.stage = FakeStage()
        self.hub = Hub(ConsoleStart(self.stage.exhibition, settings), self.stage.post)
        self.stage.tell = self.hub.receive
        self.stage.begin()
        self.moment = Moment("boot", 0.0, None)
        self.access = Access(
            settings,
            lambda: self.moment,
            simulated=simulated,
            file=file,
            may_set_pin=lambda: any(alert.code == NEW_PIN for alert in self.hub.alerts),
        )
        self.web = Web(self.hub, self.access)
        self.app: ASGIApp = self.web.app
        self.browser: dict[str, str] = {}

    def at(self, monotonic_s: float) -> None:
        """Let the monotonic clock stand somewhere."""
        self.moment = Moment(self.moment.boot, monotonic_s, self.moment.wall_s)

    def ask(
        self, method: str, path: str, payload: object = None, client: str = PHONE, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Return the status, the JSON and the headers of an answer; a body is JSON unless the headers say otherwise."""
        given = {"host": HOST, **headers}
        body = b"" if payload is None else json.dumps(payload).encode()
        if body:
            given = {"content-type": "application/json", "content-length": str(len(body)), **given}
        sent = asyncio.run(self._ask(method, path, body, client, given))
        content = b"".join(message.get("body", b"") for message in sent[1:])
        told = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        self.browser |= {
            name: value.partition(";")[0].strip('"')
            for name, _, value in (text.partition("=") for key, text in told if key == "set-cookie")
        }
        kind = dict(told).get("content-type", "")
        return sent[0]["status"], json.loads(content) if kind == "application/json" else content, dict(told)

    def browse(self, method: str, path: str, payload: object = None, client: str = PHONE, **headers: str) -> Any:
        """Ask as a page of ours does: with the browser's cookies and an origin; return the JSON."""
        cookies = "; ".join(f"{name}={self.browser[name]}" for name in (COOKIE, MARK) if self.browser.get(name))
        asked = {"origin": f"http://{HOST}", **({"cookie": cookies} if cookies else {}), **headers}
        return self.ask(method, path, payload, client, **asked)[1]

    async def _ask(
        self, method: str, path: str, body: bytes, client: str, headers: dict[str, str]
    ) -> list[dict[str, Any]]:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
            "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"", "client": (client, 50000),
            "server": ("192.168.4.1", 8080), "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return sent
