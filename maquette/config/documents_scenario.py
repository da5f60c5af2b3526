"""Scenario documents: what is told."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Strict, Tag, WithJsonSchema

from maquette.config.document import TEXT_SCHEMA, Document, Name, Stem, TextValue
from maquette.config.quantities import Degrees, Number, Seconds, Share

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
                    "properties": {"otherwise": TEXT_SCHEMA},
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
    lights: list[LightDocument] = Field(default_factory=list)
    """Lights, painted in order."""
    servos: list[ServoCueDocument] = Field(default_factory=list)
    """Servos."""


class ScenarioDocument(Document):
    """What is told. Its id is its file's stem."""

    maquette: Literal[1]
    """The format's version."""
    title: TextValue
    """What people call it."""
    start_on: list[StartDocument] = Field(default_factory=list)
    """What starts it."""
    while_playing: Literal["ignore", "restart", "next_step"] = "ignore"
    """What its own button does while it plays."""
    interrupt: Literal["now", "after_step"] = "now"
    """When another scenario's button may cut it short."""
    ends: Stem = "idle"
    """What follows: `idle`, or another scenario."""
    steps: Annotated[list[StepDocument], Field(min_length=1)]
    """Its steps."""
