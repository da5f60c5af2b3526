"""The console on a real socket: hub, web and server in a thread of their own, with a fake stage on the other side."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from maquette.console.access.access import Access
from maquette.console.access.sessions import Moment
from maquette.console.documents.store import DocumentStore
from maquette.console.hub import Hub
from maquette.console.server import listen, make_server
from maquette.console.start import ConsoleStart
from maquette.console.web import Web
from maquette.core.alerts import NEW_PIN
from maquette.core.exhibition import ConsoleSettings
from tests.console.fake_stage import FakeStage


class Console:
    """A running console: its address, its hub and its stage. `call` runs something on its loop and returns the result."""

    def __init__(self, stage: FakeStage, settings: ConsoleSettings, store: DocumentStore | None = None) -> None:
        self.stage = stage
        self._store = store
        self._ready = threading.Event()
        self._stop: Callable[[], None] = lambda: None
        self._settings = settings
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.hub = Hub(ConsoleStart(self.stage.exhibition, self._settings), self.stage.post)
        self.stage.tell = self._tell
        self.access = Access(
            self._settings,
            lambda: Moment("boot", self.loop.time(), None),
            simulated=self.stage.exhibition.simulated,
            may_set_pin=lambda: any(alert.code == NEW_PIN for alert in self.hub.alerts),
        )
        self.web = Web(self.hub, self.access, self._store)
        sock = await listen(self.hub)
        self.port = sock.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        server = make_server(self.web.app)
        self._stop = lambda: setattr(server, "should_exit", True)
        frames = asyncio.create_task(self._frames())
        self._ready.set()
        await server.serve(sockets=[sock])
        frames.cancel()

    def _tell(self, message: object) -> None:
        self.loop.call_soon_threadsafe(self.hub.receive, message)

    async def _frames(self) -> None:
        sequence = 0
        while True:
            await asyncio.sleep(1 / 30)
            if self.stage.watched:
                sequence += 1
                self.hub.receive(self.stage.frame(sequence, self.loop.time()))

    def call(self, function: Callable[[], Any]) -> Any:
        async def run() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def reset(self) -> None:
        """Go back to the first state, for the next test of those that share a console."""
        self.stage.posted.clear()
        self.stage.snapshot = self.stage.playing("air")
        over = [replace(alert, over=True) for alert in self.hub.alerts]
        for message in (*over, self.stage.snapshot):
            self.stage.tell(message)
        self.call(lambda: None)

    def __enter__(self) -> "Console":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join(10)


@contextmanager
def running(
    settings: ConsoleSettings | None = None, stage: FakeStage | None = None, store: DocumentStore | None = None
) -> Iterator[Console]:
    """Run a console for as long as the context lasts; its stage has told its first state."""
    with Console(stage or FakeStage(), settings or ConsoleSettings(port=0), store) as console:
        console.stage.begin()
        console.call(lambda: None)
        yield console


@pytest.fixture(scope="module")
def shared() -> Iterator[Console]:
    """A console that the tests of a module share; its `reset` stands before each."""
    with running() as started:
        yield started


@pytest.fixture
def console() -> Iterator[Console]:
    """A console on a port of its own."""
    with running() as started:
        yield started
