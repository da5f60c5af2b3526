"""Dimming: by night, or while the hall is dark, the model gives less light. Clock and sensor flow in, a share of brightness flows out.

A clock that is not trusted dims nothing, and so does a sensor that says nothing. The share moves so slowly that nobody takes it for a
flash. It multiplies the brightness that a mediator has set.
"""

import math
from dataclasses import dataclass

from maquette.core.calendar import Span, within
from maquette.core.clock import Clock
from maquette.core.readings import Quality, Readings
from maquette.core.snapshot import DimmedTo
from maquette.show.own_values import FEED as MODEL
from maquette.show.own_values import LIGHT

SPEED = 4.0
"""Percent of full brightness, as perceived, by which the share moves in a second: 15 s from full to 40 %."""


@dataclass(frozen=True, slots=True)
class Dimming:
    """When the model gives less light, and how much; where both say so, the lesser counts.

    Attributes:
        night: spans of the day.
        night_percent: what is left of brightness in them.
        hall_lx: two readings of the light sensor, the lower first, or None: it dims nothing.
        hall_percent: what is left of brightness at those two; between them in proportion, outside them no further.
    """

    night: tuple[Span, ...] = ()
    night_percent: float = 100.0
    hall_lx: tuple[float, float] | None = None
    hall_percent: tuple[float, float] = (100.0, 100.0)


def dimmed(dimming: Dimming | None, clock: Clock | None, readings: Readings, now: float) -> DimmedTo | None:
    """Return to what the model should be dimmed, and why; None: to nothing less than what is set."""
    if dimming is None:
        return None
    found = list[DimmedTo]()
    if clock is not None and clock.trusted and within(dimming.night, clock.local):
        found.append(DimmedTo(dimming.night_percent, "night"))
    reading = readings.get((MODEL, LIGHT, None))
    known = reading is not None and reading.quality_at(now) is not Quality.MISSING
    if dimming.hall_lx is not None and known and reading is not None and reading.value is not None:
        (low, high), (least, most) = dimming.hall_lx, dimming.hall_percent
        share = min(max((reading.value - low) / (high - low), 0.0), 1.0)
        found.append(DimmedTo(least + (most - least) * share, "hall"))
    lesser = min(found, key=lambda each: each.percent, default=None)
    return lesser if lesser is not None and lesser.percent < 100.0 else None


class Dimmer:
    """Moves the share of brightness that is left, slowly, to where it should be. Times are monotonic seconds.

    Attributes:
        aim: what the model is to be dimmed to, or None.
        share: what is left of brightness, 0 to 1, at the last `advance`.
    """

    def __init__(self) -> None:
        """Begin undimmed; an aim that is taken before the first `advance` is reached at once."""
        self.aim: DimmedTo | None = None
        self.share = 1.0
        self._at: float | None = None

    @property
    def settled(self) -> bool:
        """Whether it is where it should be."""
        return self.share == self._aimed

    @property
    def _aimed(self) -> float:
        return 1.0 if self.aim is None else self.aim.percent / 100

    def take(self, aim: DimmedTo | None, now: float) -> None:
        """Move to another aim from now on."""
        if self._at is None:
            self.aim, self.share = aim, 1.0 if aim is None else aim.percent / 100
        else:
            self.advance(now)
            self.aim = aim

    def advance(self, now: float) -> None:
        """Move as far as time allows."""
        before, self._at = self._at, now
        step = SPEED / 100 * (0.0 if before is None else max(0.0, now - before))
        left = self._aimed - self.share
        self.share = self._aimed if abs(left) <= step else self.share + math.copysign(step, left)
