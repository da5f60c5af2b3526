"""The recorder: makes a recording of what the archive kept. It only reads, and may do so beside a running model."""

import math
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from maquette.config.documents import FeedDocument
from maquette.core.message import message
from maquette.core.readings import Nature
from maquette.core.text import words
from maquette.errors import SeriesError
from maquette.feeds.archive import Archive, Entry, Origin
from maquette.feeds.freshness import drop_after
from maquette.feeds.plan import Replay
from maquette.feeds.recording import MOST_LINES, Recording, Row, Section, load_recording

_SAME_S = 1.0  # an end this near to the usual one is the usual one


def record(
    archive: Archive, model: str, feeds: Mapping[str, FeedDocument], since: float, until: float, language: str
) -> Recording:
    """Return what the archive kept of some feeds, with what still held at the beginning.

    Args:
        archive: open to read.
        model: the model's id.
        feeds: which; nothing is taken that a licence forbids to be kept.
        since: seconds since 1970.
        until: seconds since 1970, after ``since``.
        language: of titles.

    Raises:
        ArchiveError: it cannot be read.
        SeriesError: there is more of it than a recording may hold.
    """
    sections: dict[str, Section] = {}
    rows: list[Row] = []
    for feed, document in feeds.items():
        marks: dict[Origin, str] = {}
        units: dict[str, dict[str, str]] = {}
        ends: dict[tuple[str, str, str | None], float] = {}
        for entry in _entries(archive, feed, document, since, until):
            mark = marks.setdefault(entry.origin, f"{feed}~{len(marks) + 1}" if marks else feed)
            if entry.unit is not None:
                units.setdefault(mark, {})[entry.name] = entry.unit
            series = (mark, entry.name, entry.key)
            if ends.get(series, entry.time) < entry.time:
                rows.append(Row(ends[series], *series, None))
            ends[series] = math.inf if entry.until > entry.time + document.fresh_for - _SAME_S else _to_ms(entry.until)
            rows.append(Row(_to_ms(entry.time), *series, entry.value))
            if len(rows) > MOST_LINES // 2:
                raise SeriesError(message("series_too_long", limit=MOST_LINES // 2), line=MOST_LINES // 2)
        rows += [Row(end, *series, None) for series, end in ends.items() if end < until]
        title = words(document.title, language)
        sections |= {mark: _section(mark, title, origin, units.get(mark, {})) for origin, mark in marks.items()}
    rows.sort(key=lambda row: (row.time, row.mark, row.name, row.key or ""))
    return Recording(model, since, until, sections, tuple(rows))


def read(feeds: Mapping[str, FeedDocument], replay: Replay) -> Recording:
    """Return what a plan says is to be played.

    Raises:
        SeriesError: it is no recording, or too long.
        OSError: it cannot be read.
    """
    if replay.span is None:
        return load_recording(Path(replay.path))
    with closing(Archive(Path(replay.path), reading=True)) as archive:
        return record(archive, "", feeds, *replay.span, "")


def _entries(archive: Archive, feed: str, document: FeedDocument, since: float, until: float) -> Iterator[Entry]:
    """Yield of each series the last value that was not dropped at the beginning of a stretch, then the feed's values within it."""
    held: dict[tuple[Origin, str, str | None], Entry] = {}
    within: list[Entry] = []
    for entry in archive.points(feed, since - drop_after(document.fresh_for, document.drop_after), until):
        if "no_storage" in entry.origin.duties:
            continue
        if entry.time >= since:
            within.append(entry)
        else:  # a later one of the same series replaces it, for within an origin they come by time
            held[entry.origin, entry.name, entry.key] = entry
    yield from held.values()
    yield from within


def _to_ms(time: float) -> float:
    return round(time, 3)


def _section(mark: str, title: str, origin: Origin, units: Mapping[str, str]) -> Section:
    return Section(
        mark,
        title,
        Nature(origin.nature),
        origin.source,
        origin.licence,
        origin.attribution,
        origin.place,
        origin.duties,
        units,
    )
