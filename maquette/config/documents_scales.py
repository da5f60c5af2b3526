"""Documents of scales: how values become colours and words."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from maquette.config.document import Document, Name, TextValue
from maquette.config.quantities import Number, Share, Tempo, Unit

Sign = Literal["share", "tempo"]
"""What tells classes apart besides their colours: the share of the LEDs that is lit, or a tempo."""


def _form(raw: Any) -> str:
    return "<plain>" if isinstance(raw, str) else "<list>"


Colours = Annotated[
    Annotated[str, Tag("<plain>")] | Annotated[list[str], Field(min_length=2), Tag("<list>")], Discriminator(_form)
]
"""The name of a ramp, or colours in quotes, evenly spread."""


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
    share: Share | None = None
    """Its second sign: how much of the zone is lit, from its start. All classes of a scale have one, or none has."""
    tempo: Tempo | None = None
    """Its second sign: how often the light breathes. All classes of a scale have one, or none has."""


class ContinuousDocument(Document):
    """Colours between two values, interpolated in OKLab, clamped outside."""

    from_: Annotated[Number, Field(alias="from")]
    """Where the first colour stands."""
    to: Number
    """Where the last colour stands."""
    colours: Colours
    """Colours in quotes, evenly spread; or a ramp: `viridis` or `cividis`."""


class DivergingDocument(Document):
    """Colours on either side of a value that has a colour of its own, interpolated in OKLab, clamped outside."""

    from_: Annotated[Number, Field(alias="from")]
    """Where the first colour stands."""
    middle: Number
    """Where the middle colour stands."""
    to: Number
    """Where the last colour stands."""
    colours: Colours
    """An odd number of colours in quotes, the middle one for `middle`; or a ramp: `blue_orange` or `blue_yellow`."""


class ScaleDocument(Document):
    """How a value becomes a colour and words. Exactly one of `classes`, `thresholds`, `continuous` and `diverging` is given."""

    title: TextValue | None = None
    """What it tells. A scale that stands in a light may do without."""
    unit: Unit | None = None
    """The unit of its values."""
    classes: Annotated[list[ClassDocument], Field(min_length=2)] | None = None
    """A colour and words for each of some values."""
    thresholds: Annotated[list[ClassDocument], Field(min_length=2)] | None = None
    """Classes, each from a value up to the next."""
    continuous: ContinuousDocument | None = None
    """A colour that changes smoothly."""
    diverging: DivergingDocument | None = None
    """A colour that changes smoothly on either side of a middle value."""

    @property
    def steps(self) -> list[ClassDocument]:
        """Its classes, whichever of the two forms they have; empty where the colour changes smoothly."""
        return self.classes or self.thresholds or []

    @property
    def sign(self) -> Sign | None:
        """Its second sign, or None."""
        for entry in self.steps:
            if entry.share is not None:
                return "share"
            if entry.tempo is not None:
                return "tempo"
        return None


class ScalesDocument(Document):
    """The scales of a folder of scenarios."""

    maquette: Literal[1]
    """The format's version."""
    scales: dict[Name, ScaleDocument]
    """Scales, by name."""
