"""The first message to the console: everything it must know before it can show or refuse anything."""

from dataclasses import dataclass
from pathlib import Path

from maquette.core.exhibition import ConsoleSettings, Exhibition, MqttSettings

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
    """

    exhibition: Exhibition
    settings: ConsoleSettings
    mqtt: MqttSettings | None = None
    run: str = ""
    votes: Path | None = None
