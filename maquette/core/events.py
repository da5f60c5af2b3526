"""What happens to the show from outside: presses and commands; and what is answered.

All are frozen, small and picklable: they cross between processes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Origin(StrEnum):
    """Who speaks."""

    MEDIATOR = "mediator"
    MQTT = "mqtt"


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button went down and stayed so long enough to be meant.

    Attributes:
        button: its id in the hardware document.
        at: the edge, in seconds of the monotonic clock.
    """

    button: str
    at: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the one table (`COMMANDS`).

    Attributes:
        name: such as ``play``.
        arguments: such as ``{"scenario": "air"}``; already of the types that the table says.
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
    arguments: Mapping[str, str] = field(default_factory=dict)
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class CommandKind:
    """One row of the table of commands: its argument's name, type and range, if it has one."""

    argument: str | None = None
    type: "type[str] | type[int]" = str
    minimum: int = 0
    maximum: int = 0


COMMANDS: Mapping[str, CommandKind] = {
    "play": CommandKind("scenario"),
    "next": CommandKind(),
    "back": CommandKind(),
    "pause": CommandKind(),
    "resume": CommandKind(),
    "stop": CommandKind(),
    "brightness": CommandKind("percent", int, 0, 100),
    "blackout": CommandKind(),
    "wake": CommandKind(),
    "press": CommandKind("button"),
}
"""The one table that serves buttons, web, MQTT and command line."""
