"""Power: what drives the LEDs flows in, what every supply can feed flows out, with the current that each one gives.

The estimate is that of the datasheets: a colour of a LED, white included, draws in proportion to its byte, a dark LED draws a little. It
is no measurement: fuses and margins remain the installer's (see the hardware guide).

Two rules hold on every frame. No supply gives more than its limit: there all of its light is scaled down, at once when needed and gently
back. And no current rises faster than its supply may (`Supply.rise_a_s`), which spares supplies and wires the inrush: LEDs that grow
darker do so at once, those that grow brighter take as many frames as it takes.
"""

import math
from dataclasses import dataclass

import numpy as np

from maquette.core.snapshot import SupplyState
from maquette.show.flash_guard import Mask
from maquette.show.model import Model, Strip
from maquette.show.wires import Drive

RELEASE_S = 1.0
"""Seconds in which a reduction that is no longer needed ends: light must not pump with what it shows."""

STEP_S = 0.05
"""Seconds for which a current may rise at once after a rest, however long: frames are not made while nothing moves."""

_FULL = 1 << 16  # shares are whole numbers of 1/65536, so that scaling down is exact


@dataclass(frozen=True, slots=True)
class _Feed:
    """A supply with the strips on it, in milliamperes."""

    supply: str
    strips: tuple[Strip, ...]
    volts: float
    rise_a_s: float | None
    idle_ma: float
    spare_ma: float

    def allowed(self, drawn_ma: float) -> int:
        """Return the greatest share (of 65536) of light drawing ``drawn_ma`` that keeps the supply within its limit."""
        if self.spare_ma <= 0:
            return 0
        if drawn_ma <= self.spare_ma:
            return _FULL
        share = int(_FULL * self.spare_ma / drawn_ma)
        return share if share * drawn_ma <= _FULL * self.spare_ma else share - 1

    def most_ma(self, given_ma: float, elapsed_s: float) -> float:
        """Return what the supply may give at the most, some time after it gave ``given_ma``."""
        return math.inf if self.rise_a_s is None else given_ma + self.rise_a_s * 1000 * elapsed_s

    def state(self, drawn_ma: float, share: int) -> SupplyState:
        """Return what the supply gives while light draws ``drawn_ma``, at some share (of 65536) of what was asked."""
        current_a = (self.idle_ma + drawn_ma) / 1000
        return SupplyState(self.supply, current_a, round(share / _FULL, 4), current_a * self.volts)


class Power:
    """Holds light back where a supply would give more than its limit, or more too suddenly.

    A supply that cannot even feed its LEDs dark keeps them dark. Strips without a supply are not limited.
    """

    def __init__(self, model: Model, channels: int = 3) -> None:
        """Begin in the dark.

        Args:
            model: whose supplies.
            channels: how many columns a `Drive` has here.
        """
        self._leds = model.led_count
        self._feeds = tuple(_feed(model, supply) for supply in model.supplies)
        self._shares = [_FULL] * len(self._feeds)
        lit = [strip for strip in model.strips.values() if strip.leds]
        self._offsets = np.array([strip.start * channels for strip in lit], dtype=np.intp)
        # Milliamperes per unit of byte, shape (supplies, strips).
        self._draw = np.array(
            [[strip.channel_ma / 255 * (strip.supply == feed.supply) for strip in lit] for feed in self._feeds]
        ).reshape(len(self._feeds), len(lit))
        self._given_ma = [0.0] * len(self._feeds)
        self._ceilings_ma = [0.0] * len(self._feeds)
        self._now: float | None = None
        self._summed: Drive | None = None
        self._sum_ma: list[float] = []

    def follow(self, before: "Power", drive: Drive) -> None:
        """Go on where another left off: a reduction that was in force there ends as gently here.

        Where a supply now may give less than it gives, it gives no more, and less as soon as the flash guard lets it.

        Args:
            before: the other.
            drive: what drives the LEDs now.
        """
        shares = dict(zip((feed.supply for feed in before._feeds), before._shares, strict=True))
        self._shares = [shares.get(feed.supply, _FULL) for feed in self._feeds]
        self._given_ma = self._drawn_ma(drive)
        self._now = before._now

    def limit(self, wanted: Drive, given: Drive, now: float) -> tuple[Drive, bool]:
        """Return what may leave, and whether something is still held back that will come (so the frame must come again).

        Args:
            wanted: what should drive the LEDs, shape (LEDs, channels); not changed.
            given: what drives them: what `give` was last told.
            now: monotonic seconds.
        """
        elapsed_s = STEP_S if self._now is None else max(0.0, now - self._now)
        self._now = now
        release = round(_FULL * elapsed_s / RELEASE_S)
        coming = False
        limited = wanted
        for number, (feed, wanted_ma) in enumerate(zip(self._feeds, self._drawn_ma(wanted), strict=True)):
            allowed = feed.allowed(wanted_ma)
            share = self._shares[number] + release
            if share > allowed:
                share = allowed
            self._shares[number] = share
            if share < _FULL:
                coming = coming or share < allowed
                limited = wanted.copy() if limited is wanted else limited
                for strip in feed.strips:
                    limited[strip.span] = _scaled(wanted[strip.span], share)
        return self._raised(limited, given, min(elapsed_s, STEP_S), coming=coming)

    def _raised(self, wanted: Drive, given: Drive, elapsed_s: float, *, coming: bool) -> tuple[Drive, bool]:
        """Let no current rise faster than it may; `_ceilings_ma` are what each supply may give with this frame."""
        raised = wanted
        for number, (feed, wanted_ma) in enumerate(zip(self._feeds, self._drawn_ma(wanted), strict=True)):
            given_ma = self._given_ma[number]
            most_ma = feed.most_ma(given_ma, elapsed_s)
            self._ceilings_ma[number] = max(given_ma, min(most_ma, max(0.0, feed.spare_ma)))
            if wanted_ma > most_ma:
                raised = wanted.copy() if raised is wanted else raised
                _raise(feed, raised, given, most_ma)
                coming = True
        return raised, coming

    def overdrawn(self, drive: Drive) -> Mask | None:
        """Return the LEDs on supplies that would give more than they may with this frame, or None when there is none."""
        drawn = zip(self._feeds, self._drawn_ma(drive), self._ceilings_ma, strict=True)
        over = [feed for feed, drawn_ma, ceiling_ma in drawn if drawn_ma > ceiling_ma]
        if not over:
            return None
        mask = np.zeros(self._leds, dtype=np.bool_)
        for feed in over:
            for strip in feed.strips:
                mask[strip.span] = True
        return mask

    def give(self, drive: Drive) -> tuple[SupplyState, ...]:
        """Take note of what leaves; return what each supply gives, in the model's order."""
        self._given_ma = self._drawn_ma(drive)
        given = zip(self._feeds, self._given_ma, self._shares, strict=True)
        return tuple(feed.state(drawn_ma, share) for feed, drawn_ma, share in given)

    def _drawn_ma(self, drive: Drive) -> list[float]:
        """Return what the light on each supply draws, above what dark LEDs draw; it is asked of the same object more than once."""
        if not len(self._offsets):
            return [0.0] * len(self._feeds)
        if drive is not self._summed:
            sums = np.add.reduceat(drive.reshape(-1), self._offsets, dtype=np.uint32)
            self._summed, self._sum_ma = drive, (self._draw @ sums).tolist()
        return self._sum_ma


def _feed(model: Model, supply: str) -> _Feed:
    strips = tuple(strip for strip in model.strips.values() if strip.supply == supply)
    idle_ma = sum(strip.leds * strip.idle_ma for strip in strips)
    known = model.supplies[supply]
    return _Feed(supply, strips, known.volts, known.rise_a_s, idle_ma, known.limit_a * 1000 - idle_ma)


def _scaled(drive: Drive, share: int) -> Drive:
    """Scale bytes by ``share`` / 65536, rounded down."""
    return ((drive.astype(np.uint32) * share) >> 16).astype(np.uint8)


def _raise(feed: _Feed, raised: Drive, given: Drive, most_ma: float) -> None:
    """Let a supply's LEDs rise from what is given to what is wanted (in ``raised``, changed) as far as ``most_ma`` goes.

    Each LED rises by the same share of what it is to rise by. What one strip cannot use, being less than a byte, the next one may.
    """
    rises = list[tuple[Strip, Drive, float]]()
    spare_ma = most_ma
    for strip in feed.strips:
        wanted, low = raised[strip.span], np.minimum(raised[strip.span], given[strip.span])
        rise = wanted - low
        raised[strip.span] = low
        spare_ma -= int(low.sum()) * strip.channel_ma / 255
        rises.append((strip, rise, int(rise.sum()) * strip.channel_ma / 255))
    left_ma = sum(cost_ma for _, _, cost_ma in rises)
    for strip, rise, cost_ma in rises:
        if cost_ma > 0:
            byte_ma = strip.channel_ma / 255
            units = min(int(max(0.0, spare_ma) * cost_ma / left_ma / byte_ma), round(cost_ma / byte_ma))
            raised[strip.span] += _spread(rise, units)
            left_ma -= cost_ma
            spare_ma -= units * byte_ma


def _spread(rise: Drive, units: int) -> Drive:
    """Return a part of some bytes whose sum is ``units``: colour by colour, what one LED cannot rise by goes to the next."""
    along = np.cumsum(rise.T.reshape(-1), dtype=np.int64)
    along = along * units // along[-1]
    part: Drive = np.diff(along, prepend=0).astype(np.uint8).reshape(rise.shape[::-1]).T
    return part
