"""The hardware document: drivers, runs of LEDs, names and pins that must fit together."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from maquette.config.documents import HardwareDocument, ServoDocument, StripDocument
from maquette.config.draft import AnyDocument, Draft
from maquette.config.languages import check_text
from maquette.config.problems import did_you_mean
from maquette.config.registries import Registries
from maquette.config.shape import type_name
from maquette.config.tree import Path
from maquette.core.geography import on_one_line
from maquette.core.message import Message, message
from maquette.core.wire_time import wire_time_s
from maquette.show.model import Strip

FRAME_S = 1 / 60
"""Between two frames."""

RESERVED = ("all", "rest", "zone", "idle")
_RUN = re.compile(r"^\s*([a-z][a-z0-9_]*)\s+(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$")


@dataclass(frozen=True, slots=True)
class Hardware:
    """A hardware document with its drivers' own options checked."""

    document: HardwareDocument
    strips: Mapping[str, StripDocument]
    servos: Mapping[str, ServoDocument]


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
    strips = _drivers(draft, "strips", registries.strips)
    servos = _drivers(draft, "servos", registries.servos)
    return Hardware(document, strips, servos) if document is not None and draft.passed else None


def _with_ids(document: HardwareDocument) -> HardwareDocument:
    """Return the document with each zone's name among its attributes: ``zone.id``."""
    zones = {
        name: zone.model_copy(update={"attributes": {"id": name, **zone.attributes}})
        for name, zone in document.zones.items()
    }
    return document.model_copy(update={"zones": zones})


def _drivers(draft: Draft, block: str, models: Mapping[str, type[AnyDocument]]) -> dict[str, AnyDocument]:
    found: dict[str, AnyDocument] = {}
    plain = draft.tree.root.plain.get(block)
    for name, options in (plain if isinstance(plain, dict) else {}).items():
        path: Path = (block, name)
        if options is None:
            continue  # told already, as of any key with nothing behind it
        if not isinstance(options, dict):
            draft.report("E106", path, found=type_name(draft.tree.node(path)))
        elif "driver" not in options:
            draft.report("E101", path, on_key=True, hint=message("driver"), key="driver")
        elif options["driver"] is None:
            continue
        elif not isinstance(options["driver"], str):
            draft.report("E103", (*path, "driver"), found=type_name(draft.tree.node((*path, "driver"))))
        elif options["driver"] not in models:
            advice = did_you_mean(options["driver"], models)
            draft.report("E216", (*path, "driver"), hint=advice, name=options["driver"])
        else:
            document = draft.shape(models[options["driver"]], path)
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
    _check_leds(draft, hardware)
    _check_names(draft, document)
    _check_pins(draft, hardware)


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


def pins(hardware: Hardware) -> Iterator[tuple[Path, int, Message]]:
    """Yield every GPIO pin that the document takes: where it says so, the pin, and who takes it."""
    for name, button in hardware.document.buttons.items():
        yield ("buttons", name, "pin"), button.pin, message("button", name=name)
        if button.lamp is not None:
            yield ("buttons", name, "lamp"), button.lamp, message("lamp", name=name)
    blocks: tuple[tuple[str, str, Mapping[str, StripDocument | ServoDocument]], ...] = (
        ("strips", "strip", hardware.strips),
        ("servos", "servo", hardware.servos),
    )
    for block, owner, documents in blocks:
        for name, document in documents.items():
            pin = getattr(document, "pin", None)
            if isinstance(pin, int):
                yield (block, name, "pin"), pin, message(owner, name=name)


def _check_pins(draft: Draft, hardware: Hardware) -> None:
    owners: dict[int, Message] = {}
    for path, pin, owner in pins(hardware):
        if pin in owners:
            draft.report("E233", path, pin=pin, owner=owners[pin])
        owners.setdefault(pin, owner)


def check_hardware_meaning(draft: Draft, hardware: Hardware) -> None:
    """Check the control points and that servos park within their range, and warn of strips that are too long for the frame rate."""
    if hardware.document.plan.geo is not None and on_one_line(hardware.document.plan.geo):
        draft.report("E348", ("plan", "geo"))
    for name, strip in hardware.strips.items():
        wire_s = wire_time_s(strip.leds, len(strip.order))
        if wire_s > FRAME_S:
            rate, milliseconds = f"{1 / wire_s:.0f}", f"{wire_s * 1000:.0f}"
            draft.report("W026", ("strips", name, "leds"), milliseconds=milliseconds, leds=strip.leds, rate=rate)
    for name, servo in hardware.servos.items():
        low, high = servo.angle
        if not low <= servo.park <= high:
            written = "park" in (draft.tree.node(("servos", name)).entries or {})
            path: Path = ("servos", name, "park") if written else ("servos", name, "angle")
            draft.report("E343", path, value=f"{servo.park:g}°", servo=name, low=f"{low:g}°", high=f"{high:g}°")


def check_hardware_texts(draft: Draft, document: HardwareDocument, languages: Sequence[str]) -> None:
    """Warn of titles and labels that are missing in a language."""
    check_text(draft, ("title",), document.title, languages)
    for name, zone in document.zones.items():
        check_text(draft, ("zones", name, "title"), zone.title, languages)
    for name, button in document.buttons.items():
        check_text(draft, ("buttons", name, "label"), button.label, languages)
