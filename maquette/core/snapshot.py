"""What the stage tells the console: the state of the show, at most ten times a second, and the bytes of frames while somebody watches."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from maquette.core.message import Message
from maquette.core.readings import Quality, Reading
from maquette.core.text import Caption, Text


class Mode(StrEnum):
    """The states of the show."""

    IDLE = "idle"
    PLAYING = "playing"
    PAUSED = "paused"
    ASLEEP = "asleep"
    BLACKOUT = "blackout"


@dataclass(frozen=True, slots=True)
class ZoneState:
    """Why a zone is lit as it is: the topmost layer that paints it.

    Attributes:
        zone: its id.
        colour: ``"#rrggbb"`` of the value (before effect and quality marks), ``"#000000"`` for a dark zone.
        quality: of the value behind the colour; LIVE for a decoration.
        decoration: True when no value stands behind the colour.
        value: the value of the expression, or None when unknown (or a decoration).
        unit: its unit, or None.
        reading: the reading behind the value, the worst when there are several, or None.
        known: how many rows an aggregate knew, of `total`; both 0 when there was no aggregate.
        total: how many rows it asked for.
        scale: the scale's id, or None.
        class_title: the words for the value on its scale ("Dégradé"), or None.
        expression: its text, or None.
        effect: the effect's name.
    """

    zone: str
    colour: str = "#000000"
    quality: Quality = Quality.LIVE
    decoration: bool = True
    value: float | None = None
    unit: str | None = None
    reading: Reading | None = None
    known: int = 0
    total: int = 0
    scale: str | None = None
    class_title: Text | None = None
    expression: str | None = None
    effect: str | None = None


@dataclass(frozen=True, slots=True)
class OutputState:
    """How one LED output fares.

    Attributes:
        strip: the strip's id.
        driver: its driver's name.
        problem: what is wrong (in words where an unforeseen error said it), or None.
    """

    strip: str
    driver: str
    problem: Message | str | None = None


@dataclass(frozen=True, slots=True)
class SupplyState:
    """What one supply gives, as estimated from the bytes that leave.

    Attributes:
        supply: its id.
        current_a: amperes after limiting.
        limited_to: the share in [0, 1] to which light was reduced to stay under the limit; 1.0 when it was not.
        power_w: watts after limiting.
    """

    supply: str
    current_a: float
    limited_to: float = 1.0
    power_w: float = 0.0


@dataclass(frozen=True, slots=True)
class Answers:
    """A choice of a question: the button that gives it, its words, what it counts, and how often it was given."""

    button: str
    label: Text
    score: float
    count: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question that stands, and what visitors have answered so far.

    Attributes:
        id: its name in ``votes.<id>``.
        text: the question.
        choices: in the order of the document.
        count: how many votes there are, those for choices that are gone included.
        mean: the mean score, or None while nobody has answered.
        open: its buttons take answers now.
    """

    id: str
    text: Text
    choices: tuple[Answers, ...]
    count: int
    mean: float | None
    open: bool = True


@dataclass(frozen=True, slots=True)
class Hand:
    """A visitor's wish during a guided visit: the button that was pressed, and when first, in monotonic seconds."""

    button: str
    since: float


@dataclass(frozen=True, slots=True)
class Identifying:
    """A part of the model that makes itself known.

    Attributes:
        target: as it is written: ``zone feyzin``.
        ends_at: monotonic seconds at which this ends by itself.
        heard: ids of the buttons that were pressed meanwhile, while a button is identified; in their order.
    """

    target: str
    ends_at: float
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DimmedTo:
    """What the model is dimmed to, in percent of the brightness that is set, and why: it is night, or the hall is dark."""

    percent: float
    reason: Literal["night", "hall"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the show at one moment.

    Attributes:
        mode: one of `Mode`.
        scenario: the id of what is lit (the idle scenario when idle), or None.
        title: the scenario's title.
        step: from 1; 0 when nothing is lit.
        steps: how many steps the scenario has.
        step_title: or None.
        caption: the visitors' words with their figures, or None.
        notes: the mediator's talking points, or None.
        step_started_at: monotonic seconds.
        step_ends_at: monotonic seconds, or None when the step waits.
        brightness: percent, 0 to 100.
        guided: a mediator leads a visit: steps wait for ``next``.
        calm: nothing moves, at half light.
        language: that visitors have chosen for their screen, or None.
        quality: the worst quality among the values that are lit.
        zones: one per zone of the model, in its order.
        lamps: ids of the buttons whose lamp is on, or invites.
        inviting: ids of those among them that invite: their lamp breathes.
        choice: id of the scenario that a knob has chosen and that is about to begin, or None.
        outputs: one per strip.
        supplies: one per supply.
        pending: id of a scenario that waits for the end of the step or for rest, or None.
        ended: True after the last step, while it stays on, dimmed; `step_ends_at` is then when the model goes idle.
        question: the question that stands, or None.
        hands: wishes of visitors that wait for the mediator, the oldest first.
        dimmed: what the model is dimmed to, and why, or None.
        moment: the moment of the past that is shown (aware), during a journey, or None.
        identifying: what makes itself known, or None.
    """

    mode: Mode
    scenario: str | None = None
    title: Text | None = None
    step: int = 0
    steps: int = 0
    step_title: Text | None = None
    caption: Caption | None = None
    notes: Text | None = None
    step_started_at: float = 0.0
    step_ends_at: float | None = None
    brightness: int = 100
    guided: bool = False
    calm: bool = False
    language: str | None = None
    quality: Quality = Quality.LIVE
    zones: tuple[ZoneState, ...] = ()
    lamps: frozenset[str] = frozenset()
    inviting: frozenset[str] = frozenset()
    choice: str | None = None
    outputs: tuple[OutputState, ...] = ()
    supplies: tuple[SupplyState, ...] = ()
    pending: str | None = None
    ended: bool = False
    question: Question | None = None
    hands: tuple[Hand, ...] = ()
    moment: datetime | None = None
    dimmed: DimmedTo | None = None
    identifying: Identifying | None = None


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """The bytes that left, for the virtual model.

    Attributes:
        sequence: counts frames that changed.
        pixels: R, G, B per LED, all strips one after another in the model's order, before each strip's colour order.
        servos: degrees, in the model's order.
    """

    sequence: int
    pixels: bytes
    servos: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Swapped:
    """The stage plays the show that it was sent last."""


@dataclass(frozen=True, slots=True)
class Watching:
    """The console asks for frames (True) or no longer needs them (False)."""

    frames: bool
