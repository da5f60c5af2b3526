"""Vitals: how the programs of the house are doing, in figures, and how their life began. The console asks, the house answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LATENESS_BOUNDS_S = tuple(1e-4 * 10 ** (step / 3) for step in range(13))
"""Upper bounds (s) of the classes in which frames are counted by their lateness: three a decade, from 0.1 ms to 1 s."""


@dataclass(frozen=True, slots=True)
class FrameTally:
    """The frames of this life of the stage.

    Attributes:
        begun: how many were begun on their deadline or after it.
        lost: deadlines that were left out because the frame before came too late.
        late_s: the lateness of all of them together, seconds.
        up_to: how many were no later than each of `LATENESS_BOUNDS_S`.
        latest_s: the latest.
    """

    begun: int = 0
    lost: int = 0
    late_s: float = 0.0
    up_to: tuple[int, ...] = (0,) * len(LATENESS_BOUNDS_S)
    latest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FeedTally:
    """How often a feed was asked or listened to in this life of the feeds process, and how often nothing came of it."""

    asked: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class FeedTallies:
    """The tallies of all feeds by name; from feeds to the house whenever one of them changes."""

    feeds: Mapping[str, FeedTally]


@dataclass(frozen=True, slots=True)
class Program:
    """A process of the house: its number (None between two lives), and how often it had to be started again."""

    pid: int | None
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class VitalsWanted:
    """The console asks for `Vitals`."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the programs are doing at one moment.

    Attributes:
        frames: of the stage.
        feeds: tallies by feed; empty while the feeds process has told none.
        programs: ``stage``, ``feeds`` and ``console``.
    """

    frames: FrameTally
    feeds: Mapping[str, FeedTally] = field(default_factory=dict)
    programs: Mapping[str, Program] = field(default_factory=dict)


class Ending(StrEnum):
    """How the life of the model before this one ended."""

    NONE = "none"
    """There was none that is known of."""
    STOPPED = "stopped"
    REBOOTED = "rebooted"
    """It was stopped with the whole machine."""
    UPGRADED = "upgraded"
    POWER_CUT = "power_cut"
    """The machine went off, or began anew, without stopping it."""
    CRASHED = "crashed"
    """It ended by itself, or was ended by the service manager's watchdog, while the machine went on."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Beginning:
    """When this life of the model began, in monotonic seconds, and how the one before had ended."""

    at: float
    after: Ending
