from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.show.finishing import Finishing
from tests.show.flash_judge import most_changes_in_a_second
from tests.show.models import model_of, strips_of


def grey(model, light):
    return np.full((model.led_count, 3), light, dtype=np.float32)


def test_full_light_at_full_brightness_is_full_bytes():
    model = model_of(strips_of(3))
    finished = Finishing(model).finish(grey(model, 1.0), 100, 0.0)
    assert finished.pixels.dtype == np.uint8
    assert finished.pixels.tolist() == [[255, 255, 255]] * 3
    assert not finished.held


def test_linear_light_is_rounded_not_cut():
    model = model_of(strips_of(1))
    pixels = Finishing(model).finish(np.array([[0.4 / 255, 0.6 / 255, 99.7 / 255]], dtype=np.float32), 100, 0.0).pixels
    assert pixels.tolist() == [[0, 1, 100]]


@pytest.mark.parametrize(("percent", "byte"), [(100, 255), (80, 156), (50, 55), (10, 2), (0, 0), (-5, 0), (170, 255)])
def test_brightness_is_as_people_perceive_it(percent, byte):
    model = model_of(strips_of(1))
    assert Finishing(model).finish(grey(model, 1.0), percent, 0.0).pixels[0, 0] == byte


def test_each_strip_has_its_own_balance_and_gamma():
    strips = strips_of(2, 2)
    strips["a"] = replace(strips["a"], white_balance=(1.0, 0.5, 0.25))
    strips["b"] = replace(strips["b"], gamma=2.8)
    model = model_of(strips)
    pixels = Finishing(model).finish(grey(model, 0.5), 100, 0.0).pixels
    assert pixels[0].tolist() == [128, 64, 32]
    assert pixels[2].tolist() == [round(255 * 0.5 ** (2.8 / 2.2))] * 3


def test_what_is_no_colour_is_clipped_or_dark():
    model = model_of(strips_of(2))
    frame = np.array([[np.nan, np.inf, -np.inf], [2.0, -1.0, 0.5]], dtype=np.float32)
    assert Finishing(model).finish(frame, 100, 0.0).pixels.tolist() == [[0, 255, 0], [255, 0, 128]]


def test_the_frame_itself_is_left_as_it_was():
    model = model_of(strips_of(2))
    frame = grey(model, 0.5)
    Finishing(model).finish(frame, 40, 0.0)
    assert (frame == 0.5).all()


def test_the_limit_holds_on_the_bytes_that_leave():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 2.0})
    finished = Finishing(model).finish(grey(model, 1.0), 100, 0.0)
    (supply,) = finished.supplies
    assert 1.98 < supply.current_a <= 2.0
    assert supply.limited_to < 1.0


def test_a_frame_that_the_guard_holds_back_comes_again_and_arrives():
    model = model_of(strips_of(20))
    finishing = Finishing(model)
    held = [finishing.finish(grey(model, float(n % 2)), 100, n / 60).held for n in range(30)]
    assert any(held)
    last = [finishing.finish(grey(model, 1.0), 100, 0.5 + n / 60) for n in range(61)]
    assert last[-1].pixels.min() == 255
    assert not last[-1].held


def test_a_still_frame_gives_the_same_objects():
    model = model_of(strips_of(20, supply="main"), supplies={"main": 5.0})
    finishing = Finishing(model)
    first = finishing.finish(grey(model, 0.5), 100, 0.0)
    again = finishing.finish(grey(model, 0.5), 100, 0.1)
    assert again.pixels is first.pixels
    assert again.supplies is first.supplies


def test_a_brightness_that_jumps_up_and_down_does_not_flash():
    model = model_of(strips_of(20))
    finishing = Finishing(model)
    times = [n / 60 for n in range(180)]
    shown = [finishing.finish(grey(model, 1.0), 100 if n % 2 else 0, now).pixels for n, now in enumerate(times)]
    assert most_changes_in_a_second(model, times, shown).max() <= 6


def drawn_ma(model, supply, pixels):
    return sum(
        strip.leds * strip.idle_ma + strip.channel_ma * int(pixels[strip.span].sum()) / 255
        for strip in model.strips.values()
        if strip.supply == supply
    )


LIMITED = model_of(
    {
        **strips_of(12, 6, 9, supply="main"),
        "c": replace(strips_of(12, 6, 9, supply="other")["c"], white_balance=(0.9, 1.0, 0.7)),
    },
    {"straddling": range(8, 22), "scattered": [0, 13, 25]},
    {"main": 0.35, "other": 0.2},
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["noise", "left", "right", "white", "dark", "dim"]),
            st.sampled_from([0.002, 0.017, 0.1, 0.4]),
        ),
        min_size=10,
        max_size=60,
    ),
    st.integers(0, 2**32 - 1),
)
def test_what_leaves_always_satisfies_the_limits_and_the_guard(script, seed):
    rng = np.random.default_rng(seed)
    finishing = Finishing(LIMITED)
    times, shown, now = [], [], 0.0
    for kind, gap in script:
        now += gap
        frame = grey(LIMITED, {"white": 1.0, "dim": 0.3}.get(kind, 0.0))
        if kind == "noise":
            frame = rng.random(frame.shape).astype(np.float32)
        elif kind in ("left", "right"):
            frame[slice(0, 9) if kind == "left" else slice(9, 27)] = 1.0
        finished = finishing.finish(frame, float(rng.choice([100, 60])), now)
        times.append(now)
        shown.append(finished.pixels)
        for state in finished.supplies:
            estimate = drawn_ma(LIMITED, state.supply, finished.pixels)
            assert estimate <= LIMITED.supplies[state.supply].limit_a * 1000 + 1e-6
            assert state.current_a == pytest.approx(estimate / 1000)
    assert most_changes_in_a_second(LIMITED, times, shown).max() <= 6
