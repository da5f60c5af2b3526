"""Knowledge: readings that came, and those that the show makes itself. Updates flow in; all readings, and news of its own, flow out."""

from collections.abc import Iterable

from maquette.core.readings import Reading, Readings, ReadingsUpdate
from maquette.show.scenario import Show
from maquette.show.state import DirectorState
from maquette.show.votes import FEED as VOTES
from maquette.show.votes import vote_readings


class Knowledge:
    """What the show knows of the world.

    Attributes:
        readings: all readings.
    """

    def __init__(self) -> None:
        self.readings = Readings()
        self._votes: tuple[Reading, ...] = ()
        self._news: ReadingsUpdate | None = None

    def take(self, update: ReadingsUpdate) -> None:
        """Take over readings that changed."""
        self.readings = self.readings.updated(update)

    def count(self, state: DirectorState, show: Show) -> bool:
        """Take over the votes that were counted; return True when this changed a reading."""
        votes = tuple(vote_readings(state, show))
        if votes == self._votes:
            return False
        self._votes = votes
        self._make(votes, VOTES)
        return True

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
