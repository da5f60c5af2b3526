"""Legibility: which classes of a scale are hard to tell apart, for which eyes, and which a quality mark would turn into another.

In: a scale. Out: pairs of classes. Distances are ΔE_OK (`maquette.core.colour.difference`), in which colours that touch begin to differ at
about 2. Zones do not touch, though: they are held against a legend, across a hall, and no two LEDs are quite alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations

from maquette.core.colour import VISIONS, Floats, difference, seen
from maquette.core.readings import Quality
from maquette.show.quality_marks import mark
from maquette.show.scales import Scale, ScaleClass

HARD_TO_TELL = 8.0
"""ΔE_OK below which two classes are taken for each other: four times what an eye sees when colours touch."""

SAME_LOOK = 4.0
"""ΔE_OK below which the average light of a marked zone is that of another class, where the dark LEDs are not made out."""

_LEDS = 12
_TEMPO_RATIO = 1.3
_SHARE_STEP = 0.1
_MARKED = (Quality.STALE, Quality.SAMPLE)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two classes, by number, that look alike.

    Attributes:
        one: the class.
        other: the one for which it is taken.
        vision: to which eye, of `VISIONS`; the one to which they are most alike.
        difference: how far they lie apart for it, ΔE_OK.
        quality: the quality whose mark makes them alike, LIVE where none is needed.
    """

    one: int
    other: int
    vision: str
    difference: float
    quality: Quality = Quality.LIVE


def confusions(scale: Scale) -> Iterator[Likeness]:
    """Yield the pairs of classes that are hard to tell apart and have no second sign by which they differ."""
    classes = scale.steps
    for one, other in combinations(range(len(classes)), 2):
        if not _differ(scale, classes[one], classes[other]):
            vision, apart = _closest(classes[one].colour, classes[other].colour)
            if apart < HARD_TO_TELL:
                yield Likeness(one, other, vision, apart)


def disguises(scale: Scale) -> Iterator[Likeness]:
    """Yield the classes that a quality mark makes look like another one, to whoever is too far away to make out the dark LEDs.

    A mark holds its zone still, so that where every class has a tempo of its own a marked zone is none of them.
    """
    classes = scale.steps
    for one, other in permutations(range(len(classes)), 2):
        if scale.sign == "tempo" or _differ(scale, classes[one], classes[other]):
            continue
        for quality in _MARKED:
            average = classes[one].colour * mark(quality, _LEDS).keeps.mean()
            vision, apart = _closest(average, classes[other].colour)
            if apart < SAME_LOOK:
                yield Likeness(one, other, vision, apart, quality)
                break


def _closest(one: Floats, other: Floats) -> tuple[str, float]:
    """Return the eye to which two colours are most alike, and how far they lie apart for it."""
    apart = {vision: float(difference(seen(one, vision), seen(other, vision))) for vision in VISIONS}
    vision = min(apart, key=lambda name: apart[name])
    return vision, apart[vision]


def _differ(scale: Scale, one: ScaleClass, other: ScaleClass) -> bool:
    """Tell whether two classes have second signs that can be told apart."""
    if one.sign is None or other.sign is None:
        return False
    low, high = sorted((one.sign, other.sign))
    return high >= low * _TEMPO_RATIO if scale.sign == "tempo" else high - low >= _SHARE_STEP
