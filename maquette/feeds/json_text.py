"""JSON text: bytes that came become JSON types, or a `FeedError` that says what they are instead."""

import json
from collections import Counter
from typing import Any

from maquette.feeds.problems import fault


def read_json(body: bytes, charset: str | None = None) -> Any:
    """Return what JSON text says; a key that stands twice in a mapping says nothing (None).

    Args:
        body: the text.
        charset: how it is encoded, or None when nobody says: then it is UTF-8, unless its first bytes say otherwise.

    Raises:
        FeedError: ``empty``, ``wrong_encoding``, ``html`` or ``not_json``.
    """
    if not body.strip():
        raise fault("empty")
    charset = charset or json.detect_encoding(body)
    try:
        text = body.decode(charset).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise fault("wrong_encoding", charset) from error
    start = text.lstrip()[:200].lower()
    if start.startswith("<"):
        raise fault("html" if "<html" in start or "<!doctype html" in start else "not_json", "it begins with '<'")
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise fault("not_json", str(error)[:80]) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping; where a key stands twice nobody knows which of its values is meant."""
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        mapping.update((name, None) for name, count in Counter(name for name, _ in pairs).items() if count > 1)
    return mapping
