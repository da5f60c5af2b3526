"""Scenarios: every name they use, their expressions and texts; what their lights do is checked in `lights_check`."""

from collections.abc import Iterable, Mapping

from maquette.config.documents import BoundDocument, ScenarioDocument, ServoCueDocument, StepDocument
from maquette.config.draft import Draft
from maquette.config.expressions_check import check_caption, check_number
from maquette.config.languages import check_text
from maquette.config.lights_check import check_bound, check_light
from maquette.config.problems import did_you_mean, hint
from maquette.config.tree import Path
from maquette.config.world import World


def check_scenario(draft: Draft, document: ScenarioDocument, world: World) -> None:
    """Check references, then meaning: while a reference is wrong, what depends on it is not complained of."""
    before = len(draft.problems)
    _check(draft, document, world)
    found = draft.problems[before:]
    wrong_references = [p for p in found if p.code.startswith("E2")]
    if wrong_references:
        unreadable = [p for p in found if p.code in ("E301", "E302", "E303", "E307", "E308")]
        draft.problems[before:] = wrong_references + unreadable


def _check(draft: Draft, document: ScenarioDocument, world: World) -> None:
    check_text(draft, ("title",), document.title, world.languages)
    for index, start in enumerate(document.start_on):
        if start.button not in world.buttons:
            advice = did_you_mean(start.button, world.buttons)
            draft.report("E235", ("start_on", index, "button"), hint=advice, name=start.button)
    if document.ends != "idle" and document.ends not in world.scenarios:
        advice = did_you_mean(document.ends, ["idle", *world.scenarios])
        draft.report("E211", ("ends",), hint=advice, name=document.ends)
    for index, step in enumerate(document.steps):
        _check_step(draft, ("steps", index), step, world)


def _check_step(draft: Draft, path: Path, step: StepDocument, world: World) -> None:
    check_text(draft, (*path, "title"), step.title, world.languages)
    check_text(draft, (*path, "notes"), step.notes, world.languages)
    if step.for_ is not None and step.until is not None:
        draft.report("E345", (*path, "until"), on_key=True, hint=hint("drop_one"))
    if step.at_most is not None and step.until is None:
        draft.report("E346", (*path, "at_most"), on_key=True)
    _check_say(draft, (*path, "say"), step, world)
    named = [light.zones for light in step.lights]
    for index, light in enumerate(step.lights):
        check_light(draft, (*path, "lights", index), light, named, world)
    for index, cue in enumerate(step.servos):
        _check_cue(draft, (*path, "servos", index), cue, world)


def _check_say(draft: Draft, path: Path, step: StepDocument, world: World) -> None:
    if step.say is None:
        return
    check_text(draft, path, step.say.words, world.languages)
    check_text(draft, (*path, "otherwise"), step.say.otherwise, world.languages)
    _check_captions(draft, path, step.say.words, world)
    _check_captions(draft, (*path, "otherwise"), step.say.otherwise or {}, world)


def _check_captions(draft: Draft, path: Path, texts: Mapping[str, str], world: World) -> None:
    for language, text in texts.items():
        check_caption(draft, (*path, language) if language else path, text, world)


def _check_cue(draft: Draft, path: Path, cue: ServoCueDocument, world: World) -> None:
    servo = world.servos.get(cue.servo)
    if servo is None:
        draft.report("E236", (*path, "servo"), hint=did_you_mean(cue.servo, world.servos), name=cue.servo)
    own = None if cue.value is None else check_number(draft, (*path, "value"), cue.value, world)
    angle = cue.angle
    if isinstance(angle, BoundDocument):
        if angle.value is None and cue.value is None:
            draft.report("E353", (*path, "angle"), on_key=True, hint=hint("give_value"))
            return
        targets = check_bound(draft, (*path, "angle"), angle, own, "°", world)
    else:
        if cue.value is not None:
            draft.report("E360", (*path, "value"), on_key=True, hint=hint("drop_one"))
        targets = [((*path, "angle"), angle)]
    if servo is not None:
        low, high = servo.angle
        for where, degrees in targets:
            if not low <= degrees <= high:
                value, least, most = f"{degrees:g}°", f"{low:g}°", f"{high:g}°"
                draft.report("E343", where, value=value, servo=cue.servo, low=least, high=most)


def check_buttons(scenarios: Iterable[tuple[Draft, str, ScenarioDocument]]) -> None:
    """Check that no two scenarios start on one button."""
    owners: dict[str, str] = {}
    for draft, name, document in scenarios:
        for index, start in enumerate(document.start_on):
            owner = owners.setdefault(start.button, name)
            if owner != name:
                draft.report("E215", ("start_on", index, "button"), name=start.button, owner=owner)
