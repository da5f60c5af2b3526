"""The wall clock as an argument: what time it is here, and whether that can be believed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock at one moment.

    Attributes:
        local: aware, in the territory's time zone.
        trusted: False after a power cut until the clock has been set: a Pi without a battery wakes up in the past.
    """

    local: datetime
    trusted: bool
