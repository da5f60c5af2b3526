"""The check: a folder of documents in, its problems and an installation out; with a state folder, last good copies stand in."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path

from maquette.config.build import build
from maquette.config.draft import Desk, Draft
from maquette.config.examination import Examination, Examiner
from maquette.config.installation import Installation
from maquette.config.last_good import last_good
from maquette.config.problems import Problem, in_order, render
from maquette.config.registries import Registries
from maquette.config.words import LANGUAGES
from maquette.core.alerts import Alert, Severity
from maquette.core.message import message

__all__ = ["Checked", "Registries", "check"]


@dataclass(frozen=True, eq=False)
class Checked:
    """What a check found.

    Attributes:
        problems: errors and warnings of the documents as they are on disk.
        installation: None when there is nothing usable.
        alerts: documents that gave way to a copy or were left out, and secrets that are not known.
    """

    problems: tuple[Problem, ...]
    installation: Installation | None
    alerts: tuple[Alert, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether there is no error; warnings are allowed."""
        return not any(problem.severity == "error" for problem in self.problems)

    def report(self, language: str = LANGUAGES[0]) -> str:
        """Return all problems as a terminal shows them: heading, line, caret."""
        return "\n".join(render(problem, language=language) for problem in self.problems)


def check(config_path: Path, registries: Registries, state: Path | None = None) -> Checked:
    """Check the documents of an installation.

    Args:
        config_path: ``config.yaml``; the other documents stand below its folder.
        registries: the options of everything that documents may name.
        state: the state folder. With it, wrong documents give way to their last good copies, and a wrong scenario without one is left
            out; without it, any error leaves no installation.
    """
    folder = config_path.parent
    first = _examine(folder, config_path.name, registries, {})
    if not config_path.is_file():
        first.config.problems = [replace(p, hint=message("config")) for p in first.config.problems]
    problems = in_order(first.problems)
    if state is None:
        whole = first.materials if not any(p.severity == "error" for p in problems) else None
        return Checked(problems, build(whole) if whole else None)
    found, alerts = _substitute(first, folder, config_path.name, registries, state)
    installation = build(found.materials) if found is not None and found.materials else None
    if found is not None and found.secrets is not None:
        alerts += [_alert("secret_missing", found.secrets.file, p) for p in found.secrets.problems]
    return Checked(problems, installation, tuple(dict.fromkeys(alerts)))


def _examine(folder: Path, name: str, registries: Registries, instead: Mapping[str, bytes | None]) -> Examination:
    return Examiner(Desk(folder, instead), name, registries).examine()


def _substitute(
    first: Examination, folder: Path, name: str, registries: Registries, state: Path
) -> tuple[Examination | None, list[Alert]]:
    """Replace wrong documents by their copies, and copies that are wrong as well by nothing, until nothing is wrong."""
    instead: dict[str, bytes | None] = {}
    alerts: dict[str, Alert] = {}
    found = first
    while found.wrong:
        tried = set(instead)
        for wrong in found.wrong:
            problem = next(p for p in wrong.problems if p.severity == "error")
            draft = _replaceable(wrong, found, tried, state)
            if draft.file in instead and draft.file not in tried:
                continue  # replaced a moment ago, for a fault of its own
            copy = last_good(state, draft.file) if draft.file not in tried else None
            optional = draft in found.scenarios or draft in found.scales
            if copy is None and not optional:
                return None, list(alerts.values())
            instead[draft.file] = copy
            told = alerts.get(draft.file)
            code = "document_last_good" if copy is not None else "scenario_left_out"
            severity = Severity.WARNING if copy is not None else Severity.ERROR
            alerts[draft.file] = (
                _alert(code, draft.file, problem, severity)
                if told is None
                else Alert(code, told.subject, severity, told.arguments)
            )
        found = _examine(folder, name, registries, instead)
    return found, list(alerts.values())


def _replaceable(wrong: Draft, found: Examination, tried: Set[str], state: Path) -> Draft:
    """Return the document to replace: where one has no copy of its own, the one that names it, as after a mistyped file name."""
    for draft, namer in ((found.plan, found.hardware), (found.hardware, found.config)):
        if wrong is draft and namer is not None and (wrong.file in tried or last_good(state, wrong.file) is None):
            wrong = namer
    return wrong


def _alert(code: str, file: str, problem: Problem, severity: Severity = Severity.WARNING) -> Alert:
    arguments = (("file", problem.file), ("line", str(problem.line)), ("message", problem.message))
    return Alert(code, file, severity, arguments)
