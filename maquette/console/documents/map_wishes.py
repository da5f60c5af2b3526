"""What the page of the map asks to be written, read from JSON: of the right shape, whether it makes sense or not."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maquette.console import shapes
from maquette.console.commands import Refusal
from maquette.core.text import Text

FARTHEST_MM = 100_000
"""How far from the plan's corner a place may be at most: what is farther was never meant."""
LONGEST_TITLE = 120

_NAME = r"^[a-z][a-z0-9_]{0,39}$"
_RUN = r"^[a-z][a-z0-9_]* [0-9]{1,6}(-[0-9]{1,6})?$"
_LANGUAGE = r"^[a-z]{2,3}$"
_MM = {"type": "number", "minimum": -FARTHEST_MM, "maximum": FARTHEST_MM}
_PLACED = {
    "type": "array",
    "prefixItems": [{"type": "string"}, {"type": "integer", "minimum": 0, "maximum": 999_999}, _MM, _MM],
    "minItems": 4,
    "maxItems": 4,
}
_ZONE = shapes.object_of(
    zone={"type": "string", "pattern": _NAME},
    leds={"type": "array", "items": {"type": "string", "pattern": _RUN}, "minItems": 1},
    seen={"type": "array", "items": _PLACED, "description": "where LEDs stand: strip, number on it, x, y in mm on the plan"},
    title={
        "type": "object",
        "propertyNames": {"pattern": _LANGUAGE},
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": LONGEST_TITLE},
        "description": "by language; empty: as it is",
    },
    like=shapes.or_null({"type": "string", "description": "a zone whose attributes and groups a new one shares"}),
)  # fmt: skip
BODY = shapes.object_of(
    zones={"type": "array", "items": _ZONE},
    deleted={"type": "array", "items": {"type": "string"}},
)
"""The schema of what is read here."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an LED was seen: its strip, its number on it, x and y on the plan (mm)."""

    strip: str
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ZoneAsked:
    """What a zone is to be: its name, its runs, where its LEDs were seen, its title (empty: as it is), a zone that it is like, or None."""

    name: str
    leds: tuple[str, ...]
    seen: tuple[Placed, ...]
    title: Text
    like: str | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """The zones to be changed or added, and the names of those to be taken away."""

    zones: tuple[ZoneAsked, ...]
    deleted: tuple[str, ...]


def read_wishes(payload: Mapping[str, Any]) -> Wishes | Refusal:
    """Read what is asked for; a refusal names the first thing that is written otherwise than `BODY` says."""
    flaw = _odd_key(payload, ("zones", "deleted"))
    if flaw is not None:
        return flaw
    zones, deleted = payload["zones"], payload["deleted"]
    if not _is_list(zones, dict):
        return _wrong("zones", "list of objects")
    if not _is_list(deleted, str):
        return _wrong("deleted", "list of str")
    asked = list[ZoneAsked]()
    for zone in zones:
        read = _zone(zone)
        if isinstance(read, Refusal):
            return read
        asked.append(read)
    return Wishes(tuple(asked), tuple(deleted))


def _zone(zone: Mapping[str, Any]) -> ZoneAsked | Refusal:
    flaw = _odd_key(zone, ("zone", "leds", "seen", "title", "like"))
    if flaw is not None:
        return flaw
    name, runs, title, like = zone["zone"], zone["leds"], zone["title"], zone["like"]
    if not isinstance(name, str):
        return _wrong("zone", "str")
    if not re.fullmatch(_NAME, name):
        return Refusal("zone_name", None, {"name": name})
    if not _is_list(runs, str) or not runs:
        return _wrong("leds", "list of str")
    odd = next((run for run in runs if not re.fullmatch(_RUN, run)), None)
    if odd is not None:
        return Refusal("no_run", None, {"name": odd})
    if not isinstance(title, dict) or not all(map(_is_title, title.items())):
        return _wrong("title", "object of str")
    if not isinstance(like, str | None):
        return _wrong("like", "str")
    seen = [_placed(each) for each in zone["seen"]] if isinstance(zone["seen"], list) else [None]
    known = tuple(each for each in seen if each is not None)
    if len(known) < len(seen):
        return _wrong("seen", "list of [strip, LED, x, y]")
    return ZoneAsked(name, tuple(runs), known, title, like)


def _placed(each: object) -> Placed | None:
    match each:
        case [str(strip), int() | float() as number, int() | float() as x, int() | float() as y]:
            plain = not any(isinstance(value, bool) for value in (number, x, y))  # to Python true is 1
            counts = 0 <= number < 1_000_000 and number == int(number)  # to JSON 12.0 is a whole number
            if plain and counts and all(math.isfinite(mm) and abs(mm) <= FARTHEST_MM for mm in (x, y)):
                return Placed(strip, int(number), float(x), float(y))
    return None


def _is_title(entry: tuple[str, object]) -> bool:
    language, text = entry
    return bool(re.fullmatch(_LANGUAGE, language)) and isinstance(text, str) and 0 < len(text) <= LONGEST_TITLE


def _is_list(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


def _odd_key(payload: Mapping[str, Any], keys: Sequence[str]) -> Refusal | None:
    """Return a refusal where a key is missing or one too many."""
    for key in keys:
        if key not in payload:
            return Refusal("missing_argument", None, {"name": key})
    extra = next((key for key in payload if key not in keys), None)
    return None if extra is None else Refusal("unknown_argument", None, {"name": extra})


def _wrong(name: str, expected: str) -> Refusal:
    return Refusal("wrong_type", None, {"name": name, "expected": expected})
