"""Samples: a shipped payload in the documented shape, read like any other and called a sample everywhere it is shown.

A relative path is looked for in the catalogue's folder.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from maquette.config.documents import FeedDocument
from maquette.core.readings import Quality, Reading
from maquette.errors import FeedError
from maquette.feeds.json_text import read_json
from maquette.feeds.problems import fault
from maquette.feeds.source import Arrival, Source

CATALOGUE = Path(__file__).parent / "catalogue"
"""The folder of ready-made feeds."""


def read_sample(feed: str, document: FeedDocument, source: Source, problem: str) -> tuple[Reading, ...]:
    """Return the readings of a feed's sample: quality SAMPLE, without any date.

    Args:
        feed: the feed's name.
        document: the feed's document; without a ``sample`` there are no readings.
        source: how its kind is read.
        problem: why a sample is needed; every reading carries it.

    Raises:
        FeedError: the sample cannot be read or has no value.
    """
    if document.sample is None:
        return ()
    content = _content(document.sample, document, source)
    readings = source.digest(feed, document, content, Arrival(None, 0.0))
    if all(reading.quality is Quality.MISSING for reading in readings):
        raise fault("no_row", f"sample {Path(document.sample).name}")
    return tuple(replace(reading, problem=problem) for reading in readings)


def documented(document: FeedDocument, source: Source) -> Any:
    """Return the content of a feed's sample, which has the documented shape, or None when there is none that can be read."""
    try:
        return None if document.sample is None else _content(document.sample, document, source)
    except FeedError:
        return None


def _content(sample: str, document: FeedDocument, source: Source) -> Any:
    path = CATALOGUE / sample
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise fault("no_file", f"sample {path.name}: {error.strerror}") from error
    return read_json(raw) if source.sample is None else source.sample(document, raw)
