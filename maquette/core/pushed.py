"""Pushed values: what other people's programmes tell a feed. They cross from the console to the feeds process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PushedRow:
    """Some values of one key.

    Attributes:
        key: of the row, or None in a feed without keys.
        values: name → number in the value's unit, or None: no longer known.
        measured_at: when the world was so (aware), or None when nobody said.
    """

    key: str | None
    values: Mapping[str, float | None]
    measured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one request told a feed.

    Attributes:
        feed: the feed's name, one of kind ``push``.
        rows: one at least, in the order in which they were told.
        at: when it came, in seconds of the monotonic clock.
    """

    feed: str
    rows: tuple[PushedRow, ...]
    at: float
