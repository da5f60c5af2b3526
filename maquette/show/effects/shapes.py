"""Shapes: the few curves that effects are drawn with. Turns of a cycle and lightness as eyes judge it flow in, linear light flows out."""

from collections.abc import Mapping
from typing import overload

import numpy as np

from maquette.core.colour import Floats
from maquette.show.effects.effect import ParameterKind, ParameterValue, Run

PHASE = ParameterKind(
    0.0,
    0.0,
    1.0,
    None,
    {"fr": "Où l'effet commence dans son cycle, en tours.", "en": "Where in its cycle the effect begins, in turns."},
)
"""The parameter that every moving effect has."""

_TURN = np.float32(2 * np.pi)


@overload
def turns(t: float, rate: float, phase: float) -> float: ...
@overload
def turns(t: float, rate: ParameterValue, phase: ParameterValue) -> ParameterValue: ...
def turns(t: float, rate: ParameterValue, phase: ParameterValue) -> ParameterValue:
    """Return how far a cycle is at ``t`` seconds, in [0, 1).

    Calculated in double precision, so that motion stays smooth after a month: only the part of a turn is kept.
    """
    if isinstance(rate, np.ndarray) or isinstance(phase, np.ndarray):
        whole = t * np.asarray(rate, dtype=np.float64) + phase
        return (whole - np.floor(whole)).astype(np.float32)
    return (t * rate + phase) % 1.0


def ripple(turn: ParameterValue) -> Floats:
    """Return a cosine in [0, 1] that is 1 at every whole turn."""
    return np.asarray(0.5 + 0.5 * np.cos(_TURN * np.asarray(turn, dtype=np.float32)), dtype=np.float32)


def ease(share: Floats) -> Floats:
    """Return the smooth step from 0 to 1 for shares in [0, 1] (clipped): no corner at either end."""
    inside = np.clip(share, 0.0, 1.0)
    return np.asarray(inside * inside * (3.0 - 2.0 * inside), dtype=np.float32)


def to_light(lightness: Floats) -> Floats:
    """Return the linear light that looks like ``lightness`` in [0, 1], where equal steps look equal.

    A cubic whose light has, within 0.005, the CIE 1976 lightness asked for (ISO/CIE 11664-4); no power is calculated.
    """
    return np.asarray(lightness * (0.09 + lightness * (0.175 + 0.735 * lightness)), dtype=np.float32)


def swing(shape: Floats, depth: ParameterValue) -> Floats:
    """Return the linear light of a shape in [0, 1] whose dark side loses the share ``depth`` of its lightness."""
    return to_light(np.asarray(1.0 - depth * (1.0 - shape), dtype=np.float32))


def even(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:  # noqa: ARG001 - every effect has this signature
    """Return full intensity for every LED: the light of effects that do not shape it."""
    return np.ones(run.index.size, dtype=np.float32)


def spread(light: Floats, leds: int) -> Floats:
    """Return a new array of shape (leds,): light that is one number for all LEDs is repeated."""
    out = np.empty(leds, dtype=np.float32)
    out[...] = light
    return out
