"""What the visitors' screen draws of a step: how one value went, or how many are now. Decided from the lit zones alone. Pure.

What lights the most zones is drawn first. A value that one expression alone names is drawn over time, under its own name even where the
light shows what was made of it (``river.flow.change('7 d')``); where each zone has a value of its own, and where an aggregate is made of
many, they are drawn beside one another, as they are now. What mixes several values is not drawn: no one of them is what the light shows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from maquette.core.course import CourseWanted
from maquette.core.past import read_term
from maquette.core.readings import Reading
from maquette.core.snapshot import ZoneState

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAMED = re.compile(r"\b([A-Za-z_]\w*)(?:\[[^\]]*\])?\.([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class BesideOneAnother:
    """Zones that each tell a value of their own, by one expression."""

    zones: tuple[ZoneState, ...]


@dataclass(frozen=True, slots=True)
class AllKeys:
    """All keys of a value, of which the light shows an aggregate; the zone tells which."""

    feed: str
    name: str
    zone: ZoneState


Choice = CourseWanted | BesideOneAnother | AllKeys


def choices(zones: Iterable[ZoneState]) -> list[Choice]:
    """Return what can be drawn of a step, what lights the most zones first; of equals, what lights the first of the model's zones."""
    groups = by_expression(zones)
    found = (_choice(group) for group in sorted(groups, key=len, reverse=True))
    return [choice for choice in found if choice is not None]


def by_expression(zones: Iterable[ZoneState]) -> list[tuple[ZoneState, ...]]:
    """Return the zones that tell something, those of one expression together."""
    groups: dict[str, list[ZoneState]] = {}
    for zone in zones:
        if not zone.decoration and zone.reading is not None:
            groups.setdefault(zone.expression or zone.zone, []).append(zone)
    return [tuple(group) for group in groups.values()]


def base(reading: Reading) -> tuple[str, str]:
    """Return the feed and the value that a reading is of, itself or its past."""
    term = read_term(reading.feed, reading.name)
    return reading.feed, reading.name if term is None else term.name


def _choice(group: tuple[ZoneState, ...]) -> Choice | None:
    first = group[0]
    reading = first.reading
    assert reading is not None
    if len({zone.reading.key for zone in group if zone.reading is not None}) > 1:
        return BesideOneAnother(group)
    if len(set(_NAMED.findall(_without_zone(first.expression)))) > 1:
        return None
    feed, name = base(reading)
    return AllKeys(feed, name, first) if first.total else CourseWanted(feed, name, reading.key)


def _without_zone(expression: str | None) -> str:
    """Return an expression without its texts in quotes and without what it asks of the zone."""
    return re.sub(r"\bzone\.\w+", "", _QUOTED.sub("", expression or ""))
