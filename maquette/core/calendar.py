"""Time as people write it: times of day, days of the week, dates, opening hours, and moments before now."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from maquette.core.message import Message, message
from maquette.core.units import parse_quantity
from maquette.errors import CalendarError, UnitError

DAY_MIN = 24 * 60
"""Minutes of a day."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as documents write them, Monday first."""

Span = tuple[int, int]
"""From when until when, in minutes after midnight; the second may be the smaller: past midnight."""

TIME = r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9]"
"""A regular expression for a time of day, as Python and ECMAScript read it."""

DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""One for a date."""

LOCAL = rf"{DATE}(?:[ T]{TIME}(?::[0-5][0-9])?)?"
"""One for a date, with or without a time of day."""

_TIME, _DATE, _LOCAL = (re.compile(pattern) for pattern in (TIME, DATE, LOCAL))
_ZONED = re.compile(rf"{LOCAL}(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})")
_FRENCH_TIME = re.compile(r"([0-9]{1,2})\s*(?:[hH]\s*([0-9]{2})?)?")
_FRENCH_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_DASH = re.compile("[-–]")
_FRENCH_DAYS = {"lun": "mon", "mar": "tue", "mer": "wed", "jeu": "thu", "ven": "fri", "sam": "sat", "dim": "sun"}
_LOOK_AHEAD_D = 370
_SPAN = "10:00-18:00"
_LONGEST_AGO_S = 4e9


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment: ``ago_s`` seconds before now, or a date and time of the territory."""

    ago_s: float = 0.0
    local: datetime | None = None

    def at(self, now: datetime) -> datetime:
        """Return the moment, seen from ``now`` (aware)."""
        if self.local is not None:
            return self.local.replace(tzinfo=now.tzinfo)
        return now - timedelta(seconds=self.ago_s)


@dataclass(frozen=True, eq=False)
class OpeningHours:
    """When the exhibition is open.

    Attributes:
        week: for each day of the week (0: Monday) its spans; a day without is closed.
        dates: spans of single dates, which go before the day of the week; none: closed.
        wake_for_s: seconds that a press wakes the model for while it is closed.
    """

    week: Mapping[int, tuple[Span, ...]]
    dates: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    wake_for_s: float = 600.0

    def is_open(self, local: datetime) -> bool:
        """Tell whether it is open at a moment of the territory's time; a span's end is no longer open."""
        minute = local.hour * 60 + local.minute
        today = any(
            opens <= minute < closes if opens < closes else minute >= opens
            for opens, closes in self._spans(local.date())
        )
        overnight = self._spans(local.date() - timedelta(days=1))
        return today or any(closes < opens and minute < closes for opens, closes in overnight)

    def opens_after(self, local: datetime) -> datetime | None:
        """Return the next moment at which a span begins, or None when there is none within a year."""
        for day in range(_LOOK_AHEAD_D):
            spans = self._spans(local.date() + timedelta(days=day))
            for opens in sorted(opens for opens, _ in spans):
                midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
                moment = midnight + timedelta(days=day, minutes=opens)
                if moment > local:
                    return moment
        return None

    def _spans(self, day: date) -> tuple[Span, ...]:
        return self.dates.get(day, self.week.get(day.weekday(), ()))


def within(spans: tuple[Span, ...], local: datetime) -> bool:
    """Tell whether a moment of the territory's time lies in spans of every day; a span's end no longer does."""
    minute = local.hour * 60 + local.minute
    return any(
        begins <= minute < ends if begins < ends else minute >= begins or minute < ends for begins, ends in spans
    )


def parse_time(text: str) -> int:
    """Read a time of day such as ``"10:30"``; return minutes after midnight, 0 to 1440.

    Raises:
        CalendarError: it is none.
    """
    minutes = _minutes(text)
    if minutes is None:
        example = _meant_time(text) or "10:30"
        raise CalendarError(message("no_time_of_day", text=text), message("example_text", example=example))
    return minutes


def _minutes(text: str) -> int | None:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes = (int(part) for part in found[0].split(":"))
    return hours * 60 + minutes if hours * 60 + minutes <= DAY_MIN else None


def _meant_time(text: str) -> str | None:
    """Return a time of day that is written as in French (``10h30``), or right already, as documents write it."""
    french = _FRENCH_TIME.fullmatch(text.strip())
    written = f"{int(french[1]):02d}:{french[2] or '00'}" if french else text.strip()
    return written if _minutes(written) is not None else None


def parse_days(text: str) -> frozenset[int]:
    """Read days such as ``"mon-fri"`` or ``"sat, sun"``; return their numbers, 0 for Monday.

    Raises:
        CalendarError: a word is no day.
    """
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = (piece.strip().lower() for piece in part.partition("-"))
        begin = _day(first)
        end = _day(last) if dash else begin
        found.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(found)


def _day(word: str) -> int:
    if word in DAYS:
        return DAYS.index(word)
    meant = _FRENCH_DAYS.get(word[:3]) or next((day for day in DAYS if word.startswith(day)), None)
    hint = message("write_this", written=meant) if meant else message("there_are", names=", ".join(DAYS))
    raise CalendarError(message("no_day", text=word), hint)


def parse_date(text: str) -> date:
    """Read a date such as ``"2026-12-25"``.

    Raises:
        CalendarError: it is none.
    """
    found = _date(text.strip())
    if found is None:
        french = _FRENCH_DATE.fullmatch(text.strip())
        meant = _date(f"{french[3]}-{int(french[2]):02d}-{int(french[1]):02d}") if french else None
        example = str(meant or "2026-12-25")
        raise CalendarError(message("no_date", text=text), message("example_text", example=example))
    return found


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:  # the 31st of June
        return None


def parse_span(text: str) -> Span:
    """Read hours such as ``"10:00-18:00"``; ``"20:00-02:00"`` goes past midnight.

    Raises:
        CalendarError: they cannot be read, or begin when they end.
    """
    ends = _DASH.split(text)
    opens, closes = (_minutes(end) for end in ends) if len(ends) == 2 else (None, None)
    if opens is None or closes is None:
        meant = [_meant_time(end) for end in ends]
        example = f"{meant[0]}-{meant[1]}" if len(meant) == 2 and None not in meant and meant[0] != meant[1] else _SPAN
        raise CalendarError(message("no_span", text=text), message("example_text", example=example))
    if opens == closes:
        raise CalendarError(message("empty_span", text=text), message("example_text", example=_SPAN))
    return opens, closes


def parse_instant(text: str) -> Instant:
    """Read a moment: ``now``, ``24 h ago``, or a local date and time such as ``2026-11-20 08:00``.

    Raises:
        CalendarError: it is none, or it lies after now.
    """
    words = text.strip()
    if words == "now":
        return Instant()
    if words.endswith(" ago"):
        try:
            seconds = _seconds(words.removesuffix(" ago"))
        except UnitError as error:
            raise CalendarError(error.message, _ago(error.hint) or message("some_moments")) from None
        if seconds is None:
            raise CalendarError(message("no_moment", text=text), message("some_moments"))
        return Instant(ago_s=seconds)
    if _ZONED.fullmatch(words):
        raise CalendarError(message("has_time_zone", text=text), message("own_time", example="2026-11-20 08:00"))
    try:
        local = datetime.fromisoformat(words) if _LOCAL.fullmatch(words) else None
    except ValueError:  # the 31st of June
        local = None
    if local is None:
        raise CalendarError(message("no_moment", text=text), message("some_moments"))
    return Instant(local=local)


def _seconds(written: str) -> float | None:
    quantity = parse_quantity(written)
    seconds = quantity.to("s")
    return seconds if quantity.unit is not None and 0 <= seconds <= _LONGEST_AGO_S else None


def _ago(hint: Message | None) -> Message | None:
    """Return a hint that proposes a duration as one that proposes a moment."""
    if hint is not None:
        for name, meant in hint.arguments:
            with suppress(UnitError):
                if isinstance(meant, str) and _seconds(meant) is not None:
                    return message(hint.key, **{name: f"{meant} ago"})
    return None
