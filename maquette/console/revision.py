"""A revision: the documents as they are on disk now, beside those that are being played. It says what to play instead and what to tell.

Reading and checking take a second on a slow machine and load all of `maquette.config`: call it on a thread, when something has changed.
"""

import logging
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from maquette.config.watched import Watched
from maquette.console.start import Documents
from maquette.core.alerts import Alert, Severity
from maquette.core.readings import Readings
from maquette.show.dry_run import Stumble, dry_run

if TYPE_CHECKING:
    from maquette.config.check import Checked
    from maquette.config.installation import Installation
    from maquette.config.parcel import Parcel
    from maquette.config.problems import Problem
    from maquette.config.registries import Registries

log = logging.getLogger(__name__)

CODES = frozenset(
    {
        "document_last_good", "document_waits", "scenario_left_out", "secret_missing",
        "documents_refused", "dry_run_failed", "reload_failed", "restart_needed",
    }
)  # fmt: skip
"""The alerts of a revision; those that it does not raise are over."""


@dataclass(frozen=True, eq=False)
class Revision:
    """What came of a look at the documents.

    Attributes:
        parcel: what is to be played from now on, or None when nothing changes.
        sources: the documents that are well, to be kept for the next start; empty when nothing is new.
        alerts: everything that is wrong with the documents now.
        problem: the first error, or None.
        watched: where the documents were looked for.
    """

    parcel: "Parcel | None"
    sources: Mapping[Path, bytes]
    alerts: tuple[Alert, ...]
    problem: "Problem | None"
    watched: Watched


class Reviser:
    """Reads the documents again, knowing what is being played. Not to be used by two threads at once."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._registries: Registries | None = None
        self._good = documents.sources
        self._playing = documents.sources
        self._hardware = documents.fixed.hardware
        self._watched = documents.watched

    def revise(self, readings: Readings, now: float) -> Revision:
        """Read, check and play dry. Never raises: a fault of ours leaves everything as it is, and is told.

        Args:
            readings: as they are now, for the dry run.
            now: monotonic seconds.
        """
        try:
            revision = self._revised(readings, now)
        except Exception as error:
            log.exception("the documents cannot be read")
            problem = f"{type(error).__name__}: {error}"
            failed = Alert("reload_failed", "", Severity.ERROR, (("problem", problem),))
            return Revision(None, {}, (failed,), None, self._watched)
        self._watched = revision.watched
        return revision

    def _revised(self, readings: Readings, now: float) -> Revision:
        wanted = self._check(self._good)
        if wanted.installation is None:
            problem = _first_error(wanted)
            refused = () if problem is None else (_about("documents_refused", problem),)
            return Revision(None, {}, refused, problem, wanted.watched)
        live, told = self._live(wanted, wanted.installation)
        playable = live.installation
        if any(alert.code == "scenario_left_out" and Path(alert.subject) in self._playing for alert in told):
            # A document that is being played goes no longer with the others: none of them is taken over before they agree.
            told, playable = tuple(map(_kept, told)), None
        revision = Revision(None, wanted.installation.sources, told, _first_error(wanted), wanted.watched)
        if playable is None or playable.sources == self._playing:
            return revision
        from maquette.config.parcel import packed, unpacked  # noqa: PLC0415 - as in `_check`

        # What the stage gets is a copy that came over the line: so that is what is played dry.
        parcel = packed(playable)
        copy: Installation = unpacked(pickle.loads(pickle.dumps(parcel)))  # noqa: S301 - our own bytes
        stumble = dry_run(copy.show, self._touched(copy), readings, now)
        if stumble is not None:
            return replace(revision, sources={}, alerts=(*told, _stumbled(stumble)))
        return replace(revision, parcel=parcel)

    def taken_over(self, revision: Revision) -> None:
        """Note that a revision is being played now."""
        if revision.sources:
            self._good = revision.sources
        if revision.parcel is not None:
            self._playing = revision.parcel.rest.sources
            self._hardware = revision.parcel.rest.hardware

    def _live(self, wanted: "Checked", installation: "Installation") -> tuple["Checked", tuple[Alert, ...]]:
        """Return what can be played without a start, and the alerts: other wires keep their former document until then."""
        fixed, other = self._documents.fixed, installation.fixed
        live, alerts = wanted, list(wanted.alerts)
        if other.wiring != fixed.wiring:
            held = {self._hardware: self._playing[Path(self._hardware)]}
            if other.hardware != self._hardware:
                held[self._documents.config.name] = self._playing[Path(self._documents.config.name)]
            live = self._check(self._playing, held)
            alerts += [alert for alert in live.alerts if alert not in alerts]
            alerts.append(_restart(other.hardware))
        if (other.id, other.console, other.mqtt) != (fixed.id, fixed.console, fixed.mqtt):
            alerts.append(_restart(self._documents.config.name))
        return live, tuple({(alert.code, alert.subject): alert for alert in alerts}.values())

    def _touched(self, installation: "Installation") -> list[str]:
        """Return the scenarios whose document changed; all when something changed that they share."""
        changed = {file for file, raw in installation.sources.items() if self._playing.get(file) != raw}
        names = {file.stem: file for file in changed}
        scenarios = installation.show.scenarios
        own = all(name in scenarios and file != Path(installation.hardware) for name, file in names.items())
        return [name for name in scenarios if name in names or not own]

    def _check(self, known: Mapping[Path, bytes], held: Mapping[str, bytes] | None = None) -> "Checked":
        from maquette.config.check import check  # noqa: PLC0415 - loaded when it is needed: most days no document changes

        if self._registries is None:
            self._registries = pickle.loads(self._documents.registries)  # noqa: S301 - from our own stage
        good = {file.as_posix(): raw for file, raw in known.items()}
        documents = self._documents
        return check(documents.config, self._registries, documents.state, known=good, held=held or {})


def _first_error(checked: "Checked") -> "Problem | None":
    return next((problem for problem in checked.problems if problem.severity == "error"), None)


def _about(code: str, problem: "Problem") -> Alert:
    arguments = (
        ("file", problem.file),
        ("line", str(problem.line)),
        ("column", str(problem.column)),
        ("message", problem.message),
    )
    return Alert(code, problem.file, Severity.ERROR, arguments)


def _kept(alert: Alert) -> Alert:
    if alert.code != "scenario_left_out":
        return alert
    return replace(alert, code="document_last_good", severity=Severity.WARNING)


def _restart(file: str) -> Alert:
    return Alert("restart_needed", file, Severity.NOTICE, (("file", file),))


def _stumbled(stumble: Stumble) -> Alert:
    arguments = (("scenario", stumble.scenario), ("step", str(stumble.step)), ("problem", stumble.problem))
    return Alert("dry_run_failed", stumble.scenario, Severity.ERROR, arguments)
