"""Numbers made of several rows: counted, summed, averaged, by group or by zone."""

import math
import statistics
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.readings import Quality
from maquette.errors import FeedError
from maquette.feeds import digest as digests
from maquette.feeds import rows as rowing
from maquette.feeds.source import Arrival, Row
from maquette.feeds.sources.http_json import SOURCE
from tests.feeds.documents import NOON, NOW_S, TRUSTED, UNTRUSTED, ago, arrival, document

STAFF = {"staff": {"sum": "staff", "unit": "jobs"}, "sites": {"count": "@"}}
BY_FAMILY = {"pick": "rows", "group_by": "family"}
SITES = [
    {"family": "chemistry", "staff": 500, "lat": 45.70, "lon": 4.85},
    {"family": "chemistry", "staff": "80", "lat": 45.60, "lon": 4.80},
    {"family": "energy", "staff": 30, "lat": 45.70, "lon": 4.86},
]


def digest(content, clock=TRUSTED, **changes):
    changes = {"values": STAFF, "measured_at": None, **changes}
    return {(r.name, r.key): r for r in SOURCE.digest("sites", document(**changes), {"rows": content}, arrival(clock))}


def values(readings):
    return {at: reading.value for at, reading in readings.items()}


def test_rows_are_counted_and_summed_by_group():
    assert values(digest(SITES, rows=BY_FAMILY)) == {
        ("staff", "chemistry"): 580.0, ("sites", "chemistry"): 2.0, ("staff", "energy"): 30.0, ("sites", "energy"): 1.0,
    }  # fmt: skip


def test_without_a_group_all_rows_make_one_number():
    readings = digest(SITES, rows={"pick": "rows", "where": "family == 'chemistry'"})
    assert values(readings) == {("staff", None): 580.0, ("sites", None): 2.0}
    assert readings["staff", None].quality is Quality.LIVE


def test_a_group_that_is_known_and_has_no_row_counts_zero_while_others_have_some():
    readings = digest(SITES[:2], rows={**BY_FAMILY, "keys": ["chemistry", "energy"]})
    assert values(readings)["sites", "energy"] == values(readings)["staff", "energy"] == 0.0
    assert readings["sites", "energy"].quality is Quality.LIVE


def test_the_zero_of_a_group_without_rows_is_as_old_as_the_rows_of_the_others():
    keyed = {**BY_FAMILY, "keys": ["chemistry", "energy"]}
    for minutes, quality in ((5, Quality.LIVE), (100, Quality.STALE), (600, Quality.MISSING), (-60, Quality.MISSING)):
        rows = [{"family": "chemistry", "staff": 1, "at": ago(minutes=minutes)}]
        found = digest(rows, rows=keyed, measured_at="at")
        assert {r.quality for r in found.values()} == {quality}, minutes
        assert found["staff", "energy"].measured_at == found["staff", "chemistry"].measured_at
    (undated,) = {
        r.problem for r in digest([{"family": "chemistry", "staff": 1}], rows=keyed, measured_at="at").values()
    }
    assert undated == "no_time"


def test_of_several_rows_of_one_thing_only_the_newest_counts():
    rows = [
        {"sensor": 7, "staff": 10, "at": ago(minutes=9)},
        {"sensor": 7, "staff": 50, "at": ago(minutes=2)},
        {"sensor": "8", "staff": 20, "at": ago(minutes=5)},
        {"sensor": None, "staff": 999, "at": ago(minutes=1)},
        {"staff": 999, "at": ago(minutes=1)},
    ]
    values = {**STAFF, "mean": {"mean": "staff"}}
    readings = digest(rows, rows={"pick": "rows", "one_per": "sensor"}, values=values, measured_at="at")
    assert {name: r.value for (name, _), r in readings.items()} == {"staff": 70.0, "sites": 2.0, "mean": 35.0}
    assert {r.measured_at for r in readings.values()} == {NOON - timedelta(minutes=5)}
    renamed = digest(rows, rows={"pick": "rows", "one_per": "sensor_id"}, values=values, measured_at="at")
    assert {(r.value, r.problem) for r in renamed.values()} == {(None, "no_row")}


def test_an_empty_list_counts_zero_and_has_no_mean():
    both = {"sites": {"count": "@"}, "mean": {"mean": "staff"}}
    readings = digest([], rows={"pick": "rows"}, values=both)
    assert (readings["sites", None].value, readings["mean", None].value) == (0.0, None)
    assert readings["mean", None].problem == "no_row"


@pytest.mark.parametrize("renamed", [{"where": "family == 'water'"}, {"group_by": "familly", "keys": ["chemistry"]}])
def test_when_no_row_counts_although_rows_came_nothing_is_said_to_be_zero(renamed):
    for reading in digest(SITES, rows={"pick": "rows", **renamed}).values():
        assert (reading.value, reading.problem) == (None, "no_row")


@pytest.mark.parametrize(
    "where",
    [
        "familly == 'chemistry'",
        "familly != 'energy'",
        "family == 'energy' || closed",
        "!starts_with(a.b, 'x')",
        "tags[0] != 'x'",
    ],
)
def test_a_condition_on_what_no_row_says_is_no_condition(where):
    with pytest.raises(FeedError) as caught:
        digest(SITES, rows={"pick": "rows", "where": where})
    assert caught.value.code == "bad_shape"


def test_a_condition_holds_where_some_row_says_what_it_looks_at():
    rows = [*SITES, {"staff": 1, "closed": True}]
    assert values(digest(rows, rows={"pick": "rows", "where": "closed != `true`"}))["sites", None] == 3.0


def test_a_count_of_what_no_row_says_is_not_zero():
    counted = {"high": {"count": "status == 'high'"}, "all": {"count": "@"}}
    said = digest([{"status": "low"}, {"status": None}], rows={"pick": "rows"}, values=counted)
    assert values(said) == {("high", None): 0.0, ("all", None): 2.0}
    unsaid = digest([{"statut": "low"}, {"statut": "high"}], rows={"pick": "rows"}, values=counted)
    assert values(unsaid) == {("high", None): None, ("all", None): 2.0}
    assert unsaid["high", None].problem == "no_value"


def test_rows_left_out_on_the_way_are_remembered():
    terms = rowing.terms_of("sites", document(values=STAFF, measured_at=None, rows={"pick": "rows"}))
    for seen, value in ((0, 0.0), (5000, None)):
        sifted = rowing.Wanted(terms)
        for _ in range(seen):
            sifted({})
        (staff, _) = digests.digest(terms, [], arrival(), sifted=sifted)
        assert staff.value == value


def test_a_count_is_of_rows_for_which_something_is_true():
    rows = [{"renting": True}, {"renting": False}, {"renting": None}, {}, {"renting": 0}]
    assert values(digest(rows, rows={"pick": "rows"}, values={"open": {"count": "renting"}})) == {("open", None): 2.0}
    assert values(digest(rows[1:4], rows={"pick": "rows"}, values={"open": {"count": "renting"}})) == {
        ("open", None): 0.0
    }


def test_a_sum_says_when_rows_have_no_number_and_too_few_make_none():
    for staff, value, problem in (
        ([1, 2, 3], 6.0, None),
        ([1, "ND", 3], 4.0, "partial"),
        ([1, "ND", None], None, "too_few"),
        (["ND"], None, "not_a_number"),
        ([None], None, "no_value"),
    ):
        reading = digest([{"staff": one} for one in staff], rows={"pick": "rows"})["staff", None]
        assert (reading.value, reading.problem) == (value, problem), staff
        assert reading.quality is (Quality.MISSING if value is None else Quality.LIVE)


def test_a_sensor_that_is_broken_does_not_spoil_a_mean_but_a_sum_is_known_as_a_whole_only():
    ways = {way: {way: "staff", "plausible": [0, 100]} for way in ("sum", "mean", "median", "min", "max")}
    readings = digest([{"staff": n} for n in (10, 20, 60, 9999)], rows={"pick": "rows"}, values=ways)
    assert {name: r.value for (name, _), r in readings.items()} == {
        "sum": None, "mean": 30.0, "median": 20.0, "min": 10.0, "max": 60.0,
    }  # fmt: skip
    assert readings["sum", None].problem == "implausible"
    assert readings["mean", None].problem == "partial"


def test_a_number_of_many_is_as_old_as_the_oldest_that_counts():
    rows = [{"staff": n, "at": ago(minutes=m)} for n, m in ((1, 5), (2, 50), (4, 100), (8, 60 * 24 * 9))]
    readings = digest(rows, rows={"pick": "rows"}, measured_at="at")
    assert readings["staff", None].value == 7.0  # what is older than `drop_after` (three hours) is gone
    assert readings["staff", None].measured_at == NOON - timedelta(minutes=100)
    assert readings["staff", None].quality is Quality.STALE
    assert digest(rows[:2], rows={"pick": "rows"}, measured_at="at")["staff", None].quality is Quality.LIVE
    young = digest([rows[0], rows[3]], rows={"pick": "rows"}, measured_at="at")["staff", None]
    assert (young.value, young.quality, young.problem) == (1.0, Quality.LIVE, "partial"), "a sum says what it lacks"
    gone = digest(rows[3:], rows={"pick": "rows"}, measured_at="at")["sites", None]
    assert (gone.value, gone.problem) == (None, "too_old")


def test_rows_that_came_one_by_one_are_as_old_as_they_are():
    terms = rowing.terms_of("desk", document(measured_at=None))
    (reading,) = digests.digest(terms, [Row({"level": 3}, NOW_S - 60), Row({"level": 4}, NOW_S - 600)], arrival())
    assert (reading.value, reading.fresh_until) == (3.0, NOW_S + 3540)
    assert reading.fetched_at == NOON - timedelta(seconds=60)


@pytest.mark.parametrize("clock", [TRUSTED, UNTRUSTED])
def test_what_was_said_before_we_listened_is_never_live_unless_it_dates_itself(clock):
    for way in ({"pick": "level"}, {"mean": "level"}):
        terms = rowing.terms_of("desk", document(measured_at=None, values={"level": way}))
        (reading,) = digests.digest(terms, [Row({"level": 3}, NOW_S, of_before=True)], arrival(clock))
        assert (reading.value, reading.quality) == (3.0, Quality.STALE)
    (dated,) = digests.digest(
        rowing.terms_of("desk", document()),
        [Row({"level": 3, "at": ago(minutes=1)}, NOW_S, of_before=True)],
        arrival(clock),
    )
    assert dated.quality is (Quality.LIVE if clock is TRUSTED else Quality.STALE)


def near(within="1 km", **changes):
    """A feed whose rows count for the zones in reach, as the documents' room lays them."""
    made: Any = document(
        values=STAFF,
        measured_at=None,
        rows={"pick": "rows", "zones": {"lat": "lat", "lon": "lon", "within": within, **changes}},
    )
    paths = {"feyzin": ((45.70, 4.849), (45.70, 4.855)), "ternay": ((45.60, 4.80),), "port": ((45.73, 4.83),)}
    zones = made.rows.zones.laid(paths)
    return made.model_copy(update={"rows": made.rows.model_copy(update={"zones": zones})})


def joined(made, rows):
    return {(r.name, r.key): r.value for r in SOURCE.digest("sites", made, {"rows": rows}, arrival())}


def test_rows_count_for_the_zone_in_whose_reach_they_lie():
    lost = [
        {"staff": 7, "lat": None, "lon": 4.8},
        {"staff": 7, "lat": 0, "lon": 0},
        {"staff": 7, "lat": 145, "lon": 4.8},
    ]
    assert joined(near(), [*SITES, *lost]) == {
        ("staff", "feyzin"): 530.0, ("sites", "feyzin"): 2.0, ("staff", "ternay"): 80.0, ("sites", "ternay"): 1.0,
        ("staff", "port"): 0.0, ("sites", "port"): 0.0,
    }  # fmt: skip
    assert joined(near("100 m"), SITES)["staff", "feyzin"] == 500.0


def test_a_row_counts_for_the_nearest_zone_or_for_every_one_in_reach():
    site = [{"staff": 10, "lat": 45.701, "lon": 4.85}]
    assert joined(near("50 km"), site)["staff", "port"] == 0.0
    everywhere = joined(near("50 km", counts_for="every"), site)
    assert {everywhere["staff", zone] for zone in ("feyzin", "ternay", "port")} == {10.0}


def test_when_no_row_says_where_it_lies_nothing_is_said_to_be_zero():
    assert set(joined(near(), [{"staff": 10, "latitude": 45.7, "longitude": 4.85}]).values()) == {None}


def test_the_keys_of_a_feed_of_zones_are_known_before_its_first_answer():
    assert {r.key for r in SOURCE.expected("sites", near())} == {"feyzin", "ternay", "port"}


def test_a_table_without_zones_on_the_earth_has_no_row():
    made = document(
        values=STAFF, measured_at=None, rows={"pick": "rows", "zones": {"lat": "a", "lon": "b", "within": "1 km"}}
    )
    with pytest.raises(FeedError) as caught:
        SOURCE.digest("sites", made, {"rows": SITES}, arrival())
    assert caught.value.code == "no_row"


WAYS = {way: {way: "n"} for way in ("count", "sum", "mean", "median", "min", "max")}
JUNK = st.one_of(st.none(), st.booleans(), st.text(max_size=5), st.lists(st.integers(), max_size=2), st.just(math.nan))


@settings(deadline=None)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.lists(JUNK, max_size=10), st.randoms())
def test_whatever_the_rows_a_number_is_that_of_the_numbers_among_them(numbers, junk, random):
    rows = [{"n": one} for one in (*numbers, *junk) if not isinstance(one, str)]
    random.shuffle(rows)
    junk = [one for one in junk if not isinstance(one, str)]
    readings = {name: r for (name, _), r in digest(rows, rows={"pick": "rows"}, values=WAYS).items()}
    assert readings["count"].value == len(numbers) + sum(one is not None and one is not False for one in junk)
    if len(numbers) < digests.LEAST_SHARE * len(rows):
        assert {r.problem for name, r in readings.items() if name != "count"} == {"too_few"}
        return
    assert readings["sum"].value == pytest.approx(math.fsum(numbers), abs=1e-3)
    assert readings["mean"].value == pytest.approx(math.fsum(numbers) / len(numbers), abs=1e-3)
    assert readings["median"].value == statistics.median(numbers)
    assert (readings["min"].value, readings["max"].value) == (min(numbers), max(numbers))
    assert {r.problem for name, r in readings.items() if name != "count"} == {"partial" if junk else None}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["family", "staff", "lat", "lon", "at"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=8), st.sampled_from([TRUSTED, UNTRUSTED, None]))
def test_any_rows_at_all_make_readings_or_a_known_problem(rows, clock):
    for made in (document(values=STAFF, rows=BY_FAMILY), near()):
        with suppress(FeedError):
            for reading in SOURCE.digest("sites", made, {"rows": rows}, Arrival(clock, NOW_S)):
                assert reading.value is None or math.isfinite(reading.value)
