"""Registries: what the rooms above know and this one only checks with: drivers, kinds of feeds, ready-made feeds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maquette.config.documents import FeedDocument, ServoDocument, StripDocument


@dataclass(frozen=True, slots=True)
class Registries:
    """The options of everything that documents may name.

    Attributes:
        strips: driver of LED strips → its document.
        servos: driver of servos → its document.
        feeds: kind of feed → its document.
        catalogue: the folder of ready-made feeds, one ``.yaml`` each.
    """

    strips: Mapping[str, type[StripDocument]]
    servos: Mapping[str, type[ServoDocument]]
    feeds: Mapping[str, type[FeedDocument]]
    catalogue: Path
