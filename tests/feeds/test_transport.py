import gzip
import json
import random
import socket
import ssl
import subprocess
import threading
import zlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette import __version__
from maquette.errors import FeedError
from maquette.feeds.content_encoding import unpacked_body
from maquette.feeds.request import Request
from maquette.feeds.sources import SOURCES
from maquette.feeds.transport import LARGEST_KEPT, Client
from tests.feeds.documents import NOON, document
from tests.feeds.server import SERVER_DATE, Server, closed_port, gzip_bomb

GOOD = json.dumps({"level": 3}).encode()


@pytest.fixture
def connect():
    """Return connections that are closed after the test."""
    opened = []

    def connect(url, *, params=None, headers=None, timeout_s=5.0, max_bytes=100_000, **others):
        options = {"timeout": f"{timeout_s} s", "max_size": f"{max_bytes // 1000} kB", "params": params or {}}
        feed = document(url=url, headers=headers or {}, **options, **others)
        connection = SOURCES["http_json"].connect(feed, lambda: None)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()
        connection.close()


def refused(connection) -> FeedError:
    with pytest.raises(FeedError) as caught:
        connection.fetch()
    return caught.value


def test_an_answer_is_decoded_and_says_what_time_it_is_there(server, connect):
    payload = connect(server.at("/", GOOD)).fetch()
    assert payload.content == {"level": 3}
    assert payload.server_time == NOON


def test_an_answer_that_lay_in_a_cache_is_older_than_its_date(server, connect):
    assert connect(server.at("/", GOOD, Age="90")).fetch().server_time == NOON + timedelta(seconds=90)


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 06 Oct 2026 10:00:00", "Tue, 99 Oct 2026 10:00:00 GMT"])
def test_a_server_without_a_usable_date_says_nothing_about_the_time(server, connect, date):
    assert connect(server.at("/", GOOD, Date=date)).fetch().server_time is None


def test_requests_say_who_asks_and_encode_plain_words(server, connect):
    connect(server.at("/data", GOOD), params={"where": 'code = "84" and x is not null'}, headers={"X-Key": "k"}).fetch()
    ((path, headers),) = server.requests
    assert path == "/data?where=code+%3D+%2284%22+and+x+is+not+null"
    assert headers["User-Agent"].startswith(f"Maquette/{__version__} (")
    assert headers["X-Key"] == "k"


def test_partial_content_is_a_success_since_some_services_page_that_way(server, connect):
    assert connect(server.at("/", lambda h: h.send(GOOD, status=206))).fetch().content == {"level": 3}


@pytest.mark.parametrize("kind", ["application/geo+json", "text/plain", "application/octet-stream", ""])
def test_json_under_another_label_is_still_json(server, connect, kind):
    assert connect(server.at("/", GOOD, Content_Type=kind)).fetch().content == {"level": 3}


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"<!DOCTYPE html><html>Maintenance</html>", {"Content_Type": "text/html; charset=utf-8"}, "html"),
        (b" \n<!DOCTYPE html><html>Maintenance</html>", {}, "html"),
        (b"<?xml version='1.0'?><ows:ExceptionReport/>", {}, "not_json"),
        (b"", {}, "empty"),
        (b" \r\n ", {}, "empty"),
        (b'{"level": 3', {}, "not_json"),
        (b"ND", {}, "not_json"),
        (b'{"level": 3} trailing', {}, "not_json"),
        (b'{"level": ' + b"9" * 5000 + b"}", {}, "not_json"),
        (b"[" * 100_000, {}, "not_json"),
        ('{"place": "Irigny à midi"}'.encode("latin-1"), {}, "wrong_encoding"),
        (GOOD, {"Content_Type": "application/json; charset=klingon"}, "wrong_encoding"),
        (GOOD, {"Content_Encoding": "gzip"}, "wrong_encoding"),
        (b"[" + b"1," * 60_000 + b"1]", {}, "too_large"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_json_says_what_it_is(server, connect, body, headers, code):
    assert refused(connect(server.at("/", body, **headers))).code == code


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"place": "Irigny à midi"}'.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        ('{"place": "Irigny à midi"}'.encode("utf-8-sig"), "application/json"),
        ('{"place": "Irigny à midi"}'.encode(), "text/plain"),
        ('{"place": "Irigny à midi"}'.encode("utf-16"), "application/json"),
    ],
)
def test_a_declared_or_evident_encoding_is_obeyed(server, connect, body, kind):
    assert connect(server.at("/", body, Content_Type=kind)).fetch().content == {"place": "Irigny à midi"}


@pytest.mark.parametrize("status", [204, 205])
def test_no_content_is_empty(server, connect, status):
    assert refused(connect(server.at("/", lambda h: h.send(status=status)))).code == "empty"


@pytest.mark.parametrize("status", [400, 401, 404, 410, 500, 503, 304, 300])
def test_any_other_status_is_an_error_that_names_it(server, connect, status):
    error = refused(connect(server.at("/", lambda h: h.send(b"" if status == 304 else GOOD, status=status))))
    assert error.code == "http_status"
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": "Tue, 06 Oct 2026 10:05:00 GMT"}, 300),
        ({"Retry_After": "Tue, 06 Oct 2026 09:00:00 GMT"}, 0),
        ({"Retry_After": "999999999"}, 86400),
        ({"Retry_After": "Tue, 06 Oct 2026 10:05:00 GMT", "Date": ""}, None),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "later"}, None),
        ({}, None),
    ],
)
def test_a_server_that_asks_us_to_wait_is_heard(server, connect, headers, seconds):
    error = refused(connect(server.at("/", lambda h: h.send(status=429, **headers))))
    assert (error.code, error.retry_after_s) == ("rate_limited", seconds)


def test_a_redirect_on_the_same_host_is_followed_without_repeating_parameters(server, connect):
    server.at("/new", GOOD)
    url = server.at("/old", lambda h: h.send(status=301, Location="/new?page=1"))
    assert connect(url, params={"a": "b"}).fetch().content == {"level": 3}
    assert [path for path, _ in server.requests] == ["/old?a=b", "/new?page=1"]


@pytest.mark.parametrize(
    "target", ["http://localhost:{port}/new", "http://127.0.0.1:{other}/new", "ftp://127.0.0.1/new", "//example.org/"]
)
def test_a_redirect_to_another_host_is_refused_and_never_asked(server, connect, target):
    server.at("/new", GOOD)
    location = target.format(port=server.server_port, other=closed_port())
    assert refused(connect(server.at("/old", lambda h: h.send(status=302, Location=location)))).code == "redirected"
    assert len(server.requests) == 1


def test_a_redirect_to_a_host_that_the_document_allows_is_followed_without_our_headers(server, connect):
    server.at("/new", GOOD)
    location = f"http://localhost:{server.server_port}/new"
    url = server.at("/old", lambda h: h.send(status=302, Location=location))
    allowed = [f"localhost:{server.server_port}"]
    connection = connect(url, params={"key": "k"}, headers={"X-Key": "k"}, allow_hosts=allowed)
    assert connection.fetch().content == {"level": 3}
    (_, first), (path, second) = server.requests
    assert (first["X-Key"], path, "X-Key" in second) == ("k", "/new", False)


@pytest.mark.parametrize("allowed", ["localhost", "example.org", "localhost:{other}"])
def test_an_allowed_host_is_that_host_at_that_port(server, connect, allowed):
    server.at("/new", GOOD)
    location = f"http://localhost:{server.server_port}/new"
    url = server.at("/old", lambda h: h.send(status=302, Location=location))
    assert refused(connect(url, allow_hosts=[allowed.format(other=closed_port())])).code == "redirected"


def test_a_password_file_of_the_machine_s_user_has_no_say(server, connect, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    connect(server.at("/", GOOD)).fetch()
    assert "Authorization" not in server.requests[0][1]


def test_a_redirect_that_runs_in_circles_ends(server, connect):
    assert refused(connect(server.at("/old", lambda h: h.send(status=301, Location="/old")))).code == "redirected"
    assert len(server.requests) == 6


def test_an_unchanged_answer_is_not_sent_twice(server, connect):
    def answer(handler):
        if handler.headers.get("If-None-Match") == '"1"' and handler.headers.get("If-Modified-Since") == SERVER_DATE:
            handler.send(status=304, Date="Tue, 06 Oct 2026 11:00:00 GMT", Content_Type="")
        else:
            handler.send(GOOD, ETag='"1"', Last_Modified=SERVER_DATE)

    connection = connect(server.at("/", answer))
    first, second, third = connection.fetch(), connection.fetch(), connection.fetch()
    assert first.content == second.content == third.content == {"level": 3}
    assert second.server_time == NOON + timedelta(hours=1)


@pytest.mark.parametrize(("size", "kept"), [(2 * LARGEST_KEPT, True), (2 * LARGEST_KEPT, False)])
def test_a_large_answer_is_kept_only_if_it_packs_well(server, size, kept):
    body = b"0" * size if kept else random.Random(1).randbytes(size)
    url = server.at(
        "/", lambda h: h.send(status=304) if "If-None-Match" in h.headers else h.send(body, Content_Type="", ETag="1")
    )
    client = Client(timeout_s=20, max_bytes=3 * LARGEST_KEPT)
    for _ in range(2):
        with client.turn(), client.ask(Request(url)) as answer:
            assert answer.read() == body
    assert ["If-None-Match" in headers for _, headers in server.requests] == [False, kept]


def test_an_answer_that_was_not_read_to_its_end_is_not_kept(server):
    url = server.at("/", GOOD, ETag="1")
    client = Client(timeout_s=5, max_bytes=1000)
    for _ in range(2):
        with client.turn(), client.ask(Request(url)):
            pass
    assert all("If-None-Match" not in headers for _, headers in server.requests)


def test_an_answer_may_be_read_line_by_line(server):
    lines = [b"%d\n" % n for n in range(40_000)]
    client = Client(timeout_s=5, max_bytes=1_000_000)
    with client.turn(), client.ask(Request(server.at("/", b"".join(lines)))) as answer:
        assert list(answer.stream()) == lines


def test_what_goes_wrong_while_an_answer_is_read_line_by_line_has_its_reason(server):
    client = Client(timeout_s=5, max_bytes=100_000)
    for answer, code in ((lambda h: h.send(b"1\n" * 10, length=500), "cut_short"), (b"1\n" * 60_000, "too_large")):
        request = Request(server.at("/", answer, Content_Length=""))
        with pytest.raises(FeedError) as caught, client.turn(), client.ask(request) as lines:
            list(lines.stream())
        assert caught.value.code == code


def test_the_requests_of_a_turn_share_one_cap_and_one_end(server):
    client = Client(timeout_s=0.3, max_bytes=100_000)
    url = server.at("/", b"1" * 60_000)
    with client.turn():
        with client.ask(Request(url), keep=False) as answer:
            answer.read()
        with pytest.raises(FeedError) as caught, client.ask(Request(url), keep=False) as answer:
            answer.read()
    assert caught.value.code == "too_large"
    server.at("/", lambda h: h.hang())
    with client.turn(), pytest.raises(FeedError) as caught, client.ask(Request(url), keep=False):
        pass
    assert caught.value.code == "timeout"


def test_an_answer_without_marks_is_asked_for_whole_again(server, connect):
    connection = connect(server.at("/", GOOD))
    connection.fetch()
    connection.fetch()
    assert all("If-None-Match" not in headers for _, headers in server.requests)


def test_a_packed_answer_is_unpacked(server, connect):
    assert connect(server.at("/", gzip.compress(GOOD), Content_Encoding="gzip")).fetch().content == {"level": 3}
    assert connect(server.at("/d", zlib.compress(GOOD), Content_Encoding="deflate")).fetch().content == {"level": 3}


@pytest.mark.parametrize(
    ("body", "encoding", "code"),
    [
        (gzip.compress(GOOD, mtime=0)[:-9], "gzip", "cut_short"),
        (gzip.compress(GOOD, mtime=0)[:12], "gzip", "cut_short"),
        (zlib.compress(GOOD)[:-1], "deflate", "cut_short"),
        (b"", "gzip", "empty"),
        (zlib.compress(GOOD), "gzip", "wrong_encoding"),
        (gzip.compress(GOOD, mtime=0)[:-8] + bytes(8), "gzip", "wrong_encoding"),
        (GOOD, "deflate", "wrong_encoding"),
        (GOOD, "br", "wrong_encoding"),
    ],
)
def test_half_of_what_was_packed_is_not_taken_for_the_whole(server, connect, body, encoding, code):
    assert refused(connect(server.at("/", body, Content_Encoding=encoding))).code == code


def bare(text):
    pack = zlib.compressobj(wbits=-15)
    return pack.compress(text) + pack.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(GOOD[:5], mtime=0) + gzip.compress(GOOD[5:], mtime=0), "gzip"),
        (gzip.compress(GOOD, mtime=0) + bytes(500), "x-gzip"),
        (bare(GOOD), "deflate"),
        (GOOD, "identity"),
    ],
)
def test_what_servers_do_when_they_pack_is_understood(server, connect, body, encoding):
    assert connect(server.at("/", body, Content_Encoding=encoding)).fetch().content == {"level": 3}


@given(st.binary(max_size=200_000), st.integers(1, 70_000), st.sampled_from(["gzip", "deflate", "bare"]))
@settings(max_examples=30, deadline=None)
def test_whatever_was_packed_comes_out_again_in_pieces(data, size, kind):
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "bare": bare}[kind](data)
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    pieces = list(unpacked_body(chunks, "gzip" if kind == "gzip" else "deflate"))
    assert b"".join(pieces) == data
    assert all(0 < len(piece) <= 65_536 for piece in pieces)
    with pytest.raises(FeedError):
        list(unpacked_body([*chunks[:-1], chunks[-1][:-1]], "gzip" if kind == "gzip" else "deflate"))


def test_a_packed_answer_may_not_grow_past_the_cap(server, connect):
    bomb = gzip_bomb(50_000_000)
    assert len(bomb) < 100_000
    assert refused(connect(server.at("/", bomb, Content_Encoding="gzip"))).code == "too_large"


def test_an_endless_answer_is_cut_at_the_cap(server, connect):
    sent = []

    def pour(handler):
        handler.send(Content_Length="")
        for _ in range(800):  # 50 MB
            handler.wfile.write(b" " * 65_536)
            sent.append(65_536)

    assert refused(connect(server.at("/", pour))).code == "too_large"
    server.stopping.set()
    assert sum(sent) < 50_000_000


def test_chunks_without_end_are_cut_at_the_cap(server, connect):
    def pour(handler):
        handler.send(Content_Length="", Transfer_Encoding="chunked")
        while not server.stopping.is_set():
            handler.wfile.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")

    assert refused(connect(server.at("/", pour))).code == "too_large"


def test_a_hundred_thousand_rows_are_read(server, connect):
    rows = [{"id": n, "level": n % 7} for n in range(100_000)]
    assert connect(server.at("/", json.dumps(rows).encode()), max_bytes=10_000_000).fetch().content == rows


def test_an_answer_that_declares_too_much_is_not_read(server, connect):
    assert refused(connect(server.at("/", lambda h: h.send(length=50_000_000)))).code == "too_large"


def test_an_answer_cut_short_is_not_taken_for_whole(server, connect):
    assert refused(connect(server.at("/", lambda h: h.send(GOOD, length=500)))).code == "cut_short"
    chunked = b'5\r\n{"a":\r\n'
    assert (
        refused(
            connect(server.at("/c", lambda h: h.send(chunked, Content_Length="", Transfer_Encoding="chunked")))
        ).code
        == "cut_short"
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda h: h.hang(),
        lambda h: h.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000),
        lambda h: (h.send(length=10_000), h.drip(b" " * 10_000)),
        lambda h: (h.send(Content_Length=""), h.drip(b" " * 10_000)),
        lambda h: (h.send(Content_Length="", Transfer_Encoding="chunked"), h.drip(b"1\r\n \r\n" * 2_000)),
        lambda h: (h.send(length=10_000, Content_Encoding="gzip"), h.drip(gzip.compress(b"x") * 400)),
    ],
    ids=["silence", "slow headers", "slow body", "slow body without length", "slow chunks", "slow packed body"],
)
def test_one_byte_at_a_time_or_nothing_at_all_ends_in_time(server, connect, answer):
    assert refused(connect(server.at("/", answer), timeout_s=0.2)).code == "timeout"


def test_a_connection_that_is_closed_ends_its_request(server, connect):
    asked = threading.Event()
    connection = connect(server.at("/", lambda h: h.hang(asked)), timeout_s=60)
    errors = []
    thread = threading.Thread(target=lambda: errors.append(refused(connection).code))
    thread.start()
    assert asked.wait(10)
    connection.close()
    thread.join(10)
    assert errors == ["timeout"]


def test_nobody_at_the_other_end_is_unreachable(connect, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert refused(connect(f"http://127.0.0.1:{closed_port()}/")).code == "unreachable"


def test_a_server_that_speaks_something_else_is_unreachable(server, connect):
    assert refused(connect(server.at("/", lambda h: h.wfile.write(b"220 smtp ready\r\n")))).code == "unreachable"


def test_a_name_that_does_not_resolve_is_no_network(connect, monkeypatch):
    def resolve(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert refused(connect("http://nowhere.invalid/")).code == "no_network"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return a certificate that nobody vouches for, with its key."""
    file = tmp_path_factory.mktemp("certificate") / "own.pem"
    line = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run([*line.split(), "-keyout", file, "-out", file.with_suffix(".crt")], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


@pytest.fixture
def secure(server, certificate):
    """Return the server, which now speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secure, connect):
    url = secure.at("/", GOOD).replace("http://127.0.0.1", "https://localhost")
    assert refused(connect(url)).code == "untrusted_server"
    assert secure.requests == []


def test_a_certificate_is_for_the_name_that_was_asked(secure, connect, certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.with_suffix(".crt")))
    url = secure.at("/", GOOD).replace("http://", "https://")
    assert refused(connect(url)).code == "untrusted_server"
    assert connect(url.replace("127.0.0.1", "localhost")).fetch().content == {"level": 3}


def test_a_redirect_never_leads_from_a_secure_line_to_a_plain_one(secure, connect, certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.with_suffix(".crt")))
    plain = Server()
    try:
        plain.at("/new", GOOD)
        location = f"http://127.0.0.1:{plain.server_port}/new"
        url = secure.at("/old", lambda h: h.send(status=302, Location=location)).replace(
            "http://127.0.0.1", "https://localhost"
        )
        assert refused(connect(url, allow_hosts=[f"127.0.0.1:{plain.server_port}"])).code == "redirected"
        assert plain.requests == []
    finally:
        plain.stop()


def test_a_secure_line_that_says_nothing_ends_in_time(secure, connect, certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.with_suffix(".crt")))
    url = secure.at("/", lambda h: h.hang()).replace("http://127.0.0.1", "https://localhost")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert refused(connect(f"https://127.0.0.1:{silent.getsockname()[1]}/", timeout_s=0.2)).code == "timeout"
    assert refused(connect(url, timeout_s=0.5)).code == "timeout"


def test_a_secure_address_with_a_plain_server_is_not_trusted(server, connect):
    url = server.at("/", GOOD).replace("http:", "https:")
    assert refused(connect(url)).code == "untrusted_server"


def test_the_system_s_proxy_is_honoured(server, connect, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("http_proxy", server.url)
    server.at("http://data.example.org/level", GOOD)
    assert connect("http://data.example.org/level").fetch().content == {"level": 3}


def test_a_slow_proxy_ends_in_time_too(server, connect, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("http_proxy", server.url)
    server.at("http://data.example.org/level", lambda h: h.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000))
    assert refused(connect("http://data.example.org/level", timeout_s=0.2)).code == "timeout"
