"""Given series: earlier values of a feed in a small text file, for an installation that has no past of its own yet.

    # Anything after a hash at the beginning of a line is for people.
    time,flow
    -48 h,812
    -47 h,815.5
    -46 h,
    -45 h,790

The first line names the columns, separated by commas: ``time``, then ``key`` if the feed has one row per key, then values of the feed in
their units. Times are all relative to now (``-48 h``, ``-7 d``, ``0 h``), so that the file never ages, or all ISO 8601
(``2026-11-20T08:00+01:00``; without an offset: the territory's time). An empty cell says that the value is not known from then on.
A value holds until the next line of its key, and at the longest for `STEPS` usual steps of the file or for the feed's ``fresh_for``,
whichever is longer.
"""

import csv
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from difflib import get_close_matches
from itertools import pairwise
from statistics import median

from maquette.core.message import message
from maquette.core.series import Point, Series, make_series
from maquette.core.units import convert, dimension, parse_quantity
from maquette.errors import SeriesError, UnitError

MOST_LINES = 50_000
"""Lines that a file may have."""

LARGEST_FILE = 5_000_000
"""Bytes that a file may have."""

STEPS = 3.0
"""Usual steps of a file (the median) during which a value still holds where lines are missing."""

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class GivenValue:
    """What a file may say of a value: the range outside which it is not believed, or None."""

    plausible: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """What a file says.

    Attributes:
        relative: True when its times count from now (s, 0 or below), False when they are seconds since 1970.
        series: (value, key) → its series; the key is None where the feed has one row.
    """

    relative: bool
    series: Mapping[tuple[str, str | None], Series]

    def at(self, name: str, key: str | None, now: float) -> Series | None:
        """Return the series of a value in seconds since 1970, seen from ``now``; None when the file says nothing of it."""
        series = self.series.get((name, key))
        return series.moved(now) if series is not None and self.relative else series


@dataclass(slots=True)
class _Table:
    """The file as it is read: for each key the cells of each line, by time."""

    values: list[str]
    keyed: bool
    relative: bool | None
    lines: dict[str | None, dict[float, list[float | None]]]


def read_given(text: str, values: Mapping[str, GivenValue], *, keyed: bool, zone: tzinfo, fresh_for_s: float) -> Given:
    """Read a file.

    Args:
        text: its content.
        values: the values of the feed, by name.
        keyed: whether the feed has one row per key.
        zone: the territory's time zone.
        fresh_for_s: how long the feed calls a value live.

    Raises:
        SeriesError: the text is not as this module says; it carries the line.
    """
    table: _Table | None = None
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if number > MOST_LINES:
            raise SeriesError(message("series_too_long", limit=MOST_LINES), line=number)
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in _cells(line, number)]
        if table is None:
            table = _head(cells, values, keyed=keyed, line=number)
        else:
            _row(table, cells, values, zone, number)
    if table is None or not table.lines:
        example = ",".join(["time", *(["key"] if keyed else []), *list(values)[:1]])
        raise SeriesError(message("series_empty"), line=1, hint=message("series_lines", example=example))
    return Given(bool(table.relative), dict(_series(table, fresh_for_s)))


def _cells(line: str, number: int) -> list[str]:
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        raise SeriesError(message("series_unreadable"), line=number, hint=message("no_quotes_needed")) from None


def _head(cells: list[str], values: Mapping[str, GivenValue], *, keyed: bool, line: int) -> _Table:
    wanted = ["time", "key"] if keyed else ["time"]
    if cells[: len(wanted)] != wanted or len(cells) == len(wanted):
        example = ",".join([*wanted, *values][: len(wanted) + 2])
        found = ",".join(cells)[:40]
        raise SeriesError(
            message("series_head", found=found), line=line, hint=message("series_columns", example=example)
        )
    named = cells[len(wanted) :]
    for name in named:
        if name not in values:
            close = get_close_matches(name, values, n=1)
            hint = message("did_you_mean", name=close[0]) if close else message("there_are", names=", ".join(values))
            raise SeriesError(message("series_no_value", name=name), line=line, hint=hint)
        if named.count(name) > 1:
            raise SeriesError(message("series_twice", name=name), line=line)
    return _Table(named, keyed, None, {})


def _row(table: _Table, cells: list[str], values: Mapping[str, GivenValue], zone: tzinfo, line: int) -> None:
    first = 2 if table.keyed else 1
    if len(cells) != first + len(table.values):
        hint = message("decimal_point")
        told = message("series_cells", wanted=first + len(table.values), found=len(cells))
        raise SeriesError(told, line=line, hint=hint)
    key = cells[1] if table.keyed else None
    if key == "":
        raise SeriesError(message("series_no_key"), line=line)
    time, relative = _time(cells[0], zone, line)
    if table.relative is not None and relative is not table.relative:
        raise SeriesError(message("series_mixed"), line=line)
    table.relative = relative
    rows = table.lines.setdefault(key, {})
    if time in rows:
        raise SeriesError(message("series_same_time", time=cells[0]), line=line)
    rows[time] = [
        _value(cell, name, values[name], line) for cell, name in zip(cells[first:], table.values, strict=True)
    ]


def _time(written: str, zone: tzinfo, line: int) -> tuple[float, bool]:
    """Return a time in seconds, and whether it counts from now."""
    try:
        quantity = parse_quantity(written)
        if dimension(quantity.unit) == "time":
            seconds = convert(quantity.value, quantity.unit, "s")
            if seconds > 0:
                hint = message("in_the_past", written=f"-{written.lstrip('+')}")
                raise SeriesError(message("series_ahead", time=written), line=line, hint=hint)
            return seconds, True
    except UnitError:
        pass
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp(), False
    except (ValueError, OverflowError):
        hint = message("series_times")
        raise SeriesError(message("series_no_time", time=written), line=line, hint=hint) from None


def _value(written: str, name: str, value: GivenValue, line: int) -> float | None:
    if not written:
        return None
    number = float(written) if _NUMBER.fullmatch(written) else math.nan
    if not math.isfinite(number):
        told = message("series_no_number", written=written)
        raise SeriesError(told, line=line, hint=message("series_numbers"))
    if value.plausible is not None and not value.plausible[0] <= number <= value.plausible[1]:
        low, high = value.plausible
        raise SeriesError(message("series_implausible", written=written, name=name, low=low, high=high), line=line)
    return number


def _series(table: _Table, fresh_for_s: float) -> Iterator[tuple[tuple[str, str | None], Series]]:
    for key, rows in table.lines.items():
        times = sorted(rows)
        steps = [later - time for time, later in pairwise(times)]
        hold = max(fresh_for_s, STEPS * median(steps)) if steps else fresh_for_s
        ends = [min(time + hold, later) for time, later in zip(times, [*times[1:], math.inf], strict=True)]
        for column, name in enumerate(table.values):
            cells = ((time, rows[time][column], end) for time, end in zip(times, ends, strict=True))
            yield (
                (name, key),
                make_series(Point(time, cell, end, given=True) for time, cell, end in cells if cell is not None),
            )
