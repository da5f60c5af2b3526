"""From checked scenarios to what the stage plays: names opened, expressions compiled, quantities in base units."""

from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from maquette.config.amounts import amount
from maquette.config.build_model import titled
from maquette.config.documents import (
    AskDocument,
    BoundDocument,
    LightDocument,
    SayDocument,
    ScenarioDocument,
    ServoCueDocument,
    StartDocument,
    StepDocument,
    ThroughDocument,
)
from maquette.config.expressions_check import ZONE_TITLE
from maquette.config.light_defaults import scale_of, split_effect
from maquette.config.scales_check import make_scale
from maquette.config.world import World
from maquette.core.colour import parse_colour
from maquette.core.text import Text, words
from maquette.show.captions import parse_caption
from maquette.show.effects import EFFECTS
from maquette.show.expressions import Expression, compile_expression, examine
from maquette.show.scales import Scale
from maquette.show.scenario import (
    Ask,
    Bound,
    ButtonTrigger,
    Choice,
    ClockTrigger,
    Layer,
    Parameter,
    Say,
    Scenario,
    ServoCue,
    Step,
    Through,
    Trigger,
    ValueTrigger,
    Variant,
    Words,
)

STEP_S = 20.0
"""How long a step lasts when its document does not say, seconds."""

WAIT_S = 900.0
"""How long a step waits when its document does not say, seconds."""


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
        steps=tuple(
            _Maker(step, world, scales, zone).step() for step in document.steps for zone in zones_of(step, world)
        ),
        triggers=tuple(dict.fromkeys(_trigger(start) for start in document.start_on)),
        while_playing=document.while_playing,
        interrupt=document.interrupt,
        ends=document.ends if document.ends in present else "idle",
    )


def zones_of(step: StepDocument, world: World) -> Sequence[str | None]:
    """Return the zones for each of which a step is made: those of its `for_each`, or None alone where it has none."""
    if step.for_each is None:
        return (None,)
    return world.open([step.for_each] if isinstance(step.for_each, str) else step.for_each, [])


def _trigger(start: StartDocument) -> Trigger:
    if start.when is not None:
        rearm = None if start.rearm is None else compile_expression(start.rearm)
        return ValueTrigger(compile_expression(start.when), rearm, start.for_ or 0.0, start.at_most_every or 0.0)
    if start.at is not None:
        return ClockTrigger(start.at) if start.days is None else ClockTrigger(start.at, start.days)
    assert start.button is not None
    return ButtonTrigger(start.button, start.press or "short")


class _Maker:
    """Makes one step; ``zone`` is the one for which it is, where the document says it once for each."""

    def __init__(self, document: StepDocument, world: World, scales: Mapping[str, Scale], zone: str | None) -> None:
        self._document, self._world, self._scales, self._zone = document, world, scales, zone
        self._named = [self._names(light) for light in document.lights]

    def step(self) -> Step:
        document = self._document
        layers = (self._layer(light) for light in document.lights)
        return Step(
            title=self._filled(document.title),
            duration_s=self._duration_s(),
            at_most_s=None if document.until is None else (WAIT_S if document.at_most is None else document.at_most),
            until=_condition(document.until.when) if document.until is not None else None,
            fade_s=document.fade,
            say=None if document.say is None else self._say(document.say),
            notes=self._filled(document.notes),
            layers=tuple(layer for layer in layers if layer.zones),
            servos=tuple(self._cue(cue) for cue in document.servos),
            through=None if document.through is None else _through(document.through),
            ask=None if document.ask is None else _ask(document.ask),
            zone=self._zone,
        )

    def _duration_s(self) -> float | None:
        document = self._document
        if document.through is not None:
            return document.through.in_
        if document.until is not None:
            return None
        return STEP_S if document.for_ is None else document.for_

    def _names(self, light: LightDocument) -> list[str]:
        return [self._zone if name == "zone" and self._zone is not None else name for name in light.zones]

    def _filled(self, text: Text | None) -> Text | None:
        """Fill in what a text says of the step's zone."""
        if text is None or self._zone is None:
            return text
        return {language: "".join(self._pieces(words, language)) for language, words in text.items()}

    def _pieces(self, text: str, language: str) -> Iterator[str]:
        for piece in self._words(text, language).pieces:
            if isinstance(piece, str):
                yield piece
            elif self._zone is not None:
                attributes = self._world.zones[self._zone].attributes
                yield attributes.get(piece.text.removeprefix("zone."), "")

    def _words(self, text: str, language: str) -> Words:
        """Read a template; the name of the step's zone is filled in, for it differs with the language."""
        template = parse_caption(text)
        if self._zone is None:
            return template
        title = words(titled(self._world.zones[self._zone].title, self._zone), language)
        return Words(tuple(title if is_zone_title(piece) else piece for piece in template.pieces))

    def _say(self, document: SayDocument) -> Say:
        return Say(
            tuple(
                Variant(
                    self._templates(variant.words),
                    self._templates(variant.otherwise or {}),
                    _condition(variant.when),
                )
                for variant in document.variants
            )
        )

    def _templates(self, texts: Text) -> dict[str, Words]:
        return {language: self._words(text, language) for language, text in texts.items()}

    def _layer(self, light: LightDocument) -> Layer:
        zones = self._world.open(self._names(light), self._named)
        name, written = split_effect(light, self._world)
        kinds = EFFECTS[name].parameters
        parameters = {p: self._parameter(w, light.value, kinds[p].unit, zones) for p, w in written.items()}
        return Layer(
            zones=zones,
            value=None if light.value is None else compile_expression(light.value),
            scale=self._scale(light),
            colour=None if light.colour is None else parse_colour(light.colour),
            effect=name,
            parameters=parameters,
            level=self._level(light, zones),
            blend=light.blend,
            together=light.across == "together",
        )

    def _scale(self, light: LightDocument) -> Scale | None:
        scale = scale_of(light, self._world)
        if scale is None or isinstance(scale, str):
            return None if scale is None else self._scales[scale]
        # Lights that write the same scale have the same one, as in a step for each zone.
        return make_scale(f"own-{crc32(scale.model_dump_json().encode()):08x}", scale, {"": light.value or ""})

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


def is_zone_title(piece: str | Expression) -> bool:
    """Tell whether a piece of a text is the name of the step's zone."""
    return isinstance(piece, Expression) and piece.text == ZONE_TITLE


def _condition(text: str | None) -> Expression | None:
    return None if text is None else compile_expression(text)


def _through(document: ThroughDocument) -> Through:
    return Through(document.from_, document.to, document.in_)


def _ask(document: AskDocument) -> Ask:
    choices = tuple(Choice(choice.button, choice.label, choice.score) for choice in document.choices)
    return Ask(document.id, document.question, choices)
