"""Zoning: where zones begin, end and lie, as somebody found them at the model, is written into the hardware document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maquette.config.amendment import Value, amend, remove
from maquette.config.hardware_check import parse_run
from maquette.config.placing import Fit, Places, filled, fitted, laid
from maquette.config.tree import Source
from maquette.core.exhibition import Point
from maquette.core.text import Text


@dataclass(frozen=True, slots=True)
class ZoneWish:
    """What a zone is to be.

    Attributes:
        name: of a zone that there is, or of a new one.
        leds: its runs, such as ``("river 40-51",)``.
        seen: where its LEDs stand (mm), by their number in the zone, from 0; the first and the last are among them.
        title: words by language; empty: as it is, or none.
        like: a zone whose attributes and groups a new one shares, as one half of a split does; or None.
    """

    name: str
    leds: tuple[str, ...]
    seen: Mapping[int, Point]
    title: Text
    like: str | None = None

    @property
    def count(self) -> int:
        """How many LEDs it has."""
        return count_leds(self.leds)


@dataclass(frozen=True, slots=True)
class Zoned:
    """The document as it is to be, not yet checked; and how well the paths fit, by zone."""

    source: Source
    fits: Mapping[str, Fit]


def count_leds(runs: Sequence[str]) -> int:
    """Return how many LEDs runs hold; what is no run holds none."""
    return sum(len(run[1]) for written in runs if (run := parse_run(written)) is not None)


def write_zones(source: Source, wishes: Sequence[ZoneWish], deleted: Sequence[str]) -> Zoned:
    """Return a hardware document with zones changed, added and taken away.

    A path that lays the LEDs where they are seen already stays as it is written. Zones that go are taken out of the groups, too.

    Args:
        source: the document; its shape is right.
        wishes: the zones to be changed or added.
        deleted: the names of those to be taken away.

    Raises:
        AmendmentError: it is written in a way that cannot be changed in place, or has no such zone.
    """
    fits: dict[str, Fit] = {}
    for name in deleted:
        for group, members in _groups(source).items():
            if name in members:
                source = amend(source, ("groups", group), [member for member in members if member != name])
        source = remove(source, ("zones", name))
    for wish in wishes:
        former = source.root.plain["zones"].get(wish.name)
        fits[wish.name] = fit = _fit(wish, former)
        path = [list(point) for point in fit.path]
        source = _added(source, wish, path) if former is None else _changed(source, wish, path, former)
    return Zoned(source, fits)


def _groups(source: Source) -> dict[str, list[str]]:
    return source.root.plain.get("groups") or {}


def _fit(wish: ZoneWish, former: dict[str, Any] | None) -> Fit:
    places: Places = filled(wish.count, wish.seen)
    written = [] if former is None else former["path"]
    for path in (written, written[::-1]):
        if path and laid(path, places):
            return Fit(tuple((x, y) for x, y in path), 0.0, 0)
    return fitted(places)


def _added(source: Source, wish: ZoneWish, path: list[list[float]]) -> Source:
    zone: dict[str, Value] = {"leds": list(wish.leds), "path": path}
    title = _title(wish.title)
    if title:
        zone = {"title": title, **zone}
    like = source.root.plain["zones"].get(wish.like) or {}
    if like.get("attributes"):
        zone["attributes"] = like["attributes"]
    source = amend(source, ("zones", wish.name), zone)
    for group, members in _groups(source).items():
        if wish.like in members:
            at = members.index(wish.like) + 1
            source = amend(source, ("groups", group), [*members[:at], wish.name, *members[at:]])
    return source


def _changed(source: Source, wish: ZoneWish, path: list[list[float]], former: dict[str, Any]) -> Source:
    place = ("zones", wish.name)
    title = former.get("title")
    if isinstance(title, dict):
        for language, words in wish.title.items():
            source = amend(source, (*place, "title", language), words)
    elif wish.title and _title(wish.title) != title:
        source = amend(source, (*place, "title"), _title(wish.title))
    source = amend(source, (*place, "leds"), list(wish.leds))
    return amend(source, (*place, "path"), path)


def _title(title: Text) -> Value:
    """Return a title as it is written: once, where it is the same in several languages; what is missing in one is told by the check."""
    words = set(title.values())
    return words.pop() if len(words) == 1 < len(title) else dict(title)
