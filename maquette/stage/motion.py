"""Motion: how a servo's horn gets from where it is to where it should be, gently. Pure; time is an argument."""

import math
from dataclasses import dataclass

LONGEST_STEP_S = 0.05
"""After a pause the horn moves on from where it was, as if no more than this had passed: what is asked at once stays small."""
_ARRIVED_DEG = 0.01


@dataclass(frozen=True, slots=True)
class Motion:
    """Where a horn is (degrees) and how fast it turns (degrees per second)."""

    angle_deg: float
    speed_deg_s: float = 0.0


def approach(
    motion: Motion, target_deg: float, top_speed_deg_s: float, acceleration_deg_s2: float, elapsed_s: float
) -> Motion:
    """Turn towards a target: speed up, cruise at most at top speed, slow down, stop there.

    A target that moves, or a top speed that falls, makes the horn brake no harder than it may, so it may first go on a little: never beyond
    the farthest target that it has had. The acceleration must not change on the way.

    Args:
        motion: where it is now.
        target_deg: where it should be.
        top_speed_deg_s: the greatest speed, above 0.
        acceleration_deg_s2: the greatest change of speed in a second, above 0.
        elapsed_s: since ``motion``; counted as 0.05 s at most.

    Returns:
        Where it is after ``elapsed_s``.
    """
    elapsed = min(elapsed_s, LONGEST_STEP_S)
    if elapsed <= 0 or is_settled(motion, target_deg):
        return motion
    change = acceleration_deg_s2 * elapsed
    remaining = target_deg - motion.angle_deg
    towards = math.copysign(1.0, remaining)
    speed = motion.speed_deg_s * towards
    # The speed from which it can still stop at the target after this step: speed · elapsed + speed² / (2 · acceleration) = remaining.
    stopping = acceleration_deg_s2 * (math.sqrt(elapsed**2 + 2 * abs(remaining) / acceleration_deg_s2) - elapsed)
    after = max(min(speed + change, top_speed_deg_s, stopping), speed - change)
    angle = motion.angle_deg + towards * after * elapsed
    left = abs(target_deg - angle)
    if left < _ARRIVED_DEG and after >= 0 and speed <= change and after * elapsed + left <= top_speed_deg_s * elapsed:
        return Motion(target_deg)
    return Motion(angle, towards * after)


def is_settled(motion: Motion, target_deg: float) -> bool:
    """Tell whether a horn rests at its target."""
    return motion.angle_deg == target_deg and motion.speed_deg_s == 0.0
