"""What the console needs to know of the documents, as plain data: it is sent when the console starts, and again when they change."""

from dataclasses import dataclass

from maquette.core.text import Text

Point = tuple[float, float]
"""x, y on the plan, in millimetres from its top left corner."""


@dataclass(frozen=True, slots=True)
class ZoneCard:
    """A zone on the plan: its LEDs (numbers in the frame) and where each stands (mm), in the same order along its path."""

    id: str
    title: Text
    leds: tuple[int, ...]
    places: tuple[Point, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ButtonCard:
    """A button: its label, its place on the plan (or None), and what it starts or does."""

    id: str
    label: Text
    place: Point | None = None
    scenario: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class ServoCard:
    """A servo: its place on the plan (or None), its range in degrees, and how the virtual model draws it (needle, gate, turbine)."""

    id: str
    title: Text
    place: Point | None
    angle: tuple[float, float]
    looks: str


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step: title, talking points, seconds (None when it waits for a command)."""

    title: Text | None
    notes: Text | None
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """A scenario. ``duration_s`` sums the steps that have one; ``problems`` counts warnings of the last check.

    `lit` is what its picture shows: which zones its first telling step lights, each with a colour ``"#rrggbb"`` of the documents. Where a
    value decides, that is the middle of its scale (the better of two) on all of them: a picture tells no value.
    """

    id: str
    title: Text
    steps: tuple[StepCard, ...]
    duration_s: float
    problems: int = 0
    idle: bool = False
    lit: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a scale's legend: its words, its colour ``"#rrggbb"``, and where it begins (in the scale's unit) or None."""

    title: Text
    colour: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class ScaleCard:
    """A scale for people to read. ``continuous`` legends are drawn as a band between their entries."""

    id: str
    title: Text
    unit: str | None
    continuous: bool
    entries: tuple[LegendEntry, ...]


@dataclass(frozen=True, slots=True)
class FeedCard:
    """A feed, in words; where it is of, or None; whether other programmes push its values to us, and whether its rows have keys.

    `source` is who usually makes its values; those of a feed that is `made_here` come of others, of votes or of the model itself.
    """

    id: str
    title: Text
    place: str | None = None
    pushed: bool = False
    keyed: bool = False
    source: str = ""
    made_here: bool = False


@dataclass(frozen=True, slots=True)
class ValueCard:
    """A value of a feed, in words, and whether any scenario or computed value asks for it."""

    feed: str
    name: str
    title: Text
    unit: str | None
    used: bool = False


@dataclass(frozen=True, slots=True)
class Exhibition:
    """Everything about this installation that people may see."""

    id: str
    title: Text
    languages: tuple[str, ...]
    time_zone: str
    simulated: bool
    plan_svg: str
    plan_size_mm: Point
    led_count: int
    zones: tuple[ZoneCard, ...]
    buttons: tuple[ButtonCard, ...]
    servos: tuple[ServoCard, ...]
    scenarios: tuple[ScenarioCard, ...]
    scales: tuple[ScaleCard, ...]
    values: tuple[ValueCard, ...]
    feeds: tuple[FeedCard, ...] = ()
    key_titles: tuple[tuple[str, Text], ...] = ()
    """Words for the keys of keyed feeds: an attribute of a zone (an INSEE code) → the zone's title."""


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """Where the console listens and who may act.

    Attributes:
        host: an address to listen on.
        port: 1 to 65535; 0 lets the system choose (tests).
        pin: what a mediator types, or its record (`maquette.ops.scrypt`); None: nobody may act over the network.
        password: what a maintainer types, or its record, or None.
        names: host names and addresses by which people reach it, besides the ones it listens on.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    pin: str | None = None
    password: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Which broker to speak to, and how.

    Attributes:
        host: its name or address.
        port: 1 to 65535.
        username: who we are, or None.
        password: or None.
        tls: whether to speak TLS.
        ca: the absolute path of the certificates that vouch for the broker (PEM), or None: those of the system.
        certificate: the absolute path of our own (PEM), or None.
        key: that of its key, or None.
        discovery: whether Home Assistant is told of the model.
        discovery_prefix: of Home Assistant's topics.
    """

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    discovery: bool = True
    discovery_prefix: str = "homeassistant"


@dataclass(frozen=True, slots=True)
class Fixed:
    """What only a start can change: what is soldered, and where the console and the broker are.

    Attributes:
        hardware: the hardware document's name.
        wiring: the strips, servos and buttons in one text, to be compared.
        id: the model's id.
        console: where the console listens.
        mqtt: which broker to speak to, or None.
    """

    hardware: str
    wiring: str
    id: str
    console: ConsoleSettings
    mqtt: MqttSettings | None
