"""Pushes: values that other people's programmes send for a feed, checked against what the documents say of it.

A row is ``{"served": 12}``, with its ``key`` in a feed with keys and, where it is known, ``measured_at``: ISO 8601 with its offset.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from maquette.console.commands import Refusal, nearest
from maquette.core.exhibition import Exhibition, FeedCard
from maquette.core.pushed import Pushed, PushedRow

_KEY, _TIME = "key", "measured_at"
_LONGEST_KEY = 200


def read_push(exhibition: Exhibition, feed: str, payload: object, at: float) -> Pushed | Refusal:
    """Check what was sent for a feed: one row, or a list of rows; types are strict, nothing is guessed, and all of it counts or none.

    Args:
        exhibition: what the documents say.
        feed: the feed's name in the address.
        payload: decoded JSON.
        at: when it came, in seconds of the monotonic clock.
    """
    pushed = {card.id: card for card in exhibition.feeds if card.pushed}
    if feed not in {card.id for card in exhibition.feeds}:
        return Refusal("unknown_feed", nearest(feed, pushed), {"name": feed})
    if feed not in pushed:
        return Refusal("not_pushed", arguments={"name": feed})
    names = [card.name for card in exhibition.values if card.feed == feed]
    rows = []
    for entry in payload if isinstance(payload, list) else [payload]:
        row = _row(pushed[feed], names, entry)
        if isinstance(row, Refusal):
            return row
        rows.append(row)
    return Pushed(feed, tuple(rows), at) if rows else Refusal("nothing_pushed")


def _row(feed: FeedCard, names: list[str], entry: object) -> PushedRow | Refusal:
    if not isinstance(entry, dict):
        return Refusal("wrong_type", arguments={"name": feed.id, "expected": "object"})
    unknown = next((name for name in entry if name not in (*names, _TIME, *([_KEY] if feed.keyed else []))), None)
    if unknown is not None:
        return Refusal("unknown_value", nearest(unknown, names), {"name": unknown, "feed": feed.id})
    key, values = entry.get(_KEY), {name: value for name, value in entry.items() if name in names}
    if feed.keyed and _KEY not in entry:
        return Refusal("missing_argument", arguments={"name": _KEY})
    if feed.keyed and not (isinstance(key, str) and 0 < len(key) <= _LONGEST_KEY):
        return Refusal("wrong_type", arguments={"name": _KEY, "expected": "string"})
    wrong = next((name for name, value in values.items() if value is not None and not _is_number(value)), None)
    if wrong is not None:
        return Refusal("wrong_type", arguments={"name": wrong, "expected": "number"})
    if not values:
        return Refusal("nothing_pushed")
    moment = _moment(entry)
    return moment if isinstance(moment, Refusal) else PushedRow(key, _numbers(values), moment)


def _numbers(values: Mapping[str, Any]) -> dict[str, float | None]:
    return {name: None if value is None else float(value) for name, value in values.items()}


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def _moment(entry: Mapping[str, Any]) -> datetime | Refusal | None:
    written = entry.get(_TIME)
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    return Refusal("wrong_time", arguments={"name": _TIME})
