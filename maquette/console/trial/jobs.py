"""What a trial is asked for. Where nothing else is said the answers are plain data, as the pages get them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maquette.console.documents.map_wishes import Wishes
from maquette.console.documents.revision import Playing
from maquette.core.readings import Reading


@dataclass(frozen=True, slots=True)
class Overview:
    """How the documents are that are on disk.

    Attributes:
        files: their names relative to the folder of ``config.yaml``.
        language: of titles.
    """

    files: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Examine:
    """What would be wrong with a document if it had this text, and what it would tell.

    Attributes:
        file: its name, relative to the folder of ``config.yaml``; it need not be there yet.
        text: the whole text.
        language: of problems and of the retelling.
    """

    file: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """A scenario with this text, played from beginning to end with the readings of now.

    The answer is JSON, written as bytes: these are megabytes.

    Attributes:
        file: as in `Examine`.
        text: the whole text.
        language: of captions.
        readings: as they are now.
        now: of the monotonic clock, seconds: readings age by it.
    """

    file: str
    text: str
    language: str
    readings: tuple[Reading, ...]
    now: float


@dataclass(frozen=True, slots=True)
class PlanRename:
    """What else has to change when a scenario gets another name.

    Attributes:
        file: as it is called now.
        to: as it is to be called.
    """

    file: str
    to: str


@dataclass(frozen=True, slots=True)
class Check:
    """What is wrong with all documents as they would be; the answer is a tuple of `maquette.config.problems.Problem`.

    Attributes:
        held: texts by file that stand in for what is on disk, or is not there yet.
        gone: files that are taken for deleted.
    """

    held: Mapping[str, bytes]
    gone: frozenset[str]


@dataclass(frozen=True, slots=True)
class ShowMap:
    """The strips and zones of the hardware document, with titles in these languages; a `Refusal` when it has errors."""

    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposeZones:
    """The hardware document with zones as somebody asks for them: a `ZonesProposed`, or a `Refusal`.

    Attributes:
        wishes: what is asked for.
        language: of problems.
    """

    wishes: Wishes
    language: str


@dataclass(frozen=True, slots=True)
class Revise:
    """The documents as they are on disk now, beside what is being played; the answer is a `maquette.console.documents.revision.Revision`.

    Attributes:
        playing: what is being played.
        readings: as they are now, for a dry run.
        now: of the monotonic clock, seconds.
    """

    playing: Playing
    readings: tuple[Reading, ...]
    now: float


Job = Revise | Check | Overview | Examine | DryRun | PlanRename | ShowMap | ProposeZones


@dataclass(frozen=True, slots=True)
class ZonesProposed:
    """What the hardware document would be.

    Attributes:
        document: its name.
        fingerprint: of the version that it is made from.
        text: all of it.
        told: what the page is told: ``difference``, ``zones``, ``problems``, ``passed``.
    """

    document: str
    fingerprint: str
    text: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RenamePlan:
    """What a renaming comes to.

    Attributes:
        texts: documents that name the scenario, with the new name written in.
        read: the bytes of these documents before.
        obstacles: where it is named and the new name cannot be written in: ``config.yaml:11``.
    """

    texts: Mapping[str, str]
    read: Mapping[str, bytes]
    obstacles: tuple[str, ...] = ()
