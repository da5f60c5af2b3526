"""Knowledge: readings that came, and those that the show makes itself. Updates flow in; all readings, and news of its own, flow out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from maquette.core.past import SeriesUpdate, readings_at
from maquette.core.readings import Quality, Reading, Readings, ReadingsUpdate
from maquette.show.computed import computed
from maquette.show.journey import moment
from maquette.show.own_values import FEED as MODEL
from maquette.show.scenario import Show, Step
from maquette.show.state import DirectorState
from maquette.show.terms import past_terms
from maquette.show.votes import FEED as VOTES
from maquette.show.votes import vote_readings


class Knowledge:
    """What the show knows of the world.

    Attributes:
        readings: all readings.
        past: what journeys through the past need to know.
        moment: the moment of the past that `shown` was last asked for (UTC), or None: it was the present, or nobody can date it.
    """

    def __init__(self) -> None:
        self.readings = Readings()
        self.past = SeriesUpdate()
        self.moment: datetime | None = None
        self._own: dict[str, Reading] = {}
        self._votes: tuple[Reading, ...] = ()
        self._computed: tuple[Reading, ...] = ()
        self._news: ReadingsUpdate | None = None

    def take(self, update: ReadingsUpdate) -> None:
        """Take over readings that changed."""
        self.readings = self.readings.updated(update)

    def sense(self, reading: Reading) -> bool:
        """Take over what was learned of the model itself (see `own_values`); return True when this changed a reading."""
        if self._own.get(reading.name) == reading:
            return False
        self._own[reading.name] = reading
        self._make(self._own.values(), MODEL)
        return True

    def count(self, state: DirectorState, show: Show) -> bool:
        """Take over the votes that were counted; return True when this changed a reading."""
        votes = tuple(vote_readings(state, show))
        if votes == self._votes:
            return False
        self._votes = votes
        self._make(votes, VOTES)
        return True

    def compute(self, show: Show, now: float) -> None:
        """Work out the computed values of a show."""
        made = computed(show.computed, self.readings, now)
        if made == self._computed:
            return
        feeds = dict.fromkeys(reading.feed for reading in (*self._computed, *made))
        self._computed = made
        for feed in feeds:
            self._make((reading for reading in made if reading.feed == feed), feed)

    def shown(self, step: Step | None, state: DirectorState, show: Show, now: float) -> Readings:
        """Return the readings that a step shows: on a journey through the past those of the moment that it has reached.

        There, what is not known of that moment is missing, whatever is known now.
        """
        self.moment = None
        if step is None or step.through is None:
            return self.readings
        reached = moment(state, step, self.past, now)
        if reached is not None and self.past.epoch is not None:
            self.moment = datetime.fromtimestamp(reached + self.past.epoch, UTC)
        terms = past_terms(step) | past_terms(show.computed)
        known = Readings() if reached is None else readings_at(self.past, terms, reached)
        problem = "no_clock" if reached is None else "no_past"
        unknown = (_unknown(reading, problem) for key, reading in self.readings.items() if key not in known)
        then = Readings((*unknown, *known.values()))
        return then.updated(ReadingsUpdate(computed(show.computed, then, now)))

    def news(self) -> ReadingsUpdate | None:
        """Return the readings that the show made since this was last asked, or None."""
        news, self._news = self._news, None
        return news

    def _make(self, readings: Iterable[Reading], feed: str) -> None:
        """Take over readings of the show's own: all that there are of a feed."""
        update = ReadingsUpdate(tuple(readings), frozenset({feed}))
        self.take(update)
        before = () if self._news is None else self._news.readings
        kept = tuple(reading for reading in before if reading.feed != feed)
        complete = update.complete if self._news is None else self._news.complete | update.complete
        self._news = ReadingsUpdate((*kept, *update.readings), complete)


def _unknown(reading: Reading, problem: str) -> Reading:
    dateless = replace(reading, measured_at=None, fetched_at=None, valid_until=None, fresh_until=None, drop_at=None)
    return replace(dateless, value=None, quality=Quality.MISSING, problem=problem)
