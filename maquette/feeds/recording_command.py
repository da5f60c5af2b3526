"""The commands around recordings: `record` writes one out of the archive, `replay` looks for what is to be played. Neither writes there."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from maquette.config.documents import FeedDocument
from maquette.config.installation import Installation
from maquette.config.problems import did_you_mean
from maquette.config.words import word
from maquette.config.yaml import reason_of
from maquette.core.calendar import parse_date, parse_instant
from maquette.core.message import Message, message
from maquette.core.readings import iso
from maquette.errors import ArchiveError, CalendarError, RehearsalError, SeriesError
from maquette.feeds.archive import Archive
from maquette.feeds.archivist import FILE
from maquette.feeds.plan import Replay
from maquette.feeds.playback import parse_speed
from maquette.feeds.recorder import read, record
from maquette.feeds.recording import Recording, write_recording
from maquette.ops.clock import read_clock
from maquette.ops.state import write_atomically

DAY = timedelta(days=1)
"""How long what is recorded lasts; less when it is not over."""
STDOUT = "-"
"""The name of the file that is the terminal, or the next programme."""


def run_record(
    installation: Installation,
    when: str | None,
    names: Sequence[str],
    target: str,
    state: Path,
    language: str,
) -> int:
    """Write what the archive kept of a day, or of the day from a moment on.

    Args:
        installation: whose feeds.
        when: a day, a moment, or None: the last 24 hours.
        names: of feeds; all when there is none.
        target: the file, or ``-``.
        state: the model's state folder.
        language: of what is told.

    Returns:
        0; 1 when there is nothing to write or no way to write it, 2 when there is no such feed or moment.
    """
    unknown = next((name for name in names if name not in installation.feeds), None)
    if unknown is not None:
        return _refuse(message("E205", name=unknown), did_you_mean(unknown, installation.feeds), language, 2)
    try:
        since, until = _span(when, _now(installation))
    except CalendarError as error:
        return _refuse(error.message, message("days"), language, 2)
    chosen = {name: one for name, one in installation.feeds.items() if not names or name in names}
    try:
        recording, kept = _recorded(installation, chosen, since, until, state, language)
    except RehearsalError as error:
        return _refuse(error.message, error.hint, language, 1)
    if not recording.sections:
        told = message("record_nothing", since=iso(since) or "", until=iso(until) or "")
        return _refuse(told, None, language, 1)
    silent = [name for name in kept if name not in recording.sections]
    if silent:
        _tell(message("record_without", names=", ".join(silent)), language)
    text = write_recording(recording)
    if target == STDOUT:
        sys.stdout.write(text)
        return 0
    try:
        write_atomically(Path(target), text.encode())
    except OSError as error:
        return _refuse(message("not_written", name=target, reason=reason_of(error)), None, language, 1)
    count = len(recording.rows)
    _tell(message("record_made", name=target, count=count, since=iso(since) or "", until=iso(until) or ""), language)
    return 0


def replay_of(installation: Installation, what: str, speed: str, state: Path, language: str) -> Replay | None:
    """Return what is to be played, once it has been read; None when it cannot be, and that is told.

    Args:
        installation: whose feeds.
        what: a recording's path, a day or a moment.
        speed: such as ``60x``.
        state: the model's state folder.
        language: of what is told.
    """
    try:
        return _replay_of(installation, what, speed, state)
    except RehearsalError as error:
        _refuse(error.message, error.hint, language, 2)
        return None


def _replay_of(installation: Installation, what: str, speed: str, state: Path) -> Replay:
    pace, path = parse_speed(speed), Path(what)
    if path.is_file():
        replay = Replay(str(path.absolute()), pace)
        _read(installation.feeds, replay, path)
        return replay
    try:
        since, until = _span(what, _now(installation))
    except CalendarError:
        raise RehearsalError(message("recording_neither", text=what), message("days")) from None
    path = _archive_of(state)
    replay = Replay(str(path.absolute()), pace, (since.timestamp(), until.timestamp()))
    if not _read(installation.feeds, replay, path).rows:
        raise RehearsalError(message("record_nothing", since=iso(since) or "", until=iso(until) or ""))
    return replay


def _now(installation: Installation) -> datetime:
    return read_clock(ZoneInfo(installation.time_zone)).local


def _read(feeds: Mapping[str, FeedDocument], replay: Replay, path: Path) -> Recording:
    try:
        return read(feeds, replay)
    except SeriesError as error:
        told = message("recording_line", name=path.name, line=error.line, reason=error.message)
        raise RehearsalError(told, error.hint) from None
    except ArchiveError as error:
        raise RehearsalError(message("history_unreadable", reason=str(error))) from None
    except OSError as error:
        raise RehearsalError(message("recording_unusable", name=path.name, reason=reason_of(error))) from None


def _recorded(
    installation: Installation,
    chosen: Mapping[str, FeedDocument],
    since: datetime,
    until: datetime,
    state: Path,
    language: str,
) -> tuple[Recording, list[str]]:
    """Return what was kept, and the names of the feeds whose licence lets it be; the others are told."""
    path = _archive_of(state)
    try:
        with closing(Archive(path, reading=True)) as archive:
            forbidden = {one.feed: one.licence for one in archive.origins if "no_storage" in one.duties}
            forbidden |= {name: one.licence for name, one in chosen.items() if "no_storage" in one.duties}
            for name in chosen.keys() & forbidden.keys():
                _tell(message("record_forbidden", feed=name, licence=forbidden[name]), language)
            kept = {name: one for name, one in chosen.items() if name not in forbidden}
            made = record(archive, installation.id, kept, since.timestamp(), until.timestamp(), language)
            return made, list(kept)
    except ArchiveError as error:
        raise RehearsalError(message("history_unreadable", reason=str(error))) from None
    except SeriesError as error:
        raise RehearsalError(error.message, error.hint) from None


def _archive_of(state: Path) -> Path:
    path = state / FILE
    if not path.is_file():
        raise RehearsalError(message("no_history", name=str(path)))
    return path


def _span(when: str | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment and the end of what is recorded.

    Raises:
        CalendarError: it is neither a day nor a moment, or not over.
    """
    if when is None:
        return now - DAY, now
    try:
        day = parse_date(when)
        # Midnights of the territory, which may lie 23 or 25 hours apart.
        since, until = (datetime(one.year, one.month, one.day, tzinfo=now.tzinfo) for one in (day, day + DAY))
    except CalendarError:
        since = parse_instant(when.replace("T", " ") if when[10:11] == "T" else when).at(now)
        until = since + DAY
    if since >= now:
        raise CalendarError(message("recording_neither", text=when))
    return since, min(until, now)


def _refuse(told: Message, hint: Message | None, language: str, code: int) -> int:
    _tell(told if hint is None else message("with_hint", message=told, hint=hint), language)
    return code


def _tell(told: Message, language: str) -> None:
    print(f"maquette: {word(told, language)}", file=sys.stderr)
