"""Picks: one number, one moment, one day out of decoded JSON. Pure and strict: what is not exactly that is not believed.

Numbers: an int or float that is finite; or a text that is exactly a JSON number ("197", "-66", "3.1e2"), since some producers
write the same field both ways. Not numbers: null, true, "", " 7", "7 ", "3,5", "ND", NaN, a list. Unknown is never zero.
"""

import math
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})Z?", re.ASCII)
_LONGEST_TEXT = 64


def read_number(raw: Any) -> float | None:
    """Return a finite number, or None when ``raw`` is not exactly one (see the module's text)."""
    if isinstance(raw, str):
        if len(raw) > _LONGEST_TEXT or not _JSON_NUMBER.fullmatch(raw):
            return None
    elif isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        number = float(raw)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return number if math.isfinite(number) else None


def read_moment(
    raw: Any, zone: tzinfo, without_offset: Literal["utc", "local"] | None, form: str = "iso"
) -> datetime | None:
    """Return a moment in UTC, or None when it cannot be read or does not say which clock it means.

    Args:
        raw: what was picked.
        zone: the territory's time zone.
        without_offset: what a time without an offset means; None: it is not believed.
        form: ``iso`` (ISO 8601), ``unix`` (seconds since 1970), ``unix_ms``, ``date`` (a local day: its first moment, so that nothing
            looks younger than it is), or a pattern of strptime.
    """
    try:
        if form in ("unix", "unix_ms"):
            number = read_number(raw)
            return None if number is None else datetime.fromtimestamp(number / (1000 if form == "unix_ms" else 1), UTC)
        if not isinstance(raw, str) or len(raw) > _LONGEST_TEXT:
            return None
        if form == "date":
            day = read_day(raw, zone)
            return None if day is None else span_of_day(day, zone)[0]
        if form == "iso" and _DAY.fullmatch(raw):
            return None
        moment = datetime.fromisoformat(raw) if form == "iso" else datetime.strptime(raw, form)  # noqa: DTZ007 - see below
        if moment.tzinfo is None:
            if without_offset is None:
                return None
            moment = moment.replace(tzinfo=UTC if without_offset == "utc" else zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_day(raw: Any, zone: tzinfo) -> date | None:
    """Return the local day that a forecast is for, or None.

    Seen in the wild for one field: ``2026-10-05``, ``2026-10-05Z``, ``2026-10-05T00:00:00Z`` and the instant of local midnight.
    """
    if not isinstance(raw, str) or len(raw) > _LONGEST_TEXT:
        return None
    day = _DAY.fullmatch(raw)
    try:
        if day:
            found = date.fromisoformat(day[1])
        else:
            moment = datetime.fromisoformat(raw)
            found = moment.astimezone(zone).date() if moment.tzinfo else moment.date()
        span_of_day(found, zone)  # the first and last days of the calendar are nobody's forecast
    except (ValueError, OverflowError):
        return None
    return found


def span_of_day(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the moments (UTC) at which a local day begins and ends; days of 23 and 25 hours are as long as they are.

    Raises:
        OverflowError: the calendar ends there.
    """
    begin, end = (datetime.combine(one, time(), tzinfo=zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return begin, end
