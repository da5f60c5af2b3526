"""Identification: which targets there are, what is lit, and how it ends."""

from dataclasses import replace

import numpy as np
import pytest

from maquette.core.events import ButtonPressed, Command
from maquette.core.snapshot import Mode
from maquette.show.finishing import Finishing
from maquette.show.identification import (
    BLINK_S,
    IDENTIFY_S,
    PERIOD_S,
    Identification,
    Target,
    Unknown,
    blinked,
    lit,
    read_target,
    swayed,
)
from maquette.show.model import Button, Servo
from maquette.show.performance import Performance
from maquette.show.scenario import Show
from tests.show.directing import AIR, IDLE, Stage, show_of
from tests.show.models import model_of, strips_of

NEEDLE = Servo("needle", {"": "Needle"}, (-30.0, 30.0), -30.0, 90.0)
MODEL = replace(
    model_of(
        strips_of(10, 6, supply="main"),
        {"rhone": range(10), "feyzin": (11, 10)},
        supplies={"main": 0.35},
        buttons=(Button("air", {"": "Air"}),),
        servos=(NEEDLE,),
    ),
    groups={"towns": ("feyzin",), "both": ("rhone", "feyzin")},
)


@pytest.mark.parametrize(
    ("written", "target", "leds"),
    [
        ("zone feyzin", Target("zone", "feyzin"), [10, 11]),
        ("  group   both ", Target("group", "both"), list(range(12))),
        ("strip b", Target("strip", "b"), list(range(10, 16))),
        ("colours b", Target("colours", "b"), [10, 11, 12]),
        ("led a 3", Target("led", "a", 3, 3), [3]),
        ("led b 4-2", Target("led", "b", 4, 2), [12, 13, 14]),
        ("servo needle", Target("servo", "needle"), None),
        ("button air", Target("button", "air"), None),
    ],
)
def test_a_target_is_what_is_written_and_lights_its_leds_and_no_others(written, target, leds):
    assert read_target(written, MODEL) == target
    assert read_target(str(target), MODEL) == target
    frame = lit(Identification(target, 5.0, 65.0), MODEL, 7.0)
    assert (None if frame is None else list(np.flatnonzero(frame.any(axis=1)))) == leds


@pytest.mark.parametrize(
    ("written", "code", "hint"),
    [
        ("feyzin", "unknown_target", "zone feyzin"),
        ("zon feyzin", "unknown_target", "zone feyzin"),
        ("everything", "unknown_target", None),
        ("zone feyzi", "unknown_zone", "zone feyzin"),
        ("group towsn", "unknown_group", "group towns"),
        ("strip z", "unknown_strip", None),
        ("a", "unknown_target", "strip a"),
        ("colours rhone", "unknown_strip", None),
        ("servo nedle", "unknown_servo", "servo needle"),
        ("button Air", "unknown_button", "button air"),
        ("led a", "unknown_target", "led a 0"),
        ("led c 3", "unknown_strip", None),
        ("led a 10", "no_such_led", None),
        ("led a 3-10", "no_such_led", None),
    ],
)
def test_what_is_not_there_is_refused_with_what_was_probably_meant(written, code, hint):
    refused = read_target(written, MODEL)
    assert isinstance(refused, Unknown)
    assert (refused.code, refused.hint) == (code, hint)


def test_the_first_leds_of_a_strip_show_the_order_of_its_colours_and_the_white_one_where_there_is_one():
    frame = lit(Identification(Target("colours", "b"), 0.0, 60.0), MODEL, 1.0)
    assert frame is not None
    assert (frame[10:13] > 0).tolist() == [[True, False, False], [False, True, False], [False, False, True]]
    strips = {"a": replace(MODEL.strips["a"], order="GRBW")}
    frame = lit(Identification(Target("colours", "a"), 0.0, 60.0), replace(MODEL, strips=strips), 1.0)
    assert frame is not None
    assert frame[3].tolist() == [frame[3, 0]] * 3
    assert list(np.flatnonzero(frame.any(axis=1))) == [0, 1, 2, 3]


def test_a_servo_sways_slowly_within_its_range_and_no_other_moves():
    known = Identification(Target("servo", "needle"), 0.0, 60.0)
    angles = np.array([swayed(known, NEEDLE, -30.0, t / 60) for t in range(int(60 * PERIOD_S))], dtype=float)
    assert -30.0 <= angles.min() < angles.max() <= -20.0
    assert max(np.abs(np.diff(angles))) * 60 < 10.0, "degrees per second"
    assert swayed(known, replace(NEEDLE, id="gate"), 12.0, 1.0) == 12.0
    assert swayed(known, replace(NEEDLE, id="gate"), None, 1.0) is None
    assert swayed(known, replace(NEEDLE, park=20.0), None, 0.0) == 20.0


def test_a_button_that_is_identified_blinks_and_no_other_lamp_is_on():
    known = Identification(Target("button", "air"), 0.0, 60.0)
    shown = [blinked(known, frozenset({"river"}), BLINK_S * turn / 4) for turn in (0, 1, 2, 3)]
    assert shown == [{"air"}, {"air"}, set(), set()]


def show() -> Show:
    return Show(MODEL, {}, None, 90.0, languages=("fr",), opening=None)


def test_the_glow_passes_the_flash_guard_and_the_supplies_limit_even_on_a_whole_group():
    performance, finishing = Performance(show(), 0.0), Finishing(MODEL)
    performance.handle(Command("identify", {"target": "group both"}), 0.0)
    seen, held = list[int](), 0
    for t in np.arange(0.0, 10.0, 1 / 30):
        assert not performance.still(t)
        finished = finishing.finish(performance.frame(t), performance.brightness, t)
        assert finished.supplies[0].current_a <= 0.35
        seen.append(int(finished.pixels[0, 0]))
        held += int(finished.held and t > 2.0 and finished.supplies[0].limited_to == 1.0)
    assert max(seen[60:]) > 2 * min(seen[60:]) > 0
    assert held == 0, "nothing of it comes near a flash"


def test_from_led_to_led_the_light_is_there_at_once():
    performance = Performance(show(), 0.0)
    performance.handle(Command("identify", {"target": "led a 3"}), 0.0)
    performance.frame(2.0)
    performance.handle(Command("identify", {"target": "led a 4"}), 2.1)
    frame = performance.frame(2.11)
    assert list(np.flatnonzero(frame.any(axis=1))) == [4]
    assert frame[4, 0] > 0.8


def test_it_ends_by_itself_and_with_what_changes_the_light_and_lasts_when_asked_again():
    stage = Stage(show_of(AIR, IDLE))
    assert stage.command("identify", target="led a 1").refused is None
    stage.after(IDENTIFY_S - 1)
    stage.command("identify", target="led a 1")
    stage.after(IDENTIFY_S - 1)
    known = stage.state.identified
    assert known == Identification(Target("led", "a", 1, 1), 0.0, 2 * IDENTIFY_S - 1)
    stage.after(1.0)
    assert stage.state.identified is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("stop", {}), ("play", {"scenario": "air"}), ("blackout", {}), ("identify", {}), ("identify", {"target": "off"})],
)
def test_commands_that_change_the_light_end_it(name, arguments):
    stage = Stage(show_of(AIR, IDLE))
    stage.command("identify", target="led a 1")
    assert stage.command(name, **arguments).refused is None
    assert stage.state.identified is None


def test_it_is_seen_in_a_blackout_and_other_commands_leave_it():
    stage = Stage(show_of(AIR, IDLE))
    stage.command("blackout")
    assert stage.command("identify", target="led a 99").refused == "no_such_led"
    stage.command("identify", target="led a 1")
    stage.command("brightness", percent=40)
    assert stage.state.identified is not None
    assert stage.state.mode is Mode.BLACKOUT, "it makes itself known in the dark, too"


def test_while_a_button_is_identified_presses_are_told_and_do_nothing_else():
    stage = Stage(show_of(AIR, IDLE))
    stage.command("identify", target="button air")
    stage.happen(ButtonPressed("air", stage.now))
    stage.happen(ButtonPressed("river", stage.now))
    assert stage.state.identified is not None
    assert stage.state.identified.heard == ("air", "river")
    assert stage.state.mode is Mode.IDLE
    stage.command("identify", target="led a 1")
    stage.press("air")
    assert stage.state.scenario == "air"


def test_documents_that_change_move_the_glow_with_the_zone_and_end_it_with_the_zone():
    performance = Performance(show(), 0.0)
    performance.handle(Command("identify", {"target": "zone feyzin"}), 0.0)
    for zones, leds in (({"feyzin": (2, 3)}, [2, 3]), ({"rhone": (0, 1)}, [])):
        moved = model_of(strips_of(10, 6), zones)
        performance.swap(replace(show(), model=moved), 5.0)
        assert list(np.flatnonzero(performance.frame(9.0).any(axis=1))) == leds
