"""JSON over HTTP beyond one GET: bodies, pages, counts in a header, and answers that are read row by row."""

import io
import json
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from maquette.core.readings import Quality
from maquette.errors import FeedError
from maquette.feeds import json_connection
from maquette.feeds.json_paths import names_in, path_of
from maquette.feeds.json_stream import stream_rows
from maquette.feeds.rows import compiled
from maquette.feeds.sources import SOURCES
from tests.feeds.documents import ago, document
from tests.feeds.large_json import measure
from tests.words import english

SOURCE = SOURCES["http_json"]
ROWS = [{"id": f"n{n}", "level": n, "at": ago(minutes=5), "use": n % 2 == 0} for n in range(7)]
KEYED = {"pick": "rows", "key": "id"}


def connect(url, **options):
    return SOURCE.connect(document(url=url, **options), lambda: None)


def refused(connection) -> FeedError:
    with pytest.raises(FeedError) as caught:
        connection.fetch()
    return caught.value


def packed(content, **others) -> bytes:
    return json.dumps({**others, "rows": content}).encode()


# -- bodies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "sent"),
    [
        ({"json": {"communes": ["69199"], "n": 1}}, "application/json", b'{"communes": ["69199"], "n": 1}'),
        ({"form": {"q": "eau & air", "n": "1"}}, "application/x-www-form-urlencoded", b"q=eau+%26+air&n=1"),
    ],
)
def test_a_post_sends_json_or_a_form(server, body, kind, sent):
    payload = connect(server.at("/data", b'{"level": 3}'), method="POST", body=body, params={"a": "b"}).fetch()
    assert payload.content == {"level": 3}
    ((path, headers),) = server.requests
    assert (path, headers["Content-Type"], server.bodies) == ("/data?a=b", kind, [sent])


@pytest.mark.parametrize(
    ("status", "code"), [(301, "redirected"), (302, "redirected"), (303, "redirected"), (307, None)]
)
def test_a_post_is_only_repeated_where_the_server_says_so(server, status, code):
    server.at("/new", b'{"level": 3}')
    url = server.at("/old", lambda h: h.send(status=status, Location="/new"))
    connection = connect(url, method="POST", body={"form": {"a": "b"}})
    if code is None:
        connection.fetch()
        assert server.bodies == [b"a=b"] * 2
    else:
        assert refused(connection).code == code


def test_a_post_is_never_answered_from_what_was_kept(server):
    connection = connect(server.at("/", b'{"level": 3}', ETag="1"), method="POST", body={"form": {"a": "b"}})
    connection.fetch()
    connection.fetch()
    assert all("If-None-Match" not in headers for _, headers in server.requests)


# -- pages ------------------------------------------------------------------------------------------------------------


def serve_pages(server, size=3, **others):
    """Serve `ROWS` in pages; ``others`` says what else a page tells, given the index of its first row and the one after its last."""
    tell = {name: other if callable(other) else lambda *_, other=other: other for name, other in others.items()}

    def answer(handler):
        asked = {name: int(number) for name, number in parse_qsl(urlsplit(handler.path).query)}
        begin = asked.get("offset", (asked.get("page", 1) - 1) * size)
        end = min(begin + size, len(ROWS))
        handler.send(packed(ROWS[begin:end], **{name: say(begin, end) for name, say in tell.items()}), status=206)

    return server.at("/data", answer)


def asked(server):
    return [path.removeprefix("/data") for path, _ in server.requests]


@pytest.mark.parametrize(
    ("paging", "requests"),
    [
        ({"by": "page"}, ["?page=1", "?page=2", "?page=3", "?page=4"]),
        ({"by": "page", "total": "total"}, ["?page=1", "?page=2", "?page=3"]),
        ({"by": "offset"}, ["?offset=0", "?offset=3", "?offset=6", "?offset=7"]),
        ({"by": "offset", "total": "total"}, ["?offset=0", "?offset=3", "?offset=6"]),
        ({"by": "next", "next": "links.next"}, ["", "?page=2", "?page=3"]),
    ],
)
def test_all_pages_are_read(server, paging, requests):

    def links(_begin, end):
        return {"next": f"/data?page={end // 3 + 1}" if end < len(ROWS) else None}

    content = connect(serve_pages(server, total=len(ROWS), links=links), rows=KEYED, paging=paging).fetch().content
    assert list(content.rows) == ROWS
    assert (content.wanted.seen, content.whole["rows"]) == (7, ROWS[:3])
    assert asked(server) == requests


def test_a_count_may_begin_anywhere_and_have_any_name(server):
    answers = {"10": ROWS[:3], "11": ROWS[3:], "12": []}

    def answer(handler):
        handler.send(packed(answers[dict(parse_qsl(urlsplit(handler.path).query))["start"]]))

    paging = {"by": "page", "param": "start", "first": 10}
    content = (
        connect(server.at("/data", answer), rows=KEYED, paging=paging, params={"start": "0", "a": "b"}).fetch().content
    )
    assert list(content.rows) == ROWS
    assert asked(server)[0] == "?start=10&a=b"


def test_rows_that_do_not_count_are_not_gathered(server, world):
    feed = {"rows": {**KEYED, "where": "use"}, "paging": {"by": "page"}}
    url = serve_pages(server)
    content = connect(url, **feed).fetch().content
    assert ([row["level"] for row in content.rows], content.wanted.seen) == ([0, 2, 4, 6], 7)
    here = world({"pond": document(url=url, **feed)})
    here.turns()
    assert (here.quality(key="n6"), here.reading(key="n6").value) == (Quality.LIVE, 6.0)
    assert ("pond", "level", "n1") not in here.readings


@pytest.mark.parametrize("paging", [{"by": "page"}, {"by": "next", "next": "next"}])
def test_too_many_pages_are_no_answer(server, paging):
    url = server.at("/data", packed(ROWS, next="/data"))
    error = refused(connect(url, rows=KEYED, paging={**paging, "most": 3}))
    assert (error.code, len(server.requests)) == ("too_large", 3)


def test_pages_together_stay_under_the_cap(server):
    url = server.at("/data", packed(ROWS, fill="x" * 40_000))
    error = refused(connect(url, rows=KEYED, paging={"by": "page"}, max_size="100 kB"))
    assert (error.code, len(server.requests)) == ("too_large", 3)


def test_pages_that_stop_before_the_last_are_cut_short(server):
    assert (
        refused(connect(serve_pages(server, total=8), rows=KEYED, paging={"by": "page", "total": "total"})).code
        == "cut_short"
    )


def test_pages_together_end_in_time(server):
    url = server.at("/data", lambda h: h.hang() if "page=2" in h.path else h.send(packed(ROWS)))
    assert refused(connect(url, rows=KEYED, paging={"by": "page"}, timeout="300 ms")).code == "timeout"


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("http://api.internal.example.org/v1?page=2", "redirected"),
        ("https://127.0.0.1/data", "redirected"),
        ("//example.org/", "redirected"),
        ("ftp://127.0.0.1/", "redirected"),
        ("http://[::1", "bad_shape"),
        (7, "bad_shape"),
        (["/data"], "bad_shape"),
    ],
)
def test_a_next_page_elsewhere_is_never_asked_for(server, link, code):
    url = server.at("/data", packed(ROWS, next=link))
    paging = {"by": "next", "next": "next"}
    error = refused(connect(url, rows=KEYED, paging=paging, allow_hosts=["api.internal.example.org", "example.org"]))
    assert (error.code, len(server.requests)) == (code, 1)


def test_a_page_of_another_shape_is_said_to_be_one(server):
    url = server.at("/data", lambda h: h.send(packed(ROWS) if "page=1" in h.path else b'{"lines": []}'))
    assert refused(connect(url, rows=KEYED, paging={"by": "page"})).code == "bad_shape"


# -- counts -----------------------------------------------------------------------------------------------------------


def count(server, status=206, **headers):
    url = server.at("/", lambda h: h.send(b"[]" if status != 204 else b"", status=status, **headers))
    return connect(url, reads="content_range", values={"offers": {"pick": "total"}})


@pytest.mark.parametrize(
    ("status", "told", "total"),
    [(206, "offres 0-0/2534", 2534), (200, "items */12", 12), (206, "offres 0-149/ 0", 0), (204, None, 0)],
)
def test_a_count_stands_in_the_header(server, status, told, total):
    headers = {"Content_Range": told} if told else {}
    assert count(server, status, **headers).fetch().content == {"total": total}


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (206, {}, "bad_shape"),
        (206, {"Content_Range": "offres 0-0/*"}, "bad_shape"),
        (206, {"Content_Range": "offres 0-0/-3"}, "bad_shape"),
        (206, {"Content_Range": "offres 0-0/3 or so"}, "bad_shape"),
        (200, {"Content_Range": "items 0-0/3", "Content_Type": "text/html"}, "html"),
        (500, {"Content_Range": "items 0-0/3"}, "http_status"),
        (429, {}, "rate_limited"),
    ],
)
def test_a_count_that_is_not_told_is_not_zero(server, status, headers, code):
    assert refused(count(server, status, **headers)).code == code


def test_a_count_of_nothing_is_a_reading_of_zero(server, world):
    url = server.at("/", lambda h: h.send(status=204))
    feed = document(url=url, reads="content_range", measured_at=None, values={"level": {"pick": "total"}})
    here = world({"pond": feed})
    here.turns()
    assert (here.quality(), here.reading().value) == (Quality.LIVE, 0.0)


# -- row by row -------------------------------------------------------------------------------------------------------


@pytest.fixture
def streamed(server, monkeypatch):
    """Return connections that hold no more than a thousand bytes."""
    monkeypatch.setattr(json_connection, "HELD_BYTES", 1000)

    def streamed(body, rows=None, headers=None, **options):
        url = server.at("/data", body, **(headers or {}))
        return connect(url, rows=rows or KEYED, max_size="11 MB", **options)

    return streamed


MANY = [{**row, "fill": "x" * 200, "geometry": [[4.8, 45.7]] * 9, "id": f"n{n}"} for n, row in enumerate(ROWS * 9)]


@pytest.mark.parametrize(
    ("pick", "body"),
    [
        ("rows", packed(MANY, fill={"rows": [1]})),
        ("@", json.dumps(MANY).encode()),
        ("[]", json.dumps(MANY).encode()),
        ("data.rows", json.dumps({"rows": [], "data": {"rows": MANY}}).encode()),
        ("features[].properties", json.dumps({"features": [{"id": 1, "properties": row} for row in MANY]}).encode()),
        ("rows", b"\xef\xbb\xbf" + packed(MANY)),
    ],
)
def test_rows_of_a_large_answer_are_what_those_of_a_small_one_are(streamed, pick, body):
    content = streamed(body, {"pick": pick, "key": "id", "where": "use"}).fetch().content
    assert [(row["id"], row["level"]) for row in content.rows] == [
        (row["id"], row["level"]) for row in MANY if row["use"]
    ]
    assert content.wanted.seen == len(MANY)
    assert not any("fill" in row or "geometry" in row for row in content.rows)


def test_a_small_answer_is_held_as_ever(streamed):
    assert streamed(packed(ROWS[:2])).fetch().content == {"rows": ROWS[:2]}


def test_a_pick_of_the_whole_row_keeps_it(streamed):
    values = {"level": {"pick": "length(keys(@))"}}
    assert streamed(packed(MANY), values=values).fetch().content.rows[0] == MANY[0]


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (packed(MANY)[:-1], {}, "not_json"),
        (packed(MANY) + b"}", {}, "not_json"),
        (packed(MANY).replace(b'"rows"', b'"lines"'), {}, "bad_shape"),
        (json.dumps({"rows": {"fill": "x" * 2000}}).encode(), {}, "bad_shape"),
        (json.dumps({"rows": "x" * 2000}).encode(), {}, "bad_shape"),
        (b"<html>" + b" " * 2000, {}, "html"),
        (b"<ows:ExceptionReport>" + b" " * 2000, {}, "not_json"),
        (packed(MANY).replace(b"x", "é".encode("latin-1")), {}, "wrong_encoding"),
        (packed(MANY), {"Content_Type": "application/json; charset=latin-1"}, "wrong_encoding"),
        (packed(MANY).decode().encode("utf-16"), {}, "wrong_encoding"),
        (packed(MANY, deep=0).replace(b'"deep": 0', b'"deep": ' + b"[" * 100_000), {}, "not_json"),
        (packed(MANY).replace(b'"level": 3', b'"level": ' + b"[" * 100_000), {}, "not_json"),
        (packed(MANY).replace(b'"level": 3', b'"level": ' + b"9" * 5000), {}, "not_json"),
        (packed(MANY).replace(b'"level": 3', b'"level": 1e' + b"9" * 50), {}, "not_json"),
        (packed(MANY), {"Content_Length": "99999"}, "cut_short"),
        (packed(MANY), {"Content_Length": "99999999"}, "too_large"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_large_answer_is_said_too(streamed, body, headers, code):
    assert refused(streamed(body, headers=headers)).code == code


def test_an_answer_that_is_deep_beside_its_rows_is_read(streamed):
    body = packed(MANY, deep=0).replace(b'"deep": 0', b'"deep": ' + b"[" * 100_000 + b"]" * 100_000)
    assert len(streamed(body).fetch().content.rows) == len(MANY)


def test_rows_that_count_have_an_end(streamed, monkeypatch):
    monkeypatch.setattr(json_connection, "MOST_ROWS", 20)
    assert refused(streamed(packed(MANY))).code == "too_large"
    assert len(streamed(packed(MANY), {**KEYED, "keys": ["n3"]}).fetch().content.rows) == 1


def test_an_unchanged_large_answer_is_not_sent_twice(streamed, server):
    connection = streamed(
        lambda h: h.send(status=304) if "If-None-Match" in h.headers else h.send(packed(MANY), ETag="1")
    )
    one, other = connection.fetch().content, connection.fetch().content
    assert (one.rows, one.wanted.seen) == (other.rows, other.wanted.seen)
    assert "If-None-Match" in server.requests[1][1]


def test_a_large_answer_takes_little_memory(server):
    counted, seen, _, more_mb = measure(server, 40_000)  # 18 MB; held as a whole it would take some 150
    assert (counted, seen) == (40, 40_000)
    assert more_mb < 60


def test_a_name_that_stands_twice_says_nothing_in_a_small_answer_and_in_a_large_one(streamed):
    twice = b'{"id": "n0", "level": 1, "level": 2, "at": {"a": 1, "a": 1, "b": 2}}'
    small = streamed(b'{"rows": [' + twice + b"]}").fetch().content["rows"][0]
    large = streamed(b'{"rows": [' + twice + b'], "fill": "' + b"x" * 2000 + b'"}').fetch().content.rows[0]
    assert small == large == {"id": "n0", "level": None, "at": {"a": None, "b": 2}}


NAMES = st.sampled_from(["a", "b", "rows", "item", "é", ""])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**63, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON, st.sampled_from(["@", "rows", "a.b", "rows[].a", "a[*].rows.b", "[].a"]))
def test_any_text_read_row_by_row_gives_what_it_gives_as_a_whole(content, pick):
    path = path_of(pick)
    assert path is not None
    whole = compiled(pick)(content)
    rows = list[object]()
    with suppress(FeedError):  # bad_shape: nothing stands there
        rows += stream_rows(io.BytesIO(json.dumps(content).encode()), path, None)
    assert rows == ([row for row in whole if row is not None] if isinstance(whole, list) else [])


def test_names_are_those_that_picks_may_want():
    names = names_in(["a.b", "c[?d=='x'].e | [0]", "@", "{f: g, h: `1`}"])
    assert names == frozenset("abcdeg")
    assert names_in(["a", "keys(@)"]) is None
    assert names_in(["*.a"]) is None


# -- documents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body": {"json": {}}}, "only a POST"),
        ({"method": "POST", "body": {"json": {}, "form": {}}}, "either 'json' or 'form'"),
        ({"method": "POST", "body": {}}, "either 'json' or 'form'"),
        ({"method": "POST", "body": {"json": {"a": ["${KEY}"]}}}, "cannot hold a secret"),
        ({"method": "POST", "body": {"form": {"a": "${KEY}"}}}, "cannot hold a secret"),
        ({"paging": {"by": "page"}}, "where its rows stand"),
        ({"rows": KEYED, "paging": {"by": "next"}}, "or by a link"),
        ({"rows": KEYED, "paging": {"by": "page", "next": "a"}}, "or by a link"),
        ({"rows": KEYED, "paging": {"by": "next", "next": "a", "param": "p"}}, "or by a link"),
        ({"reads": "content_range", "rows": KEYED}, "neither 'rows' nor"),
        ({"max_size": "11 MB"}, "row by row"),
        ({"max_size": "11 MB", "rows": {"pick": "rows[?use]"}}, "row by row"),
        ({"max_size": "11 MB", "rows": {"pick": '"a.b"'}}, "row by row"),
        ({"max_size": "11 MB", "rows": KEYED, "paging": {"by": "page"}}, "neither 'paging' nor"),
        ({"max_size": "11 MB", "rows": KEYED, "published_at": "at"}, "neither 'paging' nor"),
    ],
)
def test_options_that_do_not_go_together_are_refused(changes, words):
    with pytest.raises(ValidationError) as caught:
        document(**changes)
    (error,) = caught.value.errors()
    assert words in english(error["ctx"]["message"])
