"""What the room wishes, as the performance shows it: calm, closed hours, questions, raised hands, guided visits."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from maquette.core.calendar import OpeningHours
from maquette.core.clock import Clock
from maquette.core.events import ButtonPressed, Command
from maquette.core.readings import Quality, Readings
from maquette.core.snapshot import Hand, Mode
from maquette.core.text import Figure
from maquette.core.votes import FormerVotes, VoteCast
from maquette.show.captions import parse_caption
from maquette.show.expressions import compile_expression
from maquette.show.layers import Painter
from maquette.show.performance import CALM_FADE_S, CALM_LEVEL, Performance
from maquette.show.scenario import (
    Ask,
    Bound,
    ButtonTrigger,
    Choice,
    Layer,
    Say,
    Scenario,
    Step,
    ValueTrigger,
    Variant,
)
from tests.show.test_performance import (
    BLUE,
    BREATHING,
    GREEN,
    MODEL,
    RED,
    TOLD,
    colour,
    painted,
    press,
    reading,
    show_of,
)

HOURS = OpeningHours(dict.fromkeys(range(7), ((600, 1080),)))
PARIS = ZoneInfo("Europe/Paris")


def calmed(performance, now):
    performance.frame(now)
    performance.handle(Command("calm", {"on": True}), now)


@pytest.mark.parametrize("effect", ["breathe", "flow", "comet", "twinkle", "chase", "haze", "rainbow", "heartbeat"])
def test_in_calm_nothing_moves_at_half_light(effect):
    step = replace(BREATHING, duration_s=1000.0, layers=(painted(1, 1, 1, effect=effect),))
    performance = Performance(show_of((step,)), 0.0)
    calmed(performance, 1.0)
    performance.frame(5.0)
    assert performance.still(5.0)
    frames = [performance.frame(now) for now in (5.0, 6.3, 100.0)]
    np.testing.assert_array_equal(frames[0], frames[1])
    np.testing.assert_array_equal(frames[0], frames[2])
    np.testing.assert_allclose(frames[0], CALM_LEVEL)


def test_calm_comes_and_goes_in_a_slow_fade():
    performance = Performance(show_of((replace(GREEN, duration_s=1000.0),)), 0.0)
    calmed(performance, 1.0)
    seen = [float(performance.frame(1.0 + n / 10)[0, 1]) for n in range(21)]
    assert seen == sorted(seen, reverse=True)
    assert seen[0] > 0.95
    assert seen[10] > 0.55
    assert seen[20] == CALM_LEVEL
    performance.handle(Command("calm", {"on": False}), 4.0)
    assert performance.frame(5.9)[0, 1] < 1.0
    assert performance.frame(6.0)[0, 1] == 1.0


def test_in_calm_every_fade_is_slow_and_no_step_cuts():
    performance = Performance(show_of((RED,), air=(GREEN,), river=(BLUE,)), 0.0)
    calmed(performance, 0.0)
    press(performance, "air", 5.0)
    assert performance.frame(5.0)[0, 0] > 0.4
    assert 0.0 < performance.frame(5.0 + CALM_FADE_S / 2)[0, 1] < CALM_LEVEL
    assert performance.frame(5.0 + CALM_FADE_S)[0, 1] == CALM_LEVEL
    press(performance, "river", 8.0)
    assert performance.frame(11.9)[0, 2] < CALM_LEVEL
    assert performance.frame(12.0)[0, 2] == CALM_LEVEL


def test_in_calm_servos_turn_slowly():
    performance = Performance(show_of(), 0.0)
    assert performance.pace == 1.0
    calmed(performance, 1.0)
    assert 0.0 < performance.pace < 0.5


def test_in_calm_quality_marks_are_what_they_are():
    performance = Performance(show_of((replace(TOLD, duration_s=1000.0),)), 0.0)
    performance.update(reading(1000.0, quality=Quality.STALE), 0.0)
    calmed(performance, 1.0)
    frame = performance.frame(9.0)
    assert np.count_nonzero(frame[:8, 2]) == 4
    performance.update(reading(None), 10.0)
    assert np.count_nonzero(performance.frame(20.0)[:8, 0]) == 1


def test_in_calm_the_zones_that_are_too_small_for_marks_still_dip():
    small = replace(MODEL, zones={"rhone": _cut(MODEL.zones["rhone"], 3)})
    layer = Layer(("rhone",), value=compile_expression("river.flow"), colour=colour(0, 0, 1))
    painter = Painter(small, Step(layers=(layer,)), calm=True)
    painter.bind(Readings(reading(5.0, quality=Quality.STALE).readings), 0.0)
    assert not painter.still


def test_a_show_that_begins_while_closed_begins_in_the_dark():
    show = replace(show_of(), opening=HOURS)
    night = Clock(datetime(2026, 11, 26, 3, tzinfo=PARIS), trusted=True)
    performance = Performance(show, 0.0, night)
    assert performance.snapshot(0.0, (), ()).mode is Mode.ASLEEP
    assert not performance.frame(0.0).any()
    assert performance.still(0.0)
    press(performance, "air", 5.0)
    assert performance.snapshot(5.0, (), ()).mode is Mode.IDLE
    assert performance.frame(5.1)[0, 0] > 0.0
    assert performance.wake_at(6.0) is not None
    assert Performance(show, 0.0, replace(night, trusted=False)).mode is Mode.IDLE


ASKED = replace(
    TOLD,
    layers=(
        Layer(
            ("rhone",),
            value=compile_expression("votes.well"),
            colour=colour(0, 0, 1),
            level=Bound(None, (0.0, 5.0), (0.0, 1.0)),
        ),
    ),
    say=Say((Variant({"": parse_caption("{votes.well} of {votes.well_count}")}),)),
    servos=(),
    ask=Ask("well", {"": "Well?"}, (Choice("air", {"": "Yes"}, 5.0), Choice("river", {"": "No"}, 0.0))),
)


def test_a_vote_is_seen_in_the_very_next_frame_and_told_as_a_reading():
    performance = Performance(show_of(air=(ASKED,)), 0.0)
    press(performance, "air", 1.0)
    asked = performance.snapshot(1.0, (), ()).question
    assert asked is not None
    assert (asked.count, asked.mean) == (0, None)
    news = performance.news()
    assert news is not None
    assert {(r.name, r.value) for r in news.readings} == {("well", None), ("well_count", 0.0)}
    performance.frame(5.0)
    assert performance.handle(ButtonPressed("air", 5.0), 5.0) == (VoteCast("well", "air", 5.0),)
    snapshot = performance.snapshot(5.0, (), ())
    assert snapshot.question is not None
    assert [choice.count for choice in snapshot.question.choices] == [1, 0]
    assert snapshot.caption == {"": (Figure(5.0, None, "live"), " of ", Figure(1.0, None, "live"))}
    assert 0.0 < performance.frame(5.01)[0, 2] < 0.2
    assert performance.frame(6.0)[0, 2] == 1.0
    news = performance.news()
    assert news is not None
    assert {(r.name, r.value) for r in news.readings} == {("well", 5.0), ("well_count", 1.0)}
    assert performance.news() is None


def test_votes_of_former_runs_change_the_light_too():
    performance = Performance(show_of((ASKED,)), 0.0)
    performance.frame(1.0)
    performance.handle(FormerVotes({"well": {("air", 5.0): 3, ("river", 0.0): 3}}), 2.0)
    assert performance.frame(3.0)[0, 2] == pytest.approx(0.5)


def test_a_question_that_another_show_no_longer_asks_is_forgotten_and_its_votes_are_not():
    performance = Performance(show_of((RED,), air=(ASKED,)), 0.0)
    press(performance, "air", 1.0)
    performance.handle(ButtonPressed("air", 5.0), 5.0)
    performance.swap(show_of((RED,), air=(GREEN,)), 6.0)
    news = performance.news()
    assert news is not None
    assert not news.readings
    assert news.complete == {"votes"}
    performance.swap(show_of((RED,), air=(ASKED,)), 7.0)
    question = performance.snapshot(7.0, (), ()).question
    assert question is not None
    assert question.count == 1


def test_what_visitors_answer_may_start_a_scenario():
    show = show_of((RED,), air=(ASKED,), river=(GREEN,))
    condition = ValueTrigger(compile_expression("votes.well_count >= 1"))
    show = replace(show, scenarios={**show.scenarios, "many": Scenario("many", {"": ""}, (BLUE,), (condition,))})
    performance = Performance(show, 0.0)
    press(performance, "air", 1.0)
    performance.handle(ButtonPressed("air", 5.0), 5.0)
    performance.handle(Command("stop"), 6.0)
    assert performance.snapshot(6.0, (), ()).scenario == "many"


def test_during_a_visit_a_snapshot_tells_hands_and_no_end_of_the_step():
    performance = Performance(show_of(air=(RED,), river=(GREEN,)), 0.0)
    press(performance, "air", 1.0)
    performance.handle(Command("guide"), 2.0)
    press(performance, "river", 3.0)
    snapshot = performance.snapshot(4.0, (), ())
    assert (snapshot.guided, snapshot.step_ends_at, snapshot.hands) == (True, None, (Hand("river", 3.0),))
    performance.frame(1803.0)
    assert not performance.snapshot(1803.0, (), ()).guided


def test_a_condition_is_looked_at_when_a_reading_ages():
    quiet = replace(RED, until=compile_expression("river.flow > 5"), duration_s=None)
    trigger = ValueTrigger(compile_expression("river.flow > 5"), for_s=30.0)
    show = show_of((replace(RED, duration_s=1000.0),), air=(quiet, GREEN))
    show = replace(show, scenarios={**show.scenarios, "many": Scenario("many", {"": ""}, (BLUE,), (trigger,))})
    performance = Performance(show, 0.0)
    performance.update(reading(1.0), 0.0)
    performance.update(reading(9.0, fresh_until=20.0), 1.0)
    assert performance.wake_at(1.0) == 20.0
    performance.frame(50.0)
    assert performance.mode is Mode.IDLE  # it grew stale before it had held long enough
    performance.update(reading(9.0), 60.0)
    assert performance.wake_at(60.0) == 90.0
    performance.frame(90.0)
    assert performance.snapshot(90.0, (), ()).scenario == "many"


def test_buttons_of_a_scenario_that_long_presses_start_are_answered_at_once():
    show = show_of((RED,), air=(GREEN,))
    long = Scenario("long", {"": ""}, (BLUE,), (ButtonTrigger("air", "long"),))
    show = replace(show, scenarios={**show.scenarios, "long": long})
    performance = Performance(show, 0.0)
    press(performance, "air", 1.0)
    assert performance.mode is Mode.IDLE
    assert "air" in performance.lamps(1.0)
    assert performance.wake_at(1.1) == pytest.approx(1.7)
    performance.frame(1.7)
    assert performance.snapshot(1.7, (), ()).scenario == "long"


def _cut(zone, leds):
    return replace(zone, leds=zone.leds[:leds], places=zone.places[:leds], distances=zone.distances[:leds])
