"""Files of earlier values: what they say, and what is told of those that cannot be read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.config.words import word
from maquette.core import given as given_series
from maquette.core.given import GivenValue, read_given
from maquette.core.series import look, value_at
from maquette.errors import SeriesError

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600.0
VALUES = {"flow": GivenValue((0.0, 20_000.0)), "level": GivenValue()}


def read(text, *, keyed=False, fresh_for_s=HOUR):
    return read_given(text, VALUES, keyed=keyed, zone=PARIS, fresh_for_s=fresh_for_s)


def test_relative_times_count_from_whenever_it_is_read():
    told = read("# Invented.\n\ntime,flow\n-2 h,1\n-60 min, 2.5\n0 h,3\n")
    assert told.relative
    for now in (0.0, 1e9):
        series = told.at("flow", None, now)
        assert series is not None
        assert [look(series, "ago", hours * HOUR, now).value for hours in (2, 1)] == [1.0, 2.5]
        assert value_at(series, now).value == 3.0
        assert value_at(series, now).given
    assert told.at("level", None, 0.0) is None


def test_calendar_times_are_the_territory_s_unless_they_carry_an_offset():
    told = read("time,flow\n2026-11-20T08:00,1\n2026-11-20T08:00Z,2\n")
    assert not told.relative
    series = told.at("flow", None, 5.0)
    assert series is not None
    first, second = (datetime.fromtimestamp(time, UTC).hour for time in series.times)
    assert (first, second) == (7, 8)


def test_each_key_has_a_series_of_its_own():
    told = read("time,key,flow,level\n-1 h,01004,1,10\n-1 h,69276,2,20\n0 h,69276,3,30\n", keyed=True)
    one, other = told.at("level", "01004", 0.0), told.at("flow", "69276", 0.0)
    assert one is not None
    assert other is not None
    assert (one.values.tolist(), other.values.tolist()) == ([10.0], [2.0, 3.0])
    assert told.at("flow", None, 0.0) is None


def test_an_empty_cell_ends_what_was_known():
    series = read("time,flow,level\n-3 h,1,5\n-2 h,,5\n-1 h,2,5\n").at("flow", None, 0.0)
    assert series is not None
    assert [value_at(series, hours * HOUR).value for hours in (-2.5, -1.5, -0.5)] == [1.0, None, 2.0]


def test_where_lines_are_missing_a_value_holds_for_three_usual_steps():
    series = read("time,flow\n-20 d,1\n-19 d,2\n-10 d,3\n-9 d,4\n").at("flow", None, 0.0)
    assert series is not None
    assert [value_at(series, -days * 24 * HOUR).value for days in (17, 15.9, 8, 5)] == [2.0, None, 4.0, None]
    lasting = read("time,flow\n-20 d,1\n-19 d,2\n", fresh_for_s=30 * 24 * HOUR).at("flow", None, 0.0)
    assert lasting is not None
    assert value_at(lasting, 0.0).value == 2.0


@pytest.mark.parametrize(
    ("text", "line", "words", "keyed"),
    [
        ("", 1, "no values", False),
        ("# nothing\n", 1, "no values", False),
        ("time,flow\n", 1, "no values", False),
        ("time;flow\n-1 h;2\n", 1, "commas: time,flow,level", False),
        ("date,flow\n-1 h,2\n", 1, "time,flow", False),
        ("time\n-1 h\n", 1, "time,flow", False),
        ("time,flow\n-1 h,2\n", 1, "time,key,flow", True),
        ("time,key,flow\n-1 h,a,2\n", 1, "no value 'key'", False),
        ("time,flw\n-1 h,2\n", 1, "'flow'", False),
        ("time,xyz\n-1 h,2\n", 1, "there are flow, level", False),
        ("time,flow,flow\n-1 h,2,3\n", 1, "twice", False),
        ("time,flow\n-1 h,2\n-2 h\n", 3, "but here are 1", False),
        ("time,flow\n-1 h,0,5\n", 2, "point", False),
        ("time,flow\n-1 h,high\n", 2, "'high' is not a number", False),
        ("time,flow\n-1 h,nan\n", 2, "leave unknown values empty", False),
        ("time,flow\n-1 h,1e999\n", 2, "not a number", False),
        ("time,flow\n-1 h,-5\n", 2, "from 0 to 20000", False),
        ("time,flow\n1 h,5\n", 2, "'-1 h'", False),
        ("time,flow\nyesterday,5\n", 2, "-24 h", False),
        ("time,flow\n-3 m,5\n", 2, "'-3 m' is not a time", False),
        ("time,flow\n-1 h,5\n-60 min,6\n", 3, "twice", False),
        ("time,flow\n-1 h,5\n2026-11-20T08:00,6\n", 3, "not both", False),
        ("time,key,flow\n-1 h,,5\n", 2, "key is missing", True),
        ('time,flow\n-1 h,"5\n', 2, "cannot be read", False),
    ],
)
def test_a_fault_is_told_at_its_line(text, line, words, keyed):
    with pytest.raises(SeriesError) as caught:
        read(text, keyed=keyed)
    assert caught.value.line == line
    told = [caught.value.message, *([caught.value.hint] if caught.value.hint else [])]
    for language in ("fr", "en"):
        assert all(word(part, language) for part in told)
    assert words in " ".join(word(part, "en") for part in told)


def test_a_file_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(given_series, "MOST_LINES", 3)
    with pytest.raises(SeriesError, match="series_too_long"):
        read("time,flow\n-3 h,1\n-2 h,1\n-1 h,1\n")


def lines_refused(text):
    try:
        told = read(text)
    except SeriesError as error:
        return [error.line]
    assert told.series
    return []


@settings(max_examples=200)
@given(st.text(alphabet='time,flow\n-1 hd0.5é"#2026T:;', max_size=80))
def test_any_text_is_a_series_or_a_clear_error(text):
    for written in (text, f"time,flow\n{text}"):
        assert all(1 <= line <= written.count("\n") + 1 for line in lines_refused(written))
