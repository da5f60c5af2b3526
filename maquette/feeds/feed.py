"""A feed: what is known of it now, and what each answer or failure makes of that. Decides; neither fetches nor waits.

After a failure the last readings stay and age by themselves; a sample stands in only where nothing real ever came.
"""

import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from maquette.config.documents import FeedDocument
from maquette.config.words import word
from maquette.core.alerts import Alert, Severity
from maquette.core.message import Message, message
from maquette.core.readings import Quality, Reading, ReadingsUpdate
from maquette.errors import FeedError
from maquette.feeds import freshness
from maquette.feeds.problems import PROBLEMS, Problem, fault
from maquette.feeds.sample import read_sample
from maquette.feeds.source import Source
from maquette.feeds.store import Kept

log = logging.getLogger(__name__)

FIRST_RETRY_S = 15.0
"""Seconds to the first try after a failure; doubled each time."""
LONGEST_RETRY_S = 3600.0
"""Seconds between tries at most, where the feed is asked more rarely than that."""
PATIENT = ("waiting", "warming_up")
"""What is no failure: it ends by itself."""
JITTER = 0.1
"""Waits are longer by up to this share, so that a hall of models does not ask all at once."""


AWAY: Problem = "offline"
"""The problem of a value whose sensor is known to be away."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from an answer or a failure.

    Attributes:
        update: readings to publish, or None.
        alerts: raised or over.
        wait_s: seconds until the feed is asked again.
        error: why it failed, or None when it gave values.
    """

    update: ReadingsUpdate | None
    alerts: tuple[Alert, ...]
    wait_s: float
    error: FeedError | None = None


class Feed:
    """One feed's readings and troubles; or those of an alternative to it, whose readings bear the same name."""

    def __init__(self, name: str, document: FeedDocument, source: Source, alternative: int = 0) -> None:
        """Begin without readings.

        Args:
            name: the feed's name.
            document: what is asked.
            source: how its kind is read.
            alternative: 0 for the feed itself, 1 for its first alternative, and so on.
        """
        self.name = name
        self.id = f"{name}.{alternative}" if alternative else name
        self.document = document
        self.source = source
        self.is_alternative = alternative > 0
        self.readings: tuple[Reading, ...] = ()
        self.heard = False
        """Whether it has been asked, whatever came of it."""
        self._failures = 0
        self._problem: str | None = None  # why it fails
        # Alert → what it says, None: it is over; unless it is here, one of an earlier life of this process may stand.
        self._said: dict[str, object] = {}
        self._partly_failing = False
        self.once_live = False
        """Whether it ever gave real values: then its sample is of no use any more."""
        self._sample_tried = False
        # Seeded by its name: spread over the feeds, the same at each start.
        self._random = random.Random(self.id)  # noqa: S311 - nothing secret

    def kept_for(self, document: FeedDocument) -> Kept:
        """Return what another document of the same source begins with: the readings in its words, and no longer fresh than it says."""
        before = self.document
        sooner_s = min(0.0, document.fresh_for - before.fresh_for)
        ends = [freshness.drop_after(one.fresh_for, one.drop_after) for one in (document, before)]
        dropped_s = min(0.0, ends[0] - ends[1])
        readings = (
            replace(
                reading,
                nature=document.nature,
                place=document.place,
                source=document.source,
                licence=document.licence,
                attribution=document.attribution,
                fresh_until=None if reading.fresh_until is None else reading.fresh_until + sooner_s,
                drop_at=None if reading.drop_at is None else reading.drop_at + dropped_s,
            )
            for reading in self.readings
        )
        return Kept(self.once_live, tuple(readings))

    def begin(self, kept: Kept) -> ReadingsUpdate:
        """Start with what the store remembers; what it does not is waiting for the first answer."""
        self.once_live = kept.once_live
        known = {(reading.name, reading.key) for reading in kept.readings}
        names = {name for name, _ in known}
        # A reading without key only waits for keys that nobody named: it gives way to any that are known.
        waiting = (r for r in self.expected() if (r.name, r.key) not in known and (r.key or r.name not in names))
        self.readings = (*kept.readings, *waiting)
        return self._everything()

    def expected(self) -> tuple[Reading, ...]:
        """Return a MISSING reading for each value that the document asks for."""
        return self.source.expected(self.name, self.document)

    def delay(self, longest_s: float) -> float:
        """Return this feed's own part of ``longest_s`` seconds, to spread first requests."""
        return self._random.uniform(0.0, longest_s)

    def answered(self, readings: Iterable[Reading], changes: tuple[Message, ...] = ()) -> Outcome:
        """Take an answer. One without a single value counts as a failure, for the reason of its first reading.

        Args:
            readings: of all values.
            changes: what the provider has changed; where that leaves a value unknown, the last one stays and ages.
        """
        self.heard = True
        told = tuple(readings)
        readings = self._completed(told) if self.source.piecemeal else told
        missing = [reading for reading in readings if reading.value is None]
        problem = _as_problem(next((reading.problem for reading in (*missing, *told)), None))
        if len(missing) == len(readings):
            error = fault(problem)
            error.changes = changes
            if not self.source.piecemeal:
                return self.failed(error)
            # They were told one by one: what was known before no longer holds.
            self.readings = readings or self.readings
            return replace(self.failed(error), update=self._everything())
        self.once_live = True
        self.readings = self._held(readings) if changes else readings
        reshaped = self._reshaped(changes, problem)
        alerts = (*reshaped, *self._recover())
        self._log_parts(missing, len(readings), changes if reshaped else ())
        return Outcome(self._everything(), alerts, self._jittered(self.document.every))

    def failed(self, error: FeedError) -> Outcome:
        """Take a failure: what was known stays, with the reason why it is no longer live. To wait for a first word is none."""
        self.heard = True
        if error.code in PATIENT:
            return self._waiting(error)
        self._failures += 1
        alerts = () if error.changes is None else self._reshaped(error.changes, error.code)
        if error.changes:  # which say more than that it failed
            alerts += self._says("feed_failed", None)
        else:
            alerts += self._says("feed_failed", error.code, ("problem", error.told or error.code))
        before = self.readings
        self.readings = tuple(self._troubled(reading, error.code) for reading in self.readings)
        self._problem = error.code
        sampled = self._use_sample(error.code)
        if self._failures == 1 or (error.changes and alerts):
            stands_in = "; a sample stands in" if sampled else ""
            log.warning("feed %s failed: %s%s%s", self.id, error, _in_log(error.changes), stands_in)
        update = self._everything() if self.readings != before else None
        return Outcome(update, alerts, self._retry_s(error), error)

    def _says(self, code: str, said: object, *arguments: tuple[str, str | Message]) -> tuple[Alert, ...]:
        """Return an alert that says something (None: its end), unless it is known to say so already."""
        if code in self._said and self._said[code] == said:
            return ()
        self._said[code] = said
        if said is None:
            return (Alert(code, self.name, over=True),)
        return (Alert(code, self.name, Severity.WARNING, (("feed", self.name), *arguments)),)

    def _reshaped(self, changes: tuple[Message, ...], problem: str) -> tuple[Alert, ...]:
        """Return the alert of what the provider has changed, or its end."""
        if not changes:
            return self._says("feed_shape", None)
        told = message("shape_and_more", change=changes[0], count=len(changes) - 1) if changes[1:] else changes[0]
        return self._says("feed_shape", changes, ("problem", problem), ("change", told))

    def _held(self, readings: Iterable[Reading]) -> tuple[Reading, ...]:
        """Return an answer in which the last known value stands for one that is not found where it was."""
        before = {(one.name, one.key): one for one in self.readings if one.value is not None}
        return tuple(
            replace(last, problem=reading.problem)
            if reading.value is None
            and (last := before.get((reading.name, reading.key))) is not None
            and last.quality is not Quality.SAMPLE
            else reading
            for reading in readings
        )

    def _waiting(self, error: FeedError) -> Outcome:
        """Take note that all is well, but nothing was said yet, or nothing that is to be believed."""
        before = self.readings
        self.readings = tuple(self._awaited(self._well_again(reading), error.code) for reading in before)
        alerts = self._recover()
        self._use_sample(error.code)
        update = self._everything() if self.readings != before else None
        return Outcome(update, alerts, self._jittered(self.document.every), error)

    def _awaited(self, reading: Reading, code: str) -> Reading:
        """Return a reading with what is awaited; a value that is only waited for speaks for itself."""
        if reading.problem not in (None, *PATIENT):
            return reading
        known = reading.value is not None and reading.quality is not Quality.SAMPLE
        return replace(reading, problem=None if known and code == "waiting" else code)

    def _completed(self, readings: Iterable[Reading]) -> tuple[Reading, ...]:
        """Return an answer with what was known before and is not told by it; what is away without ever having come is nobody's."""
        known = {
            (reading.name, reading.key): self._well_again(reading)
            for reading in self.readings
            if reading.value is not None and reading.quality is not Quality.SAMPLE
        }
        wanted = {(reading.name, reading.key) for reading in self.expected()} | known.keys()
        told = {(r.name, r.key): r for r in readings if r.value is not None or r.problem != AWAY}
        away = {(r.name, r.key): r for r in readings if (r.name, r.key) in wanted and (r.name, r.key) not in told}
        for which, reading in known.items():
            if which in away:
                away[which] = _as_away(reading)
            elif which not in told or (told[which].value is None and told[which].problem == "waiting"):
                told[which] = reading
        return (*told.values(), *away.values())

    def _well_again(self, reading: Reading) -> Reading:
        """Return a reading without the trouble that the feed was in."""
        if self._problem is None or reading.problem != self._problem:
            return reading
        return replace(reading, problem="waiting" if reading.value is None else None)

    def _everything(self) -> ReadingsUpdate:
        return ReadingsUpdate(self.readings, frozenset({self.name}))

    def _troubled(self, reading: Reading, code: str) -> Reading:
        """Return a reading with the feed's trouble; a missing value that had a reason of its own keeps it."""
        if reading.value is not None or reading.problem in (None, *PATIENT, self._problem):
            return _as_away(reading) if code == AWAY else replace(reading, problem=code)
        return reading

    def _use_sample(self, code: str) -> bool:
        """Put the sample in the place of readings that never came; return True when there is one."""
        if self.once_live or self._sample_tried:
            return False
        self._sample_tried = True
        try:
            sample = read_sample(self.name, self.document, self.source, code)
        except FeedError as error:
            log.warning("feed %s: its sample is of no use: %s", self.id, error)
            return False
        self.readings = sample or self.readings
        return bool(sample)

    def _recover(self) -> tuple[Alert, ...]:
        """Return the end of the alert, if one may stand: also one that an earlier life of this process raised."""
        if self._failures:
            log.info("feed %s recovered after %d failures", self.id, self._failures)
        self._failures = 0
        self._problem = None
        return self._says("feed_failed", None)

    def _log_parts(self, missing: list[Reading], total: int, changes: tuple[Message, ...]) -> None:
        if missing and (changes or not self._partly_failing):
            first = missing[0]
            which = f"{first.name}[{first.key}]" if first.key else first.name
            log.warning(
                "feed %s: %d of %d values missing, such as %s: %s%s",
                self.id,
                len(missing),
                total,
                which,
                PROBLEMS[_as_problem(first.problem)],
                _in_log(changes),
            )
        elif self._partly_failing and not missing:
            log.info("feed %s: all values are known again", self.id)
        self._partly_failing = bool(missing)

    def _retry_s(self, error: FeedError) -> float:
        ceiling = min(self.document.every, LONGEST_RETRY_S)
        # The exponent is bounded: a month without network is tens of thousands of failures.
        wait_s = min(FIRST_RETRY_S * 2 ** min(self._failures - 1, 20), ceiling)
        if error.code == "rate_limited" and error.retry_after_s is None:
            wait_s = self.document.every
        return self._jittered(max(wait_s, error.retry_after_s or 0.0))

    def _jittered(self, seconds: float) -> float:
        return seconds * (1.0 + self._random.uniform(0.0, JITTER))


def _as_away(reading: Reading) -> Reading:
    """Return a reading of a sensor that is known to be away: it is not live, however young."""
    quality = Quality.STALE if reading.quality is Quality.LIVE else reading.quality
    return replace(reading, quality=quality, problem=AWAY)


def _in_log(changes: tuple[Message, ...] | None) -> str:
    return "".join(f"; {word(change, 'en')}" for change in changes or ())


def _as_problem(code: str | None) -> Problem:
    return next((known for known in PROBLEMS if known == code), "no_row")


def next_end(readings: Iterable[Reading], monotonic_s: float) -> float | None:
    """Return the next moment (monotonic seconds) at which a forecast of these ends, or None: then the next one is due."""
    ends = (
        reading.drop_at
        for reading in readings
        if reading.valid_until is not None
        and reading.quality in (Quality.LIVE, Quality.STALE)
        and reading.drop_at is not None
        and reading.drop_at > monotonic_s
    )
    return min(ends, default=None)
