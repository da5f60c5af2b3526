"""Steps of scenarios: how long they last, what they say and ask, for which zones they are, and where their servos go."""

import re
from collections.abc import Mapping, Sequence

from maquette.config.documents import AskDocument, BoundDocument, ServoCueDocument, StepDocument
from maquette.config.draft import Draft
from maquette.config.expressions_check import check_caption, check_condition, check_number
from maquette.config.languages import check_text
from maquette.config.lights_check import check_bound, check_decorations, check_light
from maquette.config.problems import did_you_mean
from maquette.config.tree import Path
from maquette.config.world import World
from maquette.core.message import message

MOST_SIGNS = 240
"""What the visitors' screen holds at a size that is read at three metres: five lines of some fifty signs."""

_LENGTHS = ("for", "until", "through")
_FIGURE = re.compile(r"\{[^{}]*\}")
_FIGURE_SHOWN = "1 000 m³/s"


def check_step(draft: Draft, path: Path, step: StepDocument, world: World) -> None:
    """Check a step."""
    each = _check_each(draft, path, step, world)
    _check_length(draft, path, step, world)
    _check_texts(draft, (*path, "title"), step.title, world, each)
    _check_texts(draft, (*path, "notes"), step.notes, world, each)
    _check_say(draft, (*path, "say"), step, world, each)
    if step.ask is not None:
        _check_ask(draft, (*path, "ask"), step.ask, world)
        if step.for_each is not None:
            draft.report("E345", (*path, "ask"), on_key=True, hint=message("drop_one"), one="for_each", other="ask")
    named = [light.zones for light in step.lights]
    zone = None if step.for_each is None else each
    lit = [check_light(draft, (*path, "lights", n), light, named, world, zone) for n, light in enumerate(step.lights)]
    check_decorations(draft, (*path, "lights"), step.lights, lit, world)
    _warn_of_hidden_lights(draft, (*path, "lights"), step, world, each)
    for index, cue in enumerate(step.servos):
        check_cue(draft, (*path, "servos", index), cue, world, each)


def _check_each(draft: Draft, path: Path, step: StepDocument, world: World) -> Sequence[str]:
    """Return the zones for which the step is made, none where it has no `for_each`."""
    if step.for_each is None:
        return ()
    names = [step.for_each] if isinstance(step.for_each, str) else step.for_each
    known = [*world.zones, *world.groups, "all"]
    for index, name in enumerate(names):
        if name not in known:
            draft.report("E204", (*path, "for_each", index), hint=did_you_mean(name, known), name=name)
    zones = world.open([name for name in names if name in known], [])
    if not zones and set(names) <= set(known):
        draft.report("E367", (*path, "for_each"))
    return zones


def _check_length(draft: Draft, path: Path, step: StepDocument, world: World) -> None:
    given = [key for key in _LENGTHS if getattr(step, "for_" if key == "for" else key) is not None]
    for other in given[1:]:
        draft.report("E345", (*path, other), on_key=True, hint=message("drop_one"), one=given[0], other=other)
    if step.at_most is not None and step.until is None:
        draft.report("E346", (*path, "at_most"), on_key=True, key="at_most", owner="until")
    if step.until is not None:
        check_one_of(draft, (*path, "until"), {"command": step.until.command, "when": step.until.when})
        if step.until.when is not None:
            check_condition(draft, (*path, "until", "when"), step.until.when, world)
    if step.through is not None:
        start, end = step.through.from_, step.through.to
        if start.local is None and end.local is None and start.ago_s <= end.ago_s:
            draft.report("E368", (*path, "through", "to" if end.ago_s else "from"))
        if start.local is not None and end.local is not None and start.local >= end.local:
            draft.report("E368", (*path, "through", "to"))

    length_s = step.through.in_ if step.through is not None else step.for_
    if length_s == 0.0:
        draft.report("W022", (*path, *(("through", "in") if step.through is not None else ("for",))))
    elif length_s is not None and step.fade > length_s:
        draft.report("W028", (*path, "fade"), fade=f"{step.fade:g} s", length=f"{length_s:g} s")


def _warn_of_hidden_lights(draft: Draft, path: Path, step: StepDocument, world: World, each: Sequence[str]) -> None:
    """Warn of lights that are never seen: each of their zones is painted over by a later one."""
    names = [
        [other for name in light.zones for other in (each if name == "zone" else (name,))] for light in step.lights
    ]
    opened = [frozenset(world.open(own, names)) for own in names]
    covered: dict[str, int] = {}
    for index in range(len(step.lights) - 1, -1, -1):
        zones = opened[index]
        if zones and all(zone in covered for zone in zones):
            line = draft.tree.mark((*path, min(covered[zone] for zone in zones))).line
            draft.report("W021", (*path, index), line=line)
        if step.lights[index].blend == "over":
            covered.update((zone, index) for zone in zones if zone not in covered)


def check_one_of(draft: Draft, path: Path, given: Mapping[str, object]) -> bool:
    """Check that exactly one key of some is given."""
    if sum(value is not None for value in given.values()) == 1:
        return True
    draft.report("E115", path, on_key=True, names=tuple(given))
    return False


def _check_texts(draft: Draft, path: Path, texts: Mapping[str, str] | None, world: World, each: Sequence[str]) -> None:
    check_text(draft, path, texts, world.languages)
    for language, text in (texts or {}).items() if each else ():
        check_caption(draft, (*path, language) if language else path, text, world, each, zone_only=True)


def _check_say(draft: Draft, path: Path, step: StepDocument, world: World, each: Sequence[str]) -> None:
    variants = step.say.variants if step.say is not None else []
    listed = isinstance(draft.tree.node(path).plain, list)
    for index, variant in enumerate(variants):
        here: Path = (*path, index) if listed else path
        if variant.when is not None:
            check_condition(draft, (*here, "when"), variant.when, world, each)
            if not listed:
                draft.report("E369", (*here, "when"), on_key=True)
        elif index + 1 < len(variants):
            draft.report("W020", (*path, index + 1))
        for where, texts in ((here, variant.words), ((*here, "otherwise"), variant.otherwise)):
            check_text(draft, where, texts, world.languages)
            for language, text in (texts or {}).items():
                place = (*where, language) if language else where
                check_caption(draft, place, text, world, each)
                signs = len(_FIGURE.sub(_FIGURE_SHOWN, text))
                if signs > MOST_SIGNS:
                    draft.report("W027", place, signs=signs, most=MOST_SIGNS)


def _check_ask(draft: Draft, path: Path, ask: AskDocument, world: World) -> None:
    check_text(draft, (*path, "question"), ask.question, world.languages)
    seen: dict[str, int] = {}
    for index, choice in enumerate(ask.choices):
        here: Path = (*path, "choices", index)
        check_text(draft, (*here, "label"), choice.label, world.languages)
        if choice.button not in world.buttons:
            advice = did_you_mean(choice.button, world.buttons)
            draft.report("E235", (*here, "button"), hint=advice, name=choice.button)
        elif choice.button in seen:
            draft.report("E370", (*here, "button"), name=choice.button)
        seen.setdefault(choice.button, index)


def check_cue(draft: Draft, path: Path, cue: ServoCueDocument, world: World, each: Sequence[str] = ()) -> None:
    """Check where a servo goes; ``each`` are the zones for which its step is."""
    servo = world.servos.get(cue.servo)
    if servo is None:
        draft.report("E236", (*path, "servo"), hint=did_you_mean(cue.servo, world.servos), name=cue.servo)
    own = None if cue.value is None else check_number(draft, (*path, "value"), cue.value, world, each)
    angle = cue.angle
    if isinstance(angle, BoundDocument):
        if angle.value is None and cue.value is None:
            draft.report("E353", (*path, "angle"), on_key=True, hint=message("give_value"))
            return
        targets = check_bound(draft, (*path, "angle"), angle, own, "°", world, each)
    else:
        if cue.value is not None:
            draft.report("E360", (*path, "value"), on_key=True, hint=message("drop_one"))
        targets = [((*path, "angle"), angle)]
    if servo is not None:
        low, high = servo.angle
        for where, degrees in targets:
            if not low <= degrees <= high:
                value, least, most = f"{degrees:g}°", f"{low:g}°", f"{high:g}°"
                draft.report("E343", where, value=value, servo=cue.servo, low=least, high=most)
