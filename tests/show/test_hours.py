"""Opening hours: when the model sleeps, what wakes it, and what the clock starts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maquette.core.calendar import OpeningHours
from maquette.core.clock import Clock
from maquette.core.snapshot import Mode
from maquette.show.scenario import ClockTrigger, Scenario, Step
from tests.show.directing import AIR, IDLE, RIVER, Stage, on_condition, reading, show_of

PARIS = ZoneInfo("Europe/Paris")
HOURS = OpeningHours(dict.fromkeys(range(5), ((600, 1080),)), wake_for_s=600.0)
TOUR = Scenario("tour", {"": "Tour"}, (Step(duration_s=30.0),), (ClockTrigger(630, frozenset({3})),))


def at(hour, minute=0, second=0, day=26):
    """Return a moment of a Thursday, or of another day of that November, in Paris."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=PARIS)


def stage_at(local, *scenarios, opening=HOURS):
    return Stage(show_of(*(scenarios or (AIR, RIVER, TOUR)), IDLE, opening=opening), local)


def jump(stage, local):
    stage.local = local
    stage.now += 1.0
    stage.look()


def test_outside_its_hours_the_model_sleeps():
    stage = stage_at(at(9, 59, 50))
    assert stage.is_in(Mode.ASLEEP)
    assert stage.lit == frozenset()
    stage.after(9.0)
    assert stage.is_in(Mode.ASLEEP)
    stage.after(1.0)
    assert stage.is_in(Mode.IDLE)


def test_at_closing_time_it_falls_asleep_once_nobody_has_acted_for_as_long_as_the_document_says():
    stage = stage_at(at(17, 59, 50))
    stage.after(10.0)
    assert stage.is_in(Mode.ASLEEP)
    stage = stage_at(at(17, 55))
    stage.press("air")
    stage.after(300.0)
    assert not stage.state.dark
    stage.after(299.0)
    assert stage.is_in(Mode.IDLE)
    stage.after(1.0)
    assert stage.is_in(Mode.ASLEEP)


def test_a_press_wakes_it_and_is_obeyed_and_each_press_prolongs():
    stage = stage_at(at(20))
    stage.press("air")
    assert stage.on == ("air", 0)
    assert "air" in stage.lit
    stage.after(590.0)
    stage.press("river")
    stage.after(590.0)
    assert not stage.state.dark
    stage.after(10.0)
    assert stage.is_in(Mode.ASLEEP)


def test_a_command_prolongs_and_wakes_too():
    stage = stage_at(at(20))
    assert stage.command("play", scenario="air").refused is None
    stage.after(500.0)
    stage.command("brightness", percent=50)
    stage.after(599.0)
    assert not stage.state.dark
    stage.after(1.0)
    assert stage.is_in(Mode.ASLEEP)
    stage.command("brightness", percent=50)
    assert stage.is_in(Mode.ASLEEP)
    stage.command("wake")
    assert stage.is_in(Mode.IDLE)


def test_a_button_for_darkness_wakes_a_model_in_darkness():
    stage = stage_at(at(20))
    stage.press("night")
    assert stage.is_in(Mode.IDLE)


def test_what_was_set_live_lasts_until_sleep():
    stage = stage_at(at(17, 59))
    stage.command("brightness", percent=40)
    stage.command("calm")
    stage.after(500.0)
    assert (stage.state.brightness, stage.state.calm) == (40, True)
    stage.after(200.0)
    assert stage.is_in(Mode.ASLEEP)
    stage.press("air")
    assert (stage.state.brightness, stage.state.calm) == (100, False)


def test_a_guided_visit_goes_on_after_closing_time():
    stage = stage_at(at(17, 59))
    stage.command("play", scenario="air")
    stage.command("guide")
    stage.after(1799.0)
    assert stage.state.guided
    assert stage.on == ("air", 0)
    stage.after(1.0)
    assert stage.is_in(Mode.ASLEEP)


def test_a_blackout_ends_at_the_next_opening():
    stage = stage_at(at(12))
    stage.command("blackout")
    stage.after(3600.0)
    assert stage.is_in(Mode.BLACKOUT)
    jump(stage, at(20))
    assert stage.is_in(Mode.BLACKOUT)
    jump(stage, at(10, 0, 0, day=27))
    assert stage.is_in(Mode.IDLE)


def test_with_an_untrusted_clock_the_model_is_open():
    stage = stage_at(at(20))
    stage.trusted = False
    stage.after(1.0)
    assert stage.is_in(Mode.IDLE)
    stage.after(5000.0)
    assert stage.is_in(Mode.IDLE)
    stage.command("blackout")
    jump(stage, at(11, day=27))
    assert stage.is_in(Mode.BLACKOUT)
    stage.trusted = True
    stage.after(1.0)
    assert stage.is_in(Mode.IDLE)


def test_without_hours_it_never_sleeps():
    stage = stage_at(at(3), opening=None)
    stage.after(5000.0)
    assert stage.is_in(Mode.IDLE)
    stage.command("blackout")
    jump(stage, at(12))
    assert stage.is_in(Mode.BLACKOUT)


def test_asleep_data_starts_nothing():
    high = Scenario("high", {"": ""}, (Step(duration_s=30.0),), (on_condition("river.flow > 4"),))
    stage = stage_at(at(9, 59), high)
    stage.read(reading(1.0))
    stage.read(reading(5.0))
    assert stage.is_in(Mode.ASLEEP)
    stage.after(61.0)
    assert stage.is_in(Mode.IDLE)


def test_a_time_of_day_starts_its_scenario_once_on_its_days():
    stage = stage_at(at(10, 29, 55))
    stage.after(4.0)
    assert stage.is_in(Mode.IDLE)
    stage.after(1.0)
    assert stage.on == ("tour", 0)
    assert stage.state.step_started_at == 5.0
    stage.after(300.0)
    assert stage.is_in(Mode.IDLE)
    stage = stage_at(at(10, 29, 55, day=27))
    stage.after(60.0)
    assert stage.is_in(Mode.IDLE)


@pytest.mark.parametrize(
    ("before", "after", "trusted"),
    [
        (at(10, 28), at(10, 31), True),  # the clock was set: that time never was
        (at(10, 29, 59), at(10, 30), False),
        (at(10, 30, 1), at(10, 29, 59), True),
    ],
)
def test_a_time_that_did_not_pass_starts_nothing(before, after, trusted):
    stage = stage_at(before)
    stage.trusted = trusted
    jump(stage, after)
    assert stage.is_in(Mode.IDLE)


def test_a_clock_that_is_set_back_a_little_starts_nothing_twice():
    stage = stage_at(at(10, 29, 50))
    stage.after(15.0)
    stage.command("stop")
    stage.local -= timedelta(seconds=20)
    stage.look()
    stage.after(40.0)
    assert stage.is_in(Mode.IDLE)


def test_a_time_that_comes_while_closed_is_over_when_the_model_wakes():
    early = Scenario("tour", {"": ""}, (Step(duration_s=30.0),), (ClockTrigger(599),))
    stage = stage_at(at(9, 58, 50), early)
    stage.after(120.0)
    assert stage.is_in(Mode.IDLE)


def test_a_time_that_comes_during_a_scenario_waits_for_its_end():
    stage = stage_at(at(10, 29, 55))
    stage.press("river")
    stage.after(10.0)
    assert stage.on == ("river", 0)
    stage.command("next")
    stage.command("next")
    assert stage.on == ("tour", 0)


def test_the_night_when_clocks_go_back_has_each_time_once():
    night = Scenario("tour", {"": ""}, (Step(duration_s=30.0),), (ClockTrigger(150),))
    stage = stage_at(datetime(2026, 10, 25, 2, 29, 59, tzinfo=PARIS), night, opening=None)
    stage.after(1.0)
    assert stage.on == ("tour", 0)
    stage.command("stop")
    stage.now += 3600.0
    stage.happen(Clock(datetime(2026, 10, 25, 2, 29, 59, tzinfo=PARIS, fold=1), trusted=True))
    stage.now += 1.0
    stage.happen(Clock(datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=1), trusted=True))
    assert stage.is_in(Mode.IDLE)


def test_at_opening_a_time_of_day_of_that_very_minute_counts():
    first = Scenario("tour", {"": ""}, (Step(duration_s=30.0),), (ClockTrigger(600),))
    stage = stage_at(at(9, 59, 58), first)
    stage.after(3.0)
    assert stage.on == ("tour", 0)
