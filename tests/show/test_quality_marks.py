"""Quality marks: one visual language, readable on any zone, calm in time."""

import numpy as np
import pytest

from maquette.core.readings import Quality
from maquette.show.quality_marks import DIP_EVERY_S, dip, mark
from tests.show.flashes import most_pairs_in_a_second, swings


def test_live_light_is_left_as_it_is():
    live = mark(Quality.LIVE, 7)
    assert live.keeps.tolist() == [1] * 7
    assert not live.held
    assert not live.dips
    assert live.faint is None


def test_stale_darkens_every_second_led():
    assert mark(Quality.STALE, 7).keeps.tolist() == [1, 0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("quality", [Quality.REPLAY, Quality.SAMPLE])
def test_replay_and_sample_darken_every_third_led(quality):
    assert mark(quality, 8).keeps.tolist() == [1, 1, 0, 1, 1, 0, 1, 1]


@pytest.mark.parametrize(("leds", "middle"), [(1, 0), (2, 1), (5, 2), (12, 6)])
def test_missing_leaves_one_faint_led_in_the_middle(leds, middle):
    missing = mark(Quality.MISSING, leds)
    assert not missing.keeps.any()
    assert missing.faint == middle
    assert not missing.dips


@pytest.mark.parametrize("quality", [Quality.STALE, Quality.REPLAY, Quality.SAMPLE])
@pytest.mark.parametrize("leds", range(1, 6))
def test_a_zone_under_six_leds_dips_because_a_pattern_has_no_room(quality, leds):
    short = mark(quality, leds)
    assert short.dips
    assert short.keeps.all()


@pytest.mark.parametrize("quality", [Quality.STALE, Quality.REPLAY, Quality.SAMPLE, Quality.MISSING])
@pytest.mark.parametrize("leds", [1, 6, 40])
def test_nothing_moves_under_a_mark(quality, leds):
    assert mark(quality, leds).held


@pytest.mark.parametrize("quality", list(Quality))
@pytest.mark.parametrize("leds", [6, 7, 40])
def test_marks_on_long_zones_differ_from_each_other_and_from_live_light(quality, leds):
    same_sign = {Quality.REPLAY, Quality.SAMPLE}
    for other in Quality:
        if other is quality or {quality, other} == same_sign:
            continue
        assert mark(quality, leds).keeps.tolist() != mark(other, leds).keeps.tolist()


def test_light_dips_slowly_twice_every_ten_seconds():
    rate = 60
    light = np.array([dip(n / rate) for n in range(round(3 * DIP_EVERY_S) * rate)])
    assert np.count_nonzero(swings(light)) == 3 * 2 * 2
    assert most_pairs_in_a_second(light, rate) <= 1
    assert np.abs(np.diff(light)).max() < 0.03
    assert light.min() > 0.1
    assert light.max() == 1.0
