"""Motion: how a servo's horn gets from where it is to where it should be, gently. Pure; time is an argument."""

import math
from dataclasses import dataclass

EASING_S = 0.3
"""Seconds from rest to top speed, and from top speed to rest."""
LONGEST_STEP_S = 0.1
"""After a pause the horn moves on from where it was, as if no more than this had passed."""
_ARRIVED_DEG = 0.01


@dataclass(frozen=True, slots=True)
class Motion:
    """Where a horn is (degrees) and how fast it turns (degrees per second)."""

    angle_deg: float
    speed_deg_s: float = 0.0


def approach(motion: Motion, target_deg: float, top_speed_deg_s: float, elapsed_s: float) -> Motion:
    """Turn towards a target: speed up, cruise at most at top speed, slow down, stop there.

    Args:
        motion: where it is now.
        target_deg: where it should be.
        top_speed_deg_s: the greatest speed, above 0.
        elapsed_s: since ``motion``; counted as 0.1 s at most.

    Returns:
        Where it is after ``elapsed_s``. It never passes a target that stays where it is.
    """
    elapsed = min(elapsed_s, LONGEST_STEP_S)
    if elapsed <= 0 or is_settled(motion, target_deg):
        return motion
    acceleration = top_speed_deg_s / EASING_S
    remaining = target_deg - motion.angle_deg
    # The speed from which it can still stop at the target after this step: speed · elapsed + speed² / (2 · acceleration) = remaining.
    stopping = acceleration * (math.sqrt(elapsed**2 + 2 * abs(remaining) / acceleration) - elapsed)
    allowed = min(top_speed_deg_s, stopping)
    towards = math.copysign(1.0, remaining)
    speed = min(motion.speed_deg_s * towards + acceleration * elapsed, allowed)
    angle = motion.angle_deg + towards * speed * elapsed
    if speed >= 0 and abs(target_deg - angle) < _ARRIVED_DEG:
        return Motion(target_deg)
    return Motion(angle, towards * speed)


def is_settled(motion: Motion, target_deg: float) -> bool:
    """Tell whether a horn rests at its target."""
    return motion.angle_deg == target_deg and motion.speed_deg_s == 0.0
