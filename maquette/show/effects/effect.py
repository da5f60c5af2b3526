"""Effect: how bright each LED of a run is at a moment. Time, places and parameters flow in; intensities in [0, 1] flow out.

An effect knows no colour, no value and no quality: it only shapes light in time and along a run. It is a pure function of time, so that it
looks the same at any frame rate, and it is called once for all LEDs of a layer, whatever the number of zones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from maquette.core.colour import Floats
from maquette.show.model import Indices

ParameterValue = float | npt.NDArray[np.floating[Any]]
"""One number for a whole layer, or one per LED, shape (n,), where a parameter is bound to values that differ."""


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """A parameter of an effect: its default, its range (both ends included), its unit or None, and what it does."""

    default: float
    minimum: float
    maximum: float
    unit: str | None
    doc: str


@dataclass(frozen=True, eq=False)
class Run:
    """The LEDs of a layer, one entry per LED, in no particular order; each belongs to one run (a zone, or all zones together).

    Attributes:
        position: share of its run that lies before it, shape (n,), in [0, 1]; 0 where the run is a single LED.
        distance: millimetres from the start of its run, shape (n,).
        index: its number within its run, from 0, shape (n,).
        length: how many LEDs its run has, shape (n,).
        seed: the seed of its run (its zone's, or the first zone's), shape (n,).
    """

    position: Floats
    distance: Floats
    index: Indices
    length: Floats
    seed: Indices

    @cached_property
    def steps(self) -> Floats:
        """`index` as floats, shape (n,): what effects calculate with."""
        return self.index.astype(np.float32)

    @cached_property
    def offset(self) -> Floats:
        """A number in [0, 1) per LED, shape (n,), the same throughout a run, that differs from run to run."""
        turns = self.seed * 0.6180339887498949
        return np.asarray(turns - np.floor(turns), dtype=np.float32)

    @cached_property
    def chance(self) -> Floats:
        """Two numbers in [0, 1) per LED, shape (2, n), that look random and depend on seed and index alone."""
        mixed = (self.seed.astype(np.uint64) << np.uint64(32)) ^ (self.index.astype(np.uint64) + np.uint64(1))
        draws = []
        for _ in range(2):
            mixed = _splitmix(mixed)
            draws.append((mixed >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24))
        return np.stack(draws)


def _splitmix(
    state: np.ndarray[tuple[int, ...], np.dtype[np.uint64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Stir 64-bit numbers (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014)."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


Render = Callable[[float, Run, Mapping[str, ParameterValue]], Floats]
"""(seconds, run, all parameters) → intensity, shape (n,), float32 in [0, 1], linear light; always a new array."""


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect of the registry.

    Attributes:
        name: as documents write it.
        doc: what a visitor sees.
        parameters: what can be set or bound to a value; `render` needs them all.
        render: the function itself.
        rate: the parameter that time multiplies (turns per second), or None for an effect that does not move. An effect with a rate also
            has a ``phase`` in turns, through which a painter keeps the motion continuous when the rate changes.
    """

    name: str
    doc: str
    parameters: Mapping[str, ParameterKind]
    render: Render
    rate: str | None = None

    @property
    def still(self) -> bool:
        """True when the effect does not depend on time."""
        return self.rate is None

    @property
    def defaults(self) -> dict[str, ParameterValue]:
        """The default of every parameter."""
        return {name: kind.default for name, kind in self.parameters.items()}
