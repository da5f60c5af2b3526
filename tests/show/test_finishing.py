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


def drawn_ma(model, supply, wires):
    """What the bytes that leave draw, by the datasheets."""
    strips = zip(model.strips.values(), wires, strict=True)
    return sum(
        strip.leds * strip.idle_ma + strip.channel_ma * sum(wire) / 255
        for strip, wire in strips
        if strip.supply == supply
    )


def limited_model(main=0.35, other=0.2, rise=None):
    """Strips of three and of four colours, tinted and curved, on two supplies."""
    strips = strips_of(12, 6, 9, 8, supply="main")
    strips["b"] = replace(strips["b"], order="GRBW", gamma=2.8)
    strips["c"] = replace(strips["c"], supply="other", order="WRGB", white=(1.0, 0.7, 0.4), white_balance=(0.9, 1, 0.7))
    strips["d"] = replace(strips["d"], supply="other", order="RGBW", minimum=3)
    zones = {"straddling": range(8, 22), "scattered": [0, 13, 25, 30]}
    return model_of(strips, zones, {"main": main, "other": other}, rise=rise)


LIMITS = {"usual": (0.35, 0.2), "less": (0.15, 0.2), "more": (0.5, 0.6)}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["swing", "swing", "swing", "noise", "white", "dark", "dim", "red"]),
            st.sampled_from([0.002, 0.017, 0.017, 0.1, 0.4]),
            st.sampled_from([100, 100, 100, 60, 25, 0]),
            st.sampled_from([None, None, None, None, None, *LIMITS]),
        ),
        min_size=10,
        max_size=60,
    ),
    st.sampled_from([None, 0.4, 2.0, 20.0]),
    st.integers(0, 2**32 - 1),
)
def test_what_leaves_always_satisfies_the_supplies_and_the_guard(script, rise, seed):
    rng = np.random.default_rng(seed)
    model = limited_model(rise=rise)
    finishing = Finishing(model)
    times, shown, now, swapped_at = [], [], 0.0, -np.inf
    before = {name: drawn_ma(model, name, [b""] * 4) for name in model.supplies}
    for number, (kind, gap, brightness, swap) in enumerate(script):
        now += gap
        if swap is not None:
            model, swapped_at = limited_model(*LIMITS[swap], rise), now
            finishing = finishing.for_model(model)
        frame = grey(model, {"white": 1.0, "dim": 0.3}.get(kind, 0.0))
        if kind == "noise":
            frame = rng.random(frame.shape).astype(np.float32)
        elif kind == "red":
            frame[:, 0] = 1.0
        elif kind == "swing":
            frame[slice(0, 9) if number % 2 else slice(9, 35)] = 1.0
        finished = finishing.finish(frame, float(brightness), now)
        times.append(now)
        shown.append(finished.pixels)
        for state in finished.supplies:
            drawn = drawn_ma(model, state.supply, finished.wires)
            # Under a limit that has just been lowered, a current falls as soon as that is no flash, and meanwhile never rises.
            limit = model.supplies[state.supply].limit_a * 1000
            assert drawn <= (limit if now - swapped_at > 1.2 else max(limit, before[state.supply])) + 1e-6
            if rise is not None and number:
                assert drawn - before[state.supply] <= rise * gap * 1000 + 1e-6
            assert state.current_a == pytest.approx(drawn / 1000)
            assert state.power_w == pytest.approx(drawn / 1000 * 5.0)
            before[state.supply] = drawn
    assert most_changes_in_a_second(model, times, shown).max() <= 6


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([None, 0.4, 20.0]), st.sampled_from([0.0, 0.3, 1.0]))
def test_whatever_came_before_the_light_that_is_asked_arrives_and_stays(seed, rise, light):
    rng = np.random.default_rng(seed)
    model = limited_model(main=3.0, other=3.0, rise=rise)
    finishing = Finishing(model)
    for n in range(40):
        finishing.finish(rng.random((model.led_count, 3)).astype(np.float32) * (n % 3), 100.0, n / 60)
    last = [finishing.finish(grey(model, light), 100.0, 40 / 60 + n / 20) for n in range(80)]
    fresh = Finishing(limited_model(main=3.0, other=3.0)).finish(grey(model, light), 100.0, 0.0)
    assert not last[-1].held
    assert last[-1].wires == fresh.wires
    assert last[-1].pixels is last[-2].pixels


# -- the whole chain, byte by byte --------------------------------------------------------------------------------------

ASKED = [[1, 1, 1], [1, 0.5, 0.1], [0.2, 0.2, 0.3], [0, 0, 0]]
NEUTRAL, COOLED, WARM = (1.0, 1.0, 1.0), (1.0, 0.8, 0.6), (1.0, 0.7, 0.4)
# order, gamma, white balance, light of the white LED, least byte, brightness: the bytes of the four LEDs.
GOLDEN = {
    ("RGB", 2.2, NEUTRAL, NEUTRAL, 0, 100): "ffffff ff801a 33334c 000000",
    ("GRB", 2.2, NEUTRAL, NEUTRAL, 0, 100): "ffffff 80ff1a 33334c 000000",
    ("BGR", 1.0, NEUTRAL, NEUTRAL, 0, 100): "ffffff 5abaff 947b7b 000000",
    ("GRB", 2.8, COOLED, NEUTRAL, 0, 100): "c0ff85 4fff07 19211d 000000",
    ("RGB", 2.2, NEUTRAL, NEUTRAL, 4, 10): "040404 040200 030304 000000",
    ("GRBW", 2.2, NEUTRAL, NEUTRAL, 0, 100): "000000ff 66e5001a 00001933 00000000",
    ("WRGB", 2.2, COOLED, NEUTRAL, 0, 100): "99663300 0ff05700 290a0005 00000000",
    ("GRBW", 2.2, NEUTRAL, WARM, 0, 100): "4d0099ff 52be0041 0f003833 00000000",
    ("RGBW", 2.8, NEUTRAL, NEUTRAL, 0, 100): "000000ff de4f000e 00000d21 00000000",
    ("GBRW", 2.8, COOLED, WARM, 2, 50): "02050025 08001f03 00020005 00000000",
}


@pytest.mark.parametrize(("kind", "golden"), GOLDEN.items())
def test_light_leaves_as_these_bytes(kind, golden):
    order, gamma, balance, white, minimum, brightness = kind
    strip = replace(strips_of(4)["a"], order=order, gamma=gamma, white_balance=balance, white=white, minimum=minimum)
    (wire,) = Finishing(model_of({"a": strip})).finish(np.array(ASKED, dtype=np.float32), brightness, 0.0).wires
    assert wire.hex(" ", len(order)) == golden


# -- light that is hardly there ----------------------------------------------------------------------------------------


def glowing(frame, brightness, minimum=3, **strip):
    model = model_of({"a": replace(strips_of(len(frame))["a"], minimum=minimum, **strip)})
    return Finishing(model).finish(np.array(frame, dtype=np.float32), brightness, 0.0).pixels.tolist()


def test_light_that_is_asked_does_not_go_out_when_it_is_dimmed_and_darkness_stays_dark():
    assert glowing([[0.05, 0.05, 0.05], [0, 0, 0], [1, 1, 1]], 10) == [[3, 3, 3], [0, 0, 0], [3, 3, 3]]
    assert glowing([[0.05, 0.05, 0.05]], 10, minimum=0) == [[0, 0, 0]]
    assert glowing([[1, 1, 1]], 0) == [[0, 0, 0]]


def test_the_least_glow_keeps_its_colour():
    assert glowing([[0.05, 0.025, 0.0]], 20, minimum=4) == [[4, 2, 0]]


def test_the_tail_of_an_effect_that_nobody_would_see_stays_dark():
    assert glowing([[1e-4, 0, 0], [np.nan, 0, 0]], 100) == [[0, 0, 0], [0, 0, 0]]


def test_the_least_glow_holds_after_gamma_and_balance():
    assert glowing([[0.1, 0.1, 0.1]], 50, gamma=2.8, white_balance=(1.0, 0.5, 1.0)) == [[3, 1, 3]]


@pytest.mark.parametrize("rise", [None, 3.0])
def test_light_that_the_guard_holds_and_light_that_takes_its_place_are_never_more_than_a_supply_gives(rise):
    # The third strip has no supply and stays dark: the model as a whole does not flash, so that the guard holds the first strip alone.
    strips = strips_of(10, 10, 200, supply="main")
    strips["c"] = replace(strips["c"], supply=None)
    model = model_of(strips, supplies={"main": 0.6}, rise=rise)
    finishing, before, held = Finishing(model), 0.02, 0
    for n in range(300):
        frame = grey(model, 0.0)
        # The first strip flashes until it is held alight; then the second one is to take its place.
        frame[:10] = 1.0 if n < 120 or (n < 180 and n % 10 >= 5) else 0.0
        frame[10:20] = 1.0 if n >= 180 else 0.0
        finished = finishing.finish(frame, 100.0, n / 60)
        (state,) = finished.supplies
        assert state.current_a <= 0.6 + 1e-9
        assert rise is None or n == 0 or state.current_a - before <= rise / 60 + 1e-9
        held += n >= 180 and finished.pixels[0, 0] > 0
        before = state.current_a
    assert held
    assert finished.pixels[10:20].min() > 100
    assert finished.pixels[:10].max() == 0
