"""The flash guard: wanted bytes flow in, bytes that nobody needs to fear flow out.

No part of the model may flash more than three times a second. A part is a window: any eight neighbouring LEDs of a strip (what ten
degrees of sight hold at one metre; the whole strip when it is shorter), any zone, and the whole model. A flash is a pair of opposite
changes of a window's mean luminance, each of a tenth of full white or more (the general flash of WCAG 2.2, success criterion 2.3.1,
without its exception for bright pictures). In any second a window makes at most six such changes, wherever the second begins.

All arithmetic is in whole numbers, so the rule holds exactly.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from maquette.core.colour import LUMINANCE
from maquette.show.model import Indices, Model

Pixels = npt.NDArray[np.uint8]
"""R, G, B per LED, shape (LEDs, 3)."""

Mask = npt.NDArray[np.bool_]
"""One truth per LED, shape (LEDs,)."""

NEIGHBOURS = 8
"""LEDs in one window of a strip."""

PERIOD_S = 1.0
"""Seconds in which a window makes at most `CHANGES` opposite changes."""

LEEWAY_S = 0.1
"""Seconds by which bytes may leave later than the moment that they are for: a frame may begin a period late, a strip may be busy."""

CHANGES = 6
"""Three pairs."""

_WEIGHTS = np.rint(LUMINANCE.astype(np.float64) * 10_000)  # in ten-thousandths
_THRESHOLD = 255 * 10_000 // 10  # a tenth of one LED's full white
_NARROW_PASSES = 8  # beyond this many, whole strips are held, and in the end everything: a frame's cost is bounded

Refuse = Callable[[Pixels], Mask | None]
"""Tells which LEDs of a candidate frame must keep their previous bytes for another reason; None when all may pass."""


class FlashGuard:
    """Holds back the LEDs whose new bytes would flash.

    An LED that is held keeps the bytes that it shows; all others take the new ones. Holding everything is always possible, since the
    frame that is shown has passed before: so there is an answer for every frame, and a frame that waits passes soon after a second.

    A window keeps the direction in which it goes, the furthest luminance it has reached and when, and when its last changes ended.
    It may always go on in its direction. It may turn back by a tenth only a second (and `LEEWAY_S`) after the end of its sixth-last
    change: counted so, even a change that was already under way when the second began is one of the six.
    """

    def __init__(self, model: Model) -> None:
        self._leds, starts, ends = _windows(model)
        self._starts, self._ends = np.array(starts, dtype=np.intp), np.array(ends, dtype=np.intp)
        self._strip_of = np.repeat(np.arange(len(model.strips)), [strip.leds for strip in model.strips.values()])
        self._thresholds = (self._ends - self._starts).astype(np.int64) * _THRESHOLD
        count = len(starts)
        self._direction = np.full(count, -1, dtype=np.int64)
        self._furthest = np.zeros(count, dtype=np.int64)
        self._reached_at = np.full(count, -np.inf)
        # When changes ended, newest last written; the change under way has not ended, so one less than `CHANGES`.
        self._ended_at = np.full((count, CHANGES - 1), -np.inf)
        self._slot = np.zeros(count, dtype=np.intp)
        self._oldest = np.full(count, -np.inf)
        self._now = -np.inf
        self._shown: Pixels = np.zeros((model.led_count, 3), dtype=np.uint8)
        self._shown.flags.writeable = False

    @property
    def shown(self) -> Pixels:
        """The bytes that passed last, read-only; dark before the first frame."""
        return self._shown

    def follow(self, before: "FlashGuard") -> None:
        """Go on where another guard of as many LEDs left off.

        A window that it kept as well goes on with its history. Of a new one nothing is known: it may grow darker, and may turn back only
        after a second, as if it had spent all its changes.
        """
        known = {window.tobytes(): number for number, window in enumerate(before._each_window())}
        found = np.array([known.get(window.tobytes(), -1) for window in self._each_window()], dtype=np.intp)
        kept, new = np.flatnonzero(found >= 0), np.flatnonzero(found < 0)
        self._now, self._shown = before._now, before._shown
        self._furthest = self._luminances(self._shown)
        for name in ("_direction", "_furthest", "_reached_at", "_ended_at", "_slot", "_oldest"):
            getattr(self, name)[kept] = getattr(before, name)[found[kept]]
        self._reached_at[new] = self._ended_at[new] = self._oldest[new] = self._now

    def pass_on(self, pixels: Pixels, now: float, refuse: Refuse | None = None) -> Pixels:
        """Let a frame through as far as it may pass.

        Args:
            pixels: the wanted bytes, shape (LEDs, 3).
            now: monotonic seconds; steps may be irregular, and a step back counts as none.
            refuse: a second rule that the result must satisfy too, asked of mixtures of shown and wanted bytes only: it must be content
                with the frame that is shown and with the one that is wanted.

        Returns:
            The bytes to send, read-only, shape (LEDs, 3): of each LED either the wanted ones or the ones it shows.
        """
        now = self._now = max(now, self._now)
        if np.array_equal(pixels, self._shown):
            return self._shown
        wanted, held, passes = pixels.copy(), np.zeros(len(pixels), dtype=np.bool_), 0
        while True:
            luminances = self._luminances(wanted)
            also = self._too_soon(luminances, now)
            if also is None and refuse is not None and passes:
                also = refuse(wanted)
            if also is None:
                break
            also = self._widened(also, passes)
            if not (also & ~held).any():
                return self._shown
            held |= also
            wanted[also] = self._shown[also]
            passes += 1
        self._remember(luminances, now)
        wanted.flags.writeable = False
        self._shown = wanted
        return wanted

    def _each_window(self) -> Iterator[Indices]:
        for start, end in zip(self._starts, self._ends, strict=True):
            yield self._leds[start:end]

    def _luminances(self, pixels: Pixels) -> npt.NDArray[np.int64]:
        """Return the sum of luminance over each window, shape (windows,). Whole numbers below 2⁵³ are exact in float64."""
        each = pixels.astype(np.float64) @ _WEIGHTS
        sums = np.zeros(len(self._leds) + 1)
        np.cumsum(each[self._leds], out=sums[1:])
        return (sums[self._ends] - sums[self._starts]).astype(np.int64)

    def _too_soon(self, luminances: npt.NDArray[np.int64], now: float) -> Mask | None:
        """Return the LEDs of the windows that would turn back too soon, or None when there is none."""
        recent = now - self._oldest < PERIOD_S + LEEWAY_S
        if not recent.any():
            return None
        refused = np.flatnonzero(recent & ((luminances - self._furthest) * self._direction <= -self._thresholds))
        if not len(refused):
            return None
        edges = np.zeros(len(self._leds) + 1, dtype=np.intp)
        np.add.at(edges, self._starts[refused], 1)
        np.add.at(edges, self._ends[refused], -1)
        held = np.zeros(len(self._shown), dtype=np.bool_)
        held[self._leds[np.cumsum(edges[:-1]) > 0]] = True
        return held

    def _widened(self, held: Mask, passes: int) -> Mask:
        """Return more LEDs to hold once narrow holding has been tried often enough."""
        if passes < _NARROW_PASSES:
            return held
        if passes < 2 * _NARROW_PASSES:
            return np.isin(self._strip_of, self._strip_of[held])
        return np.ones_like(held)

    def _remember(self, luminances: npt.NDArray[np.int64], now: float) -> None:
        """Take note of what every window does with the frame that passes."""
        progress = (luminances - self._furthest) * self._direction
        turning = np.flatnonzero(progress <= -self._thresholds)
        if len(turning):
            slots = self._slot[turning]
            self._ended_at[turning, slots] = self._reached_at[turning]
            self._slot[turning] = slots = (slots + 1) % (CHANGES - 1)
            self._oldest[turning] = self._ended_at[turning, slots]
            self._direction[turning] *= -1
        moved = progress > 0
        moved[turning] = True
        np.copyto(self._furthest, luminances, where=moved)
        self._reached_at[moved] = now


def _windows(model: Model) -> tuple[Indices, Sequence[int], Sequence[int]]:
    """Lay all windows as spans over one list of LEDs: the strips end to end, then each zone's LEDs."""
    starts: list[int] = []
    ends: list[int] = []
    for strip in model.strips.values():
        size = min(NEIGHBOURS, strip.leds)
        if size:
            first = range(strip.start, strip.start + strip.leds - size + 1)
            starts.extend(first)
            ends.extend(start + size for start in first)
    total = model.led_count
    if total:
        starts.append(0)
        ends.append(total)
    # Python's own sort: numpy's `unique` would load what the first light need not wait for.
    zones = [np.array(sorted(set(zone.leds.tolist())), np.intp) for zone in model.zones.values() if len(zone.leds)]
    for zone in zones:
        starts.append(max(total, ends[-1]))
        ends.append(starts[-1] + len(zone))
    return np.concatenate([np.arange(total, dtype=np.intp), *zones]).astype(np.intp), starts, ends
