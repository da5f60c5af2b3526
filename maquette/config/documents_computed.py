"""Computed feeds: values made of other values by an expression."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from maquette.config.document import Document, Name, Pair, TextValue, pair_in_order
from maquette.config.quantities import Unit
from maquette.core.readings import Nature


class ComputedValueDocument(Document):
    """One value of a computed feed."""

    expression: str
    """What it is made of, such as `0.5 * votes.bien_etre + 0.5 * (5 - max(air.index))`."""
    title: TextValue | None = None
    """What people call it."""
    unit: Unit | None = None
    """In which unit it is given; omitted: the unit of the expression."""
    scale: Name | None = None
    """The scale of lights that tell this value and name neither scale nor colour."""
    plausible: Annotated[Pair, AfterValidator(pair_in_order)] | None = None
    """The range outside which a value is not believed, in its unit."""


class ComputedDocument(Document):
    """A computed feed: it asks no source. Sources and licences are those of what it is made of."""

    kind: Literal["computed"]
    """`computed`."""
    title: TextValue | None = None
    """What people call it."""
    nature: Annotated[Nature, Strict(strict=False)] = Nature.ESTIMATED
    """Where the values come from."""
    place: str | None = None
    """Where, in words."""
    values: Annotated[dict[Name, ComputedValueDocument], Field(min_length=1)]
    """The values, by name."""
