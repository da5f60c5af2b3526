"""Given: values that stand in a small file, such as a survey, a count at the roadside, or what a class has measured.

The file is a series (see `maquette.core.given`). One whose times stand in the calendar is dated by them and ages like any feed. One whose
times count from now never ages, so nobody can have measured it then: its values are samples, and called so.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from maquette.config.documents import FeedDocument
from maquette.config.quantities import Seconds
from maquette.core.given import LARGEST_FILE, GivenValue, read_given
from maquette.core.readings import Quality, Reading
from maquette.core.series import Series
from maquette.errors import SeriesError
from maquette.feeds import digest, freshness
from maquette.feeds.problems import fault
from maquette.feeds.source import Arrival, Connection, Payload, Source


class GivenDocument(FeedDocument):
    """A feed whose values stand in a small file."""

    kind: Literal["given"]
    """The kind of source."""
    series: str
    """The file of its values, relative to this document: see the guide of ready-made feeds."""
    by_key: bool = False
    """Whether the file has a column `key`, one row for each."""
    every: Seconds = 60.0
    """How often the file is looked at; 1 min by default."""

    @property
    def keyed(self) -> bool:
        """Whether its readings have keys, one per row."""
        return self.by_key


class _File:
    """The file; it is small and local, so it is read anew each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fetch(self) -> Payload:
        try:
            with self._path.open("rb") as stream:
                raw = stream.read(LARGEST_FILE + 1)
            if len(raw) > LARGEST_FILE:
                raise fault("too_large", self._path.name)
            return Payload(raw.decode("utf-8"))
        except OSError as error:
            raise fault("no_file", f"{self._path.name}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise fault("wrong_encoding", self._path.name) from error

    def close(self) -> None:
        """Nothing is held open."""


def _connect(document: GivenDocument, _wake: Callable[[], None]) -> Connection:
    return _File(Path(document.series))


def _digest(feed: str, document: GivenDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    zone = UTC if arrival.clock is None else arrival.clock.local.tzinfo or UTC
    values = {name: GivenValue(value.plausible) for name, value in document.values.items()}
    try:
        given = read_given(content, values, keyed=document.keyed, zone=zone, fresh_for_s=document.fresh_for)
    except SeriesError as error:
        raise fault("bad_shape", f"line {error.line}") from error
    read = _sample if given.relative else _dated
    return tuple(
        read(digest.blank(feed, document, name, key, None), series, document, arrival)
        for (name, key), series in given.series.items()
    )


def _sample(unknown: Reading, series: Series, _document: GivenDocument, _arrival: Arrival) -> Reading:
    """Return what holds now in a series that counts from now: a sample, without any date."""
    index = series.at(0.0)
    if index is None:
        return replace(unknown, problem="no_present")
    return replace(unknown, value=float(series.values[index]), quality=Quality.SAMPLE, problem="given")


def _dated(unknown: Reading, series: Series, document: GivenDocument, arrival: Arrival) -> Reading:
    """Return the newest value that is not of the future, as old as its date says."""
    if arrival.now is None:
        return replace(unknown, problem="no_clock")
    past = series.before(arrival.now.timestamp())
    if not len(past):
        return replace(unknown, problem="future")
    measured_at = datetime.fromtimestamp(float(past.times[-1]), UTC)
    dated = replace(
        unknown, value=float(past.values[-1]), measured_at=measured_at, fetched_at=arrival.now.astimezone(UTC)
    )
    span = freshness.span(document.fresh_for, document.drop_after, arrival.monotonic_s, arrival.now, measured_at, None)
    return freshness.aged(dated, span, arrival.monotonic_s)


def _expected(feed: str, document: GivenDocument) -> tuple[Reading, ...]:
    return tuple(digest.blank(feed, document, name, None, "waiting") for name in document.values)


SOURCE = Source(document=GivenDocument, connect=_connect, digest=_digest, expected=_expected)
"""How a given file is read."""
