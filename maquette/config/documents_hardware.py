"""The hardware document: what is wired where, and where it lies on the plan."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from maquette.config.document import Document, Factor, Name, Point, TextValue, pair_in_order
from maquette.config.documents_wired import ActiveLevel, CompanionDocument, Pin, Pull, WiredDocument
from maquette.config.quantities import (
    Amperes,
    AmperesPerSecond,
    Degrees,
    DegreesPerSecond,
    DegreesPerSecondSquared,
    Microseconds,
    Millimetres,
    PositiveAmperes,
    Seconds,
    Volts,
    White,
)
from maquette.config.refusal import refusal
from maquette.core.message import Message, message
from maquette.core.wire_time import wire_time_s

ButtonCommand = Literal["next", "back", "stop", "pause", "guide", "calm", "language", "blackout", "wake"]
"""A command without argument, such as a button gives."""


class PlanDocument(Document):
    """The drawing under the lights."""

    image: str
    """An SVG file, relative to this document."""
    size: Annotated[tuple[Millimetres, Millimetres], Strict(strict=False)]
    """Width and height of the model."""
    geo: (
        Annotated[
            list[Annotated[tuple[float, float, float, float], Strict(strict=False)]], Field(min_length=3, max_length=3)
        ]
        | None
    ) = None
    """Three control points: x, y (mm), latitude, longitude."""


class SupplyDocument(Document):
    """A power supply."""

    volts: Volts
    """Its voltage."""
    limit: PositiveAmperes
    """What the strips on it may draw together. Nothing lifts this."""
    rise: AmperesPerSecond | None = None
    """How fast that current may rise, such as `20 A/s`: light comes up softly. Omitted: to the limit in 0.4 s."""


Order = Literal[
    "RGB", "RBG", "GRB", "GBR", "BRG", "BGR",
    "RGBW", "RBGW", "GRBW", "GBRW", "BRGW", "BGRW", "RGWB", "RBWG", "GRWB", "GBWR", "BRWG", "BGWR",
    "RWGB", "RWBG", "GWRB", "GWBR", "BWRG", "BWGR", "WRGB", "WRBG", "WGRB", "WGBR", "WBRG", "WBGR",
]  # fmt: skip
"""The colours of one LED, in the order in which a wire carries them."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong with a strip besides its shape.

    Attributes:
        strip: its name.
        key: where.
        told: the problem.
        hint: how to mend it, or None.
    """

    strip: str
    key: str
    told: Message
    hint: Message | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a strip has for itself: no other strip may have any of it.

    Attributes:
        kind: what it is: ``device``, ``leds`` of a receiver, universes (``artnet``, ``sacn``, ``multicast``).
        where: the device's path or the receiver's name.
        numbers: which LEDs or universes; a device is number 0 alone.
        key: the option that says so.
    """

    kind: Literal["device", "leds", "artnet", "sacn", "multicast"]
    where: str
    numbers: range
    key: str

    def shared_with(self, other: "Claim") -> int | None:
        """Return the first number that both have, or None."""
        first = max(self.numbers.start, other.numbers.start)
        same = (self.kind, self.where) == (other.kind, other.where)
        return first if same and first < min(self.numbers.stop, other.numbers.stop) else None


class StripDocument(WiredDocument):
    """A strip of LEDs. Its driver's own file says the rest."""

    driver: str
    """How it is reached, such as `ddp`."""
    leds: Annotated[int, Field(ge=1, le=20000)]
    """How many LEDs it has."""
    order: Order = "RGB"
    """The order of colours on its wire, such as `GRB`; with a `W`, each LED has a white one too."""
    supply: Name | None = None
    """The power supply that feeds it."""
    gamma: Annotated[float, Field(ge=1.0, le=4.0)] = 2.2
    """The exponent that its bytes follow, as on a screen; higher is darker in the middle."""
    white_balance: Annotated[tuple[Factor, Factor, Factor], Strict(strict=False)] = (1.0, 1.0, 1.0)
    """Multipliers between 0 and 1 for red, green and blue."""
    white: White | None = None
    """The light of its white LEDs: a temperature such as `4000 K`, or a colour. Omitted: the grey of the three colours together."""
    minimum: Annotated[int, Field(ge=0, le=32)] = 0
    """The byte below which dimmed light does not fall, such as 2: faint light does not go out, darkness stays dark."""
    channel_current: Amperes = 0.0183
    """What one colour of one LED draws at full."""
    idle_current: Amperes = 0.001
    """What one dark LED draws."""

    # A frame that takes longer makes movements less smooth than they could be.
    smooth_s: ClassVar[float] = 1 / 60

    @property
    def wire_time_s(self) -> float:
        """Seconds that a frame takes on its wire: a WS2812B strip's own pace."""
        return wire_time_s(self.leds, len(self.order))

    @property
    def claim(self) -> Claim | None:
        """What it has for itself, or None."""
        return None

    @property
    def pins_taken(self) -> Mapping[int, str]:
        """Its pin; or, where it is a device of the first SPI bus, those of that bus and its own select line."""
        spi = re.fullmatch(r"/dev/spidev0\.([01])", str(getattr(self, "device", "")))
        if spi is None:
            return super().pins_taken
        return dict.fromkeys((10, 11, 9, 8 - int(spi[1])), "device")

    @classmethod
    def misfits(cls, strips: Mapping[str, Self]) -> Iterator[Misfit]:  # noqa: ARG003 - a driver that has rules looks at them
        """Yield what does not fit: in a strip of this driver, or between several. ``strips`` are all of them, by name."""
        yield from ()


class ZoneDocument(Document):
    """LEDs that tell one thing."""

    leds: Annotated[list[str], Field(min_length=1)]
    """Runs of LEDs, such as `river 0-119`; `river 119-0` runs against the strip."""
    title: TextValue | None = None
    """What people call it; the zone's name by default."""
    path: Annotated[list[Point], Field(min_length=1)]
    """Where it lies on the plan (mm); its LEDs are spread along it."""
    attributes: dict[Name, str] = Field(default_factory=dict)
    """Facts about it, such as `insee: "69276"`, for expressions."""


class ButtonDocument(WiredDocument):
    """A button, with or without a lamp."""

    pin: Pin | None = None
    """The GPIO number of its contact; omitted where it is an `input`, or where only a key, a card or a page presses it."""
    active: ActiveLevel = "low"
    """What the pin reads while it is pressed: `low` for a contact to ground, `high` for one to 3.3 V."""
    pull: Pull | None = None
    """The Pi's own resistor, which holds the pin while nobody presses; by default against `active`, `none` where the wiring has one."""
    lamp: Pin | None = None
    """The GPIO number of its lamp."""
    lamp_active: ActiveLevel = "high"
    """What its lamp's pin is set to while the lamp is on."""
    companion: Name | None = None
    """The serial companion that it is wired to, one of `companions`, instead of pins of the computer."""
    input: Annotated[int, Field(ge=0, le=63)] | None = None
    """The number of its contact on the companion, from 0."""
    lamp_output: Annotated[int, Field(ge=0, le=63)] | None = None
    """The number of its lamp on the companion, from 0."""
    label: TextValue
    """What is written on it."""
    command: ButtonCommand | None = None
    """A command that it gives, besides the scenarios that it starts."""
    place: Point | None = None
    """Where it stands on the plan (mm)."""

    @model_validator(mode="after")
    def _check_places(self) -> Self:
        numbered = {"input": (self.input, "pin", self.pin), "lamp_output": (self.lamp_output, "lamp", self.lamp)}
        for key, (number, pin_key, pin) in numbered.items():
            if number is not None and pin is not None:
                raise refusal("E111.two_places", key=key, pin=pin_key)
            if number is not None and self.companion is None:
                raise refusal("E111.no_companion", hint=message("write", line="companion: …"), key=key)
        if self.companion is not None and self.input is None and self.lamp_output is None:
            raise refusal("E111.no_input", hint=message("write", line="input: 0"))
        return self

    @property
    def has_contact(self) -> bool:
        """Whether it can be pressed where it stands."""
        return self.pin is not None or self.input is not None

    @property
    def has_lamp(self) -> bool:
        """Whether it has a lamp, wherever that is wired."""
        return self.lamp is not None or self.lamp_output is not None

    @property
    def pins_taken(self) -> Mapping[int, str]:
        """The contact's pin. The lamp's has an owner of its own."""
        return {} if self.pin is None else {self.pin: "pin"}

    @property
    def pulled(self) -> Pull:
        """The resistor, the default filled in."""
        return self.pull or ("up" if self.active == "low" else "down")


class EncoderDocument(WiredDocument):
    """A rotary encoder: a knob that turns in steps for ever, with or without a contact under it."""

    a: Pin
    """The GPIO number of its first contact (to ground)."""
    b: Pin
    """The GPIO number of its second contact (to ground); swap both where it turns the wrong way."""
    press: Pin | None = None
    """The GPIO number of the contact under the knob (to ground)."""
    does: Literal["choose", "dim"]
    """`choose` a scenario, which begins when the knob rests or is pressed; or `dim` the model by 5 % a step, back to full when pressed."""
    steps: Literal[1, 2, 4] = 4
    """How many changes of its contacts make one step that a hand feels; most encoders have 4, some 2."""
    title: TextValue | None = None
    """What people call it."""

    @property
    def pins_taken(self) -> Mapping[int, str]:
        """The pins of its contacts."""
        pins = {self.a: "a", self.b: "b"}
        return pins if self.press is None else {**pins, self.press: "press"}


class SensorDocument(WiredDocument):
    """A sensor of the model's own. Its value is a reading of the feed `model`."""

    kind: str
    """What it senses."""
    title: TextValue | None = None
    """What people call it."""


class PresenceSensorDocument(SensorDocument):
    """A motion sensor (PIR): `model.presence` is 1 while somebody is near, else 0."""

    kind: Literal["presence"]
    """Somebody moves nearby."""
    pin: Pin
    """The GPIO number of its signal."""
    active: ActiveLevel = "high"
    """What the pin reads while it sees somebody."""
    hold: Seconds = 30.0
    """How long presence lasts after it last saw somebody."""


class LightSensorDocument(SensorDocument):
    """A light sensor (BH1750 on I²C): `model.light`, in lux."""

    kind: Literal["light"]
    """How bright the hall is."""
    bus: Annotated[int, Field(ge=0, le=22)] = 1
    """The I²C bus; 1 is that of pins 2 and 3."""
    address: Literal[0x23, 0x5C] = 0x23
    """Its address on the bus: 35 (0x23) while ADDR is low, 92 (0x5c) while it is high."""


SENSORS: Mapping[str, type[SensorDocument]] = {"presence": PresenceSensorDocument, "light": LightSensorDocument}
"""What there is to sense → its document."""


def _check_device(path: str) -> str:
    if not path.startswith("/"):
        raise refusal("E111.device", hint=message("input_by_id"), text=path)
    return path


class KeysDocument(Document):
    """Something that Linux takes for a keyboard: a presenter's clicker, an arcade encoder, a reader of cards."""

    device: Annotated[str, AfterValidator(_check_device)]
    """Where it is found, such as `/dev/input/by-id/usb-Logitech_USB_Receiver-if02-event-kbd`."""
    commands: dict[str, ButtonCommand] = Field(default_factory=dict)
    """Keys that give a command, as a mediator does, such as `pagedown: next`."""
    buttons: dict[str, Name] = Field(default_factory=dict)
    """Keys that press a button, such as `a: air`."""
    cards: dict[str, Name] = Field(default_factory=dict)
    """Cards that press a button: what the reader types before Enter, in quotes, such as `"0004512345": air`."""
    title: TextValue | None = None
    """What people call it."""


USUAL_SPEED = 90.0
"""Degrees per second of a servo of which nothing else is said."""
GATE_SPEED = 20.0
"""Of a gate."""


class ServoDocument(WiredDocument):
    """A servo. Its driver's own file says the rest."""

    driver: str
    """How it is reached."""
    title: TextValue | None = None
    """What people call it."""
    angle: Annotated[tuple[Degrees, Degrees], Strict(strict=False), AfterValidator(pair_in_order)]
    """Its range, which it never leaves. A gate's range ends before it shuts: a finger needs a gap of 25 mm."""
    pulse: Annotated[tuple[Microseconds, Microseconds], Strict(strict=False), AfterValidator(pair_in_order)] = (
        1000.0,
        2000.0,
    )
    """The lengths of the pulse at both ends of `angle`, the shorter first."""
    centre: Microseconds | None = None
    """The length of the pulse in the middle of `angle`, where it is not halfway between the two."""
    inverted: bool = False
    """`true` when the longer pulse belongs to the lower end of `angle`."""
    top_speed: DegreesPerSecond | None = None
    """How fast it may turn: 90°/s by default, 20°/s for a gate, which may never turn faster than 30°/s."""
    acceleration: DegreesPerSecondSquared | None = None
    """How fast its speed may change; by default it reaches its top speed in 0.3 s."""
    park: Degrees = 0.0
    """Where it rests: when no step asks for it, while the model sleeps, and at the end."""
    hold: bool = True
    """`false` to send it no pulses while it rests: it is silent and cool, but gives way. Not for what hangs."""
    place: Point | None = None
    """Where it stands on the plan (mm)."""
    looks: Literal["needle", "gate", "turbine"] = "needle"
    """How it is drawn. A gate is slow, and stays where it was left until a step asks for it."""

    @property
    def fastest(self) -> float:
        """Its top speed in degrees per second, the default filled in."""
        return self.top_speed or (GATE_SPEED if self.looks == "gate" else USUAL_SPEED)

    def clash(self, _other: "ServoDocument") -> Message | None:
        """Return why this servo and another cannot both be on one model, or None when they can."""
        return None


class HardwareDocument(Document):
    """The physical model."""

    maquette: Literal[1]
    """The format's version."""
    title: TextValue
    """What people call it."""
    plan: PlanDocument
    """The drawing under the lights."""
    supplies: dict[Name, SupplyDocument] = Field(default_factory=dict)
    """Power supplies."""
    strips: dict[Name, Any]
    """Strips of LEDs."""
    zones: dict[Name, ZoneDocument]
    """Zones, by name."""
    groups: dict[Name, list[Name]] = Field(default_factory=dict)
    """Zones that are named together."""
    buttons: dict[Name, ButtonDocument] = Field(default_factory=dict)
    """Buttons, by name."""
    encoders: dict[Name, EncoderDocument] = Field(default_factory=dict)
    """Rotary encoders, by name."""
    sensors: dict[Name, Any] = Field(default_factory=dict)
    """Sensors of the model's own, by name."""
    keys: dict[Name, KeysDocument] = Field(default_factory=dict)
    """Clickers, arcade encoders and card readers, by name."""
    servos: dict[Name, Any] = Field(default_factory=dict)
    """Servos, by name."""
    companions: dict[Name, CompanionDocument] = Field(default_factory=dict)
    """Serial companions, by name."""
