"""Finishing: a frame of linear light flows in, the exact bytes that leave flow out.

In this order: brightness, white balance and gamma of each strip, the limit of each supply, and the flash guard as the last word.
The bytes that leave always satisfy both the limits and the guard.
"""

from dataclasses import dataclass

import numpy as np

from maquette.core.colour import Floats
from maquette.core.frame import Frame
from maquette.core.snapshot import SupplyState
from maquette.show.flash_guard import FlashGuard, Pixels
from maquette.show.likeness import same_wiring
from maquette.show.model import Model
from maquette.show.power import Power
from maquette.show.wires import Wires

LINEAR_GAMMA = 2.2
"""The gamma that sends linear light unchanged: a byte's light is in proportion to the byte."""


@dataclass(frozen=True, eq=False)
class Finished:
    """What leaves.

    Attributes:
        pixels: R, G, B per LED, shape (LEDs, 3), uint8, read-only, all strips one after another, before each strip's colour order.
            The same object as last time when no byte changed.
        wires: the same bytes for each strip as its wire carries them, in the model's order (see `maquette.show.wires`).
        supplies: what each supply gives, in the model's order.
        held: True when this is not yet what was asked (the guard holds LEDs, or a supply's limit is being released): finish the frame
            again soon, even if it is still.
    """

    pixels: Pixels
    wires: tuple[bytes, ...]
    supplies: tuple[SupplyState, ...]
    held: bool


class Finishing:
    """Finishes the frames of one model, one after another."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._power = Power(model)
        self._guard = FlashGuard(model)
        self._wires = Wires(model)
        self._balance = _balance(model)
        self._curves = tuple(
            (strip.span, strip.gamma / LINEAR_GAMMA) for strip in model.strips.values() if strip.gamma != LINEAR_GAMMA
        )
        self._states: tuple[SupplyState, ...] = ()

    def for_model(self, model: Model) -> "Finishing":
        """Return what goes on in another model of these strips: itself where no byte could differ, else one that knows what was shown."""
        if same_wiring(self._model, model):
            return self
        other = Finishing(model)
        other._power.follow(self._power)
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
        limited, releasing = self._power.limit(asked, now)
        shown = self._guard.pass_on(limited, now, self._power.overdrawn)
        held = releasing or not np.array_equal(shown, limited)
        return Finished(shown, self._wires.lay(shown), self._supplies(shown), held)

    def _encode(self, frame: Frame, brightness_percent: float) -> Pixels:
        """Apply brightness, white balance and gamma: byte = 255 · (linear · balance) ** (gamma / 2.2), rounded."""
        light = frame * np.float32((min(max(brightness_percent, 0.0), 100.0) / 100) ** LINEAR_GAMMA)
        # fmax and fmin pass over what is no number, so nothing a scene computes gets past the limits.
        light = np.fmin(np.fmax(light, np.float32(0.0)), np.float32(1.0))
        if self._balance is not None:
            light *= self._balance
        for span, exponent in self._curves:
            light[span] **= np.float32(exponent)
        encoded: Pixels = np.rint(light * np.float32(255.0)).astype(np.uint8)
        return encoded

    def _supplies(self, shown: Pixels) -> tuple[SupplyState, ...]:
        """Return what the supplies give; the same tuple as last time when nothing changed."""
        states = self._power.states(shown)
        if states != self._states:
            self._states = states
        return self._states


def _balance(model: Model) -> Floats | None:
    """Return the white balance of every LED, shape (LEDs, 3), or None when no strip has one."""
    strips = model.strips.values()
    if all(strip.white_balance == (1.0, 1.0, 1.0) for strip in strips):
        return None
    balance = np.ones((model.led_count, 3), dtype=np.float32)
    for strip in strips:
        balance[strip.span] = strip.white_balance
    return balance
