"""Trials: documents as somebody would have them, checked with all the others, retold, played dry. Nothing is written.

This loads everything that checking needs: only the process of `maquette.console.trial` imports it.
"""

import json
import pickle
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any

from maquette.config.amendment import amend
from maquette.config.check import Checked, check
from maquette.config.installation import Installation
from maquette.config.problems import Problem, drawn
from maquette.config.registries import Registries
from maquette.config.tree import Source
from maquette.config.yaml import read_bytes, read_file
from maquette.console.commands import Refusal
from maquette.console.documents.store import fingerprint
from maquette.console.documents.watch import Stamp, look
from maquette.console.start import Documents
from maquette.console.trial.jobs import (
    Check,
    DryRun,
    Examine,
    Job,
    Overview,
    PlanRename,
    ProposeZones,
    RenamePlan,
    Revise,
    ShowMap,
    ZonesProposed,
)
from maquette.console.trial.mapping import map_view, mapped
from maquette.console.trial.rehearsal import rehearse
from maquette.console.trial.reviser import Reviser
from maquette.core.exhibition import ScenarioCard
from maquette.core.message import Message, message
from maquette.core.readings import Readings
from maquette.core.text import Text, words
from maquette.errors import AmendmentError
from maquette.retelling.retelling import retell

Json = dict[str, Any]


class Trial:
    """Tries documents of one installation."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._folder = documents.config.parent
        self._registries: Registries = pickle.loads(documents.registries)  # noqa: S301 - from our own stage
        self._on_disk: tuple[Mapping[Path, Stamp], Checked] | None = None

    def do(self, job: Job) -> Any:
        """Do one job and return its answer as plain data."""
        match job:
            case Revise():
                reviser = Reviser(self._documents, self._registries, job.playing)
                return reviser.revise(Readings(job.readings), job.now)
            case Check():
                return (self._check(job.held, job.gone) if job.held or job.gone else self._disk()).problems
            case Overview():
                return self._overview(job)
            case Examine():
                return self._examined(job)
            case DryRun():
                return json.dumps(self._played(job), ensure_ascii=False).encode()
            case PlanRename():
                return self._renamed(job)
            case ShowMap():
                return self._map(job)
            case ProposeZones():
                return self._zones(job)

    # -- what is on disk ---------------------------------------------------------------------------------------------

    def _overview(self, job: Overview) -> list[Json]:
        checked = self._disk()
        installation = checked.installation
        cards = {card.id: card for card in installation.exhibition.scenarios} if installation is not None else {}
        return [self._row(file, checked, cards, job.language) for file in job.files]

    def _row(self, file: str, checked: Checked, cards: Mapping[str, ScenarioCard], language: str) -> Json:
        of_file = [problem for problem in checked.problems if problem.file == file]
        errors = sum(problem.severity == "error" for problem in of_file)
        card = cards.get(Path(file).stem) if (self._folder / file).parent in checked.watched.folders else None
        known = card is not None and errors == 0
        return {
            "file": file,
            "title": words(card.title, language) if known and card is not None else self._title(file, language),
            "steps": len(card.steps) if known and card is not None else None,
            "duration_s": round(card.duration_s) if known and card is not None else None,
            "idle": card.idle if card is not None else False,
            "errors": errors,
            "warnings": len(of_file) - errors,
        }

    def _title(self, file: str, language: str) -> str | None:
        """Return what a document calls itself, however wrong it is otherwise; None when nobody can tell."""
        source, _ = read_file(self._folder / file, file)
        title = None if source is None else source.root.plain.get("title")
        if isinstance(title, dict) and all(isinstance(text, str) for text in title.values()):
            told: Text = title
            return words(told, language) or None
        return title if isinstance(title, str) else None

    def _disk(self) -> Checked:
        """Return the check of the documents as they are on disk; the last one, where nothing has changed since."""
        if self._on_disk is None or look(self._on_disk[1].watched) != self._on_disk[0]:
            checked = self._check(state=True)
            self._on_disk = (look(checked.watched), checked)
        return self._on_disk[1]

    def _check(
        self, held: Mapping[str, bytes] | None = None, gone: Set[str] = frozenset(), *, state: bool = False
    ) -> Checked:
        folder = self._documents.state if state else None
        return check(self._documents.config, self._registries, folder, held=held or {}, gone=frozenset(gone))

    # -- what is not written yet -------------------------------------------------------------------------------------

    def _examined(self, job: Examine) -> Json:
        """Return the problems of a text, those that it makes elsewhere, and what it tells when it is right."""
        held = {job.file: job.text.encode()}
        checked = self._check(held)
        own = [problem for problem in checked.problems if problem.file == job.file]
        elsewhere = self._new_elsewhere(checked, job.file)
        card, retelling = None, None
        if not _wrong(own):
            installation = checked.installation or self._check(held, state=True).installation
            card, retelling = _told(installation, Path(job.file).stem, job.language)
        return {
            "passed": not _wrong(own) and not elsewhere,
            "problems": [drawn(problem, job.language) for problem in own],
            "elsewhere": [drawn(problem, job.language) for problem in elsewhere],
            "steps": None if card is None else len(card.steps),
            "duration_s": None if card is None else round(card.duration_s),
            "retelling": retelling,
        }

    def _new_elsewhere(self, checked: Checked, file: str) -> list[Problem]:
        """Return the errors in other documents that are not there now."""
        found = [p for p in checked.problems if p.file != file and p.severity == "error"]
        if not found:
            return []
        before = set(self._disk().problems)
        return [problem for problem in found if problem not in before]

    def _played(self, job: DryRun) -> Json:
        """Return every frame of a scenario, or the errors for which it cannot be played."""
        held, name = {job.file: job.text.encode()}, Path(job.file).stem
        checked = self._check(held)
        own = [problem for problem in checked.problems if problem.file == job.file and problem.severity == "error"]
        installation = None if own else checked.installation or self._check(held, state=True).installation
        if installation is None or name not in installation.show.scenarios:
            return {"problems": [drawn(problem, job.language) for problem in own or checked.problems], "played": None}
        return {"problems": [], "played": rehearse(installation, name, job.readings, job.now, job.language)}

    # -- another name ------------------------------------------------------------------------------------------------

    def _renamed(self, job: PlanRename) -> RenamePlan:
        """Return the documents that name a scenario, with its new name; ``config.yaml`` is not ours to write."""
        old, new = Path(job.file).stem, Path(job.to).stem
        texts, read, obstacles = dict[str, str](), dict[str, bytes](), list[str]()
        for source in self._sources():
            idle = source.root.plain.get("idle")
            if source.file == self._documents.config.name and isinstance(idle, dict) and idle.get("show") == old:
                obstacles.append(_place(source, ("idle", "show")))
            elif source.root.plain.get("ends") == old and self._is_scenario(source.file):
                try:
                    texts[source.file] = amend(source, ("ends",), new).raw.decode("utf-8-sig")
                    read[source.file] = source.raw
                except AmendmentError:
                    obstacles.append(_place(source, ("ends",)))
        return RenamePlan(texts, read, tuple(obstacles))

    def _is_scenario(self, file: str) -> bool:
        return (self._folder / file).parent in self._disk().watched.folders

    def _sources(self) -> Iterable[Source]:
        for path in sorted(look(self._disk().watched)):
            if path.suffix == ".yaml" and path.is_relative_to(self._folder):
                file = path.relative_to(self._folder).as_posix()
                source, _ = read_bytes(path.read_bytes(), file)
                if source is not None:
                    yield source

    # -- the map -----------------------------------------------------------------------------------------------------

    def _map(self, job: ShowMap) -> Json | Refusal:
        hardware = self._hardware()
        if isinstance(hardware, Refusal):
            return hardware
        about = {"document": hardware.file, "fingerprint": fingerprint(hardware.raw), "languages": list(job.languages)}
        return about | map_view(hardware, job.languages)

    def _zones(self, job: ProposeZones) -> ZonesProposed | Refusal:
        hardware = self._hardware()
        if isinstance(hardware, Refusal):
            return hardware
        made = mapped(hardware, job.wishes)
        if isinstance(made, Refusal):
            return made
        before = {(problem.file, problem.message) for problem in self._disk().problems}
        problems = [
            problem
            for problem in self._check({hardware.file: made.raw}).problems
            if (problem.file == hardware.file or problem.severity == "error")
            and (problem.file, problem.message) not in before  # lines move
        ]
        told = {
            "difference": made.difference,
            "zones": list(made.zones),
            "problems": [drawn(problem, job.language) for problem in problems],
            "passed": not _wrong(problems),
        }
        return ZonesProposed(hardware.file, fingerprint(hardware.raw), made.raw.decode(), told)

    def _hardware(self) -> Source | Refusal:
        """Return the hardware document as it is on disk; refused when it or what names it has errors."""
        config = self._documents.config
        problems = self._disk().problems
        source, _ = read_file(config, config.name)
        named = source.root.plain.get("hardware") if source is not None else None
        file = named if isinstance(named, str) else config.name
        wrong = next((p for p in problems if p.severity == "error" and p.file in (config.name, file)), None)
        hardware, _ = read_file(self._folder / file, file)
        if wrong is None and hardware is not None:
            return hardware
        if wrong is None:
            return Refusal("document_unread", None, {"name": file, "reason": message("no_such_file")})
        place: dict[str, str | Message] = {"file": wrong.file, "line": str(wrong.line), "message": wrong.message}
        return Refusal("documents_wrong", None, place)


def _wrong(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _told(installation: Installation | None, name: str, language: str) -> tuple[ScenarioCard | None, Json | None]:
    """Return what people are told of a scenario; nothing for a document that is none."""
    if installation is None or name not in installation.show.scenarios:
        return None, None
    scenario, exhibition = installation.show.scenarios[name], installation.exhibition
    card = next((card for card in exhibition.scenarios if card.id == name), None)
    paragraphs = retell(scenario, installation.show, exhibition, language)
    return card, {"title": words(scenario.title, language) or name, "paragraphs": [list(each) for each in paragraphs]}


def _place(source: Source, path: tuple[str, ...]) -> str:
    return f"{source.file}:{source.mark(path).line}"
