"""Scenarios: what starts them and what follows; steps are checked in `steps_check`, their lights in `lights_check`."""

from maquette.config.documents import ScenarioDocument
from maquette.config.draft import Draft
from maquette.config.languages import check_text
from maquette.config.problems import did_you_mean
from maquette.config.steps_check import check_step
from maquette.config.triggers_check import check_start
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
        check_start(draft, ("start_on", index), start, world)
    if document.ends != "idle" and document.ends not in world.scenarios:
        advice = did_you_mean(document.ends, ["idle", *world.scenarios])
        draft.report("E211", ("ends",), hint=advice, name=document.ends)
    for index, step in enumerate(document.steps):
        check_step(draft, ("steps", index), step, world)
