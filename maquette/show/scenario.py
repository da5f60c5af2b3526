"""Scenarios ready to play: names resolved, expressions compiled, quantities in base units (seconds, degrees, the unit of the value)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from maquette.core.colour import Floats
from maquette.core.text import Text
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
class Say:
    """What visitors read: templates by language, and the ones to use when a figure is missing."""

    templates: Mapping[str, Words]
    otherwise: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Step:
    """A moment of a scenario. ``duration_s`` is None when it lasts until the command ``next`` (then ``at_most_s`` bounds it)."""

    title: Text | None = None
    duration_s: float | None = None
    at_most_s: float | None = None
    fade_s: float = 0.8
    say: Say | None = None
    notes: Text | None = None
    layers: tuple[Layer, ...] = ()
    servos: tuple[ServoCue, ...] = ()


@dataclass(frozen=True, eq=False)
class Scenario:
    """What is told. Its steps repeat forever when it is the idle one."""

    id: str
    title: Text
    steps: tuple[Step, ...]
    buttons: tuple[str, ...] = ()
    while_playing: Literal["ignore", "restart", "next_step"] = "ignore"
    interrupt: Literal["now", "after_step"] = "now"
    ends: str = "idle"


@dataclass(frozen=True, eq=False)
class Show:
    """Everything the stage plays.

    Attributes:
        idle: id of the idle scenario, or None: then idle is dark.
        idle_after_s: seconds from the end of a scenario (its last step stays, dimmed) to the idle scenario.
        languages: the first is the default.
    """

    model: Model
    scenarios: Mapping[str, Scenario]
    idle: str | None
    idle_after_s: float
    languages: tuple[str, ...]
