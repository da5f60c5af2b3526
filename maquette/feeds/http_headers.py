"""Headers of HTTP answers: what time it is there, how long to wait, and what an answer is recognised by. Pure."""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

LONGEST_WAIT_S = 86_400.0
"""Seconds that a Retry-After is obeyed, at most."""


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return what time it is for the server: its Date, plus the time that the answer lay in a cache."""
    date = _http_date(headers.get("Date", ""))
    return None if date is None else date + timedelta(seconds=_seconds(headers.get("Age", "").strip()) or 0.0)


def retry_after(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Return the seconds that the server asks us to wait; a date counts from the server's own time, ``now``."""
    asked = headers.get("Retry-After", "").strip()
    wait_s = _seconds(asked)
    until = _http_date(asked)
    if wait_s is None and until is not None and now is not None:
        wait_s = (until - now).total_seconds()
    return None if wait_s is None else min(max(wait_s, 0.0), LONGEST_WAIT_S)


def validators(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that ask for an answer only if it is no longer this one."""
    pairs = (("If-None-Match", headers.get("ETag")), ("If-Modified-Since", headers.get("Last-Modified")))
    return {name: value for name, value in pairs if value}


def _http_date(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
