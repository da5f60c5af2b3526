import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.show.power import Power
from tests.show.models import model_of, strips_of


def full(model, byte=255):
    return np.full((model.led_count, 3), byte, dtype=np.uint8)


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
    limited, releasing = Power(model).limit(pixels, 0.0)
    assert limited is pixels
    assert not releasing


def test_light_over_the_limit_is_scaled_to_just_under_it():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 2.0})
    power = Power(model)
    limited, _ = power.limit(full(model), 0.0)
    assert 1.98 < drawn_a(model, "main", limited) <= 2.0
    (state,) = power.states(limited)
    assert state.current_a == pytest.approx(drawn_a(model, "main", limited))
    assert state.limited_to == pytest.approx((2000 - 100) / (100 * 3 * 18.3), abs=1e-4)


def test_two_strips_share_one_limit_and_a_third_without_a_supply_has_none():
    strips = strips_of(50, 50, 50, supply="main")
    strips["c"] = strips_of(50, 50, 50)["c"]
    model = model_of(strips, supplies={"main": 1.0})
    limited, _ = Power(model).limit(full(model), 0.0)
    assert drawn_a(model, "main", limited) <= 1.0
    assert limited[100:].min() == 255


def test_a_supply_that_cannot_feed_dark_leds_keeps_them_dark():
    model = model_of(strips_of(100, 5, supply="weak"), supplies={"weak": 0.1})
    power = Power(model)
    limited, releasing = power.limit(full(model), 0.0)
    assert not limited.any()
    assert not releasing
    assert power.overdrawn(limited) is None
    assert power.states(limited)[0].limited_to == 0.0


def test_a_reduction_comes_at_once_and_leaves_within_a_second():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 2.0})
    power = Power(model)
    power.limit(full(model), 0.0)
    dim = full(model, 60)
    shares = [power.limit(dim, n / 10)[0][0, 0] for n in range(1, 12)]
    assert shares == sorted(shares)
    assert shares[0] < 60
    assert shares[-1] == 60
    limited, releasing = power.limit(full(model), 1.2)
    assert drawn_a(model, "main", limited) <= 2.0
    assert not releasing


def test_a_share_that_is_being_released_says_so():
    model = model_of(strips_of(100, supply="main"), supplies={"main": 2.0})
    power = Power(model)
    power.limit(full(model), 0.0)
    assert power.limit(full(model, 10), 0.1)[1]
    assert not power.limit(full(model, 10), 5.0)[1]


def test_overdrawn_names_the_leds_of_the_supply_that_is_over():
    strips = strips_of(10, 10, supply="strong")
    strips["b"] = strips_of(10, 10, supply="weak")["b"]
    model = model_of(strips, supplies={"strong": 5.0, "weak": 0.1})
    mask = Power(model).overdrawn(full(model))
    assert mask is not None
    assert mask.tolist() == [False] * 10 + [True] * 10


def test_a_supply_without_strips_gives_nothing():
    model = model_of(strips_of(4), supplies={"spare": 1.0})
    power = Power(model)
    power.limit(full(model), 0.0)
    assert power.states(full(model))[0].current_a == 0.0


@given(
    st.integers(1, 30),
    st.integers(1, 30),
    st.floats(0.001, 3.0),
    st.floats(1.0, 40.0),
    st.floats(0.0, 3.0),
    st.integers(0, 2**32 - 1),
)
def test_the_limit_is_never_exceeded(one, other, limit, channel_ma, idle_ma, seed):
    model = model_of(
        strips_of(one, other, supply="main", channel_ma=channel_ma, idle_ma=idle_ma), supplies={"main": limit}
    )
    rng = np.random.default_rng(seed)
    power = Power(model)
    for n in range(5):
        limited, _ = power.limit(rng.integers(0, 256, (model.led_count, 3)).astype(np.uint8), n / 60)
        dark_a = model.led_count * idle_ma / 1000
        assert drawn_a(model, "main", limited) <= max(limit, dark_a) * (1 + 1e-12)
        assert power.overdrawn(limited) is None
