"""Layers: every zone answers "why this colour?", and servos follow values."""

from maquette.core.readings import Quality, Readings
from maquette.core.snapshot import ZoneState
from maquette.show.expressions import compile_expression
from maquette.show.scenario import Bound, Layer, ServoCue
from tests.show.painting import AIR, BLUE, WHITE, Parameters, air, air_layer, painter, river, river_layer, states

# Why this colour?


def test_every_zone_of_the_model_has_a_state_in_its_order():
    found = painter(Layer(("south",), colour=BLUE, effect="wave")).zone_states()
    assert [state.zone for state in found] == ["north", "south", "hut"]
    assert found[0] == ZoneState("north")
    assert found[1] == ZoneState("south", "#2a7fff", Quality.LIVE, effect="wave")


def test_a_state_tells_value_class_and_reading():
    readings = air(north=3, south=4)
    state = states(painter(air_layer(effect="breathe", level=0.3), readings=readings))["north"]
    assert state.colour == "#f0e641"
    assert state.class_title == {"fr": "Dégradé"}
    assert (state.value, state.unit, state.quality) == (3.0, None, Quality.LIVE)
    assert state.reading is readings[0]
    assert (state.scale, state.expression, state.effect) == ("atmo", "air[zone.insee].index", "breathe")
    assert not state.decoration


def test_an_aggregate_says_how_many_it_knew_and_shows_its_worst_reading():
    readings = [*air(north=3, hut=None), *air(Quality.STALE, south=1)]
    layer = Layer(("north",), compile_expression("max(air.index)"), AIR)
    made = painter(layer, readings=readings)
    state = states(made)["north"]
    assert (state.value, state.known, state.total) == (3.0, 2, 3)
    assert state.quality is Quality.STALE
    assert state.reading is readings[2]


def test_an_unknown_value_has_a_state_without_value_or_colour():
    state = states(painter(river_layer(), readings=[river(None, Quality.MISSING)]))["north"]
    assert (state.colour, state.value, state.quality) == ("#000000", None, Quality.MISSING)
    assert not state.decoration


def test_a_decoration_on_top_does_not_silence_the_value_below():
    glitter = Layer(("north",), colour=WHITE, effect="twinkle", blend="add")
    state = states(painter(air_layer("north"), glitter, readings=air(north=3)))["north"]
    assert not state.decoration
    assert state.class_title == {"fr": "Dégradé"}


def test_a_colour_of_its_own_whose_motion_follows_a_value_tells_that_value():
    speed: Parameters = {"speed": Bound(compile_expression("river.flow"), (0.0, 3000.0), (0.05, 1.5))}
    state = states(painter(Layer(("north",), colour=BLUE, effect="flow", parameters=speed), readings=[river(800.0)]))[
        "north"
    ]
    assert (state.decoration, state.value, state.unit, state.expression) == (False, 800.0, "m³/s", "river.flow")


# Servos


def test_a_servo_follows_its_value_and_has_no_angle_when_it_is_unknown():
    cue = ServoCue("needle", Bound(compile_expression("max(air.index)"), (1.0, 6.0), (-80.0, 80.0)))
    fixed = ServoCue("gate", 35.0)
    unknown, known = painter(servos=(cue, fixed)), painter(readings=air(north=6), servos=(cue, fixed))
    assert (unknown.servo_angles(), unknown.quality) == ({"needle": None, "gate": 35.0}, Quality.MISSING)
    assert (known.servo_angles(), known.quality) == ({"needle": 80.0, "gate": 35.0}, Quality.LIVE)


def test_a_servo_that_is_to_move_is_a_visible_change():
    cue = ServoCue("needle", Bound(compile_expression("max(air.index)"), (1.0, 6.0), (-80.0, 80.0)))
    made = painter(readings=air(north=6), servos=(cue,))
    assert not made.bind(Readings(air(north=6)), 0.0)
    assert made.bind(Readings(air(north=2)), 0.0)
