"""The first message to the console: everything it must know before it can show or refuse anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maquette.config.watched import Watched
from maquette.core.exhibition import ConsoleSettings, Exhibition, Fixed, MqttSettings
from maquette.core.vitals import Beginning


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents that are being played, for whoever reads them again when they change.

    Attributes:
        config: config.yaml.
        state: the state folder.
        registries: everything that documents may name, a pickled `maquette.config.registries.Registries`: opening it loads the modules of
            all drivers and feeds, which nobody needs before a document changes.
        sources: the bytes that are being played, by path relative to ``config.yaml``.
        watched: where they were looked for.
        fixed: what of them only a start can change.
    """

    config: Path
    state: Path
    registries: bytes
    sources: Mapping[Path, bytes]
    watched: Watched
    fixed: Fixed


@dataclass(frozen=True, slots=True)
class Replacement:
    """What the stage is to play from now on: a `maquette.config.parcel.Parcel`, pickled, which nobody else opens on its way."""

    parcel: bytes


VOTES = "votes.jsonl"
"""The name of the visitors' log in the state folder."""


@dataclass(frozen=True, slots=True)
class ConsoleStart:
    """What the stage tells a newly started console.

    Attributes:
        exhibition: everything about this installation that people may see.
        settings: where to listen and who may act.
        mqtt: which broker to speak to, or None.
        run: a word of its own for this run of the stage.
        votes: the file of the visitors' log, or None: then votes are not kept.
        documents: what is read again when it changes, or None.
        socket: the Unix socket by which this machine's terminals reach the console, or None.
        beginning: of this life of the model, or None where nobody says.
    """

    exhibition: Exhibition
    settings: ConsoleSettings
    mqtt: MqttSettings | None = None
    run: str = ""
    votes: Path | None = None
    documents: Documents | None = None
    socket: Path | None = None
    beginning: Beginning | None = None
