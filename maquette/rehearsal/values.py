"""Values of a rehearsal: what each feed's sample says, what is plausible where there is none, what somebody chose, and which is which.

A rehearsal shows how a scenario looks, so its values count as live and move the light; every picture says in words where they come from.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from maquette.config.documents import FeedDocument
from maquette.config.problems import did_you_mean
from maquette.core.message import message
from maquette.core.past import ReadingSeries, SeriesUpdate, readings_at
from maquette.core.readings import Quality, Reading, ReadingKey, Readings
from maquette.core.series import Point, Series, make_series
from maquette.core.units import parse_quantity
from maquette.errors import FeedError, RehearsalError, UnitError
from maquette.feeds.sample import read_sample
from maquette.feeds.sources import SOURCES
from maquette.rehearsal.uses import Uses, Value, in_unit
from maquette.show.computed import ComputedValue
from maquette.show.model import Model
from maquette.show.scales import Scale

_CHOICE = re.compile(r"\s*(\w+)\s*(?:\[\s*(?:'([^']*)'|\"([^\"]*)\"|([^\]'\"]+?))\s*\])?\s*\.\s*(\w+)\s*=\s*(.*?)\s*")
_LONG_AGO_S = 1000 * 86_400.0


class Origin(StrEnum):
    """Where a value of a rehearsal comes from; worded by ``origin_<name>``."""

    CHOSEN = "chosen"
    SERIES = "series"
    FILE = "file"
    SAMPLE = "sample"
    PLAUSIBLE = "plausible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Values:
    """The readings of a rehearsal, and where each value comes from.

    Attributes:
        readings: of now, by feed, value and key.
        origins: by feed and value.
        keys: feed → the keys of its rows; a feed without keys has none.
        series: of values whose past is given, seconds before and after now; those of the others never changed.
    """

    readings: Mapping[ReadingKey, Reading]
    origins: Mapping[Value, Origin] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    series: Mapping[ReadingKey, Series] = field(default_factory=dict)

    def at(self, uses: Uses) -> Readings:
        """Return the readings of now, those of the past that is asked included."""
        past = (reading for key, reading in readings_at(self.past, uses.past, 0.0).items() if key not in self.readings)
        return Readings([*(_live(reading) for reading in past), *self.readings.values()])

    @property
    def past(self) -> SeriesUpdate:
        """What each value was and when; now is 0."""
        return SeriesUpdate(
            tuple(ReadingSeries(r, self.series.get(key) or _constant(r)) for key, r in self.readings.items())
        )

    def with_value(self, value: Value, number: float, origin: Origin) -> "Values":
        """Return the same, with a number for every key of a value, live."""
        readings = {
            key: replace(r, value=number, quality=Quality.LIVE, problem=None) if key[:2] == value else r
            for key, r in self.readings.items()
        }
        return replace(self, readings=readings, origins={**self.origins, value: origin})

    def with_quality(self, quality: Quality) -> "Values":
        """Return the same readings, all of one quality."""
        missing = quality is Quality.MISSING
        readings = {
            key: replace(r, quality=quality, value=None)
            if missing
            else replace(r, quality=quality)
            if r.value is not None
            else r
            for key, r in self.readings.items()
        }
        return replace(self, readings=readings, series={} if missing else self.series)


def usual_values(feeds: Mapping[str, FeedDocument], model: Model, uses: Uses) -> Values:
    """Return a reading of every value that a scenario reads: that of the feed's sample, else something plausible, else unknown.

    Args:
        feeds: the feeds' documents.
        model: for the keys of feeds that do not name them: whatever its zones carry.
        uses: what the scenario reads.
    """
    readings: dict[ReadingKey, Reading] = {}
    origins: dict[Value, Origin] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for feed, document in feeds.items():
        expected = _expected(feed, document, model)
        keys[feed] = tuple(dict.fromkeys(r.key for r in expected if r.key is not None))
        sampled = {(r.name, r.key): r.value for r in _sampled(feed, document)}
        for reading in expected:
            value = (feed, reading.name)
            number, origin = sampled.get((reading.name, reading.key)), Origin.SAMPLE
            if number is None and not any(name == reading.name for name, _ in sampled):
                number, origin = _plausible(value, reading.unit, document, uses), Origin.PLAUSIBLE
            quality = Quality.MISSING if number is None else Quality.LIVE
            readings[feed, reading.name, reading.key] = replace(
                reading, value=number, quality=quality, problem=None if number is not None else reading.problem
            )
            if number is not None or value not in origins:
                origins[value] = Origin.UNKNOWN if number is None else origin
    return Values(readings, origins, keys)


def choose(
    values: Values, written: str, feeds: Mapping[str, FeedDocument], computed: Sequence[ComputedValue] = ()
) -> Values:
    """Return the same, with what somebody wrote: ``river.flow=800 m³/s``, ``air.index=5`` (every key), ``air[69276].index=5``.

    Raises:
        RehearsalError: it cannot be read, or there is no such feed, value or key, or the number is none that the feed could give.
    """
    match = _CHOICE.fullmatch(written)
    if match is None:
        example = "--with river.flow=800, --with 'air[69276].index=5'"
        raise RehearsalError(message("no_choice", written=written), message("example", example=example))
    feed, name, raw = match[1], match[5], match[6]
    key = next((k for k in match.groups()[1:4] if k is not None), None)
    document = feeds.get(feed)
    if any(value.feed == feed for value in computed):
        raise RehearsalError(message("is_computed", name=f"{feed}.{name}"), message("choose_values"))
    if document is None:
        raise RehearsalError(message("E205", name=feed), did_you_mean(feed, feeds))
    rows = {k: r for k, r in values.readings.items() if k[:2] == (feed, name)}
    if not rows:
        raise RehearsalError(message("E206", feed=feed, name=name), did_you_mean(name, document.values))
    if key is not None and (feed, name, key) not in rows:
        raise RehearsalError(message("no_such_row", feed=feed, key=key), did_you_mean(key, values.keys[feed]))
    unit = next(iter(rows.values())).unit
    number = _number(raw, unit)
    span = document.values[name].plausible
    if span is not None and not span[0] <= number <= span[1]:
        low, high = f"{span[0]:g}", f"{span[1]:g}{f' {unit}' if unit else ''}"
        raise RehearsalError(message("series_implausible", written=raw, name=f"{feed}.{name}", low=low, high=high))
    if key is None:
        return values.with_value((feed, name), number, Origin.CHOSEN)
    reading = replace(rows[feed, name, key], value=number, quality=Quality.LIVE, problem=None)
    origins = {**values.origins, (feed, name): Origin.CHOSEN}
    return replace(values, readings={**values.readings, (feed, name, key): reading}, origins=origins)


def class_values(scale: Scale, unit: str | None) -> list[tuple[int, float]]:
    """Return for each line of a scale's legend its number and a value in ``unit`` that stands for it."""
    ats = [entry.at for entry in scale.legend()]
    stands = list(ats) if ats[0] is not None else _middles([at for at in ats if at is not None])
    converted = ((number, in_unit(scale, at, unit)) for number, at in enumerate(stands) if at is not None)
    return [(number, here) for number, here in converted if here is not None]


def _middles(limits: Sequence[float]) -> list[float | None]:
    """Return a value in each class of thresholds of which the first begins nowhere."""
    step = limits[1] - limits[0] if len(limits) > 1 else max(1.0, abs(limits[0]))
    edges = [limits[0] - step, *limits, limits[-1] + step]
    return [(low + high) / 2 for low, high in pairwise(edges)]


def _number(raw: str, unit: str | None) -> float:
    try:
        return parse_quantity(raw).to(unit)
    except UnitError as error:
        wanted = message("give_without_unit") if unit is None else message("give_in", unit=unit)
        raise RehearsalError(error.message, error.hint or wanted) from error


def _expected(feed: str, document: FeedDocument, model: Model) -> Sequence[Reading]:
    """Return a reading without value for each value and key."""
    source = SOURCES.get(document.kind)
    if source is not None:
        expected = source.expected(feed, document)
        if not document.keyed or any(reading.key is not None for reading in expected):
            return expected
    keys: Iterable[str | None] = [None]
    if document.keyed:
        keys = dict.fromkeys(key for zone in model.zones.values() for key in zone.attributes.values())
    return [
        Reading(feed, name, key, None, value.unit, Quality.MISSING, document.nature, source=document.source)
        for name, value in document.values.items()
        for key in keys
    ]


def _sampled(feed: str, document: FeedDocument) -> Sequence[Reading]:
    """Return what a feed's sample says, read as the feed reads its answers."""
    source = SOURCES.get(document.kind)
    if source is None or document.sample is None:
        return ()
    try:
        return [r for r in read_sample(feed, document, source, "waiting") if r.value is not None]
    except FeedError:
        return ()


def _plausible(value: Value, unit: str | None, document: FeedDocument, uses: Uses) -> float | None:
    """Return the middle of what the scenario or the feed says of a value, or None when nobody says anything."""
    for scale in uses.scales.get(value, ()):
        classes = class_values(scale, unit)
        if classes:
            return classes[len(classes) // 2][1]
    for low, high in uses.spans.get(value, ()):
        return (low + high) / 2
    span = document.values[value[1]].plausible
    return None if span is None else (span[0] + span[1]) / 2


def _live(reading: Reading) -> Reading:
    return reading if reading.value is None else replace(reading, quality=Quality.LIVE, problem=None)


def _constant(reading: Reading) -> Series:
    points = () if reading.value is None else (Point(-_LONG_AGO_S, reading.value, _LONG_AGO_S),)
    return make_series(points)
