"""Lights of scenarios: zones, scales, effects with their parameters, and numbers that follow values."""

from collections.abc import Container, Sequence

from maquette.config.amounts import check_amount, same_kind
from maquette.config.documents import BoundDocument, LightDocument, ScaleDocument
from maquette.config.draft import Draft
from maquette.config.expressions_check import Examined, check_number
from maquette.config.light_defaults import scale_document, scale_of, split_effect
from maquette.config.problems import did_you_mean
from maquette.config.scales_check import check_colour, check_scale
from maquette.config.scales_sight import warn_of_sign, warn_of_unknown_values
from maquette.config.tree import Path
from maquette.config.world import World
from maquette.core.message import message
from maquette.show.effects import EFFECTS, Effect, ParameterKind


def check_light(
    draft: Draft,
    path: Path,
    light: LightDocument,
    named: Sequence[Sequence[str]],
    world: World,
    each: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Check a light and return the zones that it lights, all of them while a name is wrong.

    Args:
        draft: the document.
        path: where the light stands.
        light: the light.
        named: the names of every light of the step, for ``rest``.
        world: what it may name.
        each: the zones that the word ``zone`` stands for, one after another, or None where it stands for none.
    """
    known = list(dict.fromkeys([*world.zones, *world.groups, "all", "rest", *(("zone",) if each is not None else ())]))
    for index, name in enumerate(light.zones):
        if name == "zone" and each is None:
            draft.report("E372", (*path, "zones", index), hint=message("for_each"))
        elif name not in known:
            draft.report("E204", (*path, "zones", index), hint=did_you_mean(name, known), name=name)
    # While a name is wrong, nobody knows which zones are meant: any zone's attributes will do.
    zones = tuple(world.zones)
    if set(light.zones) <= set(known):
        names = [other for name in light.zones for other in (each or () if name == "zone" else (name,))]
        zones = world.open(names, named)
    own = None if light.value is None else check_number(draft, (*path, "value"), light.value, world, zones)
    errors = len(draft.problems)
    _check_colouring(draft, path, light, own, world)
    _check_effect(draft, path, light, own, zones, world)
    if len(draft.problems) == errors:
        warn_of_sign(draft, path, light, world)
        warn_of_unknown_values(draft, path, light, world)
    if light.value is not None and scale_of(light, world) is None and not _follows_its_value(light, world):
        draft.report("W029", (*path, "value"), on_key=True, hint=message("give_scale"))
    if isinstance(light.level, BoundDocument):
        where: Path = (*path, "level")
        if _has_value(draft, where, light.level, light):
            targets = check_bound(draft, where, light.level, own, "%", world, zones)
            for place, percent in targets:
                _check_range(draft, place, "level", percent, 0.0, 100.0, "%")
    return zones


def check_decorations(
    draft: Draft, path: Path, lights: Sequence[LightDocument], zones: Sequence[Sequence[str]], world: World
) -> None:
    """Check that no colours that say nothing mix with a light that tells a value.

    Args:
        draft: the document.
        path: where the lights of the step stand.
        lights: the lights, from the lowest up.
        zones: the zones of each.
        world: what they name.
    """
    seen: dict[str, list[int]] = {}
    for index, light in enumerate(lights):
        for zone in zones[index]:
            below = [] if light.blend == "over" else seen.get(zone, [])
            seen[zone] = [*below, index]
    mixed = {
        n for stack in seen.values() if any(tells(lights[n]) for n in stack) for n in stack if not tells(lights[n])
    }
    for index in sorted(mixed):
        name = split_effect(lights[index], world)[0]
        if name in EFFECTS and EFFECTS[name].decoration_only:
            draft.report("E364.mixed", (*path, index, "effect"), hint=message("blend_over"), name=name)


def _check_colouring(draft: Draft, path: Path, light: LightDocument, own: Examined | None, world: World) -> None:
    if light.colour is not None:
        check_colour(draft, (*path, "colour"), light.colour)
    if light.scale is None:
        return
    where: Path = (*path, "scale")
    if light.colour is not None:
        draft.report("E351", (*path, "colour"), on_key=True, hint=message("drop_one"))
    if light.value is None:
        draft.report("E349", where, on_key=True, hint=message("give_value"))
    if not isinstance(light.scale, str):
        check_scale(draft, where, light.scale, world.languages)
        scale: ScaleDocument | None = light.scale
    else:
        scale = world.scales.get(light.scale)
    if scale is None:
        draft.report("E212", where, hint=did_you_mean(light.scale, world.scales), name=str(light.scale))
    elif own is not None and own.sound and not same_kind(own.unit, scale.unit):
        found, expected = str(own.unit), str(scale.unit)
        if isinstance(light.scale, str):
            draft.report("E340", where, found=found, scale=light.scale, expected=expected)
        else:
            draft.report("E340.own", where, found=found, expected=expected)


def _check_effect(
    draft: Draft, path: Path, light: LightDocument, own: Examined | None, zones: Sequence[str], world: World
) -> None:
    name, parameters = split_effect(light, world)
    where: Path = (*path, "effect")
    effect = EFFECTS.get(name)
    if effect is None:
        inside = (*where, name) if isinstance(light.effect, dict) else where
        draft.report("E213", inside, on_key=isinstance(light.effect, dict), hint=did_you_mean(name, EFFECTS), name=name)
        return
    for parameter, written in parameters.items():
        here: Path = (*where, name, parameter)
        kind = effect.parameters.get(parameter)
        if kind is None:
            advice = did_you_mean(parameter, effect.parameters)
            draft.report("E214", here, on_key=True, hint=advice, effect=name, name=parameter)
        elif isinstance(written, BoundDocument):
            if _has_value(draft, here, written, light):
                for place, value in check_bound(draft, here, written, own, kind.unit, world, zones):
                    _check_kind(draft, place, parameter, value, kind)
        else:
            fixed = check_amount(draft, here, written, kind.unit)
            if fixed is not None:
                _check_kind(draft, here, parameter, fixed, kind)
    if effect.decoration_only and tells(light):
        draft.report("E364", where, hint=message("other_effect"), name=name)
    if light.value is None and _is_the_value(effect, parameters):
        draft.report("E350", where, hint=message("give_value"))
    if effect.between_zones and light.across != "together":
        draft.report("W050", where, hint=message("across_together"), name=name)
    scale = scale_document(light, world)
    if effect.between_zones and light.across == "together" and scale is not None and scale.steps:
        draft.report("W051", where, hint=message("continuous_scale"), name=name)


def tells(light: LightDocument) -> bool:
    """Tell whether a value stands behind a light."""
    parameters = next(iter(light.effect.values())) if isinstance(light.effect, dict) else {}
    return light.value is not None or any(isinstance(n, BoundDocument) for n in (light.level, *parameters.values()))


def _follows_its_value(light: LightDocument, world: World) -> bool:
    name, parameters = split_effect(light, world)
    followed = any(isinstance(n, BoundDocument) and n.value is None for n in (light.level, *parameters.values()))
    return followed or (name in EFFECTS and _is_the_value(EFFECTS[name], parameters))


def _is_the_value(effect: Effect, given: Container[str]) -> bool:
    """Tell whether the light's own value is a parameter of its effect."""
    return any(kind.own and name not in given for name, kind in effect.parameters.items())


def _has_value(draft: Draft, path: Path, bound: BoundDocument, light: LightDocument) -> bool:
    if bound.value is None and light.value is None:
        draft.report("E350", path, on_key=True, hint=message("give_value"))
        return False
    return True


def check_bound(
    draft: Draft,
    path: Path,
    bound: BoundDocument,
    own: Examined | None,
    unit: str | None,
    world: World,
    zones: Sequence[str] = (),
) -> list[tuple[Path, float]]:
    """Check a number that follows a value.

    Args:
        draft: the document.
        path: where it stands.
        bound: the number.
        own: what the light or servo itself follows, where the number names no value of its own.
        unit: the unit of the number.
        world: what its expression may name.
        zones: those for which it is evaluated.

    Returns:
        The two targets, in ``unit``, each with its place; those that cannot be read are left out.
    """
    followed = own
    if bound.value is not None:
        followed = check_number(draft, (*path, "value"), bound.value, world, zones)
    if followed is not None and followed.sound:
        ends = [check_amount(draft, (*path, "from", end), bound.from_[end], followed.unit) for end in (0, 1)]
        low, high = ends
        if low is not None and low == high:
            draft.report("E358", (*path, "from"))
        elif low is not None and high is not None:
            _warn_of_other_domain(draft, (*path, "from"), (min(low, high), max(low, high)), followed, world)
    targets = [((*path, "to", end), check_amount(draft, (*path, "to", end), bound.to[end], unit)) for end in (0, 1)]
    return [(place, value) for place, value in targets if value is not None]


def _warn_of_other_domain(
    draft: Draft, path: Path, domain: tuple[float, float], followed: Examined, world: World
) -> None:
    """Warn where no plausible value lies between the two that a number follows."""
    span = followed.expression.span(world.plausible)
    if span is not None and (span[1] <= domain[0] or span[0] >= domain[1]):
        unit = f" {followed.unit}" if followed.unit else ""
        draft.report("W030", path, low=f"{span[0]:g}", high=f"{span[1]:g}{unit}")


def _check_kind(draft: Draft, path: Path, name: str, value: float, kind: ParameterKind) -> None:
    _check_range(draft, path, name, value, kind.minimum, kind.maximum, kind.unit)


def _check_range(draft: Draft, path: Path, name: str, value: float, low: float, high: float, unit: str | None) -> None:
    if not low <= value <= high:
        end = f" {unit}" if unit else ""
        least, most = f"{low:g}{end}", f"{high:g}{end}"
        draft.report("E347", path, value=f"{value:g}{end}", name=name, minimum=least, maximum=most)
