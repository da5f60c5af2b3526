"""The plan: what the stage tells the feeds process when it starts. Later a `PastWanted` alone says what another show asks of the past."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maquette.config.documents import FeedDocument
from maquette.core.past import PastWanted


@dataclass(frozen=True, slots=True)
class FeedsStart:
    """The first message that the feeds process receives; it tells everything.

    Attributes:
        feeds: the feeds by name, each a document of the kind's own class (`maquette.feeds.sources.FEED_DOCUMENTS`).
        time_zone: the territory's time zone, an IANA name such as ``Europe/Paris``.
        state: the folder where last-good readings are kept (in its subfolder ``readings``), or None to keep none.
        wanted: what the show asks of the past.
    """

    feeds: Mapping[str, FeedDocument]
    time_zone: str
    state: str | None = None
    wanted: PastWanted = field(default_factory=PastWanted)
