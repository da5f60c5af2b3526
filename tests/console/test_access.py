"""Who may see and who may act."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from starlette.types import ASGIApp
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from maquette.console.access import FREE_ATTEMPTS, SESSION_S, Access, host_name, is_loopback, seen_here
from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart
from maquette.console.web import Web
from maquette.core.exhibition import ConsoleSettings
from tests.console.fake_stage import FakeStage

PHONE = "192.168.4.33"
PLAY = {"command": "play", "scenario": "rhone"}


@pytest.fixture
def console(shared):
    shared.reset()
    return shared


class Asked:
    """The application asked straight through ASGI, by a client whose address we choose."""

    def __init__(self, settings: ConsoleSettings, now: Callable[[], float] = lambda: 0.0) -> None:
        self.stage = FakeStage()
        self.hub = Hub(ConsoleStart(self.stage.exhibition, settings), self.stage.post)
        self.stage.tell = self.hub.receive
        self.stage.begin()
        self.app: ASGIApp = Web(self.hub, Access(settings, now)).app

    def ask(
        self, method: str, path: str, payload: object = None, client: str = PHONE, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        return asyncio.run(self._ask(method, path, payload, client, {"host": "maquette.local", **headers}))

    async def _ask(self, method, path, payload, client, headers) -> tuple[int, Any, dict[str, str]]:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
            "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"", "client": (client, 50000),
            "server": ("192.168.4.1", 8080), "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }  # fmt: skip
        body = json.dumps(payload).encode()
        sent: list[Any] = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        answer = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], json.loads(answer), {k.decode(): v.decode() for k, v in sent[0]["headers"]}


def settings(pin: str | None = None) -> ConsoleSettings:
    return ConsoleSettings(host="0.0.0.0", pin=pin, names=("maquette.local",))


def test_whoever_may_open_the_socket_may_act_but_what_a_proxy_passes_on_still_comes_from_elsewhere():
    asked = Asked(settings())
    answer = asked.ask("POST", "/api/commands", PLAY, host="evil.example", origin="http://evil.example")
    assert answer[1]["code"] == "unknown_host"
    asked.app = seen_here(asked.app)
    assert asked.ask("POST", "/api/commands", PLAY, host="evil.example", origin="http://evil.example")[0] == 200
    passed_on = {"x-forwarded-for": "10.0.0.1"}
    assert asked.ask("POST", "/api/commands", PLAY, **passed_on)[1]["code"] == "pin_not_configured"
    assert asked.ask("GET", "/api/state", host="evil.example", **passed_on)[1]["code"] == "unknown_host"


def test_anybody_may_look_from_the_models_own_network():
    status, state, _ = Asked(settings()).ask("GET", "/api/state")
    assert (status, state["scenario"]) == (200, "air")


def test_without_a_pin_no_other_device_may_act():
    asked = Asked(settings())
    assert asked.ask("POST", "/api/commands", PLAY)[:2][0] == 403
    assert asked.ask("POST", "/api/commands", PLAY)[1]["code"] == "pin_not_configured"
    assert asked.ask("POST", "/api/session", {"pin": ""})[1]["code"] == "pin_not_configured"
    assert asked.stage.posted == []


def test_this_machine_itself_needs_no_pin():
    for client in ("127.0.0.1", "::1", "127.8.8.8"):
        assert Asked(settings("2468")).ask("POST", "/api/commands", PLAY, client)[0] == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_what_a_proxy_of_this_machine_passes_on_is_not_local(header):
    asked = Asked(settings("2468"))
    assert asked.ask("POST", "/api/commands", PLAY, "127.0.0.1", **{header: "127.0.0.1"})[1]["code"] == "pin_required"
    assert asked.ask("POST", "/api/commands", PLAY, PHONE, **{header: "127.0.0.1"})[1]["code"] == "pin_required"
    assert asked.stage.posted == []


def test_the_right_pin_opens_a_session_whose_cookie_lets_act():
    asked = Asked(settings("2468"))
    assert asked.ask("POST", "/api/commands", PLAY)[1]["code"] == "pin_required"
    assert asked.ask("GET", "/api/session")[1] == {"ok": True, "may_act": False, "code": "pin_required"}
    status, _, headers = asked.ask("POST", "/api/session", {"pin": "2468"})
    cookie = headers["set-cookie"]
    assert status == 200
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert asked.ask("POST", "/api/commands", PLAY, cookie=cookie.partition(";")[0])[0] == 200


def test_a_session_ends_after_its_day_and_a_forged_one_never_begins():
    moment = [0.0]
    asked = Asked(settings("2468"), lambda: moment[0])
    cookie = asked.ask("POST", "/api/session", {"pin": "2468"})[2]["set-cookie"].partition(";")[0]
    for forged in (cookie + "0", "maquette_session=9999999999.x.0", "maquette_session=nan.x.", "maquette_session="):
        assert asked.ask("POST", "/api/commands", PLAY, cookie=forged)[1]["code"] == "pin_required"
    moment[0] = SESSION_S + 1.0
    assert asked.ask("POST", "/api/commands", PLAY, cookie=cookie)[1]["code"] == "pin_required"


def test_wrong_pins_have_to_wait_longer_and_longer():
    moment = [0.0]
    asked = Asked(settings("2468"), lambda: moment[0])
    for _ in range(FREE_ATTEMPTS):
        assert asked.ask("POST", "/api/session", {"pin": "0000"})[1]["code"] == "wrong_pin"
    status, answer, headers = asked.ask("POST", "/api/session", {"pin": "2468"})
    assert (status, answer["code"]) == (429, "too_many_attempts")
    assert int(headers["retry-after"]) >= 2
    assert asked.ask("POST", "/api/session", {"pin": "2468"}, client="192.168.4.34")[0] == 200
    moment[0] = 3.0
    assert asked.ask("POST", "/api/session", {"pin": "2468"})[0] == 200


@pytest.mark.parametrize("pin", [None, 2468, ["2468"], {"a": 1}])
def test_a_pin_that_is_no_text_is_refused(pin):
    assert Asked(settings("2468")).ask("POST", "/api/session", {"pin": pin})[0] == 400


@pytest.mark.parametrize("host", ["evil; script-src *", "evil' *", "évil"])
def test_a_host_that_is_no_name_never_reaches_the_policy(console, host):
    headers = {"host": host.encode("latin-1")}
    policy = requests.get(f"{console.url}/", headers=headers, timeout=5).headers["content-security-policy"]
    assert "connect-src 'self';" in policy


@pytest.mark.parametrize(
    "host", ["maquette.local", "MAQUETTE.local:8080", "maquette.local.", "localhost:8080", "192.168.4.1"]
)
def test_our_own_names_are_known(host):
    assert Asked(settings()).ask("GET", "/healthz", host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "192.168.4.2",
        "maquette.local.evil.example",
        "",
        "a@localhost",
        "localhost/x",
    ],
)
def test_a_foreign_host_name_is_refused_before_anything_else(host):
    asked = Asked(settings())
    for method, path in (("GET", "/"), ("GET", "/api/state"), ("POST", "/api/commands")):
        status, answer, _ = asked.ask(method, path, PLAY, client="127.0.0.1", host=host)
        assert (status, answer["code"]) == (403, "unknown_host")
    assert asked.stage.posted == []


def test_dns_rebinding_reaches_nothing_over_a_real_socket(console):
    for path in ("/", "/api/state", "/static/base.css"):
        assert requests.get(console.url + path, headers={"host": "evil.example"}, timeout=5).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file://", "http://127.0.0.1.evil.example"]
)
def test_a_page_of_another_site_may_neither_post_nor_listen(console, origin):
    answer = requests.post(f"{console.url}/api/commands", json=PLAY, headers={"origin": origin}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{console.port}/api/live", origin=origin)
    assert refused.value.response.status_code == 403


def test_a_page_of_ours_and_a_command_line_may_post(console):
    for headers in ({}, {"origin": console.url, "sec-fetch-site": "same-origin"}):
        assert requests.post(f"{console.url}/api/commands", json=PLAY, headers=headers, timeout=5).status_code == 200
    cross = requests.post(f"{console.url}/api/commands", json=PLAY, headers={"sec-fetch-site": "cross-site"}, timeout=5)
    assert cross.json()["code"] == "foreign_page"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.168.1.2", False),
        ("", False),
        (None, False),
        ("localhost", False),
    ],
)
def test_loopback_is_told_from_the_network(address, expected):
    assert is_loopback(address) is expected


def test_a_host_header_is_read_without_port_and_brackets():
    assert [host_name(h) for h in ("a.b:80", "[::1]:8080", "A.B", "a:b", "a b/c")] == ["a.b", "::1", "a.b", None, None]
