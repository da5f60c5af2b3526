"""The server's patience about its port, and the whole process over a real line."""

import asyncio
import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
from multiprocessing.connection import Connection

import requests

from maquette.console.hub import Hub
from maquette.console.server import listen
from maquette.console.start import ConsoleStart
from maquette.core.alerts import Alert
from maquette.core.events import Answer, Command
from maquette.core.exhibition import ConsoleSettings
from maquette.ops.mailbox import Channel
from tests.console.fake_stage import FakeStage


def test_a_taken_port_is_an_alert_until_it_is_free():
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = taken.getsockname()[1]
    posted: list[object] = []

    async def run() -> None:
        hub = Hub(ConsoleStart(FakeStage().exhibition, ConsoleSettings(port=port)), posted.append)
        heard = asyncio.Event()
        with hub.listening(lambda _message: heard.set()):
            waiting = asyncio.create_task(listen(hub, first_wait_s=0.01))
            await heard.wait()
            assert [alert.code for alert in hub.alerts] == ["console_port_taken"]
            taken.close()
            sock = await waiting
        assert sock.getsockname()[1] == port
        assert hub.alerts == ()
        sock.close()

    asyncio.run(run())
    assert [(a.code, a.over) for a in posted if isinstance(a, Alert)] == [
        ("console_port_taken", False),
        ("console_port_taken", True),
    ]


def test_an_address_that_is_not_ours_is_an_alert_too():
    posted: queue.SimpleQueue[object] = queue.SimpleQueue()

    async def run() -> None:
        hub = Hub(ConsoleStart(FakeStage().exhibition, ConsoleSettings(host="192.0.2.1", port=8080)), posted.put)
        waiting = asyncio.create_task(listen(hub, first_wait_s=0.01))
        alert = await asyncio.to_thread(posted.get)
        assert isinstance(alert, Alert)
        assert alert.code == "console_cannot_listen"
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting

    asyncio.run(run())


def test_the_process_serves_what_the_stage_tells_and_ends_with_its_line():
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    stage = FakeStage()
    ours, theirs = socket.socketpair()
    with theirs:
        child = subprocess.Popen(
            [sys.executable, "-m", "maquette.console", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stderr=subprocess.PIPE,
            text=True,
        )
    received: queue.SimpleQueue[object] = queue.SimpleQueue()
    channel = Channel(Connection(ours.detach()), received.put)
    channel.start()
    channel.post(ConsoleStart(stage.exhibition, ConsoleSettings(port=port)))
    channel.post(stage.snapshot)
    try:
        assert child.stderr is not None
        assert f"http://127.0.0.1:{port}" in child.stderr.readline()
        assert requests.get(f"http://127.0.0.1:{port}/api/state", timeout=5).json()["scenario"] == "air"
        with requests.Session() as session:
            asking = asyncio.run(asked(session, f"http://127.0.0.1:{port}/api/commands", received, channel))
        assert asking == {
            "ok": False,
            "code": "nothing_playing",
            "text": "Aucun scénario n'est en cours.",
            "hint": None,
        }
        channel.close()
        assert child.wait(10) == 0
        assert child.stderr.read() == ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        child.wait()
        if child.stderr is not None:
            child.stderr.close()
        channel.close()


async def asked(session, url, received, channel):
    answer = asyncio.create_task(asyncio.to_thread(session.post, url, json={"command": "next"}, timeout=5))
    command = await asyncio.to_thread(received.get)
    assert isinstance(command, Command)
    channel.post(Answer(command, "nothing_playing"))
    return (await answer).json()
