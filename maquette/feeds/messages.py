"""Messages of a broker: which topics a feed listens to, what a message says, and whether its sender is there. Pure.

A pattern is a topic as documents write it: ``{key}`` stands for one level, the key of the readings; ``+`` for any one level; ``#``, at
the end, for all that follow.
"""

import json
from dataclasses import dataclass
from typing import Any

from maquette.feeds.source import Row

KEY = "{key}"
LONGEST_TOPIC = 1000
"""Characters of a pattern, at most."""
LONGEST_KEY = 200
"""Characters of a key, at most; a longer one is none."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said last on a topic: under which pattern it was heard, its key if there is one, and what it says, decoded."""

    pattern: str
    key: str | None
    payload: Any


@dataclass(frozen=True, slots=True)
class Heard:
    """All that a feed has heard: rows whose content is a `Said`, and the keys (None: all of them) whose senders are away."""

    rows: tuple[Row, ...]
    offline: frozenset[str | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """A topic is of a pattern; its key, or None when the pattern has none."""

    key: str | None


def is_pattern(text: str) -> bool:
    """Tell whether a text is a pattern: wildcards and the key are levels of their own, and there is one key at most."""
    levels = text.split("/")
    return (
        0 < len(text) <= LONGEST_TOPIC
        and text.isprintable()
        and all(level in ("+", "#", KEY) or not set(level) & set("+#{}") for level in levels)
        and "#" not in levels[:-1]
        and levels.count(KEY) <= 1
    )


def has_key(pattern: str) -> bool:
    """Tell whether a pattern names a key."""
    return KEY in pattern.split("/")


def filter_of(pattern: str) -> str:
    """Return what a broker is asked for."""
    return pattern.replace(KEY, "+")


def match(pattern: str, topic: str) -> Match | None:
    """Return how a topic is of a pattern, or None when it is not."""
    wanted, levels = pattern.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, levels = wanted[:-1], levels[: len(wanted) - 1]
    if len(levels) != len(wanted):
        return None
    key = None
    for want, level in zip(wanted, levels, strict=True):
        if want == KEY:
            if not 0 < len(level) <= LONGEST_KEY:
                return None
            key = level
        elif want not in ("+", level):
            return None
    return Match(key)


def decode(payload: bytes) -> Any:
    """Return what a message says: JSON types, or the text itself when it is no JSON; None when it says nothing or is no text."""
    try:
        text = payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def is_offline(payload: bytes) -> bool:
    """Tell whether a sender says of itself, or a broker of it, that it is away: ``offline``, ``Offline`` or ``{"state": "offline"}``."""
    said = decode(payload)
    if isinstance(said, dict):
        said = said.get("state")
    return isinstance(said, str) and said.lower() == "offline"
