"""The reviser: reads and checks the documents anew, plays dry what is to be played instead, and packs it for the stage."""

import logging
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from maquette.config.check import Checked, check
from maquette.config.installation import Installation
from maquette.config.parcel import packed, unpacked
from maquette.config.problems import Problem
from maquette.config.registries import Registries
from maquette.console.documents.revision import Next, Playing, Revision
from maquette.console.start import Documents, Replacement
from maquette.core.alerts import Alert, Severity
from maquette.core.readings import Readings
from maquette.show.dry_run import Stumble, dry_run

log = logging.getLogger(__name__)


class Reviser:
    """Reads the documents again, knowing what is being played."""

    def __init__(self, documents: Documents, registries: Registries, playing: Playing) -> None:
        """Prepare one look.

        Args:
            documents: where they are.
            registries: everything that they may name.
            playing: what is being played.
        """
        self._documents = documents
        self._registries = registries
        self._playing = playing

    def revise(self, readings: Readings, now: float) -> Revision:
        """Read, check and play dry. Never raises: a fault of ours leaves everything as it is, and is told.

        Args:
            readings: as they are now, for the dry run.
            now: monotonic seconds.
        """
        try:
            return self._revised(readings, now)
        except Exception as error:
            log.exception("the documents cannot be read")
            problem = f"{type(error).__name__}: {error}"
            failed = Alert("reload_failed", "", Severity.ERROR, (("problem", problem),))
            return Revision(None, {}, (failed,), None, self._playing.watched)

    def _revised(self, readings: Readings, now: float) -> Revision:
        wanted = self._check(self._playing.good)
        if wanted.installation is None:
            problem = _first_error(wanted)
            refused = () if problem is None else (_about("documents_refused", problem),)
            return Revision(None, {}, refused, problem, wanted.watched)
        live, told = self._live(wanted, wanted.installation)
        playable = live.installation
        if any(alert.code == "scenario_left_out" and Path(alert.subject) in self._playing.played for alert in told):
            # A document that is being played goes no longer with the others: none of them is taken over before they agree.
            told, playable = tuple(map(_kept, told)), None
        revision = Revision(None, wanted.installation.sources, told, _first_error(wanted), wanted.watched)
        if playable is None or playable.sources == self._playing.played:
            return revision
        # What the stage gets is a copy that came over the line: so that is what is played dry.
        parcel = pickle.dumps(packed(playable))
        copy: Installation = unpacked(pickle.loads(parcel))  # noqa: S301 - our own bytes
        stumble = dry_run(copy.show, self._touched(copy), readings, now)
        if stumble is not None:
            return replace(revision, sources={}, alerts=(*told, _stumbled(stumble)))
        following = Next(Replacement(parcel), playable.exhibition, playable.sources, playable.hardware)
        return replace(revision, next=following)

    def _live(self, wanted: Checked, installation: Installation) -> tuple[Checked, tuple[Alert, ...]]:
        """Return what can be played without a start, and the alerts: other wires keep their former document until then."""
        fixed, other, playing = self._documents.fixed, installation.fixed, self._playing
        live, alerts = wanted, list(wanted.alerts)
        if other.wiring != fixed.wiring:
            held = {playing.hardware: playing.played[Path(playing.hardware)]}
            if other.hardware != playing.hardware:
                held[self._documents.config.name] = playing.played[Path(self._documents.config.name)]
            live = self._check(playing.played, held)
            alerts += [alert for alert in live.alerts if alert not in alerts]
            alerts.append(_restart(other.hardware))
        if (other.id, other.console, other.mqtt) != (fixed.id, fixed.console, fixed.mqtt):
            alerts.append(_restart(self._documents.config.name))
        return live, tuple({(alert.code, alert.subject): alert for alert in alerts}.values())

    def _touched(self, installation: Installation) -> list[str]:
        """Return the scenarios whose document changed; all when something changed that they share."""
        changed = {file for file, raw in installation.sources.items() if self._playing.played.get(file) != raw}
        names = {file.stem: file for file in changed}
        scenarios = installation.show.scenarios
        own = all(name in scenarios and file != Path(installation.hardware) for name, file in names.items())
        return [name for name in scenarios if name in names or not own]

    def _check(self, known: Mapping[Path, bytes], held: Mapping[str, bytes] | None = None) -> Checked:
        good = {file.as_posix(): raw for file, raw in known.items()}
        documents = self._documents
        return check(documents.config, self._registries, documents.state, known=good, held=held or {})


def _first_error(checked: Checked) -> Problem | None:
    return next((problem for problem in checked.problems if problem.severity == "error"), None)


def _about(code: str, problem: Problem) -> Alert:
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
