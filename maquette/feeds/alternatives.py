"""Alternatives: other sources of a feed's values. They are asked only while the first has gaps, which they fill value by value.

What an alternative tells is its own: source, licence, nature, attribution and place go with each reading, whose problem is `alternative`.
Where no source is live, what the first knew last goes before what an alternative knew last.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from maquette.core.readings import ALTERNATIVE, Quality, Reading
from maquette.feeds.feed import Feed

Offer = Mapping[tuple[str, str | None], Reading]
"""(name, key) → what one source says."""


class Lineup:
    """A feed and its alternatives, in the order in which they are preferred. Decides what is shown; time is an argument."""

    def __init__(self, first: Feed, alternatives: Sequence[Feed] = ()) -> None:
        self.first = first
        self.alternatives = tuple(alternatives)
        self.shown: tuple[Reading, ...] = ()
        """What `show` returned last."""

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """All of them, the first one first."""
        return self.first, *self.alternatives

    def show(self, monotonic_s: float) -> tuple[Reading, ...]:
        """Return what is to be shown from now on: for each value and key the best that anybody says."""
        self.shown = self.best(monotonic_s)
        return self.shown

    def best(self, monotonic_s: float) -> tuple[Reading, ...]:
        """Return for each value and key the best that anybody says now."""
        if not self.alternatives:
            return self.first.readings
        return tuple(self._real(_best(candidates, monotonic_s)) for candidates in self._candidates(self.feeds))

    def wanted(self, monotonic_s: float) -> frozenset[str]:
        """Return the ids of the alternatives that are to be asked: those which may fill a gap that all before them leave."""
        found = set[str]()
        for index, feed in enumerate(self.alternatives, start=1):
            before = self.feeds[index - 1]
            if not before.heard and (not before.is_alternative or before.id in found):
                break  # it has not said yet what gaps it leaves
            gaps = {
                candidates[0].name
                for candidates in self._candidates(self.feeds[:index])
                if _best(candidates, monotonic_s).quality_at(monotonic_s) is not Quality.LIVE
            }
            if gaps & feed.document.values.keys():
                found.add(feed.id)
        return frozenset(found)

    def next_change_after(self, monotonic_s: float) -> float:
        """Return when anything here grows too old by itself, and another source may be shown; infinite when nothing does."""
        if not self.alternatives:
            return math.inf
        changes = (reading.next_change_after(monotonic_s) for feed in self.feeds for reading in feed.readings)
        return min((change for change in changes if change is not None), default=math.inf)

    def to_keep(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """Yield those of shown readings that belong in the feed's history.

        A modelled value that stood in for a measured one would make a step in the curve that nothing in the world made; and what the
        licence of an alternative does not let us keep is not kept.
        """
        storable = all("no_storage" not in feed.document.duties for feed in self.alternatives)
        for reading in readings:
            alike = storable and reading.nature is self.first.document.nature
            if reading.problem != ALTERNATIVE or alike:
                yield reading

    def _real(self, reading: Reading) -> Reading:
        """Return a reading; a sample of what an alternative once really told is missing instead."""
        if reading.quality is not Quality.SAMPLE or not any(
            feed.once_live and reading.name in feed.document.values for feed in self.alternatives
        ):
            return reading
        return replace(reading, value=None, quality=Quality.MISSING)

    def _candidates(self, feeds: Sequence[Feed]) -> Iterator[list[Reading]]:
        """Yield for each value and key what these feeds say of it, in their order."""
        said = [_offer(feed) for feed in feeds]
        for name in self.first.document.values:
            # A first source that knows no key yet has only one reading without: then anybody may name keys.
            keys = [key for known, key in said[0] if known == name]
            if keys == [None]:
                others = dict.fromkeys(key for offer in said[1:] for known, key in offer if known == name)
                keys = [key for key in others if key is not None] or keys
            for key in keys:
                found = [offer[name, key] for offer in said if (name, key) in offer]
                if found:
                    yield found


def _offer(feed: Feed) -> Offer:
    return {(reading.name, reading.key): _from(feed, reading) for reading in feed.readings}


def _from(feed: Feed, reading: Reading) -> Reading:
    return replace(reading, problem=ALTERNATIVE) if feed.is_alternative and reading.value is not None else reading


def _best(candidates: Sequence[Reading], monotonic_s: float) -> Reading:
    """Return the first that is live, else the first that is stale, else what the first says."""
    for quality in (Quality.LIVE, Quality.STALE):
        for reading in candidates:
            if reading.quality_at(monotonic_s) is quality:
                return reading
    return candidates[0]
