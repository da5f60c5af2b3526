"""Current: what the steps of a scenario may ask of each supply at their brightest, against its limit."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from maquette.config.build_show import zones_of
from maquette.config.documents import ScenarioDocument
from maquette.config.draft import Draft
from maquette.config.world import World
from maquette.core.colour import Floats, parse_colour
from maquette.show.effects import EFFECTS
from maquette.show.model import LINEAR_GAMMA, Model, Strip
from maquette.show.runs import lay_out
from maquette.show.scenario import Bound, Layer, Scenario, Step
from maquette.show.wires import Wires

_MOMENTS = [1.13 * number for number in range(16)]
_WHITE = np.ones(3, dtype=np.float32)


def check_current(draft: Draft, document: ScenarioDocument, scenario: Scenario, world: World, model: Model) -> None:
    """Warn of each step that asks a supply for more than it gives, at full brightness and the brightest values.

    The limit holds whatever a scenario asks (`maquette.show.power`): such a step is shown, dimmed. The warning says how much.
    """
    made = iter(scenario.steps)
    for index, step in enumerate(document.steps):
        each_zone = list(islice(made, len(zones_of(step, world))))
        if not any(_may_ask_too_much(each, model) for each in each_zone):
            continue
        brightest = [most_light(each, model) for each in each_zone]
        for supply in model.supplies.values():
            asked = max((asked_a(light, supply.id, model) for light in brightest), default=0.0)
            if asked > supply.limit_a:
                path = ("steps", index, "lights") if step.lights else ("steps", index)
                idle = sum(strip.leds * strip.idle_ma / 1000 for strip in _strips(model, supply.id))
                spare = max(0.0, supply.limit_a - idle) / (asked - idle) if asked > idle else 0.0
                draft.report(
                    "W032",
                    path,
                    on_key=True,
                    asked=f"{asked:.1f}",
                    supply=supply.id,
                    limit=f"{supply.limit_a:g}",
                    percent=f"{100 * spare:.0f}",
                )


def _may_ask_too_much(step: Step, model: Model) -> bool:
    """Tell whether a supply could not give enough if every effect lit all of its LEDs at once: few steps need a closer look."""
    light = most_light(step, model, sampled=False)
    return any(asked_a(light, supply.id, model) > supply.limit_a for supply in model.supplies.values())


def most_light(step: Step, model: Model, *, sampled: bool = True) -> Floats:
    """Return the most light that a step can show, linear RGB, shape (LEDs, 3): values, levels and effects at their brightest.

    Args:
        step: the step.
        model: where it is shown.
        sampled: look at how many LEDs each effect lights at once; else it is taken to light them all.
    """
    light = np.zeros((model.led_count, 3), dtype=np.float32)
    for layer in step.layers:
        own = _brightest(layer) * np.float32(_most(layer) * (_peak(layer, model) if sampled else 1.0))
        leds = np.concatenate([model.zones[zone].leds for zone in layer.zones])
        match layer.blend:
            case "over":
                light[leds] = own
            case "add":
                light[leds] = np.minimum(light[leds] + own, 1.0)
            case "max":
                light[leds] = np.maximum(light[leds], own)
            case "multiply":
                light[leds] *= own
    return light


def asked_a(light: Floats, supply: str, model: Model) -> float:
    """Return the amperes that some light asks of a supply, by the model of `maquette.show.power`: on the bytes that would leave."""
    coded = light.copy()
    for strip in model.strips.values():
        coded[strip.span] *= np.array(strip.white_balance, dtype=np.float32)
        coded[strip.span] **= strip.gamma / LINEAR_GAMMA
    drive = Wires(model).split(np.rint(255 * coded).astype(np.uint8))
    strips = _strips(model, supply)
    lit_ma = sum(int(drive[strip.span].sum(dtype=np.int64)) / 255 * strip.channel_ma for strip in strips)
    return (lit_ma + sum(strip.leds * strip.idle_ma for strip in strips)) / 1000


def _strips(model: Model, supply: str) -> Sequence[Strip]:
    return [strip for strip in model.strips.values() if strip.supply == supply]


def _brightest(layer: Layer) -> Floats:
    if layer.scale is None:
        return _WHITE if layer.colour is None else layer.colour
    colours = [parse_colour(entry.colour) for entry in layer.scale.legend()]
    return max(colours, key=lambda colour: float(colour.sum()))


def _most(layer: Layer) -> float:
    return max(layer.level.target) if isinstance(layer.level, Bound) else layer.level


def _peak(layer: Layer, model: Model) -> float:
    """Return the greatest share of its LEDs that an effect lights at once, sampled; 1 where a value moves it."""
    effect = EFFECTS[layer.effect]
    if any(isinstance(parameter, Bound) for parameter in layer.parameters.values()):
        return 1.0
    run = lay_out([model.zones[zone] for zone in layer.zones], together=layer.together).run
    parameters = {**effect.defaults, **{name: n for name, n in layer.parameters.items() if not isinstance(n, Bound)}}
    moments = [0.0] if effect.still else _MOMENTS
    return max((float(effect.render(t, run, parameters).mean()) for t in moments), default=1.0)
