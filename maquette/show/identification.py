"""Identification: one part of the model makes itself known, so that whoever wires or mends it sees which it is.

A target flows in as people write it (``zone feyzin``, ``led river 12``); light, angles and lamps flow out. The named LEDs glow in a slow
white, all others are dark; of a strip whose colours are to be checked the first LEDs are red, green and blue; a servo sways a little around
where it should be; a button's lamp blinks, and its press is told and does nothing else. Finishing follows as for any light: the limits of
supplies and the flash guard hold.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from maquette.core.frame import Frame, dark
from maquette.core.snapshot import Identifying
from maquette.show.model import Indices, Model, Servo

IDENTIFY_S = 60.0
"""Seconds after which an identification ends by itself."""
PERIOD_S = 4.0
"""Seconds of one glow, and of one sway of a servo."""
BLINK_S = 1.2
"""Seconds from one flash of a button's lamp to the next."""
SWAY_DEG = 5.0
"""How far a servo sways to each side, in degrees at most; at most a tenth of its range."""
HEARD_AT_MOST = 50
"""Presses that are told; of more, the last."""

KINDS = ("led", "colours", "zone", "group", "strip", "servo", "button")
"""What can be identified; ``colours`` is a strip whose first LEDs show the order of its colours."""
ENDS = ("", "off")
"""What is written to end an identification."""

_COLOURS = np.array(((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)), dtype=np.float32) * np.float32(0.6)
"""What the first LEDs of a strip show: red, green, blue and, where they have one, the white LED."""
_WHITE = np.array((1.0, 0.9, 0.75), dtype=np.float32)
_LEAST, _MOST = 0.25, 0.85  # of full light: seen by day, and far from dark when it is least
_LED = re.compile(r"^(\S+)\s+(\d{1,6})(?:\s*-\s*(\d{1,6}))?$")


@dataclass(frozen=True, slots=True)
class Target:
    """A part of the model.

    Attributes:
        kind: one of `KINDS`.
        name: of the strip, zone, group, servo or button.
        first: for LEDs, the number of the first on the strip.
        last: for LEDs, the number of the last; before ``first`` where they are named against the strip.
    """

    kind: str
    name: str
    first: int = 0
    last: int = 0

    def __str__(self) -> str:
        """Return it as it is written."""
        if self.kind != "led":
            return f"{self.kind} {self.name}"
        return f"led {self.name} {self.first}" + (f"-{self.last}" if self.last != self.first else "")


@dataclass(frozen=True, slots=True)
class Identification:
    """What makes itself known, since when and until when (monotonic seconds), and the buttons pressed meanwhile, in their order."""

    target: Target
    since: float
    ends_at: float
    heard: tuple[str, ...] = ()

    def hear(self, button: str) -> "Identification":
        """Take note of a press."""
        return replace(self, heard=(*self.heard, button)[-HEARD_AT_MOST:])

    def told(self) -> Identifying:
        """Return it as the console is told."""
        return Identifying(str(self.target), self.ends_at, self.heard)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a target is none: a stable code, the figures for its words, and what was probably meant."""

    code: str
    arguments: Mapping[str, str]
    hint: str | None = None


def read_target(written: str, model: Model) -> Target | Unknown:
    """Read a target, such as ``zone feyzin``, ``led river 12`` or ``led river 12-20``."""
    kind, _, rest = " ".join(written.split()).partition(" ")
    if kind not in KINDS:
        meant = [f"{each} {written.strip()}" for each in reversed(KINDS) if written.strip() in _names(model, each)]
        near = _nearest(kind.lower(), KINDS)
        hint = meant[0] if meant else f"{near} {rest}".strip() if near else None
        return Unknown("unknown_target", {"name": written}, hint)
    if kind != "led":
        return _named(kind, rest, model)
    match = _LED.match(rest)
    if match is None:
        strip = next(iter(model.strips), "")
        return Unknown("unknown_target", {"name": written}, f"led {rest if rest in model.strips else strip} 0")
    named = _named("strip", match[1], model)
    if isinstance(named, Unknown):
        return named
    first, last = int(match[2]), int(match[3] or match[2])
    leds = model.strips[named.name].leds
    if max(first, last) >= leds:
        return Unknown("no_such_led", {"strip": named.name, "number": str(max(first, last)), "last": str(leds - 1)})
    return Target("led", named.name, first, last)


def _named(kind: str, name: str, model: Model) -> Target | Unknown:
    names = _names(model, kind)
    if name in names:
        return Target(kind, name)
    near = _nearest(name.lower(), names)
    code = "unknown_strip" if kind == "colours" else f"unknown_{kind}"
    return Unknown(code, {"name": name}, near and f"{kind} {near}")


def _names(model: Model, kind: str) -> Iterable[str]:
    named: Mapping[str, Iterable[str]] = {
        "zone": model.zones,
        "group": model.groups,
        "strip": model.strips,
        "colours": model.strips,
        "servo": model.servos,
        "button": model.buttons,
    }
    return named.get(kind, ())


def _nearest(name: str, names: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name, list(names), n=1)), None)


def is_there(target: Target, model: Model) -> bool:
    """Tell whether a model has a target, as after its documents have changed."""
    return isinstance(read_target(str(target), model), Target)


def lit(identification: Identification | None, model: Model, now: float) -> Frame | None:
    """Return the frame of an identification, shape (LEDs, 3), linear; None where the show's own light stays."""
    if identification is None or identification.target.kind in ("servo", "button"):
        return None
    share = 0.5 + 0.5 * math.cos(2 * math.pi * (now - identification.since) / PERIOD_S)
    frame = dark(model.led_count)
    if identification.target.kind == "colours":
        strip = model.strips[identification.target.name]
        shown = _COLOURS[: min(strip.channels, strip.leds)]
        frame[strip.start : strip.start + len(shown)] = shown
        return frame
    frame[_leds(identification.target, model)] = _WHITE * np.float32(_LEAST + (_MOST - _LEAST) * share)
    return frame


def _leds(target: Target, model: Model) -> Indices:
    match target.kind:
        case "zone":
            return model.zones[target.name].leds
        case "group":
            return np.concatenate([model.zones[name].leds for name in model.groups[target.name]])
        case "strip":
            span = model.strips[target.name].span
            return np.arange(span.start, span.stop, dtype=np.intp)
    start = model.strips[target.name].start
    low, high = sorted((target.first, target.last))
    return np.arange(start + low, start + high + 1, dtype=np.intp)


def swayed(identification: Identification | None, servo: Servo, angle: float | None, now: float) -> float | None:
    """Return where a servo is to be, in degrees: around ``angle`` (None: where it parks) while it is identified, within its range."""
    if identification is None or identification.target != Target("servo", servo.id):
        return angle
    low, high = servo.angle
    sway = min(SWAY_DEG, (high - low) / 10)
    middle = min(max(servo.park if angle is None else angle, low + sway), high - sway)
    return middle + sway * math.sin(2 * math.pi * (now - identification.since) / PERIOD_S)


def identifies_button(identification: Identification | None) -> bool:
    """Tell whether a button is identified: its lamp alone blinks."""
    return identification is not None and identification.target.kind == "button"


def blinked(identification: Identification | None, lamps: frozenset[str], now: float) -> frozenset[str]:
    """Return the lamps that are on: while a button is identified its lamp blinks, and no other is on."""
    if identification is None or not identifies_button(identification):
        return lamps
    on = (now - identification.since) % BLINK_S < BLINK_S / 2
    return frozenset((identification.target.name,) if on else ())
