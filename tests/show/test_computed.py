"""Computed values: made of other readings, and as good as those."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.readings import Nature, Quality, Reading, Readings, worst
from maquette.show.computed import ComputedValue, computed
from maquette.show.expressions import compile_expression
from tests.show.sample_readings import reading

NOON = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)


def value(text, name="index", **changes):
    return ComputedValue("wellbeing", name, compile_expression(text), **changes)


def one(text, *readings, now=0.0, **changes):
    (found,) = computed([value(text, **changes)], Readings(readings), now)
    return found


def vote(score, **changes):
    return replace(reading("votes", "bien_etre", score), nature=Nature.OPINION, **changes)


def index(number, key, **changes):
    return replace(reading("air", "index", number, key=key), **changes)


def test_a_computed_value_is_a_reading_of_its_own():
    found = one("0.5 * votes.bien_etre + 0.5 * (5 - max(air.index))", vote(4.0), index(2.0, "a"), index(3.0, "b"))
    assert (found.feed, found.name, found.key) == ("wellbeing", "index", None)
    assert (found.value, found.unit, found.quality, found.nature) == (3.0, None, Quality.LIVE, Nature.ESTIMATED)


def test_it_is_given_in_its_unit():
    flow = reading("river", "flow", 812.0, "m³/s")
    assert one("river.flow / 2", flow, unit="l/s").value == 406_000.0
    assert one("3", unit="m").value == 3.0
    assert one("river.flow > 3", flow).value == 1.0
    wrong = one("river.flow", flow, unit="µg/m³")
    assert (wrong.value, wrong.quality, wrong.problem) == (None, Quality.MISSING, "broken")


def test_it_says_where_it_comes_from():
    air = index(
        2.0,
        "a",
        source="Atmo",
        licence="ODbL",
        attribution="Atmo, 2026",
        place="Lyon",
        measured_at=NOON,
        fetched_at=NOON,
    )
    earlier = NOON - timedelta(hours=3)
    votes = vote(4.0, source="Visitors", licence="ODbL", place="Lyon", measured_at=earlier)
    found = one("votes.bien_etre + max(air.index)", votes, air, index(1.0, "b"))
    assert (found.source, found.licence, found.attribution) == ("Atmo, Visitors", "ODbL", "Atmo, 2026")
    assert (found.measured_at, found.fetched_at) == (earlier, NOON)
    assert found.place is None  # one of them says no place
    assert one("votes.bien_etre + air['a'].index", votes, air).place == "Lyon"
    assert one("votes.bien_etre", votes, place="Feyzin", nature=Nature.OPINION).place == "Feyzin"
    assert one("votes.bien_etre", votes, nature=Nature.OPINION).nature is Nature.OPINION


def test_it_is_as_good_as_the_worst_that_it_is_made_of():
    stale = replace(reading("river", "flow", 5.0), quality=Quality.STALE, problem="timeout", drop_at=99.0)
    found = one("river.flow + votes.bien_etre", stale, vote(1.0))
    assert (found.quality, found.problem, found.drop_at, found.fresh_until) == (Quality.STALE, "timeout", 99.0, None)
    missing = one("river.flow + votes.bien_etre", replace(stale, value=None, quality=Quality.MISSING), vote(1.0))
    assert (missing.value, missing.quality, missing.problem) == (None, Quality.MISSING, "timeout")
    never = one("river.flow + votes.bien_etre", vote(1.0))
    assert (never.value, never.quality, never.problem) == (None, Quality.MISSING, "waiting")


def test_it_ages_with_the_first_that_does():
    readings = [
        reading("a", "x", 1.0, fresh_until=10.0, drop_at=30.0),
        reading("b", "x", 2.0, fresh_until=20.0, drop_at=25.0),
    ]
    live, stale, gone = (one("a.x + b.x", *readings, now=now) for now in (0.0, 15.0, 26.0))
    assert (live.quality, live.fresh_until, live.drop_at) == (Quality.LIVE, 10.0, 25.0)
    assert (stale.quality, stale.drop_at) == (Quality.STALE, 25.0)
    assert gone.quality is Quality.MISSING
    assert [live.quality_at(now) for now in (9.0, 15.0, 26.0)] == [Quality.LIVE, Quality.STALE, Quality.MISSING]


def test_what_is_not_plausible_is_not_believed():
    found = one("votes.bien_etre * 9", vote(4.0), plausible=(0.0, 5.0))
    assert (found.value, found.problem) == (None, "implausible")
    assert one("votes.bien_etre * 9", vote(0.5), plausible=(0.0, 5.0)).value == 4.5


def test_one_may_be_made_of_another():
    values = [value("votes.bien_etre * 2"), value("wellbeing.index + 1", name="more")]
    assert [found.value for found in computed(values, Readings([vote(4.0)]), 0.0)] == [8.0, 9.0]
    assert [found.value for found in computed(values, Readings(), 0.0)] == [None, None]


@pytest.mark.parametrize("text", ["'a'", "1 / 0", "votes.bien_etre"])
def test_without_a_number_it_is_missing(text):
    assert one(text).quality is Quality.MISSING


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(-1e6, 1e6)), st.sampled_from(Quality)),
        min_size=2,
        max_size=2,
    )
)
def test_missing_in_is_missing_out_and_no_quality_improves(operands):
    readings: list[Reading] = [
        reading(feed, "x", number, quality=Quality.MISSING if number is None else quality)
        for feed, (number, quality) in zip("ab", operands, strict=True)
    ]
    found = one("a.x + b.x", *readings)
    expected = worst(r.quality for r in readings)
    assert found.quality is expected
    assert (found.value is None) == (expected is Quality.MISSING)
