"""What happens to the show from outside: presses and commands; and what is answered.

All are frozen, small and picklable: they cross between processes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from maquette.core.message import Message


class Origin(StrEnum):
    """Who speaks."""

    MEDIATOR = "mediator"
    MQTT = "mqtt"
    VISITOR = "visitor"
    """A knob of the model: the command counts as a press does."""


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button went down and stayed so long enough to be meant.

    Attributes:
        button: its id in the hardware document.
        at: the edge, in seconds of the monotonic clock.
        virtual: it was a command, and no finger was on the button itself.
    """

    button: str
    at: float
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class ButtonReleased:
    """A button that was pressed came up again; ``at`` as for the press."""

    button: str
    at: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the one table (`COMMANDS`).

    Attributes:
        name: such as ``play``.
        arguments: such as ``{"scenario": "air"}``; of the types that the table says (true and false are numbers to Python).
        origin: who speaks.
        request: a number that the answer repeats, or None when nobody waits for one.
    """

    name: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    origin: Origin = Origin.MEDIATOR
    request: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command.

    Attributes:
        command: as it was received.
        refused: None when it was carried out, else a stable code, a key of the locale files (``refused_<code>``).
        arguments: names and figures for the words.
        hint: a name that was probably meant (``air``), or None.
    """

    command: Command
    refused: str | None = None
    arguments: Mapping[str, str | Message] = field(default_factory=dict)
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class CommandKind:
    """One row of the table of commands: what it does, and its argument's name, type and range, if it has one; it may be optional."""

    does: str
    argument: str | None = None
    type: "type[str] | type[int] | type[bool]" = str
    minimum: int = 0
    maximum: int = 0
    optional: bool = False


COMMANDS: Mapping[str, CommandKind] = {
    "play": CommandKind("Play a scenario from its first step", "scenario"),
    "next": CommandKind("Go on to the next step"),
    "back": CommandKind("Go back to the step before"),
    "pause": CommandKind("Hold the step; it ends by itself after a quarter of an hour"),
    "resume": CommandKind("Go on after a pause"),
    "stop": CommandKind("End the scenario"),
    "brightness": CommandKind("Set the brightness until the model sleeps, in percent", "percent", int, 0, 100),
    "guide": CommandKind("Lead a visit: steps wait for `next`, presses raise a hand", "on", bool, optional=True),
    "calm": CommandKind("No motion, half the light, slow servos", "on", bool, optional=True),
    "language": CommandKind(
        "Set the language of the visitors' screen for some minutes; without one, the next", "language", optional=True
    ),
    "blackout": CommandKind("Darken everything until `wake` or the next opening"),
    "wake": CommandKind("End a blackout, or wake the sleeping model"),
    "press": CommandKind("Press a button of the model", "button"),
    "choose": CommandKind("Turn the knob that chooses a scenario; 0 takes what is chosen", "by", int, -1, 1),
    "reload": CommandKind("Read the documents again"),
    "identify": CommandKind(
        "Let a part of the model make itself known, such as `zone feyzin` or `led river 12`; without one, end that",
        "target",
        optional=True,
    ),
}
"""The one table that serves buttons, web, MQTT and command line. ``on`` left out: the other way round; ``language`` left out: the
next of the installation's; ``target`` left out: an identification ends; ``by`` 0 takes what is chosen."""


def flaw(name: str, arguments: Mapping[str, object]) -> tuple[str, Mapping[str, str]] | None:
    """Return why a command of the table cannot be read: a code and the figures for its words; None when it can."""
    kind = COMMANDS[name]
    if kind.argument is None or (kind.optional and kind.argument not in arguments):
        return None
    if kind.argument not in arguments:
        return "missing_argument", {"name": kind.argument}
    value = arguments[kind.argument]
    if type(value) is not kind.type:  # strict: true is not 1
        return "wrong_type", {"name": kind.argument, "expected": kind.type.__name__}
    if type(value) is int and not kind.minimum <= value <= kind.maximum:
        return "out_of_range", {"name": kind.argument, "minimum": str(kind.minimum), "maximum": str(kind.maximum)}
    return None
