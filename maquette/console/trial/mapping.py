"""The map: the hardware document as the page of the map needs it, and as it would be with the zones that the page asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maquette.config.amendment import difference
from maquette.config.build_model import spread_along
from maquette.config.hardware_check import parse_run
from maquette.config.placing import Fit
from maquette.config.tree import Source
from maquette.config.zoning import ZoneWish, write_zones
from maquette.console.commands import Refusal, nearest
from maquette.console.documents.map_wishes import Wishes, ZoneAsked
from maquette.core.text import words
from maquette.errors import AmendmentError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The hardware document as it would be: its bytes, a unified diff from how it is, and the zones that were asked for, for the page."""

    raw: bytes
    difference: str
    zones: tuple[Json, ...]


def map_view(hardware: Source, languages: Sequence[str]) -> Json:
    """Return the strips and zones of a hardware document without errors; places of LEDs in millimetres.

    Args:
        hardware: the document.
        languages: titles are given in each, empty where there is none.
    """
    plain = hardware.root.plain
    strips, start = list[Json](), 0
    for name, strip in plain["strips"].items():
        strips.append({"strip": name, "leds": strip["leds"], "start": start})
        start += strip["leds"]
    zones = [_zone(name, zone, languages) for name, zone in plain["zones"].items()]
    return {"strips": strips, "zones": zones}


def _zone(name: str, zone: Mapping[str, Any], languages: Sequence[str]) -> Json:
    title = zone.get("title") or {}
    text = {"": title} if isinstance(title, str) else title
    places = spread_along(zone["path"], len(_numbers(zone["leds"])))[0]
    return {
        "zone": name,
        "title": {language: words(text, language) if {language, ""} & text.keys() else "" for language in languages},
        "leds": zone["leds"],
        "places": [[round(x, 1), round(y, 1)] for x, y in places.tolist()],
    }


def mapped(hardware: Source, wishes: Wishes) -> Mapped | Refusal:
    """Return the hardware document with the zones as they are asked for, not yet checked; or why that makes no sense.

    Args:
        hardware: a document without errors.
        wishes: what is asked for.
    """
    there = hardware.root.plain["zones"]
    for name in wishes.deleted:
        if name not in there:
            return Refusal("unknown_zone", nearest(name, there), {"name": name})
    zones = list[ZoneWish]()
    for asked in wishes.zones:
        wish = _wish(asked, hardware.root.plain["strips"])
        if isinstance(wish, Refusal):
            return wish
        zones.append(wish)
    try:
        zoned = write_zones(hardware, zones, wishes.deleted)
    except AmendmentError as error:
        return Refusal("not_amended", None, {"message": error.message})
    told = tuple(_fit(zone, zoned.fits[zone.name]) for zone in zones)
    return Mapped(zoned.source.raw, difference(hardware.file, hardware.raw, zoned.source.raw), told)


def _wish(asked: ZoneAsked, strips: Mapping[str, Any]) -> ZoneWish | Refusal:
    for written in asked.leds:
        run = parse_run(written)
        if run is None:
            return Refusal("no_run", None, {"name": written})
        if run[0] not in strips:
            return Refusal("unknown_strip", nearest(run[0], strips), {"name": run[0]})
        leds = strips[run[0]]["leds"]
        if max(run[1]) >= leds:
            return Refusal("no_such_led", None, {"strip": run[0], "number": str(max(run[1])), "last": str(leds - 1)})
    numbers = _numbers(asked.leds)
    places = {(placed.strip, placed.number): (placed.x, placed.y) for placed in asked.seen}
    for strip, number in (numbers[0], numbers[-1]):
        if (strip, number) not in places:
            return Refusal("led_not_placed", None, {"zone": asked.name, "strip": strip, "number": str(number)})
    seen = {index: places[led] for index, led in enumerate(numbers) if led in places}
    return ZoneWish(asked.name, asked.leds, seen, asked.title, asked.like)


def _fit(zone: ZoneWish, fit: Fit) -> Json:
    """Return how well a path fits: the LED that fits least, and behind which a zone is better split."""
    numbers = [f"{strip} {number}" for strip, number in _numbers(zone.leds)]
    return {
        "zone": zone.name,
        "path": [list(point) for point in fit.path],
        "worst_mm": round(fit.worst_mm, 1),
        "worst_led": numbers[fit.worst],
        "far": fit.is_far,
        "split_after": None if fit.gap is None else numbers[fit.gap],
    }


def _numbers(runs: Sequence[str]) -> list[tuple[str, int]]:
    """Return the LEDs of runs in their order: the strip and the number on it."""
    read = (parse_run(run) for run in runs)
    return [(run[0], number) for run in read if run is not None for number in run[1]]
