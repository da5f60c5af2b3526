"""Who asks: keys, passwords and tokens reach the server that they are for, and nobody else."""

import base64
import json
import logging
import traceback

import pytest
from pydantic import ValidationError

from maquette.console.wording import Wording
from maquette.core.readings import Quality
from maquette.errors import FeedError
from maquette.feeds.authorisation import authorisation_of
from maquette.feeds.request import Request
from maquette.feeds.sources import SOURCES
from maquette.feeds.store import terms_digest
from maquette.feeds.transport import Client
from tests.feeds.documents import document
from tests.feeds.server import closed_port
from tests.feeds.world import GOOD
from tests.words import english

KEY = "s3cr3t-k3y"
HEADER = {"kind": "header", "prefix": "Bearer ", "key": "${POND_KEY}"}


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    for name in ("POND_KEY", "POND_SECRET"):
        monkeypatch.setenv(name, KEY)


def connect(url, auth, **options):
    return SOURCES["http_json"].connect(document(url=url, auth=auth, **options), lambda: None)


def refused(connection) -> FeedError:
    with pytest.raises(FeedError) as caught:
        connection.fetch()
    return caught.value


# -- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_stands_in_the_address(server):
    connect(
        server.at("/data", GOOD), {"kind": "key", "param": "apikey", "key": "${POND_KEY}"}, params={"a": "b"}
    ).fetch()
    assert server.requests[0][0] == f"/data?a=b&apikey={KEY}"


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (HEADER, "Authorization", f"Bearer {KEY}"),
        ({"kind": "header", "header": "apikey", "key": "${POND_KEY}"}, "apikey", KEY),
        (
            {"kind": "basic", "username": "né", "password": "${POND_KEY}"},
            "Authorization",
            f"Basic {base64.b64encode(f'né:{KEY}'.encode()).decode()}",
        ),
    ],
)
def test_a_key_stands_in_a_header(server, auth, header, value):
    connect(server.at("/", GOOD), auth).fetch()
    assert server.requests[0][1][header] == value


def test_a_key_may_be_a_file_of_the_system_s_credentials(server, monkeypatch, tmp_path):
    monkeypatch.delenv("POND_KEY")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "POND_KEY").write_text("from-a-file\n")
    connect(server.at("/", GOOD), HEADER).fetch()
    assert server.requests[0][1]["Authorization"] == "Bearer from-a-file"


@pytest.mark.parametrize("key", [None, "", "two\nlines", "clé"])
def test_a_feed_without_a_usable_key_says_so_and_asks_nobody(server, monkeypatch, key):
    if key is None:
        monkeypatch.delenv("POND_KEY")
    else:
        monkeypatch.setenv("POND_KEY", key)
    with pytest.raises(FeedError) as caught:
        connect(server.at("/", GOOD), HEADER)
    assert caught.value.code == "no_key"
    assert not key or key not in str(caught.value)
    assert server.requests == []


def test_the_alert_names_the_key_and_the_rest_goes_on(server, world, monkeypatch):
    monkeypatch.delenv("POND_KEY")
    url = server.at("/", GOOD)
    here = world({"pond": document(url=url, auth=HEADER), "lake": document(url=url)})
    here.turns(2)
    assert (here.quality("pond"), here.reading("pond").problem) == (Quality.MISSING, "no_key")
    assert here.quality("lake") is Quality.LIVE
    (alert,) = here.alerts.standing
    assert Wording("en").alert(alert) == "pond: the key 'POND_KEY' is not set on this machine."
    assert "POND_KEY" in Wording("fr").alert(alert)


def test_a_key_that_is_refused_is_not_an_error_of_the_server(server):
    for status in (401, 403):
        connection = connect(server.at("/", lambda h, status=status: h.send(status=status)), HEADER)
        assert refused(connection).code == "access_refused"
    assert len(server.requests) == 2


def test_a_key_never_goes_to_another_host(server):
    server.at("/new", GOOD)
    location = f"http://localhost:{server.server_port}/new"
    url = server.at("/old", lambda h: h.send(status=302, Location=location))
    for auth in (HEADER, {"kind": "key", "param": "apikey", "key": "${POND_KEY}"}):
        connect(url, auth, allow_hosts=[f"localhost:{server.server_port}"]).fetch()
        path, headers = server.requests[-1]
        assert path == "/new"
        assert KEY not in str(headers)


@pytest.mark.parametrize("kind", ["key", "header"])
def test_no_log_and_no_error_holds_a_key_or_an_address(server, caplog, monkeypatch, kind):
    caplog.set_level(logging.DEBUG)
    auth = {"key": {"kind": "key", "param": "apikey", "key": "${POND_KEY}"}, "header": HEADER}[kind]
    wrong = [
        f"http://127.0.0.1:{closed_port()}/secret-path",
        server.at("/secret-path", lambda h: h.wfile.write(b"220 smtp ready\r\n")),
        server.at("/secret-path-2", lambda h: h.send(GOOD, length=500)),
        server.at("/secret-path-3", lambda h: h.send(status=302, Location=f"/secret-path-3?apikey={KEY}")),
        server.at("/secret-path-4", lambda h: h.send(status=302, Location="http://[::1")),
        server.at("/secret-path-5", lambda h: h.hang()),
        "https" + server.at("/secret-path-6", GOOD).removeprefix("http"),
    ]
    for url in wrong:
        error = refused(connect(url, auth, timeout="200 ms"))
        told = "".join(traceback.format_exception(error)) + repr(error)
        assert KEY not in told
        assert "secret-path" not in told
    assert KEY not in caplog.text
    assert "secret-path" not in caplog.text


def test_what_is_kept_on_the_disk_holds_no_key(server, world, tmp_path):
    here = world({"pond": document(url=server.at("/", GOOD), auth=HEADER)}, state=tmp_path)
    here.turns()
    assert here.quality() is Quality.LIVE
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(KEY.encode() in content for content in kept)


def test_another_key_makes_no_other_feed(monkeypatch):
    before = terms_digest(document(auth=HEADER))
    monkeypatch.setenv("POND_KEY", "another")
    assert terms_digest(document(auth=HEADER)) == terms_digest(document()) == before


def test_documents_hold_names_only():
    assert KEY not in repr(document(auth=HEADER))


# -- tokens -----------------------------------------------------------------------------------------------------------


class Gate:
    """A server that gives tokens and takes the last one only."""

    def __init__(self, server, expires_in=1500, token="access_token"):
        self.given, self.valid, self.expires_in = 0, None, expires_in
        self.token = server.at("/token", self.give)
        self.data = server.at("/data", self.answer)
        self.name = token

    def give(self, handler):
        self.given += 1
        self.valid = f"token-{self.given}"
        handler.send(json.dumps({self.name: self.valid, "expires_in": self.expires_in}).encode())

    def answer(self, handler):
        right = handler.headers["Authorization"] == f"Bearer {self.valid}"
        handler.send(GOOD) if right else handler.send(b"{}", status=401)


@pytest.fixture
def gate(server):
    return Gate(server)


def credentials(gate, **changes):
    plain = {
        "kind": "client_credentials",
        "url": gate.token,
        "client_id": "us",
        "client_secret": "${POND_SECRET}",
        "scope": "offers o2",
    }
    return {**plain, **changes}


def test_a_token_is_fetched_once_and_serves_until_it_is_refused(server, gate):
    connection = connect(gate.data, credentials(gate))
    connection.fetch()
    connection.fetch()
    assert gate.given == 1
    assert server.bodies == [f"grant_type=client_credentials&client_id=us&client_secret={KEY}&scope=offers+o2".encode()]
    gate.valid = "another"
    connection.fetch()
    assert gate.given == 2
    assert [path for path, _ in server.requests] == ["/token", "/data", "/data", "/data", "/token", "/data"]


def test_a_fresh_token_that_is_refused_is_not_fetched_again(server, gate):
    server.at("/data", lambda h: h.send(status=401))
    connection = connect(gate.data, credentials(gate))
    assert refused(connection).code == "access_refused"
    assert gate.given == 1
    assert refused(connection).code == "access_refused"
    assert gate.given == 2


@pytest.mark.parametrize(("expires_in", "later", "given"), [(1500, 1469, 1), (1500, 1471, 2), (20, 9, 1), (20, 11, 2)])
def test_a_token_is_renewed_before_it_expires(server, expires_in, later, given):
    gate, now = Gate(server, expires_in), [100.0]
    auth = document(auth=credentials(gate)).auth
    assert auth is not None
    client = Client(timeout_s=5, max_bytes=1000, authorisation=authorisation_of(auth, lambda: now[0]))
    for _ in range(2):
        with client.turn(), client.ask(Request(gate.data)) as answer:
            assert answer.read() == GOOD
        now[0] += later
    assert gate.given == given


def test_a_login_is_repeated_when_its_token_is_refused(server):
    gate = Gate(server, expires_in=None, token="jwt")
    auth = {"kind": "login", "url": gate.token, "send": {"username": "${POND_KEY}"}, "token": "jwt"}
    connection = connect(gate.data, auth)
    connection.fetch()
    gate.valid = "another"
    connection.fetch()
    assert server.bodies == [json.dumps({"username": KEY}).encode()] * 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda h: h.send(b'{"error": "invalid_client"}', status=400), "access_refused"),
        (lambda h: h.send(status=401), "access_refused"),
        (lambda h: h.send(status=503), "http_status"),
        (lambda h: h.send(status=302, Location="/data"), "redirected"),
        (lambda h: h.send(b"<html>"), "html"),
        (lambda h: h.send(b"[]"), "bad_shape"),
        (lambda h: h.send(b'{"access_token": 7}'), "bad_shape"),
        (lambda h: h.send(b'{"access_token": "two\\nlines"}'), "bad_shape"),
        (lambda h: h.hang(), "timeout"),
    ],
)
def test_where_no_token_is_to_be_had_nothing_else_is_asked(server, gate, answer, code):
    server.at("/token", answer)
    assert refused(connect(gate.data, credentials(gate), timeout="200 ms")).code == code
    assert [path for path, _ in server.requests] == ["/token"]


def test_what_is_meant_for_the_feed_s_server_does_not_reach_the_one_that_gives_tokens(server, gate):
    connect(gate.data, credentials(gate), headers={"X-Own": "1"}, params={"own": "1"}).fetch()
    (token, told), (data, _) = server.requests
    assert (token, "X-Own" in told, data) == ("/token", False, "/data?own=1")


# -- documents --------------------------------------------------------------------------------------------------------


def fault_in(**changes):
    with pytest.raises(ValidationError) as caught:
        document(**changes)
    (error,) = caught.value.errors()
    context = error.get("ctx", {})
    return (
        context["message"].code if "message" in context else error["type"],
        english(context.get("hint")),
        error["loc"],
    )


@pytest.mark.parametrize(
    "auth",
    [
        {"kind": "key", "param": "k", "key": KEY},
        {"kind": "header", "key": f"Bearer {KEY}"},
        {"kind": "header", "key": "Bearer ${POND_KEY}"},
        {"kind": "basic", "username": "me", "password": KEY},
        {"kind": "client_credentials", "url": "https://a.org/t", "client_id": "me", "client_secret": KEY},
        {"kind": "login", "url": "https://a.org/t", "send": {"password": KEY}},
    ],
)
def test_a_secret_that_stands_in_a_document_is_an_error(auth):
    code, hint, place = fault_in(auth=auth)
    assert code == "E362"
    assert "${NAME}" in hint
    assert KEY not in f"{hint}{place}"


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"apikey": "${POND_KEY}"}},
        {"params": {"apikey": "${POND_KEY}"}},
        {"url": "https://example.org/?apikey=${POND_KEY}"},
        {"url": "https://me:password@example.org/"},
        {"auth": {**HEADER, "prefix": "${POND_KEY}"}},
    ],
)
def test_a_secret_is_only_named_where_it_is_looked_up(changes):
    code, hint, _ = fault_in(**changes)
    assert code == "E111"
    assert "'auth'" in hint


@pytest.mark.parametrize("auth", [{"kind": "bearer"}, {"key": "${POND_KEY}"}, "${POND_KEY}", {"kind": ["key"]}])
def test_a_way_to_be_known_that_nobody_knows_is_refused(auth):
    code, hint, place = fault_in(auth=auth)
    assert (code, place) == ("E111", ("auth",))
    assert "client_credentials" in hint
