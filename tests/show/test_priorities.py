"""The table of priorities is what happens: each kind of wish, made in each situation, comes to what stands there."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from maquette.core.calendar import OpeningHours
from maquette.core.snapshot import Mode
from maquette.show.priorities import PRIORITIES, Situation, Source, Verdict
from maquette.show.scenario import Ask, ButtonTrigger, Choice, ClockTrigger, Scenario, Step
from tests.show.directing import IDLE, Stage, on_condition, reading, scenario, show_of

NOON = datetime(2026, 11, 26, 11, 59, 50, tzinfo=ZoneInfo("Europe/Paris"))
ASK = Ask("well", {"": "Well?"}, (Choice("air", {"": "Yes"}, 5.0), Choice("energy", {"": "No"}, 0.0)))
WISHED = Scenario(
    "wished",
    {"": "Wished"},
    (Step(duration_s=60.0),),
    (ButtonTrigger("air"), ClockTrigger(12 * 60), on_condition("river.flow > 5")),
)
STORY = scenario("story", 300.0, buttons=("river",))
ASKING = Scenario("asking", {"": "Asking"}, (Step(duration_s=300.0, ask=ASK),))
SHOW = show_of(WISHED, STORY, ASKING, IDLE)


def in_situation(situation: Situation, interrupt: str = "now") -> Stage:
    """Return a stage ten seconds before noon, armed for its condition, in a situation."""
    show = replace(SHOW, scenarios={**SHOW.scenarios, "story": replace(STORY, interrupt=interrupt)})
    if situation is Situation.ASLEEP:
        show = replace(show, opening=OpeningHours({}))
    stage = Stage(show, NOON)
    stage.read(reading(1.0))
    match situation:
        case Situation.BLACKOUT:
            stage.command("blackout")
        case Situation.ASKED:
            stage.command("play", scenario="asking")
        case Situation.GUIDED:
            stage.command("play", scenario="story")
            stage.command("guide")
        case Situation.PAUSED:
            stage.command("play", scenario="story")
            stage.command("pause")
        case Situation.PLAYING:
            stage.command("play", scenario="story")
    return stage


def wish(stage: Stage, source: Source) -> None:
    match source:
        case Source.MEDIATOR:
            assert stage.command("play", scenario="wished").refused is None
        case Source.VISITOR:
            stage.press("air")
        case Source.CLOCK:
            stage.after(10.0)
        case Source.DATA:
            stage.read(reading(9.0))


def outcome(stage: Stage, was_dark: bool) -> Verdict:
    """Tell from the state what became of the wish."""
    state = stage.state
    if state.scenario == "wished":
        return Verdict.WAKES if was_dark else Verdict.NOW
    if state.votes:
        return Verdict.VOTES
    if state.hands:
        return Verdict.HAND
    if state.waiting:
        return Verdict.WAITS
    return Verdict.IN_TURN if state.pending else Verdict.NOTHING


@pytest.mark.parametrize("situation", Situation)
@pytest.mark.parametrize("source", Source)
def test_a_wish_comes_to_what_the_table_says(situation, source):
    expected = PRIORITIES[situation][source]
    stage = in_situation(situation)
    was_dark = stage.state.dark
    wish(stage, source)
    # A scenario that lets itself be interrupted now makes a visitor's turn come at once.
    assert outcome(stage, was_dark) is (Verdict.NOW if expected is Verdict.IN_TURN else expected)
    stage = in_situation(situation, "after_step")
    wish(stage, source)
    assert outcome(stage, was_dark) is expected


@pytest.mark.parametrize("situation", Situation)
def test_whatever_the_situation_the_mediator_is_obeyed_and_a_wish_that_waits_has_its_turn(situation):
    assert PRIORITIES[situation][Source.MEDIATOR] in (Verdict.NOW, Verdict.WAKES)
    for source in (Source.CLOCK, Source.DATA):
        if PRIORITIES[situation][source] is Verdict.WAITS:
            stage = in_situation(situation)
            wish(stage, source)
            stage.command("guide", on=False)
            stage.command("stop")
            assert stage.on == ("wished", 0)


def test_of_two_that_wait_the_clock_comes_first():
    other = replace(WISHED, id="other", triggers=(on_condition("river.flow > 4"),))
    stage = Stage(replace(SHOW, scenarios={**SHOW.scenarios, "other": other}), NOON)
    stage.read(reading(1.0))
    stage.command("play", scenario="story")
    stage.read(reading(4.5))
    stage.after(10.0)
    assert [w.scenario for w in stage.state.waiting] == ["other", "wished"]
    stage.command("stop")
    assert stage.on == ("wished", 0)
    assert stage.is_in(Mode.PLAYING)
