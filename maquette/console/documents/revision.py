"""A revision: the documents as they are on disk now, beside those that are being played. It says what to play instead and what to tell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from maquette.config.watched import Watched
from maquette.console.start import Documents, Replacement
from maquette.core.alerts import Alert
from maquette.core.exhibition import Exhibition

if TYPE_CHECKING:
    from maquette.config.problems import Problem

CODES = frozenset(
    {
        "document_last_good", "document_waits", "scenario_left_out", "secret_missing",
        "documents_refused", "dry_run_failed", "reload_failed", "restart_needed",
    }
)  # fmt: skip
"""The alerts of a revision; those that it does not raise are over."""


@dataclass(frozen=True, eq=False)
class Playing:
    """What is being played, as far as a revision must know.

    Attributes:
        good: the documents that were well last, by path relative to ``config.yaml``.
        played: the documents that are being played.
        hardware: the name of the hardware document among them.
        watched: where the documents were looked for last.
    """

    good: Mapping[Path, bytes]
    played: Mapping[Path, bytes]
    hardware: str
    watched: Watched


@dataclass(frozen=True, eq=False)
class Next:
    """What is to be played from now on.

    Attributes:
        replacement: for the stage.
        exhibition: what people may see of it.
        sources: the documents that it is made of.
        hardware: the name of the hardware document among them.
    """

    replacement: Replacement
    exhibition: Exhibition
    sources: Mapping[Path, bytes]
    hardware: str


@dataclass(frozen=True, eq=False)
class Revision:
    """What came of a look at the documents.

    Attributes:
        next: what is to be played from now on, or None when nothing changes.
        sources: the documents that are well, to be kept for the next start; empty when nothing is new.
        alerts: everything that is wrong with the documents now.
        problem: the first error, or None.
        watched: where the documents were looked for.
    """

    next: Next | None
    sources: Mapping[Path, bytes]
    alerts: tuple[Alert, ...]
    problem: "Problem | None"
    watched: Watched


def first_played(documents: Documents) -> Playing:
    """Return what is being played when the console starts."""
    return Playing(documents.sources, documents.sources, documents.fixed.hardware, documents.watched)


def looked(playing: Playing, revision: Revision) -> Playing:
    """Return what is known after a look, whatever became of it."""
    return replace(playing, watched=revision.watched)


def taken_over(playing: Playing, revision: Revision) -> Playing:
    """Return what is being played once a revision has been taken over."""
    if revision.sources:
        playing = replace(playing, good=revision.sources)
    if revision.next is not None:
        playing = replace(playing, played=revision.next.sources, hardware=revision.next.hardware)
    return looked(playing, revision)
