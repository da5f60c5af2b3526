"""What nobody should send: too much, too slowly, by too many, half or forged. Each is refused clearly, and the others notice nothing."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import requests
from starlette.requests import HTTPConnection

from maquette.console import command_routes, reception
from maquette.console.access import access, connections, gate
from maquette.console.access.access import COOKIE, Role
from maquette.console.access.sessions import Moment
from maquette.core.exhibition import ConsoleSettings
from tests.console.asked import HOST, Asked
from tests.console.conftest import Console, running
from tests.console.fake_stage import FakeStage

HANDSHAKE = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n"
CAREFUL = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture
def console(shared: Console) -> Console:
    shared.reset()
    return shared


class Line:
    """A bare line to the console: what a browser would never send can be sent on it."""

    def __init__(self, console: Console) -> None:
        self._socket = socket.create_connection(("127.0.0.1", console.port), timeout=10)
        self._host = f"127.0.0.1:{console.port}"

    def send(self, method: str, path: str, headers: str = "", body: bytes = b"") -> None:
        """Send a head, and the beginning of a body."""
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{headers}\r\n".encode() + body)

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of an answer that has a length; status 0 when the line is closed instead."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self._received()
            if not piece:
                return 0, {}, b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += self._received()
        return int(first.split()[1]), headers, body

    def is_closed(self) -> bool:
        """Wait until the console ends the line."""
        while self._received():
            pass
        return True

    def _received(self) -> bytes:
        try:
            return self._socket.recv(65_536)
        except ConnectionResetError:
            return b""

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def line(console: Console) -> Iterator[Line]:
    with Line(console) as line:
        yield line


def code_of(body: bytes) -> str:
    return str(json.loads(body)["code"])


AS_JSON = "Content-Type: application/json\r\n"

# -- too much, too slowly ------------------------------------------------------------------------------------------


def test_a_body_that_is_announced_too_large_is_refused_before_a_byte_of_it_has_come(line):
    line.send("POST", "/api/commands", f"{AS_JSON}Content-Length: 10000000000\r\n")
    status, headers, body = line.answer()
    assert (status, code_of(body)) == (413, "too_large")
    assert headers["x-content-type-options"] == "nosniff"


def test_a_body_that_never_says_how_large_it_is_ends_where_the_limit_is(line):
    line.send("POST", "/api/commands", f"{AS_JSON}Transfer-Encoding: chunked\r\n")
    line.write((b"1000\r\n" + b"x" * 4096 + b"\r\n") * 3)
    status, _, body = line.answer()
    assert (status, code_of(body)) == (413, "too_large")


def test_a_body_that_trickles_in_is_not_waited_for(line, monkeypatch):
    monkeypatch.setattr(reception, "BODY_S", 0.05)
    line.send("POST", "/api/commands", f"{AS_JSON}Content-Length: 20\r\n", b'{"com')
    status, _, body = line.answer()
    assert (status, code_of(body)) == (408, "too_slow")


def test_a_head_that_never_ends_ends_with_its_line(console, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_S", 0.05)
    with Line(console) as silent, Line(console) as slow, Line(console) as second:
        slow.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        second.send("GET", "/healthz")
        assert second.answer()[0] == 200
        second.write(b"GET ")
        assert silent.is_closed()
        assert slow.is_closed()
        assert second.is_closed()


def test_an_answer_that_nobody_takes_ends_with_its_line(monkeypatch):
    for name in ("EXCHANGE_S", "HEAD_S"):  # what has been written waits for the line, not for the application
        monkeypatch.setattr(connections, name, 0.2)
    stage = FakeStage()
    stage.exhibition = replace(stage.exhibition, plan_svg="<svg/>" + " " * 4_000_000)
    with running(stage=stage) as console, Line(console) as slow:
        slow.send("GET", "/plan.svg")
        assert requests.get(f"{console.url}/healthz", timeout=5).ok
        while console.call(lambda: [each for each in console.loop._transports.values() if not each.is_closing()]):  # type: ignore[attr-defined]  # asyncio tells of its open lines only here
            pass


@pytest.mark.parametrize(
    "garbage",
    [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"A" * 70_000],
)
def test_what_is_no_request_is_refused(line, garbage):
    line.write(garbage)
    status, headers, body = line.answer()
    assert status == 400
    assert b"Traceback" not in body
    assert "server" not in headers
    assert line.is_closed()


# -- on the live line ----------------------------------------------------------------------------------------------


def part(kind: int, data: bytes = b"") -> bytes:
    """Return a frame of a page (RFC 6455, 5.2): its first byte, then the data, masked with nothing."""
    return bytes([kind, 0x80 | len(data)]) + bytes(4) + data


def closing_code(line: Line) -> int:
    """Return with which code the live line is closed."""
    data = b""
    while piece := line._received():
        data += piece
    return int.from_bytes(data[data.rindex(b"\x88") + 2 :][:2])


@pytest.mark.parametrize(
    ("data", "code"),
    [(part(0x01) + part(0x00) * 200, 1009), (part(0x81, b"\xff\xfe"), 1007), (part(0x01, b"\xc3") + part(0x80), 1007)],
)
def test_a_message_of_endless_parts_or_of_no_text_ends_its_line_and_leaves_the_log_alone(line, caplog, data, code):
    line.send("GET", "/api/live", HANDSHAKE)
    assert line.answer()[0] == 101
    line.write(data)
    assert closing_code(line) == code
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


def test_signs_of_life_that_are_asked_for_and_not_taken_end_the_line(line):
    line.send("GET", "/api/live", HANDSHAKE)
    with pytest.raises(ConnectionError):
        line.write(part(0x89, bytes(125)) * 200_000)


def test_a_live_line_that_is_refused_leaves_the_log_alone(line, caplog):
    line.send("GET", "/api/live", HANDSHAKE + "Origin: http://evil.example\r\n")
    status, _, body = line.answer()
    assert (status, code_of(body)) == (403, "foreign_page")
    assert line.is_closed()
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


# -- too many ------------------------------------------------------------------------------------------------------


def test_five_hundred_idle_pages_keep_nobody_out_who_may_act(monkeypatch):
    monkeypatch.setattr(access, "is_loopback", lambda _address: False)
    monkeypatch.setattr(gate, "is_near", lambda _connection: True)  # all of one address, but counted together
    settings = ConsoleSettings(port=0, pin="246813")
    with running(settings) as console, ExitStack() as open_lines:
        origin = {"origin": console.url}
        signed = requests.post(f"{console.url}/api/session", json={"pin": "246813"}, headers=origin, timeout=5)
        cookie = f"Cookie: {COOKIE}={signed.cookies[COOKIE]}\r\nOrigin: {console.url}\r\n"
        monkeypatch.setattr(connections, "OF_ONE_ADDRESS", 1000)
        lines = [open_lines.enter_context(Line(console)) for _ in range(500)]
        for each in lines:
            each.send("GET", "/api/live", HANDSHAKE)
        answers = [each.answer() for each in lines]
        statuses = sorted(status for status, _, _ in answers)
        assert statuses == [101] * gate.PAGES_AT_MOST + [503] * (500 - gate.PAGES_AT_MOST)
        refused = next(answer for answer in answers if answer[0] == 503)
        assert (code_of(refused[2]), refused[1]["retry-after"]) == ("too_busy", "5")
        assert CAREFUL.items() <= refused[1].items()
        with Line(console) as mediator:
            mediator.send("GET", "/api/live", HANDSHAKE + cookie)
            assert mediator.answer()[0] == 101
        assert requests.get(f"{console.url}/api/state", timeout=5).ok


def test_one_address_takes_no_more_than_its_share(monkeypatch):
    monkeypatch.setattr(connections, "is_loopback", lambda _address: False)
    monkeypatch.setattr(gate, "is_near", lambda _connection: False)
    monkeypatch.setattr(connections, "OF_ONE_ADDRESS", 6)
    monkeypatch.setattr(gate, "PAGES_OF_ONE_ADDRESS", 2)
    with running(ConsoleSettings(port=0, pin="246813"), real_stage()) as console, ExitStack() as open_lines:
        monkeypatch.setattr(access, "is_loopback", lambda _address: False)
        pages = [open_lines.enter_context(Line(console)) for _ in range(3)]
        for page in pages:
            page.send("GET", "/api/live", HANDSHAKE)
        assert [page.answer()[0] for page in pages] == [101, 101, 503]
        for _ in range(6):
            open_lines.enter_context(Line(console)).write(b"GET ")
        with Line(console) as further:
            status, headers, body = further.answer()
        assert (status, headers["retry-after"], body[:8]) == (503, "5", b"Too many")


def test_where_all_lines_are_taken_the_one_that_asks_for_nothing_gives_way(console, monkeypatch):
    monkeypatch.setattr(connections, "AT_MOST", 4)
    with ExitStack() as open_lines:
        idle = [open_lines.enter_context(Line(console)) for _ in range(8)]
        assert idle[0].is_closed()
        assert requests.get(f"{console.url}/healthz", timeout=5).ok


def test_a_flood_of_attempts_is_verified_one_at_a_time(monkeypatch):
    under_way, most = 0, 0

    def is_of(_given: str, _record: str) -> bool:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        under_way -= 1
        return False

    monkeypatch.setattr(access, "is_record", lambda _text: True)
    monkeypatch.setattr(access, "is_of", is_of)
    asked = Asked(ConsoleSettings(host="0.0.0.0", pin="246813", names=(HOST,)))

    async def flood() -> list[Any]:
        clients = [connection_of(f"10.0.0.{n}") for n in range(100)]
        return await asyncio.gather(*(asked.access.open_session(Role.MEDIATOR, "0", client) for client in clients))

    answers = asyncio.run(flood())
    assert most == 1
    assert answers.count(None) == 20, "the others wait"


def connection_of(address: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [], "client": (address, 1), "server": (HOST, 80), "path": "/"})


def real_stage() -> FakeStage:
    stage = FakeStage()
    stage.exhibition = replace(stage.exhibition, simulated=False)
    return stage


# -- forged, odd and gone ------------------------------------------------------------------------------------------


def test_every_answer_of_every_route_is_careful_errors_among_them(console, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    paths = [row.path.replace("{", "").replace("}", "") for row in console.web.endpoints if row.method == "GET"]
    paths += [
        "/",
        "/model",
        "/plan.svg",
        "/locale/fr.json",
        "/static/base.css",
        "/static/../access.py",
        "/nothing",
        "/api/nothing",
    ]
    asked = [requests.get(console.url + path, timeout=10) for path in paths]
    asked += [
        requests.request(method, f"{console.url}/api/commands", timeout=5) for method in ("PUT", "OPTIONS", "TRACE")
    ]
    asked.append(requests.get(console.url, headers={"host": "evil.example"}, timeout=5))
    asked.append(requests.post(f"{console.url}/api/commands", data="x", timeout=5))
    monkeypatch.setattr(command_routes, "carry_out", fail)
    failed = requests.post(f"{console.url}/api/commands", json={"command": "next"}, timeout=5)
    assert (failed.status_code, failed.json()["code"]) == (500, "failed")
    assert "secret" not in failed.text
    for answer in (*asked, failed):
        assert (
            CAREFUL.items() <= dict(answer.headers).items()
            or CAREFUL.items() <= {name.lower(): value for name, value in answer.headers.items()}.items()
        ), answer.url
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), answer.url
        if "svg" not in answer.headers.get("content-type", ""):
            for part in ("base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"):
                assert part in policy, answer.url
            assert "unsafe" not in policy
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../access.py",
        "/static/..%2f..%2faccess.py",
        "/static/%2e%2e/pin.html",
        "/locale/..%2fen.json",
        "/static//etc/passwd",
        "/static/a%00b",
    ],
)
def test_no_path_leads_out_of_what_is_served(line, path):
    line.send("GET", path)
    status, _, body = line.answer()
    assert status == 404
    assert code_of(body) == "not_found"


def test_a_scenario_that_was_just_deleted_is_refused_with_the_nearest_that_is_left(console):
    answer = requests.post(f"{console.url}/api/commands", json={"command": "play", "scenario": "airs"}, timeout=5)
    assert (answer.status_code, answer.json()["code"], answer.json()["hint"]) == (
        404,
        "unknown_scenario",
        "Vouliez-vous dire «\u00a0air\u00a0»\u00a0?",
    )


def test_a_session_that_ends_while_a_page_listens_no_longer_commands():
    asked = Asked(ConsoleSettings(host="0.0.0.0", pin="246813", names=(HOST,)))
    asked.browse("POST", "/api/session", {"pin": "246813"})
    cookie = f"{COOKIE}={asked.browser[COOKIE]}".encode()
    page = HTTPConnection(
        {"type": "websocket", "headers": [(b"cookie", cookie)], "client": ("10.0.0.1", 1), "path": "/"}
    )
    assert asked.access.why_not(page, Role.MEDIATOR) is None
    asked.moment = Moment("boot", 1e6, None)
    assert asked.access.why_not(page, Role.MEDIATOR) == "pin_required"
