"""Freshness: from when a value was measured to until when it is live, and then stale, on the machine's monotonic clock.

The wall clock of a small computer without a battery may be wrong after a power cut; so the age of a value is measured once, when it comes,
against the best clock there is (ours when trusted, else the server's own), and counted on from there by the monotonic clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from maquette.core.readings import Quality, Reading

STALE_FACTOR = 3.0
"""A value is missing after this many times `fresh_for`, unless the document says `drop_after`."""


@dataclass(frozen=True, slots=True)
class Span:
    """Until when a value holds, in seconds of the monotonic clock; `known` is False when nobody can tell its age.

    A value whose age is unknown is stale, never live, and is dropped counting from its arrival.
    """

    known: bool
    fresh_until: float
    drop_at: float


def span(
    fresh_for_s: float,
    drop_after_s: float | None,
    monotonic_s: float,
    now: datetime | None,
    measured_at: datetime | None,
    valid_until: datetime | None,
) -> Span:
    """Return until when a value is live and when it is dropped.

    Args:
        fresh_for_s: seconds of life from the measurement.
        drop_after_s: seconds from the measurement to the end; None: three times as long as it is live.
        monotonic_s: when it came, on the monotonic clock.
        now: the same moment on a wall clock that can be believed, or None.
        measured_at: None when nobody says: then it counts from its arrival.
        valid_until: the end of a forecast's validity: it is dropped then at the latest.
    """
    drop_after_s = drop_after(fresh_for_s, drop_after_s)
    if measured_at is None and valid_until is None:
        return Span(known=True, fresh_until=monotonic_s + fresh_for_s, drop_at=monotonic_s + drop_after_s)
    if now is None:
        return unknown_span(fresh_for_s, drop_after_s, monotonic_s)
    # A measurement of the near future (clocks differ by seconds) is as fresh as one of this instant.
    age_s = max(0.0, (now - measured_at).total_seconds()) if measured_at is not None else 0.0
    born = monotonic_s - age_s
    drop_at = born + drop_after_s
    if valid_until is not None:
        drop_at = min(drop_at, monotonic_s + (valid_until - now).total_seconds())
    return Span(known=True, fresh_until=min(born + fresh_for_s, drop_at), drop_at=drop_at)


def unknown_span(fresh_for_s: float, drop_after_s: float | None, monotonic_s: float) -> Span:
    """Return the span of a value whose age nobody can tell: never live, dropped counting from now."""
    return Span(known=False, fresh_until=monotonic_s, drop_at=monotonic_s + drop_after(fresh_for_s, drop_after_s))


def drop_after(fresh_for_s: float, drop_after_s: float | None) -> float:
    """Return the seconds from the measurement to the end of a value."""
    return fresh_for_s * STALE_FACTOR if drop_after_s is None else max(drop_after_s, fresh_for_s)


def aged(reading: Reading, span: Span, monotonic_s: float) -> Reading:
    """Return a reading that holds for this span, with the quality that it has now and, where it is not live, why."""
    if monotonic_s >= span.drop_at:
        return replace(reading, value=None, quality=Quality.MISSING, problem="too_old")
    live = span.known and monotonic_s < span.fresh_until
    return replace(
        reading,
        quality=Quality.LIVE if live else Quality.STALE,
        fresh_until=span.fresh_until,
        drop_at=span.drop_at,
        problem=None if live else ("too_old" if span.known else "no_clock"),
    )
