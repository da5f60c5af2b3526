"""The hardware document: what is wired where, and where it lies on the plan."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict

from maquette.config.document import Document, Factor, Name, Point, TextValue, pair_in_order
from maquette.config.quantities import Amperes, Degrees, DegreesPerSecond, Millimetres, Volts


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
    limit: Amperes
    """What the strips on it may draw together. Nothing lifts this."""


Order = Literal[
    "RGB", "RBG", "GRB", "GBR", "BRG", "BGR",
    "RGBW", "RBGW", "GRBW", "GBRW", "BRGW", "BGRW", "RGWB", "RBWG", "GRWB", "GBWR", "BRWG", "BGWR",
    "RWGB", "RWBG", "GWRB", "GWBR", "BWRG", "BWGR", "WRGB", "WRBG", "WGRB", "WGBR", "WBRG", "WBGR",
]  # fmt: skip
"""The colours of one LED, in the order in which a wire carries them."""


class StripDocument(Document):
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
    channel_current: Amperes = 0.0183
    """What one colour of one LED draws at full."""
    idle_current: Amperes = 0.001
    """What one dark LED draws."""


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


class ButtonDocument(Document):
    """A button, with or without a lamp."""

    pin: Annotated[int, Field(ge=0, le=53)]
    """The GPIO number of its contact (to ground)."""
    lamp: Annotated[int, Field(ge=0, le=53)] | None = None
    """The GPIO number of its lamp."""
    label: TextValue
    """What is written on it."""
    command: Literal["next", "back", "stop", "pause", "guide", "calm", "blackout", "wake"] | None = None
    """A command that it gives, besides the scenarios that it starts."""
    place: Point | None = None
    """Where it stands on the plan (mm)."""


class ServoDocument(Document):
    """A servo. Its driver's own file says the rest."""

    driver: str
    """How it is reached."""
    title: TextValue | None = None
    """What people call it."""
    angle: Annotated[tuple[Degrees, Degrees], Strict(strict=False), AfterValidator(pair_in_order)]
    """Its range."""
    top_speed: DegreesPerSecond = 90.0
    """How fast it may turn."""
    park: Degrees = 0.0
    """Where it rests."""
    place: Point | None = None
    """Where it stands on the plan (mm)."""
    looks: Literal["needle", "gate", "turbine"] = "needle"
    """How the virtual model draws it."""


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
    servos: dict[Name, Any] = Field(default_factory=dict)
    """Servos, by name."""
