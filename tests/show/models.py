"""Small models for tests: strips laid end to end, and zones on some of their LEDs."""

from collections.abc import Mapping, Sequence

import numpy as np

from maquette.show.model import Button, Model, Servo, Strip, Supply, Zone


def strips_of(
    *lengths: int, supply: str | None = None, channel_ma: float = 18.3, idle_ma: float = 1.0
) -> dict[str, Strip]:
    """Return strips of these many LEDs, named a, b, c…"""
    found: dict[str, Strip] = {}
    start = 0
    for number, leds in enumerate(lengths):
        name = chr(ord("a") + number)
        found[name] = Strip(name, start, leds, supply, channel_ma=channel_ma, idle_ma=idle_ma)
        start += leds
    return found


def zone(name: str, leds: Sequence[int]) -> Zone:
    """Return a zone on these LEDs, 10 mm apart."""
    along = np.arange(len(leds), dtype=np.float32) * 10
    places = np.stack([along, np.zeros_like(along)], axis=1)
    return Zone(name, {"": name.title()}, np.array(leds, dtype=np.intp), places, along, seed=len(name))


def model_of(
    strips: Mapping[str, Strip],
    zones: Mapping[str, Sequence[int]] | None = None,
    supplies: Mapping[str, float] | None = None,
    buttons: Sequence[Button] = (),
    servos: Sequence[Servo] = (),
    rise: float | None = None,
) -> Model:
    """Return a model; ``supplies`` maps ids to limits in amperes, and their currents may rise by ``rise`` in A/s."""
    return Model(
        title={"": "A model"},
        strips=strips,
        zones={name: zone(name, leds) for name, leds in (zones or {}).items()},
        groups={},
        supplies={name: Supply(name, 5.0, limit, rise) for name, limit in (supplies or {}).items()},
        buttons={button.id: button for button in buttons},
        servos={servo.id: servo for servo in servos},
    )
