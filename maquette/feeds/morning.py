"""The morning: shortly before the doors open every feed is looked at, so that what is wrong is known before visitors see it."""

from datetime import datetime

from maquette.core.calendar import OpeningHours
from maquette.core.clock import Clock

BEFORE_S = 900.0
"""Seconds before the doors open at which feeds are looked at."""


class Morning:
    """Tells, once for each time the doors open, that it is soon. Pure: the clock is an argument."""

    def __init__(self, opening: OpeningHours | None) -> None:
        """Follow these hours; with None there is no morning."""
        self.opening = opening
        self._seen: datetime | None = None

    def is_here(self, clock: Clock) -> bool:
        """Tell whether the doors open soon, and this was not told yet. A clock that cannot be believed says nothing."""
        if self.opening is None or not clock.trusted:
            return False
        opens = self.opening.opens_after(clock.local)
        if opens is None or opens == self._seen or opens.timestamp() - clock.local.timestamp() > BEFORE_S:
            return False
        self._seen = opens
        return True
