"""The past of feeds: recorded as it comes, given where nothing came yet, and asked by the terms of a show."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from maquette.core.past import PastTerm, PastWanted, readings_at
from maquette.core.readings import Nature, Quality, Reading
from maquette.core.series import look, value_at
from maquette.feeds import history
from maquette.feeds.archive import Columns
from maquette.feeds.archivist import Remembered, Wish
from maquette.feeds.history import KEPT_S, History
from maquette.feeds.store import terms_digest
from tests.feeds.documents import NOON, PARIS, ago, document

HOUR = 3600.0
DAY = 24 * HOUR
NOW = NOON.timestamp()

AGO = PastTerm("pond", "level", "ago", 24 * HOUR)
MEAN = PastTerm("pond", "level", "mean", 10 * HOUR)
CHANGE = PastTerm("pond", "level", "change", HOUR)


def wanted(*terms, **spans):
    return PastWanted(frozenset(terms), {("pond", name): span for name, span in spans.items()})


def given(tmp_path, text=None):
    """Return the path of a file: an hourly level that is the number of hours before now."""
    path = tmp_path / "levels.csv"
    path.write_text(text or "time,level\n" + "".join(f"-{hours} h,{hours}\n" for hours in range(48, -1, -1)))
    return str(path)


def level(value, at, **changes):
    plain = {"quality": Quality.LIVE, "nature": Nature.MEASURED, "measured_at": at} | changes
    return Reading("pond", "level", plain.pop("key", None), value, "m", **plain)


def answers(value, minutes=5):
    return lambda h: h.send(json.dumps({"level": value, "at": ago(minutes=minutes)}).encode())


# -- what is recorded


def recorded(*readings, **changes):
    past = History({"pond": document(**changes)}, PARIS)
    past.record(readings)
    return past.series(("pond", "level", None), NOW, trusted=True)


def test_a_reading_holds_as_long_as_its_feed_calls_it_live():
    series = recorded(level(3.0, NOON - timedelta(hours=1)), fresh_for="2 h")
    assert (series.times.tolist(), series.values.tolist()) == ([NOW - HOUR], [3.0])
    assert series.ends.tolist() == [NOW + HOUR]
    assert not series.given.any()


def test_a_forecast_holds_until_its_validity_ends():
    assert recorded(level(3.0, NOON, valid_until=NOON + timedelta(minutes=5))).ends.tolist() == [NOW + 300]


def test_what_nobody_dates_is_dated_by_its_arrival():
    assert recorded(level(3.0, None, fetched_at=NOON)).times.tolist() == [NOW]


@pytest.mark.parametrize(
    "reading",
    [
        level(None, NOON),
        level(3.0, NOON, quality=Quality.SAMPLE),
        level(3.0, NOON, quality=Quality.REPLAY),
        level(3.0, None),
        level(3.0, NOON, valid_until=NOON),
    ],
    ids=["unknown", "sample", "replay", "undated", "over"],
)
def test_what_never_really_came_is_not_recorded(reading):
    assert len(recorded(reading)) == 0


def test_readings_may_come_twice_late_and_mended():
    first, second, third = (NOON + timedelta(minutes=minutes) for minutes in (0, 1, 2))
    series = recorded(level(1.0, first), level(3.0, third), level(2.0, second), level(3.0, third), level(9.0, first))
    assert series.values.tolist() == [9.0, 2.0, 3.0]


def test_the_past_is_bounded(monkeypatch):
    hours = [NOON - timedelta(hours=hours) for hours in range(240, -1, -1)]
    series = recorded(*(level(float(number), at) for number, at in enumerate(hours)), fresh_for="1 h")
    assert series.times[0] == NOW - KEPT_S - HOUR
    monkeypatch.setattr(history, "MOST_POINTS", 20)
    monkeypatch.setattr(history, "LEAST_POINTS", 10)
    bounded = recorded(*(level(float(number), at) for number, at in enumerate(hours)))
    assert (bounded.times.size, bounded.times[-1]) == (20, NOW)


def test_many_keys_of_one_feed_do_not_cost_the_long_past_of_another(monkeypatch):
    monkeypatch.setattr(history, "MOST_POINTS", 300)
    monkeypatch.setattr(history, "LEAST_POINTS", 2)
    past = History({"pond": document(), "bikes": document()}, PARIS)
    past.record(level(float(minute), NOON - timedelta(minutes=minute)) for minute in range(100))
    for minute in range(20, 0, -1):
        bikes = [level(1.0, NOON - timedelta(minutes=minute), key=str(key)) for key in range(50)]
        past.record(replace(reading, feed="bikes") for reading in bikes)
    assert len(past.series(("pond", "level", None), NOW, trusted=True)) == 100
    sizes = [len(past.series(("bikes", "level", str(key)), NOW, trusted=True)) for key in range(50)]
    assert (min(sizes), max(sizes)) == (4, 4)


# -- what is remembered


def archived(minutes, values, **wish):
    """Return what the archive answers about the pond's level: values of some minutes from noon."""
    times = np.array([NOW + 60.0 * minute for minute in minutes])
    plain = {"feed": "pond", "terms": terms_digest(document()), "names": frozenset({"level"})} | wish
    columns = Columns(times, np.array(values, dtype=float), times + HOUR)
    return Remembered(Wish(**plain, since=0.0, until=NOW, most=100), {("level", None): columns})


def test_what_the_archive_remembers_stands_under_what_came_since():
    past = History({"pond": document()}, PARIS)
    past.record([level(9.0, NOON - timedelta(minutes=20)), level(8.0, NOON)])
    assert past.remember(archived([-30, -20, -10], [1, 2, 3]))
    series = past.series(("pond", "level", None), NOW, trusted=True)
    assert series.values.tolist() == [1.0, 9.0, 3.0, 8.0]
    assert series.ends.tolist() == [NOW - 1200, NOW - 600, NOW, NOW + HOUR]


def test_what_is_remembered_of_another_source_is_left_out():
    past = History({"pond": document()}, PARIS)
    assert not past.remember(archived([-1], [1], terms="another"))
    assert not past.remember(archived([-1], [1], feed="lake"))
    assert len(past.series(("pond", "level", None), NOW, trusted=True)) == 0


def test_each_stretch_is_asked_for_once_and_a_longer_one_anew():
    feeds = {"pond": document(fresh_for="1 h"), "lake": document(fresh_for="1 h")}
    past = History(feeds, PARIS)
    first = list(past.wishes(NOW))
    assert {(wish.feed, wish.since) for wish in first} == {(name, NOW - KEPT_S - HOUR) for name in feeds}
    assert list(past.wishes(NOW)) == []
    past.keep({("pond", "level"): 30 * DAY})
    (longer,) = past.wishes(NOW)
    assert (longer.feed, [*longer.names], longer.since) == ("pond", ["level"], NOW - 30 * DAY - HOUR)
    past.follow(feeds, PARIS, same={"pond"})
    assert [wish.feed for wish in past.wishes(NOW)] == ["lake"]


def test_what_a_term_asks_for_is_kept_longer():
    past = History({"pond": document()}, PARIS)
    past.keep({("pond", "level"): 30 * DAY})
    past.record(level(1.0, NOON - timedelta(days=days)) for days in range(60, -1, -1))
    assert past.series(("pond", "level", None), NOW, trusted=True).times[0] == NOW - 30 * DAY


# -- what is given


def test_a_given_past_ends_where_the_real_one_begins(tmp_path):
    past = History({"pond": document(series=given(tmp_path), fresh_for="2 h")}, PARIS)
    key = ("pond", "level", None)
    before = past.series(key, NOW, trusted=True)
    assert before.given.all()
    assert look(before, "ago", 24 * HOUR, NOW).value == 24.0
    past.record([level(500.0, NOON - timedelta(minutes=30))])
    after = past.series(key, NOW, trusted=True)
    assert (value_at(after, NOW).value, value_at(after, NOW).given) == (500.0, False)
    assert (value_at(after, NOW - HOUR).value, value_at(after, NOW - HOUR).given) == (1.0, True)


def test_a_hole_in_the_real_past_is_not_filled(tmp_path):
    past = History({"pond": document(series=given(tmp_path), fresh_for="1 h")}, PARIS)
    past.record([level(500.0, NOON - timedelta(hours=10)), level(501.0, NOON)])
    series = past.series(("pond", "level", None), NOW, trusted=True)
    assert [value_at(series, NOW - hours * HOUR).value for hours in (10.5, 9.5, 5, 0)] == [11.0, 500.0, None, 501.0]


def test_a_given_file_that_is_of_no_use_is_one_line_of_the_log(tmp_path, caplog):
    feeds = {
        "pond": document(series=given(tmp_path, "time,level\n-1 h,high\n")),
        "lake": document(series=str(tmp_path / "nowhere.csv")),
    }
    past = History(feeds, PARIS)
    assert len(past.series(("pond", "level", None), NOW, trusted=True)) == 0
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "levels.csv, line 2: 'high' is not a number" in caplog.text


# -- what is asked


def test_terms_come_with_the_readings_of_their_feed(server, world, tmp_path):
    pond = document(url=server.at("/", answers(5)), series=given(tmp_path), every="1 h")
    here = world({"pond": pond}, wanted=wanted(AGO, MEAN, CHANGE))
    assert (here.reading(name=AGO.reading).value, here.quality(name=AGO.reading)) == (24.0, Quality.SAMPLE)
    assert here.reading(name=AGO.reading).problem == "given_past"
    here.turns(1)
    assert here.reading().value == 5.0
    assert here.reading(name=AGO.reading).value == 24.0
    assert here.reading(name=CHANGE.reading).value == 4.0  # an hour ago the level was 1
    assert here.reading(name=CHANGE.reading).quality is Quality.SAMPLE  # the worst of what was used
    assert here.reading(name=MEAN.reading).unit == "m"


def test_a_term_of_what_came_is_live_and_ages(server, world):
    pond = document(url=server.at("/", answers(5, minutes=30)), every="1 h", fresh_for="2 h")
    term = PastTerm("pond", "level", "ago", 60.0)
    here = world({"pond": pond}, wanted=wanted(term))
    assert (here.reading(name=term.reading).value, here.reading(name=term.reading).problem) == (None, "no_past")
    here.turns(1)
    answer = here.reading(name=term.reading)
    assert (answer.value, here.quality(name=term.reading)) == (5.0, Quality.LIVE)
    assert answer.measured_at == NOON - timedelta(minutes=30)
    assert (answer.nature, answer.source, answer.licence) == (Nature.MEASURED, "Test", "None")
    here.now += 1.5 * HOUR + 61.0
    assert here.quality(name=term.reading) is Quality.MISSING


def test_an_aggregate_whose_end_is_not_known_is_stale(server, world):
    pond = document(url=server.at("/", answers(5, minutes=50)), every="1 h", fresh_for="45 min", drop_after="9 h")
    term = PastTerm("pond", "level", "mean", HOUR)
    here = world({"pond": pond}, wanted=wanted(term))
    here.turns(1)
    answer = here.reading(name=term.reading)
    assert (answer.value, here.quality(name=term.reading), answer.problem) == (5.0, Quality.STALE, "too_old")
    assert (here.reading(name=term.reading).quality, here.quality()) == (Quality.STALE, Quality.STALE)


def test_windows_move_on_by_themselves(server, world):
    pond = document(url=server.at("/", answers(5, minutes=0)), every="9 h", fresh_for="6 h")
    term = PastTerm("pond", "level", "ago", 180.0)
    here = world({"pond": pond}, wanted=wanted(term))
    here.turns(1)
    assert here.reading(name=term.reading).problem == "no_past"
    here.minutes(2)
    assert here.reading(name=term.reading).problem == "no_past"
    told = here.updates
    here.minutes(1)
    assert (here.reading(name=term.reading).value, here.updates) == (5.0, told + 1)
    here.minutes(5)
    assert here.updates == told + 1  # nothing changed, nothing is told


def test_terms_of_a_keyed_feed_are_answered_for_each_key(server, world, tmp_path):
    rows = json.dumps([{"id": "a", "level": 1, "at": ago()}, {"id": "b", "level": 2, "at": ago()}]).encode()
    file = given(tmp_path, "time,key,level\n-30 h,a,7\n-18 h,a,8\n-30 h,b,9\n")
    pond = document(url=server.at("/", rows), rows={"key": "id"}, series=file, every="1 h")
    here = world({"pond": pond}, wanted=wanted(AGO))
    here.turns(1)
    assert here.reading(name=AGO.reading, key="a").value == 7.0
    missing = here.reading(name=AGO.reading, key="b")
    assert (missing.value, missing.problem) == (None, "no_past")


def test_without_a_clock_only_a_past_that_counts_from_now_is_known(server, world, tmp_path):
    sampled = document(url=server.at("/", answers(5)), series=given(tmp_path), every="1 h")
    bare = document(url=server.at("/", answers(5)), every="1 h")
    calendar = tmp_path / "calendar"
    calendar.mkdir()
    file = given(calendar, f"time,level\n{ago(hours=24)},3\n")
    dated = document(url=server.at("/", answers(5)), series=file, every="1 h")
    for pond, value, problem in ((sampled, 24.0, "given_past"), (bare, None, "no_clock"), (dated, None, "no_clock")):
        here = world({"pond": pond}, wanted=wanted(AGO), trusted=False)
        assert (here.reading(name=AGO.reading).value, here.reading(name=AGO.reading).problem) == (value, problem)


def test_another_show_asks_other_things(server, world, tmp_path):
    pond = document(url=server.at("/", answers(5)), series=given(tmp_path), every="1 h")
    here = world({"pond": pond}, wanted=wanted(AGO))
    here.want(wanted(MEAN))
    names = {name for _, name, _ in here.readings}
    assert names == {"level", MEAN.reading}
    here.want(PastWanted())
    assert {name for _, name, _ in here.readings} == {"level"}


def test_a_show_that_travels_is_sent_the_series_it_needs(server, world, tmp_path):
    pond = document(url=server.at("/", answers(50, minutes=90)), series=given(tmp_path), every="9 h", fresh_for="2 h")
    here = world({"pond": pond}, wanted=wanted(level=24 * HOUR))
    (first,) = here.series
    (only,) = first.series
    assert only.reading.unit == "m"
    assert 24 <= len(only.series) <= 26
    assert value_at(only.series, here.now - 5 * HOUR).value == 5.0
    here.turns(1)
    here.minutes(1)
    assert len(here.series) == 2
    readings = readings_at(here.series[-1], [], here.now - HOUR)
    reading = readings["pond", "level", None]
    assert (reading.value, reading.quality) == (50.0, Quality.REPLAY)
    assert reading.measured_at == NOON - timedelta(minutes=90)
    assert readings_at(here.series[-1], [], here.now - 5 * HOUR)["pond", "level", None].quality is Quality.SAMPLE
    here.minutes(9)
    assert len(here.series) == 2  # nothing came
    here.minutes(2)
    assert len(here.series) == 3  # the given past has moved on with the time


def test_a_show_that_does_not_travel_is_sent_no_series(server, world, tmp_path):
    here = world({"pond": document(url=server.at("/", answers(5)), series=given(tmp_path))}, wanted=wanted(AGO))
    here.minutes(3)
    assert here.series == []
