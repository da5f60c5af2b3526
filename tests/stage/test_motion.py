"""A horn's way to its target: no faster than it may, no further than it should, and it gets there."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.stage.motion import Motion, approach, is_settled

FRAME = 1 / 60
angles = st.floats(-90, 90)


def path(motion, target, top_speed, frames):
    motions = []
    for _ in range(frames):
        motion = approach(motion, target, top_speed, FRAME)
        motions.append(motion)
    return motions


@given(angles, angles, st.floats(5, 720))
def test_it_reaches_its_target_without_passing_it(start, target, top_speed):
    frames = int((180 / top_speed + 2.0) * 60)
    motions = path(Motion(start), target, top_speed, frames)
    low, high = min(start, target), max(start, target)
    assert all(low - 1e-9 <= motion.angle_deg <= high + 1e-9 for motion in motions)
    assert is_settled(motions[-1], target)


@given(angles, angles, angles, st.floats(5, 720), st.integers(1, 60))
def test_it_never_turns_faster_than_it_may_even_when_the_target_moves(start, first, second, top_speed, turn_at):
    motions = [Motion(start), *path(Motion(start), first, top_speed, turn_at)]
    motions += path(motions[-1], second, top_speed, 60)
    steps = [abs(after.angle_deg - before.angle_deg) for before, after in itertools.pairwise(motions)]
    assert max(steps) <= top_speed * FRAME + 0.011
    assert all(-90.0001 <= motion.angle_deg <= 90.0001 for motion in motions)


def test_it_starts_and_ends_gently():
    motions = path(Motion(0.0), 90.0, 90.0, 120)
    steps = [after.angle_deg - before.angle_deg for before, after in itertools.pairwise(motions)]
    moving = [step for step in steps if step > 0]
    assert moving[0] < max(moving) / 4
    assert moving[-1] < max(moving) / 4
    assert max(moving) == pytest.approx(90.0 * FRAME)


def test_after_a_pause_it_does_not_jump():
    after = approach(Motion(0.0, 90.0), 90.0, 90.0, 10.0)
    assert after.angle_deg <= 9.0


def test_no_time_is_no_motion():
    assert approach(Motion(10.0), 50.0, 90.0, 0.0) == Motion(10.0)
