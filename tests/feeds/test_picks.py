import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.feeds.picks import read_day, read_moment, read_number, span_of_day

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("raw", "number"),
    [(197, 197.0), (-66, -66.0), (3.06, 3.06), ("197", 197.0), ("0", 0.0), ("-66.5", -66.5), ("1e3", 1000.0)],
)
def test_a_number_or_the_text_of_exactly_a_json_number_is_read(raw, number):
    assert read_number(raw) == number


@pytest.mark.parametrize(
    "raw",
    [None, True, False, "", " ", "ND", "NaN", "nan", "Infinity", "3,5", " 7", "7 ", "7\n", "+7", "07", "0x10", "1_000", "٣", "7.",
     ".5", [], [7], {}, {"value": 7}, math.nan, math.inf, -math.inf, 10**400, "9" * 400, "1e999"],
)  # fmt: skip
def test_what_is_not_exactly_a_number_is_unknown_and_never_zero(raw):
    assert read_number(raw) is None


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_number_is_itself(number):
    assert read_number(number) == number


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_finite_number_or_unknown(text):
    number = read_number(text)
    assert number is None or math.isfinite(number)


@pytest.mark.parametrize(
    "raw",
    ["2026-08-27T07:45:00+00:00", "2026-08-27T07:45:00Z", "2026-08-27T09:45:00+02:00", "2026-08-27T07:45:00.000Z"],
)
def test_a_moment_with_its_offset_is_read(raw):
    assert read_moment(raw, PARIS, None) == datetime(2026, 8, 27, 7, 45, tzinfo=UTC)


def test_a_moment_without_offset_means_what_the_document_says_or_is_not_believed():
    raw = "2026-08-27T09:45"
    assert read_moment(raw, PARIS, None) is None
    assert read_moment(raw, PARIS, "local") == datetime(2026, 8, 27, 7, 45, tzinfo=UTC)
    assert read_moment(raw, PARIS, "utc") == datetime(2026, 8, 27, 9, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw", [None, 1790000000, "", "yesterday", "2026-13-45T00:00:00Z", "2026-08-27", "9999-12-31T23:59:59-23:00"]
)
def test_what_is_not_a_moment_is_unknown(raw):
    assert read_moment(raw, PARIS, "utc") is None


@pytest.mark.parametrize(
    "raw",
    [
        "2026-10-05",
        "2026-10-05Z",
        "2026-10-05T00:00:00Z",
        "2026-10-04T22:00:00Z",
        "2026-10-05T00:00:00+02:00",
        "2026-10-05T00:00:00",
    ],
)
def test_every_spelling_of_a_local_day_is_that_day(raw):
    assert read_day(raw, PARIS) == date(2026, 10, 5)


@settings(deadline=None)
@given(st.one_of(st.none(), st.integers(), st.text(), st.datetimes().map(str), st.dates().map(str)))
def test_anything_is_a_day_and_a_moment_or_unknown(raw):
    day, moment = read_day(raw, PARIS), read_moment(raw, PARIS, "local")
    assert day is None or isinstance(day, date)
    assert moment is None or moment.tzinfo is UTC


def test_a_day_of_twenty_five_hours_lasts_from_midnight_to_midnight():
    change = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert span_of_day(date(2026, 10, 25), PARIS) == (change, change + timedelta(hours=25))
    assert span_of_day(date(2026, 10, 26), PARIS)[0] == change + timedelta(hours=25)


@pytest.mark.parametrize("raw", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_days_of_a_forecast(raw):
    assert read_day(raw, PARIS) is None


@pytest.mark.parametrize(
    ("raw", "form", "moment"),
    [
        (1791194400, "unix", "2026-10-05T10:00:00Z"),
        ("1791194400", "unix", "2026-10-05T10:00:00Z"),
        (1791194400500, "unix_ms", "2026-10-05T10:00:00.5Z"),
        ("2026-10-05", "date", "2026-10-04T22:00:00Z"),
        ("2026/10/05 12:00:00.250", "%Y/%m/%d %H:%M:%S.%f", "2026-10-05T10:00:00.25Z"),
        ("05/10/2026 12:00 +0200", "%d/%m/%Y %H:%M %z", "2026-10-05T10:00:00Z"),
    ],
)
def test_times_come_in_many_forms(raw, form, moment):
    assert read_moment(raw, PARIS, "local", form) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("form", ["unix", "unix_ms", "date", "%d/%m/%Y", "iso"])
@given(raw=st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.lists(st.none())))
@settings(deadline=None)
def test_whatever_the_form_a_moment_is_read_or_unknown(form, raw):
    moment = read_moment(raw, PARIS, None, form)
    assert moment is None or moment.tzinfo is UTC
