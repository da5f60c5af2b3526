"""Questions: answers are counted once per press, told as readings, and started by nobody's other wish."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from maquette.core.events import Answer, ButtonPressed, Command
from maquette.core.readings import Nature, Quality
from maquette.core.snapshot import Answers, Mode
from maquette.core.votes import FormerVotes, VoteCast, added, mean_score
from maquette.show.lamps import ACKNOWLEDGED_S
from maquette.show.scenario import Ask, ButtonTrigger, Choice, Scenario, Step
from maquette.show.votes import asked, vote_readings
from tests.show.directing import IDLE, RIVER, Stage, scenario, show_of

ASK = Ask("well", {"": "Do you feel well here?"}, (Choice("air", {"": "Yes"}, 5.0), Choice("go_next", {"": "No"}, 0.0)))
ASKED = Scenario(
    "asked", {"": "Asked"}, (Step(duration_s=30.0, ask=ASK), Step(duration_s=5.0)), (ButtonTrigger("energy"),)
)
SHOW = show_of(ASKED, scenario("air", 40.0, buttons=("air",)), RIVER, IDLE)


@pytest.fixture
def stage():
    made = Stage(SHOW)
    made.press("energy")
    return made


def votes(stage):
    return {reading.name: reading.value for reading in vote_readings(stage.state, stage.show)}


def pressed(stage, button, after=3.0):
    stage.after(after)
    return stage.happen(ButtonPressed(button, stage.now))


def test_a_press_of_an_answer_is_a_vote_and_starts_nothing(stage):
    assert pressed(stage, "air") == (VoteCast("well", "air", 5.0),)
    assert pressed(stage, "go_next") == (VoteCast("well", "go_next", 0.0),)
    assert stage.on == ("asked", 0)
    assert votes(stage) == {"well": 2.5, "well_count": 2.0}


def test_repeats_within_two_seconds_count_once_and_two_people_twice(stage):
    assert pressed(stage, "air")
    assert pressed(stage, "air", after=1.9) == ()
    assert len(pressed(stage, "go_next", after=0.0)) == 1
    assert votes(stage) == {"well": 2.5, "well_count": 2.0}


def test_a_queue_of_people_is_not_taken_for_one_who_presses_on_and_on(stage):
    assert [len(pressed(stage, "air", after=1.5)) for _ in range(7)] == [1, 0, 1, 0, 1, 0, 1]


def test_a_second_press_of_the_button_that_began_it_is_no_vote():
    own = Scenario("asked", {"": ""}, (Step(duration_s=30.0, ask=ASK),), (ButtonTrigger("air"),))
    stage = Stage(show_of(own, IDLE))
    stage.press("air")
    assert pressed(stage, "air", after=0.5) == ()
    assert len(pressed(stage, "air", after=1.6)) == 1


def test_the_lamp_of_an_answer_stays_on_while_the_others_go_out(stage):
    stage.after(3.0)
    assert stage.lit == {"air", "go_next"}
    stage.press("air")
    assert stage.lit == {"air"}
    stage.after(ACKNOWLEDGED_S)
    assert stage.lit == {"air", "go_next"}


def test_other_buttons_do_what_they_always_do(stage):
    stage.press("river")
    assert stage.on == ("river", 0)


def test_a_mediator_goes_on_with_next_whatever_the_buttons_mean(stage):
    assert stage.command("next").refused is None
    assert stage.on == ("asked", 1)
    stage.press("go_next")
    assert stage.has_ended()


def test_a_virtual_press_votes_too(stage):
    stage.after(3.0)
    answer, vote = stage.happen(Command("press", {"button": "air"}))
    assert isinstance(answer, Answer)
    assert (answer.refused, vote) == (None, VoteCast("well", "air", 5.0))


def test_during_a_visit_answers_are_votes_and_no_hands(stage):
    stage.command("guide")
    assert pressed(stage, "air")
    assert stage.state.hands == ()
    stage.press("river")
    assert [button for button, _ in stage.state.hands] == ["river"]


def test_a_question_that_is_over_takes_no_votes_and_says_so(stage):
    assert asked(ASK, stage.state).open
    stage.after(36.0)
    assert stage.has_ended()
    assert not asked(ASK, stage.state).open
    assert pressed(stage, "air") == ()
    assert stage.on == ("air", 0)


def test_votes_are_an_opinion_and_no_votes_are_no_mean(stage):
    mean, count = vote_readings(stage.state, stage.show)
    assert (mean.feed, mean.name, mean.value, mean.quality, mean.problem) == (
        "votes", "well", None, Quality.MISSING, "no_votes",
    )  # fmt: skip
    assert (count.value, count.quality, count.nature) == (0.0, Quality.LIVE, Nature.OPINION)
    assert mean.source == "les visiteurs de l'exposition"
    pressed(stage, "go_next")
    mean, _ = vote_readings(stage.state, stage.show)
    assert (mean.value, mean.quality) == (0.0, Quality.LIVE)


def test_former_votes_count_however_often_they_are_told(stage):
    pressed(stage, "air")
    for _ in range(3):
        stage.happen(FormerVotes({"well": {("air", 5.0): 1, ("go_next", 0.0): 2}}))
    assert votes(stage) == {"well": 2.5, "well_count": 4.0}


def test_a_vote_says_no_more_of_its_time_than_the_hour():
    stage = Stage(SHOW, datetime(2026, 11, 26, 10, 42, 17, tzinfo=ZoneInfo("Europe/Paris")))
    stage.press("energy")
    (vote,) = pressed(stage, "air")
    assert vote.hour == datetime(2026, 11, 26, 9, tzinfo=UTC)
    mean, count = vote_readings(stage.state, stage.show)
    assert mean.measured_at == count.measured_at == datetime(2026, 11, 26, 9, 42, 20, tzinfo=UTC)
    stage.trusted = False
    (vote,) = pressed(stage, "go_next")
    assert vote.hour is None


def test_votes_of_former_runs_are_as_old_as_the_last_of_them(stage):
    hour = datetime(2026, 11, 25, 15, tzinfo=UTC)
    stage.happen(FormerVotes({"well": {("air", 5.0): 1}}, {"well": hour}))
    assert {reading.measured_at for reading in vote_readings(stage.state, stage.show)} == {hour}


def test_results_are_those_of_the_choices_that_are_asked_now(stage):
    stage.happen(FormerVotes({"well": {("air", 5.0): 3, ("air", 4.0): 1}}))
    question = asked(ASK, stage.state)
    assert question.choices == (Answers("air", {"": "Yes"}, 5.0, 3), Answers("go_next", {"": "No"}, 0.0, 0))
    assert (question.count, question.mean) == (4, 4.75)


def test_tallies_add_up():
    assert mean_score({}) is None
    assert added({("a", 1.0): 2}, {("a", 1.0): 1, ("b", 0.0): 1}) == {("a", 1.0): 3, ("b", 0.0): 1}
    assert mean_score({("a", 1.0): 3, ("b", 0.0): 1}) == 0.75


def test_in_darkness_nobody_votes(stage):
    stage.command("blackout")
    assert pressed(stage, "air") == ()
    assert stage.is_in(Mode.BLACKOUT)
