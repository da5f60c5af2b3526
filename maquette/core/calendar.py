"""Time as people write it: times of day, days of the week, dates, opening hours, and moments before now."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from maquette.core.message import message
from maquette.core.units import parse_quantity
from maquette.errors import CalendarError, UnitError

DAY_MIN = 24 * 60
"""Minutes of a day."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as documents write them, Monday first."""

Span = tuple[int, int]
"""From when until when, in minutes after midnight; the second may be the smaller: past midnight."""

_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_FRENCH_TIME = re.compile(r"([0-9]{1,2})\s*[hH]\s*([0-9]{2})?")
_FRENCH_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_SPAN = re.compile(r"\s*(\S+?)\s*[-–]\s*(\S+)\s*")
_FRENCH_DAYS = {"lun": "mon", "mar": "tue", "mer": "wed", "jeu": "thu", "ven": "fri", "sam": "sat", "dim": "sun"}
_LOOK_AHEAD_D = 370


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


def parse_time(text: str) -> int:
    """Read a time of day such as ``"10:30"``; return minutes after midnight, 0 to 1440.

    Raises:
        CalendarError: it is none.
    """
    found = _TIME.fullmatch(text.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minutes <= DAY_MIN:
        french = _FRENCH_TIME.fullmatch(text.strip())
        meant = f"{int(french[1]):02d}:{french[2] or '00'}" if french else "10:30"
        raise CalendarError(message("no_time_of_day", text=text), message("example_text", example=meant))
    return minutes


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
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        french = _FRENCH_DATE.fullmatch(text.strip())
        meant = f"{french[3]}-{int(french[2]):02d}-{int(french[1]):02d}" if french else "2026-12-25"
        raise CalendarError(message("no_date", text=text), message("example_text", example=meant)) from None


def parse_span(text: str) -> Span:
    """Read hours such as ``"10:00-18:00"``; ``"20:00-02:00"`` goes past midnight.

    Raises:
        CalendarError: they cannot be read, or begin when they end.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise CalendarError(message("no_span", text=text), message("example_text", example="10:00-18:00"))
    opens, closes = parse_time(found[1]), parse_time(found[2])
    if opens == closes:
        raise CalendarError(message("empty_span", text=text), message("example_text", example="10:00-18:00"))
    return opens, closes


def parse_instant(text: str) -> Instant:
    """Read a moment: ``now``, ``24 h ago``, or a local date and time such as ``2026-11-20 08:00``.

    Raises:
        CalendarError: it is none, or it lies after now.
    """
    hint = message("some_moments")
    words = text.strip()
    if words == "now":
        return Instant()
    before, ago, _ = words.rpartition(" ago")
    if ago:
        try:
            seconds = parse_quantity(before)
            if seconds.unit is None or seconds.value < 0:
                raise CalendarError(message("no_moment", text=text), hint)
            return Instant(ago_s=seconds.to("s"))
        except UnitError as error:
            raise CalendarError(error.message, error.hint or hint) from None
    try:
        local = datetime.fromisoformat(words)
    except ValueError:
        raise CalendarError(message("no_moment", text=text), hint) from None
    if local.tzinfo is not None:
        raise CalendarError(message("has_time_zone", text=text), message("own_time", example="2026-11-20 08:00"))
    return Instant(local=local)
