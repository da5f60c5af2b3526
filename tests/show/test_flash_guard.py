import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.show.flash_guard import LEEWAY_S, FlashGuard
from tests.show.flash_judge import most_changes_in_a_second
from tests.show.models import model_of, strips_of

# A long strip, a short one, one as long as a window; a zone that straddles two strips, one of scattered LEDs, one of a single LED.
MODEL = model_of(
    strips_of(24, 5, 8),
    {
        "straddling": [20, 21, 22, 23, 24, 25],
        "scattered": [0, 7, 14, 30, 36],
        "single": [10],
        "long": list(range(11, 20)),
    },
)
LEDS = MODEL.led_count
WHITE = np.full((LEDS, 3), 255, dtype=np.uint8)
DARK = np.zeros((LEDS, 3), dtype=np.uint8)


def passed_on(times, frames, model=MODEL):
    guard = FlashGuard(model)
    return [guard.pass_on(frame, now) for now, frame in zip(times, frames, strict=True)]


def assert_never_flashes(times, frames, model=MODEL):
    shown = passed_on(times, frames, model)
    assert most_changes_in_a_second(model, times, shown).max() <= 6
    return shown


def test_the_judge_sees_a_strobe():
    times = [n / 8 for n in range(16)]
    frames = [WHITE if n % 2 == 0 else DARK for n in range(16)]
    assert most_changes_in_a_second(MODEL, times, frames).min() == 8


@pytest.mark.parametrize("rate", range(1, 61))
def test_a_strobe_never_flashes_more_than_three_times_a_second(rate):
    times = [n / 120 for n in range(240)]
    frames = [WHITE if int(now * rate * 2) % 2 == 0 else DARK for now in times]
    shown = assert_never_flashes(times, frames)
    if rate <= 2:
        assert all(np.array_equal(sent, asked) for sent, asked in zip(shown, frames, strict=True))


def test_three_flashes_a_second_are_spent_before_anything_is_held():
    times = [n / 60 for n in range(60)]
    shown = passed_on(times, [WHITE if n % 2 == 0 else DARK for n in range(60)])
    changes = [n for n in range(1, 60) if not np.array_equal(shown[n], shown[n - 1])]
    assert changes == [1, 2, 3, 4, 5]  # the sixth change is the first frame, from the dark


def test_slow_light_passes_unchanged_to_the_byte():
    rng = np.random.default_rng(1)
    base = rng.integers(0, 256, (LEDS, 3))
    times = [n / 60 for n in range(600)]
    frames = [np.rint(base * (0.5 + 0.5 * np.sin(2 * np.pi * 0.7 * now))).astype(np.uint8) for now in times]
    assert all(np.array_equal(sent, asked) for sent, asked in zip(passed_on(times, frames), frames, strict=True))


def test_changes_under_a_tenth_may_be_as_quick_as_they_like():
    times = [n / 60 for n in range(120)]
    frames = [np.full((LEDS, 3), 100 if n % 2 else 124, dtype=np.uint8) for n in range(120)]
    assert all(np.array_equal(sent, asked) for sent, asked in zip(passed_on(times, frames), frames, strict=True))


def test_a_tenth_is_a_tenth_to_the_unit():
    model = model_of(strips_of(2))
    # 10 % of two LEDs is 510 000 units of luminance: 25.5 each, so bytes 25 and 26 reach it and twice 25 do not.
    for pair, guarded in (((25, 26), True), ((25, 25), False)):
        frames = [np.array([[b] * 3 for b in pair], dtype=np.uint8) * (n % 2 == 0) for n in range(30)]
        shown = passed_on([n / 30 for n in range(30)], frames, model)
        assert any(not np.array_equal(s, f) for s, f in zip(shown, frames, strict=True)) is guarded


@pytest.mark.parametrize("last", [0, 30, 97, 255])
def test_after_a_strobe_the_asked_frame_arrives_within_a_second(last):
    guard = FlashGuard(MODEL)
    for n in range(120):
        guard.pass_on(WHITE if n % 2 == 0 else DARK, n / 60)
    asked = np.full((LEDS, 3), last, dtype=np.uint8)
    shown = [guard.pass_on(asked, 2 + n / 60) for n in range(61)]
    assert np.array_equal(shown[-1], asked)


def test_only_the_part_that_flashes_is_held():
    frames = []
    for n in range(60):
        frame = np.full((LEDS, 3), n, dtype=np.uint8)
        frame[:3] = 255 * (n % 2)
        frames.append(frame)
    shown = assert_never_flashes([n / 60 for n in range(60)], frames)
    # The last strip but for its last LED shares no window of eight and no zone with the first three LEDs, a twelfth of the model.
    assert all(np.array_equal(s[31:36], f[31:36]) for s, f in zip(shown, frames, strict=True))
    assert not all(np.array_equal(s[:3], f[:3]) for s, f in zip(shown, frames, strict=True))


def test_a_chase_and_alternating_neighbours_never_flash():
    times = [n / 60 for n in range(240)]
    chase = [np.where((np.arange(LEDS) - n) % 8 < 4, 255, 0)[:, None].repeat(3, 1).astype(np.uint8) for n in range(240)]
    assert_never_flashes(times, chase)
    alternating = [
        np.where((np.arange(LEDS) + n) % 2, 255, 0)[:, None].repeat(3, 1).astype(np.uint8) for n in range(240)
    ]
    # Neighbours that change places leave every window of eight as it was; the single LED of a zone flashes.
    assert_never_flashes(times, alternating)


def test_a_frame_that_is_asked_again_is_the_same_object():
    guard = FlashGuard(MODEL)
    first = guard.pass_on(WHITE, 0.0)
    assert guard.pass_on(WHITE.copy(), 0.1) is first
    assert not first.flags.writeable


def test_what_the_caller_does_with_its_buffer_afterwards_changes_nothing():
    guard = FlashGuard(MODEL)
    buffer = WHITE.copy()
    shown = guard.pass_on(buffer, 0.0)
    buffer[:] = 0
    assert shown.min() == 255


def test_a_clock_that_steps_back_opens_no_gap():
    guard = FlashGuard(MODEL)
    shown = [guard.pass_on(WHITE if n % 2 == 0 else DARK, 10.0 - n) for n in range(40)]
    assert sum(not np.array_equal(a, b) for a, b in zip(shown[1:], shown, strict=False)) == 5


def test_a_model_without_zones_or_leds_is_guarded_too():
    empty = model_of({})
    assert passed_on([0.0], [np.zeros((0, 3), dtype=np.uint8)], empty)[0].shape == (0, 3)
    assert_never_flashes(
        [n / 20 for n in range(60)],
        [np.full((1, 3), 255 * (n % 2), dtype=np.uint8) for n in range(60)],
        model_of(strips_of(1)),
    )


KINDS = st.sampled_from(["white", "dark", "noise", "walk", "half", "chase", "dim", "same", "zone"])
GAPS = st.sampled_from([0.0, 0.002, 1 / 60, 1 / 30, 0.1, 1 / 6, 0.2, 0.33, 0.5, 1.0])


def drawn_frame(kind, before, rng):
    if kind == "white":
        return WHITE
    if kind == "dark":
        return DARK
    if kind == "noise":
        return rng.integers(0, 256, (LEDS, 3)).astype(np.uint8)
    if kind == "walk":
        return np.clip(before.astype(int) + rng.integers(-60, 61, (LEDS, 3)), 0, 255).astype(np.uint8)
    if kind == "dim":
        return (before * rng.random()).astype(np.uint8)
    frame = before.copy()
    if kind == "half":
        cut = int(rng.integers(0, LEDS))
        frame[:cut], frame[cut:] = 255, 0
    elif kind == "chase":
        frame = np.roll(frame, int(rng.integers(1, 5)), axis=0)
    elif kind == "zone":
        frame[list(MODEL.zones.values())[int(rng.integers(0, 4))].leds] = int(rng.choice([0, 255]))
    return frame


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(KINDS, GAPS), min_size=8, max_size=60), st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_nothing_anybody_asks_for_flashes(script, seed, speed):
    rng = np.random.default_rng(seed)
    times, frames, now, frame = [], [], 0.0, DARK
    for kind, gap in script:
        now += gap / speed
        frame = drawn_frame(kind, frame, rng)
        times.append(now)
        frames.append(frame)
    shown = assert_never_flashes(times, frames)
    # Of each LED either the asked bytes left or the ones it showed.
    for before, sent, asked in zip([DARK, *shown], shown, frames, strict=False):
        assert ((sent == asked).all(axis=1) | (sent == before).all(axis=1)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_after_noise_stops_the_asked_frame_arrives(seed):
    rng = np.random.default_rng(seed)
    guard = FlashGuard(MODEL)
    for n in range(60):
        guard.pass_on(rng.integers(0, 256, (LEDS, 3)).astype(np.uint8), n / 60)
    asked = rng.integers(0, 256, (LEDS, 3)).astype(np.uint8)
    shown = [guard.pass_on(asked, 1 + n / 60) for n in range(121)]
    assert np.array_equal(shown[-1], asked)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(2.0, 30.0), st.integers(1, 6))
def test_frames_that_are_left_out_or_shown_a_little_late_flash_no_more(seed, rate, stride):
    # As a page does that cannot keep up: it shows some of the frames only, in their order, and what changed in those that it
    # leaves out is seen with the next, up to the leeway after it happened.
    rng = np.random.default_rng(seed)
    times = [n / 60 for n in range(180)]
    levels = rng.integers(0, 256, int(3 * rate) + 2)
    shown = passed_on(times, [np.full((LEDS, 3), levels[int(now * rate)], dtype=np.uint8) for now in times])
    kept = [n for n in np.cumsum(rng.integers(1, stride + 1, len(times))) - 1 if n < len(times)]
    oldest = [times[n + 1] for n in [-1, *kept[:-1]]]
    late = np.maximum.accumulate([rng.uniform(times[n], old + LEEWAY_S) for n, old in zip(kept, oldest, strict=True)])
    assert most_changes_in_a_second(MODEL, [float(now) for now in late], [shown[n] for n in kept]).max() <= 6
