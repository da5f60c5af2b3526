"""Effects: what people see of each."""

from itertools import pairwise

import numpy as np
import pytest

from maquette.core.colour import from_oklab, parse_colour, to_oklab
from maquette.show.effects import EFFECTS, Palette
from maquette.show.effects.shapes import to_light
from tests.show.filmstrip import joined, moments, paint, render, run_of


def part(number: int, lengths: tuple[int, ...]) -> slice:
    start = sum(lengths[:number])
    return slice(start, start + lengths[number])


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
        assert light[part(number, lengths)].sum() == pytest.approx(share * leds, abs=1e-4)


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


def peaks(light: np.ndarray) -> list[int]:
    """Return where light is brighter than on both sides."""
    inner = light[1:-1]
    return [int(n) + 1 for n in np.flatnonzero((inner > light[:-2]) & (inner >= light[2:]))]


@pytest.mark.parametrize(
    ("things", "each"), [(0.0, 1.0), (1.0, 1.0), (6.4, 1.0), (64.0, 10.0), (3.0, 0.5), (20.0, 1.0)]
)
def test_a_count_gives_one_light_for_each_thing_and_a_part_of_one_for_what_is_left(things, each):
    light = render("count", run_of(20), np.zeros(1), things=things, each=each, ground=0.0)[0]
    assert light.sum() == pytest.approx(things / each, abs=1e-5)
    assert np.count_nonzero(light == 1.0) == int(things / each)
    assert np.count_nonzero(light) == np.ceil(things / each)


def test_more_things_than_leds_light_them_all():
    assert render("count", run_of(20), np.zeros(1), things=1e6)[0].tolist() == [1.0] * 20


def test_no_thing_at_all_is_a_faint_glow_because_zero_is_a_value():
    light = render("count", run_of(20), np.zeros(1), things=0.0)[0]
    assert (light == light[0]).all()
    assert 0.0 < light[0] < 0.1


@pytest.mark.parametrize("leds", [1, 2, 7, 20, 48, 100])
def test_each_light_of_a_count_keeps_its_place_while_others_come(leds):
    lit = [
        set(np.flatnonzero(render("count", run_of(leds), np.zeros(1), things=n, ground=0.0)[0]))
        for n in range(leds + 1)
    ]
    assert [len(found) for found in lit] == list(range(leds + 1))
    assert all(fewer < more for fewer, more in pairwise(lit))


@pytest.mark.parametrize("things", range(2, 40))
def test_the_lights_of_a_count_are_spread_along_the_run(things):
    light = render("count", run_of(200), np.zeros(1), things=float(things), ground=0.0)[0]
    gaps = np.diff(np.flatnonzero(light))
    assert gaps.max() <= 2 * gaps.min() + 3
    assert gaps.max() <= 2 * 200 / things + 1


def test_the_groups_of_a_chase_are_alike_and_evenly_apart():
    light = render("chase", run_of(60), np.zeros(1), length=12.0)[0]
    assert peaks(light) == [12, 24, 36, 48]
    np.testing.assert_allclose(light[:48], light[12:], atol=1e-5)


def test_more_of_a_chase_is_lit_where_that_is_asked():
    shares = [
        (render("chase", run_of(60), np.zeros(1), length=20.0, lit=lit)[0] > 0.5).mean() for lit in (0.3, 0.5, 0.8)
    ]
    assert shares == sorted(set(shares))
    assert shares[1] == pytest.approx(0.5, abs=0.1)


def test_a_haze_is_slow_and_low_in_contrast():
    light = render("haze", run_of(80), moments(60.0, rate=4))
    lightness = np.cbrt(light)
    assert 0.05 < lightness.std() < 0.2
    assert light.min() > 0.2
    assert np.abs(np.diff(light, axis=0)).max() < 0.1
    assert np.abs(np.diff(light, axis=1)).max() < 0.1


def test_a_candle_is_mostly_bright_and_sinks_now_and_then():
    light = render("flicker", run_of(6), moments(60.0))[:, 0]
    assert np.median(light) > 0.7
    assert light.min() < 0.6
    assert light.min() > 0.15
    assert np.abs(np.diff(light)).max() < 0.06


def test_two_candles_do_not_flicker_alike():
    light = render("flicker", run_of(6, 6), moments(60.0))
    assert abs(np.asarray(np.corrcoef(light[:, 0], light[:, 6]))[0, 1]) < 0.4


def test_a_heart_beats_twice_the_second_time_weaker_and_then_rests():
    light = render("heartbeat", run_of(1), np.linspace(0.0, 1.0, 401), tempo=1.0)[:, 0]
    lub, dub = peaks(light)
    assert light[lub] == pytest.approx(1.0, abs=1e-3)
    assert light[0] < 0.5 * light[dub] < 0.5 * light[lub]
    assert light[lub:dub].min() < 0.5 * light[dub]
    assert dub / 400 < 0.5
    np.testing.assert_allclose(light[320:], light.min(), atol=1e-3)


def test_a_scan_goes_from_one_end_to_the_other_and_back():
    light = render("scan", run_of(41), np.array([0.0, 0.5, 1.0, 1.5]), tempo=0.5)
    assert light.argmax(axis=1).tolist() == [0, 20, 40, 20]


def test_a_scan_leaves_most_of_a_long_run_in_the_dark():
    light = render("scan", run_of(60), np.array([1.0]))[0]
    assert np.count_nonzero(light > 0.5) < 15


def test_a_rainbow_is_equally_light_everywhere_and_has_every_hue():
    lab = to_oklab(paint("rainbow", run_of(360), np.zeros(1))[0])
    assert np.ptp(lab[:, 0]) < 0.01
    hues, _ = np.histogram(np.arctan2(lab[:, 2], lab[:, 1]), bins=12, range=(-np.pi, np.pi))
    assert hues.tolist() == pytest.approx([30] * 12, abs=2)
    assert np.hypot(lab[:, 1], lab[:, 2]).min() > 0.1


@pytest.mark.parametrize(("tempo", "direction"), [(0.2, 1), (-0.2, -1)])
def test_the_hues_of_a_rainbow_travel(tempo, direction):
    before, after = paint("rainbow", run_of(50), np.array([0.0, 1.0]), tempo=tempo)
    np.testing.assert_allclose(np.roll(before, direction * 10, axis=0), after, atol=0.02)


def test_a_colour_filters_a_rainbow():
    run = run_of(12)
    red = np.zeros((3, 12), dtype=np.float32)
    red[0] = 0.5
    light = paint("rainbow", run, np.zeros(1), Palette(red, red, np.zeros(12, dtype=np.float32)))[0]
    np.testing.assert_allclose(light[:, 0], 0.5 * paint("rainbow", run, np.zeros(1))[0, :, 0], rtol=1e-6)
    assert not light[:, 1:].any()


BLUE, YELLOW, RED = "#1f5fd0", "#f2c14e", "#d1495b"


def test_a_gradient_passes_from_middle_to_middle_in_oklab():
    run, palette = joined((5, 9), (BLUE, YELLOW))
    light = paint("gradient", run, np.zeros(1), palette)[0]
    blue, yellow = parse_colour(BLUE), parse_colour(YELLOW)
    np.testing.assert_allclose(light[:3], np.tile(blue, (3, 1)), atol=1e-5)
    np.testing.assert_allclose(light[9:], np.tile(yellow, (5, 1)), atol=1e-5)
    for led in range(2, 10):
        share = (led - 2) / 7
        expected = from_oklab((1 - share) * to_oklab(blue) + share * to_oklab(yellow))
        np.testing.assert_allclose(light[led], expected, atol=1e-5)


def test_nothing_is_made_up_across_a_missing_value():
    run, palette = joined((6, 6, 6, 6), (BLUE, None, YELLOW, RED))
    light = paint("gradient", run, np.zeros(1), palette)[0]
    np.testing.assert_allclose(light[:6], np.tile(parse_colour(BLUE), (6, 1)), atol=1e-5)
    assert not light[6:12].any()
    np.testing.assert_allclose(light[12:15], np.tile(parse_colour(YELLOW), (3, 1)), atol=1e-5)
    assert np.abs(light[17] - parse_colour(YELLOW)).max() > 0.05


def test_a_gradient_of_one_zone_is_even():
    run, palette = joined((6,), (BLUE,))
    np.testing.assert_allclose(
        paint("gradient", run, np.zeros(1), palette)[0], np.tile(parse_colour(BLUE), (6, 1)), atol=1e-5
    )
