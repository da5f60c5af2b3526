"""The WebSocket, with real clients."""

import json
import socket
import struct
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from maquette.console.frames import encode_frame
from maquette.core.events import Command
from maquette.core.exhibition import ConsoleSettings
from maquette.core.snapshot import ShownFrame, Watching
from tests.console.conftest import Console, running
from tests.console.fake_stage import FakeStage


def listen(console: Console, query: str = ""):
    return connect(f"ws://127.0.0.1:{console.port}/api/live{query}", open_timeout=5, close_timeout=2)


def receive(line, kind: type[str] | type[bytes]):
    while not isinstance(message := line.recv(timeout=5), kind):
        pass
    return message


def read_on(line):
    while True:
        line.recv(timeout=5)


def test_the_state_comes_at_once_and_on_each_change(console):
    with listen(console, "?lang=en") as line:
        assert json.loads(line.recv(timeout=5))["title"] == "The air we breathe"
        stage = console.stage
        stage.tell(replace(stage.snapshot, brightness=15))
        while json.loads(line.recv(timeout=5))["brightness"] != 15:
            pass


def test_frames_come_only_to_those_who_ask(console):
    with listen(console) as line:
        assert not any(isinstance(message, Watching) for message in console.stage.posted)
        line.send('{"watch": "frames"}')
        frame = receive(line, bytes)
        version, servos, leds, _ = struct.unpack_from("<BBHI", frame)
        assert (version, servos, leds) == (1, 3, console.stage.exhibition.led_count)
        assert len(frame) == 8 + 2 * servos + 3 * leds
        line.send('{"watch": "state"}')
        line.send('{"command": "next"}')  # obeyed in order
        while "ok" not in json.loads(receive(line, str)):
            pass
    assert [m.frames for m in console.stage.posted if isinstance(m, Watching)] == [True, False]


def test_a_page_that_asks_for_one_frame_is_sent_the_newest_and_no_more(console):
    with listen(console) as line:
        line.send('{"watch": "frame"}')
        receive(line, bytes)
        for sequence in (901, 902, 903):
            console.stage.tell(ShownFrame(sequence, b"", ()))
        line.send('{"command": "next"}')
        while "ok" not in json.loads(line.recv(timeout=5)):  # a frame would be no JSON
            pass
        line.send('{"watch": "frame"}')
        _, _, _, sequence = struct.unpack_from("<BBHI", receive(line, bytes))
        assert sequence not in (901, 902)


def test_who_watches_next_sees_no_frame_of_before(console):
    with listen(console) as line:
        line.send('{"watch": "frames"}')
        receive(line, bytes)
        line.send('{"watch": "state"}')
        line.send('{"command": "next"}')
        while "ok" not in json.loads(receive(line, str)):
            pass
    assert console.call(lambda: console.hub.frame) is None


def test_the_last_page_that_leaves_stops_the_frames(console):
    with listen(console) as one, listen(console) as other:
        for line in (one, other):
            line.send('{"watch": "frames"}')
            receive(line, bytes)
        one.close()
        receive(other, bytes)
        assert console.stage.watched
        other.close()
        with listen(console) as third:
            while console.stage.watched:
                third.recv(timeout=5)
    assert [m.frames for m in console.stage.posted if isinstance(m, Watching)] == [True, False]


def test_a_page_that_stops_reading_never_makes_memory_grow():
    stage = FakeStage()
    with running(stage=stage) as console, socket.create_connection(("127.0.0.1", console.port)) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(
            f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{console.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n\r\n".encode()
        )
        assert b"101" in line.recv(64)
        wish = b'{"watch": "frames"}'
        line.sendall(bytes([0x81, 0x80 | len(wish), 0, 0, 0, 0]) + wish)
        with listen(console) as quick:
            quick.send('{"watch": "frames"}')
            receive(quick, bytes)
            big = bytes(3 * 20_000)
            for sequence in range(400):  # 24 MB, far more than any buffer
                console.stage.tell(ShownFrame(sequence, big, ()))
                receive(quick, bytes)
        waiting = console.call(lambda: sum(t.get_write_buffer_size() for t in transports(console)))
        assert waiting < 4 * len(big)


def transports(console: Console):
    # asyncio tells of its open lines only here.
    return [t for t in console.loop._transports.values() if not t.is_closing()]  # type: ignore[attr-defined]  # its own


def test_a_command_may_come_over_the_line_and_is_answered_there(console):
    with listen(console) as line:
        line.send('{"command": "play", "scenario": "rhone"}')
        while "ok" not in (message := json.loads(receive(line, str))):
            pass
        assert message["ok"]
        assert message["state"]["scenario"] == "rhone"
    assert any(isinstance(message, Command) for message in console.stage.posted)


@pytest.mark.parametrize("message", ["{", '{"watch": "everything"}', "[]", '{"command": "\\ud800"}', "x" * 2000])
def test_a_message_that_means_nothing_ends_the_line(console, message):
    with listen(console) as line:
        line.send(message)
        with pytest.raises(ConnectionClosed):
            read_on(line)


def test_binary_from_a_page_ends_the_line(console):
    with listen(console) as line:
        line.send(b"\x00")
        with pytest.raises(ConnectionClosed):
            read_on(line)


def test_a_silent_stage_gives_a_refusal_in_time(monkeypatch):
    monkeypatch.setattr("maquette.console.hub.ANSWER_LIMIT_S", 0.05)
    with running(ConsoleSettings(port=0), FakeStage(silent=True)) as console, listen(console) as line:
        line.send('{"command": "next"}')
        while "ok" not in (message := json.loads(receive(line, str))):
            pass
        assert message["code"] == "no_answer"


def test_a_frame_is_written_as_documented():
    data = encode_frame(ShownFrame(2**32 + 7, bytes([1, 2, 3]), (-90.0, 400.0)))
    assert data == struct.pack("<BBHIhh", 1, 2, 1, 7, -9000, 32767) + bytes([1, 2, 3])
