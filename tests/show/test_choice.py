"""The choice: a knob turns through the scenarios, and what it has chosen begins when it rests."""

from dataclasses import replace

from maquette.core.events import Command, Origin
from maquette.core.snapshot import Mode
from maquette.show.choice import SETTLED_S
from maquette.show.lamps import lamps
from tests.show.directing import AIR, IDLE, Stage, show_of


def turn(stage, by):
    (answer,) = stage.happen(Command("choose", {"by": by}, Origin.VISITOR))
    return answer.refused


def test_each_step_chooses_the_next_scenario_round_and_round_and_never_the_idle_one():
    stage = Stage()
    seen = []
    for by in (1, 1, 1, 1, -1, -1):
        assert turn(stage, by) is None
        seen.append(stage.state.choice)
    assert seen == ["air", "river", "energy", "air", "energy", "river"]
    assert stage.on == ("quietly", 0)


def test_the_first_step_back_chooses_the_last():
    stage = Stage()
    turn(stage, -1)
    assert stage.state.choice == "energy"


def test_what_is_chosen_begins_when_the_knob_rests_and_not_while_it_turns():
    stage = Stage()
    turn(stage, 1)
    stage.after(SETTLED_S - 0.1)
    turn(stage, 1)
    stage.after(SETTLED_S - 0.1)
    assert stage.on == ("quietly", 0)
    stage.after(0.1)
    assert stage.on == ("river", 0)
    assert stage.state.choice is None


def test_pressed_the_knob_begins_what_is_chosen_or_the_next_at_once():
    stage = Stage()
    turn(stage, 1)
    turn(stage, 0)
    assert stage.on == ("air", 0)
    stage.after(3.0)
    turn(stage, 0)
    assert stage.state.pending is None
    assert stage.on == ("river", 0)


def test_the_lamp_of_what_is_chosen_is_on_alone():
    stage = Stage()
    turn(stage, 1)
    lit = lamps(stage.state, stage.show, stage.now).levels(stage.now)
    assert {button for button, level in lit.items() if level == 1.0} == {"air"}


def test_a_knob_counts_as_a_press_does():
    stage = Stage()
    stage.command("guide", on=True)
    assert turn(stage, 1) == "guided"
    stage.command("guide", on=False)
    stage.press("night")
    assert turn(stage, 1) == "blackout"
    assert stage.state.choice is None


def test_a_knob_wakes_a_model_that_sleeps():
    stage = Stage()
    stage.state = replace(stage.state, mode=Mode.ASLEEP, scenario=None)
    assert turn(stage, 1) is None
    assert (stage.on, stage.state.choice) == (("quietly", 0), "air")


def test_a_mediator_may_choose_in_a_guided_visit():
    stage = Stage()
    stage.command("guide", on=True)
    assert stage.command("choose", by=1).refused is None
    stage.after(SETTLED_S)
    assert stage.on == ("air", 0)


def test_it_takes_its_turn_where_the_scenario_that_plays_says_so():
    stage = Stage()
    stage.press("river")
    stage.after(1.0)
    turn(stage, -1)
    stage.after(SETTLED_S)
    assert (stage.on, stage.state.pending) == (("river", 0), "air")


def test_a_show_without_scenarios_has_nothing_to_choose():
    stage = Stage(show_of(IDLE))
    assert turn(stage, 1) == "nothing_to_choose"


def test_a_choice_that_documents_take_away_begins_nothing():
    stage = Stage()
    turn(stage, 1)
    stage.show = show_of(IDLE, AIR.__class__("other", {"": "Other"}, AIR.steps))
    stage.after(SETTLED_S)
    assert stage.on == ("quietly", 0)
