"""Readings: their quality over time, their public shape, and how sets of them change."""

import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.clock import Clock
from maquette.core.readings import Nature, Quality, Reading, Readings, ReadingsUpdate, iso, worst

MEASURED_AT = datetime(2026, 11, 21, 9, 40, tzinfo=UTC)
FLOW = Reading(
    "river",
    "flow",
    None,
    812.0,
    "m³/s",
    Quality.LIVE,
    Nature.MEASURED,
    measured_at=MEASURED_AT,
    fetched_at=MEASURED_AT + timedelta(minutes=5),
    fresh_until=100.0,
    drop_at=300.0,
    place="Ternay",
    source="Hub'Eau",
    licence="Licence Ouverte 2.0",
    attribution="Eaufrance",
)


def clock(*, trusted: bool = True) -> Clock:
    return Clock(datetime(2026, 11, 21, 10, 45, 7, tzinfo=timezone(timedelta(hours=1))), trusted)


def test_a_live_reading_becomes_stale_and_then_missing():
    qualities = [FLOW.quality_at(now) for now in (0.0, 99.9, 100.0, 299.9, 300.0)]
    assert qualities == [Quality.LIVE, Quality.LIVE, Quality.STALE, Quality.STALE, Quality.MISSING]


@pytest.mark.parametrize("quality", [Quality.SAMPLE, Quality.REPLAY])
def test_a_sample_and_a_replay_do_not_age(quality):
    assert replace(FLOW, quality=quality).quality_at(1e9) is quality


def test_a_stale_reading_never_becomes_live_again():
    stale = replace(FLOW, quality=Quality.STALE)
    assert [stale.quality_at(now) for now in (0.0, 300.0)] == [Quality.STALE, Quality.MISSING]


def test_without_a_value_a_reading_is_missing_whatever_it_says():
    assert replace(FLOW, value=None).quality_at(0.0) is Quality.MISSING
    assert replace(FLOW, quality=Quality.MISSING).quality_at(0.0) is Quality.MISSING


def test_without_limits_a_reading_stays_live():
    forever = replace(FLOW, fresh_until=None, drop_at=None)
    assert forever.quality_at(1e12) is Quality.LIVE
    assert forever.next_change_after(0.0) is None


def test_the_next_change_is_the_next_limit():
    assert [FLOW.next_change_after(now) for now in (0.0, 100.0, 300.0)] == [100.0, 300.0, None]


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_the_quality_never_improves_by_itself(one, other):
    earlier, later = sorted((one, other))
    qualities = [FLOW.quality_at(earlier), FLOW.quality_at(later)]
    assert worst(qualities) is qualities[1]


def test_the_worst_of_nothing_is_live():
    assert worst([]) is Quality.LIVE
    assert worst([Quality.STALE, Quality.SAMPLE, Quality.LIVE]) is Quality.SAMPLE


def test_the_public_shape_is_the_contract_s():
    view = FLOW.view(clock(), 0.0)
    assert view == {
        "feed": "river",
        "name": "flow",
        "key": None,
        "value": 812.0,
        "unit": "m³/s",
        "quality": "live",
        "nature": "measured",
        "measured_at": "2026-11-21T09:40:00Z",
        "fetched_at": "2026-11-21T09:45:00Z",
        "age_s": 307,
        "valid_until": None,
        "place": "Ternay",
        "source": "Hub'Eau",
        "licence": "Licence Ouverte 2.0",
        "attribution": "Eaufrance",
        "problem": None,
    }
    assert json.loads(json.dumps(view)) == view


def test_a_missing_reading_shows_no_value_but_still_its_age():
    view = FLOW.view(clock(), 300.0)
    assert (view["value"], view["quality"], view["age_s"]) == (None, "missing", 307)


def test_the_age_is_unknown_when_the_clock_cannot_be_believed():
    assert FLOW.view(clock(trusted=False), 0.0)["age_s"] is None


@pytest.mark.parametrize("quality", [Quality.SAMPLE, Quality.REPLAY])
def test_a_sample_and_a_replay_have_no_age(quality):
    assert replace(FLOW, quality=quality).view(clock(), 0.0)["age_s"] is None


def test_the_age_is_unknown_when_nobody_says_when_it_was_measured():
    assert replace(FLOW, measured_at=None).view(clock(), 0.0)["age_s"] is None


def test_a_measurement_from_the_future_has_no_negative_age():
    assert replace(FLOW, measured_at=MEASURED_AT + timedelta(days=1)).view(clock(), 0.0)["age_s"] == 0


def test_moments_are_written_in_utc():
    assert iso(datetime(2026, 7, 1, 2, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-07-01T00:00:00Z"
    assert iso(None) is None


ROWS = [replace(FLOW, feed="air", name="index", key=key, value=value) for key, value in (("a", 1.0), ("b", 2.0))]


def test_readings_are_found_by_feed_name_and_key():
    readings = Readings([FLOW, *ROWS])
    assert readings["river", "flow", None] is FLOW
    assert readings.rows("air", "index") == {"a": ROWS[0], "b": ROWS[1]}
    assert readings.rows("air", "nothing") == {}
    assert len(readings) == 3
    assert ("air", "index", "c") not in readings


def test_an_update_makes_new_readings_and_leaves_the_old_ones():
    before = Readings([FLOW, *ROWS])
    after = before.updated(ReadingsUpdate((replace(FLOW, value=900.0),)))
    assert after["river", "flow", None].value == 900.0
    assert before["river", "flow", None].value == 812.0
    assert after.rows("air", "index") == before.rows("air", "index")


def test_a_complete_feed_loses_the_keys_that_are_gone():
    after = Readings([FLOW, *ROWS]).updated(ReadingsUpdate((ROWS[1],), complete=frozenset({"air"})))
    assert set(after) == {("river", "flow", None), ("air", "index", "b")}


def test_the_next_change_of_all_is_the_first_of_each():
    readings = Readings([FLOW, replace(ROWS[0], fresh_until=50.0), replace(ROWS[1], fresh_until=None, drop_at=None)])
    assert [readings.next_change_after(now) for now in (0.0, 50.0, 299.0, 300.0)] == [50.0, 100.0, 300.0, None]
    assert Readings().next_change_after(0.0) is None


def test_messages_survive_the_way_to_another_process():
    update = ReadingsUpdate((FLOW, *ROWS), frozenset({"air"}))
    assert pickle.loads(pickle.dumps(update)) == update
