from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.events import ButtonPressed, Command
from maquette.core.readings import Nature, Quality, Reading, ReadingsUpdate
from maquette.core.snapshot import Mode, OutputState, SupplyState
from maquette.core.text import Figure
from maquette.show.captions import parse_caption
from maquette.show.expressions import compile_expression
from maquette.show.finishing import Finishing
from maquette.show.layers import Painter
from maquette.show.model import Button, Servo
from maquette.show.performance import Performance
from maquette.show.scenario import Bound, ButtonTrigger, Layer, Say, Scenario, ServoCue, Show, Step, Variant
from tests.show.flash_judge import most_changes_in_a_second
from tests.show.models import model_of, strips_of

FLOW = compile_expression("river.flow")
MODEL = model_of(
    strips_of(16),
    {"rhone": range(8), "feyzin": range(8, 16)},
    buttons=[Button("air", {"": "Air"}), Button("river", {"": "River"})],
    servos=[
        Servo("needle", {"": "Needle"}, (-90.0, 90.0), -90.0, 90.0),
        Servo("gate", {"": "Gate"}, (0.0, 45.0), 10.0, 30.0),
    ],
)


def colour(*light):
    return np.array(light, dtype=np.float32)


def painted(*light, zones=("rhone", "feyzin"), **options):
    return Layer(zones, colour=colour(*light), **options)


RED = Step({"": "Red"}, 10.0, fade_s=0.8, layers=(painted(1, 0, 0),), notes={"": "Say red."})
GREEN = Step({"": "Green"}, 10.0, fade_s=0.0, layers=(painted(0, 1, 0),))
BLUE = Step({"": "Blue"}, 10.0, fade_s=2.0, layers=(painted(0, 0, 1),))
BREATHING = Step({"": "Breathing"}, 10.0, fade_s=0.0, layers=(painted(1, 1, 1, effect="breathe"),))
TOLD = Step(
    {"": "Told"},
    60.0,
    fade_s=0.0,
    layers=(
        Layer(
            ("rhone",),
            value=FLOW,
            colour=colour(0, 0, 1),
            level=Bound(None, (0.0, 1000.0), (0.0, 1.0)),
        ),
    ),
    say=Say((Variant({"": parse_caption("{river.flow} in the river")}),)),
    servos=(ServoCue("needle", Bound(FLOW, (0.0, 1000.0), (-80.0, 80.0))), ServoCue("gate", 90.0)),
)


def show_of(idle_steps=(RED,), **scenarios):
    buttons = {"air": ("air",), "river": ("river",)}
    return Show(
        MODEL,
        {
            "quietly": Scenario("quietly", {"": "Quietly"}, idle_steps),
            **{
                name: Scenario(
                    name, {"": name.title()}, steps, triggers=tuple(map(ButtonTrigger, buttons.get(name, ())))
                )
                for name, steps in scenarios.items()
            },
        },
        idle="quietly",
        idle_after_s=90.0,
        languages=("fr",),
    )


def press(performance, button, now):
    performance.frame(now)
    performance.handle(ButtonPressed(button, now), now)


def reading(value, *, fresh_until=None, drop_at=None, quality=Quality.LIVE):
    return ReadingsUpdate(
        (
            Reading(
                "river", "flow", None, value, "m³/s", quality, Nature.MEASURED, fresh_until=fresh_until, drop_at=drop_at
            ),
        )
    )


def test_the_first_frame_is_lit_at_once():
    frame = Performance(show_of(), 100.0).frame(100.0)
    assert frame.dtype == np.float32
    assert frame.shape == (16, 3)
    assert frame[0].tolist() == [1.0, 0.0, 0.0]


def test_a_press_is_seen_in_the_very_next_frame():
    performance = Performance(show_of(air=(BLUE,)), 0.0)
    press(performance, "air", 5.0)
    first = performance.frame(5.001)
    assert 0.0 < first[0, 2] < 0.06


def test_a_step_fades_into_the_next_over_its_own_fade():
    performance = Performance(show_of(air=(BLUE,)), 0.0)
    press(performance, "air", 5.0)
    blue = [performance.frame(5.0 + n / 10)[0, 2] for n in range(21)]
    assert blue == sorted(blue)
    assert blue[19] < 1.0
    assert blue[20] == 1.0
    assert performance.frame(7.0)[0].tolist() == [0.0, 0.0, 1.0]


def test_a_step_without_fade_is_a_cut():
    performance = Performance(show_of(air=(GREEN,)), 0.0)
    press(performance, "air", 5.0)
    assert performance.frame(5.0)[0].tolist() == [0.0, 1.0, 0.0]


def test_a_press_during_a_fade_starts_from_what_is_seen():
    performance = Performance(show_of(air=(BLUE,), river=(replace(BLUE, layers=(painted(1, 1, 0),)),)), 0.0)
    press(performance, "air", 5.0)
    seen = performance.frame(6.0)
    performance.handle(ButtonPressed("river", 6.0), 6.0)
    after = performance.frame(6.0)
    assert np.abs(after - seen).max() < 0.05
    assert 0.3 < seen[0, 2] < 0.7


def test_the_last_step_dims_slowly_to_a_third():
    performance = Performance(show_of(air=(GREEN,)), 0.0)
    press(performance, "air", 0.0)
    assert performance.frame(9.99)[0, 1] == 1.0
    performance.frame(10.0)
    assert 0.5 < performance.frame(10.8)[0, 1] < 0.9
    assert performance.frame(12.0)[0, 1] == pytest.approx(0.35)
    assert performance.frame(99.9)[0, 1] == pytest.approx(0.35)
    performance.frame(100.0)
    assert performance.mode is Mode.IDLE
    assert performance.frame(100.8)[0].tolist() == [1.0, 0.0, 0.0]


def test_effects_count_from_the_start_of_the_scenario_across_its_steps():
    performance = Performance(show_of(air=(BREATHING, BREATHING)), 0.0)
    press(performance, "air", 3.0)
    painter = Painter(MODEL, BREATHING)
    for now in (3.5, 7.0, 13.0, 14.2):
        np.testing.assert_allclose(performance.frame(now), painter.paint(now - 3.0), atol=1e-6)


def test_a_blackout_fades_to_dark_and_a_wake_back():
    performance = Performance(show_of(), 0.0)
    performance.frame(1.0)
    performance.handle(Command("blackout"), 1.0)
    assert performance.frame(1.1)[0, 0] > 0.5
    assert not performance.frame(1.8).any()
    assert performance.still(1.8)
    assert performance.wake_at(1.8) is None
    performance.handle(Command("wake"), 9.0)
    assert performance.frame(9.1)[0, 0] < 0.5
    assert performance.frame(9.8)[0, 0] == 1.0


def test_readings_that_change_the_light_fade_in():
    performance = Performance(show_of((TOLD,)), 0.0)
    performance.update(reading(1000.0), 0.0)
    performance.frame(1.0)
    assert performance.frame(1.0)[0].tolist() == [0.0, 0.0, 1.0]
    performance.update(reading(500.0), 2.0)
    assert 0.55 < performance.frame(2.4)[0, 2] < 0.95
    assert performance.frame(2.8)[0, 2] == pytest.approx(0.5)


def test_readings_do_not_hurry_a_fade_that_is_under_way():
    performance = Performance(show_of((RED,), air=(replace(TOLD, fade_s=4.0),)), 0.0)
    performance.update(reading(1000.0), 0.0)
    press(performance, "air", 5.0)
    before = performance.frame(6.0)
    performance.update(reading(990.0), 6.0)
    assert np.abs(performance.frame(6.0 + 1 / 60) - before).max() < 0.05
    red = [performance.frame(6.0 + n / 10)[0, 0] for n in range(31)]
    assert red == sorted(red, reverse=True)
    assert red[10] > 0.1
    assert red[30] == 0.0


def test_during_a_pause_the_step_waits_and_its_light_goes_on_moving():
    performance = Performance(show_of(air=(BREATHING,)), 0.0)
    press(performance, "air", 5.0)
    performance.handle(Command("pause"), 6.0)
    seen = {float(performance.frame(6.0 + n)[0, 0]) for n in range(30)}
    assert len(seen) > 10
    assert performance.snapshot(36.0, (), ()).scenario == "air"
    performance.handle(Command("resume"), 36.0)
    assert performance.snapshot(36.0, (), ()).step_ends_at == 45.0


def test_readings_that_change_nothing_leave_the_light_still():
    performance = Performance(show_of((TOLD,)), 0.0)
    performance.update(reading(1000.0), 0.0)
    performance.frame(1.0)
    assert performance.still(1.0)
    performance.update(reading(1000.0), 2.0)
    assert performance.still(2.0)


def test_a_reading_that_ages_changes_the_light_by_itself():
    performance = Performance(show_of((TOLD,)), 0.0)
    performance.update(reading(1000.0, fresh_until=20.0, drop_at=30.0), 0.0)
    performance.frame(5.0)
    assert performance.snapshot(5.0, (), ()).quality is Quality.LIVE
    assert performance.wake_at(5.0) == 20.0
    assert not performance.still(20.0)
    performance.frame(21.0)
    stale = performance.snapshot(21.0, (), ())
    assert stale.quality is Quality.STALE
    assert np.count_nonzero(performance.frame(21.9)[:8, 2]) == 4  # every second LED is dark
    assert performance.wake_at(21.9) == 30.0
    performance.frame(31.0)
    missing = performance.snapshot(31.0, (), ())
    assert missing.quality is Quality.MISSING
    assert missing.zones[0].value is None


def test_stillness_ends_with_the_step():
    performance = Performance(show_of((RED, GREEN)), 0.0)
    performance.frame(0.0)
    assert performance.still(0.0)
    assert performance.wake_at(0.0) == 10.0
    assert performance.still(9.99)
    assert not performance.still(10.0)
    performance.frame(10.0)
    assert performance.still(10.0)


def test_a_fade_and_a_moving_effect_are_not_still():
    performance = Performance(show_of(air=(BLUE,), river=(BREATHING,)), 0.0)
    press(performance, "air", 1.0)
    performance.frame(1.5)
    assert not performance.still(1.5)
    performance.frame(3.0)
    assert performance.still(3.0)
    press(performance, "river", 4.0)
    performance.frame(4.5)
    assert not performance.still(4.5)


def test_brightness_asks_for_one_more_frame():
    performance = Performance(show_of(), 0.0)
    performance.frame(0.0)
    performance.handle(Command("brightness", {"percent": 40}), 1.0)
    assert performance.brightness == 40
    assert not performance.still(1.0)
    performance.frame(1.0)
    assert performance.still(1.0)


def test_the_lamp_that_answers_goes_off_by_itself():
    performance = Performance(show_of(air=(RED,), river=(RED,)), 0.0)
    press(performance, "air", 1.0)
    performance.handle(ButtonPressed("river", 1.5), 1.5)
    performance.handle(ButtonPressed("air", 1.6), 1.6)
    assert performance.lamps(1.7) == {"air", "river"}
    performance.frame(2.45)
    assert performance.wake_at(2.45) == 2.5
    assert performance.lamps(2.5) == {"air"}


def test_servos_follow_values_within_their_range_and_nothing_is_said_of_those_that_nobody_knows_or_wants():
    performance = Performance(show_of((TOLD,), air=(RED,)), 0.0)
    assert performance.servo_angles(0.0) == {"needle": None, "gate": 45.0}
    performance.update(reading(500.0), 1.0)
    assert performance.servo_angles(1.0) == {"needle": 0.0, "gate": 45.0}
    press(performance, "air", 2.0)
    assert performance.servo_angles(2.0) == {"needle": None, "gate": None}
    performance.handle(Command("blackout"), 3.0)
    assert performance.servo_angles(3.0) == {"needle": None, "gate": None}


def test_a_snapshot_says_what_is_on():
    performance = Performance(show_of(air=(RED, TOLD)), 0.0)
    performance.update(reading(812.0), 0.0)
    outputs, supplies = (OutputState("a", "virtual"),), (SupplyState("main", 1.5),)
    idle = performance.snapshot(0.0, outputs, supplies)
    assert (idle.mode, idle.scenario, idle.step, idle.steps, idle.step_ends_at) == (Mode.IDLE, "quietly", 1, 1, 10.0)
    press(performance, "air", 4.0)
    first = performance.snapshot(4.0, outputs, supplies)
    assert (first.mode, first.scenario, first.step, first.steps) == (Mode.PLAYING, "air", 1, 2)
    assert (first.title, first.step_title, first.notes) == ({"": "Air"}, {"": "Red"}, {"": "Say red."})
    assert (first.step_started_at, first.step_ends_at) == (4.0, 14.0)
    assert first.caption is None
    assert first.lamps == {"air"}
    assert (first.outputs, first.supplies) == (outputs, supplies)
    second = performance.snapshot(14.0, outputs, supplies)
    assert second.step == 2
    assert second.caption == {"": (Figure(812.0, "m³/s", "live"), " in the river")}
    assert second.zones[0].value == 812.0
    assert [zone.zone for zone in second.zones] == ["rhone", "feyzin"]


def test_in_darkness_a_snapshot_tells_nothing():
    performance = Performance(show_of(air=(RED,)), 0.0)
    performance.handle(Command("blackout"), 1.0)
    snapshot = performance.snapshot(1.0, (), ())
    assert (snapshot.mode, snapshot.scenario, snapshot.step, snapshot.step_ends_at) == (Mode.BLACKOUT, None, 0, None)
    assert {zone.colour for zone in snapshot.zones} == {"#000000"}


def test_a_step_that_waits_or_is_paused_has_no_end():
    performance = Performance(show_of(air=(replace(RED, duration_s=None),)), 0.0)
    press(performance, "air", 1.0)
    assert performance.snapshot(1.0, (), ()).step_ends_at is None
    performance = Performance(show_of(air=(RED,)), 0.0)
    press(performance, "air", 1.0)
    performance.handle(Command("pause"), 2.0)
    paused = performance.snapshot(2.0, (), ())
    assert (paused.mode, paused.step_ends_at) == (Mode.PAUSED, None)


def test_a_snapshot_of_the_same_state_is_the_same_object():
    performance = Performance(show_of((TOLD,)), 0.0)
    performance.update(reading(812.0), 0.0)
    assert performance.snapshot(1.0, (), ()) is performance.snapshot(2.0, (), ())


def test_what_is_made_ready_in_advance_changes_nothing_that_is_seen():
    plain, prepared = (Performance(show_of((RED, TOLD), air=(TOLD, BREATHING)), 0.0) for _ in range(2))
    for now, value in ((1.0, 100.0), (2.0, 600.0), (12.0, 900.0)):
        for performance in (plain, prepared):
            performance.update(reading(value, fresh_until=now + 6.0), now)
            performance.frame(now)
        while prepared.prepare():
            pass
    assert not prepared.prepare()
    for performance in (plain, prepared):
        press(performance, "air", 19.0)
    for now in (19.0, 19.5, 22.0, 80.0):
        assert np.array_equal(plain.frame(now), prepared.frame(now))
        assert plain.snapshot(now, (), ()) == prepared.snapshot(now, (), ())


def test_what_was_made_ready_shows_the_readings_that_came_since():
    performance = Performance(show_of(air=(TOLD,)), 0.0)
    performance.update(reading(100.0), 0.0)
    while performance.prepare():
        pass
    performance.update(reading(1000.0), 1.0)
    press(performance, "air", 2.0)
    assert performance.frame(2.0)[0].tolist() == [0.0, 0.0, 1.0]


SHOW = show_of((RED, TOLD), air=(BLUE, BREATHING, TOLD), river=(TOLD, GREEN))
HAPPENING = st.one_of(
    st.sampled_from(["air", "river"]).map(lambda name: ButtonPressed(name, 0.0)),
    st.sampled_from(["next", "back", "pause", "resume", "stop", "blackout", "wake"]).map(Command),
    st.builds(reading, st.sampled_from([None, 0.0, 400.0, 5000.0]), fresh_until=st.sampled_from([None, 5.0, 40.0])),
    st.none(),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(HAPPENING, st.sampled_from([0.0, 0.01, 0.3, 0.8, 3.0, 30.0])), max_size=25))
def test_what_is_called_still_does_not_change_before_it_says(script):
    performance, now = Performance(SHOW, 0.0), 0.0
    for happening, gap in script:
        now += gap
        if isinstance(happening, ReadingsUpdate):
            performance.update(happening, now)
        elif happening is not None:
            performance.handle(happening, now)
        frame = performance.frame(now)
        assert np.isfinite(frame).all()
        assert frame.min() >= 0.0
        assert frame.max() <= 1.0
        wakes = performance.wake_at(now)
        assert wakes is None or wakes > now
        if performance.still(now):
            later = now + 1000.0 if wakes is None else wakes - (wakes - now) * 0.01
            assert performance.still(later)
            assert np.array_equal(performance.frame(later), frame)
            now = later
        assert list(performance.servo_angles(now)) == ["needle", "gate"]
        assert performance.snapshot(now, (), ()).brightness == 100


@pytest.mark.parametrize("gap", [1 / 60, 0.1, 1 / 6, 0.25])
def test_no_mashing_of_buttons_makes_the_model_flash(gap):
    dark, white = (Step(duration_s=30.0, fade_s=0.0, layers=(painted(light, light, light),)) for light in (0.0, 1.0))
    show = show_of((dark,), air=(dark,), river=(white,))
    performance, finishing = Performance(show, 0.0), Finishing(MODEL)
    times, shown, presses = [], [], 0
    for n in range(240):
        now = n / 60
        if now >= presses * gap:
            event = ButtonPressed("air" if presses % 2 else "river", now)
            performance.handle(Command("blackout") if presses % 7 == 6 else event, now)
            performance.handle(Command("wake"), now)
            presses += 1
        times.append(now)
        shown.append(finishing.finish(performance.frame(now), performance.brightness, now).pixels)
    assert most_changes_in_a_second(MODEL, times, shown).max() <= 6
