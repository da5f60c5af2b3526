"""Replay: one feed of a recording, played again and again: for an exhibition without network, for a demonstration, for tests.

Its values are marked as a replay and dated as they were measured, never live.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, WithJsonSchema

from maquette.config.documents import FeedDocument, Name, RecordingOptions
from maquette.config.quantities import Seconds
from maquette.config.refusal import refusal
from maquette.config.words import word
from maquette.core.readings import Reading
from maquette.errors import RehearsalError, SeriesError
from maquette.feeds import digest
from maquette.feeds.playback import Pace, Playback, Values, parse_speed, readings
from maquette.feeds.problems import fault
from maquette.feeds.recording import Recording, load_recording
from maquette.feeds.source import Arrival, Connection, Payload, Source


def _read_speed(raw: Any) -> float:
    try:
        return parse_speed(str(raw))
    except RehearsalError as error:
        raise refusal("E111", hint=error.hint, reason=error.message) from None


Speed = Annotated[
    float,
    BeforeValidator(_read_speed),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,4}(\.[0-9]{1,3})?x$", "examples": ["1x", "60x"]}),
]
"""How many times faster than the world: ``60x``."""


class ReplayDocument(RecordingOptions, FeedDocument):
    """A feed that replays one of a recording's."""

    kind: Literal["replay"]
    """The kind of source."""
    feed: Name | None = None
    """Which of the recording's feeds; the one of the same name by default."""
    speed: Speed = 1.0
    """How many times faster than it was, from `1x` to `3600x`; `1x` by default."""
    every: Seconds = 10.0
    """How often its present moment is looked at; 10 s by default."""
    by_key: bool = False
    """Whether its values have keys, such as INSEE codes."""

    @property
    def keyed(self) -> bool:
        """Whether its readings have keys, one per row."""
        return self.by_key


class Played(NamedTuple):
    """What holds of each feed at the present moment of a recording, seconds since 1970."""

    moment: float
    values: Mapping[str, Values]


class _Recording:
    """The recording, read once; it begins when it is first looked at."""

    def __init__(self, path: Path, speed: float, monotonic: Callable[[], float]) -> None:
        self._path = path
        self._speed = speed
        self._monotonic = monotonic
        self._playing: tuple[Pace, Playback] | None = None
        self._lap = 0

    def fetch(self) -> Payload:
        if self._playing is None:
            recording = _loaded(self._path)
            pace = Pace(recording.since, recording.until, self._speed, self._monotonic())
            self._playing = pace, Playback(recording, {})
        pace, playback = self._playing
        lap, moment = pace.at(self._monotonic())
        if lap != self._lap:
            self._lap = lap
            playback.rewind()
        for _known in playback.advance(moment):
            pass
        return Payload(Played(moment, {feed: dict(values) for feed, values in playback.values.items()}))

    def close(self) -> None:
        """Nothing is held open."""


def _loaded(path: Path) -> Recording:
    try:
        if not path.is_file():  # a named pipe would keep us waiting for ever
            raise fault("no_file", path.name)
        return load_recording(path)
    except SeriesError as error:
        raise fault("bad_shape", f"line {error.line}: {word(error.message, 'en')}") from error
    except OSError as error:
        raise fault("no_file", f"{path.name}: {error.strerror}") from error


def _connect(document: ReplayDocument, _wake: Callable[[], None]) -> Connection:
    return _Recording(Path(document.recording), document.speed, time.monotonic)


def _digest(feed: str, document: ReplayDocument, content: Played, _arrival: Arrival) -> tuple[Reading, ...]:
    values = content.values.get(document.feed or feed, {})
    ours = {which: known for which, known in values.items() if (which[1] is not None) is document.by_key}
    found = readings(feed, document, _expected(feed, document), ours, content.moment)
    said = {name: getattr(document, name) for name in ("nature", "source", "licence", "attribution", "place")}
    return tuple(replace(reading, **said) for reading in found)


def _expected(feed: str, document: ReplayDocument) -> tuple[Reading, ...]:
    return tuple(digest.blank(feed, document, name, None, "waiting") for name in document.values)


SOURCE = Source(document=ReplayDocument, connect=_connect, digest=_digest, expected=_expected)
"""How a recording is replayed."""
