"""Which readings a broker is told, and on which topic: those of now that the documents use, in their order."""

import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import quote

from maquette.core.exhibition import Exhibition
from maquette.core.readings import Reading, Readings

READINGS_AT_MOST = 500
"""Readings that a broker is told; a table of thousands of rows is none of its business."""
KEY_LENGTH = 100
"""Signs of a key in a topic at most; a longer one is cut, and its checksum tells it from others."""


def told_readings(exhibition: Exhibition, readings: Readings) -> Iterator[Reading]:
    """Yield the readings that a broker is told: the values that the documents use, in their order, row by row."""
    used = (card for card in exhibition.values if card.used)
    rows: Iterable[Reading] = (reading for card in used for reading in readings.rows(card.feed, card.name).values())
    return islice(rows, READINGS_AT_MOST)


def reading_topic(feed: str, name: str, key: str | None) -> str:
    """Return the topic of a reading below the model's own: ``reading/river/flow``, ``reading/air/index/69276``.

    In a key, spaces and signs that mean something in topics are written as in web addresses (``%2F``).
    """
    return f"reading/{feed}/{name}" if key is None else f"reading/{feed}/{name}/{_level(key)}"


def object_id(*names: str) -> str:
    """Return an identifier made of these names for machines that know only letters, digits, ``_`` and ``-``."""
    plain = "-".join(re.sub(r"[^A-Za-z0-9_-]", "_", name) for name in names)
    lossless = "-".join(names)
    if plain == lossless and len(plain) <= KEY_LENGTH:
        return plain
    return f"{plain[:KEY_LENGTH]}-{zlib.crc32(lossless.encode(errors='replace')):08x}"


def awaited(exhibition: Exhibition, readings: Readings) -> Iterator[tuple[str, str]]:
    """Yield the values that the documents use and of which nothing has come yet: (feed, value)."""
    for card in exhibition.values:
        if card.used and not readings.rows(card.feed, card.name):
            yield card.feed, card.name


def _level(key: str) -> str:
    level = _NOT_IN_A_LEVEL.sub(lambda found: quote(found[0], safe="", errors="replace"), key)
    if len(level) <= KEY_LENGTH:
        return level or "%"
    return f"{level[:KEY_LENGTH]}-{zlib.crc32(key.encode(errors='replace')):08x}"


_NOT_IN_A_LEVEL = re.compile(r"[^\w.,:;@=()'!*~-]")
