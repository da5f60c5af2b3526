"""Computed feeds: values made of other values by an expression. Readings flow in, readings of the computed values flow out.

Worked out when readings change or age, never per frame. What a computed reading says is what it is made of: the worst quality, the oldest
time, every source, licence and attribution; its nature is its own, since nobody measured it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from maquette.core.readings import Nature, Quality, Reading, Readings, ReadingsUpdate
from maquette.core.units import convert
from maquette.errors import UnitError
from maquette.show.expressions import Expression, Outcome, Scope


@dataclass(frozen=True, slots=True)
class ComputedValue:
    """A value of a computed feed.

    Attributes:
        feed: the feed's name.
        name: the value's name.
        expression: what it is made of; it speaks of no zone.
        unit: in which it is given, or None.
        plausible: the range outside which it is not believed, in its unit, or None.
        nature: what it is called.
        place: where, in words, or None.
    """

    feed: str
    name: str
    expression: Expression
    unit: str | None = None
    plausible: tuple[float, float] | None = None
    nature: Nature = Nature.ESTIMATED
    place: str | None = None


def computed(values: Sequence[ComputedValue], readings: Readings, now: float) -> tuple[Reading, ...]:
    """Return the readings of computed values.

    Args:
        values: in such an order that each comes after those that it is made of.
        readings: all others.
        now: seconds of the monotonic clock.
    """
    found: list[Reading] = []
    for value in values:
        outcome = value.expression.evaluate(Scope(readings, now))
        found.append(_reading(value, outcome, now))
        readings = readings.updated(ReadingsUpdate((found[-1],)))
    return tuple(found)


def _reading(value: ComputedValue, outcome: Outcome, now: float) -> Reading:
    used = sorted(outcome.readings, key=lambda reading: (reading.feed, reading.name, reading.key or ""))
    number, problem = _number(value, outcome)
    quality = outcome.quality if number is not None else Quality.MISSING
    ages = quality in (Quality.LIVE, Quality.STALE)
    worst = next((reading.problem for reading in outcome.readings if reading.problem is not None), None)
    return Reading(
        feed=value.feed,
        name=value.name,
        key=None,
        value=number,
        unit=value.unit,
        quality=quality,
        nature=value.nature,
        measured_at=_oldest(reading.measured_at for reading in used),
        fetched_at=_oldest(reading.fetched_at for reading in used),
        valid_until=_oldest(reading.valid_until for reading in used),
        fresh_until=_first(used, lambda reading: reading.fresh_until, now) if quality is Quality.LIVE else None,
        drop_at=_first(used, lambda reading: reading.drop_at, now) if ages else None,
        place=value.place or _same(reading.place for reading in used),
        source=_joined(reading.source for reading in used),
        licence=_joined(reading.licence for reading in used),
        attribution=_joined(reading.attribution for reading in used),
        problem=None if quality is Quality.LIVE else problem or worst or ("waiting" if number is None else None),
    )


def _number(value: ComputedValue, outcome: Outcome) -> tuple[float | None, str | None]:
    """Return the number in the value's unit, and why there is none when something else than its readings is the reason."""
    number = outcome.value
    if number is None or isinstance(number, str) or not math.isfinite(number):
        return None, None
    try:
        # A bare number takes the unit of the value, as everywhere.
        found = float(number) if outcome.unit is None else convert(float(number), outcome.unit, value.unit)
    except UnitError:
        return None, "broken"
    if value.plausible is not None and not value.plausible[0] <= found <= value.plausible[1]:
        return None, "implausible"
    return found, None


def _first(readings: Iterable[Reading], moment: Callable[[Reading], float | None], now: float) -> float | None:
    moments = (found for reading in readings if (found := moment(reading)) is not None and found > now)
    return min(moments, default=None)


def _oldest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _same(texts: Iterable[str | None]) -> str | None:
    different = set(texts)
    return different.pop() if len(different) == 1 else None


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text))
