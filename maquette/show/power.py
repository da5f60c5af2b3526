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
    idle_ma: float
    spare_ma: float

    def drawn_ma(self, pixels: Pixels) -> float:
        """Return what the light itself draws, above what dark LEDs draw."""
        return sum(strip.channel_ma * int(pixels[strip.span].sum(dtype=np.int64)) for strip in self.strips) / 255


class Power:
    """Scales light down where a supply would give more than its limit: at once when needed, and gently back.

    A supply that cannot even feed its LEDs dark keeps them dark. Strips without a supply are not limited.
    """

    def __init__(self, model: Model) -> None:
        self._leds = model.led_count
        self._feeds = tuple(_feed(model, supply) for supply in model.supplies)
        self._shares = {feed.supply: _FULL for feed in self._feeds}
        self._now: float | None = None

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
        for feed in self._feeds:
            allowed = _allowed(feed, pixels)
            share = min(allowed, self._shares[feed.supply] + rise)
            self._shares[feed.supply] = share
            releasing = releasing or share < allowed
            if share < _FULL:
                limited = pixels.copy() if limited is pixels else limited
                for strip in feed.strips:
                    limited[strip.span] = _scaled(pixels[strip.span], share)
        return limited, releasing

    def overdrawn(self, pixels: Pixels) -> Mask | None:
        """Return the LEDs on supplies that ``pixels`` would take over their limit, or None when there is none."""
        over = [feed for feed in self._feeds if feed.drawn_ma(pixels) > max(0.0, feed.spare_ma)]
        if not over:
            return None
        mask = np.zeros(self._leds, dtype=np.bool_)
        for feed in over:
            for strip in feed.strips:
                mask[strip.span] = True
        return mask

    def states(self, pixels: Pixels) -> tuple[SupplyState, ...]:
        """Return what each supply gives for the bytes that leave, in the model's order."""
        return tuple(
            SupplyState(
                feed.supply, (feed.idle_ma + feed.drawn_ma(pixels)) / 1000, round(self._shares[feed.supply] / _FULL, 4)
            )
            for feed in self._feeds
        )


def _feed(model: Model, supply: str) -> _Feed:
    strips = tuple(strip for strip in model.strips.values() if strip.supply == supply)
    idle_ma = sum(strip.leds * strip.idle_ma for strip in strips)
    return _Feed(supply, strips, idle_ma, model.supplies[supply].limit_a * 1000 - idle_ma)


def _scaled(pixels: Pixels, share: int) -> Pixels:
    """Scale bytes by ``share`` / 65536, rounded down."""
    return ((pixels.astype(np.uint32) * share) >> 16).astype(np.uint8)


def _allowed(feed: _Feed, pixels: Pixels) -> int:
    """Return the greatest share (of 65536) of the light that keeps a supply within its limit."""
    if feed.spare_ma <= 0:
        return 0
    drawn = feed.drawn_ma(pixels)
    if drawn <= feed.spare_ma:
        return _FULL
    share = int(_FULL * feed.spare_ma / drawn)
    return share if share * drawn <= _FULL * feed.spare_ma else share - 1
