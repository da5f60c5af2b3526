"""The hardware document: drivers, runs of LEDs, names and pins that must fit together."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from maquette.config.documents import (
    SENSORS,
    ButtonDocument,
    EncoderDocument,
    HardwareDocument,
    KeysDocument,
    LightSensorDocument,
    SensorDocument,
    ServoDocument,
    StripDocument,
    WiredDocument,
)
from maquette.config.documents_hardware import Claim, Misfit
from maquette.config.draft import AnyDocument, Draft
from maquette.config.languages import check_text
from maquette.config.problems import did_you_mean
from maquette.config.registries import Registries
from maquette.config.shape import type_name
from maquette.config.tree import Path
from maquette.core.geography import on_one_line
from maquette.core.keys import KEYS
from maquette.core.message import Message, message
from maquette.show.model import Strip

I2C_PINS: Mapping[int, tuple[int, ...]] = {0: (0, 1), 1: (2, 3)}
"""The pins of the I²C buses that every Pi has; those of others depend on its overlays."""
FIXED_PULL = (2, 3)
"""Pins with a resistor on the board that pulls them up, whatever the Pi's own do."""
PULSES_US = (500.0, 2500.0)
"""The shortest and the longest pulse, in microseconds: beyond them common servos press against their stop and burn."""
GATE_TOP_SPEED = 30.0
"""Degrees per second: the end of a gate of 100 mm then moves by 52 mm in a second, which a hand evades."""

RESERVED = ("all", "rest", "zone", "idle")
_RUN = re.compile(r"^\s*([a-z][a-z0-9_]*)\s+(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$")


@dataclass(frozen=True, slots=True)
class Hardware:
    """A hardware document with its drivers' own options checked."""

    document: HardwareDocument
    strips: Mapping[str, StripDocument]
    servos: Mapping[str, ServoDocument]
    sensors: Mapping[str, SensorDocument] = field(default_factory=dict)


def parse_run(written: str) -> tuple[str, range] | None:
    """Read a run of LEDs.

    >>> parse_run("river 119-117")
    ('river', range(119, 116, -1))

    Returns:
        The strip's name and the LEDs in order, or None when it is no run.
    """
    match = _RUN.match(written)
    if not match:
        return None
    first, last = int(match[2]), int(match[3] or match[2])
    return match[1], range(first, last + 1) if first <= last else range(first, last - 1, -1)


def written_runs(leds: Iterable[int], strips: Iterable[Strip]) -> tuple[str, ...]:
    """Write LEDs (numbers in the frame) as runs of their strips: as few as possible, in their order."""
    known = [(strip.id, strip.start, strip.start + strip.leds) for strip in strips]
    places = [(name, led - start) for led in leds for name, start, end in known if start <= led < end]
    runs: list[tuple[str, int, int]] = []
    for strip, number in places:
        last = runs[-1] if runs else ("", 0, 0)
        step = number - last[2]
        if last[0] == strip and abs(step) == 1 and (last[1] == last[2] or (last[2] - last[1]) * step > 0):
            runs[-1] = (strip, last[1], number)
        else:
            runs.append((strip, number, number))
    return tuple(f"{strip} {first}" if first == last else f"{strip} {first}-{last}" for strip, first, last in runs)


def check_hardware_shape(draft: Draft, registries: Registries) -> Hardware | None:
    """Check the document and each strip and servo against its driver's model; None when there are problems, which are noted."""
    document = draft.shape(HardwareDocument)
    if document is not None:
        document = _with_ids(document)
        draft.document = document
    strips = check_drivers(draft, "strips", registries.strips)
    servos = check_drivers(draft, "servos", registries.servos)
    sensors = check_drivers(draft, "sensors", SENSORS, key="kind", unknown="E217.sensor")
    return Hardware(document, strips, servos, sensors) if document is not None and draft.passed else None


def _with_ids(document: HardwareDocument) -> HardwareDocument:
    """Return the document with each zone's name among its attributes: ``zone.id``."""
    zones = {
        name: zone.model_copy(update={"attributes": {"id": name, **zone.attributes}})
        for name, zone in document.zones.items()
    }
    return document.model_copy(update={"zones": zones})


def check_drivers(
    draft: Draft,
    block: str,
    models: Mapping[str, type[AnyDocument]],
    *,
    key: Literal["driver", "kind"] = "driver",
    unknown: str = "E216",
) -> dict[str, AnyDocument]:
    """Return the entries of a block that fit the model that each names under a key; the problems of the others are noted."""
    found: dict[str, AnyDocument] = {}
    plain = draft.tree.root.plain.get(block)
    for name, options in (plain if isinstance(plain, dict) else {}).items():
        path: Path = (block, name)
        if options is None:
            continue  # told already, as of any key with nothing behind it
        if not isinstance(options, dict):
            draft.report("E106", path, found=type_name(draft.tree.node(path)))
        elif key not in options:
            draft.report("E101", path, on_key=True, hint=message(f"add_{key}"), key=key)
        elif options[key] is None:
            continue
        elif not isinstance(options[key], str):
            draft.report("E103", (*path, key), found=type_name(draft.tree.node((*path, key))))
        elif options[key] not in models:
            draft.report(unknown, (*path, key), hint=did_you_mean(options[key], models), name=options[key])
        else:
            document = draft.shape(models[options[key]], path)
            if document is not None:
                found[name] = document
    return found


def check_hardware_references(draft: Draft, hardware: Hardware) -> None:
    """Check that names, LEDs and pins fit together."""
    document = hardware.document
    for name, strip in hardware.strips.items():
        if strip.supply is not None and strip.supply not in document.supplies:
            advice = did_you_mean(strip.supply, document.supplies)
            draft.report("E234", ("strips", name, "supply"), hint=advice, name=strip.supply)
    _check_claims(draft, hardware.strips)
    _check_leds(draft, hardware)
    _check_names(draft, document)
    _check_pins(draft, hardware)
    _check_pressed(draft, document)
    _check_sensors(draft, hardware)
    _check_clashes(draft, hardware.servos)


def _check_claims(draft: Draft, strips: Mapping[str, StripDocument]) -> None:
    """Tell of devices, and of LEDs or universes of a receiver, that two strips have."""
    claims: dict[str, Claim] = {}
    for name, strip in strips.items():
        claim = strip.claim
        if claim is None:
            continue
        taken = ((owner, claim.shared_with(other)) for owner, other in claims.items())
        owner, number = next(((owner, number) for owner, number in taken if number is not None), (None, None))
        # Strips on one device of the first SPI bus share its pins, which are told.
        if owner is not None and number is not None and not strip.pins_taken:
            where = _written(draft, ("strips", name), claim.key, "driver")
            draft.report(f"E251.{claim.kind}", where, where=claim.where, number=number, owner=owner)
        claims[name] = claim


def _check_leds(draft: Draft, hardware: Hardware) -> None:
    owners: dict[tuple[str, int], str] = {}
    for zone, document in hardware.document.zones.items():
        for index, written in enumerate(document.leds):
            path: Path = ("zones", zone, "leds", index)
            run = parse_run(written)
            if run is None:
                example = next(iter(hardware.strips), "river")
                draft.report("E225", path, hint=message("run", strip=example), written=written)
            elif run[0] not in hardware.strips:
                draft.report("E202", path, hint=did_you_mean(run[0], hardware.strips), name=run[0])
            elif max(run[1]) >= hardware.strips[run[0]].leds:
                leds = hardware.strips[run[0]].leds
                draft.report("E203", path, strip=run[0], number=max(run[1]), leds=leds, last=leds - 1)
            else:
                _claim(draft, path, zone, run, owners)


def _claim(draft: Draft, path: Path, zone: str, run: tuple[str, range], owners: dict[tuple[str, int], str]) -> None:
    strip, numbers = run
    taken = next((n for n in numbers if (strip, n) in owners), None)
    if taken is not None:
        draft.report("E231", path, number=taken, strip=strip, owner=owners[strip, taken])
    for number in numbers:
        owners.setdefault((strip, number), zone)


def _check_names(draft: Draft, document: HardwareDocument) -> None:
    for block, names, key in (("zones", document.zones, "E223.zone"), ("groups", document.groups, "E223.group")):
        for name in names:
            if name in RESERVED:
                draft.report(key, (block, name), on_key=True, hint=message("rename_it"), name=name)
    for group, members in document.groups.items():
        if group in document.zones:
            draft.report("E232", ("groups", group), on_key=True, hint=message("rename"), name=group)
        for index, member in enumerate(members):
            if member not in document.zones:
                advice = did_you_mean(member, document.zones)
                draft.report("E204", ("groups", group, index), hint=advice, name=member)


def pins(wired_blocks: Mapping[str, Mapping[str, WiredDocument]]) -> Iterator[tuple[Path, int, Message]]:
    """Yield every GPIO pin that is taken: where the document says so, the pin, and who takes it.

    An I²C bus is one taker, however many use it.

    Args:
        wired_blocks: what may be wired, by block of the document: strips, buttons, encoders, sensors, servos.
    """
    for block, documents in wired_blocks.items():
        kind = block.removesuffix("s")
        for name, wired in documents.items():
            for pin, key in wired.pins_taken.items():
                yield (block, name, key), pin, message(kind, name=name)
            if wired.i2c_bus is not None:
                where: Path = (block, name, "bus") if "bus" in wired.model_fields_set else (block, name)
                for pin in I2C_PINS.get(wired.i2c_bus, ()):
                    yield where, pin, message("i2c_bus", number=wired.i2c_bus)
            if isinstance(wired, ButtonDocument) and wired.lamp is not None:
                yield (block, name, "lamp"), wired.lamp, message("lamp", name=name)


def _check_pins(draft: Draft, hardware: Hardware) -> None:
    for name, button in hardware.document.buttons.items():
        against = {"low": "up", "high": "down"}[button.active]
        if button.pin in FIXED_PULL and button.pulled != "up":
            where = _written(draft, ("buttons", name), "pull", "active")
            draft.report("E391.fixed", where, hint=message("pull_up"), pin=button.pin)
        elif button.pulled not in (against, "none"):
            advice = message("pull_against", against=against)
            draft.report("E391", ("buttons", name, "pull"), hint=advice, pull=button.pulled, active=button.active)
    owners: dict[int, Message] = {}
    told: set[tuple[Message, Message]] = set()
    blocks: dict[str, Mapping[str, WiredDocument]] = {
        "strips": hardware.strips,
        "buttons": hardware.document.buttons,
        "encoders": hardware.document.encoders,
        "sensors": hardware.sensors,
        "servos": hardware.servos,
    }
    for path, pin, owner in pins(blocks):
        pair = owners.setdefault(pin, owner), owner
        if pair[0] != owner and pair not in told:  # two strips on one bus share several pins: one is enough
            told.add(pair)
            draft.report("E233", path, pin=pin, owner=pair[0], other=owner)


def _written(draft: Draft, path: Path, *keys: str) -> Path:
    """Return the path of the first of some keys that stands in the document."""
    entries = draft.tree.node(path).entries or {}
    return next(((*path, key) for key in keys if key in entries), path)


def _check_pressed(draft: Draft, document: HardwareDocument) -> None:
    """Check that keys and cards press buttons that there are, and that each button can be pressed."""
    pressed = set[str]()
    for name, keys in document.keys.items():
        if keys.device.startswith("/dev/input/event"):
            draft.report("W070", ("keys", name, "device"), hint=message("input_by_id"), path=keys.device)
        for block, bound in (("commands", keys.commands), ("buttons", keys.buttons)):
            for key in bound:
                if key not in KEYS:
                    draft.report("E247", ("keys", name, block, key), on_key=True, hint=_meant_key(key), name=key)
        for key in keys.buttons.keys() & keys.commands.keys():
            draft.report("E392", ("keys", name, "buttons", key), on_key=True, key=key)
        for block, bound in (("buttons", keys.buttons), ("cards", keys.cards)):
            pressed.update(bound.values())
            for key, button in bound.items():
                if button not in document.buttons:
                    advice = did_you_mean(button, document.buttons)
                    draft.report("E235", ("keys", name, block, key), hint=advice, name=button)
    for name, button_document in document.buttons.items():
        if not button_document.has_contact and name not in pressed:
            draft.report("W071", ("buttons", name), on_key=True, hint=message("give_pin"), name=name)


def _meant_key(key: str) -> Message:
    """Return a hint for a key that there is not; there are too many to list them all."""
    hint = did_you_mean(key, KEYS)
    return hint if hint is not None and hint.key == "did_you_mean" else message("key_names")


def _check_sensors(draft: Draft, hardware: Hardware) -> None:
    light = [name for name, sensor in hardware.sensors.items() if isinstance(sensor, LightSensorDocument)]
    for name in light[1:]:
        draft.report("E393", ("sensors", name), on_key=True, owner=light[0])


def _check_clashes(draft: Draft, servos: Mapping[str, ServoDocument]) -> None:
    """Report each servo that something excludes which an earlier one has or says."""
    for (other, earlier), (name, later) in combinations(servos.items(), 2):
        reason = earlier.clash(later)
        if reason is not None:
            draft.report("E248", ("servos", name), on_key=True, name=name, other=other, reason=reason)


def check_hardware_meaning(draft: Draft, hardware: Hardware) -> None:
    """Check the control points and that servos can do what they are told, and warn of strips that are too long for the frame rate."""
    if hardware.document.plan.geo is not None and on_one_line(hardware.document.plan.geo):
        draft.report("E348", ("plan", "geo"))
    for name, strip in hardware.strips.items():
        wire_s = strip.wire_time_s
        if wire_s > strip.smooth_s:
            rate, milliseconds = f"{1 / wire_s:.0f}" if wire_s < 1 else f"{1 / wire_s:.2g}", f"{wire_s * 1000:.0f}"
            draft.report("W026", ("strips", name, "leds"), milliseconds=milliseconds, leds=strip.leds, rate=rate)
    for misfit in _misfits(hardware):
        draft.report_at(draft.tree.mark(("strips", misfit.strip, misfit.key)), misfit.told, misfit.hint)
    for name, servo in hardware.servos.items():
        _check_servo(draft, name, servo)


def _check_servo(draft: Draft, name: str, servo: ServoDocument) -> None:
    low, high = servo.angle
    written = draft.tree.node(("servos", name)).entries or {}
    if not low <= servo.park <= high:
        path: Path = ("servos", name, "park" if "park" in written else "angle")
        draft.report("E343", path, value=f"{servo.park:g}°", servo=name, low=f"{low:g}°", high=f"{high:g}°")
    shortest, longest = PULSES_US
    for index, pulse in enumerate(servo.pulse):
        if not shortest <= pulse <= longest:
            draft.report("E374", ("servos", name, "pulse", index), pulse=f"{pulse:g} µs")
    if servo.centre is not None and not servo.pulse[0] < servo.centre < servo.pulse[1]:
        centre, low_us, high_us = (f"{pulse:g} µs" for pulse in (servo.centre, *servo.pulse))
        draft.report("E375", ("servos", name, "centre"), centre=centre, low=low_us, high=high_us)
    if servo.looks == "gate" and servo.top_speed is not None and servo.top_speed > GATE_TOP_SPEED:
        most = f"{GATE_TOP_SPEED:g}°/s"
        hint = message("write", line=f"top_speed: {most}")
        draft.report(
            "E376", ("servos", name, "top_speed"), hint=hint, name=name, speed=f"{servo.top_speed:g}°/s", most=most
        )


def _misfits(hardware: Hardware) -> Iterator[Misfit]:
    drivers: dict[type[StripDocument], dict[str, StripDocument]] = {}
    for name, strip in hardware.strips.items():
        drivers.setdefault(type(strip), {})[name] = strip
    for driver, strips in drivers.items():
        yield from driver.misfits(strips)


def check_hardware_texts(draft: Draft, document: HardwareDocument, languages: Sequence[str]) -> None:
    """Warn of titles and labels that are missing in a language."""
    check_text(draft, ("title",), document.title, languages)
    for name, zone in document.zones.items():
        check_text(draft, ("zones", name, "title"), zone.title, languages)
    for name, button in document.buttons.items():
        check_text(draft, ("buttons", name, "label"), button.label, languages)
    titled: Mapping[str, Mapping[str, EncoderDocument | KeysDocument]] = {
        "encoders": document.encoders,
        "keys": document.keys,
    }
    for block, things in titled.items():
        for name, thing in things.items():
            check_text(draft, (block, name, "title"), thing.title, languages)
