"""The chart of many values as they are now: how many zones are in each class of their scale, or each value beside the others.

What is unknown has a line of its own and no length: unknown is not zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.exhibition import ScaleCard
from maquette.core.readings import Quality, Reading, worst
from maquette.core.snapshot import ZoneState
from maquette.core.text import words

Json = dict[str, Any]

MOST_ROWS = 8
"""Values beside one another, at most; the greatest are shown."""


@dataclass(frozen=True, slots=True)
class _Row:
    title: str
    value: float | None
    unit: str | None
    colour: str | None = None


class Bars:
    """Draws in one language."""

    def __init__(self, titles: Titles, wording: Wording) -> None:
        self._titles = titles
        self._wording = wording

    def zones(self, zones: Sequence[ZoneState], scale: ScaleCard | None) -> Json:
        """Return the chart of zones that each tell a value of their own: by class where their scale has classes."""
        reading = zones[0].reading
        assert reading is not None
        title, quality = self._titles.value(reading), worst(zone.quality for zone in zones)
        if scale is None or scale.continuous:
            rows = [_Row(self._titles.zone(zone.zone), _value(zone), zone.unit, zone.colour) for zone in zones]
            return self._values(title, quality, rows)
        return self._classes(title, quality, zones, scale)

    def keys(self, readings: Sequence[Reading], monotonic_s: float) -> Json | None:
        """Return the chart of all keys of a value, or None where there is none."""
        if not readings:
            return None
        qualities = [reading.quality_at(monotonic_s) for reading in readings]
        rows = [
            _Row(self._titles.key(reading) or "", None if quality is Quality.MISSING else reading.value, reading.unit)
            for reading, quality in zip(readings, qualities, strict=True)
        ]
        return self._values(self._titles.value(readings[0]), worst(qualities), rows)

    def _classes(self, title: str, quality: Quality, zones: Sequence[ZoneState], scale: ScaleCard) -> Json:
        language, share = self._wording.language, 1 / len(zones)
        unknown: list[ZoneState] = []
        by_class: dict[str, list[ZoneState]] = {words(entry.title, language): [] for entry in scale.entries}
        for zone in zones:
            known = _value(zone) is not None
            (by_class.get(words(zone.class_title, language), unknown) if known else unknown).append(zone)
        rows = [
            self._class(entry.colour, name, of_it, share)
            for entry, (name, of_it) in zip(scale.entries, by_class.items(), strict=True)
        ]
        if unknown:
            rows.append(self._class(None, self._wording.say("quality_missing"), unknown, 0.0))
        told = [(str(row["title"]), str(row["count"])) for row in rows if row["count"]]
        return self._chart("classes", title, quality, told) | {"scale": scale.id, "rows": rows}

    def _class(self, colour: str | None, title: str, zones: Sequence[ZoneState], share: float) -> Json:
        names = [self._titles.zone(zone.zone) for zone in zones]
        return {"title": title, "colour": colour, "count": len(zones), "share": share * len(zones), "names": names}

    def _values(self, title: str, quality: Quality, rows: Sequence[_Row]) -> Json:
        ordered = sorted(rows, key=lambda row: (row.value is None, -(row.value or 0.0), row.title))
        known = [row.value for row in rows if row.value is not None]
        # A length says a number only where all of them begin at zero.
        longest = max(known) if known and min(known) >= 0 else 0.0
        shown = [
            {
                "title": row.title,
                "colour": None if row.value is None else row.colour,
                "value_text": self._wording.quantity(row.value, row.unit),
                "share": row.value / longest if row.value is not None and longest > 0 else None,
            }
            for row in ordered[:MOST_ROWS]
        ]
        told = [(str(row["title"]), str(row["value_text"])) for row in shown]
        return self._chart("values", title, quality, told) | {"rows": shown, "more": len(ordered) - len(shown)}

    def _chart(self, kind: str, title: str, quality: Quality, told: Sequence[tuple[str, str]]) -> Json:
        values = "; ".join(self._wording.say("chart_row", title=name, value=value) for name, value in told)
        return {
            "kind": kind,
            "title": title,
            "quality": quality.value,
            "quality_text": self._wording.say(f"quality_{quality.value}"),
            "text": self._wording.say("chart_now", title=title, values=values),
        }


def _value(zone: ZoneState) -> float | None:
    return None if zone.quality is Quality.MISSING else zone.value
