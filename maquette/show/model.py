"""The physical model as the show sees it: strips laid end to end in one frame, zones along their paths, supplies, buttons, servos."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from maquette.core.colour import Floats
from maquette.core.text import Text

Indices = npt.NDArray[np.intp]

LINEAR_GAMMA = 2.2
"""The gamma that sends linear light unchanged: a byte's light is in proportion to the byte. In general it is byte ** (2.2 / gamma)."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip of LEDs.

    Attributes:
        id: its name in the hardware document.
        start: the number of its first LED in the frame.
        leds: how many it has.
        supply: the id of what feeds it, or None when nobody said.
        gamma: the exponent that its bytes follow, as on a screen; 2.2 sends linear light unchanged.
        white_balance: multipliers in [0, 1] for R, G, B, in linear light.
        channel_ma: milliamperes of one colour of one LED at full (WS2812B: about 18.3).
        idle_ma: milliamperes of one dark LED.
        minimum: the byte under which light that is to be seen does not fall; 0: it may go out.
        white: the light of a white LED, linear R, G, B in [0, 1], where (1, 1, 1) is what the three colours make together.
        order: the colours of one LED in the order in which its wire carries them, such as ``GRB`` or ``GRBW``.
    """

    id: str
    start: int
    leds: int
    supply: str | None = None
    gamma: float = 2.2
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    channel_ma: float = 18.3
    idle_ma: float = 1.0
    order: str = "RGB"
    white: tuple[float, float, float] = (1.0, 1.0, 1.0)
    minimum: int = 0

    @property
    def channels(self) -> int:
        """How many bytes one LED takes on the wire: 3, or 4 with a white one."""
        return len(self.order)

    @property
    def span(self) -> slice:
        """The strip's LEDs in the frame."""
        return slice(self.start, self.start + self.leds)


@dataclass(frozen=True, slots=True)
class Supply:
    """A power supply: volts, the amperes that its strips may draw together, and how fast they may rise (A/s; None: at once)."""

    id: str
    volts: float
    limit_a: float
    rise_a_s: float | None = None


@dataclass(frozen=True, eq=False)
class Zone:
    """LEDs that tell one thing.

    Attributes:
        id: its name.
        title: what people call it.
        leds: numbers in the frame, shape (n,), in the order of the path.
        places: where each stands on the plan, shape (n, 2), mm.
        distances: how far along the path each stands, shape (n,), mm, rising.
        attributes: facts about it (``insee``), for expressions.
        seed: a number that differs from zone to zone and never changes, for effects that scatter.
    """

    id: str
    title: Text
    leds: Indices
    places: Floats
    distances: Floats
    attributes: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    """A button, what it does besides the scenarios that it starts (a command without argument, or None), and whether it has a lamp."""

    id: str
    label: Text
    command: str | None = None
    lamp: bool = False


@dataclass(frozen=True, slots=True)
class Servo:
    """A servo.

    Attributes:
        id: its name in the hardware document.
        title: what people call it.
        angle: its range, in degrees.
        park: where it rests, in degrees.
        top_speed: degrees per second.
        acceleration: degrees per second, per second.
        hold: True when it is held while it rests.
        gate: True when it might close on a finger: it does not move by itself before a step has asked for it.
    """

    id: str
    title: Text
    angle: tuple[float, float]
    park: float
    top_speed: float
    acceleration: float = 1000.0
    hold: bool = True
    gate: bool = False


@dataclass(frozen=True, eq=False)
class Model:
    """The whole physical model. Mappings keep the order of the document."""

    title: Text
    strips: Mapping[str, Strip]
    zones: Mapping[str, Zone]
    groups: Mapping[str, tuple[str, ...]]
    supplies: Mapping[str, Supply]
    buttons: Mapping[str, Button]
    servos: Mapping[str, Servo]

    @property
    def lamps(self) -> frozenset[str]:
        """The ids of the buttons that have a lamp."""
        return frozenset(name for name, button in self.buttons.items() if button.lamp)

    @property
    def led_count(self) -> int:
        """How many LEDs a frame holds."""
        return sum(strip.leds for strip in self.strips.values())
