"""Own values: what the stage knows of the model itself, told as readings of the feed ``model`` beside those of the world.

Whoever learns one hands it to `Performance.sense`; it is then known to expressions, and told to whoever asks for readings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from maquette.core.readings import Nature, Quality, Reading
from maquette.core.text import Text

FEED = "model"
POWER = "power"
PRESENCE = "presence"
LIGHT = "light"
SENSED_FRESH_S = 60.0
"""What a sensor says is live for this long; one that goes on saying the same is heard again before."""
SENSED_DROP_S = 180.0
"""What a sensor says is missing after this long."""


@dataclass(frozen=True)
class OwnValue:
    """A value that the feed may have: its unit, what people call it, what the guide says of it, and whether it can grow old."""

    unit: str | None
    nature: Nature
    title: Text
    doc: Text
    ages: bool = True


OWN_VALUES: Mapping[str, OwnValue] = {
    POWER: OwnValue(
        "W",
        Nature.ESTIMATED,
        {"fr": "Puissance de la maquette", "en": "Power of the model"},
        {
            "fr": "ce que ses alimentations donnent ensemble à ses LED, estimé d'après les octets qui partent",
            "en": "what its supplies give its LEDs together, estimated from the bytes that leave",
        },
        ages=False,
    ),
    PRESENCE: OwnValue(
        None,
        Nature.MEASURED,
        {"fr": "Présence", "en": "Presence"},
        {
            "fr": "1 tant que quelqu'un est devant un capteur de présence (`sensors:`), sinon 0",
            "en": "1 while somebody is near a presence sensor (`sensors:`), else 0",
        },
    ),
    LIGHT: OwnValue(
        "lx",
        Nature.MEASURED,
        {"fr": "Lumière de la salle", "en": "Light in the hall"},
        {
            "fr": "la clarté devant le capteur de lumière (`sensors:`)",
            "en": "how bright it is at the light sensor (`sensors:`)",
        },
    ),
}
"""Every value that the feed may have, by name. Which of them a model has, `maquette.config.world.own_values` tells."""

_SOURCES = {"fr": "la maquette elle-même", "en": "the model itself"}
_NEWS = 0.01  # of the value that was told last


@dataclass(frozen=True, slots=True)
class Sensed:
    """What was learned of the model itself.

    Attributes:
        name: one of `OWN_VALUES`.
        value: in the value's unit; None when the sensor does not answer.
        sample: nobody has sensed it: it stands for what a sensor would say.
    """

    name: str
    value: float | None
    sample: bool = False


def own_reading(sensed: Sensed, languages: tuple[str, ...], now: float, at: datetime | None = None) -> Reading:
    """Return a reading of the feed ``model``.

    Args:
        sensed: what was just learned.
        languages: of the show.
        now: monotonic seconds.
        at: what the wall clock shows (UTC) where somebody dates the value; without, it is always that of the moment.
    """
    own = OWN_VALUES[sensed.name]
    source = _SOURCES.get(languages[0] if languages else "fr", _SOURCES["fr"])
    reading = Reading(FEED, sensed.name, None, sensed.value, own.unit, Quality.LIVE, own.nature, source=source)
    if sensed.value is None:
        return replace(reading, quality=Quality.MISSING, problem="sensor_failed")
    if sensed.sample:
        return replace(reading, quality=Quality.SAMPLE)
    if not own.ages:
        return reading
    fresh_until, drop_at = now + SENSED_FRESH_S, now + SENSED_DROP_S
    return replace(reading, measured_at=at, fetched_at=at, fresh_until=fresh_until, drop_at=drop_at)


def is_news(value: float, told: float | None) -> bool:
    """Tell whether a value differs enough, by a hundredth, from what was told last (None: nothing) to be told."""
    return told is None or abs(value - told) > _NEWS * abs(told)
