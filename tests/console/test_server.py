"""The server's patience about its port, and the whole process over a real line."""

import asyncio
import contextlib
import os
import queue
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection

import pytest
import requests

from maquette.console.hub import Hub
from maquette.console.server import listen, listen_here
from maquette.console.start import ConsoleStart
from maquette.core.alerts import NEW_PIN, Alert
from maquette.core.events import Answer, Command
from maquette.core.exhibition import ConsoleSettings
from maquette.core.message import message
from maquette.errors import RemoteError
from maquette.ops import here
from maquette.ops.mailbox import Channel
from maquette.remote.client import running_model
from maquette.remote.command import run_command
from tests.console.fake_stage import FakeStage
from tests.words import english


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


def test_a_socket_that_a_former_life_left_is_replaced_and_one_that_is_served_is_not(tmp_path):
    path = tmp_path / "run" / "socket"

    async def run() -> None:
        hub = Hub(ConsoleStart(FakeStage().exhibition, ConsoleSettings()), lambda _message: None)
        path.parent.mkdir()
        with socket.socket(socket.AF_UNIX) as former:
            former.bind(str(path))
        mine = await listen_here(hub, path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert [file.name for file in path.parent.iterdir()] == ["socket"]
        heard = asyncio.Event()
        with hub.listening(lambda _message: heard.set()):
            waiting = asyncio.create_task(listen_here(hub, path, first_wait_s=0.01))
            await heard.wait()
            assert [(alert.code, alert.subject) for alert in hub.alerts] == [("console_no_socket", str(path))]
            mine.close()
            (await waiting).close()
        assert hub.alerts == ()

    asyncio.run(run())


def test_a_path_too_long_for_a_socket_is_told(tmp_path):
    path = tmp_path / ("x" * 120) / "socket"

    async def run() -> None:
        hub = Hub(ConsoleStart(FakeStage().exhibition, ConsoleSettings()), lambda _message: None)
        heard = asyncio.Event()
        with hub.listening(lambda _message: heard.set()):
            waiting = asyncio.create_task(listen_here(hub, path))
            await heard.wait()
        waiting.cancel()
        assert dict(hub.alerts[0].arguments)["reason"] == message("socket_path_long", limit=107)

    asyncio.run(run())
    with pytest.raises(RemoteError) as refused:
        running_model([path], "en")
    assert "at most 107 bytes" in english(refused.value.message)


def test_the_process_serves_what_the_stage_tells_and_ends_with_its_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(here, "SERVICE_RUNTIME", tmp_path)
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
    exhibition = replace(stage.exhibition, simulated=False)
    channel.post(ConsoleStart(exhibition, ConsoleSettings(port=port), socket=tmp_path / "socket"))
    channel.post(Alert(NEW_PIN))
    channel.post(stage.snapshot)
    try:
        assert child.stderr is not None
        assert f"http://127.0.0.1:{port}" in child.stderr.readline()
        assert requests.get(f"http://127.0.0.1:{port}/api/state", timeout=5).json()["scenario"] == "air"
        with requests.Session() as session:
            session.headers["origin"] = f"http://127.0.0.1:{port}"
            refused = session.post(f"http://127.0.0.1:{port}/api/commands", json={"command": "next"}, timeout=5)
            assert refused.json()["code"] == "pin_not_configured", "this machine is no exception outside a simulation"
            assert session.put(f"http://127.0.0.1:{port}/api/pin", json={"pin": "975310"}, timeout=5).json()["may_act"]
            assert received.get(timeout=10) == Alert(NEW_PIN, over=True)
            asking = asyncio.run(asked(session, f"http://127.0.0.1:{port}/api/commands", received, channel))
        assert asking == {
            "ok": False,
            "code": "nothing_playing",
            "text": "Aucun scénario n'est en cours.",
            "hint": None,
        }
        terminals(tmp_path, capsys, received, channel)
        channel.close()
        assert child.wait(10) == 0
        assert run_command({"command": "next"}, tmp_path, "en", as_json=False) == 1
        assert "no model is running here" in capsys.readouterr().err
        assert child.stderr.read() == ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        child.wait()
        if child.stderr is not None:
            child.stderr.close()
        channel.close()


def terminals(folder, capsys, received, channel):
    """A command and a question from a terminal, over the Unix socket."""
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(run_command, {"command": "next"}, folder, "en", as_json=False)
        channel.post(Answer(received.get(timeout=10), "nothing_playing"))
        assert asking.result() == 1
    assert capsys.readouterr().err == "maquette: No scenario is playing.\n"
    assert run_command(None, folder, "en", as_json=False) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["Playing: The air we breathe", "Step 1 of 3: Today's index"]


async def asked(session, url, received, channel):
    answer = asyncio.create_task(asyncio.to_thread(session.post, url, json={"command": "next"}, timeout=5))
    command = await asyncio.to_thread(received.get)
    assert isinstance(command, Command)
    channel.post(Answer(command, "nothing_playing"))
    return (await answer).json()
