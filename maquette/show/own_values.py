"""Own values: what the stage knows of the model itself, told as readings of the feed ``model`` beside those of the world.

Whoever learns one hands it to `Performance.sense`; it is then known to expressions, and told to whoever asks for readings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from maquette.core.readings import Nature, Quality, Reading
from maquette.core.text import Text

FEED = "model"
POWER = "power"


@dataclass(frozen=True)
class OwnValue:
    """A value that the feed may have: its unit, what people call it, and what the guide says of it."""

    unit: str | None
    nature: Nature
    title: Text
    doc: Text


OWN_VALUES: Mapping[str, OwnValue] = {
    POWER: OwnValue(
        "W",
        Nature.ESTIMATED,
        {"fr": "Puissance de la maquette", "en": "Power of the model"},
        {
            "fr": "ce que ses alimentations donnent ensemble à ses LED, estimé d'après les octets qui partent",
            "en": "what its supplies give its LEDs together, estimated from the bytes that leave",
        },
    ),
}
"""Every value that the feed may have, by name. Which of them a model has, `maquette.config.world.own_values` tells."""

_SOURCES = {"fr": "la maquette elle-même", "en": "the model itself"}
_NEWS = 0.01  # of the value that was told last


def own_reading(name: str, value: float, languages: tuple[str, ...]) -> Reading:
    """Return a live reading of the feed ``model``; it has no date, for it is always that of the moment."""
    source = _SOURCES.get(languages[0] if languages else "fr", _SOURCES["fr"])
    own = OWN_VALUES[name]
    return Reading(FEED, name, None, value, own.unit, Quality.LIVE, own.nature, source=source)


def is_news(value: float, told: float | None) -> bool:
    """Tell whether a value differs enough, by a hundredth, from what was told last (None: nothing) to be told."""
    return told is None or abs(value - told) > _NEWS * abs(told)
