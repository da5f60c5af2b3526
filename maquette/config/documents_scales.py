"""Documents of scales: how values become colours and words."""

from typing import Annotated, Literal

from pydantic import Field

from maquette.config.document import Document, Name, TextValue
from maquette.config.quantities import Number, Unit


class ClassDocument(Document):
    """One class of a scale."""

    title: TextValue
    """Its words."""
    colour: str
    """Its colour, in quotes."""
    value: float | None = None
    """The value that it stands for, in a scale of `classes`."""
    from_: Annotated[Number | None, Field(alias="from")] = None
    """Where it begins, in a scale of `thresholds`; the first has none."""


class ContinuousDocument(Document):
    """Colours between two values, interpolated in OKLab, clamped outside."""

    from_: Annotated[Number, Field(alias="from")]
    """Where the first colour stands."""
    to: Number
    """Where the last colour stands."""
    colours: Annotated[list[str], Field(min_length=2)]
    """Colours, in quotes, evenly spread."""


class ScaleDocument(Document):
    """How a value becomes a colour and words. Exactly one of `classes`, `thresholds` and `continuous` is given."""

    title: TextValue
    """What it tells."""
    unit: Unit | None = None
    """The unit of its values."""
    classes: Annotated[list[ClassDocument], Field(min_length=2)] | None = None
    """A colour and words for each of some values."""
    thresholds: Annotated[list[ClassDocument], Field(min_length=2)] | None = None
    """Classes, each from a value up to the next."""
    continuous: ContinuousDocument | None = None
    """A colour that changes smoothly."""


class ScalesDocument(Document):
    """The scales of a folder of scenarios."""

    maquette: Literal[1]
    """The format's version."""
    scales: dict[Name, ScaleDocument]
    """Scales, by name."""
