"""The two axes of a chart: round levels that neither cut nor exaggerate, and the hours of a day. Pure."""

import math
from datetime import UTC, datetime, tzinfo

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_LEAST_SHARE = 0.2  # of the greatest value: what hardly changes looks as if it hardly changed
TICK_H = 6
"""Hours between two ticks, counted from midnight."""


def levels(low: float, high: float) -> list[float]:
    """Return three to six round numbers at equal distances, the first at or under ``low``, the last at or above ``high``.

    The axis begins at zero where the values come near it: where the least is not above half of the greatest.
    """
    if 0 <= low <= high / 2:
        low = 0.0
    elif low / 2 <= high <= 0:
        high = 0.0
    least = _LEAST_SHARE * max(abs(low), abs(high)) or 1.0
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    step = _round_up((high - low) / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * count for count in range(first, last + 1)]


def _round_up(step: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(step))
    return next(nice * magnitude for nice in _STEPS if nice * magnitude >= step * (1 - 1e-9))


def hours(start: float, end: float, zone: tzinfo | None) -> list[float]:
    """Return the moments (seconds since 1970) from ``start`` to ``end`` at which a clock of the territory shows 0, 6, 12 or 18 h."""
    first = math.ceil(start / 3600.0)
    moments = [3600.0 * hour for hour in range(first, math.floor(end / 3600.0) + 1)]
    return [moment for moment in moments if datetime.fromtimestamp(moment, UTC).astimezone(zone).hour % TICK_H == 0]
