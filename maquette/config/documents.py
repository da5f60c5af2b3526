"""The documents, as pydantic models. The text under a field is its reference: editors show it, the schemas carry it.

Drivers of strips and servos and kinds of feeds add their own options: each is a subclass here of `StripDocument`, `ServoDocument` or
`FeedDocument` that stands in the driver's own file and is handed over in `maquette.config.check.Registries`.
"""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from maquette.config.quantities import (
    Amperes,
    Degrees,
    DegreesPerSecond,
    Metres,
    Millimetres,
    Number,
    Seconds,
    Share,
    Volts,
)
from maquette.core.readings import Nature


class Document(BaseModel):
    """A mapping of a document: unknown keys are errors, values are never guessed from another type."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

    @classmethod
    def read(cls, plain: Any) -> Self:
        """Check plain data as YAML gives it: lists serve for tuples and words for enums, and nothing else is converted.

        Raises:
            pydantic.ValidationError: the data does not have this shape.
        """
        return cls.model_validate_json(json.dumps(plain))


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""A key of our own: ASCII ``snake_case``."""

Stem = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
"""A file's stem or the model's id: like a name, hyphens allowed."""


def _read_text(raw: Any) -> Any:
    if not isinstance(raw, str | dict):
        raise PydanticCustomError("text_expected", "expected text, or a text for each language", {})
    return {"": raw} if isinstance(raw, str) else raw


Language = Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")]
"""A language, such as `fr`."""

_TEXT_SCHEMA: dict[str, Any] = {
    "oneOf": [
        {"type": "string"},
        {"type": "object", "propertyNames": {"pattern": "^[a-z]{2,3}$"}, "additionalProperties": {"type": "string"}},
    ]
}

TextValue = Annotated[
    dict[Language, str], BeforeValidator(_read_text), Field(min_length=1), WithJsonSchema(_TEXT_SCHEMA)
]
"""A text that people read: a string, or a mapping of languages. The field holds language → words, ``""`` for the plain string."""

Pair = Annotated[tuple[float, float], Strict(strict=False)]
"""Two numbers; a list of two is read as such."""

Point = Pair
"""x, y on the plan, in millimetres from its top left corner."""


Factor = Annotated[float, Field(ge=0.0, le=1.0)]
"""A number between 0 and 1."""


def _pair_in_order(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] >= pair[1]:
        raise PydanticCustomError("order", "the first of the two must be the smaller")
    return pair


# -- config.yaml -----------------------------------------------------------------------------------------------------


class PlaceDocument(Document):
    """Where the territory is."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    """Latitude of its centre, degrees north."""
    lon: Annotated[float, Field(ge=-180, le=180)]
    """Longitude of its centre, degrees east."""
    radius: Metres
    """How far it reaches, such as `12 km`."""


class IdleDocument(Document):
    """What the model shows when nobody plays."""

    show: Stem
    """The scenario that loops when nobody plays."""
    after: Seconds = 90.0
    """How long the last step stays, dimmed, after a scenario's end."""


class MqttDocument(Document):
    """The MQTT broker. Without this block there is no MQTT."""

    host: str
    """The broker's host name or address."""
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    """The broker's port."""
    username: str | None = None
    """Who we are; `${NAME}` reads the environment."""
    password: str | None = None
    """The password; `${NAME}` reads the environment. Never write it here."""


class ConsoleDocument(Document):
    """The web pages."""

    host: str = "127.0.0.1"
    """The address to listen on. Any other than this machine's own needs a PIN before it lets anybody act."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """The port to listen on."""
    pin: str | None = None
    """What a mediator types to act from another machine; `${NAME}` reads the environment. Never write it here."""
    names: list[str] = []
    """Names by which browsers reach these pages, such as `maquette.local`."""


class ValueDocument(Document):
    """One value of a feed."""

    pick: str
    """Where the value stands in a row (JMESPath)."""
    title: TextValue | None = None
    """What people call it."""
    measured_at: str | None = None
    """Where the time of measurement stands in a row (JMESPath); omitted when nobody says."""
    unit: str | None = None
    """The unit of the value after `factor`."""
    factor: float = 1.0
    """What the picked number is multiplied by, such as 0.001 from l/s to m³/s."""
    plausible: Annotated[Pair, AfterValidator(_pair_in_order)] | None = None
    """The range outside which a value is not believed, in its unit."""


class FeedDocument(Document):
    """A feed: how a source is read, and what it means. Its kind's own file says the rest."""

    kind: str
    """The kind of source, such as `http_json`."""
    title: TextValue | None = None
    """What people call it."""
    every: Seconds
    """How often it is asked."""
    fresh_for: Seconds
    """How long a value is live, counted from its measurement (from its arrival when nobody says)."""
    drop_after: Seconds | None = None
    """How long until a value is missing; three times `fresh_for` by default."""
    nature: Annotated[Nature, Strict(strict=False)]
    """Where the values come from."""
    source: str
    """Who makes them."""
    licence: str
    """Under which licence."""
    attribution: str = ""
    """The words that the licence asks to be shown."""
    place: str | None = None
    """Where, in words."""
    sample: str | None = None
    """A file in the documented shape, used and marked as a sample until the feed has once been live."""
    values: Annotated[dict[Name, ValueDocument], Field(min_length=1)]
    """The values, by name."""

    @property
    def keyed(self) -> bool:
        """Whether its readings have keys, one per row."""
        return getattr(getattr(self, "rows", None), "key", None) is not None


class UseDocument(Document):
    """A ready-made feed of the catalogue, with what it needs to know."""

    use: Stem
    """The ready-made feed's name."""
    with_: Annotated[dict[Name, str | list[str]], Field(alias="with")] = {}
    """Its parameters."""
    place: str | None = None
    """Where, in words, instead of the catalogue's."""


class ConfigDocument(Document):
    """This installation."""

    maquette: Literal[1]
    """The format's version."""
    id: Stem
    """The model's id, part of MQTT topics."""
    languages: Annotated[list[str], Field(min_length=1)] = ["fr"]
    """Languages of the texts; the first is the default."""
    time_zone: str = "Europe/Paris"
    """The territory's time zone."""
    place: PlaceDocument | None = None
    """Where the territory is."""
    hardware: str
    """The hardware document, relative to this file."""
    scenarios: list[str] = ["scenarios"]
    """Folders of scenarios, relative to this file."""
    idle: IdleDocument | None = None
    """What the model shows when nobody plays; omitted: it is dark."""
    feeds: dict[Name, Any] = {}
    """Feeds by the role they play here; shipped scenarios name roles only."""
    mqtt: MqttDocument | None = None
    """The MQTT broker; omitted: no MQTT."""
    console: ConsoleDocument = ConsoleDocument()
    """The web pages."""


# -- feeds/catalogue/*.yaml ------------------------------------------------------------------------------------------


class ParameterDocument(Document):
    """Something that a ready-made feed needs to know."""

    title: TextValue
    """What it is."""
    example: str
    """A value that works."""
    pattern: str | None = None
    """A regular expression that the whole value must match."""
    list: bool = False
    """Whether it may be several values; they are joined by `','`, so quotes belong around the braces."""
    default: str | None = None
    """The value when none is given; omitted: it must be given."""


class CatalogueDocument(Document):
    """A ready-made feed. Its name is its file's stem."""

    maquette: Literal[1]
    """The format's version."""
    title: TextValue
    """What it tells."""
    parameters: dict[Name, ParameterDocument] = {}
    """What it needs to know; `{name}` stands for it in the texts of `feed`."""
    feed: dict[str, Any]
    """The feed, as it would stand in config.yaml."""


# -- hardware/*.yaml -------------------------------------------------------------------------------------------------


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


class StripDocument(Document):
    """A strip of LEDs. Its driver's own file says the rest."""

    driver: str
    """How it is reached, such as `ddp`."""
    leds: Annotated[int, Field(ge=1, le=20000)]
    """How many LEDs it has."""
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
    attributes: dict[Name, str] = {}
    """Facts about it, such as `insee: "69276"`, for expressions."""


class ButtonDocument(Document):
    """A button, with or without a lamp."""

    pin: Annotated[int, Field(ge=0, le=53)]
    """The GPIO number of its contact (to ground)."""
    lamp: Annotated[int, Field(ge=0, le=53)] | None = None
    """The GPIO number of its lamp."""
    label: TextValue
    """What is written on it."""
    command: Literal["next", "back", "stop", "pause"] | None = None
    """A command that it gives, besides the scenarios that it starts."""
    place: Point | None = None
    """Where it stands on the plan (mm)."""


class ServoDocument(Document):
    """A servo. Its driver's own file says the rest."""

    driver: str
    """How it is reached."""
    title: TextValue | None = None
    """What people call it."""
    angle: Annotated[tuple[Degrees, Degrees], Strict(strict=False), AfterValidator(_pair_in_order)]
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
    supplies: dict[Name, SupplyDocument] = {}
    """Power supplies."""
    strips: dict[Name, Any]
    """Strips of LEDs."""
    zones: dict[Name, ZoneDocument]
    """Zones, by name."""
    groups: dict[Name, list[Name]] = {}
    """Zones that are named together."""
    buttons: dict[Name, ButtonDocument] = {}
    """Buttons, by name."""
    servos: dict[Name, Any] = {}
    """Servos, by name."""


# -- scenarios/*.yaml ------------------------------------------------------------------------------------------------

NumberPair = Annotated[tuple[Number, Number], Strict(strict=False)]
"""Two numbers or quantities."""


class BoundDocument(Document):
    """A number that follows a value: linear between two points, clamped outside."""

    value: str | None = None
    """The expression to follow; omitted: the light's own value."""
    from_: Annotated[NumberPair, Field(alias="from")]
    """Two values."""
    to: NumberPair
    """What the number is at those two values."""


def _form(raw: Any) -> str:
    """Tell which form of a field that has two is meant: a mapping, or something plain."""
    return "<mapping>" if isinstance(raw, dict | BaseModel) else "<plain>"


BoundNumber = Annotated[
    Annotated[Number, Tag("<plain>")] | Annotated[BoundDocument, Tag("<mapping>")], Discriminator(_form)
]
"""A number, or one that follows a value."""

BoundShare = Annotated[
    Annotated[Share, Tag("<plain>")] | Annotated[BoundDocument, Tag("<mapping>")], Discriminator(_form)
]
"""A percentage, or one that follows a value."""

BoundAngle = Annotated[
    Annotated[Degrees, Tag("<plain>")] | Annotated[BoundDocument, Tag("<mapping>")], Discriminator(_form)
]
"""An angle, or one that follows a value."""

EffectValue = Annotated[
    Annotated[str, Tag("<plain>")]
    | Annotated[dict[str, dict[str, BoundNumber]], Field(min_length=1, max_length=1), Tag("<mapping>")],
    Discriminator(_form),
]
"""An effect's name, or its name with parameters."""


class LightDocument(Document):
    """Light on some zones."""

    zones: Annotated[list[str], Field(min_length=1)]
    """Zones and groups; `all` is every zone, `rest` those that no other light of the step names."""
    value: str | None = None
    """What is told: an expression, evaluated for each zone."""
    scale: Name | None = None
    """How a value becomes a colour and words."""
    colour: str | None = None
    """A colour, in quotes, where there is no scale."""
    effect: EffectValue = "solid"
    """How it moves: a name, or a name with parameters."""
    level: BoundShare = 100.0
    """How bright."""
    blend: Literal["over", "add", "max", "multiply"] = "over"
    """How it lies on the lights before it."""
    across: Literal["each", "together"] = "each"
    """Whether the effect runs in each zone or along them all."""


class ServoCueDocument(Document):
    """Where a servo goes."""

    servo: Name
    """Its name in the hardware document."""
    value: str | None = None
    """An expression to follow; a missing value parks the servo."""
    angle: BoundAngle
    """A fixed angle, or `{from, to}` with the value."""


class UntilDocument(Document):
    """What a step waits for."""

    command: Literal["next"]
    """The mediator's command."""


class StartDocument(Document):
    """What starts a scenario."""

    button: Name
    """A button's name in the hardware document."""


class SayDocument(Document):
    """What visitors read, and what they read when a figure is unknown."""

    words: TextValue
    """By language."""
    otherwise: TextValue | None = None
    """By language, when a figure is unknown."""


def _read_say(raw: Any) -> Any:
    if isinstance(raw, dict):
        rest = {language: words for language, words in raw.items() if language != "otherwise"}
        return {"words": rest, **({"otherwise": raw["otherwise"]} if "otherwise" in raw else {})}
    return raw if isinstance(raw, SayDocument) else {"words": raw}


SayValue = Annotated[
    SayDocument,
    BeforeValidator(_read_say),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {"otherwise": _TEXT_SCHEMA},
                    "additionalProperties": {"type": "string"},
                },
            ]
        }
    ),
]
"""A text in which `{…}` holds expressions, or one for each language, with `otherwise` beside them."""


class StepDocument(Document):
    """A moment of a scenario."""

    title: TextValue | None = None
    """What it is about."""
    for_: Annotated[Seconds | None, Field(alias="for")] = None
    """How long it lasts; 20 s by default."""
    until: UntilDocument | None = None
    """What it waits for, instead of `for`."""
    at_most: Seconds | None = None
    """How long it waits, with `until`; 15 min by default."""
    fade: Seconds = 0.8
    """How long the change to this step takes."""
    say: SayValue | None = None
    """What visitors read; `{…}` holds an expression. `otherwise` is said when a figure is unknown."""
    notes: TextValue | None = None
    """Talking points for the mediator."""
    lights: list[LightDocument] = []
    """Lights, painted in order."""
    servos: list[ServoCueDocument] = []
    """Servos."""


class ScenarioDocument(Document):
    """What is told. Its id is its file's stem."""

    maquette: Literal[1]
    """The format's version."""
    title: TextValue
    """What people call it."""
    start_on: list[StartDocument] = []
    """What starts it."""
    while_playing: Literal["ignore", "restart", "next_step"] = "ignore"
    """What its own button does while it plays."""
    interrupt: Literal["now", "after_step"] = "now"
    """When another scenario's button may cut it short."""
    ends: Stem = "idle"
    """What follows: `idle`, or another scenario."""
    steps: Annotated[list[StepDocument], Field(min_length=1)]
    """Its steps."""


# -- scenarios/scales.yaml -------------------------------------------------------------------------------------------


class ClassDocument(Document):
    """One class of a scale."""

    title: TextValue
    """Its words."""
    colour: str
    """Its colour, in quotes."""
    value: float | None = None
    """The value that it stands for, in a scale of `classes`."""
    from_: Annotated[Number | None, Field(alias="from")] = None
    """Where it begins, in a scale of `thresholds`; the first has none."""


class ScaleDocument(Document):
    """How a value becomes a colour and words. Exactly one of `classes`, `thresholds` and `continuous` is given."""

    title: TextValue
    """What it tells."""
    unit: str | None = None
    """The unit of its values."""
    classes: Annotated[list[ClassDocument], Field(min_length=2)] | None = None
    """A colour and words for each of some values."""
    thresholds: Annotated[list[ClassDocument], Field(min_length=2)] | None = None
    """Classes, each from a value up to the next."""
    continuous: "ContinuousDocument | None" = None
    """A colour that changes smoothly."""


class ContinuousDocument(Document):
    """Colours between two values, interpolated in OKLab, clamped outside."""

    from_: Annotated[Number, Field(alias="from")]
    """Where the first colour stands."""
    to: Number
    """Where the last colour stands."""
    colours: Annotated[list[str], Field(min_length=2)]
    """Colours, in quotes, evenly spread."""


class ScalesDocument(Document):
    """The scales of a folder of scenarios."""

    maquette: Literal[1]
    """The format's version."""
    scales: dict[Name, ScaleDocument]
    """Scales, by name."""


ScaleDocument.model_rebuild()
