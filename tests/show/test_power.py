import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.show.power import STEP_S, Power
from tests.show.models import model_of, strips_of


def full(model, byte=255):
    return np.full((model.led_count, 3), byte, dtype=np.uint8)


def dark(model):
    return full(model, 0)


def drawn_a(model, supply, pixels):
    """The datasheet's sum, LED by LED."""
    total = 0.0
    for strip in model.strips.values():
        if strip.supply == supply:
            total += strip.leds * strip.idle_ma
            total += sum(int(byte) * strip.channel_ma / 255 for byte in pixels[strip.span].reshape(-1))
    return total / 1000


def test_light_within_the_limit_is_left_alone():
    model = model_of(strips_of(10, supply="main"), supplies={"main": 1.0})
    pixels = full(model)
    limited, releasing = Power(model).limit(pixels, dark(model), 0.0)
    assert limited is pixels
    assert not releasing


def test_light_over_the_limit_is_scaled_to_just_under_it():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 2.0})
    power = Power(model)
    limited, _ = power.limit(full(model), dark(model), 0.0)
    assert 1.98 < drawn_a(model, "main", limited) <= 2.0
    (state,) = power.give(limited)
    assert state.current_a == pytest.approx(drawn_a(model, "main", limited))
    assert state.limited_to == pytest.approx((2000 - 100) / (100 * 3 * 18.3), abs=1e-4)


def test_two_strips_share_one_limit_and_a_third_without_a_supply_has_none():
    strips = strips_of(50, 50, 50, supply="main")
    strips["c"] = strips_of(50, 50, 50)["c"]
    model = model_of(strips, supplies={"main": 1.0})
    limited, _ = Power(model).limit(full(model), dark(model), 0.0)
    assert drawn_a(model, "main", limited) <= 1.0
    assert limited[100:].min() == 255


def test_a_supply_that_cannot_feed_dark_leds_keeps_them_dark():
    model = model_of(strips_of(100, 5, supply="weak"), supplies={"weak": 0.1})
    power = Power(model)
    limited, releasing = power.limit(full(model), dark(model), 0.0)
    assert not limited.any()
    assert not releasing
    assert power.overdrawn(limited) is None
    assert power.give(limited)[0].limited_to == 0.0


def test_a_reduction_comes_at_once_and_leaves_within_a_second():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 2.0})
    power = Power(model)
    power.limit(full(model), dark(model), 0.0)
    dim = full(model, 60)
    shares = [power.limit(dim, dark(model), n / 10)[0][0, 0] for n in range(1, 12)]
    assert shares == sorted(shares)
    assert shares[0] < 60
    assert shares[-1] == 60
    limited, releasing = power.limit(full(model), dark(model), 1.2)
    assert drawn_a(model, "main", limited) <= 2.0
    assert not releasing


def test_a_share_that_is_being_released_says_so():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 2.0})
    power = Power(model)
    power.limit(full(model), dark(model), 0.0)
    assert power.limit(full(model, 10), dark(model), 0.1)[1]
    assert not power.limit(full(model, 10), dark(model), 5.0)[1]


def test_overdrawn_names_the_leds_of_the_supply_that_is_over():
    strips = strips_of(10, 10, supply="strong")
    strips["b"] = strips_of(10, 10, supply="weak")["b"]
    model = model_of(strips, supplies={"strong": 5.0, "weak": 0.1})
    power = Power(model)
    power.limit(dark(model), dark(model), 0.0)
    mask = power.overdrawn(full(model))
    assert mask is not None
    assert mask.tolist() == [False] * 10 + [True] * 10


def test_a_supply_without_strips_gives_nothing():
    model = model_of(strips_of(4), supplies={"spare": 1.0})
    power = Power(model)
    power.limit(full(model), dark(model), 0.0)
    assert power.give(full(model))[0].current_a == 0.0


@given(
    st.integers(1, 30),
    st.integers(1, 30),
    st.floats(0.001, 3.0),
    st.floats(1.0, 40.0),
    st.floats(0.0, 3.0),
    st.none() | st.floats(0.5, 50.0),
    st.sampled_from([3, 4]),
    st.integers(0, 2**32 - 1),
)
def test_neither_the_limit_nor_the_rise_is_ever_exceeded(one, other, limit, channel_ma, idle_ma, rise, channels, seed):
    model = model_of(
        strips_of(one, other, supply="main", channel_ma=channel_ma, idle_ma=idle_ma),
        supplies={"main": limit},
        rise=rise,
    )
    rng = np.random.default_rng(seed)
    power, given_drive, before = Power(model, channels), np.zeros((model.led_count, channels), dtype=np.uint8), 0.0
    dark_a = model.led_count * idle_ma / 1000
    for n in range(8):
        wanted = rng.integers(0, 256, given_drive.shape).astype(np.uint8) // rng.choice([1, 1, 9])
        limited, coming = power.limit(wanted, given_drive, n / 60)
        assert (limited <= wanted).all()
        now_a = drawn_a(model, "main", limited)
        assert now_a <= max(limit, dark_a) * (1 + 1e-12)
        if rise is not None and n:
            assert now_a - before <= rise / 60 + 1e-9
        assert coming or power.give(limited)[0].limited_to < 1.0 or np.array_equal(limited, wanted)
        assert power.overdrawn(limited) is None or now_a > before + rise / 60 - 1e-9
        assert power.give(limited)[0].current_a == pytest.approx(now_a)
        given_drive, before = limited, now_a


def test_a_current_rises_as_fast_as_it_may_and_falls_at_once():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 8.0}, rise=20.0)
    power, drive, currents = Power(model), dark(model), []
    for n in range(30):
        drive, coming = power.limit(full(model), drive, n / 60)
        (state,) = power.give(drive)
        assert state.limited_to == 1.0
        currents.append(state.current_a)
        assert coming is bool(drive.min() < 255)
    steps = np.diff([0.1, *currents])
    assert steps[0] == pytest.approx(20 * STEP_S, abs=0.001)
    assert steps[1:14] == pytest.approx([20 / 60] * 13, abs=0.001)
    assert drive.min() == 255
    assert np.ptp(drive) == 0
    drive, coming = power.limit(dark(model), drive, 1.0)
    assert not drive.any()
    assert not coming


def test_light_that_stays_is_not_dimmed_while_other_light_rises():
    model = model_of(strips_of(50, 50, supply="main"), supplies={"main": 8.0}, rise=10.0)
    power, drive = Power(model), dark(model)
    lit = np.concatenate([full(model)[:50] // 2, dark(model)[50:]])
    for n in range(30):
        drive, _ = power.limit(lit, drive, n / 60)
        power.give(drive)
    assert np.array_equal(drive, lit)
    for n in range(30, 33):
        drive, coming = power.limit(full(model), drive, n / 60)
        power.give(drive)
        assert coming
        assert drive[:50].min() >= 127
    assert drive[:50].max() < 255


def test_after_a_rest_the_first_step_is_no_longer_than_any():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 8.0}, rise=20.0)
    power = Power(model)
    power.limit(dark(model), dark(model), 0.0)
    limited, _ = power.limit(full(model), dark(model), 3600.0)
    assert drawn_a(model, "main", limited) - 0.1 == pytest.approx(20 * STEP_S, abs=0.001)


def test_however_slow_the_rise_the_light_arrives():
    model = model_of(strips_of(*[40] * 10, supply="main"), supplies={"main": 30.0}, rise=1.0)
    power, drive = Power(model), dark(model)
    wanted = full(model, 3)
    for n in range(60):
        drive, coming = power.limit(wanted, drive, n / 60)
        power.give(drive)
    assert np.array_equal(drive, wanted)
    assert not coming
