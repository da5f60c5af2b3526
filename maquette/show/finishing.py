"""Finishing: a frame of linear light flows in, the exact bytes that leave flow out.

In this order: brightness, white balance, gamma and least glow of each strip, the share of the white LEDs, the limit and the rise of each
supply, and the flash guard as the last word. The bytes that leave always satisfy both the supplies and the guard.
"""

from dataclasses import dataclass

import numpy as np

from maquette.core.colour import Floats
from maquette.core.frame import Frame
from maquette.core.snapshot import SupplyState
from maquette.show.flash_guard import FlashGuard, Mask, Pixels
from maquette.show.likeness import same_wiring
from maquette.show.model import LINEAR_GAMMA, Model, Strip
from maquette.show.power import Power
from maquette.show.wires import Drive, Wires

LEAST_ASKED = np.float32(0.5 / 255)
"""Linear light that a strip of linear gamma shows at full brightness: what is less is asked of no LED, and stays dark."""

_DARK, _BYTE = np.float32(0.0), np.float32(255.0)


@dataclass(frozen=True, eq=False)
class Finished:
    """What leaves.

    Attributes:
        pixels: R, G, B per LED as they look, shape (LEDs, 3), uint8, read-only, all strips one after another. The same object as last
            time when no byte changed.
        wires: the bytes that leave for each strip as its wire carries them, in the model's order (see `maquette.show.wires`).
        supplies: what each supply gives, in the model's order.
        held: True when this is not yet what was asked (the guard holds LEDs, a current rises, or a supply's limit is being released):
            finish the frame again soon, even if it is still.
    """

    pixels: Pixels
    wires: tuple[bytes, ...]
    supplies: tuple[SupplyState, ...]
    held: bool


class Finishing:
    """Finishes the frames of one model, one after another."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._wires = Wires(model)
        self._power = Power(model, self._wires.channels)
        self._guard = FlashGuard(model)
        self._balance = _balance(model)
        strips = model.strips.values()
        self._curves = tuple(
            (strip.span, np.float32(strip.gamma / LINEAR_GAMMA)) for strip in strips if strip.gamma != LINEAR_GAMMA
        )
        self._least = tuple(strip for strip in strips if strip.minimum)
        self._drive: Drive = np.zeros((model.led_count, self._wires.channels), dtype=np.uint8)
        self._states: tuple[SupplyState, ...] = ()

    def for_model(self, model: Model) -> "Finishing":
        """Return what goes on in another model of these strips: itself where no byte could differ, else one that knows what was shown."""
        if same_wiring(self._model, model):
            return self
        other = Finishing(model)
        other._drive = self._drive
        other._power.follow(self._power, self._drive)
        other._guard.follow(self._guard)
        return other

    def finish(self, frame: Frame, brightness_percent: float, now: float) -> Finished:
        """Turn a frame into bytes.

        Args:
            frame: linear light, shape (LEDs, 3); what lies outside [0, 1] is clipped, what is no number is dark.
            brightness_percent: as people perceive it, 0 to 100: light is scaled by (percent / 100) ** 2.2.
            now: monotonic seconds.
        """
        asked = self._encode(frame, brightness_percent)
        wanted = self._wires.split(asked)
        limited, coming = self._power.limit(wanted, self._drive, now)

        def overdrawn(held: Mask) -> Mask | None:
            return self._power.overdrawn(self._mixed(limited, held))

        look = asked if limited is wanted else self._wires.seen(limited)
        shown = self._guard.pass_on(look, now, overdrawn)
        held = self._guard.held
        drive = limited if held is None else self._mixed(limited, held)
        if drive.tobytes() != self._drive.tobytes():
            self._drive = drive
        return Finished(shown, self._wires.lay(self._drive), self._supplies(), coming or held is not None)

    def _mixed(self, wanted: Drive, held: Mask) -> Drive:
        """Return what drives the LEDs when some are held as they are."""
        return np.where(held[:, np.newaxis], self._drive, wanted)

    def _encode(self, frame: Frame, brightness_percent: float) -> Pixels:
        """Apply brightness, white balance, gamma and least glow: byte = 255 · (linear · balance) ** (gamma / 2.2), rounded."""
        brightness = np.float32((min(max(brightness_percent, 0.0), 100.0) / 100) ** LINEAR_GAMMA)
        light = frame * (brightness * _BYTE)
        # fmax and fmin pass over what is no number, so nothing a scene computes gets past the limits.
        np.fmax(light, _DARK, out=light)
        np.fmin(light, _BYTE, out=light)
        if self._balance is not None:
            light *= self._balance
        for span, exponent in self._curves:
            coded = light[span]
            coded /= _BYTE
            coded **= exponent
            coded *= _BYTE
        if brightness > 0:
            for strip in self._least:
                _glow(light[strip.span], frame[strip.span], strip)
        encoded: Pixels = np.rint(light, out=light).astype(np.uint8)
        return encoded

    def _supplies(self) -> tuple[SupplyState, ...]:
        """Return what the supplies give; the same tuple as last time when nothing changed."""
        states = self._power.give(self._drive)
        if states != self._states:
            self._states = states
        return self._states


def _glow(coded: Floats, asked: Frame, strip: Strip) -> None:
    """Raise LEDs that would fall under their strip's least byte to it, in their own colour; those of which no light is asked stay dark.

    Args:
        coded: R, G, B per LED, not yet rounded, shape (LEDs, 3), 0 to 255; changed.
        asked: the light before brightness.
        strip: whose LEDs.
    """
    brightest = coded.max(axis=1)
    low = np.flatnonzero((brightest < strip.minimum) & (brightest > 0) & (asked.max(axis=1) >= LEAST_ASKED))
    if len(low):
        coded[low] *= (strip.minimum / brightest[low])[:, np.newaxis]


def _balance(model: Model) -> Floats | None:
    """Return the white balance of every LED, shape (LEDs, 3), or None when no strip has one."""
    strips = model.strips.values()
    if all(strip.white_balance == (1.0, 1.0, 1.0) for strip in strips):
        return None
    balance = np.ones((model.led_count, 3), dtype=np.float32)
    for strip in strips:
        balance[strip.span] = strip.white_balance
    return balance
