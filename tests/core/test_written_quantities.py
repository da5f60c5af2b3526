"""Quantities and times as people write them: no text makes the readers fall over, good ones come back, what a hint proposes is read."""

import re
import string
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.calendar import (
    DATE,
    DAY_MIN,
    DAYS,
    LOCAL,
    TIME,
    Instant,
    parse_date,
    parse_days,
    parse_instant,
    parse_span,
    parse_time,
)
from maquette.core.message import Message
from maquette.core.units import NUMBER, is_known_unit, meant_unit, parse_quantity, units_like
from maquette.errors import CalendarError, UnitError

READERS: dict[str, Callable[[str], object]] = {
    "quantity": parse_quantity,
    "time": parse_time,
    "days": parse_days,
    "date": parse_date,
    "span": parse_span,
    "instant": parse_instant,
}
DIMENSIONS = ("s", "A", "V", "°", "°/s", "m", "m³/s", "µg/m³", "W", "%", "°C", "Pa", "Hz")

units = st.sampled_from([unit for base in DIMENSIONS for unit in units_like(base)])
figures = st.from_regex(re.compile(NUMBER), fullmatch=True).filter(
    lambda text: len(text) < 20 and abs(float(text)) < 1e100
)
spaces = st.text(" \t\u00a0\u202f", max_size=2)
# What people type, rather than any text: pieces of what the readers know, put together wrongly.
pieces = st.sampled_from(
    [
        *(
            "10:30",
            "24:00",
            "25 h",
            "10h30",
            "18 H",
            "9h",
            "now",
            " ago",
            "24 h",
            "1 200",
            "3,5",
            "1.5e3",
            "-",
            "–",
            "+",
        ),
        *(
            "2026-12-25",
            "31/06/2026",
            "25/12/2026",
            "2026-11-20 08:00",
            "T08:00",
            "+01:00",
            "Z",
            "mon",
            "sam",
            "dimanche",
        ),
        *(
            "fri",
            ",",
            " ",
            ":",
            "/",
            ".",
            "m3/s",
            "m³/s",
            "secondes",
            "ms",
            "heures",
            "%",
            "°",
            "µ",
            "μ",
            "²",
            "'",
            "{",
            "1e999",
        ),
        *("\u00a0", "\u202f", "٣", "０", "é", "\n"),
    ]
)
texts = st.one_of(st.text(max_size=30), st.lists(pieces, max_size=5).map("".join))


def refused(read: Callable[[str], object], text: str) -> UnitError | CalendarError | None:
    try:
        read(text)
    except (UnitError, CalendarError) as error:
        return error
    return None


@pytest.mark.parametrize("name", READERS)
@given(text=texts)
def test_no_text_makes_a_reader_fall_over_and_what_a_hint_proposes_is_read(name: str, text: str):
    error = refused(READERS[name], text)
    if error is None:
        return
    assert str(error)
    assert error.hint is None or proposed_is_read(READERS[name], error.hint)


def proposed_is_read(read: Callable[[str], object], hint: Message) -> bool:
    """Tell whether what a hint proposes to write is read as it stands; a hint that proposes nothing is fine."""
    if hint.key not in ("did_you_mean", "write_this", "example_text"):
        return True
    return all(refused(read, str(meant)) is None for _, meant in hint.arguments)


@given(figure=figures, unit=units, before=spaces, between=spaces, after=spaces)
def test_a_quantity_is_its_number_and_its_unit(figure: str, unit: str, before: str, between: str, after: str):
    quantity = parse_quantity(f"{before}{figure}{between}{unit}{after}")
    assert (quantity.value, quantity.unit) == (float(figure), unit)
    assert parse_quantity(f"{quantity.value!r} {quantity.unit}") == quantity


@given(figure=figures, unit=units, data=st.data())
def test_a_duration_or_any_quantity_comes_back_from_each_unit_of_its_kind(figure: str, unit: str, data: st.DataObject):
    quantity = parse_quantity(f"{figure} {unit}")
    other = data.draw(st.sampled_from(units_like(unit)))
    there = quantity.to(other)
    back = parse_quantity(f"{there!r} {other}").to(unit)
    assert back == pytest.approx(quantity.value, rel=1e-9, abs=1e-9)


@given(word=st.text(string.ascii_letters + "µ°³²/₂", min_size=1, max_size=12))
def test_the_unit_that_is_proposed_for_a_misspelt_one_is_known(word: str):
    meant = meant_unit(word)
    assert meant is None or is_known_unit(meant)
    assert meant is None or not is_known_unit(word)


@given(minutes=st.integers(0, DAY_MIN))
def test_a_time_of_day_is_read_as_it_is_written(minutes: int):
    written = f"{minutes // 60:02d}:{minutes % 60:02d}"
    assert parse_time(written) == parse_time(f" {written.removeprefix('0')} ") == minutes
    assert re.fullmatch(TIME, written)


@given(opens=st.integers(0, DAY_MIN), closes=st.integers(0, DAY_MIN), dash=st.sampled_from(["-", " - ", "–"]))
def test_a_span_is_two_times_that_differ(opens: int, closes: int, dash: str):
    written = dash.join(f"{minutes // 60}:{minutes % 60:02d}" for minutes in (opens, closes))
    if opens == closes:
        assert refused(parse_span, written)
    else:
        assert parse_span(written) == (opens, closes)


@given(first=st.integers(0, 6), count=st.integers(1, 7), upper=st.booleans())
def test_days_are_read_as_a_span_or_one_by_one(first: int, count: int, upper: bool):
    days = [DAYS[(first + step) % 7] for step in range(count)]
    for written in (f"{days[0]}-{days[-1]}", ", ".join(days)):
        read = parse_days(written.upper() if upper else written)
        assert read == frozenset((first + step) % 7 for step in range(count))


@given(day=st.dates())
def test_a_date_is_read_as_it_is_written(day: date):
    assert parse_date(f" {day.isoformat()} ") == day
    assert re.fullmatch(DATE, day.isoformat())
    french = refused(parse_date, f"{day.day}/{day.month}/{day.year:04d}")
    assert isinstance(french, CalendarError)
    assert french.hint is not None
    assert dict(french.hint.arguments)["example"] == day.isoformat()


@given(local=st.datetimes().map(lambda moment: moment.replace(microsecond=0)), sign=st.sampled_from("T "))
def test_a_moment_is_read_as_it_is_written(local: datetime, sign: str):
    written = local.isoformat(sign)
    assert parse_instant(written) == Instant(local=local)
    assert re.fullmatch(LOCAL, written)
    minutes = local.replace(second=0)
    assert parse_instant(minutes.isoformat(sign, "minutes")) == Instant(local=minutes)


@given(seconds=st.floats(0, 4e9), unit=st.sampled_from(units_like("s")))
def test_a_moment_before_now_can_be_looked_up(seconds: float, unit: str):
    ago = parse_quantity(f"{seconds!r} s").to(unit)
    instant = parse_instant(f"{ago * 0.999!r} {unit} ago")
    now = datetime(2026, 11, 26, 12).astimezone()
    assert now - instant.at(now) == pytest.approx(
        timedelta(seconds=seconds * 0.999), abs=timedelta(seconds=1 + seconds * 1e-9)
    )


@pytest.mark.parametrize(
    "text", ["5 h ago or so", "-5 h ago", "1e300 h ago", "ago", " ago", "now ago", "20261120T0800", "2026-W48-4"]
)
def test_what_is_nearly_a_moment_is_refused(text: str):
    assert refused(parse_instant, text)
    assert refused(parse_date, text)
