"""The check: a folder of documents in, its problems and an installation out; with a state folder, last good copies stand in."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from maquette.config.build import build
from maquette.config.draft import Desk, Draft
from maquette.config.examination import Examination, Examiner
from maquette.config.installation import Installation
from maquette.config.last_good import last_good
from maquette.config.problems import Problem, in_order, render
from maquette.config.registries import Registries
from maquette.config.watched import Watched
from maquette.config.words import LANGUAGES
from maquette.core.alerts import Alert, Severity
from maquette.core.message import message

__all__ = ["Checked", "Registries", "check"]

_NONE: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Checked:
    """What a check found.

    Attributes:
        problems: errors and warnings of the documents as they are on disk.
        installation: None when there is nothing usable.
        alerts: documents that gave way to a copy, wait for others or were left out, and secrets that are not known.
        watched: where it looked.
    """

    problems: tuple[Problem, ...]
    installation: Installation | None
    alerts: tuple[Alert, ...] = ()
    watched: Watched = field(default_factory=Watched)

    @property
    def passed(self) -> bool:
        """Whether there is no error; warnings are allowed."""
        return not any(problem.severity == "error" for problem in self.problems)

    def report(self, language: str = LANGUAGES[0]) -> str:
        """Return all problems as a terminal shows them: heading, line, caret."""
        return "\n".join(render(problem, language=language) for problem in self.problems)


def check(
    config_path: Path,
    registries: Registries,
    state: Path | None = None,
    *,
    known: Mapping[str, bytes] = _NONE,
    held: Mapping[str, bytes] = _NONE,
    gone: frozenset[str] = frozenset(),
) -> Checked:
    """Check the documents of an installation.

    Args:
        config_path: ``config.yaml``; the other documents stand below its folder.
        registries: the options of everything that documents may name.
        state: the state folder. With it, wrong documents give way to their last good copies, and a wrong scenario without one is left
            out; without it, any error leaves no installation.
        known: last good copies by file, believed before those of the state folder.
        held: bytes by file that stand in for what is on disk, right or wrong; or for what is not there yet.
        gone: files that are to be treated as deleted.
    """
    table = _Table(config_path, registries, state, known, gone)
    first = table.examine(held)
    if not config_path.is_file():
        first.config.problems = [replace(p, hint=message("config")) for p in first.config.problems]
    problems = in_order(first.problems)
    if state is None:
        whole = first.materials if not any(p.severity == "error" for p in problems) else None
        return Checked(problems, build(whole) if whole else None, watched=table.watched)
    settled = table.settle(first, held)
    found, alerts = settled.found, list(settled.alerts.values())
    installation = build(found.materials) if found is not None and found.materials else None
    if found is not None and found.secrets is not None:
        alerts += [_alert("secret_missing", found.secrets.file, p) for p in found.secrets.problems]
    return Checked(problems, installation, tuple(dict.fromkeys(alerts)), table.watched)


@dataclass(frozen=True, eq=False)
class _Settled:
    """Documents that go together: what was found (None: they do not), the alerts by file, and copies of no more use with their faults."""

    found: Examination | None
    alerts: Mapping[str, Alert]
    lost: Mapping[str, Problem]


class _Table:
    """Where the documents of one installation are laid out, and copies are laid in the places of wrong ones."""

    def __init__(
        self,
        config_path: Path,
        registries: Registries,
        state: Path | None,
        known: Mapping[str, bytes],
        gone: frozenset[str],
    ) -> None:
        self._folder, self._name = config_path.parent, config_path.name
        self._registries, self._state, self._known, self._gone = registries, state, known, gone
        self.watched = Watched()

    def examine(self, instead: Mapping[str, bytes | None]) -> Examination:
        desk = Desk(self._folder, instead, self._gone)
        found = Examiner(desk, self._name, self._registries).examine()
        files = frozenset((self._folder / file).absolute() for file in desk.asked)
        folders = frozenset(folder.absolute() for folder in desk.listed)
        self.watched = Watched(self.watched.files | files, self.watched.folders | folders)
        return found

    def settle(self, first: Examination, held: Mapping[str, bytes]) -> _Settled:
        """Make the documents go together.

        Where a scenario no longer goes with what all scenarios share, and its copy does not either, the change to what they share waits:
        a zone may be renamed in one document now and in another in a minute.
        """
        settled = self._substitute(first, held)
        if not settled.lost:
            return settled
        shared = [
            draft.file for draft in (first.config, first.hardware, first.plan, *first.scales) if draft is not None
        ]
        copies = {file: copy for file in shared if (copy := self._copy(file)) is not None}
        again = self._substitute(self.examine({**copies, **held}), {**copies, **held})
        if again.found is None or len(again.lost) >= len(settled.lost):
            return settled
        reason = next(iter(settled.lost.values()))
        waiting = [file for file, copy in copies.items() if file not in held and first.sources.get(file) != copy]
        told = {file: settled.alerts.get(file) or _alert("document_waits", file, reason) for file in waiting}
        return _Settled(again.found, {**told, **again.alerts}, again.lost)

    def _substitute(self, found: Examination | None, held: Mapping[str, bytes]) -> _Settled:
        """Replace wrong documents by their copies, and copies that are wrong as well by nothing, until nothing is wrong."""
        instead: dict[str, bytes | None] = dict(held)
        alerts: dict[str, Alert] = {}
        lost: dict[str, Problem] = {}
        while found is not None and found.wrong:
            tried = set(instead)
            for wrong in found.wrong:
                problem = next(p for p in wrong.problems if p.severity == "error")
                draft = self._replaceable(wrong, found, tried)
                if draft.file in instead and draft.file not in tried:
                    continue  # replaced a moment ago, for a fault of its own
                copy = self._copy(draft.file) if draft.file not in tried else None
                if copy is None and draft not in found.scenarios and draft not in found.scales:
                    return _Settled(None, alerts, lost)
                if copy is None and draft.file in tried:
                    lost[draft.file] = problem
                instead[draft.file] = copy
                alerts[draft.file] = _substituted(draft.file, alerts.get(draft.file), problem, left_out=copy is None)
            found = self.examine(instead)
        return _Settled(found, alerts, lost)

    def _replaceable(self, wrong: Draft, found: Examination, tried: Set[str]) -> Draft:
        """Return the document to replace: where one has no copy of its own, the one that names it, as after a mistyped file name."""
        for draft, namer in ((found.plan, found.hardware), (found.hardware, found.config)):
            if wrong is draft and namer is not None and (wrong.file in tried or self._copy(wrong.file) is None):
                wrong = namer
        return wrong

    def _copy(self, file: str) -> bytes | None:
        if file in self._known or self._state is None:
            return self._known.get(file)
        return last_good(self._state, file)


def _substituted(file: str, told: Alert | None, problem: Problem, *, left_out: bool) -> Alert:
    code, severity = ("scenario_left_out", Severity.ERROR) if left_out else ("document_last_good", Severity.WARNING)
    # Where a copy was wrong as well, people are told of the fault in the document that they wrote.
    return _alert(code, file, problem, severity) if told is None else replace(told, code=code, severity=severity)


def _alert(code: str, file: str, problem: Problem, severity: Severity = Severity.WARNING) -> Alert:
    place = (("file", problem.file), ("line", str(problem.line)), ("column", str(problem.column)))
    arguments = (*place, ("message", problem.message))
    return Alert(code, file, severity, arguments)
