"""Short, long and double presses: what is bound decides how long the director waits."""

from maquette.core.events import Command
from maquette.core.snapshot import Mode
from maquette.show.presses import DOUBLE_S, LONG_S
from maquette.show.scenario import ButtonTrigger, Scenario, Step
from tests.show.directing import IDLE, Stage, scenario, show_of


def bound(name, button, press):
    return Scenario(name, {"": name}, (Step(duration_s=60.0),), (ButtonTrigger(button, press),))


SHORT, LONG, DOUBLE = bound("short", "air", "short"), bound("long", "air", "long"), bound("double", "air", "double")


def stage_with(*scenarios):
    return Stage(show_of(*scenarios, IDLE))


def test_a_short_press_acts_on_the_edge_where_nothing_else_is_bound():
    stage = stage_with(SHORT)
    stage.press("air")
    assert stage.on == ("short", 0)


def test_where_a_long_press_is_bound_a_short_one_acts_when_the_button_comes_up():
    stage = stage_with(SHORT, LONG)
    stage.press("air")
    assert stage.is_in(Mode.IDLE)
    assert "air" in stage.lit  # the lamp answers at once all the same
    stage.after(0.3)
    stage.release("air")
    assert stage.on == ("short", 0)


def test_a_button_that_is_held_is_pressed_long_before_it_comes_up():
    stage = stage_with(SHORT, LONG)
    stage.press("air")
    stage.after(LONG_S - 0.01)
    assert stage.is_in(Mode.IDLE)
    stage.after(0.01)
    assert stage.on == ("long", 0)
    stage.after(3.0)
    stage.release("air")
    assert stage.on == ("long", 0)


def test_where_a_double_press_is_bound_a_short_one_waits_for_a_second():
    stage = stage_with(SHORT, DOUBLE)
    stage.press("air")
    stage.after(0.1)
    stage.release("air")
    stage.after(DOUBLE_S - 0.01)
    assert stage.is_in(Mode.IDLE)
    stage.after(0.01)
    assert stage.on == ("short", 0)


def test_a_second_press_in_time_makes_a_double_one_on_its_edge():
    stage = stage_with(SHORT, LONG, DOUBLE)
    stage.press("air")
    stage.after(0.1)
    stage.release("air")
    stage.after(0.2)
    stage.press("air")
    assert stage.on == ("double", 0)
    stage.after(0.1)
    stage.release("air")
    stage.after(5.0)
    assert stage.on == ("double", 0)


def test_a_button_that_is_held_where_only_double_is_bound_is_pressed_short():
    stage = stage_with(SHORT, DOUBLE)
    stage.press("air")
    stage.after(LONG_S)
    assert stage.on == ("short", 0)


def test_a_press_whose_release_is_never_heard_still_counts():
    stage = stage_with(SHORT, DOUBLE)
    stage.press("air")
    stage.after(60.0)
    assert stage.state.step_started_at == LONG_S
    stage.press("air")
    stage.after(60.0)
    assert stage.state.holds == ()


def test_a_long_press_alone_leaves_the_short_one_to_the_command():
    stage = stage_with(bound("long", "go_next", "long"))
    stage.press("go_next")
    stage.after(0.1)
    stage.release("go_next")
    assert stage.on == ("quietly", 1)
    stage.after(3.0)
    stage.press("go_next")
    stage.after(LONG_S)
    assert stage.on == ("long", 0)


def test_a_virtual_button_is_not_held_so_its_press_is_short_at_once():
    stage = stage_with(SHORT, LONG, DOUBLE)
    assert stage.command("press", button="air").refused is None
    assert stage.on == ("short", 0)


def test_a_repeat_of_a_long_press_restarts_nothing():
    again = Scenario("long", {"": ""}, (Step(duration_s=60.0),), (ButtonTrigger("air", "long"),), "restart")
    stage = stage_with(SHORT, again)
    for _ in range(3):
        stage.press("air")
        stage.after(LONG_S)
        stage.release("air")
        stage.after(0.5)
    assert stage.state.started_at == LONG_S


def test_of_two_buttons_in_one_frame_the_second_meets_what_the_first_made():
    air, river = scenario("air", 40.0, buttons=("air",)), scenario("river", 40.0, buttons=("river",))
    stage = stage_with(air, river)
    stage.press("air")
    stage.press("river")
    assert stage.on == ("river", 0)
    assert stage.lit == {"air", "river"}
    patient = scenario("air", 40.0, buttons=("air",), interrupt="after_step")
    stage = stage_with(patient, river)
    stage.press("air")
    stage.press("river")
    assert stage.on == ("air", 0)
    assert stage.state.pending == "river"


def test_a_press_that_is_under_way_when_darkness_is_wished_starts_nothing():
    stage = stage_with(SHORT, LONG)
    stage.press("air")
    stage.happen(Command("blackout"))
    stage.after(5.0)
    assert stage.is_in(Mode.BLACKOUT)
