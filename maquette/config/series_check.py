"""Files of earlier values that feeds name: found and read here, so that a fault is told before anything is shown."""

from datetime import UTC, tzinfo
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from maquette.config.documents import FeedDocument
from maquette.config.draft import Draft
from maquette.config.tree import Path
from maquette.config.yaml import reason_of
from maquette.core.given import LARGEST_FILE, GivenValue, read_given
from maquette.core.message import message
from maquette.errors import SeriesError


def with_series(draft: Draft, path: Path, feed: FeedDocument, folder: FilePath, time_zone: str) -> FeedDocument:
    """Return a feed with the absolute path of its series, or without one that is of no use, which is noted in the draft.

    Args:
        draft: config.yaml.
        path: where the feed stands in it.
        feed: the feed.
        folder: to which the path is relative.
        time_zone: of the territory.
    """
    if feed.series is None:
        return feed
    file = (folder / feed.series).absolute()
    where: Path = (*path, "series")
    try:
        if not file.is_file():  # a named pipe would keep us waiting for ever
            draft.report("W040", where, name=feed.series, reason=message("no_such_file"))
        elif file.stat().st_size > LARGEST_FILE:
            draft.report("W040", where, name=feed.series, reason=message("too_large", limit=LARGEST_FILE / 1e6))
        else:
            _read(file, feed, time_zone)
            return feed.model_copy(update={"series": str(file)})
    except SeriesError as error:
        draft.report("W040.line", where, hint=error.hint, name=feed.series, line=error.line, reason=error.message)
    except UnicodeDecodeError:
        draft.report("W040", where, name=feed.series, reason=message("no_utf_8"))
    except OSError as error:
        draft.report("W040", where, name=feed.series, reason=reason_of(error))
    return feed.model_copy(update={"series": None})


def _read(file: FilePath, feed: FeedDocument, time_zone: str) -> None:
    try:
        zone: tzinfo = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        zone = UTC  # an unknown time zone is told at its own place
    values = {name: GivenValue(value.plausible) for name, value in feed.values.items()}
    read_given(file.read_text("utf-8"), values, keyed=feed.keyed, zone=zone, fresh_for_s=feed.fresh_for)
