import json
import logging
import math
import threading
from dataclasses import replace

import pytest

from maquette.core.alerts import Alert
from maquette.core.readings import Quality
from maquette.feeds.coordinator import Coordinator
from maquette.feeds.plan import FeedsStart
from maquette.feeds.pool import WORKERS
from maquette.feeds.problems import fault
from maquette.feeds.sources.http_json import SOURCE
from tests.feeds.documents import ago, document
from tests.feeds.server import gzip_bomb
from tests.feeds.world import GOOD

BOMB = gzip_bomb(50_000_000)


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
def test_a_feed_that_misbehaves_says_why_while_the_other_goes_on(serve, world, caplog, name):
    server, other = serve(), serve("127.0.0.2")
    caplog.set_level(logging.INFO, "maquette")
    problem, bad = MISBEHAVIOUR[name]
    feeds = {
        "pond": document(url=server.at("/pond", bad), timeout=patience(problem), every="1 h"),
        "lake": document(url=other.at("/lake", GOOD), every="1 h"),
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


def test_a_feed_that_hangs_delays_no_other(serve, world):
    server = serve()
    hanging = {
        f"slow_{n}": document(url=serve(f"127.0.0.{n + 2}").at("/slow", lambda h: h.hang()), timeout="60 s")
        for n in range(WORKERS - 1)
    }
    here = world({**hanging, "pond": document(url=server.at("/pond", GOOD), every="30 s")})
    here.turns()
    assert here.quality() is Quality.LIVE
    here.turns(1, later=40)
    assert sum(path == "/pond" for path, _ in server.requests) == 2


def test_the_first_answer_ends_an_alert_that_an_earlier_life_of_the_process_raised(server, world):
    here = world({"pond": document(url=server.at("/", GOOD))})
    here.alerts.apply(Alert("feed_failed", "pond"))
    here.turns()
    assert not here.alerts.standing


def test_failures_are_tried_again_soon_then_ever_more_rarely(server, world):
    here = world({"pond": document(url=server.at("/", lambda h: h.send(status=500)), every="1 h")})
    waits = []
    for _ in range(10):
        here.turns()
        due = here.coordinator._schedule.next_moment()
        waits.append(due - here.now)
        here.now = due
    for wait, least in zip(waits, [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600], strict=True):
        assert least <= wait <= least * 1.1
    assert len(set(waits)) == len(waits)


def test_a_source_that_asks_us_to_wait_is_obeyed(server, world):
    here = world({"pond": document(url=server.at("/", lambda h: h.send(status=429, Retry_After="7200")))})
    here.turns()
    assert here.coordinator._schedule.due["pond"] - here.now >= 7200


def test_a_source_in_distress_that_names_no_time_is_left_alone_for_a_whole_turn(server, world):
    here = world({"pond": document(url=server.at("/", lambda h: h.send(status=429)))})
    here.turns()
    assert here.coordinator._schedule.due["pond"] - here.now >= 300


def test_two_feeds_do_not_ask_at_the_same_moments_and_one_always_at_its_own():
    feeds = {"pond": document(), "lake": document()}
    plans = [
        Coordinator(FeedsStart(feeds, "UTC"), lambda _: None, monotonic=lambda: 0.0)._schedule.due for _ in range(2)
    ]
    assert plans[0] == plans[1]
    assert plans[0]["pond"] != plans[0]["lake"]
    assert all(0 <= due <= 1 for due in plans[0].values())


def test_rows_that_are_gone_leave_no_reading_behind(server, world):
    ids = [["a", "b"]]

    def answer(h):
        return h.send(json.dumps([{"id": i, "level": 1, "at": ago()} for i in ids[0]]).encode())

    here = world({"pond": document(url=server.at("/", answer), rows={"key": "id"})})
    assert set(here.readings.rows("pond", "level")) == {None}
    here.turns()
    assert set(here.readings.rows("pond", "level")) == {"a", "b"}
    ids[0] = ["b", "c"]
    here.turns(1, later=400)
    assert set(here.readings.rows("pond", "level")) == {"b", "c"}


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


# -- another plan ----------------------------------------------------------------------------------------------------


def test_another_plan_leaves_feeds_that_stay_alone_and_forgets_those_that_are_gone(server, world):
    lake = document(url=server.at("/lake", GOOD), every="1 h")
    here = world({"pond": document(url=server.at("/pond", lambda h: h.send(status=500))), "lake": lake})
    here.turns(2)
    assert here.failing == {"pond": "http_status"}
    before = here.reading("lake")
    here.coordinator._inbox.put(
        FeedsStart({"lake": lake, "sea": document(url=server.at("/sea", GOOD))}, "Europe/Paris")
    )
    here.coordinator.turn()
    assert {feed for feed, _, _ in here.readings} == {"lake", "sea"}
    assert here.reading("lake") is before, "nothing was said of it"
    assert (here.reading("sea").value, here.reading("sea").problem) == (None, "waiting")
    assert not here.failing
    here.turns(1)
    assert here.reading("sea").value == 3.0
    assert [path for path, _ in server.requests].count("/lake") == 1


def test_a_feed_that_reads_elsewhere_loses_its_readings_and_one_that_only_asks_more_often_does_not(server, world):
    pond = document(url=server.at("/pond", GOOD))
    here = world({"pond": pond})
    here.turns(1)
    often = document(url=pond.url, every="1 min")
    here.coordinator._inbox.put(FeedsStart({"pond": often}, "Europe/Paris"))
    here.coordinator.turn()
    assert here.reading().value == 3.0
    here.turns(1)
    here.coordinator._inbox.put(FeedsStart({"pond": document(url=server.at("/other", GOOD))}, "Europe/Paris"))
    here.coordinator.turn()
    assert (here.reading().value, here.reading().problem) == (None, "waiting")


def test_what_another_plan_says_of_a_feed_holds_at_once_for_what_is_known_of_it(server, world):
    here = world({"pond": document(url=server.at("/pond", GOOD))})  # measured five minutes ago
    here.turns(1)
    assert here.quality() is Quality.LIVE
    words = {"nature": "modelled", "source": "Lab", "licence": "CC0 1.0", "attribution": "by Lab", "place": "Shore"}
    here.coordinator._inbox.put(
        FeedsStart({"pond": document(url=f"{server.url}/pond", fresh_for="4 min", **words)}, "Europe/Paris")
    )
    here.coordinator.turn()
    reading = here.reading()
    assert (reading.value, here.quality()) == (3.0, Quality.STALE)
    assert {name: getattr(reading, name) for name in words} == words
    assert reading.drop_at == here.now - 300 + 3 * 240


def test_a_connection_that_opens_after_its_feed_has_gone_is_closed(world):
    opening, gone, closed = threading.Event(), threading.Event(), threading.Event()

    class Held:
        def fetch(self):
            raise fault("waiting")

        def close(self):
            closed.set()

    def connect(_document, _wake):
        opening.set()
        gone.wait(30)
        return Held()

    here = world({"pond": document()}, sources={"http_json": replace(SOURCE, connect=connect)})
    here.nudge()
    assert opening.wait(30)
    here.coordinator._inbox.put(FeedsStart({}, "Europe/Paris"))
    here.coordinator.turn()
    gone.set()
    assert closed.wait(30)


def test_an_answer_that_was_asked_for_by_a_former_plan_is_not_taken(server, world):
    followed = threading.Event()
    plan = FeedsStart({"pond": document(url=server.at("/hung", lambda h: h.hang()))}, "Europe/Paris")

    def slow(h):
        here.coordinator._inbox.put(plan)
        followed.wait(30)
        h.send(GOOD)

    here = world({"pond": document(url=server.at("/slow", slow))})
    here.coordinator.turn()
    followed.set()
    here.coordinator.turn()  # the former answer, or the end of its connection
    assert (here.reading().value, here.reading().problem) == (None, "waiting")
    assert not here.failing
