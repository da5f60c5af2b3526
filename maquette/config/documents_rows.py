"""Feeds whose answers are rows: which rows count, for what, and which numbers stand in them.

Kinds of feeds derive from `TableDocument`. Where columns have names, as in a CSV file, their own classes say `Column` where these say
`Pick`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, WithJsonSchema, model_validator

from maquette.config.document import Document, Name
from maquette.config.documents_config import FeedDocument, ValueDocument
from maquette.config.picks import Pick
from maquette.config.quantities import Metres
from maquette.config.refusal import refusal
from maquette.core.message import message

FUNCTIONS = ("pick", "count", "sum", "mean", "median", "min", "max")
"""Ways to a number: ``pick`` takes that of the newest row, the others make one of all rows that count."""


def _read_keys(raw: Any) -> Any:
    # A list parameter of the catalogue is joined so that it fits a query; here it is taken apart again.
    return re.split("'?,'?", raw) if isinstance(raw, str) else raw


Keys = Annotated[
    list[str],
    Field(min_length=1),
    BeforeValidator(_read_keys),
    WithJsonSchema({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Keys of rows."""


def _check_format(text: str) -> str:
    if text in ("iso", "unix", "unix_ms", "date"):
        return text
    try:
        written = datetime(2026, 11, 26, 12, 34, 56, tzinfo=UTC).strftime(text)
        dated = "%" in text and datetime.strptime(written, text).year == 2026  # noqa: DTZ007 - only its form is tried
    except ValueError:
        dated = False
    if not dated:
        raise refusal("E111.time_format", hint=message("example_text", example="%d/%m/%Y %H:%M"), text=text)
    return text


TimeFormat = Annotated[str, AfterValidator(_check_format)]
"""`iso`, `unix`, `unix_ms`, `date`, or a pattern of strptime."""

Path = tuple[tuple[float, float], ...]
"""Points (latitude, longitude) in degrees."""


class ZonesDocument(Document):
    """Which zones a row counts for, by where it lies: its key is then the zone's id."""

    lat: Pick
    """Where the latitude stands in a row, in degrees."""
    lon: Pick
    """Where the longitude stands in a row, in degrees."""
    within: Metres
    """How far from a zone a row may lie, such as `500 m`."""
    of: Keys = Field(default_factory=lambda: ["all"])
    """The zones or groups that count; all by default."""
    counts_for: Literal["nearest", "every"] = "nearest"
    """Whether a row counts for the nearest of the zones within reach, or for every one."""
    _paths: Mapping[str, Path] = PrivateAttr(default_factory=dict)

    @property
    def paths(self) -> Mapping[str, Path]:
        """Zone → where it lies; known once the hardware document was read."""
        return self._paths

    def laid(self, paths: Mapping[str, Path]) -> Self:
        """Return the same with the zones laid where they are."""
        copy = self.model_copy()
        copy._paths = dict(paths)
        return copy


class RowsDocument(Document):
    """Which rows of an answer count, and for what."""

    where: Pick | None = None
    """Which rows count (JMESPath that gives true or false), whatever the address already asked for."""
    key: Pick | None = None
    """Where a row's key stands in the row; omitted: the feed has no keys and its newest row counts."""
    keys: Keys | None = None
    """The keys that count; one that does not come is missing, others are ignored. Omitted: all that come."""
    group_by: Pick | None = None
    """Like `key`, for values that are made of all rows of a group, such as a `count` or a `sum`."""
    one_per: Pick | None = None
    """Of rows that agree in this, only the newest counts, such as `sensor.id`: the latest of each sensor."""
    zones: ZonesDocument | None = None
    """Rows are told apart by the zone in whose reach they lie, instead of by a key."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(way is not None for way in (self.key, self.group_by, self.zones)) > 1:
            raise refusal("E111.one_key")
        if self.keys is not None and self.key is None and self.group_by is None:
            raise refusal("E111.keys", hint=message("say_key"))
        return self

    @property
    def keyed(self) -> bool:
        """Whether there is a reading for each key."""
        return self.key is not None or self.group_by is not None or self.zones is not None


class PickedValueDocument(ValueDocument):
    """One value of a feed of rows: the number of its newest row (`pick`), or one made of all rows that count.

    A number is one, or a text that is exactly a JSON number, such as "197". Anything else ("ND", an empty text, true, NaN, a decimal
    comma, a list) is missing, never zero.
    """

    pick: Pick | None = None
    """Where the value stands in a row; of several rows the newest counts."""
    count: Pick | None = None
    """How many rows there are for which this gives something other than null and false; `@` counts them all."""
    sum: Pick | None = None
    """The sum of this number over all rows."""
    mean: Pick | None = None
    """The mean of this number over all rows."""
    median: Pick | None = None
    """The median of this number over all rows: a few sensors that are off do not move it."""
    min: Pick | None = None
    """The lowest of this number over all rows."""
    max: Pick | None = None
    """The highest of this number over all rows."""
    measured_at: Pick | None = None
    """Where the time of measurement stands in a row; omitted: as the feed says."""
    factor: float = 1.0
    """What the number is multiplied by to give the unit, such as 0.001 from l/s to m³/s."""

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if sum(getattr(self, function) is not None for function in FUNCTIONS) != 1:
            raise refusal("E111.one_pick", hint=message("there_are", names=", ".join(FUNCTIONS)))
        return self

    @property
    def function(self) -> str:
        """Which of `FUNCTIONS` gives the number."""
        return next(function for function in FUNCTIONS if getattr(self, function) is not None)

    @property
    def picked(self) -> str:
        """What stands behind it."""
        return str(getattr(self, self.function))


class TableDocument(FeedDocument):
    """A feed whose answers are rows."""

    rows: RowsDocument | None = None
    """Which rows count."""
    valid_on: Pick | None = None
    """Where a row says which local day it is a forecast for: only today's row counts, until the day ends."""
    valid_from: Pick | None = None
    """Where a row says from when it holds; before that it does not count."""
    valid_until: Pick | None = None
    """Where a row says until when it holds; after that it does not count."""
    measured_at: Pick | None = None
    """Where the time of measurement (of a forecast: of its making) stands in a row, for values that do not say it themselves."""
    published_at: Pick | None = None
    """Where the answer as a whole says its time (JMESPath on the whole answer), for rows that do not say theirs."""
    measured_format: TimeFormat = "iso"
    """How times are written: `iso`, `unix` (seconds), `unix_ms`, `date` (a day, from its first hour) or a pattern such as `%d/%m/%Y`."""
    measured_zone: Literal["utc", "local"] | None = None
    """What times without an offset mean: UTC, or the territory's time. Omitted: such a time is not believed."""
    values: Annotated[dict[Name, PickedValueDocument], Field(min_length=1)]  # type: ignore[assignment]  # documents are frozen, so a narrower value is safe
    """The values, by name."""

    @model_validator(mode="after")
    def _check_table(self) -> Self:
        if self.valid_on is not None and (self.valid_from or self.valid_until):
            raise refusal("E111.validity")
        if self.rows is not None and self.rows.group_by is not None:
            picked = next((name for name, value in self.values.items() if value.function == "pick"), None)
            if picked is not None:
                raise refusal("E111.group_pick", hint=message("say_function"), name=picked)
        return self

    @property
    def keyed(self) -> bool:
        """Whether its readings have keys."""
        return self.rows is not None and self.rows.keyed
