"""Titles: what people call the zones, feeds, values, scales and keys of this installation, in one language."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from maquette.console.wording import Wording
from maquette.core.alerts import Alert
from maquette.core.clock import Clock
from maquette.core.exhibition import Exhibition
from maquette.core.past import read_term
from maquette.core.readings import ALTERNATIVE, Quality, Reading
from maquette.core.text import words


class Titles:
    """Names in one language; an id stands for what has no title."""

    def __init__(self, exhibition: Exhibition, wording: Wording) -> None:
        self._wording = wording
        language = wording.language
        self._zones = {card.id: words(card.title, language) for card in exhibition.zones}
        # French tells one from many by the article; the other languages have no such sign of their own.
        self._many = {card.id for card in exhibition.zones if words(card.title, "fr").startswith("Les ")}
        self._feeds = {card.id: words(card.title, language) for card in exhibition.feeds}
        self._sources = {card.id: card.source for card in exhibition.feeds}
        self._values = {(card.feed, card.name): words(card.title, language) for card in exhibition.values}
        self._scales = {card.id: words(card.title, language) for card in exhibition.scales}
        self._buttons = {card.id: words(card.label, language) for card in exhibition.buttons}
        self._keys = {key: words(title, language) for key, title in exhibition.key_titles}

    def zone(self, zone: str) -> str:
        """Return the title of a zone."""
        return self._zones.get(zone) or zone

    def is_many(self, zone: str) -> bool:
        """Tell whether a zone's title names several things."""
        return zone in self._many

    def scale(self, scale: str | None) -> str | None:
        """Return the title of a scale, or None."""
        return None if scale is None else self._scales.get(scale) or scale

    def button(self, button: str) -> str:
        """Return the label of a button."""
        return self._buttons.get(button) or button

    def feed(self, feed: str) -> str:
        """Return the title of a feed."""
        return self._feeds.get(feed) or feed

    def when(self, reading: Reading, view: Mapping[str, Any], clock: Clock) -> str:
        """Say how and when a value came to be, as `Wording.when`, and for whom its source stands in."""
        when = self._wording.when(reading, view, clock)
        usual = self._sources.get(reading.feed)
        if reading.problem != ALTERNATIVE or view["value"] is None or not usual:
            return when
        return self._wording.say("stands_in", when=when, usual=usual)

    def trouble(self, reading: Reading, monotonic_s: float) -> str:
        """Say what is wrong with a value that is known, where its time alone does not tell; or nothing."""
        quality = reading.quality_at(monotonic_s)
        old = quality is Quality.STALE and reading.problem not in ("too_old", ALTERNATIVE)
        # A value that is up to date stays so whatever its source does since; but some of what it is made of may be unknown.
        if reading.problem and (old or (quality is Quality.LIVE and reading.problem == "partial")):
            return self._wording.say_code("feed_problem", reading.problem)
        return ""

    def alert(self, alert: Alert) -> str:
        """Say what is wrong, with people's names for what it is about."""
        named: Mapping[str, Callable[[str], str]] = {"feed": self.feed, "button": self.button, "day": self._day}
        titles = {
            name: named[name](value) for name, value in alert.arguments if name in named and isinstance(value, str)
        }
        return self._wording.alert(alert, **titles)

    def _day(self, day: str) -> str:
        return self._wording.day(date.fromisoformat(day))

    def value(self, reading: Reading) -> str:
        """Return what a reading tells: ``Débit du Rhône``, ``Débit du Rhône, il y a 7 jours``."""
        term = read_term(reading.feed, reading.name)
        name = reading.name if term is None else term.name
        title = self._values.get((reading.feed, name)) or f"{reading.feed}.{name}"
        if term is None:
            return title
        return self._wording.say(f"past_{term.function}", title=title, span=self._wording.span(term.window_s))

    def credit(self, reading: Reading) -> str:
        """Return whom a reading is owed to: its source, the words that the licence asks for, and the licence; empty when nobody is."""
        credit = reading.attribution if reading.source in reading.attribution else reading.source
        if reading.attribution not in credit:
            credit = f"{credit} — {reading.attribution}"
        return f"{credit}, {reading.licence}" if credit and reading.licence else credit

    def key(self, reading: Reading) -> str | None:
        """Return the title of a reading's key, the key itself when it has none, or None when it is not keyed."""
        return None if reading.key is None else self._keys.get(reading.key) or reading.key

    def reading(self, reading: Reading) -> str:
        """Return what a reading tells and where: ``Débit du Rhône (Ternay)``."""
        title, place = self.value(reading), self.key(reading) or reading.place
        return f"{title} ({place})" if place and place not in title else title
