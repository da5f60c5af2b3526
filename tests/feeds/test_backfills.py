"""Backfills: what a source says of the time before we listened becomes the past, once, and only where that is not known."""

import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from maquette.core.past import PastTerm, PastWanted
from maquette.core.readings import Quality
from maquette.errors import FeedError
from maquette.feeds.archivist import Archivist
from maquette.feeds.backfills import MOST_TRIES
from maquette.feeds.plan import FeedsStart
from maquette.feeds.pool import GRACE_S
from maquette.feeds.sources.http_json import SOURCE
from tests.feeds.documents import NOON, PARIS, ago, arrival, catalogue, document

HOUR = 3600.0
DAY = 24 * HOUR
assert SOURCE.backfill is not None
BACKFILL = SOURCE.backfill
NOW = NOON.timestamp()
AGO = PastTerm("pond", "level", "ago", 6 * HOUR)
MEAN = PastTerm("pond", "level", "mean", 24 * HOUR)
WANTED = PastWanted(frozenset({AGO, MEAN}))
PAST = {"within": "2 d", "params": {"from": "{since}", "day": "{since_day}"}, "pick": "rows"}


def row(hours, level, **more):
    return {"level": level, "at": ago(hours=hours), **more}


def with_past(server, present, before, **changes):
    """Return a pond that answers one thing when asked for the present, and another for its past."""

    def answer(handler):
        (before if "from=" in handler.path else present)(handler)

    return document(url=server.at("/", answer), **{"past": PAST, "every": "1 h", "fresh_for": "1 h", **changes})


def sends(content, **how):
    return lambda handler: handler.send(json.dumps(content).encode(), **how)


PRESENT = sends(row(0.1, 50))
HOURLY = sends({"rows": [row(hours, hours) for hours in range(50)]}, status=206)


def known(here, key=None):
    return here.coordinator._history.series(("pond", "level", key), NOW, trusted=True)


def asked_for_past(server):
    return [parse_qs(urlsplit(path).query) for path, _ in server.requests if "from=" in path]


# -- what is asked


def past_of(feed, since=datetime(2026, 10, 4, 9, 30, 12, 500_000, tzinfo=UTC)):
    return BACKFILL.document(feed, since)


def test_the_past_is_asked_for_from_a_moment_or_a_day():
    feed = document(url="http://here/a", params={"size": "1", "x": "y"}, past={
        "within": "8 d", "url": "http://here/{since_day}", "params": {"size": "9", "from": ">= {since}"}, "pick": "all"
    })  # fmt: skip
    asked = past_of(feed)
    assert asked.url == "http://here/2026-10-04"
    assert asked.params == {"size": "9", "x": "y", "from": ">= 2026-10-04T09:30:12Z"}
    assert (asked.rows.pick, feed.rows) == ("all", None)
    plain = past_of(document(past={"within": "8 d"}, rows={"pick": "data", "where": "a"}))
    assert (plain.url, plain.rows.pick, plain.rows.where) == (document().url, "data", "a")


def test_a_source_without_a_past_is_not_asked_for_one():
    assert BACKFILL.within(document()) == 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {"measured_at": None},
        {"valid_on": "day"},
        {"valid_until": "end"},
        {"values": {"level": {"count": "@", "unit": "m"}}},
    ],
)
def test_forecasts_counts_and_values_without_a_date_have_no_past(changes):
    with pytest.raises(ValidationError) as caught:
        document(past={"within": "8 d"}, **changes)
    (error,) = caught.value.errors()
    assert error["ctx"]["message"].key == "E111.past"


# -- what comes


def read_past(content, **changes):
    readings = BACKFILL.digest("pond", document(**changes), content, arrival())
    return [(r.key, r.value, (r.measured_at.timestamp() - NOW) / HOUR) for r in readings if r.measured_at is not None]


def test_every_row_that_counts_is_a_value_at_its_own_time():
    rows = [
        row(1, 3),
        row(30, "4.5"),
        row(2, "ND"),
        row(3, 101),
        row(-1, 9),
        row(4, 9, of="another"),
        {"level": 9},
        {"level": 9, "at": "2026-10-06T08:00"},
        None,
        row(5, -0.0, of="pond"),
    ]
    where = {"pick": "@", "where": "of == `null` || of == 'pond'"}
    assert read_past(rows, rows=where) == [(None, 3.0, -1.0), (None, 4.5, -30.0), (None, 0.0, -5.0)]
    assert read_past(rows[:2], rows=where, values={"level": {"pick": "level", "unit": "m", "factor": 2}})[1][1] == 9.0


def test_rows_of_named_keys_count_alone():
    rows = [row(1, 1, id="a"), row(1, 2, id="b"), row(2, 3, id="a"), row(2, 4)]
    keyed = {"pick": "@", "key": "id", "keys": ["a"]}
    assert read_past(rows, rows=keyed) == [("a", 1.0, -1.0), ("a", 3.0, -2.0)]


def test_another_shape_is_refused():
    with pytest.raises(FeedError) as caught:
        read_past({"no": "rows"}, rows={"pick": "rows"})
    assert caught.value.code == "bad_shape"


SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just(ago(hours=1)) | st.just([])
)


@settings(deadline=None)
@given(st.lists(SCALARS | st.dictionaries(st.sampled_from(["id", "level", "at"]), SCALARS), max_size=8))
def test_whatever_the_rows_are_only_dated_numbers_come(rows):
    keyed = {"pick": "@", "key": "id"}
    for reading in BACKFILL.digest("pond", document(rows=keyed), rows, arrival()):
        assert reading.measured_at is not None
        assert reading.value is not None
        assert 0 <= reading.value <= 100
        assert reading.quality is Quality.STALE


# -- when it is asked


def test_the_past_comes_once_after_the_first_answer_and_terms_know_it(server, world):
    pond = with_past(server, PRESENT, HOURLY)
    here = world({"pond": pond}, wanted=WANTED)
    here.turns()
    assert (here.reading().value, here.reading(name=AGO.reading).problem) == (50.0, "no_past")
    here.until(lambda: here.reading(name=AGO.reading).value is not None)
    assert here.reading(name=AGO.reading).value == 6.0
    assert here.quality(name=AGO.reading) is Quality.LIVE
    assert here.reading(name=MEAN.reading).value == pytest.approx(12.5, abs=0.5)
    assert len(known(here)) == 51
    assert asked_for_past(server) == [{"from": ["2026-10-04T10:00:00Z"], "day": ["2026-10-04"]}]
    here.live(0.5 * HOUR)
    assert len(asked_for_past(server)) == 1


def test_a_gap_of_the_source_stays_a_gap(server, world):
    rows = [row(hours, hours) for hours in range(1, 30) if hours not in range(3, 20)]
    here = world({"pond": with_past(server, PRESENT, sends({"rows": rows}))}, wanted=WANTED)
    here.turns()
    here.until(lambda: len(known(here)) > 1)
    assert here.reading(name=AGO.reading).problem == "no_past"
    assert here.reading(name=MEAN.reading).problem == "short_past"


def test_the_night_when_clocks_go_back_comes_whole(server, world):
    later = (datetime(2026, 10, 25, 10, tzinfo=UTC) - NOON).total_seconds()

    def local(hours):
        return (NOON + timedelta(seconds=later) - timedelta(hours=hours)).astimezone(PARIS).isoformat()

    rows = [{"level": hours, "at": local(hours)} for hours in range(30)]
    pond = with_past(server, sends({"level": 0, "at": local(0)}), sends({"rows": rows}))
    here = world({"pond": pond}, wanted=WANTED, later=later)
    here.turns()
    here.until(lambda: here.reading(name=MEAN.reading).value is not None)
    assert here.reading(name=MEAN.reading).value == pytest.approx(12.5)
    assert here.reading(name=AGO.reading).value == 6.0


def test_without_a_clock_the_past_waits(server, world):
    pond = with_past(server, PRESENT, HOURLY)
    here = world({"pond": pond}, trusted=False, wanted=WANTED)
    here.live(10.0)
    assert asked_for_past(server) == []
    here.trusted = True
    here.minutes(1)  # the clock is looked at, and then the archive
    here.coordinator._schedule.due["pond"] = here.now
    here.until(lambda: len(known(here)) > 10)


def test_a_feed_that_fails_is_not_asked_for_its_past(server, world):
    here = world({"pond": with_past(server, lambda h: h.send(status=500), HOURLY)})
    here.live(3 * HOUR)
    assert asked_for_past(server) == []


@pytest.fixture
def life(world, tmp_path):
    archivists: list[Archivist] = []

    def live(feeds, later=0.0, **options):
        for archivist in archivists:
            archivist.close(30.0)
        inbox: SimpleQueue[Any] = SimpleQueue()
        archivists.append(Archivist(tmp_path, inbox.put, now=lambda: NOW + later, write_every_s=1e6))
        archivists[-1].start()
        return world(feeds, later=later, inbox=inbox, archivist=archivists[-1], **options)

    yield live
    for archivist in archivists:
        archivist.close(30.0)


def test_what_the_archive_remembers_is_not_asked_for_again_and_a_gap_is(server, life):
    pond = with_past(server, PRESENT, HOURLY)
    here = life({"pond": pond})
    here.until(lambda: len(known(here)) == 51)
    again = life({"pond": pond}, later=60.0)
    again.until(lambda: again.reading().problem is None and len(known(again)) == 51)
    again.nudge()
    assert len(asked_for_past(server)) == 1
    late = with_past(server, sends(row(-5, 7)), sends({"rows": [row(-3, 3), row(-4, 4)]}))
    later = life({"pond": late}, later=5 * HOUR)
    later.until(lambda: 3.0 in known(later).values[-4:])
    # When the last value of the life before was measured.
    assert asked_for_past(server)[1]["from"] == ["2026-10-06T10:00:00Z"]


def test_a_longer_window_is_asked_for_as_far_as_the_source_goes(server, world):
    past = {**PAST, "within": "20 d"}
    pond = with_past(server, PRESENT, sends({"rows": [row(hours, 1) for hours in range(300)]}), past=past)
    here = world({"pond": pond})
    here.turns()
    here.until(lambda: len(known(here)) > 100)
    here.want(PastWanted(frozenset({PastTerm("pond", "level", "ago", 30 * DAY)})))
    here.coordinator._schedule.due["pond"] = here.now
    here.until(lambda: len(asked_for_past(server)) == 2)
    # As far as everything is kept, and then as far as the source goes.
    days = [asked["day"][0] for asked in asked_for_past(server)]
    assert days == ["2026-09-28", "2026-09-16"]


# -- what goes wrong


@pytest.mark.parametrize(
    "trouble",
    [
        lambda h: h.send(status=500),
        lambda h: h.send(b"<html>", Content_Type="text/html"),
        sends({"moved": []}),
        lambda h: h.send(b'{"rows": [', length=100),
    ],
)
def test_a_past_that_fails_is_tried_again_a_few_times_and_the_feed_goes_on(server, world, caplog, trouble):
    caplog.set_level(logging.INFO, "maquette")
    pond = with_past(server, PRESENT, trouble, every="10 min", fresh_for="9 h")
    here = world({"pond": pond})
    here.turns()
    here.live(12 * HOUR)
    assert len(asked_for_past(server)) == MOST_TRIES
    assert here.reading().value == 50.0
    assert here.failing == {}
    assert [record.message.split(":")[1][:8] for record in caplog.records if "past" in record.message] == [
        " its pas"
    ] * 2


def test_a_past_that_hangs_is_given_up_and_the_feed_goes_on(server, world):
    begun = threading.Event()
    pond = with_past(server, PRESENT, lambda h: h.hang(begun), timeout="30 s")
    here = world({"pond": pond})
    here.turns()
    here.nudge()
    assert begun.wait(30)
    here.now += 30.0 + GRACE_S + 1.0
    here.nudge()
    assert here.coordinator._backfills.lines == {}
    here.turns(1, later=2 * HOUR)
    assert (here.reading().value, here.failing) == (50.0, {})


def test_another_plan_gives_up_what_is_under_way(server, world):
    begun = threading.Event()
    pond = with_past(server, PRESENT, lambda h: h.hang(begun))
    here = world({"pond": pond})
    here.turns()
    here.nudge()
    assert begun.wait(30)
    here.coordinator._inbox.put(FeedsStart({"lake": document(url=server.at("/lake", PRESENT))}, "Europe/Paris"))
    here.until(lambda: ("lake", "level", None) in here.readings and here.reading("lake").value == 50.0)
    assert here.coordinator._backfills.lines == {}
    assert not here.coordinator._pool.under_way or all(a.feed.name == "pond" for a in here.coordinator._pool.under_way)


# -- ready-made


def test_a_river_s_past_comes_from_the_station_s_own_rows():
    feed = past_of(catalogue("hubeau_flow"))
    assert (feed.params["date_debut_obs"], feed.params["size"], feed.params["grandeur_hydro"]) == (
        "2026-10-04", "20000", "Q",
    )  # fmt: skip
    station = feed.params["code_entite"]
    plain = {"code_station": station, "grandeur_hydro": "Q", "resultat_obs": 812000.0, "code_qualification_obs": 16}
    rows = [
        {**plain, "date_obs": "2026-10-05T08:00:00Z"},
        {**plain, "date_obs": "2026-10-05T08:05:00Z", "code_station": None, "resultat_obs": 1.0},
        {**plain, "date_obs": "2026-10-05T08:10:00Z", "code_qualification_obs": 12},
        {**plain, "date_obs": "2026-10-05T08:15:00Z", "resultat_obs": 813000.0},
    ]
    content = {"count": 4, "next": None, "data": rows}
    assert [r.value for r in BACKFILL.digest("river", feed, content, arrival())] == [812.0, 813.0]


def test_a_region_s_past_comes_as_a_bare_list():
    feed = past_of(catalogue("eco2mix_region"))
    assert feed.url.endswith("/exports/json")
    assert feed.params["limit"] == "-1"
    assert "date_heure >= date'2026-10-04'" in feed.params["where"]
    region = feed.rows.where.split("'")[1]
    plain = {"code_insee_region": region, "consommation": 6000, "eolien": "203", "solaire": "ND", "nucleaire": None}
    rows = [
        {**plain, "date_heure": "2026-10-05T08:00:00+00:00"},
        {**plain, "date_heure": "2026-10-05T08:15:00+00:00", "consommation": None},
        {**plain, "date_heure": "2026-10-06T11:00:00+00:00"},  # an hour ahead
    ]
    found = [(r.name, r.value) for r in BACKFILL.digest("electricity", feed, rows, arrival())]
    assert found == [("consumption", 6000.0), ("wind", 203.0)]
