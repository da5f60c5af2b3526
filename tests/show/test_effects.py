"""Effects: each looks as it should, keeps within [0, 1] and cannot break the flash rule at any parameters."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.colour import LUMINANCE
from maquette.show.effects import EFFECTS, Run
from maquette.show.layers import Painter
from maquette.show.scenario import Layer, Step
from tests.show.filmstrip import RATE, SHOWN, filmstrip, moments, paint, read, run_of
from tests.show.flash_judge import most_changes_in_a_second
from tests.show.flashes import THRESHOLD, most_pairs_in_a_second, windows
from tests.show.models import model_of, strips_of

MOVING = sorted(name for name, effect in EFFECTS.items() if not effect.still)
ALL = sorted(EFFECTS)


def parameters_of(name: str) -> st.SearchStrategy[dict[str, float]]:
    """Parameters anywhere in their ranges, with a liking for the ends."""
    return st.fixed_dictionaries(
        {
            parameter: st.one_of(st.sampled_from([kind.maximum, kind.minimum]), st.floats(kind.minimum, kind.maximum))
            for parameter, kind in EFFECTS[name].parameters.items()
        }
    )


@pytest.mark.parametrize("name", ALL)
def test_an_effect_is_registered_under_its_name_and_says_what_people_see(name):
    effect = EFFECTS[name]
    assert effect.name == name
    for doc in (effect.doc, *(kind.doc for kind in effect.parameters.values())):
        assert list(doc) == ["fr", "en"]
        assert all(words.endswith(".") for words in doc.values())
    for kind in effect.parameters.values():
        assert kind.minimum <= kind.default <= kind.maximum
    assert effect.still == (effect.rate is None)
    if effect.rate is not None:
        assert {effect.rate, "phase"} <= set(effect.parameters)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_light_stays_between_nothing_and_full(name, data):
    run = run_of(*data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=4)))
    parameters = data.draw(parameters_of(name))
    t = data.draw(st.floats(0.0, 1e7))
    light = EFFECTS[name].render(t, run, parameters)
    assert light.dtype == np.float32
    assert light.shape == run.index.shape
    colours = paint(name, run, np.array([t]), **parameters)
    for found in (light, colours):
        assert found.dtype == np.float32
        assert found.min() >= 0.0
        assert found.max() <= 1.0


def seen(name: str, run: Run, lengths: list[int], start: float, parameters: dict[str, float]) -> np.ndarray:
    """Return what may not flash, over some seconds of an effect on white light: eight neighbours, each run, the whole strip."""
    seconds = 0.1 if EFFECTS[name].still else 2.0
    luminance = paint(name, run, moments(seconds, start), **parameters) @ LUMINANCE
    ends = np.cumsum(lengths)
    runs = [luminance[:, end - leds : end].mean(axis=1, keepdims=True) for leds, end in zip(lengths, ends, strict=True)]
    return np.hstack([windows(luminance), *runs])


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_parameters_break_the_flash_rule(name, data):
    lengths = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=4) | st.integers(1, 60).map(lambda n: [n]))
    run = replace(run_of(*lengths), seed=np.repeat(data.draw(seeds(len(lengths))), lengths))
    parameters = data.draw(parameters_of(name))
    luminance = seen(name, run, lengths, data.draw(st.floats(0.0, 1e4)), parameters)
    # A tenth of the most that is ever seen, not of full white: stricter than the rule, so that dim light is calm as well.
    threshold = min(THRESHOLD, 0.1 * max(float(luminance.max()), 0.05))
    assert most_pairs_in_a_second(luminance, RATE, threshold) <= 3


def seeds(runs: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 2**31), min_size=runs, max_size=runs)


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("lengths", [[1], [3], [8], [13], [60], [300], [2, 3, 5, 4]])
def test_the_extremes_of_all_parameters_together_are_calm(name, lengths):
    kinds = EFFECTS[name].parameters.items()
    corners = [
        dict(zip((parameter for parameter, _ in kinds if parameter != "phase"), ends, strict=True))
        for ends in product(*([kind.minimum, kind.maximum] for parameter, kind in kinds if parameter != "phase"))
    ]
    # Side by side, they are judged in one go.
    luminance = np.hstack([seen(name, run_of(*lengths), lengths, 0.0, corner) for corner in corners])
    assert most_pairs_in_a_second(luminance, RATE) <= 3


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("together", [False, True])
def test_the_bytes_of_an_effect_alone_satisfy_the_judge_of_bytes(name, together):
    model = model_of(strips_of(20), {"long": range(12), "short": range(12, 17), "hut": range(17, 20)})
    highest = {parameter: kind.maximum for parameter, kind in EFFECTS[name].parameters.items()}
    layer = Layer(tuple(model.zones), effect=name, parameters=highest, together=together)
    painter, times = Painter(model, Step(layers=(layer,))), moments(2.0).tolist()
    frames = [np.rint(255 * painter.paint(t)).astype(np.uint8) for t in times]
    assert most_changes_in_a_second(model, times, frames).max() <= 6


def test_the_judge_of_flashes_sees_a_strobe():
    strobe = np.tile([[0.0], [1.0], [1.0], [0.0]], (45, 8))
    assert most_pairs_in_a_second(windows(strobe), RATE) == 15


@pytest.mark.parametrize("name", ALL)
def test_an_effect_looks_as_on_its_filmstrip(name):
    expected = read(name).astype(int)
    assert np.abs(filmstrip(name, **SHOWN[name]).astype(int) - expected).max() <= 1


@pytest.mark.parametrize("name", ALL)
def test_the_order_of_leds_does_not_matter(name):
    run = run_of(20, 5)
    order = np.random.default_rng(7).permutation(25)
    shuffled = Run(run.position[order], run.distance[order], run.index[order], run.length[order], run.seed[order])
    parameters = EFFECTS[name].defaults | SHOWN[name]
    expected = paint(name, run, np.array([3.3]), **parameters)[:, order]
    np.testing.assert_allclose(paint(name, shuffled, np.array([3.3]), **parameters), expected, atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_parameters_given_per_led_act_like_the_same_number_given_once(name):
    run = run_of(17, 6)
    parameters = EFFECTS[name].defaults | SHOWN[name]
    each = {parameter: np.full(23, value) for parameter, value in parameters.items()}
    expected = paint(name, run, np.array([12.7]), **parameters)
    np.testing.assert_allclose(paint(name, run, np.array([12.7]), **each), expected, atol=1e-5)


@pytest.mark.parametrize("name", MOVING)
def test_each_zone_follows_its_own_rate(name):
    run = run_of(12, 12)
    effect = EFFECTS[name]
    assert effect.rate is not None
    rates = np.repeat([0.0, 0.35], 12)
    light = paint(name, run, moments(2.0), **{effect.rate: rates})
    assert np.ptp(light[:, :12], axis=0).max() == 0.0
    assert np.ptp(light[:, 12:], axis=0).max() > 0.1


@pytest.mark.parametrize("name", MOVING)
def test_a_phase_stands_for_the_time_that_it_takes(name):
    effect = EFFECTS[name]
    rate = effect.defaults[effect.rate or ""]
    run = run_of(30)
    later = paint(name, run, np.array([5.0]))
    shifted = paint(name, run, np.array([0.0]), phase=5.0 * rate)
    np.testing.assert_allclose(shifted, later, atol=1e-5)


@pytest.mark.parametrize("name", MOVING)
def test_motion_is_as_smooth_after_a_month_as_in_the_first_second(name):
    month = 30 * 86400.0
    fresh = paint(name, run_of(30), moments(4.0))
    old = paint(name, run_of(30), moments(4.0, month))
    steps = [np.abs(np.diff(light, axis=0)) for light in (fresh, old)]
    assert steps[1].max() < 3 * steps[0].max()
    assert np.count_nonzero(steps[1].max(axis=1)) > 0.5 * np.count_nonzero(steps[0].max(axis=1))


@pytest.mark.parametrize("name", MOVING)
def test_no_led_jumps_from_one_frame_to_the_next_at_default_parameters(name):
    light = paint(name, run_of(1, 3, 7, 20, 48), moments(12.0))
    assert np.abs(np.diff(light, axis=0)).max() < 0.2
