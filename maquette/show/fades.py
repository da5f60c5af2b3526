"""Fades: what was seen last and what is to be seen flow in, what is seen between them flows out."""

from dataclasses import dataclass

import numpy as np

from maquette.core.frame import Frame

_HEAD_START = 0.12  # a fade begins a little way in: the first frame after a press already differs, by less than anyone takes for a jump


@dataclass(frozen=True, eq=False)
class Fade:
    """A cross-fade in linear light, as two lamps would do it.

    Attributes:
        start: the frame that was seen when it began, shape (LEDs, 3).
        began_at: monotonic seconds.
        lasts_s: seconds, above 0.
    """

    start: Frame
    began_at: float
    lasts_s: float

    @property
    def ends_at(self) -> float:
        """Monotonic seconds from which nothing of the start is seen."""
        return self.began_at + self.lasts_s

    def mixed(self, target: Frame, now: float) -> Frame:
        """Return what is seen at ``now`` (monotonic seconds), shape (LEDs, 3)."""
        along = min(max((now - self.began_at) / self.lasts_s, 0.0), 1.0)
        share = np.float32(smoothstep(_HEAD_START + (1.0 - _HEAD_START) * along))
        mixture: Frame = self.start + (target - self.start) * share
        return mixture


def smoothstep(x: float) -> float:
    """Return 3x² - 2x³ with x clamped to [0, 1]: it leaves gently and arrives gently."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)
