"""Power: bytes flow in, bytes that every supply can feed flow out, with the current that each one gives.

The estimate is that of the datasheets: a colour of an LED draws in proportion to its byte, a dark LED draws a little. It is no
measurement: fuses and margins remain the installer's (see the hardware guide).
"""

from dataclasses import dataclass

import numpy as np

from maquette.core.snapshot import SupplyState
from maquette.show.flash_guard import Mask, Pixels
from maquette.show.model import Model, Strip

RELEASE_S = 1.0
"""Seconds in which a reduction that is no longer needed ends: light must not pump with what it shows."""

_FULL = 1 << 16  # shares are whole numbers of 1/65536, so that scaling down is exact


@dataclass(frozen=True, slots=True)
class _Feed:
    """A supply with the strips on it, in milliamperes."""

    supply: str
    strips: tuple[Strip, ...]
    volts: float
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

    def state(self, drawn_ma: float, share: int) -> SupplyState:
        """Return what the supply gives while light draws ``drawn_ma``, at some share (of 65536) of what was asked."""
        current_a = (self.idle_ma + drawn_ma) / 1000
        return SupplyState(self.supply, current_a, round(share / _FULL, 4), current_a * self.volts)


class Power:
    """Scales light down where a supply would give more than its limit: at once when needed, and gently back.

    A supply that cannot even feed its LEDs dark keeps them dark. Strips without a supply are not limited.
    """

    def __init__(self, model: Model) -> None:
        self._leds = model.led_count
        self._feeds = tuple(_feed(model, supply) for supply in model.supplies)
        self._shares = [_FULL] * len(self._feeds)
        lit = [strip for strip in model.strips.values() if strip.leds]
        self._offsets = np.array([strip.start * 3 for strip in lit], dtype=np.intp)
        # Milliamperes per unit of byte, shape (supplies, strips).
        self._draw = np.array(
            [[strip.channel_ma / 255 * (strip.supply == feed.supply) for strip in lit] for feed in self._feeds]
        ).reshape(len(self._feeds), len(lit))
        self._now: float | None = None

    def follow(self, before: "Power") -> None:
        """Go on where another left off: a reduction that was in force there ends as gently here."""
        shares = dict(zip((feed.supply for feed in before._feeds), before._shares, strict=True))
        self._shares = [shares.get(feed.supply, _FULL) for feed in self._feeds]
        self._now = before._now

    def limit(self, pixels: Pixels, now: float) -> tuple[Pixels, bool]:
        """Return the bytes that may leave, and whether a reduction is still being released (so the frame must come again).

        Args:
            pixels: wanted bytes, shape (LEDs, 3); not changed.
            now: monotonic seconds.
        """
        elapsed = 0.0 if self._now is None else max(0.0, now - self._now)
        self._now = now
        rise = round(_FULL * elapsed / RELEASE_S)
        releasing = False
        limited = pixels
        for number, (feed, drawn_ma) in enumerate(zip(self._feeds, self._drawn_ma(pixels), strict=True)):
            allowed = feed.allowed(drawn_ma)
            share = self._shares[number] = min(allowed, self._shares[number] + rise)
            releasing = releasing or share < allowed
            if share < _FULL:
                limited = pixels.copy() if limited is pixels else limited
                for strip in feed.strips:
                    limited[strip.span] = _scaled(pixels[strip.span], share)
        return limited, releasing

    def overdrawn(self, pixels: Pixels) -> Mask | None:
        """Return the LEDs on supplies that ``pixels`` would take over their limit, or None when there is none."""
        drawn = zip(self._feeds, self._drawn_ma(pixels), strict=True)
        over = [feed for feed, drawn_ma in drawn if drawn_ma > max(0.0, feed.spare_ma)]
        if not over:
            return None
        mask = np.zeros(self._leds, dtype=np.bool_)
        for feed in over:
            for strip in feed.strips:
                mask[strip.span] = True
        return mask

    def states(self, pixels: Pixels) -> tuple[SupplyState, ...]:
        """Return what each supply gives for the bytes that leave, in the model's order."""
        drawn = zip(self._feeds, self._drawn_ma(pixels), self._shares, strict=True)
        return tuple(feed.state(drawn_ma, share) for feed, drawn_ma, share in drawn)

    def _drawn_ma(self, pixels: Pixels) -> list[float]:
        """Return what the light on each supply draws, above what dark LEDs draw."""
        if not len(self._offsets):
            return [0.0] * len(self._feeds)
        sums = np.add.reduceat(pixels.reshape(-1), self._offsets, dtype=np.int64)
        drawn: list[float] = (self._draw @ sums).tolist()
        return drawn


def _feed(model: Model, supply: str) -> _Feed:
    strips = tuple(strip for strip in model.strips.values() if strip.supply == supply)
    idle_ma = sum(strip.leds * strip.idle_ma for strip in strips)
    known = model.supplies[supply]
    return _Feed(supply, strips, known.volts, idle_ma, known.limit_a * 1000 - idle_ma)


def _scaled(pixels: Pixels, share: int) -> Pixels:
    """Scale bytes by ``share`` / 65536, rounded down."""
    return ((pixels.astype(np.uint32) * share) >> 16).astype(np.uint8)
