from dataclasses import replace

import pytest

from maquette.core.events import COMMANDS
from maquette.core.snapshot import Mode
from maquette.show.commands import LANGUAGE_S
from maquette.show.lamps import lamps
from maquette.show.model import Button
from maquette.show.scenario import ButtonTrigger, Scenario, Step
from maquette.show.state import DirectorState
from maquette.show.timeline import lit_step
from tests.show.directing import AIR, BUTTONS, IDLE, SHOW, Stage, scenario, show_of


def test_the_idle_playlist_goes_round():
    stage = Stage()
    assert stage.is_in(Mode.IDLE)
    seen = [stage.on] + [stage.after(s) and stage.on for s in (19.9, 0.2, 14.7, 0.3, 20.0)]
    assert [step for _, step in seen] == [0, 0, 1, 1, 0, 1]
    assert stage.state.started_at == 0.0


def test_an_idle_playlist_counts_in_small_numbers_again_after_an_hour():
    stage = Stage()
    for _ in range(800):
        stage.after(5.0)
    assert stage.now - stage.state.started_at < 3600


def test_without_an_idle_scenario_idle_is_dark():
    stage = Stage(show_of(AIR, idle=None))
    assert stage.on == (None, 0)
    assert lit_step(stage.state, stage.show) is None
    stage.press("air")
    stage.after(70.0)
    stage.after(90.0)
    assert stage.is_in(Mode.IDLE)
    assert stage.on == (None, 0)


def test_a_button_starts_its_scenario_and_the_steps_follow():
    stage = Stage()
    stage.after(3.0)
    stage.press("air")
    assert stage.is_in(Mode.PLAYING)
    assert stage.on == ("air", 0)
    assert stage.state.started_at == 3.0
    stage.after(40.0)
    assert stage.on == ("air", 1)
    assert stage.state.step_started_at == 43.0
    stage.after(25.0)
    assert stage.on == ("air", 2)
    assert stage.state.step_started_at == 63.0


def test_the_last_step_stays_dimmed_and_then_the_model_is_idle():
    stage = Stage()
    stage.press("air")
    stage.after(70.0)
    assert stage.has_ended()
    assert stage.is_in(Mode.PLAYING)
    assert stage.on == ("air", 2)
    stage.after(89.0)
    assert stage.has_ended()
    stage.after(1.0)
    assert stage.is_in(Mode.IDLE)
    assert not stage.has_ended()


def test_a_scenario_may_end_in_another_at_once():
    stage = Stage()
    stage.press("energy")
    stage.after(10.0)
    assert stage.on == ("river", 0)
    assert stage.state.step_started_at == 10.0


def test_scenarios_that_end_in_each_other_come_to_rest():
    show = show_of(scenario("one", 5.0, ends="two", buttons=("air",)), scenario("two", 5.0, ends="one"), IDLE)
    stage = Stage(show)
    stage.press("air")
    stage.after(7.0)
    assert stage.on == ("two", 0)
    stage.after(3.0)
    assert stage.has_ended()
    stage.after(90.0)
    assert stage.is_in(Mode.IDLE)


def test_its_own_button_is_ignored_restarts_or_goes_on():
    stage = Stage()
    for button, after in (("air", ("air", 0, 0.0)), ("river", ("river", 0, 3.0)), ("energy", ("energy", 1, 0.0))):
        stage = Stage()
        stage.press(button)
        stage.after(3.0)
        stage.press(button)
        assert (*stage.on, stage.state.started_at) == after


def test_repeats_within_two_seconds_acknowledge_and_never_restart():
    stage = Stage()
    stage.press("river")
    for _ in range(10):
        stage.after(1.5)
        stage.press("river")
        assert stage.state.started_at == 0.0
        assert "river" in stage.lit
    stage.after(2.0)
    stage.press("river")
    assert stage.state.started_at == stage.now


def test_a_repeat_at_the_very_end_does_not_restart_either():
    stage = Stage()
    stage.press("air")
    stage.after(69.0)
    stage.press("air")
    stage.after(1.5)
    stage.press("air")
    assert stage.has_ended()
    stage.after(3.0)
    stage.press("air")
    assert stage.on == ("air", 0)


def test_another_button_interrupts_now():
    stage = Stage()
    stage.press("air")
    stage.after(1.0)
    stage.press("energy")
    assert stage.on == ("energy", 0)


def test_another_button_waits_for_the_end_of_the_step():
    stage = Stage()
    stage.press("river")
    stage.after(10.0)
    stage.press("air")
    assert stage.on == ("river", 0)
    assert stage.state.pending == "air"
    assert stage.lit == {"river", "air"}
    stage.after(20.0)
    assert stage.on == ("air", 0)
    assert stage.state.pending is None


def test_the_last_wish_waits():
    stage = Stage()
    stage.press("river")
    stage.press("air")
    stage.press("energy")
    assert stage.state.pending == "energy"
    stage.command("next")
    assert stage.on == ("energy", 0)


def test_a_mediator_does_not_wait():
    stage = Stage()
    stage.press("river")
    assert stage.command("play", scenario="air").refused is None
    assert stage.on == ("air", 0)


def test_a_step_that_waits_for_next_waits_fifteen_minutes_at_most():
    stage = Stage()
    stage.command("play", scenario="river")
    stage.command("next")
    stage.after(899.0)
    assert stage.on == ("river", 1)
    assert not stage.has_ended()
    stage.after(1.0)
    assert stage.has_ended()


def test_a_step_that_waits_for_next_keeps_to_its_own_bound():
    waiting = Scenario("air", {"": "A"}, (Step(at_most_s=60.0), Step(duration_s=5.0)), (ButtonTrigger("air"),))
    stage = Stage(show_of(waiting, IDLE))
    stage.press("air")
    stage.after(59.0)
    assert stage.on == ("air", 0)
    stage.after(1.0)
    assert stage.on == ("air", 1)


def test_a_pause_keeps_what_is_left_of_the_step():
    stage = Stage()
    stage.press("air")
    stage.after(30.0)
    assert stage.command("pause").refused is None
    stage.after(100.0)
    assert stage.is_in(Mode.PAUSED)
    assert stage.on == ("air", 0)
    stage.command("resume")
    assert stage.state.step_started_at == 100.0
    stage.after(9.9)
    assert stage.on == ("air", 0)
    stage.after(0.1)
    assert stage.on == ("air", 1)


def test_a_pause_ends_by_itself_after_fifteen_minutes():
    stage = Stage()
    stage.press("air")
    stage.after(30.0)
    stage.command("pause")
    stage.after(900.0)
    assert stage.is_in(Mode.PLAYING)
    assert stage.on == ("air", 0)
    stage.after(10.0)
    assert stage.on == ("air", 1)


def test_next_and_back_end_a_pause():
    stage = Stage()
    stage.press("air")
    stage.command("pause")
    stage.command("next")
    assert stage.is_in(Mode.PLAYING)
    assert stage.on == ("air", 1)
    stage.command("pause")
    stage.command("back")
    assert stage.is_in(Mode.PLAYING)
    assert stage.on == ("air", 0)
    stage.after(1.0)
    stage.command("back")
    assert stage.on == ("air", 0)
    assert stage.state.step_started_at == 1.0


def test_next_past_the_last_step_ends_and_then_rests():
    stage = Stage()
    stage.press("air")
    for _ in range(3):
        stage.command("next")
    assert stage.has_ended()
    stage.command("back")
    assert not stage.has_ended()
    assert stage.on == ("air", 2)
    stage.command("next")
    stage.command("next")
    assert stage.is_in(Mode.IDLE)


def test_stop_makes_it_idle():
    stage = Stage()
    stage.press("river")
    stage.press("air")
    assert stage.command("stop").refused is None
    assert stage.is_in(Mode.IDLE)
    assert stage.state.pending is None


def test_blackout_lasts_until_somebody_wakes_it():
    stage = Stage()
    stage.press("air")
    stage.command("blackout")
    stage.after(1e6)
    assert stage.is_in(Mode.BLACKOUT)
    assert lit_step(stage.state, SHOW) is None
    stage.press("air")
    assert stage.is_in(Mode.BLACKOUT)
    assert stage.lit == frozenset()
    assert stage.command("press", button="air").refused == "blackout"
    assert stage.command("blackout").refused is None
    assert stage.command("wake").refused is None
    assert stage.is_in(Mode.IDLE)


def test_play_ends_a_blackout():
    stage = Stage()
    stage.command("blackout")
    stage.command("play", scenario="air")
    assert stage.is_in(Mode.PLAYING)


def test_a_sleeping_model_wakes():
    stage = Stage()
    stage.state = replace(DirectorState(Mode.ASLEEP), brightness=40)
    stage.after(1e5)
    assert stage.is_in(Mode.ASLEEP)
    assert stage.command("wake").refused is None
    assert stage.is_in(Mode.IDLE)
    assert stage.state.brightness == 40


def test_command_buttons_do_what_they_say():
    stage = Stage()
    stage.press("air")
    stage.press("go_next")
    stage.press("go_next")
    assert stage.on == ("air", 2)
    stage.press("go_back")
    assert stage.on == ("air", 1)
    stage.press("hold")
    assert stage.is_in(Mode.PAUSED)
    stage.after(1.0)
    stage.press("hold")
    assert stage.is_in(Mode.PAUSED)  # a repeat
    stage.after(3.0)
    stage.press("hold")
    assert stage.is_in(Mode.PLAYING)
    stage.press("quiet")
    assert stage.is_in(Mode.IDLE)
    stage.press("night")
    assert stage.is_in(Mode.BLACKOUT)
    stage.press("morning")
    assert stage.is_in(Mode.IDLE)


def test_at_rest_next_and_back_turn_the_idle_pages():
    stage = Stage()
    stage.press("go_next")
    assert stage.on == ("quietly", 1)
    assert stage.is_in(Mode.IDLE)
    stage.press("go_back")
    stage.press("go_back")
    assert stage.on == ("quietly", 1)
    stage.press("quiet")
    stage.press("hold")
    assert stage.is_in(Mode.IDLE)
    assert {"quiet", "hold", "go_back"} <= stage.lit


@pytest.mark.parametrize(
    ("before", "command", "arguments", "refused", "hint"),
    [
        ([], "play", {"scenario": "aire"}, "unknown_scenario", "air"),
        ([], "play", {"scenario": ""}, "unknown_scenario", None),
        ([], "play", {}, "missing_argument", None),
        ([], "brightness", {"percent": 101}, "out_of_range", None),
        ([], "brightness", {"percent": -1}, "out_of_range", None),
        ([], "brightness", {"percent": "bright"}, "wrong_type", None),
        ([], "brightness", {"percent": True}, "wrong_type", None),
        ([], "play", {"scenario": 7}, "wrong_type", None),
        ([], "press", {"button": "rivr"}, "unknown_button", "river"),
        ([], "next", {}, "nothing_playing", None),
        ([], "back", {}, "nothing_playing", None),
        ([], "stop", {}, "nothing_playing", None),
        ([], "pause", {}, "nothing_playing", None),
        ([], "resume", {}, "not_paused", None),
        ([], "wake", {}, "already_awake", None),
        ([], "dance", {}, "unknown_command", None),
        ([], "plya", {}, "unknown_command", "play"),
        (["air"], "resume", {}, "not_paused", None),
        (["air", "hold"], "pause", {}, "already_paused", None),
        (["night"], "next", {}, "nothing_playing", None),
        (["night"], "stop", {}, "nothing_playing", None),
    ],
)
def test_a_senseless_command_is_refused_with_its_reason_and_changes_nothing(before, command, arguments, refused, hint):
    stage = Stage()
    for button in before:
        stage.press(button)
    state = stage.state
    answer = stage.command(command, **arguments)
    assert (answer.refused, answer.hint) == (refused, hint)
    assert stage.state == state


def test_a_refusal_carries_the_figures_for_its_words():
    answer = Stage().command("brightness", percent=130)
    assert answer.arguments == {"name": "percent", "minimum": "0", "maximum": "100"}


def test_every_command_of_the_table_is_obeyed_in_some_state():
    arguments: dict[str, dict[str, str | int]] = {
        "play": {"scenario": "air"},
        "brightness": {"percent": 40},
        "press": {"button": "air"},
        "identify": {"target": "led a 1"},
        "choose": {"by": 1},
    }
    before = {"resume": ["air", "hold"], "wake": ["night"]}
    for name in COMMANDS.keys() - {"reload"}:  # the console does that
        stage = Stage()
        for button in before.get(name, ["air"]):
            stage.press(button)
        assert stage.command(name, **arguments.get(name, {})).refused is None


def test_visitors_choose_a_language_for_some_minutes_and_the_next_ones_may_choose_another():
    stage = Stage(replace(SHOW, languages=("fr", "en", "it")))
    found = [stage.state.language]
    for _ in range(3):
        stage.command("language")
        found.append(stage.state.language)
    assert found == [None, "en", "it", "fr"]
    answer = stage.command("language", language="tlh")
    assert (answer.refused, answer.arguments) == ("unknown_language", {"name": "tlh"})
    stage.command("language", language="it")
    assert [stage.after(LANGUAGE_S - 1).language, stage.after(1).language] == ["it", None]


def test_a_child_s_second_press_does_not_undo_the_language():
    buttons = (*BUTTONS, Button("words", {"": "Words"}, "language"))
    stage = Stage(replace(show_of(AIR, IDLE, buttons=buttons), languages=("fr", "en")))
    for _ in range(2):
        stage.press("words")
        assert stage.state.language == "en"
    stage.after(3)
    stage.press("words")
    assert stage.state.language == "fr"


def test_brightness_is_kept_across_scenarios_and_darkness():
    stage = Stage()
    stage.command("brightness", percent=40)
    for action in ("air", "night", "morning", "river", "quiet"):
        stage.press(action)
    assert stage.state.brightness == 40


def test_at_rest_every_button_that_starts_something_invites():
    stage = Stage()
    assert stage.lit == {"air", "river", "energy"}
    stage.press("air")
    assert stage.lit == {"air"}
    stage.press("plain")
    assert stage.lit == {"air", "plain"}
    assert lamps(stage.state, stage.show, stage.now).until == 1.0
    stage.after(1.0)
    assert stage.lit == {"air"}
    assert lamps(stage.state, stage.show, stage.now).until is None
    stage.after(69.0)
    assert stage.lit == {"air", "river", "energy"}


def test_an_unknown_button_is_nothing():
    stage = Stage()
    state = stage.state
    assert stage.press("ghost") == state


def test_playing_the_idle_scenario_is_being_idle():
    stage = Stage()
    stage.press("air")
    stage.command("play", scenario="quietly")
    assert stage.is_in(Mode.IDLE)


def test_after_a_long_gap_what_was_missed_is_not_played_through():
    stage = Stage()
    stage.press("air")
    stage.after(1e7)
    assert stage.on == ("air", 1)
    assert stage.state.step_started_at == 1e7
