"""The first message to the console: everything it must know before it can show or refuse anything."""

from dataclasses import dataclass

from maquette.core.exhibition import ConsoleSettings, Exhibition, MqttSettings


@dataclass(frozen=True, slots=True)
class ConsoleStart:
    """What the stage tells a newly started console.

    Attributes:
        exhibition: everything about this installation that people may see.
        settings: where to listen and who may act.
        mqtt: which broker to speak to, or None.
    """

    exhibition: Exhibition
    settings: ConsoleSettings
    mqtt: MqttSettings | None = None
