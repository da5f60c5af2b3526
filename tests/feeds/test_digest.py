import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.clock import Clock
from maquette.core.readings import Nature, Quality
from maquette.errors import FeedError
from maquette.feeds.problems import PROBLEMS
from maquette.feeds.source import Arrival
from maquette.feeds.sources.http_json import SOURCE
from tests.feeds.documents import NOON, NOW_S, PARIS, TRUSTED, UNTRUSTED, ago, arrival, catalogue, document

ROWS = {"pick": "rows"}
KEYED = {"pick": "rows", "key": "id", "keys": ["a", "b"]}


def digest(content, clock=TRUSTED, **changes):
    return SOURCE.digest("pond", document(**changes), content, arrival(clock))


def one(content, clock=TRUSTED, **changes):
    (reading,) = digest(content, clock, **changes)
    return reading


def test_a_value_carries_all_that_the_document_says_about_it():
    reading = one({"level": 3, "at": ago(minutes=10)}, place="By the oak", attribution="The keeper")
    assert (reading.feed, reading.name, reading.key, reading.value, reading.unit) == ("pond", "level", None, 3.0, "m")
    assert (reading.nature, reading.source, reading.licence) == (Nature.MEASURED, "Test", "None")
    assert (reading.place, reading.attribution, reading.problem) == ("By the oak", "The keeper", None)
    assert (reading.measured_at, reading.fetched_at) == (NOON - timedelta(minutes=10), NOON)
    assert (reading.quality, reading.fresh_until, reading.drop_at) == (Quality.LIVE, NOW_S + 3000, NOW_S + 10200)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [(None, "no_value"), ("", "not_a_number"), ("ND", "not_a_number"), (True, "not_a_number"), (math.nan, "not_a_number"),
     ([3], "not_a_number"), ({"v": 3}, "not_a_number"), ("3,5", "not_a_number"), (10**400, "not_a_number"), (101, "implausible"),
     (-1, "implausible")],
)  # fmt: skip
def test_a_bad_value_is_missing_with_its_reason_and_the_others_go_on(raw, problem):
    values = {"level": {"pick": "level", "plausible": [0, 100]}, "depth": {"pick": "depth"}}
    level, depth = digest({"level": raw, "depth": 2, "at": ago()}, values=values)
    assert (level.value, level.quality, level.problem) == (None, Quality.MISSING, problem)
    assert (depth.value, depth.quality, depth.problem) == (2.0, Quality.LIVE, None)


def test_zero_is_a_value():
    assert one({"level": 0, "at": ago()}).value == 0.0


def test_the_factor_applies_before_the_plausible_range():
    values = {"flow": {"pick": "q", "unit": "m³/s", "factor": 0.001, "plausible": [0, 1000]}}
    assert one({"q": 812000.0, "at": ago()}, values=values).value == 812.0


def test_the_newest_row_that_counts_is_taken_wherever_it_stands():
    rows = [{"level": 1, "at": ago(hours=2)}, {"level": 2, "at": ago(minutes=5)}, {"level": 3, "at": ago(hours=1)}]
    assert one({"rows": rows}, rows=ROWS).value == 2.0


def test_rows_of_the_future_are_ignored():
    rows = [{"level": 1, "at": ago(minutes=-16)}, {"level": 2, "at": ago(minutes=5)}]
    assert one({"rows": rows}, rows=ROWS).value == 2.0
    reading = one({"rows": rows[:1]}, rows=ROWS)
    assert (reading.value, reading.problem) == (None, "future")


def test_a_row_a_few_minutes_ahead_is_only_a_clock_that_differs():
    assert one({"level": 1, "at": ago(minutes=-14)}).quality is Quality.LIVE


def test_rows_that_where_refuses_do_not_count():
    rows = [
        {"level": 1, "at": ago(minutes=1), "ok": False},
        {"level": 2, "at": ago(minutes=9), "ok": True},
        {"level": 3, "at": ago()},
    ]
    assert one({"rows": rows}, rows={**ROWS, "where": "ok"}).value == 2.0


def test_a_time_that_cannot_be_read_is_not_believed():
    for at in (None, "soon", 5, "2026-10-06T09:55:00"):
        reading = one({"level": 1, "at": at})
        assert (reading.value, reading.problem) == (None, "no_time")
    assert one({"level": 1, "at": "2026-10-06T11:55:00"}, measured_zone="local").quality is Quality.LIVE


def test_a_value_that_nobody_dates_lives_from_its_arrival():
    for clock in (TRUSTED, UNTRUSTED):
        reading = one({"level": 1}, clock, measured_at=None)
        assert (reading.quality, reading.measured_at, reading.fresh_until) == (Quality.LIVE, None, NOW_S + 3600)


def test_an_old_measurement_is_stale_and_a_very_old_one_missing():
    stale = one({"level": 1, "at": ago(hours=2)})
    assert (stale.quality, stale.value, stale.problem) == (Quality.STALE, 1.0, "too_old")
    gone = one({"level": 1, "at": ago(hours=4)})
    assert (gone.quality, gone.value, gone.problem) == (Quality.MISSING, None, "too_old")
    assert gone.measured_at == NOON - timedelta(hours=4)


def test_with_an_untrusted_clock_a_dated_value_is_stale_and_not_said_to_be_fetched_then():
    reading = one({"level": 1, "at": ago(minutes=5)}, UNTRUSTED)
    assert (reading.quality, reading.problem, reading.fetched_at) == (Quality.STALE, "no_clock", None)
    assert reading.measured_at == NOON - timedelta(minutes=5)
    assert reading.view(UNTRUSTED, NOW_S)["age_s"] is None


def test_each_named_key_has_its_reading_and_other_keys_are_ignored():
    rows = [{"id": "a", "level": 1, "at": ago()}, {"id": "z", "level": 9, "at": ago()}, {"level": 7, "at": ago()}]
    a, b = digest({"rows": rows}, rows=KEYED)
    assert (a.key, a.value, a.problem) == ("a", 1.0, None)
    assert (b.key, b.value, b.problem) == ("b", None, "no_row")


def test_without_named_keys_every_row_that_comes_counts():
    rows = [
        {"id": 7, "level": 1, "at": ago()},
        {"id": "b", "level": 2, "at": ago()},
        {"id": True, "level": 3, "at": ago()},
    ]
    readings = digest({"rows": rows}, rows={"pick": "rows", "key": "id"})
    assert [(r.key, r.value) for r in readings] == [("7", 1.0), ("b", 2.0)]


def test_in_the_night_when_clocks_go_back_what_was_just_measured_is_no_future():
    now = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second half past two in Paris
    night = Arrival(Clock(now.astimezone(PARIS), trusted=True), NOW_S)
    feed = document()
    (reading,) = SOURCE.digest("pond", feed, {"level": 3, "at": (now - timedelta(minutes=5)).isoformat()}, night)
    assert (reading.value, reading.quality, reading.fresh_until) == (3.0, Quality.LIVE, NOW_S + 55 * 60)
    (reading,) = SOURCE.digest("pond", feed, {"level": 3, "at": (now + timedelta(minutes=20)).isoformat()}, night)
    assert reading.problem == "future"


def test_a_key_that_is_no_text_is_none():
    keys: list[Any] = ["\ud800", "", True, None, 1.5, [], "a"]
    rows = [{"id": key, "level": 1, "at": ago()} for key in keys]
    assert [reading.key for reading in digest({"rows": rows}, rows={"pick": "rows", "key": "id"})] == ["a"]


def test_named_keys_may_come_joined_as_they_stand_in_a_query():
    rows = catalogue("atmo_communes", communes=["69199", "69276"]).rows
    assert rows is not None
    assert rows.keys == ["69199", "69276"]


@pytest.mark.parametrize("content", [None, 5, "rows", [], {}, {"rows": None}, {"rows": {"a": 1}}, {"rows": "x"}])
def test_an_answer_of_another_shape_is_refused(content):
    with pytest.raises(FeedError) as caught:
        digest(content, rows=ROWS)
    assert caught.value.code == "bad_shape"


def test_an_empty_list_of_rows_is_well_formed_and_knows_nothing():
    assert one({"rows": []}, rows=ROWS).problem == "no_row"
    with pytest.raises(FeedError) as caught:
        digest({"rows": []}, rows={"pick": "rows", "key": "id"})
    assert caught.value.code == "no_row"


# -- forecasts -------------------------------------------------------------------------------------------------------


def forecast(days, clock=TRUSTED):
    rows = [{"level": level, "at": ago(hours=20), "day": day} for level, day in enumerate(days, 1)]
    return one({"rows": rows}, clock, rows=ROWS, valid_on="day", nature="forecast", fresh_for="36 h")


def test_only_the_row_for_today_counts_and_holds_until_the_local_day_ends():
    reading = forecast(["2026-10-08", "2026-10-07", "2026-10-06", "2026-10-05"])
    assert (reading.value, reading.quality) == (3.0, Quality.LIVE)
    assert (reading.measured_at, reading.valid_until) == (NOON - timedelta(hours=12), NOON + timedelta(hours=12))
    assert reading.drop_at == NOW_S + 12 * 3600


def test_a_forecast_made_long_ago_is_stale_even_for_today():
    rows = [{"level": 1, "at": ago(hours=40), "day": "2026-10-06"}]
    reading = one({"rows": rows}, rows=ROWS, valid_on="day", nature="forecast", fresh_for="36 h")
    assert (reading.value, reading.quality, reading.problem) == (1.0, Quality.STALE, "too_old")


def test_today_is_the_territory_s_day_not_that_of_utc():
    late = Clock(datetime(2026, 10, 7, 0, 30, tzinfo=PARIS), trusted=True)  # still the sixth in UTC
    assert forecast(["2026-10-06", "2026-10-07"], late).value == 2.0


def test_a_forecast_for_other_days_says_nothing_about_today():
    reading = forecast(["2026-10-07", "2026-10-05", "soon"])
    assert (reading.value, reading.problem) == (None, "other_day")


def test_without_a_clock_nobody_knows_which_day_is_today():
    assert forecast(["2026-10-06"], UNTRUSTED).problem == "no_clock"


# -- whatever comes --------------------------------------------------------------------------------------------------

names = st.sampled_from(["rows", "id", "level", "at", "day", "ok", ""])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["a", "b", "2026-10-06", ago(), ago(days=-9)]),
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5), max_leaves=25
)
documents = [
    {},
    {"rows": ROWS, "valid_on": "day"},
    {"rows": KEYED, "measured_zone": "local"},
    {"rows": {"pick": "rows[]", "key": "id", "where": "level > `0` && length(id) < `3`"}, "measured_at": None},
    {
        "values": {
            "level": {"pick": "max(rows[].level)", "factor": 1e300},
            "other": {"pick": "sum(rows)", "measured_at": "sort(at)[0]"},
        }
    },
]


@pytest.mark.parametrize("published", [None, "yesterday", "2026-10-06T11:00:00"])
def test_rows_dated_by_an_answer_that_no_longer_says_its_time_are_of_no_known_age(published):
    dated = {"measured_at": None, "published_at": "made", "rows": ROWS}
    good = {"made": ago(minutes=10), "rows": [{"level": 3}]}
    assert one(good, **dated).measured_at == NOON - timedelta(minutes=10)
    assert one({**good, "made": published}, **dated).problem == "no_time"


def test_a_row_holds_from_its_beginning_to_its_end():
    holds = {"measured_at": None, "valid_from": "begin", "valid_until": "end", "rows": ROWS}
    before = {"begin": ago(hours=9), "end": ago(hours=0), "level": 1}
    now = {"begin": ago(hours=0), "end": ago(hours=-9), "level": 2}
    after = {"begin": ago(hours=-9), "end": ago(hours=-18), "level": 3}
    reading = one({"rows": [after, now, before]}, **holds)
    assert (reading.value, reading.measured_at) == (2.0, NOON)
    assert reading.valid_until == NOON + timedelta(hours=9)
    assert one({"rows": [after, before]}, **holds).problem == "other_day"


@pytest.mark.parametrize("end", ["begin", "end"])
@pytest.mark.parametrize("unread", [None, "soon", 0])
def test_a_row_of_which_an_end_cannot_be_read_holds_at_no_time(end, unread):
    row = {"begin": ago(hours=1), "end": ago(hours=-1), "level": 2, end: unread}
    assert one(row, measured_at=None, valid_from="begin", valid_until="end").value is None


@settings(deadline=None)
@given(
    content=anything | anything.map(lambda rows: {"rows": [rows]}),
    changes=st.sampled_from(documents),
    clock=st.sampled_from([TRUSTED, UNTRUSTED, None]),
)
def test_any_answer_becomes_readings_or_a_reason(content, changes, clock):
    try:
        readings = SOURCE.digest("pond", document(**changes), content, arrival(clock))
    except FeedError as error:
        readings, reason = (), error.code
    else:
        reason = ""
    assert readings or reason in PROBLEMS
    for reading in readings:
        assert (reading.value is None) == (reading.quality is Quality.MISSING)
        assert reading.value is None or math.isfinite(reading.value)
        assert reading.value is not None or reading.problem in PROBLEMS
        if clock is None:
            assert reading.measured_at is reading.fetched_at is reading.valid_until is None
            assert reading.quality in (Quality.SAMPLE, Quality.MISSING)
