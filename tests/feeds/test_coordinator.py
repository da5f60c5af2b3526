import json
import logging
import math
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from maquette.core.alerts import Alert, Alerts
from maquette.core.clock import Clock
from maquette.core.readings import Quality, Readings, ReadingsUpdate
from maquette.feeds.coordinator import WORKERS, Coordinator
from maquette.feeds.plan import FeedsStart
from maquette.feeds.sources.http_json import SOURCE
from tests.feeds.documents import NOON, NOW_S, PARIS, UNTRUSTED, ago, document
from tests.feeds.server import gzip_bomb

BOMB = gzip_bomb(50_000_000)
GOOD = json.dumps({"level": 3, "at": ago(minutes=5)}).encode()


class World:
    """A coordinator in a world whose time stands still until told; what it tells is collected."""

    def __init__(self, feeds, state=None, trusted=True, **options):
        self.now = NOW_S
        self.trusted = trusted
        self.readings = Readings()
        self.alerts = Alerts()
        self.updates = 0
        plan = FeedsStart(feeds, "Europe/Paris", str(state) if state else None)
        self.coordinator = Coordinator(
            plan, self.hear, monotonic=lambda: self.now, clock=self.read_clock, spread_s=0.0, **options
        )
        self.coordinator.begin()

    def read_clock(self, zone):
        if not self.trusted:
            return UNTRUSTED
        return Clock((NOON + timedelta(seconds=self.now - NOW_S)).astimezone(PARIS), trusted=True)

    def hear(self, message):
        if isinstance(message, Alert):
            self.alerts.apply(message)
        else:
            assert isinstance(message, ReadingsUpdate)
            self.updates += 1
            self.readings = self.readings.updated(message)

    def turns(self, count=1, later=0.0):
        """Let time pass, then take the answers that come, one a turn."""
        self.now += later
        for _ in range(count):
            due = self.coordinator._due
            assert len(due) < len(self.coordinator._feeds) or min(due.values()) <= self.now, "nothing would come"
            self.coordinator.turn()

    def reading(self, feed="pond", name="level", key=None):
        return self.readings[feed, name, key]

    def quality(self, feed="pond", name="level", key=None):
        return self.reading(feed, name, key).quality_at(self.now)

    @property
    def failing(self):
        return {
            alert.subject: dict(alert.arguments)["problem"]
            for alert in self.alerts.standing
            if alert.code == "feed_failed"
        }


@pytest.fixture
def world():
    """Return worlds that end with the test, all their threads too."""
    worlds = []

    def build(feeds, **options):
        worlds.append(World(feeds, **options))
        return worlds[-1]

    yield build
    for one in worlds:
        one.coordinator.close()
        one.coordinator._workers.shutdown(wait=True)


def value(raw):
    return lambda h: h.send(json.dumps({"level": raw, "at": ago(minutes=5)}).encode())


MISBEHAVIOUR = {
    "html": ("html", lambda h: h.send(b"<html>Maintenance</html>", Content_Type="text/html")),
    "an empty body": ("empty", lambda h: h.send()),
    "ND": ("not_a_number", value("ND")),
    "null": ("no_value", value(None)),
    "NaN": ("not_a_number", value(math.nan)),
    "true": ("not_a_number", value(raw=True)),
    "a string that is no number": ("not_a_number", value("3,5")),
    "204": ("empty", lambda h: h.send(status=204)),
    "429": ("rate_limited", lambda h: h.send(status=429, Retry_After="600")),
    "500": ("http_status", lambda h: h.send(b"oops", status=500)),
    "a redirect to another host": ("redirected", lambda h: h.send(status=302, Location="http://localhost:1/")),
    "50 MB": ("too_large", lambda h: h.send(b" " * 200_000, length=50_000_000)),
    "a packed 50 MB": ("too_large", lambda h: h.send(BOMB, Content_Encoding="gzip")),
    "one byte at a time": ("timeout", lambda h: (h.send(length=10_000), h.drip(b" " * 10_000))),
    "nothing": ("timeout", lambda h: h.hang()),
    "half an answer": ("cut_short", lambda h: h.send(GOOD[:20], length=len(GOOD))),
    "a wrong encoding": ("wrong_encoding", lambda h: h.send('{"à": 1}'.encode("latin-1"))),
    "another shape": ("no_time", lambda h: h.send(b"[1, 2]")),
    "only the future": ("future", lambda h: h.send(json.dumps({"level": 3, "at": ago(hours=-1)}).encode())),
    "a number out of range": ("implausible", value(1e9)),
}  # fmt: skip


def patience(problem):
    """Return a short timeout where the timeout is the point, else one that no busy machine meets."""
    return "200 ms" if problem == "timeout" else "30 s"


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_a_feed_that_misbehaves_says_why_while_the_other_goes_on(server, world, caplog, name):
    caplog.set_level(logging.INFO, "maquette")
    problem, bad = MISBEHAVIOUR[name]
    feeds = {
        "pond": document(url=server.at("/pond", bad), timeout=patience(problem), every="1 h"),
        "lake": document(url=server.at("/lake", GOOD), every="1 h"),
    }
    here = world(feeds)
    assert here.reading().problem == here.reading("lake").problem == "waiting"

    here.turns(2)
    assert (here.quality(), here.reading().problem) == (Quality.MISSING, problem)
    assert (here.quality("lake"), here.reading("lake").value) == (Quality.LIVE, 3.0)
    assert here.failing == {"pond": problem}

    here.turns(1, later=700)  # the pond alone: its back-off is shorter than an hour, or as long as it asked
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["feed pond failed"]

    server.at("/pond", GOOD)
    here.turns(2, later=4000)
    assert (here.quality(), here.reading().problem) == (Quality.STALE, "too_old")  # dated an hour and more ago by now
    assert not here.failing
    assert [record.getMessage() for record in caplog.records][1:] == ["feed pond recovered after 2 failures"]


@pytest.mark.parametrize("name", ["html", "nothing", "ND", "429"])
def test_after_a_failure_the_last_value_stays_and_ages(server, world, name):
    problem, bad = MISBEHAVIOUR[name]
    here = world({"pond": document(url=server.at("/", GOOD), timeout=patience(problem))})
    here.turns()
    assert (here.quality(), here.reading().problem) == (Quality.LIVE, None)

    server.at("/", bad)
    here.turns(1, later=400)
    assert (here.quality(), here.reading().value, here.reading().problem) == (Quality.LIVE, 3.0, problem)
    here.now += 3600
    assert here.quality() is Quality.STALE
    here.now += 3 * 3600
    assert here.quality() is Quality.MISSING


def test_one_bad_value_of_many_is_missing_and_logged_once(server, world, caplog):
    caplog.set_level(logging.INFO, "maquette")
    answer = [{"level": 3, "depth": "ND", "at": ago(minutes=5)}]
    values = {"level": {"pick": "level"}, "depth": {"pick": "depth"}}
    here = world(
        {"pond": document(url=server.at("/", lambda h: h.send(json.dumps(answer[0]).encode())), values=values)}
    )
    here.turns()
    here.turns(1, later=400)
    assert here.quality() is Quality.LIVE
    assert (here.quality(name="depth"), here.reading(name="depth").problem) == (Quality.MISSING, "not_a_number")
    assert not here.failing
    answer[0] = {**answer[0], "depth": 2}
    here.turns(1, later=400)
    assert here.reading(name="depth").value == 2.0
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_feed_that_hangs_delays_no_other(server, world):
    hanging = {
        f"slow_{n}": document(url=server.at("/slow", lambda h: h.hang()), timeout="60 s") for n in range(WORKERS - 1)
    }
    here = world({**hanging, "pond": document(url=server.at("/pond", GOOD))})
    here.turns()
    assert here.quality() is Quality.LIVE
    here.turns(1, later=400)
    assert sum(path == "/pond" for path, _ in server.requests) == 2


def test_failures_are_tried_again_soon_then_ever_more_rarely(server, world):
    here = world({"pond": document(url=server.at("/", lambda h: h.send(status=500)), every="1 h")})
    waits = []
    for _ in range(10):
        here.turns()
        due = here.coordinator._due["pond"]
        waits.append(due - here.now)
        here.now = due
    for wait, least in zip(waits, [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600], strict=True):
        assert least <= wait <= least * 1.1
    assert len(set(waits)) == len(waits)


def test_a_source_that_asks_us_to_wait_is_obeyed(server, world):
    here = world({"pond": document(url=server.at("/", lambda h: h.send(status=429, Retry_After="7200")))})
    here.turns()
    assert here.coordinator._due["pond"] - here.now >= 7200


def test_a_source_in_distress_that_names_no_time_is_left_alone_for_a_whole_turn(server, world):
    here = world({"pond": document(url=server.at("/", lambda h: h.send(status=429)))})
    here.turns()
    assert here.coordinator._due["pond"] - here.now >= 300


def test_two_feeds_do_not_ask_at_the_same_moments_and_one_always_at_its_own():
    feeds = {"pond": document(), "lake": document()}
    plans = [Coordinator(FeedsStart(feeds, "UTC"), lambda _: None, monotonic=lambda: 0.0)._due for _ in range(2)]
    assert plans[0] == plans[1]
    assert plans[0]["pond"] != plans[0]["lake"]
    assert all(0 <= due <= 1 for due in plans[0].values())


def test_rows_that_are_gone_leave_no_reading_behind(server, world):
    ids = [["a", "b"]]
    answer = lambda h: h.send(json.dumps([{"id": i, "level": 1, "at": ago()} for i in ids[0]]).encode())  # noqa: E731
    here = world({"pond": document(url=server.at("/", answer), rows={"key": "id"})})
    assert set(here.readings.rows("pond", "level")) == {None}
    here.turns()
    assert set(here.readings.rows("pond", "level")) == {"a", "b"}
    ids[0] = ["b", "c"]
    here.turns(1, later=400)
    assert set(here.readings.rows("pond", "level")) == {"b", "c"}


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
    answer = lambda h: h.send(status=304) if "If-None-Match" in h.headers else h.send(GOOD, ETag='"1"')  # noqa: E731
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
    here.turns(1, later=12 * 3600 + 10)
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
        assert [line.split(":")[0] for line in told] == ["feed pond failed", "feed pond"]
        assert "its sample is of no use" in told[1]


# -- ourselves -------------------------------------------------------------------------------------------------------


def test_an_unforeseen_error_is_a_problem_of_that_feed_alone(server, world, caplog):
    def digest(name, *rest):
        return SOURCE.digest(name, *rest) if name == "lake" else 1 / 0

    feeds = {"pond": document(url=server.at("/", GOOD)), "lake": document(url=server.at("/", GOOD))}
    here = world(feeds, sources={"http_json": replace(SOURCE, digest=digest)})
    here.turns(2)
    assert (here.reading().problem, here.quality("lake")) == ("broken", Quality.LIVE)
    assert "ZeroDivisionError" in caplog.text


def test_closing_ends_what_is_under_way(server, world):
    asked = threading.Event()
    here = world({"pond": document(url=server.at("/", lambda h: h.hang(asked)), timeout="60 s")})
    thread = threading.Thread(target=here.coordinator.run)
    thread.start()
    assert asked.wait(10)
    here.coordinator.close()
    here.coordinator.close()
    thread.join(10)
    assert not thread.is_alive()


def test_without_feeds_there_is_nothing_to_do_until_it_is_closed(world):
    here = world({})
    thread = threading.Thread(target=here.coordinator.run)
    thread.start()
    here.coordinator.close()
    thread.join(10)
    assert not thread.is_alive()
    assert here.updates == 0
