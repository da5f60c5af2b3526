"""From the hardware document to the model: LEDs numbered through all strips and laid along the paths of their zones."""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from maquette.config.documents import ServoDocument, StripDocument, ZoneDocument
from maquette.config.hardware_check import Hardware, parse_run
from maquette.core.colour import Floats, of_temperature, parse_colour
from maquette.core.text import Text
from maquette.show.model import Button, Model, Servo, Strip, Supply, Zone

EASING_S = 0.3
"""Seconds from rest to top speed, where nothing else is said."""
RISE_S = 0.4
"""Seconds in which the current of a supply may rise from nothing to its limit when its document does not say."""


def make_model(hardware: Hardware) -> Model:
    """Make the model of checked hardware."""
    document = hardware.document
    strips = _strips(hardware.strips)
    return Model(
        title=document.title,
        strips=strips,
        zones={name: _zone(name, zone, strips) for name, zone in document.zones.items()},
        groups={name: tuple(dict.fromkeys(members)) for name, members in document.groups.items()},
        supplies={
            name: Supply(name, s.volts, s.limit, s.rise or s.limit / RISE_S) for name, s in document.supplies.items()
        },
        buttons={name: Button(name, b.label, b.command, b.has_lamp) for name, b in document.buttons.items()},
        servos={name: _servo(name, servo) for name, servo in hardware.servos.items()},
    )


def _servo(name: str, document: ServoDocument) -> Servo:
    return Servo(
        id=name,
        title=titled(document.title, name),
        angle=document.angle,
        park=document.park,
        top_speed=document.fastest,
        acceleration=document.acceleration or document.fastest / EASING_S,
        hold=document.hold,
        gate=document.looks == "gate",
    )


def titled(title: Text | None, name: str) -> Text:
    """Return a title, or the name where there is none."""
    return title or {"": name}


def _strips(documents: Mapping[str, StripDocument]) -> dict[str, Strip]:
    strips, start = dict[str, Strip](), 0
    for name, document in documents.items():
        strips[name] = Strip(
            id=name,
            start=start,
            leds=document.leds,
            supply=document.supply,
            gamma=document.gamma,
            white_balance=document.white_balance,
            channel_ma=document.channel_current * 1000,
            idle_ma=document.idle_current * 1000,
            order=document.order,
            white=white_light(document.white),
            minimum=document.minimum,
        )
        start += document.leds
    return strips


def white_light(white: str | float | None) -> tuple[float, float, float]:
    """Return the light of white LEDs, linear R, G, B: of a colour (`#rrggbb`), a temperature (K), or the three colours together (None)."""
    if white is None:
        return (1.0, 1.0, 1.0)
    red, green, blue = (parse_colour(white) if isinstance(white, str) else of_temperature(white)).tolist()
    return red, green, blue


def _zone(name: str, document: ZoneDocument, strips: Mapping[str, Strip]) -> Zone:
    leds = list[int]()
    for written in document.leds:
        run = parse_run(written)
        assert run is not None
        leds.extend(strips[run[0]].start + number for number in run[1])
    places, distances = spread_along(document.path, len(leds))
    return Zone(
        id=name,
        title=titled(document.title, name),
        leds=np.array(leds, dtype=np.intp),
        places=places,
        distances=distances,
        attributes=dict(document.attributes),
        seed=zlib.crc32(name.encode()),
    )


def spread_along(path: Sequence[tuple[float, float]], count: int) -> tuple[Floats, Floats]:
    """Spread LEDs evenly along a path, its two ends included; a single LED stands in the middle.

    Args:
        path: points (mm), at least one.
        count: how many LEDs.

    Returns:
        Their places, shape (count, 2), mm, and how far along the path each stands, shape (count,), mm.
    """
    points = np.array(path, dtype=np.float64)
    lengths = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    distances = np.linspace(0.0, along[-1], count) if count > 1 else np.array([along[-1] / 2])
    places = np.stack([np.interp(distances, along, points[:, axis]) for axis in (0, 1)], axis=-1)
    return places.astype(np.float32), distances.astype(np.float32)
