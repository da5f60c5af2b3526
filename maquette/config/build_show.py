"""From checked scenarios to what the stage plays: names opened, expressions compiled, quantities in base units."""

from collections.abc import Mapping, Sequence

from maquette.config.amounts import amount
from maquette.config.documents import (
    BoundDocument,
    LightDocument,
    SayDocument,
    ScenarioDocument,
    ServoCueDocument,
    StepDocument,
)
from maquette.config.lights_check import split_effect
from maquette.config.world import World
from maquette.core.colour import parse_colour
from maquette.show.captions import parse_caption
from maquette.show.effects import EFFECTS
from maquette.show.expressions import compile_expression, examine
from maquette.show.scales import Scale
from maquette.show.scenario import Bound, Layer, Parameter, Say, Scenario, ServoCue, Step, Words

STEP_S = 20.0
"""How long a step lasts when its document does not say, seconds."""

WAIT_S = 900.0
"""How long a step waits for a command when its document does not say, seconds."""


def make_scenario(
    name: str, document: ScenarioDocument, world: World, scales: Mapping[str, Scale], present: Sequence[str]
) -> Scenario:
    """Make a scenario from a checked document.

    Args:
        name: its id.
        document: the document.
        world: what it names.
        scales: by name.
        present: ids of the scenarios that can be played; ending in another one is ending in idle.
    """
    return Scenario(
        id=name,
        title=document.title,
        steps=tuple(_Maker(step, world, scales).step() for step in document.steps),
        buttons=tuple(dict.fromkeys(start.button for start in document.start_on)),
        while_playing=document.while_playing,
        interrupt=document.interrupt,
        ends=document.ends if document.ends in present else "idle",
    )


class _Maker:
    def __init__(self, document: StepDocument, world: World, scales: Mapping[str, Scale]) -> None:
        self._document, self._world, self._scales = document, world, scales
        self._named = [light.zones for light in document.lights]

    def step(self) -> Step:
        document = self._document
        waits = document.until is not None
        duration_s = document.for_ if document.for_ is not None else STEP_S
        at_most_s = document.at_most if document.at_most is not None else WAIT_S
        layers = (self._layer(light) for light in document.lights)
        return Step(
            title=document.title,
            duration_s=None if waits else duration_s,
            at_most_s=at_most_s if waits else None,
            fade_s=document.fade,
            say=None if document.say is None else _say(document.say),
            notes=document.notes,
            layers=tuple(layer for layer in layers if layer.zones),
            servos=tuple(self._cue(cue) for cue in document.servos),
        )

    def _layer(self, light: LightDocument) -> Layer:
        zones = self._world.open(light.zones, self._named)
        name, written = split_effect(light)
        kinds = EFFECTS[name].parameters
        parameters = {p: self._parameter(w, light.value, kinds[p].unit, zones) for p, w in written.items()}
        return Layer(
            zones=zones,
            value=None if light.value is None else compile_expression(light.value),
            scale=None if light.scale is None else self._scales[light.scale],
            colour=None if light.colour is None else parse_colour(light.colour),
            effect=name,
            parameters=parameters,
            level=self._level(light, zones),
            blend=light.blend,
            together=light.across == "together",
        )

    def _level(self, light: LightDocument, zones: Sequence[str]) -> Parameter:
        level = self._parameter(light.level, light.value, "%", zones)
        if isinstance(level, Bound):
            return Bound(level.value, level.source, (level.target[0] / 100, level.target[1] / 100))
        return level / 100

    def _cue(self, cue: ServoCueDocument) -> ServoCue:
        angle = self._parameter(cue.angle, cue.value, "°", ())
        if isinstance(angle, Bound) and angle.value is None and cue.value is not None:
            angle = Bound(compile_expression(cue.value), angle.source, angle.target)
        return ServoCue(cue.servo, angle)

    def _parameter(
        self, written: float | str | BoundDocument, own: str | None, unit: str | None, zones: Sequence[str]
    ) -> Parameter:
        if not isinstance(written, BoundDocument):
            return amount(written, unit)
        followed = compile_expression(written.value or own or "0")
        value_unit, _ = examine(followed, self._world.vocabulary(zones))
        return Bound(
            value=None if written.value is None else followed,
            source=(amount(written.from_[0], value_unit), amount(written.from_[1], value_unit)),
            target=(amount(written.to[0], unit), amount(written.to[1], unit)),
        )


def _say(document: SayDocument) -> Say:
    return Say(_templates(document.words), _templates(document.otherwise or {}))


def _templates(texts: Mapping[str, str]) -> dict[str, Words]:
    return {language: parse_caption(text) for language, text in texts.items()}
