"""The world that scenarios speak of: zones, groups, buttons, servos, scales, scenarios, and the values of feeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maquette.config.documents import (
    SENSORS,
    ButtonDocument,
    ComputedDocument,
    FeedDocument,
    HardwareDocument,
    ScaleDocument,
    ServoDocument,
    ZoneDocument,
)
from maquette.show.expressions import Vocabulary
from maquette.show.own_values import FEED as MODEL
from maquette.show.own_values import OWN_VALUES, POWER

VOTES = "votes"
"""The feed that the show makes itself, of what visitors answer."""

OWN_FEEDS = (VOTES, MODEL)
"""Feeds that the stage makes itself; no other may have their names."""


def own_values(hardware: HardwareDocument) -> dict[str, str | None]:
    """Return the values of the feed ``model`` that this hardware lets the stage know, and their units."""
    sensors = {options.get("kind") for options in hardware.sensors.values() if isinstance(options, dict)}
    known = [*([POWER] if hardware.supplies else []), *(name for name in SENSORS if name in sensors)]
    return {name: OWN_VALUES[name].unit for name in known}


@dataclass(frozen=True, slots=True)
class World:
    """Names that scenarios may use.

    Attributes:
        languages: of the installation.
        zones: by name.
        groups: name → zones.
        buttons: by name.
        servos: by name.
        scales: by name.
        scenarios: id → file, right or wrong.
        feeds: by name.
        computed: computed feeds, by name, the units of their values filled in.
        own: values of the feed ``model``, and their units.
        questions: ids of the questions to visitors, right or wrong: the feed ``votes`` has their results.
        unread: names of feeds that have problems of their own; nobody knows their values.
    """

    languages: Sequence[str]
    zones: Mapping[str, ZoneDocument]
    groups: Mapping[str, Sequence[str]]
    buttons: Mapping[str, ButtonDocument]
    servos: Mapping[str, ServoDocument]
    scales: Mapping[str, ScaleDocument]
    scenarios: Mapping[str, str]
    feeds: Mapping[str, FeedDocument]
    computed: Mapping[str, ComputedDocument] = field(default_factory=dict)
    own: Mapping[str, str | None] = field(default_factory=dict)
    questions: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def vocabulary(self, zones: Sequence[str] = ()) -> Vocabulary:
        """Return what an expression may name, evaluated for some zones or for none."""
        values = {
            name: {value: document.unit for value, document in feed.values.items()} for name, feed in self.feeds.items()
        }
        for name, made in self.computed.items():
            values[name] = {value: document.unit for value, document in made.values.items()}
        if self.own:
            values[MODEL] = dict(self.own)
        if self.questions:
            values[VOTES] = {value: None for name in sorted(self.questions) for value in (name, f"{name}_count")}
        keyed = frozenset(name for name, feed in self.feeds.items() if feed.keyed)
        attributes = frozenset(a for zone in zones for a in self.zones[zone].attributes)
        return Vocabulary(values, keyed, attributes, pastless=frozenset({*OWN_FEEDS, *self.computed}))

    def with_computed(self, computed: Mapping[str, ComputedDocument], wrong: Iterable[str] = ()) -> "World":
        """Return this world with computed feeds, some of which have problems of their own."""
        return replace(self, computed=computed, unread=self.unread | frozenset(wrong))

    def plausible(self, feed: str, value: str) -> tuple[tuple[float, float], str | None] | None:
        """Return the range outside which a value is not believed, and its unit; None when nobody says."""
        document = self.feeds[feed].values.get(value) if feed in self.feeds else None
        return None if document is None or document.plausible is None else (document.plausible, document.unit)

    def open(self, names: Sequence[str], named: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """Return the zones that a light's names stand for, each once, unknown names left out.

        Args:
            names: zones, groups, ``all`` and ``rest``.
            named: the names of every light of the step; ``rest`` is what none of them holds.
        """
        opened = dict[str, None]()
        for name in names:
            if name == "rest":
                taken = {zone for others in named for other in others for zone in self._members(other)}
                opened.update(dict.fromkeys(zone for zone in self.zones if zone not in taken))
            else:
                opened.update(dict.fromkeys(self._members(name)))
        return tuple(opened)

    def _members(self, name: str) -> Sequence[str]:
        if name == "all":
            return tuple(self.zones)
        if name in self.groups:
            return tuple(zone for zone in self.groups[name] if zone in self.zones)
        return (name,) if name in self.zones else ()
