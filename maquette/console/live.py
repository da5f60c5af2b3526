"""Live: one page on the WebSocket. The state goes out when it changes, frames as fast as the page takes them; only the newest waits.

The page may send ``{"watch": "frames"}`` (binary frames, see `maquette.console.frames`), ``{"watch": "frame"}`` (the next one only),
``{"watch": "state"}`` (no more frames), and the commands of ``POST /api/commands``; their answers have a key ``ok``.
A page that asks for its frames one by one has never more than `ASKED_AT_MOST` on their way: after a halt of the network no old frames come
in a rush, which could flash faster than the guard allows, and it is sent no more than it takes.
The state comes as a JSON text, at once, on each change, and every `REFRESH_S` seconds so that a page knows that it is not alone.
"""

import asyncio
import json
import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from maquette.console.commands import Refusal, carry_out, read_object
from maquette.console.frames import encode_frame
from maquette.console.hub import Hub
from maquette.console.views import Json, Views
from maquette.core.alerts import Alert
from maquette.core.events import Origin
from maquette.core.exhibition import Exhibition
from maquette.core.readings import ReadingsUpdate
from maquette.core.snapshot import ShownFrame, Snapshot

REFRESH_S = 1.0
"""Seconds after which the state is told again even if nothing changed: pages count on it to tell a silent line within three."""
MESSAGE_LIMIT = 1024
"""Characters of a page's message at most."""
ASKED_AT_MOST = 2
"""Single frames that a page may have asked for at once: while one is on its way the other is drawn."""

_BAD_MESSAGE = 1008


class LivePage:
    """One page that listens. Memory per page is bounded: a flag for the state and one slot for the newest frame."""

    def __init__(
        self,
        hub: Hub,
        websocket: WebSocket,
        look: Callable[[], Views],
        state: Callable[[], str],
        why_not: Callable[[], str | None],
    ) -> None:
        """Prepare to serve a page.

        Args:
            hub: what is known.
            websocket: accepted already.
            look: takes a look at the hub in the page's language.
            state: returns the state of the show, which there is, as JSON in that language.
            why_not: returns None while the page may act, else the code of the refusal.
        """
        self._hub = hub
        self._why_not = why_not
        self._websocket = websocket
        self._look = look
        self._state = state
        self._wake = asyncio.Event()
        self._told: Snapshot | None = None
        self._state_due = True
        self._frame: ShownFrame | None = None
        self._frames_due: float = 0  # how many may be sent
        self._watch = ExitStack()
        self._watching = False

    async def serve(self) -> None:
        """Talk to the page until it leaves."""
        with self._hub.listening(self._hear), self._watch:
            sender = asyncio.create_task(self._send())
            try:
                await self._listen()
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    def _hear(self, message: object) -> None:
        match message:
            case ShownFrame() if self._watching:
                self._frame = message
                if not self._frames_due:
                    return
            case Snapshot() if _without_figures(message) != self._told:
                self._state_due = True
            case ReadingsUpdate() | Alert() | Exhibition():
                self._state_due = True
            case _:
                return
        self._wake.set()

    async def _listen(self) -> None:
        while True:
            try:
                text = await self._websocket.receive_text()
            except (WebSocketDisconnect, RuntimeError, KeyError):
                return  # gone, closed by the sender, or bytes where text was due
            wish = read_object(text) if len(text) <= MESSAGE_LIMIT else None
            if wish is None or not await self._obey(wish):
                await self._close()
                return

    async def _obey(self, wish: Json) -> bool:
        if "command" in wish:
            answer = await self._answer(wish)
            await self._websocket.send_text(json.dumps(answer, ensure_ascii=False))
        elif wish in ({"watch": "frames"}, {"watch": "frame"}):
            if not self._watching:
                self._watching = True
                self._watch.enter_context(self._hub.watching())
                self._frame = self._hub.frame
            self._frames_due = math.inf if wish["watch"] == "frames" else min(ASKED_AT_MOST, self._frames_due + 1)
            self._wake.set()
        elif wish == {"watch": "state"}:
            self._watching = False
            self._frame = None
            self._frames_due = 0
            self._watch.close()
        else:
            return False
        return True

    async def _answer(self, wish: object) -> Json:
        refused = self._why_not()
        outcome = Refusal(refused) if refused else await carry_out(self._hub, wish, Origin.MEDIATOR)
        views = self._look()
        if isinstance(outcome, Refusal):
            return views.refusal(outcome.code, outcome.hint, **outcome.arguments)
        return views.answer(outcome)

    async def _send(self) -> None:
        next_refresh = 0.0
        try:
            while True:
                if (self._state_due or time.monotonic() >= next_refresh) and self._hub.snapshot is not None:
                    next_refresh = time.monotonic() + REFRESH_S
                    await self._send_state(self._hub.snapshot)
                if self._frame is not None and self._frames_due:
                    frame, self._frame = self._frame, None
                    self._frames_due -= 1
                    await self._websocket.send_bytes(encode_frame(frame))
                await self._rest(next_refresh)
        except (WebSocketDisconnect, RuntimeError, OSError):
            return  # the page has left while we spoke

    async def _send_state(self, snapshot: Snapshot) -> None:
        self._state_due = False
        self._told = _without_figures(snapshot)
        await self._websocket.send_text(self._state())

    async def _rest(self, until: float) -> None:
        # A send waits while the page is slow; meanwhile messages only replace what waits here.
        if not (self._frame is not None and self._frames_due) and not self._state_due:
            self._wake.clear()
            try:
                async with asyncio.timeout(self._patience(until)):
                    await self._wake.wait()
            except TimeoutError:
                return

    def _patience(self, until: float) -> float:
        return REFRESH_S if self._hub.snapshot is None else max(0.0, until - time.monotonic())

    async def _close(self) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            await self._websocket.close(_BAD_MESSAGE)


def _without_figures(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot without the amperes, which change with every frame and may wait for the next refresh."""
    return replace(snapshot, supplies=())
