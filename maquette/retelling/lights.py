"""Lights and servos in sentences: on which zones, in which colour, after which value, and how that moves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from maquette.core.colour import parse_colour, to_hex, to_oklab
from maquette.core.colour_names import name_colour
from maquette.core.exhibition import LegendEntry
from maquette.retelling.expressions import Sayings
from maquette.retelling.names import Names
from maquette.retelling.phrases import Phrases
from maquette.show.effects import EFFECTS
from maquette.show.expressions import Expression
from maquette.show.scales import ClassScale, Scale
from maquette.show.scenario import Bound, Layer, ServoCue, Step

_LEVEL = "level"
_SHARES = (_LEVEL, "share", "lit", "depth", "ground")
"""What is told in percent."""
_ASIDE = re.compile(r" \([^()]*`[^()]*\)")
"""What the description of an effect says to whoever writes YAML."""


class Lights:
    """Tells the lights of one scenario; a scale is spelled out where it is first met."""

    def __init__(self, names: Names, sayings: Sayings, phrases: Phrases) -> None:
        self._names, self._sayings, self._phrases = names, sayings, phrases
        self._met: set[str] = set()

    def step(self, step: Step) -> Iterator[str]:
        """Yield sentences on the lights and servos of a step: scenery first where it does not move, then each light."""
        rest = self._rest(step)
        scenery = [layer for layer in step.layers if _is_scenery(layer)]
        if scenery:
            lights = (self._main(layer, "scenery", rest=layer is rest) for layer in scenery)
            yield self._phrases.say("scenery", lights=self._phrases.say("semicolon").join(lights))
        told: list[Layer] = []
        for layer in step.layers:
            if _is_scenery(layer):
                continue
            if any(_alike(layer, other) for other in told):
                yield self._phrases.say("likewise", zones=self._names.zones(layer.zones, rest=layer is rest))
            else:
                yield from self._layer(layer, rest=layer is rest)
            told.append(layer)
        for cue in step.servos:
            yield self._servo(cue)

    def _rest(self, step: Step) -> Layer | None:
        """Return the light on what no other names, if there is one."""
        for layer in step.layers:
            others = [other.zones for other in step.layers if other is not layer]
            if layer.is_decoration and self._names.is_rest(layer.zones, others):
                return layer
        return None

    def _layer(self, layer: Layer, *, rest: bool) -> Iterator[str]:
        yield self._main(layer, "decoration" if layer.is_decoration else "lit", rest=rest)
        effect = EFFECTS[layer.effect]
        if layer.effect != "solid":
            yield _ASIDE.sub("", self._phrases.text(effect.doc))
            if layer.together and len(layer.zones) > 1:
                yield self._phrases.say("together")
        if (
            layer.scale is not None
            and layer.scale.sign in effect.parameters
            and layer.scale.sign not in layer.parameters
        ):
            yield self._phrases.say(f"sign_{layer.scale.sign}")
        yield from self._parameters(layer)
        if layer.blend != "over":
            yield self._phrases.say(f"blend_{layer.blend}")

    def _main(self, layer: Layer, plain: str, *, rest: bool) -> str:
        say, level = self._phrases.say, self._level(layer)
        zones = self._names.zones(layer.zones, rest=rest)
        number = "many" if self._names.are_many(layer.zones, rest=rest) else "one"
        if layer.value is not None and layer.scale is not None:
            key = "each_on_scale" if layer.value.attributes and len(layer.zones) > 1 else f"on_scale_{number}"
            value, scale = self._sayings.value(layer.value), self._scale(layer.scale)
            return say(key, zones=zones, value=value, scale=scale, level=level)
        value = "" if layer.value is None else self._sayings.value(layer.value)
        key = f"{'shows' if value else plain}_{number}"
        return say(key, zones=zones, value=value, colour=self._colour(layer), level=level)

    def _level(self, layer: Layer) -> str:
        if isinstance(layer.level, Bound) or layer.level == 1.0:
            return ""
        return self._phrases.say("level", level=self._phrases.quantity(layer.level * 100, "%"))

    def _colour(self, layer: Layer) -> str:
        if layer.effect == "rainbow":
            return self._phrases.say("colour_in_rainbow")
        written = "#ffffff" if layer.colour is None else to_hex(layer.colour)
        return self._phrases.say(f"colour_in_{name_colour(written)}", hex=written)

    # -- scales ------------------------------------------------------------------------------------------------------

    def _scale(self, scale: Scale) -> str:
        """Return a scale's title, quoted, and at its first mention its classes."""
        title = self._phrases.quoted(self._phrases.text(scale.title) or scale.id)
        if scale.id in self._met:
            return title
        self._met.add(scale.id)
        return self._phrases.say(
            "scale", title=title, entries=self._phrases.say("semicolon").join(self._entries(scale))
        )

    def _entries(self, scale: Scale) -> Iterator[str]:
        entries = scale.legend()
        if scale.continuous:
            yield from self._band(entries, scale.unit)
            return
        key = "entry_class" if isinstance(scale, ClassScale) else "entry_from"
        for entry in entries:
            title, colour = self._phrases.quoted(self._phrases.text(entry.title)), self._word(entry)
            if entry.at is None:
                yield self._phrases.say("entry_first", title=title, colour=colour)
            else:
                at = self._phrases.quantity(entry.at, scale.unit)
                yield self._phrases.say(key, at=at, title=title, colour=colour)

    def _band(self, entries: Sequence[LegendEntry], unit: str | None) -> Iterator[str]:
        """Yield what a band is: from where to where, and in which colours; one that only grows lighter or darker says so."""
        ats = [self._phrases.quantity(entry.at or 0.0, unit) for entry in entries]
        steps = [float(to_oklab(parse_colour(entry.colour))[0]) for entry in entries]
        trend = "lighter" if steps == sorted(steps) else "darker" if steps == sorted(steps, reverse=True) else None
        words = dict.fromkeys(self._word(entry) for entry in entries if name_colour(entry.colour) != "other")
        if trend is None:
            yield from (
                self._phrases.say("entry_band", at=at, colour=self._word(entry))
                for at, entry in zip(ats, entries, strict=True)
            )
            return
        colour = self._phrases.say("then").join(words) or self._word(entries[len(entries) // 2])
        yield self._phrases.say(f"band_{trend}", low=ats[0], high=ats[-1], colour=colour)

    def _word(self, entry: LegendEntry) -> str:
        return self._phrases.say(f"colour_{name_colour(entry.colour)}", hex=entry.colour)

    # -- what follows a value ----------------------------------------------------------------------------------------

    def _parameters(self, layer: Layer) -> Iterator[str]:
        kinds = EFFECTS[layer.effect].parameters
        for name, kind in kinds.items():
            given = layer.parameters.get(name)
            if given is None and kind.own and layer.value is not None:
                yield self._phrases.say("count_own", value=self._sayings.value(layer.value))
        for name, given in layer.parameters.items():
            if isinstance(given, Bound):
                yield self._bound(name, given, layer.value, kinds[name].unit)
            elif name == "each":
                yield self._phrases.say("count_each", each=self._phrases.number(given))
        if isinstance(layer.level, Bound):
            yield self._bound(_LEVEL, layer.level, layer.value, None)

    def _bound(self, name: str, bound: Bound, own: Expression | None, unit: str | None) -> str:
        key = f"parameter_{name}"
        parameter = self._phrases.say(key) if self._phrases.has(key) else self._phrases.quoted(name)
        value = self._phrases.say("this_value") if bound.value is None else self._sayings.value(bound.value)
        if name in _SHARES:
            bound, unit = replace(bound, target=(bound.target[0] * 100, bound.target[1] * 100)), "%"
        return self._phrases.say("follows", what=parameter, value=value, **self._ends(bound, bound.value or own, unit))

    def _ends(self, bound: Bound, followed: Expression | None, unit: str | None) -> dict[str, str]:
        source_unit = None if followed is None else self._sayings.unit(followed.tree)
        quantity = self._phrases.quantity
        return {
            "low": quantity(bound.target[0], unit),
            "high": quantity(bound.target[1], unit),
            "at_low": quantity(bound.source[0], source_unit),
            "at_high": quantity(bound.source[1], source_unit),
        }

    def _servo(self, cue: ServoCue) -> str:
        servo = self._names.servo(cue.servo)
        if not isinstance(cue.angle, Bound) or cue.angle.value is None:
            angle = cue.angle if not isinstance(cue.angle, Bound) else cue.angle.target[0]
            return self._phrases.say("servo_fixed", servo=servo, angle=self._phrases.quantity(angle, "°"))
        park = self._names.park(cue.servo)
        rest = "" if park is None else self._phrases.say("servo_rest", angle=self._phrases.quantity(park, "°"))
        value = self._sayings.value(cue.angle.value)
        return self._phrases.say(
            "servo_follows", servo=servo, value=value, rest=rest, **self._ends(cue.angle, cue.angle.value, "°")
        )


def _is_scenery(layer: Layer) -> bool:
    """Tell whether a light neither tells anything nor moves."""
    return layer.is_decoration and layer.effect == "solid" and layer.blend == "over"


def _alike(layer: Layer, other: Layer) -> bool:
    """Tell whether two lights differ in their zones alone."""

    def told(light: Layer) -> tuple[object, ...]:
        colour = None if light.colour is None else light.colour.tobytes()
        return (
            light.value,
            light.scale,
            colour,
            light.effect,
            light.parameters,
            light.level,
            light.blend,
            light.together,
        )

    return told(layer) == told(other)
