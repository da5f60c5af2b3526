"""Effects: each looks as it should, keeps within [0, 1] and cannot break the flash rule at any parameters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.show.effects import EFFECTS, Run
from maquette.show.effects.shapes import to_light
from tests.show.filmstrip import GOLDEN, SHOWN, filmstrip, read_png, render, run_of
from tests.show.flashes import THRESHOLD, most_pairs_in_a_second, windows

RATE = 60
MOVING = sorted(name for name, effect in EFFECTS.items() if not effect.still)
ALL = sorted(EFFECTS)


def parameters_of(name: str) -> st.SearchStrategy[dict[str, float]]:
    """Parameters anywhere in their ranges, with a liking for the ends."""
    kinds = EFFECTS[name].parameters
    return st.fixed_dictionaries(
        {
            parameter: st.one_of(st.sampled_from([kind.minimum, kind.maximum]), st.floats(kind.minimum, kind.maximum))
            for parameter, kind in kinds.items()
        }
    )


def part(run: Run, number: int, lengths: tuple[int, ...]) -> slice:
    start = sum(lengths[:number])
    return slice(start, start + lengths[number])


def moments(seconds: float, start: float = 0.0) -> np.ndarray:
    return start + np.arange(round(seconds * RATE)) / RATE


@pytest.mark.parametrize("name", ALL)
def test_an_effect_is_registered_under_its_name_and_says_what_people_see(name):
    effect = EFFECTS[name]
    assert effect.name == name
    assert effect.doc.endswith(".")
    for kind in effect.parameters.values():
        assert kind.minimum <= kind.default <= kind.maximum
        assert kind.doc.endswith(".")
    assert effect.still == (effect.rate is None)
    if effect.rate is not None:
        assert {effect.rate, "phase"} <= set(effect.parameters)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_light_stays_between_nothing_and_full(name, data):
    run = run_of(*data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=4)))
    parameters = data.draw(parameters_of(name))
    t = data.draw(st.floats(0.0, 1e7))
    light = EFFECTS[name].render(t, run, parameters)
    assert light.dtype == np.float32
    assert light.shape == run.index.shape
    assert light.min() >= 0.0
    assert light.max() <= 1.0


@pytest.mark.parametrize("name", MOVING)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_parameters_break_the_flash_rule(name, data):
    leds = data.draw(st.integers(1, 40))
    parameters = data.draw(parameters_of(name))
    start = data.draw(st.floats(0.0, 1e4))
    light = render(name, run_of(leds), moments(3.0, start), **parameters)
    for luminance in windows(light):
        # A tenth of what this effect ever gives, not of full white: stricter than the rule, so that dim light is calm as well.
        threshold = min(THRESHOLD, 0.1 * max(float(luminance.max()), 0.05))
        assert most_pairs_in_a_second(luminance, RATE, threshold) <= 3


def test_the_judge_of_flashes_sees_a_strobe():
    strobe = np.tile([[0.0], [1.0], [1.0], [0.0]], (45, 8))
    assert max(most_pairs_in_a_second(luminance, RATE) for luminance in windows(strobe)) == 15


@pytest.mark.parametrize("name", ALL)
def test_an_effect_looks_as_on_its_filmstrip(name):
    expected = read_png(GOLDEN / f"{name}.png").astype(int)
    assert np.abs(filmstrip(name, **SHOWN[name]).astype(int) - expected).max() <= 1


@pytest.mark.parametrize("name", ALL)
def test_the_order_of_leds_does_not_matter(name):
    run = run_of(20, 5)
    order = np.random.default_rng(7).permutation(25)
    shuffled = Run(run.position[order], run.distance[order], run.index[order], run.length[order], run.seed[order])
    parameters = EFFECTS[name].defaults
    expected = EFFECTS[name].render(3.3, run, parameters)[order]
    np.testing.assert_allclose(EFFECTS[name].render(3.3, shuffled, parameters), expected, atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_parameters_given_per_led_act_like_the_same_number_given_once(name):
    run = run_of(17, 6)
    defaults = EFFECTS[name].defaults
    each = {parameter: np.full(23, value) for parameter, value in defaults.items()}
    expected = EFFECTS[name].render(12.7, run, defaults)
    np.testing.assert_allclose(EFFECTS[name].render(12.7, run, each), expected, atol=1e-5)


@pytest.mark.parametrize("name", MOVING)
def test_each_zone_follows_its_own_rate(name):
    lengths = (12, 12)
    run = run_of(*lengths)
    effect = EFFECTS[name]
    assert effect.rate is not None
    rates = np.repeat([0.0, 0.35], 12)
    light = np.stack([effect.render(t, run, effect.defaults | {effect.rate: rates}) for t in moments(2.0)])
    assert np.ptp(light[:, part(run, 0, lengths)], axis=0).max() == 0.0
    assert np.ptp(light[:, part(run, 1, lengths)], axis=0).max() > 0.1


@pytest.mark.parametrize("name", MOVING)
def test_a_phase_stands_for_the_time_that_it_takes(name):
    effect = EFFECTS[name]
    rate = effect.defaults[effect.rate or ""]
    run = run_of(30)
    later = effect.render(5.0, run, effect.defaults)
    shifted = effect.render(0.0, run, effect.defaults | {"phase": 5.0 * rate})
    np.testing.assert_allclose(shifted, later, atol=1e-5)


@pytest.mark.parametrize("name", MOVING)
def test_motion_is_as_smooth_after_a_month_as_in_the_first_second(name):
    month = 30 * 86400.0
    fresh = render(name, run_of(30), moments(4.0))
    old = render(name, run_of(30), moments(4.0, month))
    steps = [np.abs(np.diff(light, axis=0)) for light in (fresh, old)]
    assert steps[1].max() < 3 * steps[0].max()
    assert np.count_nonzero(steps[1].max(axis=1)) > 0.5 * np.count_nonzero(steps[0].max(axis=1))


@pytest.mark.parametrize("name", MOVING)
def test_no_led_jumps_from_one_frame_to_the_next_at_default_parameters(name):
    light = render(name, run_of(1, 3, 7, 20, 48), moments(12.0))
    assert np.abs(np.diff(light, axis=0)).max() < 0.2


def test_breathing_is_even_to_the_eye():
    light = render("breathe", run_of(1), np.linspace(0, 1, 101), tempo=1.0, depth=1.0)[:, 0]
    lightness = np.where(light > 0.008856, 1.16 * np.cbrt(light) - 0.16, 9.033 * light)
    expected = 0.5 + 0.5 * np.cos(2 * np.pi * np.linspace(0, 1, 101))
    np.testing.assert_allclose(lightness, expected, atol=0.006)


def test_equal_steps_of_lightness_look_equal():
    lightness = np.linspace(0, 1, 101, dtype=np.float32)
    exact = np.where(lightness > 0.08, ((lightness + 0.16) / 1.16) ** 3, lightness / 9.033)
    np.testing.assert_allclose(to_light(lightness), exact, atol=0.007)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.25, 0.5, 0.63, 1.0])
def test_a_gauge_gives_light_in_exact_proportion(share):
    lengths = (1, 7, 40)
    run = run_of(*lengths)
    light = EFFECTS["gauge"].render(0.0, run, {"share": share, "ground": 0.0})
    for number, leds in enumerate(lengths):
        assert light[part(run, number, lengths)].sum() == pytest.approx(share * leds, abs=1e-4)


def test_an_empty_gauge_still_glows_faintly_because_zero_is_a_value():
    light = EFFECTS["gauge"].render(0.0, run_of(10), EFFECTS["gauge"].defaults | {"share": 0.0})
    assert (light > 0.0).all()
    assert (light < 0.1).all()


def test_a_comet_goes_from_start_to_end_at_an_even_pace():
    light = render("comet", run_of(40), np.array([1.0, 2.0, 3.0]), tempo=0.2)
    heads = light.argmax(axis=1)
    assert heads[1] - heads[0] == pytest.approx(heads[2] - heads[1], abs=1)
    assert heads[1] > heads[0]
    behind = light[1, heads[1] - 8 : heads[1] + 1]
    assert (np.diff(behind) > 0).all()


def test_a_comet_leaves_its_run_before_the_next_one_comes():
    light = render("comet", run_of(30), np.array([0.0, 4.9999]), tempo=0.2, ground=0.0)
    assert light.max() < 0.01


@pytest.mark.parametrize(("speed", "direction"), [(0.3, 1), (-0.3, -1)])
@pytest.mark.parametrize("name", ["flow", "wave"])
def test_bands_run_the_way_their_speed_says(name, speed, direction):
    rate = EFFECTS[name].rate or ""
    light = render(name, run_of(60), np.array([1.0, 1.3]), **{rate: speed})
    shifts = range(-6, 7)
    likeness = [np.asarray(np.corrcoef(light[0, 10:50], light[1, 10 + s : 50 + s]))[0, 1] for s in shifts]
    assert np.sign(shifts[int(np.argmax(likeness))]) == direction


def test_a_river_never_shows_the_same_bands_twice():
    light = render("flow", run_of(60), np.arange(0.0, 60.0, 1 / 0.3))
    likeness = np.asarray(np.corrcoef(light))[0, 1:]
    assert (likeness < 0.99).all()


def test_stars_twinkle_each_in_its_own_time():
    light = render("twinkle", run_of(40), moments(20.0))
    likeness = np.asarray(np.corrcoef(light.T))
    assert np.abs(likeness[~np.eye(40, dtype=bool)]).mean() < 0.3


def test_two_zones_twinkle_differently_and_each_always_the_same():
    lengths = (15, 15)
    run = run_of(*lengths)
    light = EFFECTS["twinkle"].render(4.0, run, EFFECTS["twinkle"].defaults)
    assert not np.allclose(light[:15], light[15:], atol=0.05)
    np.testing.assert_array_equal(light, EFFECTS["twinkle"].render(4.0, run_of(*lengths), EFFECTS["twinkle"].defaults))


def test_waves_on_short_runs_stay_soft():
    light = render("wave", run_of(12), np.array([0.7]), crests=12.0, depth=1.0)[0]
    assert np.abs(np.diff(light)).max() < 0.75
    assert np.count_nonzero(np.diff(np.sign(np.diff(light)))) <= 5
