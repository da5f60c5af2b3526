"""Given series: the past of a rehearsal, from the file that somebody gives and from those that the feeds bring along."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from maquette.config.documents import FeedDocument
from maquette.config.problems import did_you_mean
from maquette.config.yaml import reason_of
from maquette.core.given import LARGEST_FILE, Given, GivenValue, read_given
from maquette.core.message import Message, message
from maquette.core.readings import Quality, ReadingKey
from maquette.core.series import Series, value_at
from maquette.errors import RehearsalError, SeriesError
from maquette.rehearsal.values import Origin, Values


def with_feeds_series(values: Values, feeds: Mapping[str, FeedDocument], zone: tzinfo) -> Values:
    """Return the same, with the past that the feeds' own files give; what they say of now counts where there is no sample."""
    for feed, document in feeds.items():
        if document.series is not None:
            try:
                given = _read(Path(document.series), feed, document, zone)
            except RehearsalError:  # told by the check, as a warning
                continue
            series = _series(values, feed, given)
            unsampled = {key: past for key, past in series.items() if values.origins.get(key[:2]) is not Origin.SAMPLE}
            # A file whose times count from now never ages: nobody can have measured it then.
            values = _with_present(values, unsampled, Origin.SAMPLE if given.relative else Origin.FILE)
            values = replace(values, series={**values.series, **series})
    return values


def with_series(values: Values, written: str, feeds: Mapping[str, FeedDocument], zone: tzinfo) -> Values:
    """Return the same, with the past and the present that a file gives: ``FILE``, or ``FEED=FILE``.

    Raises:
        RehearsalError: the file cannot be read, or it is not known of which feed it is.
    """
    feed, _, file = written.partition("=") if "=" in written else (None, "", written)
    path = Path(file)
    if feed is None:
        feed = _feed_of(path, feeds)
    elif feed not in feeds:
        raise RehearsalError(message("E205", name=feed), did_you_mean(feed, feeds))
    series = _series(values, feed, _read(path, feed, feeds[feed], zone))
    values = _with_present(values, series, Origin.SERIES)
    return replace(values, series={**values.series, **series})


def _with_present(values: Values, series: Mapping[ReadingKey, Series], origin: Origin) -> Values:
    """Return the same, with what holds now in some series; in a keyed feed of which some rows are given, the others are unknown."""
    readings, origins = dict(values.readings), dict(values.origins)
    given = {key[:2] for key in series}
    for key, reading in values.readings.items():
        if key[:2] in given:
            now = value_at(series[key], 0.0).value if key in series else None
            quality = Quality.MISSING if now is None else Quality.LIVE
            readings[key] = replace(reading, value=now, quality=quality, problem=None if now is not None else "no_row")
    origins.update(dict.fromkeys(given, origin))
    return replace(values, readings=readings, origins=origins)


def _series(values: Values, feed: str, given: Given) -> dict[ReadingKey, Series]:
    """Return the series of a file by reading; now is the moment from which it counts, or the last that it names."""
    last = max((float(s.times[-1]) for s in given.series.values() if len(s)), default=0.0)
    known = ((feed, name, key) for name, key in given.series)
    return {
        reading: given.series[reading[1], reading[2]].moved(0.0 if given.relative else -last)
        for reading in known
        if reading in values.readings
    }


def _read(path: Path, feed: str, document: FeedDocument, zone: tzinfo) -> Given:
    text = _text(path)
    values = {name: GivenValue(value.plausible) for name, value in document.values.items()}
    try:
        return read_given(text, values, keyed=document.keyed, zone=zone, fresh_for_s=document.fresh_for)
    except SeriesError as error:
        told = message("series_of_feed", name=str(path), line=error.line, feed=feed, reason=error.message)
        raise RehearsalError(told, error.hint) from error


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise _refused(path, message("no_such_file"))
        if path.stat().st_size > LARGEST_FILE:
            raise _refused(path, message("too_large", limit=LARGEST_FILE / 1e6))
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise _refused(path, message("no_utf_8")) from None
    except OSError as error:
        raise _refused(path, reason_of(error)) from None


def _refused(path: Path, reason: Message) -> RehearsalError:
    return RehearsalError(message("series_unusable", name=str(path), reason=reason))


def _feed_of(path: Path, feeds: Mapping[str, FeedDocument]) -> str:
    """Return the only feed that has all the values which a file names."""
    head = next((line for line in _text(path).split("\n") if line.strip() and not line.startswith("#")), "")
    named = {cell.strip() for cell in head.removeprefix("\ufeff").split(",")} - {"time", "key", ""}
    fitting = [name for name, document in feeds.items() if named and named <= set(document.values)]
    if len(fitting) == 1:
        return fitting[0]
    names: Iterable[str] = fitting or feeds
    hint = message("write_plain", written=f"--series {next(iter(names), 'FEED')}={path}")
    raise RehearsalError(message("series_of_which", name=str(path)), hint)
