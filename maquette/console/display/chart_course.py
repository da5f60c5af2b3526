"""The chart of a value over time, as a page draws it, and the same in words for whoever does not see it.

Gaps stay gaps, a sample is told as one, and where too little is known nothing is drawn.
"""

from datetime import UTC, datetime
from typing import Any

from maquette.console.display.axis import hours, levels
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.clock import Clock
from maquette.core.course import Course
from maquette.core.readings import Quality, Reading, iso
from maquette.core.series import Series

Json = dict[str, Any]

FEWEST_POINTS = 3
"""Values of which a chart is drawn, at least."""
LEAST_KNOWN = 0.125
"""The share of its time that must be known, at least: three hours of a day."""

_AGO_S = (64_800.0, 43_200.0, 21_600.0)  # ticks where no clock can be believed


def course_chart(
    course: Course | None, present: Reading | None, titles: Titles, wording: Wording, clock: Clock, monotonic_s: float
) -> Json | None:
    """Return the chart of a value over time, or None where too little is known of it.

    ``present`` is the reading of now, which may be newer than the course, or stand in a sample of its own: it is what the light shows.
    Its ``points`` hold from ``from_s`` to ``to_s``, seconds since ``from``; between the end of one and the next nothing is known.
    """
    if course is None or course.known is None or not _is_enough(course.known.series, course.wanted.span_s):
        return None
    return _Drawing(course, present or course.known.reading, course.known.series, titles, wording, clock).chart(
        monotonic_s
    )


def _is_enough(series: Series, span_s: float) -> bool:
    return len(series) >= FEWEST_POINTS and float((series.ends - series.times).sum()) >= LEAST_KNOWN * span_s


class _Drawing:
    """One chart that is being made."""

    def __init__(
        self, course: Course, reading: Reading, series: Series, titles: Titles, wording: Wording, clock: Clock
    ) -> None:
        self._end = course.now
        self._start = course.now - course.wanted.span_s
        self._reading = reading
        self._series = series
        self._title = titles.reading(reading)
        self._wording = wording
        self._clock = clock

    def chart(self, monotonic_s: float) -> Json:
        say, series, reading = self._wording.say, self._series, self._reading
        lowest, highest = self._point(int(series.values.argmin())), self._point(int(series.values.argmax()))
        quality = reading.quality_at(monotonic_s)
        value = None if quality is Quality.MISSING else reading.value
        text = say(
            "chart_course",
            title=self._title,
            start=self._when(float(series.times[0])),
            low=lowest["value_text"],
            low_when=lowest["when_text"],
            high=highest["value_text"],
            high_when=highest["when_text"],
            now=self._wording.quantity(value, reading.unit),
        )
        known = [*series.values.tolist(), *([] if value is None else [value])]
        columns = (series.times, series.ends, series.values, series.given)
        return {
            "kind": "course",
            "title": self._title,
            "unit": reading.unit,
            "nature_text": say(f"nature_{reading.nature.value}"),
            "quality": quality.value,
            "quality_text": say(f"quality_{quality.value}"),
            "from": iso(_moment(self._start)),
            "to": iso(_moment(self._end)),
            "span_s": round(self._end - self._start),
            "points": [
                {"from_s": self._at(begin), "to_s": self._at(end), "value": value, "sample": given}
                for begin, end, value, given in zip(*(column.tolist() for column in columns), strict=True)
            ],
            "levels": [{"value": mark, "text": self._wording.number(mark)} for mark in levels(min(known), max(known))],
            "ticks": self._ticks(),
            "lowest": lowest,
            "highest": highest,
            "now": None
            if value is None
            else {"value": value, "value_text": self._wording.quantity(value, reading.unit)},
            "text": text + (" " + say("chart_sample") if series.given.any() else ""),
        }

    def _point(self, index: int) -> Json:
        value, moment = float(self._series.values[index]), float(self._series.times[index])
        written = self._wording.quantity(value, self._reading.unit)
        return {"at_s": self._at(moment), "value": value, "value_text": written, "when_text": self._when(moment)}

    def _at(self, moment: float) -> int:
        return round(moment - self._start)

    def _when(self, moment: float) -> str:
        if self._clock.trusted:
            return self._wording.moment(_moment(moment), self._clock)
        return self._wording.ago(self._end - moment)

    def _ticks(self) -> list[Json]:
        if self._clock.trusted:
            zone = self._clock.local.tzinfo
            told = [(m, self._wording.hour(_moment(m).astimezone(zone))) for m in hours(self._start, self._end, zone)]
        else:
            told = [
                (self._end - ago, self._wording.quantity(-ago / 3600.0, "h"))
                for ago in _AGO_S
                if ago < self._end - self._start
            ]
        return [{"at_s": self._at(moment), "text": text} for moment, text in told]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
