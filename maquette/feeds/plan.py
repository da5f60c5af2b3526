"""The plan: what the stage tells the feeds process, at its start and when feeds change. When only the show does, a `PastWanted` says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maquette.config.documents import FeedDocument
from maquette.core.alerts import Alert
from maquette.core.calendar import OpeningHours
from maquette.core.course import Course
from maquette.core.past import PastWanted, SeriesUpdate
from maquette.core.readings import ReadingsUpdate

News = ReadingsUpdate | SeriesUpdate | Course | Alert
"""What the feeds process tells."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What is played instead of asking any feed.

    Attributes:
        path: a recording, or the archive.
        speed: how many times faster than the world.
        span: of the archive: from when to when, seconds since 1970; None for a recording.
    """

    path: str
    speed: float
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class FeedsStart:
    """What the feeds process is to do from now on; its first message is one, and tells everything.

    Attributes:
        feeds: the feeds by name, each a document of the kind's own class (`maquette.feeds.sources.FEED_DOCUMENTS`).
        time_zone: the territory's time zone, an IANA name such as ``Europe/Paris``.
        state: the folder where last-good readings are kept (in its subfolder ``readings``), or None to keep none.
        wanted: what the show asks of the past.
        alternatives: feed → other sources of its values, in the order in which they are preferred.
        opening: when the exhibition is open, or None: always. Shortly before, every feed is looked at.
        replay: what is played instead, from the start on; None: feeds are asked.
    """

    feeds: Mapping[str, FeedDocument]
    time_zone: str
    state: str | None = None
    wanted: PastWanted = field(default_factory=PastWanted)
    opening: OpeningHours | None = None
    alternatives: Mapping[str, Sequence[FeedDocument]] = field(default_factory=dict)
    replay: Replay | None = None

    def sources_of(self, feed: str) -> tuple[FeedDocument, ...]:
        """Return the documents of a feed, its own one first; none when it is not of this plan."""
        return (self.feeds[feed], *self.alternatives.get(feed, ())) if feed in self.feeds else ()
