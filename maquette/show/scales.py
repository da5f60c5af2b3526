"""Scales: a value becomes a colour and words. One object makes the lights, the virtual model, the legend and the printed sheet.

In: plain numbers already in the scale's unit. Out: linear RGB. A value that no class holds has a colour of its own, a neutral grey that
stands in no scale, and no words: it is never taken for its neighbour.

Hue is never the only sign of an official scale: its classes have a second one, either the share of the LEDs that is lit or a tempo.
"""

import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from maquette.core.colour import Floats, from_oklab, to_hex, to_oklab
from maquette.core.exhibition import LegendEntry, ScaleCard
from maquette.core.text import Text

UNKNOWN_COLOUR: Floats = np.full(3, 0.05, dtype=np.float32)
"""The colour of a value that its scale does not know: neutral, dim, linear RGB, shape (3,)."""
UNKNOWN_COLOUR.flags.writeable = False

Sign = Literal["share", "tempo"]
"""A second sign, by the name of the effect's parameter that shows it: a share of the LEDs in [0, 1], or a tempo in Hz."""

_STEPS = 257
"""Colours of a band; odd, so that one of them stands exactly in the middle."""

_CLOSE = 1e-6
_LEGEND_STOPS = 5


@dataclass(frozen=True, eq=False)
class ScaleClass:
    """One class of a scale.

    Attributes:
        title: its words.
        colour: linear RGB, shape (3,).
        at: the value that it stands for (classes) or begins at (thresholds; None: from however low), in the scale's unit.
        sign: its second sign, of the kind that the scale says, or None.
    """

    title: Text
    colour: Floats
    at: float | None = None
    sign: float | None = None


@dataclass(frozen=True, eq=False)
class Scale(ABC):
    """How a value becomes a colour and words.

    Attributes:
        id: its name.
        title: what it tells.
        unit: the unit of its values, or None.
    """

    id: str
    title: Text
    unit: str | None

    @property
    def continuous(self) -> bool:
        """True when the colour changes smoothly, and a legend is a band."""
        return False

    @property
    def steps(self) -> tuple[ScaleClass, ...]:
        """Its classes, in rising order; empty where the colour changes smoothly."""
        return ()

    @property
    def sign(self) -> Sign | None:
        """What tells its classes apart besides their colours, or None."""
        return None

    def sign_at(self, value: float) -> float | None:
        """Return the second sign of a value, or None when it has none."""
        del value
        return None

    @abstractmethod
    def colour(self, value: float) -> Floats:
        """Return the colour of a value: linear RGB, shape (3,), read-only; `UNKNOWN_COLOUR` when the scale does not know it."""

    @abstractmethod
    def class_title(self, value: float) -> Text | None:
        """Return the words for a value, or None when it has none."""

    @abstractmethod
    def legend(self) -> tuple[LegendEntry, ...]:
        """Return the scale for people to read, in rising order."""

    def colours(self, values: Sequence[float] | Floats) -> Floats:
        """Return the colours of values, shape (n,), as linear RGB, shape (n, 3)."""
        if len(values) == 0:
            return np.zeros((0, 3), dtype=np.float32)
        return np.stack([self.colour(float(value)) for value in values])

    def card(self) -> ScaleCard:
        """Return the scale as the console shows it."""
        return ScaleCard(self.id, self.title, self.unit, self.continuous, self.legend())


@dataclass(frozen=True, eq=False)
class _Classes(Scale):
    classes: tuple[ScaleClass, ...]
    second_sign: Sign | None = None
    _colours: tuple[Floats, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.classes) < 2:
            raise ValueError(f"scale '{self.id}' needs at least two classes")
        if any((c.sign is None) is not (self.second_sign is None) for c in self.classes):
            raise ValueError(f"scale '{self.id}' has classes with a second sign and classes without")
        object.__setattr__(self, "_colours", tuple(_frozen(c.colour) for c in self.classes))

    @abstractmethod
    def _index(self, value: float) -> int | None: ...

    @property
    def steps(self) -> tuple[ScaleClass, ...]:
        return self.classes

    @property
    def sign(self) -> Sign | None:
        return self.second_sign

    def sign_at(self, value: float) -> float | None:
        index = self._index(value)
        return None if index is None else self.classes[index].sign

    def colour(self, value: float) -> Floats:
        index = self._index(value)
        return UNKNOWN_COLOUR if index is None else self._colours[index]

    def class_title(self, value: float) -> Text | None:
        index = self._index(value)
        return None if index is None else self.classes[index].title

    def legend(self) -> tuple[LegendEntry, ...]:
        return tuple(LegendEntry(c.title, to_hex(c.colour), c.at) for c in self.classes)


@dataclass(frozen=True, eq=False)
class ClassScale(_Classes):
    """A class for each of some values, such as the six classes of an index; any other value is unknown.

    Raises:
        ValueError: fewer than two classes, a class without value, a value twice.
    """

    _values: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        values = tuple(c.at for c in self.classes if c.at is not None and math.isfinite(c.at))
        if len(values) < len(self.classes):
            raise ValueError(f"scale '{self.id}' has a class without value")
        if len(set(values)) < len(values):
            raise ValueError(f"scale '{self.id}' has two classes for one value")
        object.__setattr__(self, "_values", values)

    def _index(self, value: float) -> int | None:
        for index, at in enumerate(self._values):
            if abs(value - at) <= _CLOSE * max(1.0, abs(at)):
                return index
        return None


@dataclass(frozen=True, eq=False)
class ThresholdScale(_Classes):
    """Classes that begin at rising values, each up to the next; below the first there is none, unless the first begins nowhere.

    Raises:
        ValueError: fewer than two classes, a class but the first without a beginning, beginnings that do not rise.
    """

    _limits: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        limits = [-math.inf if c.at is None else c.at for c in self.classes]
        if not all(math.isfinite(limit) for limit in limits[1:]) or math.isnan(limits[0]):
            raise ValueError(f"scale '{self.id}' has a class without a beginning; only the first may lack it")
        if any(low >= high for low, high in pairwise(limits)):
            raise ValueError(f"scale '{self.id}' has beginnings that do not rise")
        object.__setattr__(self, "_limits", tuple(limits))

    def _index(self, value: float) -> int | None:
        if math.isnan(value):
            return None
        index = bisect_right(self._limits, value) - 1
        return index if index >= 0 else None


@dataclass(frozen=True, eq=False)
class ContinuousScale(Scale):
    """Colours that change smoothly from one value to another, interpolated in OKLab, clamped outside.

    Attributes:
        ends: where the first and the last colour stand, in the scale's unit; between them, where the middle colour stands, which
            divides the band into two arms. They rise or fall.
        stops: linear RGB, shape (n, 3), n ≥ 2, evenly spread along the band; of two arms, n is odd.

    Raises:
        ValueError: ends that are not finite, or neither rise nor fall; colours that are too few, or not odd for two arms.
    """

    ends: Sequence[float]
    stops: Floats
    _table: tuple[Floats, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rises = all(low < high for low, high in pairwise(self.ends))
        falls = all(low > high for low, high in pairwise(self.ends))
        if not (all(map(math.isfinite, self.ends)) and len(self.ends) in (2, 3) and (rises or falls)):
            raise ValueError(f"scale '{self.id}' must run between different values")
        stops = np.asarray(self.stops, dtype=np.float32)
        if stops.ndim != 2 or stops.shape[0] < 2 or stops.shape[1] != 3:
            raise ValueError(f"scale '{self.id}' needs at least two colours")
        if len(self.ends) == 3 and stops.shape[0] % 2 == 0:
            raise ValueError(f"scale '{self.id}' needs a colour in the middle")
        object.__setattr__(self, "stops", _frozen(stops))
        object.__setattr__(self, "_table", tuple(_frozen(row) for row in _band(stops)))

    @property
    def continuous(self) -> bool:
        """Always True."""
        return True

    def colour(self, value: float) -> Floats:
        """Return the colour of a value, clamped to the ends of the band: linear RGB, shape (3,), read-only."""
        return UNKNOWN_COLOUR if math.isnan(value) else self._table[round(self._place(value) * (_STEPS - 1))]

    def _place(self, value: float) -> float:
        """Return where a value stands along the band, in [0, 1]."""
        arms = len(self.ends) - 1
        shares = [min(max((value - low) / (high - low), 0.0), 1.0) for low, high in pairwise(self.ends)]
        return sum(shares) / arms

    def class_title(self, value: float) -> Text | None:
        """Return None: a band has no classes."""
        del value
        return None

    def legend(self) -> tuple[LegendEntry, ...]:
        """Return one line per colour, five at most, with the value at which it stands."""
        places = np.linspace(0.0, 1.0, min(len(self.stops), _LEGEND_STOPS))
        values = np.interp(places, np.linspace(0.0, 1.0, len(self.ends)), self.ends)
        return tuple(LegendEntry(_figure(at), to_hex(self.colour(at)), at) for at in map(float, values))


def _band(stops: Floats) -> Floats:
    """Return `_STEPS` colours through evenly spread stops, linear RGB, shape (`_STEPS`, 3)."""
    lab = to_oklab(stops)
    places = np.linspace(0.0, 1.0, len(stops))
    steps = np.linspace(0.0, 1.0, _STEPS)
    return from_oklab(np.stack([np.interp(steps, places, lab[:, axis]) for axis in range(3)], axis=-1))


def _frozen(colour: Floats) -> Floats:
    copy = np.array(colour, dtype=np.float32)
    copy.flags.writeable = False
    return copy


def _figure(value: float) -> Text:
    written = f"{value:.6g}"
    return {"": written, "fr": written.replace(".", ",")}
