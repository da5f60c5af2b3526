"""What stands on the wiring sheet: the model as it is built. A hardware document flows in, tables of words flow out.

What the document says of a device is printed as it is written there, units and all. A fuse is none of its facts: the sheet says from which
rating on one carries what the supply may give, and leaves room for the one that was put in.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from maquette.config.documents_wired import WiredDocument
from maquette.config.hardware_check import parse_run, pins, written_runs
from maquette.config.installation import Installation
from maquette.config.tree import Node, Source
from maquette.config.words import word
from maquette.config.yaml import read_bytes
from maquette.core.message import Message
from maquette.core.text import Text, words
from maquette.legend.wording import figure, fixed
from maquette.show.model import Model, Strip

FUSES_A = (1.0, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0)
"""Ratings of blade fuses, in amperes (ISO 8820-3)."""
FUSE_LOAD = 0.8
"""The share of its rating that a fuse carries for hours: a fuse of 125 % of what flows all the time (NFPA 70, 215.3)."""
HEADER = {
    2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22, 11: 23, 8: 24, 7: 26,
    0: 27, 1: 28, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip
"""GPIO number → the pin's number on a Raspberry Pi's header of 40 pins."""

BUS_LINES = {2: "SDA", 3: "SCL", 10: "MOSI", 9: "MISO", 11: "SCLK", 8: "CE0", 7: "CE1"}
"""GPIO number → its line of the first I²C bus of the header, or of its first SPI bus."""

_BLANK = "________"
_PINS = ("pin", "a", "b", "press")
_TITLES = ("title", "label", "place", "looks")
_OF_STRIP = ("driver", "leds", "order", "supply", *_TITLES)
_OF_SERVO = ("driver", "angle", "park", *_TITLES)
_OTHERS = ("encoders", "sensors", "keys", "companions")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words under their heads; ``shares`` says how the width is divided. A strip's table has the strip drawn above it."""

    title: str
    heads: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    bar: "Bar | None" = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A strip: how many LEDs it has, and from which to which each part of it is a zone's."""

    leds: int
    parts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the sheet says, in one language: of which model, from which document, and the tables."""

    model: Text
    title: str
    foot: str
    language: str
    tables: tuple[Table, ...]


def gather_wiring(installation: Installation, language: str) -> Wiring:
    """Return what the wiring sheet of an installation says."""
    sheet = _Gathering(installation, language)
    raw = sheet.source.raw
    return Wiring(
        installation.exhibition.title,
        sheet.named("wiring"),
        f"{installation.hardware} · {zlib.crc32(raw):08x}",
        language,
        tuple(table for table in sheet.tables() if table.rows),
    )


def fuse_a(limit_a: float) -> float | None:
    """Return the least rating of a fuse, in amperes, that carries a current for hours; None beyond `FUSES_A`.

    >>> fuse_a(8.0)
    10.0
    """
    return next((rating for rating in FUSES_A if rating * FUSE_LOAD >= limit_a), None)


class _Gathering:
    """A document on its way to tables."""

    def __init__(self, installation: Installation, language: str) -> None:
        self._installation = installation
        self._model: Model = installation.show.model
        self._language = language
        raw = next(raw for file, raw in installation.sources.items() if file.as_posix() == installation.hardware)
        source, _ = read_bytes(raw, installation.hardware)
        assert source is not None, "an installation is made of documents that passed"
        self.source: Source = source

    def named(self, key: str) -> str:
        return words(fixed(key, (self._language,)), self._language)

    def tables(self) -> Iterator[Table]:
        strips = self._model.strips
        yield self._supplies()
        yield self._table(
            "strips", "strip connection order leds supply", (22, 84, 18, 16, 36), map(self._strip, strips.values())
        )
        for strip in strips.values():
            yield self._zones(strip)
        yield self._table("header", "header_pin gpio taken as", (20, 22, 94, 40), self._header())
        yield self._table(
            "buttons",
            "button label contact lamp command",
            (28, 52, 38, 38, 20),
            map(self._button, self._entries("buttons")),
        )
        yield self._table(
            "servos",
            "servo title connection angle park",
            (28, 40, 60, 30, 18),
            map(self._servo, self._entries("servos")),
        )
        yield self._table(
            "groups", "group zones", (36, 140), ((name, ", ".join(of)) for name, of in self._model.groups.items())
        )
        for block in self.source.root.entries or {}:
            if block in _OTHERS:
                rows = ((name, self._written((block, name), ())) for name, _ in self._entries(block))
                yield Table(
                    self.named(f"wiring_{block}"),
                    (self.named("wiring_part"), self.named("wiring_connection")),
                    (36, 140),
                    tuple(rows),
                )

    def _table(self, title: str, heads: str, shares: Sequence[float], rows: Iterator[tuple[str, ...]]) -> Table:
        named = tuple(self.named(f"wiring_{head}") for head in heads.split())
        return Table(self.named(f"wiring_{title}"), named, tuple(shares), tuple(rows))

    def _entries(self, block: str) -> list[tuple[str, Node]]:
        return [(name, node) for name, (_, node) in (self.source.node((block,)).entries or {}).items()]

    def _supplies(self) -> Table:
        rows = []
        for supply in self._model.supplies.values():
            fed = [strip for strip in self._model.strips.values() if strip.supply == supply.id]
            white_a = sum(strip.leds * (strip.channels * strip.channel_ma + strip.idle_ma) for strip in fed) / 1000
            fuse = fuse_a(supply.limit_a)
            rows.append(
                (
                    supply.id,
                    self._figure(supply.volts, "V"),
                    self._figure(supply.limit_a, "A"),
                    self._figure(round(white_a, 1), "A"),
                    "—" if fuse is None else self._figure(fuse, "A"),
                    f"{_BLANK} A",
                    ", ".join(strip.id for strip in fed),
                )
            )
        return self._table(
            "supplies", "supply volts limit white fuse fitted fed", (24, 16, 18, 28, 24, 26, 40), iter(rows)
        )

    def _strip(self, strip: Strip) -> tuple[str, ...]:
        connection = self._connection(("strips", strip.id), _OF_STRIP)
        return strip.id, connection, strip.order, str(strip.leds), strip.supply or "—"

    def _zones(self, strip: Strip) -> Table:
        """Tell every LED of a strip: which zone's it is, or that it is nobody's."""
        found: list[tuple[range, str]] = []
        for name, zone in self._model.zones.items():
            for written in written_runs(zone.leds, self._model.strips.values()):
                run = parse_run(written)
                if run is not None and run[0] == strip.id:
                    found.append((run[1], name))
        found.sort(key=lambda each: min(each[0]))
        rows: list[tuple[str, ...]] = []
        following = 0
        for leds, name in found:
            if min(leds) > following:
                rows.append((_span(following, min(leds) - 1), "—", self.named("wiring_free")))
            rows.append((_span(leds[0], leds[-1]), name, words(self._model.zones[name].title, self._language)))
            following = max(leds) + 1
        if following < strip.leds:
            rows.append((_span(following, strip.leds - 1), "—", self.named("wiring_free")))
        title = self.named("wiring_of_strip").format(name=strip.id, leds=strip.leds)
        heads = tuple(self.named(f"wiring_{head}") for head in ("leds", "zone", "title"))
        bar = Bar(strip.leds, tuple((min(leds), max(leds)) for leds, _ in found))
        return Table(title, heads, (26, 56, 94), tuple(rows), bar)

    def _header(self) -> Iterator[tuple[str, ...]]:
        """Tell which pins of the Pi's header are taken, in the header's order, and by what."""
        installation, senses = self._installation, self._installation.senses
        blocks: dict[str, Mapping[str, WiredDocument]] = {
            "strips": installation.strips,
            "buttons": installation.buttons,
            "encoders": senses.encoders,
            "sensors": senses.sensors,
            "servos": installation.servos,
        }
        taken: dict[tuple[int, Message], dict[str, None]] = {}
        for path, pin, owner in pins(blocks):
            taken.setdefault((pin, owner), {})[str(path[-1])] = None
        for (pin, owner), keys in sorted(
            taken.items(), key=lambda each: (HEADER.get(each[0][0], len(HEADER) * 2), each[0][0])
        ):
            shared = owner.key == "i2c_bus" or "device" in keys
            said = [BUS_LINES[pin]] if shared and pin in BUS_LINES else []
            said += [key for key in keys if key != "device"]
            yield str(HEADER.get(pin, "—")), str(pin), word(owner, self._language), ", ".join(said)

    def _button(self, entry: tuple[str, Node]) -> tuple[str, ...]:
        name, node = entry
        label = words(self._model.buttons[name].label, self._language)
        command = self._model.buttons[name].command or ""
        contact, lamp = self._pin(node, "pin", "active", "pull"), self._pin(node, "lamp", "lamp_active")
        companion = self._installation.buttons[name].companion
        if companion is not None:
            contact = self._output(node, companion, "input") or contact
            lamp = self._output(node, companion, "lamp_output") or lamp
        return name, label, contact, lamp, command

    def _output(self, node: Node, companion: str, key: str) -> str:
        """Return a place on a companion, or nothing where it is not written."""
        number = (node.plain or {}).get(key)
        return f"{companion} · {key}\u00a0{number}" if isinstance(number, int) else ""

    def _pin(self, node: Node, key: str, *notes: str) -> str:
        plain = node.plain or {}
        if not isinstance(plain.get(key), int):
            return "—"
        said = [f"{note}\u00a0{plain[note]}" for note in notes if note in plain]
        return " · ".join([_on_header(plain[key], self.named("wiring_pin")), *said])

    def _servo(self, entry: tuple[str, Node]) -> tuple[str, ...]:
        name, _ = entry
        servo = self._model.servos[name]
        title = words(servo.title, self._language)
        low, high = (f"{figure(angle, None, self._language)}°" for angle in servo.angle)
        park = f"{figure(servo.park, None, self._language)}°"
        return name, title, self._connection(("servos", name), _OF_SERVO), f"{low} … {high}", park

    def _connection(self, path: tuple[str, ...], known: Sequence[str]) -> str:
        more = self._written(path, known)
        return " · ".join(part for part in (self._value((*path, "driver")), more) if part)

    def _written(self, path: tuple[str, ...], known: Sequence[str]) -> str:
        """Return what a document says of a device, as it is written, but for what stands elsewhere on the sheet."""
        node = self.source.node(path)
        if node.entries is None:
            return self._value(path)
        said = []
        for key, (_, value) in node.entries.items():
            if key in known:
                continue
            pin = key in _PINS and isinstance(value.plain, int)
            told = _on_header(value.plain, self.named("wiring_pin")) if pin else self._value((*path, key))
            said.append(f"{key}\u00a0{told}")
        return " · ".join(said)

    def _value(self, path: tuple[str, ...]) -> str:
        parent: Mapping[str, object] = self.source.node(path[:-1]).entries or {}
        if path[-1] not in parent:
            return ""
        node = self.source.node(path)
        if isinstance(node.plain, str):
            return " ".join(node.plain.split())
        return " ".join(self.source.written(path).split())

    def _figure(self, value: float, unit: str) -> str:
        return figure(value, unit, self._language)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _on_header(pin: int, word: str) -> str:
    place = HEADER.get(pin)
    return f"GPIO\u00a0{pin}" + (f" ({word}\u00a0{place})" if place is not None else "")
