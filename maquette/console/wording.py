"""Wording: locale entries, numbers with units, ages, readings and alerts in one language. Words go out; nothing else is decided here."""

import string
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from babel import localedata
from babel.dates import format_date, format_time, format_timedelta
from babel.units import format_unit

from maquette import languages
from maquette.config.words import word
from maquette.core.alerts import Alert
from maquette.core.clock import Clock
from maquette.core.message import Message
from maquette.core.readings import Nature, Quality, Reading
from maquette.core.text import Caption, Figure, choose
from maquette.retelling import figures

LANGUAGES = tuple(one for one in languages.known("", first="fr") if localedata.exists(one))
"""Languages of the interface: those of the locale files, as far as numbers and dates can be written in them. Documents may speak others."""

# Units of lengths of time, with how many there must be: a day is written in hours.
_SPANS = (("day", 86_400, 2), ("hour", 3600, 1), ("minute", 60, 1))
JUST_NOW_S = 10
"""Seconds up to which something happened just now."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the words of the interface by key; the first of `LANGUAGES` stands in for a language that has none.

    What a language lacks, or says with arguments that there are not, is said in English.
    """
    own = languages.read("", language if language in LANGUAGES else LANGUAGES[0])
    english: Mapping[str, str] = languages.read("", languages.ENGLISH)
    return {key: own[key] if _fits(own.get(key), text) else text for key, text in english.items()}


def _fits(text: object, english: str) -> bool:
    if not isinstance(text, str):
        return False
    try:
        return arguments_of(text) <= arguments_of(english)
    except ValueError:  # braces that nobody closes
        return False


def arguments_of(text: str) -> set[str]:
    """Return the names of a text's arguments.

    Raises:
        ValueError: its braces are not closed.
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


class _Named(dict[str, object]):
    """Arguments of a text; one that nobody gave is shown by its name rather than lost."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


class Wording:
    """How things are said in one language. Immutable and cheap to make."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.interface = language if language in LANGUAGES else LANGUAGES[0]
        self._entries = catalogue(language)

    def say(self, key: str, /, **arguments: object) -> str:
        """Return the entry of a key with its arguments filled in.

        Raises:
            KeyError: the locale files have no such key.
        """
        return self._entries[key].format_map(_Named(arguments))

    def say_code(self, prefix: str, code: str, arguments: Mapping[str, str | Message] | None = None) -> str:
        """Return the words for a code of another room; an unknown one is named plainly (``<prefix>_unknown``)."""
        key = f"{prefix}_{code}"
        if key not in self._entries:
            return self.say(f"{prefix}_unknown", code=code)
        return self.say(key, **self.told(arguments or {}))

    def told(self, arguments: Mapping[str, str | Message]) -> dict[str, str]:
        """Return arguments with the messages among them in words."""
        return {
            name: word(value, self.interface) if isinstance(value, Message) else value
            for name, value in arguments.items()
        }

    def told_of(self, problem: Message | str | None) -> str | None:
        """Return what is wrong in words, where it is not in words already; None when nothing is."""
        return word(problem, self.interface) if isinstance(problem, Message) else problem

    def number(self, value: float) -> str:
        """Write a number as people read it: about three significant digits, decimal sign of the language."""
        return figures.number(value, self.interface)

    def quantity(self, value: float | None, unit: str | None) -> str:
        """Write a value with its unit, or the word for unknown."""
        return self.say("unknown") if value is None else figures.quantity(value, unit, self.interface)

    def span(self, seconds: float) -> str:
        """Write a length of time exactly, in the largest unit that does it in a whole number: ``24 heures``, ``7 jours``."""
        for unit, length_s, fewest in _SPANS:
            if seconds >= fewest * length_s and seconds % length_s == 0:
                return format_unit(seconds / length_s, f"duration-{unit}", locale=self.interface)
        return format_unit(seconds, "duration-second", locale=self.interface)

    def ago(self, seconds: float) -> str:
        """Write how long ago something was: ``il y a 5 min``."""
        if seconds <= JUST_NOW_S:
            return self.say("just_now")
        past = timedelta(seconds=-round(seconds))
        return format_timedelta(past, add_direction=True, format="short", locale=self.interface)

    def moment(self, moment: datetime, clock: Clock) -> str:
        """Write a day and a time in the territory's time zone; only the day for midnight there or where the moment was written."""
        local = moment.astimezone(clock.local.tzinfo)
        this_year = local.year == clock.local.year
        pattern = self.say("day_pattern") if this_year else self.say("day_of_year_pattern")
        day = format_date(local, pattern, locale=self.interface)
        if (0, 0) in {(local.hour, local.minute), (moment.hour, moment.minute)}:
            return day
        return self.say("day_and_hour", day=day, hour=self.hour(local))

    def hour(self, local: datetime) -> str:
        """Write a time of day: ``6:00``."""
        return format_time(local, self.say("hour_pattern"), locale=self.interface)

    def day(self, day: date) -> str:
        """Write a day: ``24 novembre``."""
        return format_date(day, self.say("day_pattern"), locale=self.interface)

    def caption(self, caption: Caption | None) -> str | None:
        """Return a caption with its figures written out, or None when there is none."""
        pieces = choose(caption, self.language)
        if not isinstance(pieces, tuple):
            return None
        return "".join(piece if isinstance(piece, str) else self.figure(piece) for piece in pieces)

    def figure(self, figure: Figure) -> str:
        """Write a figure of a caption."""
        return figure.value if isinstance(figure.value, str) else self.quantity(figure.value, figure.unit)

    def alert(self, alert: Alert, **titles: str) -> str:
        """Say what is wrong, in plain words.

        Args:
            alert: what the stage or a child told.
            titles: people's names for some of its arguments, such as that of a feed.
        """
        arguments = {"subject": alert.subject, **self.told(dict(alert.arguments)), **titles}
        problem = arguments.get("problem", "")
        arguments["problem"] = self._entries.get(f"feed_problem_{problem}", problem)  # a code, or what a driver said
        return self.say_code("alert", alert.code, arguments)

    def when(self, reading: Reading, view: Mapping[str, Any], clock: Clock) -> str:
        """Say how and when a value came to be: ``mesuré il y a 5 min``.

        Args:
            reading: the reading.
            view: its public shape now (quality and age).
            clock: the wall clock.
        """
        quality = Quality(view["quality"])
        if quality is Quality.MISSING:
            return self.say_code("feed_problem", reading.problem) if reading.problem else self.say("no_value")
        if quality is Quality.SAMPLE:
            return self.say("sample_in_words")
        if quality is Quality.REPLAY and reading.measured_at is not None:
            return self.say("replay_in_words", moment=self.moment(reading.measured_at, clock))
        words = self._dated(reading, view["age_s"], clock)
        return self.say("stale_in_words", when=words) if quality is Quality.STALE else words

    def _dated(self, reading: Reading, age_s: float | None, clock: Clock) -> str:
        if reading.nature is Nature.FORECAST and reading.measured_at is not None:
            return self.say("forecast_for", moment=self.moment(reading.measured_at, clock))
        done = self.say(f"done_{reading.nature.value}")
        return f"{done} {self.ago(age_s)}" if age_s is not None else self.say("undated", done=done)
