"""Terms of the past, their names, and the readings of a moment that is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.past import PastTerm, ReadingSeries, SeriesUpdate, read_term, readings_at
from maquette.core.readings import Nature, Quality, Reading
from maquette.core.series import FUNCTIONS, LONGEST_WINDOW_S, Point, make_series

HOUR = 3600.0
NOON = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)
FLOW = Reading(
    "river", "flow", None, 9.0, "m³/s", Quality.LIVE, Nature.MEASURED,
    measured_at=NOON, fetched_at=NOON, fresh_until=5.0, drop_at=6.0, place="Ternay", source="Hub'Eau", licence="LO",
)  # fmt: skip


def past(*points, dated=True):
    return SeriesUpdate((ReadingSeries(FLOW, make_series(points)),), NOON.timestamp() if dated else None)


def test_a_term_is_named_after_its_value_its_function_and_its_window_in_seconds():
    assert PastTerm("river", "flow", "ago", 86_400.0).reading == "flow.ago(86400)"
    assert PastTerm("river", "flow", "mean", LONGEST_WINDOW_S).reading == "flow.mean(34560000)"
    assert PastTerm("river", "flow", "max", 0.5).reading == "flow.max(0.5)"


@pytest.mark.parametrize("name", ["flow", "flow.ago", "flow.ago()", "flow.frobnicate(3)", "flow.ago(86400).max(1)", ""])
def test_other_names_stand_for_no_term(name):
    assert read_term("river", name) is None


@given(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), st.sampled_from(FUNCTIONS), st.integers(1, 34_560_000))
def test_the_name_of_a_term_tells_the_term(name, function, window):
    term = PastTerm("river", name, function, float(window))
    assert read_term("river", term.reading) == term


def test_a_replay_says_what_was_known_then_and_when_that_was_measured():
    readings = readings_at(past(Point(0.0, 1.0, 9.0), Point(5.0, 2.0, 9.0)), [], 6.0)
    reading = readings["river", "flow", None]
    assert (reading.value, reading.quality, reading.problem) == (2.0, Quality.REPLAY, None)
    assert reading.measured_at == datetime(2026, 10, 6, 12, 0, 5, tzinfo=UTC)
    assert (reading.unit, reading.place, reading.source, reading.licence) == ("m³/s", "Ternay", "Hub'Eau", "LO")
    assert reading.quality_at(1e9) is Quality.REPLAY
    assert readings.next_change_after(0.0) is None


def test_a_replay_of_nothing_is_missing_with_the_reason():
    reading = readings_at(past(Point(0.0, 1.0, 9.0)), [], 10.0)["river", "flow", None]
    assert (reading.value, reading.quality, reading.problem) == (None, Quality.MISSING, "no_past")
    assert reading.measured_at is None


def test_the_terms_of_a_moment_are_those_of_that_moment():
    flows = past(*(Point(HOUR * hour, float(hour), HOUR * (hour + 2)) for hour in range(30)))
    ago, mean = PastTerm("river", "flow", "ago", 24 * HOUR), PastTerm("river", "flow", "mean", 4 * HOUR)
    other = PastTerm("air", "index", "ago", HOUR)
    for hour in (24, 27):
        readings = readings_at(flows, [ago, mean, other], hour * HOUR)
        assert readings["river", "flow.ago(86400)", None].value == hour - 24
        assert readings["river", "flow.mean(14400)", None].value == hour - 2.5
        assert {reading.quality for reading in readings.values()} == {Quality.REPLAY}
        assert len(readings) == 3
    short = readings_at(flows, [ago, mean], 1.5 * HOUR)
    assert short["river", "flow.ago(86400)", None].problem == "no_past"
    assert short["river", "flow.mean(14400)", None].problem == "short_past"


def test_a_sample_stays_a_sample_without_date():
    reading = readings_at(past(Point(0.0, 1.0, 9.0, given=True)), [], 5.0)["river", "flow", None]
    assert (reading.quality, reading.measured_at, reading.problem) == (Quality.SAMPLE, None, "given_past")


def test_while_no_clock_can_be_believed_a_replay_has_no_date():
    reading = readings_at(past(Point(0.0, 1.0, 9.0), dated=False), [], 5.0)["river", "flow", None]
    assert (reading.value, reading.quality, reading.measured_at) == (1.0, Quality.REPLAY, None)


POINTS = st.lists(
    st.builds(
        lambda time, value, lasts, given: Point(float(time), float(value), float(time + lasts), given),
        st.integers(0, 60),
        st.integers(-50, 50),
        st.integers(1, 30),
        st.booleans(),
    ),
    max_size=12,
)
TERMS = st.builds(
    lambda function, window: PastTerm("river", "flow", function, float(window)),
    st.sampled_from(FUNCTIONS),
    st.integers(1, 60),
)


@given(POINTS, st.lists(TERMS, max_size=4), st.integers(-10, 100))
def test_whatever_the_moment_readings_are_replays_samples_or_missing_and_never_of_later(points, terms, moment):
    then = past(*points)
    readings = readings_at(then, terms, float(moment))
    assert set(readings) == {("river", name, None) for name in ("flow", *(term.reading for term in terms))}
    for reading in readings.values():
        known = reading.value is not None
        assert reading.quality in ((Quality.REPLAY, Quality.SAMPLE) if known else (Quality.MISSING,))
        assert reading.problem in ((None, "given_past") if known else ("no_past", "no_present", "short_past"))
        assert reading.quality_at(1e12) is reading.quality
        assert (reading.measured_at is None) is (reading.quality is not Quality.REPLAY)
        assert reading.measured_at is None or reading.measured_at <= NOON + timedelta(seconds=moment)
    # What comes later changes nothing that is told of an earlier moment.
    earlier = [point for point in points if point.time <= moment]
    again = readings_at(past(*earlier), terms, float(moment))
    assert {key: (r.value, r.quality) for key, r in again.items()} == {
        key: (r.value, r.quality) for key, r in readings.items()
    }
