"""Conditions: what becomes true starts a scenario, once; and what a step waits for ends it."""

import pytest

from maquette.core.readings import Quality
from maquette.core.snapshot import Mode
from maquette.show.scenario import Scenario, Step
from tests.show.directing import AIR, IDLE, Stage, on_condition, reading, scenario, show_of


def high(*triggers, **options):
    return Scenario("high", {"": "High"}, (Step(duration_s=10.0), Step(duration_s=10.0)), triggers, **options)


def stage_with(*triggers, **options):
    return Stage(show_of(high(*triggers, **options), AIR, IDLE, idle_after_s=1.0))


def flows(stage, *values):
    for value in values:
        stage.read(value if hasattr(value, "feed") else reading(value))
    return stage.state


def test_a_condition_that_becomes_true_starts_its_scenario():
    stage = stage_with(on_condition("river.flow >= 4"))
    flows(stage, 1.0)
    assert stage.is_in(Mode.IDLE)
    flows(stage, 4.0)
    assert stage.on == ("high", 0)


def test_true_at_the_start_is_no_edge():
    stage = stage_with(on_condition("river.flow >= 4"))
    flows(stage, 5.0, 6.0)
    assert stage.is_in(Mode.IDLE)
    flows(stage, 1.0, 5.0)
    assert stage.on == ("high", 0)


@pytest.mark.parametrize("gap", [reading(None), reading(9.0, quality=Quality.MISSING)])
def test_missing_neither_fires_nor_arms(gap):
    stage = stage_with(on_condition("river.flow >= 4"))
    flows(stage, gap, 5.0)
    assert stage.is_in(Mode.IDLE)
    stage = stage_with(on_condition("river.flow >= 4"))
    flows(stage, 1.0, 5.0)
    stage.command("stop")
    flows(stage, gap, 5.0)
    assert stage.is_in(Mode.IDLE)
    flows(stage, 1.0, gap, 5.0)
    assert stage.on == ("high", 0)


@pytest.mark.parametrize("quality", [Quality.STALE, Quality.SAMPLE])
def test_only_what_is_live_fires(quality):
    stage = stage_with(on_condition("river.flow >= 4"))
    flows(stage, 1.0, reading(5.0, quality=quality))
    assert stage.is_in(Mode.IDLE)
    flows(stage, 5.0)
    assert stage.on == ("high", 0)


def test_during_a_replay_of_all_feeds_what_is_replayed_fires():
    stage = stage_with(on_condition("river.flow >= 4"))
    flows(stage, reading(1.0, quality=Quality.REPLAY), reading(5.0, quality=Quality.REPLAY))
    assert stage.on == ("high", 0)


def test_a_sample_arms_nothing():
    stage = stage_with(on_condition("river.flow >= 4"))
    flows(stage, reading(1.0, quality=Quality.SAMPLE), 5.0)
    assert stage.is_in(Mode.IDLE)


def test_it_starts_again_only_after_it_was_rearmed():
    stage = stage_with(on_condition("river.flow >= 4", "river.flow < 2"))
    flows(stage, 3.0, 4.0)  # before the first time it must only have been false
    assert stage.on == ("high", 0)
    stage.command("stop")
    flows(stage, 3.0, 5.0)
    assert stage.is_in(Mode.IDLE)
    flows(stage, 1.0, 3.0, 5.0)
    assert stage.on == ("high", 0)


def test_it_must_hold_as_long_as_the_document_says():
    stage = stage_with(on_condition("river.flow >= 4", for_s=60.0))
    flows(stage, 1.0, 5.0)
    stage.after(59.0)
    flows(stage, 6.0)
    assert stage.is_in(Mode.IDLE)
    stage.after(1.0)
    assert stage.on == ("high", 0)
    assert stage.state.step_started_at == 60.0
    stage.command("stop")
    flows(stage, 1.0, 5.0)
    stage.after(30.0)
    flows(stage, 1.0, 5.0)
    stage.after(59.0)
    assert stage.is_in(Mode.IDLE)


def test_what_grows_stale_meanwhile_holds_nothing():
    stage = stage_with(on_condition("river.flow >= 4", for_s=60.0))
    flows(stage, 1.0, reading(5.0, fresh_until=30.0))
    stage.after(30.0)
    flows(stage, reading(5.0, fresh_until=30.0))
    stage.after(100.0)
    assert stage.is_in(Mode.IDLE)


def test_it_starts_at_most_as_often_as_the_document_says():
    stage = stage_with(on_condition("river.flow >= 4", at_most_every_s=3600.0))
    flows(stage, 1.0, 5.0)
    stage.command("stop")
    stage.after(3599.0)
    flows(stage, 1.0, 5.0)
    assert stage.is_in(Mode.IDLE)
    stage.after(1.0)
    assert stage.is_in(Mode.IDLE)
    flows(stage, 1.0, 5.0)
    assert stage.on == ("high", 0)


def test_data_cuts_nobody_short_and_has_its_turn_at_the_end():
    stage = stage_with(on_condition("river.flow >= 4"))
    stage.press("air")
    flows(stage, 1.0, 5.0)
    stage.after(69.0)
    assert stage.on == ("air", 2)
    stage.after(1.0)
    assert stage.on == ("high", 0)


def test_its_wish_lapses_after_ten_minutes():
    stage = Stage(show_of(high(on_condition("river.flow >= 4")), scenario("long", 700.0), IDLE))
    stage.command("play", scenario="long")
    flows(stage, 1.0, 5.0)
    stage.after(700.0)
    assert stage.has_ended()


def test_of_two_wishes_each_has_its_turn():
    other = Scenario("other", {"": ""}, (Step(duration_s=10.0),), (on_condition("river.flow >= 3"),))
    stage = Stage(show_of(high(on_condition("river.flow >= 4")), other, AIR, IDLE))
    stage.press("air")
    flows(stage, 1.0, 3.5, 5.0)
    stage.after(70.0)
    assert stage.on == ("other", 0)
    stage.after(10.0)
    assert stage.on == ("high", 0)


def test_while_it_plays_its_own_trigger_does_what_the_document_says():
    for choice, on in (("ignore", ("high", 0, 0.0)), ("restart", ("high", 0, 5.0)), ("next_step", ("high", 1, 0.0))):
        stage = stage_with(on_condition("river.flow >= 4"), while_playing=choice)
        flows(stage, 1.0, 5.0)
        stage.after(5.0)
        flows(stage, 1.0, 5.0)
        assert (*stage.on, stage.state.started_at) == on


def test_a_step_waits_until_its_condition_is_true_and_has_faded_in():
    waits = Step(until=on_condition("river.flow >= 4").when, fade_s=3.0)
    stage = Stage(show_of(Scenario("air", {"": ""}, (waits, waits, Step(duration_s=5.0))), IDLE))
    stage.command("play", scenario="air")
    stage.after(60.0)
    flows(stage, 1.0)
    assert stage.on == ("air", 0)
    flows(stage, 5.0)
    assert stage.on == ("air", 1)  # it is true already there: a level, no edge
    stage.after(2.9)
    assert stage.on == ("air", 1)
    stage.after(0.1)
    assert stage.on == ("air", 2)


def test_a_step_waits_for_its_condition_no_longer_than_it_says():
    waits = Step(until=on_condition("river.flow >= 4").when, at_most_s=30.0)
    stage = Stage(show_of(Scenario("air", {"": ""}, (waits, Step(duration_s=5.0))), IDLE))
    stage.command("play", scenario="air")
    flows(stage, reading(None))
    stage.after(29.0)
    assert stage.on == ("air", 0)
    stage.after(1.0)
    assert stage.on == ("air", 1)


def test_a_pause_holds_a_step_whose_condition_is_true():
    waits = Step(until=on_condition("river.flow >= 4").when)
    stage = Stage(show_of(Scenario("air", {"": ""}, (waits, Step(duration_s=5.0))), IDLE))
    stage.command("play", scenario="air")
    stage.after(5.0)
    stage.command("pause")
    flows(stage, 5.0)
    stage.after(60.0)
    assert stage.on == ("air", 0)
    stage.command("resume")
    assert stage.on == ("air", 1)
