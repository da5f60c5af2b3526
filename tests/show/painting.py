"""A small model of two zones and a hut, and the layers and readings that its tests paint with."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from maquette.core.colour import parse_colour
from maquette.core.frame import Frame
from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.core.snapshot import ZoneState
from maquette.show.expressions import compile_expression
from maquette.show.layers import Painter
from maquette.show.model import Model
from maquette.show.scales import ClassScale, ScaleClass, ThresholdScale
from maquette.show.scenario import Layer, Parameter, ServoCue, Step
from tests.show.models import model_of, strips_of

Parameters = dict[str, Parameter]

BLUE, ORANGE, WHITE = parse_colour("#2a7fff"), parse_colour("#ff8800"), parse_colour("#ffffff")
CODES = {"north": "01", "south": "02", "hut": "03"}
NORTH, SOUTH, HUT = slice(0, 10), slice(10, 22), slice(22, 25)

AIR = ClassScale(
    "atmo",
    {"fr": "Qualité de l'air"},
    None,
    (
        ScaleClass({"fr": "Bon"}, parse_colour("#50f0e6"), 1),
        ScaleClass({"fr": "Dégradé"}, parse_colour("#f0e641"), 3),
        ScaleClass({"fr": "Mauvais"}, parse_colour("#ff5050"), 4),
    ),
)
FLOW = ThresholdScale(
    "flow", {"": "Flow"}, "m³/s", (ScaleClass({"": "low"}, BLUE), ScaleClass({"": "high"}, ORANGE, 1000.0))
)


def model() -> Model:
    zones = {"north": range(10), "south": range(10, 22), "hut": range(22, 25)}
    bare = model_of(strips_of(30), {name: list(leds) for name, leds in zones.items()})
    return replace(
        bare, zones={name: replace(zone, attributes={"insee": CODES[name]}) for name, zone in bare.zones.items()}
    )


def reading(
    feed: str,
    name: str,
    value: float | None,
    key: str | None = None,
    unit: str | None = None,
    quality: Quality = Quality.LIVE,
    fresh_until: float | None = None,
    drop_at: float | None = None,
) -> Reading:
    return Reading(
        feed,
        name,
        key,
        value,
        unit,
        quality,
        Nature.MEASURED,
        fresh_until=fresh_until,
        drop_at=drop_at,
        source="Source",
    )


def air(quality: Quality = Quality.LIVE, **values: float | None) -> list[Reading]:
    return [reading("air", "index", value, CODES[zone], quality=quality) for zone, value in values.items()]


def river(
    flow: float | None,
    quality: Quality = Quality.LIVE,
    fresh_until: float | None = None,
    drop_at: float | None = None,
) -> Reading:
    return reading("river", "flow", flow, None, "m³/s", quality, fresh_until, drop_at)


def painter(*layers: Layer, readings: Iterable[Reading] = (), servos: tuple[ServoCue, ...] = ()) -> Painter:
    made = Painter(model(), Step(layers=layers, servos=servos))
    made.bind(Readings(readings), 0.0)
    return made


def states(made: Painter) -> Mapping[str, ZoneState]:
    return {state.zone: state for state in made.zone_states()}


def air_layer(*zones: str, **options) -> Layer:
    return Layer(zones or ("north", "south"), compile_expression("air[zone.insee].index"), AIR, **options)


def river_layer(*zones: str, **options) -> Layer:
    return Layer(zones or ("north",), compile_expression("river.flow"), colour=BLUE, **options)


def lit(frame: Frame) -> list[int]:
    return np.flatnonzero(frame.max(axis=1) > 0).tolist()
