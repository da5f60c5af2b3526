import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.show.fades import Fade, smoothstep

DARK = np.zeros((2, 3), dtype=np.float32)
WHITE = np.ones((2, 3), dtype=np.float32)


def test_a_fade_leaves_its_start_at_once_but_gently():
    first = Fade(DARK, 10.0, 0.8).mixed(WHITE, 10.0)
    assert 0.01 < first[0, 0] < 0.05


def test_a_fade_arrives_and_stays():
    fade = Fade(DARK, 10.0, 0.8)
    assert fade.ends_at == pytest.approx(10.8)
    assert (fade.mixed(WHITE, 10.8) == 1.0).all()
    assert (fade.mixed(WHITE, 99.0) == 1.0).all()


@given(st.floats(0, 1), st.floats(0, 1))
def test_smoothstep_only_ever_rises(one, other):
    low, high = sorted((one, other))
    assert 0.0 <= smoothstep(low) <= smoothstep(high) <= 1.0


def test_smoothstep_is_clamped():
    assert smoothstep(-3.0) == 0.0
    assert smoothstep(3.0) == 1.0
