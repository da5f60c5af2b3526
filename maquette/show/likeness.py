"""Likeness: whether two parts of a show are the same to the last number, however deep, so that what did not change stays untouched."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np

from maquette.show.model import Model
from maquette.show.scenario import Step


def alike(one: object, other: object) -> bool:
    """Tell whether two values are the same: dataclasses field by field, sequences and mappings entry by entry in their order."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)  # type: ignore[arg-type]  # of the same type, see above
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return alike(tuple(one.items()), tuple(other.items()))
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(alike, one, other))
    if is_dataclass(one):
        given = [field.name for field in fields(one) if field.init]  # the others follow from these
        return all(alike(getattr(one, name), getattr(other, name)) for name in given)
    return one == other


def same_look(one: Step, other: Step) -> bool:
    """Tell whether two steps ask the same of light and servos; their words and their length are another matter."""
    return alike((one.layers, one.servos), (other.layers, other.servos))


def same_places(one: Model, other: Model) -> bool:
    """Tell whether two models have the same zones on the same LEDs in the same places; their titles are another matter."""
    return alike(
        *([(z.id, z.leds, z.places, z.distances, z.attributes, z.seed) for z in m.zones.values()] for m in (one, other))
    )


def same_wiring(one: Model, other: Model) -> bool:
    """Tell whether two models turn the same frame into the same bytes, within the same limits."""
    return alike((one.strips, one.supplies), (other.strips, other.supplies)) and alike(
        *([(zone.id, zone.leds) for zone in model.zones.values()] for model in (one, other))
    )
