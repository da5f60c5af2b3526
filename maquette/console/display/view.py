"""What the visitors' screen says of a step besides the state: its values with source, licence, age and quality, and one chart."""

from collections.abc import Iterable
from typing import Any

from maquette.console.display.chart_bars import Bars
from maquette.console.display.chart_choice import AllKeys, BesideOneAnother, base, by_expression, choices
from maquette.console.display.chart_course import course_chart
from maquette.console.display.courses import Courses
from maquette.console.hub import Hub
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.clock import Clock
from maquette.core.course import CourseWanted
from maquette.core.readings import Quality, Reading, rank
from maquette.core.snapshot import Snapshot, ZoneState
from maquette.core.text import Caption, Figure, choose, words

Json = dict[str, Any]

MOST_ASKED = 3
"""Values whose past is asked for one chart, at most."""


class DisplayView:
    """What is known of a step, in one language at one moment."""

    def __init__(self, hub: Hub, language: str, clock: Clock, monotonic_s: float) -> None:
        self._hub = hub
        self._clock = clock
        self._now = monotonic_s
        self._wording = Wording(language)
        self._titles = Titles(hub.exhibition, self._wording)

    async def display(self, snapshot: Snapshot, courses: Courses) -> Json:
        """Return the values that are told, one line each, and one chart or the words for why there is none."""
        groups = by_expression(snapshot.zones)
        shown = {base(zone.reading) for group in groups for zone in group if zone.reading is not None}
        said = [reading for reading in self._said(snapshot.caption) if base(reading) not in shown]
        return {
            "scenario": snapshot.scenario,
            "step": snapshot.step,
            "values": [*map(self._lit_line, groups), *map(self._said_line, said)],
            "chart": await self._chart(snapshot.zones, said, courses),
        }

    def _said(self, caption: Caption | None) -> list[Reading]:
        """Return the readings behind a caption's figures, one of each value."""
        pieces = choose(caption, self._wording.language)
        figures = [piece for piece in pieces if isinstance(piece, Figure)] if isinstance(pieces, tuple) else []
        found = [self._hub.readings.get(key) for figure in figures for key in figure.behind]
        return list({base(reading): reading for reading in found if reading is not None}.values())

    async def _chart(self, zones: Iterable[ZoneState], said: Iterable[Reading], courses: Courses) -> Json | None:
        bars = Bars(self._titles, self._wording)
        spoken = [CourseWanted(*base(reading)) for reading in said if reading.key is None]
        asked: list[CourseWanted] = []
        for choice in (*choices(zones), *spoken):
            chart: Json | None = None
            match choice:
                case BesideOneAnother():
                    scale = choice.zones[0].scale
                    card = next((card for card in self._hub.exhibition.scales if card.id == scale), None)
                    chart = bars.zones(choice.zones, card)
                case AllKeys():
                    chart = bars.keys(list(self._hub.readings.rows(choice.feed, choice.name).values()), self._now)
                case CourseWanted() if len(asked) < MOST_ASKED:
                    asked.append(choice)
                    chart = await self._over_time(choice, courses)
            if chart is not None:
                return chart
        return self._in_words(asked[0]) if asked else None

    async def _over_time(self, wanted: CourseWanted, courses: Courses) -> Json | None:
        course, present = await courses.course(wanted), self._present(wanted)
        return course_chart(course, present, self._titles, self._wording, self._clock, self._now)

    def _present(self, wanted: CourseWanted) -> Reading | None:
        return self._hub.readings.get((wanted.feed, wanted.name, wanted.key))

    def _in_words(self, wanted: CourseWanted) -> Json:
        reading = self._present(wanted)
        title = self._titles.reading(reading) if reading is not None else f"{wanted.feed}.{wanted.name}"
        return {"kind": "none", "title": title, "text": self._wording.say("chart_short", title=title)}

    def _lit_line(self, zones: tuple[ZoneState, ...]) -> Json:
        """Return one line for the zones of one expression: the reading that is believed least speaks for all."""
        zone = max(zones, key=lambda one: (rank(one.quality), -_seconds(one.reading)))
        reading = zone.reading
        assert reading is not None
        computed = (reading.value, reading.unit) != (zone.value, zone.unit)
        alone = not computed and len({one.reading.key for one in zones if one.reading is not None}) == 1
        class_title = words(zone.class_title, self._wording.language) or None
        return self._line(reading, zone.quality, alone=alone) | {"class": class_title if alone else None}

    def _said_line(self, reading: Reading) -> Json:
        """Return one line for a value that the caption alone tells."""
        return self._line(reading, reading.quality_at(self._now), alone=reading.key is None) | {"class": None}

    def _line(self, reading: Reading, quality: Quality, *, alone: bool) -> Json:
        value = None if quality is Quality.MISSING else reading.value
        return {
            "title": self._titles.reading(reading) if alone else self._titles.value(reading),
            "value_text": self._wording.quantity(value, reading.unit) if alone else None,
            "when_text": self._titles.when(reading, reading.view(self._clock, self._now), self._clock),
            "nature_text": self._wording.say(f"nature_{reading.nature.value}"),
            "quality": quality.value,
            "quality_text": self._wording.say(f"quality_{quality.value}"),
            "credit": self._titles.credit(reading),
        }


def _seconds(reading: Reading | None) -> float:
    """Return when a value was measured, seconds since 1970; the oldest where nobody says."""
    return reading.measured_at.timestamp() if reading is not None and reading.measured_at is not None else 0.0
