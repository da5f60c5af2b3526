"""What the visitors' screen says of a step besides the state: its values with source, licence, age and quality, and one chart."""

from collections.abc import Iterable
from typing import Any

from maquette.console.chart_bars import Bars
from maquette.console.chart_choice import AllKeys, BesideOneAnother, by_expression, choices
from maquette.console.chart_course import course_chart
from maquette.console.courses import Courses
from maquette.console.hub import Hub
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.clock import Clock
from maquette.core.course import CourseWanted
from maquette.core.readings import Quality, Reading, rank
from maquette.core.snapshot import Snapshot, ZoneState
from maquette.core.text import words

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
        """Return the values that the lights tell, one line each, and one chart or the words for why there is none."""
        chart = await self._chart(snapshot.zones, courses)
        return {
            "scenario": snapshot.scenario,
            "step": snapshot.step,
            "values": [self._line(group) for group in by_expression(snapshot.zones)],
            "chart": chart,
        }

    async def _chart(self, zones: Iterable[ZoneState], courses: Courses) -> Json | None:
        bars, asked = Bars(self._titles, self._wording), list[CourseWanted]()
        for choice in choices(zones):
            chart: Json | None = None
            match choice:
                case BesideOneAnother():
                    scale = next(
                        (card for card in self._hub.exhibition.scales if card.id == choice.zones[0].scale), None
                    )
                    chart = bars.zones(choice.zones, scale)
                case AllKeys():
                    chart = bars.keys(list(self._hub.readings.rows(choice.feed, choice.name).values()), self._now)
                case CourseWanted() if len(asked) < MOST_ASKED:
                    asked.append(choice)
                    chart = course_chart(
                        await courses.course(choice),
                        self._hub.readings.get((choice.feed, choice.name, choice.key)),
                        self._titles,
                        self._wording,
                        self._clock,
                        self._now,
                    )
            if chart is not None:
                return chart
        return self._in_words(asked[0]) if asked else None

    def _in_words(self, wanted: CourseWanted) -> Json | None:
        reading = self._hub.readings.get((wanted.feed, wanted.name, wanted.key))
        title = self._titles.reading(reading) if reading is not None else f"{wanted.feed}.{wanted.name}"
        return {"kind": "none", "title": title, "text": self._wording.say("chart_short", title=title)}

    def _line(self, zones: tuple[ZoneState, ...]) -> Json:
        """Return one line for the zones of one expression: the reading that is believed least speaks for all."""
        zone = max(zones, key=lambda one: (rank(one.quality), -_seconds(one.reading)))
        reading = zone.reading
        assert reading is not None
        computed = (reading.value, reading.unit) != (zone.value, zone.unit)
        alone = not computed and len({one.reading.key for one in zones if one.reading is not None}) == 1
        view = reading.view(self._clock, self._now)
        return {
            "title": self._titles.reading(reading) if alone else self._titles.value(reading),
            "value_text": self._wording.quantity(None if zone.quality is Quality.MISSING else zone.value, zone.unit)
            if alone
            else None,
            "class": (words(zone.class_title, self._wording.language) or None) if alone else None,
            "when_text": self._titles.when(reading, view, self._clock),
            "nature_text": self._wording.say(f"nature_{reading.nature.value}"),
            "quality": zone.quality.value,
            "quality_text": self._wording.say(f"quality_{zone.quality.value}"),
            "credit": self._titles.credit(reading),
        }


def _seconds(reading: Reading | None) -> float:
    """Return when a value was measured, seconds since 1970; the oldest where nobody says."""
    return reading.measured_at.timestamp() if reading is not None and reading.measured_at is not None else 0.0
