"""Scenarios ready to play: names resolved, expressions compiled, quantities in base units (seconds, degrees, the unit of the value)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from maquette.core.calendar import DAYS, Instant, OpeningHours
from maquette.core.colour import Floats
from maquette.core.text import Text
from maquette.show.computed import ComputedValue
from maquette.show.dimming import Dimming
from maquette.show.expressions import Expression
from maquette.show.model import Model
from maquette.show.scales import Scale

Blend = Literal["over", "add", "max", "multiply"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A number that follows a value.

    Attributes:
        value: the expression, or None for the layer's own value.
        source: (low, high) in the value's unit.
        target: what the number is at low and at high; between them it is linear, outside it is clamped.
    """

    value: Expression | None
    source: tuple[float, float]
    target: tuple[float, float]


Parameter = float | Bound


@dataclass(frozen=True, eq=False)
class Layer:
    """Light on some zones.

    Attributes:
        zones: ids, groups already opened, each once.
        value: what is told, evaluated per zone; None for a decoration.
        scale: how a value becomes a colour; None where `colour` is given.
        colour: linear RGB, shape (3,), used where there is no scale.
        effect: the effect's name.
        parameters: those that the document gives; the effect's defaults serve for the others.
        level: a factor in [0, 1].
        blend: how it lies on what is below.
        together: True when the effect runs along all zones as one, False when each zone has its own run.
    """

    zones: tuple[str, ...]
    value: Expression | None = None
    scale: Scale | None = None
    colour: Floats | None = None
    effect: str = "solid"
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    level: Parameter = 1.0
    blend: Blend = "over"
    together: bool = False

    @property
    def is_decoration(self) -> bool:
        """True when no value stands behind its light: it never changes what it tells."""
        return self.value is None and not any(isinstance(p, Bound) for p in (self.level, *self.parameters.values()))


@dataclass(frozen=True, slots=True)
class ServoCue:
    """Where a servo goes: a fixed angle in degrees, or one that follows a value; a missing value parks it."""

    servo: str
    angle: Parameter


@dataclass(frozen=True, slots=True)
class Words:
    """A caption's template in one language: words and compiled figures in turn."""

    pieces: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """What visitors read: templates by language, and the ones to use when a figure is missing; ``when`` None: always."""

    templates: Mapping[str, Words]
    otherwise: Mapping[str, Words] = field(default_factory=dict)
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """What visitors read: the first variant whose condition holds. When none does, nothing is said."""

    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Through:
    """A journey through the past: in ``duration_s`` seconds readings go from one moment to another."""

    start: Instant
    end: Instant
    duration_s: float


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer: the button that gives it, its words, and what it counts."""

    button: str
    label: Text
    score: float


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to visitors; the choices in the order of the document."""

    id: str
    question: Text
    choices: tuple[Choice, ...]

    def choice(self, button: str) -> int | None:
        """Return the number of the choice that a button gives, or None."""
        return next((n for n, choice in enumerate(self.choices) if choice.button == button), None)


@dataclass(frozen=True, eq=False)
class Step:
    """A moment of a scenario.

    Attributes:
        title: what it is about, or None.
        duration_s: how long it lasts; None when it waits: for the command ``next``, or for ``until``.
        at_most_s: how long it waits, or None for the usual bound.
        until: what it waits for, or None: the command.
        fade_s: how long the change to it takes.
        say: what visitors read, or None.
        notes: the mediator's talking points, or None.
        layers: light, painted in order.
        servos: where they go.
        through: its journey through the past, or None; it is as long as the step.
        ask: its question, or None.
        zone: the zone for which it is, where the document says it once for each, or None.
    """

    title: Text | None = None
    duration_s: float | None = None
    at_most_s: float | None = None
    until: Expression | None = None
    fade_s: float = 0.8
    say: Say | None = None
    notes: Text | None = None
    layers: tuple[Layer, ...] = ()
    servos: tuple[ServoCue, ...] = ()
    through: Through | None = None
    ask: Ask | None = None
    zone: str | None = None


Press = Literal["short", "long", "double"]


@dataclass(frozen=True, slots=True)
class ButtonTrigger:
    """A press starts the scenario."""

    button: str
    press: Press = "short"


@dataclass(frozen=True, slots=True)
class ValueTrigger:
    """A condition that becomes true starts the scenario; missing neither starts nor re-arms, and only live readings count.

    Attributes:
        when: the condition.
        rearm: what must have been true before it may start again; None: the condition must have been false.
        for_s: how long it must hold.
        at_most_every_s: seconds between two starts, at least.
    """

    when: Expression
    rearm: Expression | None = None
    for_s: float = 0.0
    at_most_every_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ClockTrigger:
    """A time of day (minutes after midnight) on some days of the week (0: Monday) starts the scenario, while the clock is trusted."""

    at_min: int
    days: frozenset[int] = frozenset(range(len(DAYS)))


Trigger = ButtonTrigger | ValueTrigger | ClockTrigger


@dataclass(frozen=True, eq=False)
class Scenario:
    """What is told. Its steps repeat forever when it is the idle one."""

    id: str
    title: Text
    steps: tuple[Step, ...]
    triggers: tuple[Trigger, ...] = ()
    while_playing: Literal["ignore", "restart", "next_step"] = "ignore"
    interrupt: Literal["now", "after_step"] = "now"
    ends: str = "idle"

    @property
    def buttons(self) -> tuple[str, ...]:
        """The buttons that start it by a short press, each once."""
        presses = (t.button for t in self.triggers if isinstance(t, ButtonTrigger) and t.press == "short")
        return tuple(dict.fromkeys(presses))


@dataclass(frozen=True, eq=False)
class Show:
    """Everything the stage plays.

    Attributes:
        idle: id of the idle scenario, or None: then idle is dark.
        idle_after_s: seconds from the end of a scenario (its last step stays, dimmed) to the idle scenario.
        languages: the first is the default.
        opening: when the exhibition is open, or None: always.
        dimming: when the model gives less light, or None: never.
        computed: the computed values, each after those that it is made of.
    """

    model: Model
    scenarios: Mapping[str, Scenario]
    idle: str | None
    idle_after_s: float
    languages: tuple[str, ...]
    opening: OpeningHours | None = None
    computed: tuple[ComputedValue, ...] = ()
    dimming: Dimming | None = None
