"""Triggers: what starts scenarios. Each alone, and all together: no two scenarios on one trigger, none out of reach."""

from collections.abc import Iterable, Sequence

from maquette.config.documents import ScenarioDocument, StartDocument
from maquette.config.draft import Draft
from maquette.config.expressions_check import check_condition
from maquette.config.problems import did_you_mean
from maquette.config.steps_check import check_one_of
from maquette.config.tree import Path
from maquette.config.world import World
from maquette.core.message import message

_EVERY_DAY = frozenset(range(7))
# Keys that say more of another one.
_OWNERS = {"press": "button", "rearm": "when", "for": "when", "at_most_every": "when", "days": "at"}

Entry = tuple[Draft, str, ScenarioDocument]
"""A scenario: its draft, its id, its document."""


def check_start(draft: Draft, path: Path, start: StartDocument, world: World) -> None:
    """Check one trigger."""
    if not check_one_of(draft, path, {"button": start.button, "when": start.when, "at": start.at}):
        return
    for key, owner in _OWNERS.items():
        if _given(start, key) is not None and _given(start, owner) is None:
            draft.report("E346", (*path, key), on_key=True, key=key, owner=owner)
    if start.button is not None and start.button not in world.buttons:
        advice = did_you_mean(start.button, world.buttons)
        draft.report("E235", (*path, "button"), hint=advice, name=start.button)
    if start.when is not None:
        check_condition(draft, (*path, "when"), start.when, world)
    if start.rearm is not None:
        check_condition(draft, (*path, "rearm"), start.rearm, world)


def _given(start: StartDocument, key: str) -> object:
    return getattr(start, "for_" if key == "for" else key)


def check_triggers(scenarios: Sequence[Entry], idle: str | None) -> None:
    """Check all triggers together: two scenarios on one, scenarios that only a long or a double press reaches, or nothing at all."""
    _check_shared(scenarios)
    followed = {document.ends for _, _, document in scenarios} | {idle}
    idle_is_there = idle is None or any(name == idle for _, name, _ in scenarios)
    for draft, name, document in scenarios:
        if not document.start_on and name not in followed and idle_is_there:
            draft.report("W031", ("title",), on_key=True, hint=message("start"))
        starts = list(enumerate(document.start_on))
        hard = [index for index, start in starts if start.press in ("long", "double")]
        if hard and len(hard) == len(starts) and name not in followed:
            draft.report("E366", ("start_on", hard[0], "press"), hint=message("short_press"))


def _check_shared(scenarios: Iterable[Entry]) -> None:
    buttons: dict[tuple[str, str], str] = {}
    conditions: dict[str, str] = {}
    times: dict[tuple[int, int], str] = {}
    for draft, name, document in scenarios:
        for index, start in enumerate(document.start_on):
            path: Path = ("start_on", index)
            if start.button is not None:
                owner = buttons.setdefault((start.button, start.press or "short"), name)
                if owner != name:
                    draft.report("E215", (*path, "button"), name=start.button, owner=owner)
            elif start.when is not None:
                owner = conditions.setdefault("".join(start.when.split()), name)
                if owner != name:
                    draft.report("E238", (*path, "when"), name=start.when, owner=owner)
            elif start.at is not None:
                days = [(day, start.at) for day in sorted(start.days or _EVERY_DAY)]
                others = [times.setdefault(day, name) for day in days]
                taken = next((other for other in others if other != name), None)
                if taken is not None:
                    written = f"{start.at // 60:02d}:{start.at % 60:02d}"
                    draft.report("E238", (*path, "at"), name=written, owner=taken)


def check_questions(scenarios: Iterable[Entry]) -> None:
    """Check that no two questions share a name: their votes would be added up."""
    owners: dict[str, str] = {}
    for draft, _, document in scenarios:
        for index, step in enumerate(document.steps):
            if step.ask is None:
                continue
            if step.ask.id in owners:
                path: Path = ("steps", index, "ask", "id")
                draft.report("E222.question", path, name=step.ask.id, file=owners[step.ask.id])
            owners.setdefault(step.ask.id, draft.file)
