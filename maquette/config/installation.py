"""An installation: everything that the processes need, made from documents that passed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from maquette.config.documents import (
    ButtonDocument,
    CompanionDocument,
    EncoderDocument,
    FeedDocument,
    KeysDocument,
    SensorDocument,
    ServoDocument,
    StripDocument,
)
from maquette.core.exhibition import ConsoleSettings, Exhibition, Fixed, MqttSettings
from maquette.show.scenario import Show

_WORDS = {
    "title",
    "place",
    "label",
    "command",
    "supply",
    "gamma",
    "white_balance",
    "channel_current",
    "idle_current",
}
"""What may change in the documents of strips, servos and buttons without a start."""


@dataclass(frozen=True, slots=True)
class Senses:
    """The documents of what the model senses besides its buttons: encoders, sensors, keyboards and serial companions, by name."""

    encoders: Mapping[str, EncoderDocument] = field(default_factory=dict)
    sensors: Mapping[str, SensorDocument] = field(default_factory=dict)
    keys: Mapping[str, KeysDocument] = field(default_factory=dict)
    companions: Mapping[str, CompanionDocument] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Installation:
    """A model, what it plays, what feeds it and where it listens.

    Attributes:
        id: the model's id.
        hardware: the hardware document's name.
        show: what the stage plays.
        exhibition: what the console shows; not simulated.
        strips: the strips' documents, in the order of the frame.
        servos: the servos' documents.
        buttons: the buttons' documents.
        senses: the documents of what the model senses besides.
        feeds: the feeds' documents, ready-made ones filled in, samples with absolute paths.
        alternatives: feed → the documents of other sources of its values, in the order in which they are preferred.
        console: where the console listens.
        mqtt: which broker to speak to, or None.
        time_zone: an IANA name.
        sources: the bytes of every document (and of the plan) that it was made from, by path relative to ``config.yaml``.
    """

    id: str
    hardware: str
    show: Show
    exhibition: Exhibition
    strips: Mapping[str, StripDocument]
    servos: Mapping[str, ServoDocument]
    buttons: Mapping[str, ButtonDocument]
    senses: Senses
    feeds: Mapping[str, FeedDocument]
    alternatives: Mapping[str, tuple[FeedDocument, ...]]
    console: ConsoleSettings
    mqtt: MqttSettings | None
    time_zone: str
    sources: Mapping[Path, bytes]

    @property
    def fixed(self) -> Fixed:
        """What only a start can change."""
        senses = self.senses
        parts = (
            self.strips,
            self.servos,
            self.buttons,
            senses.encoders,
            senses.sensors,
            senses.keys,
            senses.companions,
        )
        wiring = [
            [(name, document.model_dump(mode="json", exclude=_WORDS)) for name, document in part.items()]
            for part in parts
        ]
        return Fixed(self.hardware, json.dumps(wiring), self.id, self.console, self.mqtt)
