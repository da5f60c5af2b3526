"""The plan: what the stage tells the feeds process when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass

from maquette.config.documents import FeedDocument


@dataclass(frozen=True, slots=True)
class FeedsStart:
    """The first message that the feeds process receives; it tells everything.

    Attributes:
        feeds: the feeds by name, each a document of the kind's own class (`maquette.feeds.sources.FEED_DOCUMENTS`).
        time_zone: the territory's time zone, an IANA name such as ``Europe/Paris``.
        state: the folder where last-good readings are kept (in its subfolder ``readings``), or None to keep none.
    """

    feeds: Mapping[str, FeedDocument]
    time_zone: str
    state: str | None = None
