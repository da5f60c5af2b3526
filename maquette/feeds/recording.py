"""A recording: what feeds said in a stretch of time, in a text file that a person can read, with whose it is and what its licence asks.

    # Maquette recording 1
    # model: lyon
    # from: 2026-11-25T00:00:00Z
    # until: 2026-11-26T00:00:00Z
    #
    # feed: river
    # title: The Rhône at Lyon
    # nature: measured
    # source: Hub'Eau
    # licence: Licence Ouverte 2.0
    # attribution: Hub'Eau, 2026
    # duties: attribution, date
    # unit of flow: m³/s
    #
    time,feed,name,key,value
    2026-11-24T23:50:00Z,river,flow,,812.5
    2026-11-25T00:10:00Z,river,flow,,815

Times are those of the measurements (UTC), none earlier than the line before; the first lines say what still held at the beginning. An empty
value says that it is not known from then on. A feed for which another source stood in has a second header, ``river~2``, which its lines
name. Other lines of the header are for people.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from maquette.core.message import message
from maquette.core.readings import Nature
from maquette.errors import SeriesError

FORMAT = 1
"""The format that is written, and the newest that is read."""
MOST_LINES = 500_000
"""Lines that a file may have."""
LARGEST_FILE = 50_000_000
"""Bytes that a file may have."""

_FIRST = "# Maquette recording"
_COLUMNS = ["time", "feed", "name", "key", "value"]
_HEAD = re.compile(r"#\s*([a-z]+|unit of [a-z][a-z0-9_]*):(.*)", re.ASCII)
_MARK = re.compile(r"[a-z][a-z0-9_]*(~[0-9]+)?", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_UNIT = "unit of "


@dataclass(frozen=True, slots=True)
class Section:
    """What the header says of a feed, or of one that stood in for it.

    Attributes:
        mark: the feed's name, with ``~2`` and so on for what stood in for it.
        title: what people call it, or empty.
        nature: where its values come from.
        source: who made them.
        licence: under which licence.
        attribution: the words that the licence asks to be shown.
        place: where, in words, or None.
        duties: what the licence asks, in the words of the documents.
        units: value's name → its unit, where it has one.
    """

    mark: str
    title: str
    nature: Nature
    source: str
    licence: str
    attribution: str = ""
    place: str | None = None
    duties: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def feed(self) -> str:
        """The name of the feed whose values these are."""
        return self.mark.partition("~")[0]


class Row(NamedTuple):
    """One value: when it was measured, which section tells of it, its name, its key or None, and a finite number.

    Times are seconds since 1970. A value None says that it is not known from then on.
    """

    time: float
    mark: str
    name: str
    key: str | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file says.

    Attributes:
        model: the id of the model that it was made of.
        since: its first moment, seconds since 1970.
        until: its end, after ``since``.
        sections: mark → what is said of it.
        rows: by time; the first may be older than ``since``, none is later than ``until``.
    """

    model: str
    since: float
    until: float
    sections: Mapping[str, Section]
    rows: tuple[Row, ...]


def write_recording(recording: Recording) -> str:
    """Return the text of a recording."""
    head = [f"{_FIRST} {FORMAT}", _line("model", recording.model)]
    head += [_line("from", _written(recording.since)), _line("until", _written(recording.until)), "#"]
    for section in recording.sections.values():
        head += [line for line in _section_lines(section) if line]
        head.append("#")
    text = io.StringIO()
    text.write("\n".join(head) + "\n")
    table = csv.writer(text, lineterminator="\n")
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    table.writerow(_COLUMNS)
    for row in recording.rows:
        value = "" if row.value is None else repr(row.value).removesuffix(".0")
        # The library quotes no carriage return by itself, and then reads it as an end of line.
        writer = quoted if row.key is not None and "\r" in row.key else table
        writer.writerow([_written(row.time), row.mark, row.name, row.key or "", value])
    return text.getvalue()


def _section_lines(section: Section) -> Iterator[str]:
    yield _line("feed", section.mark)
    yield _line("title", section.title)
    yield _line("nature", section.nature.value)
    yield _line("source", section.source)
    yield _line("licence", section.licence)
    yield _line("attribution", section.attribution)
    yield _line("place", section.place or "")
    yield _line("duties", ", ".join(section.duties))
    for name, unit in section.units.items():
        yield _line(f"{_UNIT}{name}", unit)


def _line(key: str, text: str) -> str:
    words = " ".join(text.splitlines()).strip()
    return f"# {key}: {words}" if words or key in ("source", "licence", "model") else ""


def _written(time: float) -> str:
    moment = datetime.fromtimestamp(round(time, 3), UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def read_recording(text: str) -> Recording:
    """Read the text of a recording.

    Raises:
        SeriesError: it is not as this module says, or of a newer format; it carries the line.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if len(lines) > MOST_LINES:
        raise SeriesError(message("series_too_long", limit=MOST_LINES), line=MOST_LINES)
    _check_format(lines[0].strip())
    count = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    whole, parts = _heads(lines[:count])
    model = whole.get("model", _Said("", 1)).text
    since, until = (_moment(whole, key) for key in ("from", "until"))
    if until <= since:
        raise SeriesError(message("recording_backwards"), line=whole["until"].line)
    sections = {mark: _section(mark, said) for mark, said in parts.items()}
    rows = tuple(_rows(lines[count:], count, sections))
    if rows and rows[-1].time > until:
        raise SeriesError(message("recording_after_end"), line=whole["until"].line)
    return Recording(model, since, until, sections, rows)


def load_recording(path: Path) -> Recording:
    """Read a recording from a file.

    Raises:
        SeriesError: it is none.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise SeriesError(message("too_large", limit=LARGEST_FILE / 1e6), line=1)
    try:
        return read_recording(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SeriesError(message("no_utf_8"), line=line) from None


class _Said(NamedTuple):
    """What a line of the header says, and which line it is, from 1."""

    text: str
    line: int


def _check_format(first: str) -> None:
    found = first.removeprefix(_FIRST).strip()
    if not first.startswith(_FIRST) or not found.isascii() or not found.isdigit() or len(found) > 9:
        raise SeriesError(message("recording_first", first=f"{_FIRST} {FORMAT}"), line=1)
    if int(found) != FORMAT:
        raise SeriesError(message("recording_format", found=found, known=FORMAT), line=1)


def _heads(lines: list[str]) -> tuple[dict[str, _Said], dict[str, dict[str, _Said]]]:
    """Return what the header says of the whole, and of each feed."""
    whole: dict[str, _Said] = {}
    parts: dict[str, dict[str, _Said]] = {}
    here = whole
    for number, line in enumerate(lines, 1):
        match = _HEAD.fullmatch(line.strip())
        if match is None:
            continue
        key, said = match[1], _Said(match[2].strip(), number)
        if key == "feed":
            if not _MARK.fullmatch(said.text):
                raise SeriesError(message("recording_no_name", name=said.text), line=number)
            if said.text in parts:
                raise SeriesError(message("recording_twice", key=f"feed: {said.text}"), line=number)
            here = parts[said.text] = {}
        elif key in here:
            raise SeriesError(message("recording_twice", key=key), line=number)
        here[key] = said
    return whole, parts


def _moment(whole: Mapping[str, _Said], key: str) -> float:
    if key not in whole:
        raise SeriesError(message("recording_lacks", key=key), line=1)
    return _time(*whole[key])


def _section(mark: str, said: Mapping[str, _Said]) -> Section:
    for key in ("nature", "source", "licence"):
        if key not in said:
            raise SeriesError(message("recording_lacks", key=key), line=said["feed"].line)
    nature = next((one for one in Nature if one.value == said["nature"].text), None)
    if nature is None:
        hint = message("there_are", names=", ".join(Nature))
        raise SeriesError(message("recording_no_nature", text=said["nature"].text), line=said["nature"].line, hint=hint)
    other = {key: one.text for key, one in said.items()}
    return Section(
        mark,
        other.get("title", ""),
        nature,
        other["source"],
        other["licence"],
        other.get("attribution", ""),
        other.get("place") or None,
        tuple(duty.strip() for duty in other.get("duties", "").split(",") if duty.strip()),
        {key.removeprefix(_UNIT): unit for key, unit in other.items() if key.startswith(_UNIT) and unit},
    )


def _rows(lines: list[str], before: int, sections: Mapping[str, Section]) -> Iterator[Row]:
    """Yield the rows of the table; ``before`` it there are that many lines."""
    table = csv.reader((f"{line}\n" for line in lines), strict=True)
    latest, headed = -math.inf, False
    while True:
        line = before + table.line_num + 1
        try:
            cells = next(table)
        except StopIteration:
            break
        except csv.Error:
            raise SeriesError(message("series_unreadable"), line=line) from None
        if not cells or cells == [""]:
            continue
        if not headed:
            if cells != _COLUMNS:
                hint = message("series_columns", example=",".join(_COLUMNS))
                raise SeriesError(message("series_head", found=",".join(cells)[:40]), line=line, hint=hint)
            headed = True
            continue
        row = _row(cells, sections, line)
        if row.time < latest:
            raise SeriesError(message("recording_order", time=cells[0]), line=line)
        latest = row.time
        yield row
    if not headed:
        raise SeriesError(message("recording_lacks", key=",".join(_COLUMNS)), line=before + 1)


def _row(cells: list[str], sections: Mapping[str, Section], line: int) -> Row:
    if len(cells) != len(_COLUMNS):
        told = message("series_cells", wanted=len(_COLUMNS), found=len(cells))
        raise SeriesError(told, line=line, hint=message("decimal_point"))
    time, mark, name, key, value = cells
    if mark not in sections:
        hint = message("there_are", names=", ".join(sections)) if sections else None
        raise SeriesError(message("recording_no_feed", feed=mark), line=line, hint=hint)
    number = (float(value) if _NUMBER.fullmatch(value) else math.nan) if value else None
    if number is not None and not math.isfinite(number):
        raise SeriesError(message("series_no_number", written=value), line=line, hint=message("series_numbers"))
    return Row(_time(time, line), mark, name, key or None, number)


def _time(written: str, line: int) -> float:
    try:
        if not _TIME.fullmatch(written):
            raise ValueError
        return datetime.fromisoformat(written).timestamp()
    except ValueError:
        hint = message("example_text", example="2026-11-20T08:00:00Z")
        raise SeriesError(message("series_no_time", time=written), line=line, hint=hint) from None
