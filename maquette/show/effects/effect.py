"""Effect: how bright each LED of a run is at a moment. Time, places and parameters flow in; intensities in [0, 1] flow out.

Most effects know no colour and no value: they shape light in time and along a run. A few also paint it: they are given the colours of their
zones as a `Palette` and return one for each LED. None knows how far a value can be believed. Effects are pure functions of time, so that
they look the same at any frame rate, and are called once for all LEDs of a layer, whatever the number of zones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from maquette.core.colour import Floats
from maquette.core.text import Text
from maquette.show.model import Indices

ParameterValue = float | npt.NDArray[np.floating[Any]]
"""One number for a whole layer, or one per LED, shape (n,), where a parameter is bound to values that differ."""


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """A parameter of an effect.

    Attributes:
        default: its number where a document gives none.
        minimum: the least it may be.
        maximum: the most it may be.
        unit: its unit, or None for a bare number.
        doc: what it does, in French and English.
        own: True when it is the light's own value where a document does not give it.
    """

    default: float
    minimum: float
    maximum: float
    unit: str | None
    doc: Text
    own: bool = False


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

    @cached_property
    def order(self) -> Floats:
        """When each LED's turn comes if the LEDs of a run light up one by one, from 0, shape (n,); see `_spread_order`."""
        order = np.zeros(self.index.size, dtype=np.float32)
        for leds in np.unique(self.length):
            here = self.length == leds
            order[here] = _spread_order(int(leds))[self.index[here]]
        return order


@dataclass(frozen=True, eq=False)
class Palette:
    """The light that the values behind a run give, for effects that paint: colours times levels, linear RGB as planes, one entry per LED.

    Attributes:
        own: that of its zone, shape (3, n).
        next: that of the neighbouring zone towards which the LED lies, shape (3, n); its own where there is none on that side, or where
            the value of one of the two is missing.
        share: how far it lies on the way from the middle of its zone to the middle of the next, shape (n,), in [0, 1].
    """

    own: Floats
    next: Floats
    share: Floats


def _splitmix(
    state: np.ndarray[tuple[int, ...], np.dtype[np.uint64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Stir 64-bit numbers (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014)."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def _spread_order(leds: int) -> Floats:
    """Return in which order ``leds`` LEDs light up so that any number of them is spread evenly and none ever moves, shape (leds,).

    First the middle, then the quarters, the eighths and so on (van der Corput, "Verteilungsfunktionen", 1935).
    """
    bits = leds.bit_length() + 1
    numbers = np.arange(1, 1 << bits)
    reversed_bits = sum(((numbers >> bit) & 1) << (bits - 1 - bit) for bit in range(bits))
    _, first = np.unique(reversed_bits * leds >> bits, return_index=True)
    return np.argsort(np.argsort(first)).astype(np.float32)


Render = Callable[[float, Run, Mapping[str, ParameterValue]], Floats]
"""(seconds, run, all parameters) → intensity, shape (n,), float32 in [0, 1], linear light; always a new array."""

Tint = Callable[[float, Run, Mapping[str, ParameterValue], Palette], Floats]
"""(seconds, run, all parameters, colours of the zones) → linear RGB as planes, shape (3, n), float32 in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect of the registry.

    Attributes:
        name: as documents write it.
        doc: what a visitor sees, in French and English.
        parameters: what can be set or bound to a value; `render` needs them all.
        render: the function itself.
        rate: the parameter that time multiplies (turns per second), or None for an effect that does not move. An effect with a rate also
            has a ``phase`` in turns, through which a painter keeps the motion continuous when the rate changes.
        tint: the colour of each LED, which `render` makes brighter and dimmer; None when each has the colour of its zone.
        between_zones: True when it passes from zone to zone, so that it needs a run of several.
        decoration_only: True when its colours say nothing, so that it may not stand where a value is told.
    """

    name: str
    doc: Text
    parameters: Mapping[str, ParameterKind]
    render: Render
    rate: str | None = None
    tint: Tint | None = None
    between_zones: bool = False
    decoration_only: bool = False

    @property
    def still(self) -> bool:
        """True when the effect does not depend on time."""
        return self.rate is None

    @property
    def defaults(self) -> dict[str, ParameterValue]:
        """The default of every parameter."""
        return {name: kind.default for name, kind in self.parameters.items()}
