"""Scenario documents: what is told."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Strict, Tag
from pydantic_core import PydanticCustomError

from maquette.config.calendar import Days, Moment, TimeOfDay
from maquette.config.document import Document, Name, Stem, TextValue, Words
from maquette.config.documents_scales import ScaleDocument
from maquette.config.quantities import Degrees, Number, Seconds, Share
from maquette.core.calendar import Instant

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

ScaleValue = Annotated[
    Annotated[Name, Tag("<plain>")] | Annotated[ScaleDocument, Tag("<mapping>")], Discriminator(_form)
]
"""A scale's name, or a scale."""

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
    scale: ScaleValue | None = None
    """How a value becomes a colour and words: a scale's name, or a scale of this light's own. Omitted: the value's own scale."""
    colour: str | None = None
    """A colour, in quotes, where there is no scale."""
    effect: EffectValue | None = None
    """How it moves: a name, or a name with parameters. Omitted: as the second sign of its scale asks, else `solid`."""
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
    """What a step waits for: exactly one of these."""

    command: Literal["next"] | None = None
    """The mediator's command."""
    when: str | None = None
    """An expression that becomes true."""


class StartDocument(Document):
    """What starts a scenario: exactly one of `button`, `when` and `at`."""

    button: Name | None = None
    """A button's name in the hardware document."""
    press: Literal["short", "long", "double"] | None = None
    """How the button is pressed; `short` by default."""
    when: str | None = None
    """An expression: the scenario starts when it becomes true, with live readings only."""
    rearm: str | None = None
    """An expression that must have been true before `when` may start it again; omitted: `when` must have been false."""
    for_: Annotated[Seconds | None, Field(alias="for")] = None
    """How long `when` must hold."""
    at_most_every: Seconds | None = None
    """How much time lies between two starts by `when`, at least."""
    at: TimeOfDay | None = None
    """A time of day, in quotes, such as `"10:30"`."""
    days: Days | None = None
    """The days on which `at` counts, such as `mon-fri`; every day by default."""


class VariantDocument(Document):
    """What visitors read while a condition holds, and what they read when a figure is unknown."""

    when: str | None = None
    """The condition, an expression; the last variant needs none."""
    words: TextValue
    """By language."""
    otherwise: TextValue | None = None
    """By language, when a figure is unknown."""


class SayDocument(Document):
    """What visitors read: the first variant whose condition holds."""

    variants: Annotated[list[VariantDocument], Field(min_length=1)]
    """The variants, in the order in which they are tried."""


def _read_variant(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return {"words": raw}
    own = {key: raw[key] for key in ("when", "otherwise") if key in raw}
    words = {language: text for language, text in raw.items() if language not in own}
    if not words:
        raise PydanticCustomError("text_expected", "refused")
    return {**own, "words": words}


def _read_say(raw: Any) -> Any:
    if isinstance(raw, SayDocument):
        return raw
    return {"variants": [_read_variant(variant) for variant in (raw if isinstance(raw, list) else [raw])]}


SayValue = Annotated[SayDocument, BeforeValidator(_read_say)]
"""A text in which `{…}` holds expressions, or one for each language, with `otherwise` beside them; or a list of these, with `when`."""


class ThroughDocument(Document):
    """A journey through the past: readings become a function of time, and are marked as a replay everywhere."""

    from_: Annotated[Moment, Field(alias="from")]
    """Where it begins, such as `24 h ago` or `2026-11-20 08:00`."""
    to: Moment = Instant()
    """Where it ends; `now` by default."""
    in_: Annotated[Seconds, Field(alias="in")]
    """How long it takes."""


class ChoiceDocument(Document):
    """An answer that visitors may give."""

    button: Name
    """The button that gives it."""
    label: TextValue
    """Its words."""
    score: float
    """What it counts in the mean, `votes.<id>`."""


class AskDocument(Document):
    """A question to visitors; each press of one of its buttons is a vote."""

    question: TextValue
    """The question. In French a text with ` ?` needs quotes."""
    id: Name
    """Its name in `votes.<id>` (the mean score) and `votes.<id>_count` (how many votes)."""
    choices: Annotated[list[ChoiceDocument], Field(min_length=2)]
    """The answers."""


class StepDocument(Document):
    """A moment of a scenario."""

    title: TextValue | None = None
    """What it is about."""
    for_each: Words | None = None
    """A zone, a group or several: the step once for each of their zones. In it `zone` is that zone, `{zone.title}` its name."""
    for_: Annotated[Seconds | None, Field(alias="for")] = None
    """How long it lasts; 20 s by default."""
    until: UntilDocument | None = None
    """What it waits for, instead of `for`."""
    at_most: Seconds | None = None
    """How long it waits, with `until`; 15 min by default."""
    through: ThroughDocument | None = None
    """A journey through the past, instead of `for` and `until`."""
    ask: AskDocument | None = None
    """A question to visitors."""
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
    """What its own trigger does while it plays."""
    interrupt: Literal["now", "after_step"] = "now"
    """When another scenario's trigger may cut it short."""
    ends: Stem = "idle"
    """What follows: `idle`, or another scenario."""
    steps: Annotated[list[StepDocument], Field(min_length=1)]
    """Its steps."""
