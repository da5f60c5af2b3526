"""A horn's way to its target: no faster than it may, no harder than it may, no further than it should, and it gets there."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maquette.stage.motion import LONGEST_STEP_S, Motion, approach, is_settled

FRAME = 1 / 60
angles = st.floats(-90, 90)
speeds = st.floats(0.1, 720)
accelerations = st.floats(5, 5000)
gaps = st.one_of(st.just(FRAME), st.floats(0, 0.2), st.floats(0, 3600))
orders = st.lists(st.tuples(angles, st.sampled_from((0.3, 1.0)), gaps, st.integers(1, 20)), min_size=1, max_size=8)


def path(motion, target, top_speed, acceleration, frames):
    motions = []
    for _ in range(frames):
        motion = approach(motion, target, top_speed, acceleration, FRAME)
        motions.append(motion)
    return motions


@settings(deadline=None, max_examples=60)
@given(angles, angles, st.floats(5, 720), st.floats(20, 5000))
def test_it_reaches_its_target_without_passing_it(start, target, top_speed, acceleration):
    frames = int((180 / top_speed + 2 * (180 / acceleration) ** 0.5 + top_speed / acceleration + 1.0) * 60)
    motions = path(Motion(start), target, top_speed, acceleration, frames)
    low, high = min(start, target), max(start, target)
    assert all(low - 1e-9 <= motion.angle_deg <= high + 1e-9 for motion in motions)
    assert is_settled(motions[-1], target)


@settings(deadline=None, max_examples=60)
@given(angles, speeds, accelerations, orders)
@example(0.0, 15.0, 294.0, [(1.0, 1.0, FRAME, 7)])
def test_whatever_is_asked_and_however_late_it_never_turns_faster_nor_harder_than_it_may(
    start, top_speed, acceleration, asked
):
    motion, farthest = Motion(start), [start]
    for target, pace, gap, frames in asked:
        farthest.append(target)
        for _ in range(frames):
            before, motion = motion, approach(motion, target, pace * top_speed, acceleration, gap)
            elapsed = min(gap, LONGEST_STEP_S)
            assert abs(motion.angle_deg - before.angle_deg) <= top_speed * elapsed + 1e-9
            assert abs(motion.speed_deg_s) <= top_speed + 1e-9
            assert abs(motion.speed_deg_s - before.speed_deg_s) <= acceleration * elapsed + 1e-6
            assert min(farthest) - 1e-6 <= motion.angle_deg <= max(farthest) + 1e-6


def test_it_starts_and_ends_gently():
    motions = path(Motion(0.0), 90.0, 90.0, 300.0, 120)
    steps = [after.angle_deg - before.angle_deg for before, after in itertools.pairwise(motions)]
    moving = [step for step in steps if step > 0]
    assert moving[0] < max(moving) / 4
    assert moving[-1] < max(moving) / 4
    assert max(moving) == pytest.approx(90.0 * FRAME)


def test_calmed_on_its_way_it_slows_down_as_gently_as_it_stops():
    fast = path(Motion(0.0), 90.0, 90.0, 300.0, 30)[-1]
    slower = path(fast, 90.0, 27.0, 300.0, 30)
    assert fast.speed_deg_s == pytest.approx(90.0)
    assert slower[0].speed_deg_s == pytest.approx(85.0)
    assert slower[-1].speed_deg_s == pytest.approx(27.0)


def test_after_a_pause_it_does_not_jump():
    after = approach(Motion(0.0, 90.0), 90.0, 90.0, 300.0, 10.0)
    assert after.angle_deg <= 4.5


def test_no_time_is_no_motion():
    assert approach(Motion(10.0), 50.0, 90.0, 300.0, 0.0) == Motion(10.0)
