"""The flash guard: wanted bytes flow in, bytes that nobody needs to fear flow out.

No part of the model may flash more than three times a second. A part is a window: any eight neighbouring LEDs of a strip (what ten
degrees of sight hold at one metre; the whole strip when it is shorter), any zone, and the whole model. A flash is a pair of opposite
changes of a window's mean luminance, each of a tenth of full white or more (the general flash of WCAG 2.2, success criterion 2.3.1,
without its exception for bright pictures). In any second a window makes at most six such changes, wherever the second begins.

All arithmetic is in whole numbers, so the rule holds exactly.
"""

from collections.abc import Callable, Iterator

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

_WEIGHTS = np.rint(LUMINANCE * 10_000).astype(np.float32)  # in ten-thousandths; one LED's sum is below 2²⁴, so exact
_THRESHOLD = 255 * 10_000 // 10  # a tenth of one LED's full white
_NARROW_PASSES = 8  # beyond this many, whole strips are held, and in the end everything: a frame's cost is bounded

Refuse = Callable[[Mask], Mask | None]
"""Tells which LEDs must keep their previous bytes for another reason when those of a mask do; None when the others may all pass."""

Sums = npt.NDArray[np.int64]
"""Whole numbers, one per window."""


class FlashGuard:
    """Holds back the LEDs whose new bytes would flash.

    An LED that is held keeps the bytes that it shows; all others take the new ones. Holding everything is always possible, since the
    frame that is shown has passed before: so there is an answer for every frame, and a frame that waits passes soon after a second.

    A window keeps the direction in which it goes, the furthest luminance it has reached and when, and when its last changes ended.
    It may always go on in its direction. It may turn back by a tenth only a second (and `LEEWAY_S`) after the end of its sixth-last
    change: counted so, even a change that was already under way when the second began is one of the six.
    """

    def __init__(self, model: Model) -> None:
        self._windows = _Windows(model)
        self._strip_of = np.repeat(np.arange(len(model.strips)), [strip.leds for strip in model.strips.values()])
        self._thresholds = self._windows.sizes * -_THRESHOLD
        count = self._windows.count
        self._direction = np.full(count, -1, dtype=np.int64)
        self._furthest = np.zeros(count, dtype=np.int64)
        self._reached_at = np.full(count, -np.inf)
        # When changes ended, newest last written; the change under way has not ended, so one less than `CHANGES`.
        self._ended_at = np.full((count, CHANGES - 1), -np.inf)
        self._slot = np.zeros(count, dtype=np.intp)
        self._oldest = np.full(count, -np.inf)
        self._newest_oldest = -np.inf
        self._held: Mask | None = None
        self._now = -np.inf
        self._shown: Pixels = np.zeros((model.led_count, 3), dtype=np.uint8)
        self._shown.flags.writeable = False
        self._shown_bytes = self._shown.tobytes()

    @property
    def shown(self) -> Pixels:
        """The bytes that passed last, read-only; dark before the first frame."""
        return self._shown

    @property
    def held(self) -> Mask | None:
        """The LEDs that keep what they showed instead of what was wanted last; None when there is none."""
        return self._held

    def follow(self, before: "FlashGuard") -> None:
        """Go on where another guard of as many LEDs left off.

        A window that it kept as well goes on with its history. Of a new one nothing is known: it may grow darker, and may turn back only
        after a second, as if it had spent all its changes.
        """
        known = {window.tobytes(): number for number, window in enumerate(before._windows.each())}
        found = np.array([known.get(window.tobytes(), -1) for window in self._windows.each()], dtype=np.intp)
        kept, new = np.flatnonzero(found >= 0), np.flatnonzero(found < 0)
        self._now, self._shown, self._shown_bytes = before._now, before._shown, before._shown_bytes
        self._furthest = self._windows.luminances(self._shown)
        for name in ("_direction", "_furthest", "_reached_at", "_ended_at", "_slot", "_oldest"):
            getattr(self, name)[kept] = getattr(before, name)[found[kept]]
        self._reached_at[new] = self._ended_at[new] = self._oldest[new] = self._now
        self._newest_oldest = self._oldest.max(initial=-np.inf)

    def pass_on(self, pixels: Pixels, now: float, refuse: Refuse | None = None) -> Pixels:
        """Let a frame through as far as it may pass.

        Args:
            pixels: the wanted bytes, shape (LEDs, 3).
            now: monotonic seconds; steps may be irregular, and a step back counts as none.
            refuse: a second rule that the result must satisfy too, asked only when some LEDs are held: it must be content when all are,
                and when none is.

        Returns:
            The bytes to send, read-only, shape (LEDs, 3): of each LED either the wanted ones or the ones it shows.
        """
        now = self._now = max(now, self._now)
        self._held = None
        if pixels.tobytes() == self._shown_bytes:
            return self._shown
        wanted, held, passes = pixels.copy(), None, 0
        while True:
            luminances = self._windows.luminances(wanted)
            progress = luminances - self._furthest
            progress *= self._direction
            turning = np.flatnonzero(progress <= self._thresholds)
            also = self._too_soon(turning, now)
            if also is None and refuse is not None and held is not None:
                also = refuse(held)
            if also is None:
                break
            also = self._widened(also, passes)
            if held is None:
                held = np.zeros(len(pixels), dtype=np.bool_)
            if not (also & ~held).any():
                self._held = np.ones_like(held)
                return self._shown
            held |= also
            wanted[also] = self._shown[also]
            passes += 1
        self._remember(luminances, progress, turning, now)
        wanted.flags.writeable = False
        self._shown, self._shown_bytes, self._held = wanted, wanted.tobytes(), held
        return wanted

    def _too_soon(self, turning: Indices, now: float) -> Mask | None:
        """Return the LEDs of the windows that would turn back too soon, or None when there is none.

        Args:
            turning: the windows that would turn back.
            now: monotonic seconds.
        """
        if now - self._newest_oldest >= PERIOD_S + LEEWAY_S:
            return None
        refused = turning[now - self._oldest.take(turning) < PERIOD_S + LEEWAY_S]
        return self._windows.leds_of(refused) if len(refused) else None

    def _widened(self, held: Mask, passes: int) -> Mask:
        """Return more LEDs to hold once narrow holding has been tried often enough."""
        if passes < _NARROW_PASSES:
            return held
        if passes < 2 * _NARROW_PASSES:
            return np.isin(self._strip_of, self._strip_of[held])
        return np.ones_like(held)

    def _remember(self, luminances: Sums, progress: Sums, turning: Indices, now: float) -> None:
        """Take note of what every window does with the frame that passes."""
        moved = progress > 0
        if len(turning):
            slots = self._slot.take(turning)
            self._ended_at[turning, slots] = self._reached_at.take(turning)
            slots += 1
            slots[slots == CHANGES - 1] = 0
            self._slot[turning] = slots
            self._oldest[turning] = oldest = self._ended_at[turning, slots]
            self._newest_oldest = max(self._newest_oldest, oldest.max())
            self._direction[turning] = -self._direction.take(turning)
            moved[turning] = True
        np.copyto(self._furthest, luminances, where=moved)
        np.copyto(self._reached_at, now, where=moved)


class _Windows:
    """The windows of a model: those of each strip, then the whole model, then each zone.

    Attributes:
        count: how many there are.
        sizes: how many LEDs each has, shape (windows,).
    """

    def __init__(self, model: Model) -> None:
        self._leds = model.led_count
        self._strips = [(s.start, s.leds, min(NEIGHBOURS, s.leds)) for s in model.strips.values() if s.leds]
        # Python's own sort: numpy's `unique` would load what the first light need not wait for.
        self._zones = [np.array(sorted(set(z.leds.tolist())), np.intp) for z in model.zones.values() if len(z.leds)]
        self._of_strips = sum(leds - size + 1 for _, leds, size in self._strips)
        self._zone_leds = np.concatenate([np.zeros(0, np.intp), *self._zones])
        lengths = [len(zone) for zone in self._zones]
        self._zone_starts = np.cumsum([0, *lengths[:-1]], dtype=np.intp)
        sizes = [size for _, leds, size in self._strips for _ in range(leds - size + 1)]
        self.sizes: Sums = np.array([*sizes, *[self._leds] * bool(self._leds), *lengths], dtype=np.int64)
        self.count = len(self.sizes)
        self._sums = np.zeros(self._leds + 1, dtype=np.int64)

    def each(self) -> Iterator[Indices]:
        """Give the LEDs of each window."""
        everything = np.arange(self._leds, dtype=np.intp)
        for start, leds, size in self._strips:
            for first in range(start, start + leds - size + 1):
                yield everything[first : first + size]
        if self._leds:
            yield everything
        yield from self._zones

    def luminances(self, pixels: Pixels) -> Sums:
        """Return the sum of luminance over each window, shape (windows,)."""
        each = (pixels.astype(np.float32) @ _WEIGHTS).astype(np.int64)
        sums = self._sums
        np.add.accumulate(each, out=sums[1:])
        found, at = np.empty(self.count, dtype=np.int64), 0
        for start, leds, size in self._strips:
            end = at + leds - size + 1
            np.subtract(sums[start + size : start + leds + 1], sums[start : start + leds - size + 1], out=found[at:end])
            at = end
        if self._leds:
            found[at] = sums[-1]
        if self._zones:
            found[at + 1 :] = np.add.reduceat(each.take(self._zone_leds), self._zone_starts)
        return found

    def leds_of(self, windows: Indices) -> Mask:
        """Return the LEDs of some windows."""
        leds = np.zeros(self._leds, dtype=np.bool_)
        chosen = np.zeros(self.count, dtype=np.bool_)
        chosen[windows] = True
        at = 0
        for start, strip_leds, size in self._strips:
            firsts = np.flatnonzero(chosen[at : at + strip_leds - size + 1]) + start
            for offset in range(size if len(firsts) else 0):
                leds[firsts + offset] = True
            at += strip_leds - size + 1
        if self._leds and chosen[at]:
            leds[:] = True
        for number in np.flatnonzero(chosen[at + 1 :]):
            leds[self._zones[number]] = True
        return leds
