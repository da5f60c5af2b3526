"""What the coordinator knows of time, and what stands in when nothing came."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from maquette.core.readings import Quality
from tests.feeds.documents import NOON, NOW_S, UNTRUSTED, ago, document
from tests.feeds.world import GOOD

# -- time ------------------------------------------------------------------------------------------------------------


def test_with_an_untrusted_clock_the_server_s_own_time_ages_its_answer(server, world):
    here = world({"pond": document(url=server.at("/", GOOD))}, trusted=False)
    here.turns()
    reading = here.reading()
    assert here.quality() is Quality.LIVE
    assert (reading.fresh_until, reading.fetched_at) == (NOW_S + 55 * 60, NOON)
    assert reading.view(UNTRUSTED, here.now)["age_s"] is None


def test_with_no_clock_at_all_a_dated_answer_is_stale(server, world):
    here = world({"pond": document(url=server.at("/", GOOD, Date=""))}, trusted=False)
    here.turns()
    assert (here.quality(), here.reading().problem, here.reading().fetched_at) == (Quality.STALE, "no_clock", None)


def test_a_trusted_clock_of_ours_is_believed_before_the_server_s(server, world):
    here = world({"pond": document(url=server.at("/", GOOD, Date="Tue, 06 Oct 2009 10:00:00 GMT"))})
    here.turns()
    assert (here.quality(), here.reading().fetched_at) == (Quality.LIVE, NOON)


def test_an_unchanged_answer_has_just_been_fetched_again(server, world):

    def answer(h):
        return h.send(status=304) if "If-None-Match" in h.headers else h.send(GOOD, ETag='"1"')

    here = world({"pond": document(url=server.at("/", answer))})
    here.turns()
    first = here.reading()
    here.turns(1, later=400)
    second = here.reading()
    assert second.fetched_at == first.fetched_at + timedelta(seconds=400)
    assert replace(second, fetched_at=first.fetched_at) == first


def test_when_a_forecast_s_day_ends_the_next_one_is_fetched_at_once(server, world):
    rows = [{"level": n, "at": ago(hours=20), "day": day} for n, day in enumerate(["2026-10-06", "2026-10-07"], 1)]
    feed = document(
        url=server.at("/", json.dumps(rows).encode()), rows={}, valid_on="day", every="20 h", fresh_for="36 h"
    )
    here = world({"air": feed})
    here.turns()
    assert here.reading("air").value == 1.0
    here.turns(1, later=12 * 3600 + 60)
    assert (here.reading("air").value, here.quality("air")) == (2.0, Quality.LIVE)


# -- samples and memory ----------------------------------------------------------------------------------------------


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "sample.json"
    path.write_text('{"level": 7, "at": "2020-01-01T00:00:00Z"}')
    return str(path)


def test_a_sample_stands_in_after_the_first_failure_until_the_first_answer(server, world, sample):
    here = world({"pond": document(url=server.at("/", lambda h: h.send(status=500)), sample=sample)})
    assert here.quality() is Quality.MISSING
    here.turns()
    reading = here.reading()
    assert (here.quality(), reading.value, reading.problem) == (Quality.SAMPLE, 7.0, "http_status")
    assert reading.measured_at is reading.fetched_at is reading.valid_until is reading.fresh_until is None

    server.at("/", b"")
    here.turns(1, later=100)
    assert (here.quality(), here.reading().problem) == (Quality.SAMPLE, "empty")

    server.at("/", GOOD)
    here.turns(1, later=400)
    assert (here.quality(), here.reading().value) == (Quality.LIVE, 3.0)

    server.at("/", lambda h: h.send(status=500))
    here.turns(1, later=400)
    here.now += 1e6
    assert here.quality() is Quality.MISSING  # a sample never comes back


def test_a_feed_that_was_once_live_is_never_replaced_by_a_sample(server, world, sample, tmp_path):
    feed = document(url=server.at("/", GOOD), sample=sample)
    world({"pond": feed}, state=tmp_path).turns()
    server.at("/", lambda h: h.send(status=500))
    again = world({"pond": feed}, state=tmp_path)
    assert (again.quality(), again.reading().value) == (Quality.LIVE, 3.0)
    again.turns()
    assert (again.quality(), again.reading().value, again.reading().problem) == (Quality.LIVE, 3.0, "http_status")
    again.now += 1e6
    assert again.quality() is Quality.MISSING


def test_last_good_readings_are_published_before_any_request(server, world, tmp_path):
    feed = document(url=server.at("/", GOOD))
    world({"pond": feed}, state=tmp_path).turns()
    asked = len(server.requests)
    again = world({"pond": feed}, state=tmp_path)
    assert (again.quality(), again.reading().fresh_until) == (Quality.LIVE, NOW_S + 55 * 60)
    unsure = world({"pond": feed}, state=tmp_path, trusted=False)
    assert (unsure.quality(), unsure.reading().problem) == (Quality.STALE, "no_clock")
    assert unsure.reading().measured_at == NOON - timedelta(minutes=5)
    assert len(server.requests) == asked


def test_a_useless_sample_leaves_the_value_missing_with_one_log_line(server, world, caplog, tmp_path):
    for content in ("{", "[]", '{"level": "ND"}'):
        (tmp_path / "bad.json").write_text(content)
        feed = document(url=server.at("/", lambda h: h.send(status=500)), sample=str(tmp_path / "bad.json"))
        here = world({"pond": feed})
        caplog.clear()
        here.turns()
        here.turns(1, later=100)
        assert (here.quality(), here.reading().problem) == (Quality.MISSING, "http_status")
        told = [record.getMessage() for record in caplog.records]
        assert [line.split(":")[0] for line in told] == ["feed pond", "feed pond failed"]
        assert "its sample is of no use" in told[0]
