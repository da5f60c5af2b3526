"""The classes of the shipped scales stay themselves under every quality and for every eye.

What is asked, and of what: a zone is painted as the stage paints it, with the effect that its scale brings, and looked at over one full
swing of its slowest tempo.

- From near, an eye makes out single LEDs: it goes by the colour of the lit ones, at their brightest. For each of the four visions that
  colour must be nearest to the live colour of its own class, and closer to it than an eye can tell.
- From afar, it makes out the zone alone: its average light, which a mark dims. Official colours are not ours to choose, and some classes
  dimmed are another class's colour. So the second sign has to tell: no marked zone moves, and every live one does.
- The faint white LED of a missing value is, for a protanopic eye, as grey as the dark red of a very poor air: that it is alone tells.
"""

from functools import cache

import numpy as np
import pytest

from maquette.config.documents import ScaleDocument, ScalesDocument
from maquette.config.light_defaults import SHOWN_BY
from maquette.config.official_scales import official_scales
from maquette.config.scales_check import make_scale
from maquette.core.colour import VISIONS, Floats, difference, seen
from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.show.expressions import compile_expression
from maquette.show.layers import Painter
from maquette.show.legibility import confusions, disguises
from maquette.show.scales import ClassScale, Scale
from maquette.show.scenario import Layer, Step
from tests.content.shipped import document
from tests.show.models import model_of, strips_of

MARKED = (Quality.STALE, Quality.REPLAY, Quality.SAMPLE)
TIMES = np.arange(0.0, 20.0, 0.5)


@cache
def shipped() -> dict[str, Scale]:
    own = ScalesDocument.read(document("scenarios/scales.yaml")).scales
    documents: dict[str, ScaleDocument] = {**official_scales(), **own}
    scales = {name: make_scale(name, scale) for name, scale in documents.items()}
    return {name: scale for name, scale in scales.items() if scale.steps}


def value_in(scale: Scale, number: int) -> float:
    """Return a value in the middle of a class."""
    steps = scale.steps
    at, following = steps[number].at, steps[number + 1].at if number + 1 < len(steps) else None
    if isinstance(scale, ClassScale):
        return at or 0.0
    return (following or 0.0) - 1.0 if at is None else at + 1.0 if following is None else (at + following) / 2


@cache
def film(name: str, number: int, quality: Quality, leds: int) -> Floats:
    """Return a zone that tells a class of a scale, moment after moment, shape (times, LEDs, 3)."""
    scale = shipped()[name]
    model = model_of(strips_of(leds), {"zone": range(leds)})
    effect = "solid" if scale.sign is None else SHOWN_BY[scale.sign]
    painter = Painter(model, Step(layers=(Layer(("zone",), compile_expression("feed.value"), scale, effect=effect),)))
    value = None if quality is Quality.MISSING else value_in(scale, number)
    reading = Reading("feed", "value", None, value, scale.unit, quality, Nature.MEASURED, source="Source")
    painter.bind(Readings([reading]), 0.0)
    return np.stack([painter.paint(float(t)) for t in TIMES])


def lit_colour(frames: Floats) -> Floats:
    """Return the colour of the lit LEDs at the brightest moment, shape (3,)."""
    frame = frames[frames.sum(axis=(1, 2)).argmax()]
    lit = frame[frame.max(axis=1) > 0.0]
    return np.asarray(lit.mean(axis=0))


def swing(frames: Floats) -> float:
    """Return how much of the zone's light goes at its lowest point, as a share of its lightness."""
    light = np.cbrt(frames.mean(axis=(1, 2)))
    return float(1.0 - light.min() / light.max())


def classes() -> list[tuple[str, int]]:
    return [(name, number) for name, scale in shipped().items() for number in range(len(scale.steps))]


@pytest.mark.parametrize("leds", [3, 6, 13])
@pytest.mark.parametrize(("name", "number"), classes())
def test_from_near_a_class_is_nearest_to_itself_for_every_eye(name: str, number: int, leds: int) -> None:
    colours = np.stack(
        [lit_colour(film(name, other, Quality.LIVE, leds)) for other in range(len(shipped()[name].steps))]
    )
    for quality in (Quality.LIVE, *MARKED):
        told = lit_colour(film(name, number, quality, leds))
        for vision in VISIONS:
            apart = difference(seen(colours, vision), seen(told, vision))
            assert apart.argmin() == number, (quality, vision)
            assert apart[number] < 1.0, (quality, vision)


@pytest.mark.parametrize(("name", "number"), classes())
def test_from_afar_a_marked_zone_stands_still_and_a_live_class_with_a_tempo_does_not(name: str, number: int) -> None:
    for quality in MARKED:
        assert swing(film(name, number, quality, 13)) < 1e-6
    if shipped()[name].sign == "tempo":
        assert swing(film(name, number, Quality.LIVE, 13)) > 0.3


@pytest.mark.parametrize("name", shipped())
def test_no_mark_makes_one_class_another_and_no_eye_confuses_two(name: str) -> None:
    assert list(confusions(shipped()[name])) == []
    assert list(disguises(shipped()[name])) == []


@pytest.mark.parametrize(("name", "number"), classes())
def test_a_missing_value_is_one_led_alone_and_a_class_never_is(name: str, number: int) -> None:
    for leds in (3, 6, 13):
        missing = film(name, number, Quality.MISSING, leds)
        assert set(np.count_nonzero(missing.max(axis=2), axis=1)) == {1}
        for quality in (Quality.LIVE, *MARKED):
            assert np.count_nonzero(film(name, number, quality, leds).max(axis=2), axis=1).min() >= leds / 2
