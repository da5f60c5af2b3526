"""Values that other programmes send, asked over a real socket."""

import json
import time
from datetime import UTC, datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from maquette.console.commands import Refusal
from maquette.console.pushes import read_push
from maquette.core.exhibition import ConsoleSettings
from maquette.core.pushed import Pushed, PushedRow
from tests.console.asked import PHONE, Asked
from tests.console.fake_territory import make_exhibition

EXHIBITION = make_exhibition()

AS_JSON = {"content-type": "application/json"}


@pytest.fixture
def console(shared):
    shared.reset()
    return shared


def push(console, feed: str, payload: object, query: str = "") -> requests.Response:
    return requests.post(f"{console.url}/api/feeds/{feed}{query}", json=payload, timeout=5)


def pushed(console) -> list[Pushed]:
    return [message for message in console.stage.posted if isinstance(message, Pushed)]


def test_a_value_reaches_the_stage_with_the_moment_at_which_it_came(console):
    before = time.monotonic()
    answer = push(console, "canteen", {"served": 12})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    (message,) = pushed(console)
    assert (message.feed, message.rows) == ("canteen", (PushedRow(None, {"served": 12.0}),))
    assert before <= message.at <= time.monotonic()


def test_several_rows_come_together_each_with_its_key_and_its_date(console):
    rows = [{"key": "69276", "level": 54.5, "measured_at": "2026-10-06T12:00:00+02:00"}, {"key": "quai", "level": None}]
    assert push(console, "noise", rows).json() == {"ok": True}
    (message,) = pushed(console)
    assert message.rows == (
        PushedRow("69276", {"level": 54.5}, datetime(2026, 10, 6, 10, tzinfo=UTC)),
        PushedRow("quai", {"level": None}),
    )


@pytest.mark.parametrize(
    ("feed", "payload", "status", "code"),
    [
        ("cantin", {"served": 12}, 404, "unknown_feed"),
        ("river", {"flow": 12}, 409, "not_pushed"),
        ("canteen", {"serve": 12}, 422, "unknown_value"),
        ("canteen", {"key": "a", "served": 12}, 422, "unknown_value"),
        ("canteen", {"served": "12"}, 400, "wrong_type"),
        ("canteen", {"served": True}, 400, "wrong_type"),
        ("canteen", {"served": [12]}, 400, "wrong_type"),
        ("canteen", {"served": 10**400}, 400, "wrong_type"),
        ("canteen", {}, 400, "nothing_pushed"),
        ("canteen", [], 400, "nothing_pushed"),
        ("canteen", {"measured_at": "2026-10-06T12:00:00Z"}, 400, "nothing_pushed"),
        ("canteen", [{"served": 1}, 2], 400, "wrong_type"),
        ("canteen", {"served": 1, "measured_at": "2026-10-06T12:00:00"}, 422, "wrong_time"),
        ("canteen", {"served": 1, "measured_at": "noon"}, 422, "wrong_time"),
        ("canteen", {"served": 1, "measured_at": 7}, 422, "wrong_time"),
        ("canteen", 12, 400, "not_json"),
        ("canteen", "12", 400, "not_json"),
        ("noise", {"level": 1}, 400, "missing_argument"),
        ("noise", {"level": 1, "key": 69276}, 400, "wrong_type"),
        ("noise", {"level": 1, "key": ""}, 400, "wrong_type"),
        ("noise", [{"level": 1, "key": "a"}, {"level": "ND", "key": "b"}], 400, "wrong_type"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason_and_nothing_of_it_counts(console, feed, payload, status, code):
    answer = push(console, feed, payload)
    assert (answer.status_code, answer.json()["code"], answer.json()["ok"]) == (status, code, False)
    assert answer.json()["text"]
    assert pushed(console) == []


def test_a_refusal_speaks_the_reader_s_language_and_says_what_was_meant(console):
    assert push(console, "cantin", {"served": 12}).json()["hint"] == "Vouliez-vous dire «\u00a0canteen\u00a0»\u00a0?"
    assert push(console, "canteen", {"serve": 12}, "?lang=en").json() == {
        "ok": False,
        "code": "unknown_value",
        "text": "“canteen” has no value “serve”.",
        "hint": "Did you mean “served”?",
    }


def test_half_a_json_not_a_number_and_a_large_body_are_refused(console):
    for body, status, code in (
        (b'{"served": ', 400, "not_json"),
        (b'{"served": NaN}', 400, "wrong_type"),
        (b"[" * 4000, 400, "not_json"),
        (b"x" * 70_000, 413, "too_large"),
    ):
        answer = requests.post(f"{console.url}/api/feeds/canteen", data=body, headers=AS_JSON, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert requests.get(f"{console.url}/api/feeds/canteen", timeout=5).status_code == 405
    assert pushed(console) == []


def test_who_may_not_command_may_not_push(console):
    settings = ConsoleSettings(host="0.0.0.0", pin="2468", names=("maquette.local",))
    asked = Asked(settings, simulated=True)
    assert asked.ask("POST", "/api/feeds/canteen", {"served": 1}, PHONE)[1]["code"] == "pin_required"
    foreign = asked.ask("POST", "/api/feeds/canteen", {"served": 1}, "127.0.0.1", origin="http://evil.example")
    assert foreign[:2][0] == 403
    assert not any(isinstance(message, Pushed) for message in asked.stage.posted)
    assert asked.ask("POST", "/api/feeds/canteen", {"served": 1}, "127.0.0.1")[:2] == (200, {"ok": True})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["key", "level", "measured_at"]) | st.text(), inner)
    ),
    max_leaves=8,
)


@given(JSON)
def test_whatever_is_sent_is_taken_whole_or_refused_with_a_reason(payload):
    read = read_push(EXHIBITION, "noise", json.loads(json.dumps(payload)), 5.0)
    if isinstance(read, Refusal):
        assert read.code
    else:
        assert read.rows
        assert all(row.key and set(row.values) == {"level"} for row in read.rows)
