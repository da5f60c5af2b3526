"""The companion's protocol, version 1, as `hardware/companion/README.md` describes it: bytes become what they mean, and back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PROTOCOL = 1
SHORTEST_US, LONGEST_US = 500, 2500
"""Pulses of a servo."""
FASTEST_US_S = 100_000
LONGEST_LINE = 200
"""Bytes; the longest line of the sketch has about 100. What is longer is noise."""

ALIVE = b"K\n"
WHO = b"?\n"


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers: how many buttons, lamps and servos it has, and which buttons are held down."""

    protocol: int
    buttons: int
    lamps: int
    servos: int
    down: frozenset[int]


@dataclass(frozen=True, slots=True)
class Moved:
    """A button was pressed or released."""

    button: int
    down: bool


@dataclass(frozen=True, slots=True)
class Sensed:
    """Light and noise, as far as they are wired: shares of 5 V, from 0 to 1."""

    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """It did not understand a line."""


Heard = Hello | Moved | Sensed | NotUnderstood


def understood(line: bytes) -> Heard | None:
    """Return what a line means; None where it means nothing, as a line that was cut in two."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    match said:
        case {"hello": "maquette companion", "protocol": protocol} if _is_count(protocol):
            return _hello(protocol, said)
        case {"button": button, "down": bool(down)} if _is_count(button):
            return Moved(button, down)
        case {"error": _}:
            return NotUnderstood()
    values = tuple((name, float(said[name])) for name in ("light", "noise") if _is_share(said.get(name)))
    return Sensed(values) if values else None


def _hello(protocol: int, said: dict[str, Any]) -> Hello | None:
    """Another version may say the rest in another way: its number is enough to know that it is another."""
    if protocol != PROTOCOL:
        return Hello(protocol, 0, 0, 0, frozenset())
    match said:
        case {"buttons": int(buttons), "lamps": int(lamps), "servos": int(servos), "down": list(down)}:
            if all(map(_is_count, (buttons, lamps, servos, *down))):
                return Hello(protocol, buttons, lamps, servos, frozenset(down))
    return None


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_share(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]  # a number, as the type says


class Lines:
    """Bytes as they come go in, whole lines come out."""

    def __init__(self) -> None:
        self._rest = b""

    def heard(self, raw: bytes) -> Iterator[bytes]:
        """Yield the lines that bytes end."""
        *lines, self._rest = (self._rest + raw).split(b"\n")
        self._rest = self._rest[-LONGEST_LINE:]
        yield from lines


def lamp(number: int, level: float) -> bytes:
    """Return the line that sets a lamp to a level between 0 and 1, lightness as the eye counts it."""
    return b"L %d %d\n" % (number, round(255 * level))


def servo(number: int, pulse_us: float, us_per_s: float) -> bytes:
    """Return the line that turns a servo to a pulse, which changes by at most so many microseconds in a second."""
    pulse = min(max(round(pulse_us), SHORTEST_US), LONGEST_US)
    return b"S %d %d %d\n" % (number, pulse, min(max(round(us_per_s), 1), FASTEST_US_S))


def release(number: int) -> bytes:
    """Return the line that stops the pulses of a servo."""
    return b"R %d\n" % number
