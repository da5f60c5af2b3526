"""Paths in JSON: which picks are simple enough to follow while a text is read, and which names picks mention. Pure."""

import re
from collections.abc import Iterable
from typing import Any

import jmespath

_STEP = r"[A-Za-z_][A-Za-z0-9_]*"
_PATH = re.compile(rf"(?:@|{_STEP}(?:\.{_STEP})*)?(?:\[\*?\](?:\.{_STEP})*)?\Z")


def path_of(pick: str) -> tuple[str, ...] | None:
    """Return the steps of a simple path such as ``results`` or ``features[].properties``, or None: it is not simple.

    >>> [path_of(pick) for pick in ("@", "results", "features[].properties", "results[?a]")]
    [('[*]',), ('results', '[*]'), ('features', '[]', 'properties'), None]
    """
    if not pick or not _PATH.match(pick):
        return None
    before, bracket, after = pick.partition("[")
    names = after.partition("]")[2].removeprefix(".")
    return (*_names(before.removeprefix("@")), "[]" if bracket and after.startswith("]") else "[*]", *_names(names))


def _names(dotted: str) -> list[str]:
    return dotted.split(".") if dotted else []


def names_in(picks: Iterable[str]) -> frozenset[str] | None:
    """Return the names that picks of a row mention, or None when one of them may want anything."""
    names = set[str]()
    waiting: list[Any] = [jmespath.compile(pick).parsed for pick in picks if pick != "@"]
    while waiting:
        node = waiting.pop()
        if node["type"] in ("current", "value_projection"):
            return None
        if node["type"] == "field":
            names.add(node["value"])
        waiting.extend(child for child in node["children"] if isinstance(child, dict))
    return frozenset(names)
