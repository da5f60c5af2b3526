"""Guided visits and calm: who is obeyed, what waits, and how it ends by itself."""

import pytest

from maquette.core.snapshot import Mode
from maquette.show.model import Button
from maquette.show.scenario import ClockTrigger, Scenario, Step
from tests.show.directing import AIR, BUTTONS, IDLE, RIVER, Stage, on_condition, reading, scenario, show_of

LEADING = (*BUTTONS, Button("lead", {"": "Lead"}, "guide"), Button("hush", {"": "Hush"}, "calm"))


def visit(*scenarios, buttons=BUTTONS):
    stage = Stage(show_of(*(scenarios or (AIR, RIVER)), IDLE, buttons=buttons))
    stage.command("play", scenario="air")
    stage.command("guide", on=True)
    return stage


def test_steps_wait_for_next():
    stage = visit()
    stage.after(1000.0)
    assert stage.on == ("air", 0)
    stage.command("next")
    assert stage.on == ("air", 1)
    stage.after(1000.0)
    assert stage.on == ("air", 1)


def test_a_step_whose_time_has_passed_ends_with_the_visit():
    stage = visit()
    stage.after(30.0)
    stage.command("guide", on=False)
    stage.after(9.0)
    assert stage.on == ("air", 0)
    stage.after(1.0)
    assert stage.on == ("air", 1)
    stage.command("guide", on=True)
    stage.after(100.0)
    stage.command("guide", on=False)
    assert stage.on == ("air", 2)
    assert stage.state.step_started_at == stage.now


def test_a_visit_ends_half_an_hour_after_the_last_command():
    stage = visit()
    stage.after(1000.0)
    stage.command("brightness", percent=60)
    stage.press("river")  # a visitor's wish prolongs nothing
    stage.after(1799.0)
    assert stage.state.guided
    stage.after(1.0)
    assert not stage.state.guided
    assert stage.state.hands == ()
    for _ in range(20):
        stage.after(10.0)
    assert stage.is_in(Mode.IDLE)


def test_a_press_lights_its_lamp_and_raises_a_hand_until_the_mediator_plays_it():
    stage = visit()
    stage.press("river")
    stage.after(1.0)
    stage.press("energy")
    stage.press("river")
    assert stage.on == ("air", 0)
    assert stage.state.hands == (("river", 0.0), ("energy", 1.0))
    stage.after(60.0)
    assert stage.lit == {"air", "river", "energy"}
    stage.command("play", scenario="river")
    assert stage.state.hands == (("energy", 1.0),)
    stage.command("guide")
    assert stage.state.hands == ()


def test_command_buttons_raise_hands_too_unless_the_visit_can_be_led_from_the_models_edge():
    stage = visit()
    stage.press("go_next")
    assert stage.on == ("air", 0)
    assert stage.state.hands == (("go_next", 0.0),)
    stage = visit(buttons=LEADING)
    stage.press("go_next")
    assert stage.on == ("air", 1)
    assert stage.state.hands == ()
    stage.press("lead")
    assert not stage.state.guided


def test_a_guide_button_begins_and_ends_a_visit_once_each_press():
    stage = Stage(show_of(AIR, IDLE, buttons=LEADING))
    stage.press("lead")
    stage.after(0.5)
    stage.press("lead")
    assert stage.state.guided
    stage.after(3.0)
    stage.press("lead")
    assert not stage.state.guided


def test_the_buttons_for_the_hall_are_obeyed_during_a_visit():
    stage = visit()
    stage.press("night")
    assert stage.is_in(Mode.BLACKOUT)
    stage.press("morning")
    assert stage.is_in(Mode.IDLE)
    assert stage.state.guided


def test_at_rest_too_a_visitor_starts_nothing_and_only_hands_are_lit():
    stage = Stage()
    stage.command("guide")
    stage.press("air")
    stage.after(30.0)
    assert stage.is_in(Mode.IDLE)
    assert stage.lit == {"air"}


def test_data_and_clock_wait_and_lapse_after_ten_minutes():
    high = Scenario("high", {"": ""}, (Step(duration_s=5.0),), (on_condition("river.flow > 4"), ClockTrigger(600)))
    stage = visit(AIR, high)
    stage.read(reading(1.0))
    stage.read(reading(5.0))
    stage.after(100.0)
    assert stage.on == ("air", 0)
    stage.command("stop")
    assert stage.is_in(Mode.IDLE)
    stage.command("guide", on=False)
    assert stage.on == ("high", 0)
    stage = visit(AIR, high)
    stage.read(reading(1.0))
    stage.read(reading(5.0))
    stage.after(601.0)
    stage.command("stop")
    stage.command("guide", on=False)
    assert stage.is_in(Mode.IDLE)
    assert stage.state.waiting == ()


def test_a_condition_ends_no_step_of_a_visit():
    waits = Scenario("air", {"": ""}, (Step(until=on_condition("river.flow > 4").when), Step(duration_s=5.0)))
    stage = visit(waits)
    stage.read(reading(5.0))
    stage.after(100.0)
    assert stage.on == ("air", 0)
    stage.command("guide", on=False)
    assert stage.on == ("air", 1)


def test_a_visitors_wish_that_waited_is_the_mediators_to_grant():
    stage = Stage()
    stage.press("river")
    stage.press("air")
    assert stage.state.pending == "air"
    stage.command("guide")
    assert stage.state.pending is None


def test_a_visit_can_begin_in_darkness():
    stage = Stage()
    stage.command("blackout")
    stage.command("guide")
    assert stage.is_in(Mode.IDLE)
    assert stage.state.guided


def test_a_pause_during_a_visit_keeps_its_own_limit():
    stage = visit()
    stage.command("pause")
    stage.after(900.0)
    assert stage.is_in(Mode.PLAYING)
    stage.after(100.0)
    assert stage.on == ("air", 0)


def test_the_last_step_of_a_visit_dims_and_rests_as_ever():
    stage = visit(scenario("air", 5.0))
    stage.command("next")
    assert stage.has_ended()
    stage.after(90.0)
    assert stage.is_in(Mode.IDLE)
    assert stage.state.guided


@pytest.mark.parametrize("name", ["guide", "calm"])
def test_a_flag_is_set_taken_back_or_turned_round(name):
    stage = Stage()
    flags = {"guide": lambda: stage.state.guided, "calm": lambda: stage.state.calm}
    for arguments, after in (
        ({}, True),
        ({}, False),
        ({"on": True}, True),
        ({"on": True}, True),
        ({"on": False}, False),
    ):
        assert stage.command(name, **arguments).refused is None
        assert flags[name]() is after
    answer = stage.command(name, on=1)
    assert (answer.refused, answer.arguments) == ("wrong_type", {"name": "on", "expected": "bool"})


def test_calm_outlives_scenarios_and_ends_with_no_press():
    stage = Stage(show_of(AIR, IDLE, buttons=LEADING))
    stage.press("hush")
    assert stage.state.calm
    stage.press("air")
    stage.command("blackout")
    stage.command("wake")
    assert stage.state.calm
    stage.after(3.0)
    stage.press("hush")
    assert not stage.state.calm
