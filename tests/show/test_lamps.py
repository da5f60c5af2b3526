"""Lamps: what invites breathes slowly, what does something glows, what answers is on."""

from dataclasses import replace
from itertools import pairwise

import pytest

from maquette.core.events import ButtonPressed
from maquette.show.director import direct
from maquette.show.lamps import BREATH_S, BREATH_STEP_S, FAINTEST_BREATH, READY, lamps
from maquette.show.scenario import Ask, Choice, Step
from tests.show.directing import AIR, BUTTONS, IDLE, RIVER, SHOW, Stage, scenario, show_of

WITH_LAMPS = replace(SHOW, model=replace(SHOW.model, buttons={b.id: replace(b, lamp=True) for b in BUTTONS}))
QUESTION = Ask("well", {"": "?"}, (Choice("air", {"": "Yes"}, 5.0), Choice("river", {"": "No"}, 0.0)))
ASKING = replace(scenario("asking", 30.0, buttons=("energy",)), steps=(Step({"": "1"}, 30.0, ask=QUESTION),))


def levels(stage):
    return lamps(stage.state, stage.show, stage.now).levels(stage.now)


def change_at(stage):
    return lamps(stage.state, stage.show, stage.now).change_at(stage.show.model.lamps, stage.now)


def faint(stage):
    return {button for button, level in levels(stage).items() if level == READY}


def test_at_rest_what_starts_something_breathes_and_what_does_something_glows():
    stage = Stage()
    assert lamps(stage.state, stage.show, stage.now).inviting == {"air", "river", "energy"}
    assert faint(stage) == {"go_next", "go_back", "night"}  # they turn the idle pages, or darken
    assert levels(stage)["air"] == FAINTEST_BREATH


def test_a_press_is_full_light_at_once_and_nothing_invites_while_a_scenario_plays():
    stage = Stage()
    stage.press("air")
    assert levels(stage)["air"] == 1.0
    assert lamps(stage.state, stage.show, stage.now).inviting == frozenset()
    assert faint(stage) == {"river", "energy", "go_next", "go_back", "hold", "quiet", "night"}


def test_a_button_that_would_do_nothing_is_off():
    stage = Stage()
    stage.after(3.0)
    assert "hold" not in levels(stage)  # nothing plays
    assert "plain" not in levels(stage)  # it is bound to nothing
    stage.press("air")
    stage.press("hold")
    stage.after(3.0)
    assert levels(stage)["hold"] == READY  # it goes on


@pytest.mark.parametrize("presses", [(), ("air",), ("air", "hold"), ("air", "hold", "hold"), ("energy", "quiet")])
@pytest.mark.parametrize("after_s", [3.0, 130.0])
def test_a_command_button_glows_exactly_while_its_press_does_something(presses, after_s):
    stage = Stage()
    for button in presses:
        stage.press(button)
        stage.after(3.0)
    stage.after(after_s)
    for button in ("go_next", "go_back", "hold", "quiet", "night", "morning"):
        before = replace(stage.state, presses=(), acts=())
        after, _ = direct(before, ButtonPressed(button, stage.now), stage.now, stage.show)
        acts = replace(after, presses=(), acts=(), acted_at=before.acted_at) != before
        assert (button in levels(stage)) is acts, button


def test_while_a_question_stands_only_its_answers_are_not_off():
    stage = Stage(show_of(ASKING, AIR, RIVER, IDLE))
    stage.press("energy")
    stage.after(2.0)
    assert set(levels(stage)) == lamps(stage.state, stage.show, stage.now).inviting == {"air", "river"}


def test_in_darkness_all_lamps_are_off():
    stage = Stage()
    stage.press("night")
    assert levels(stage) == {}


def test_in_calm_what_invites_is_on_and_still():
    stage = Stage()
    stage.command("calm", on=True)
    assert lamps(stage.state, stage.show, stage.now).inviting == frozenset()
    assert levels(stage)["air"] == 1.0
    assert change_at(stage) is None


def test_a_lamp_breathes_far_below_a_flash_and_asks_for_the_moments_at_which_it_changes():
    stage = Stage(WITH_LAMPS)
    seen: list[float] = []
    while stage.now < 2 * BREATH_S:
        seen.append(levels(stage)["air"])
        after = change_at(stage)
        assert after is not None
        assert stage.now < after <= stage.now + BREATH_STEP_S + 1e-9
        stage.now = after
    turns = sum((b - a) * (c - b) < 0 for a, b, c in zip(seen, seen[1:], seen[2:], strict=False))
    assert min(seen) == FAINTEST_BREATH
    assert max(seen) == pytest.approx(1.0)
    assert turns == 3  # up, down, up, down in eight seconds
    assert max(abs(b - a) for a, b in pairwise(seen)) < 0.05


def test_where_no_button_has_a_lamp_nothing_is_woken_for_one():
    stage = Stage()
    assert change_at(stage) is None
