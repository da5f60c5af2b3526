"""The virtual output: keeps the last frame, in the order of colours in which a real strip would receive it."""

from typing import Literal

from maquette.config.documents_hardware import StripDocument


class VirtualStrip(StripDocument):
    """A strip that only the virtual model shows."""

    driver: Literal["virtual"] = "virtual"
    """No hardware at all."""


class VirtualOutput:
    """Keeps what a strip would have received.

    Attributes:
        frame: the last frame, as the wire would carry it; dark before the first.
        frames: how many frames were shown.
        is_open: True between `open` and `close`.
    """

    def __init__(self, strip: VirtualStrip) -> None:
        self._strip = strip
        self.frame = self._dark
        self.frames = 0
        self.is_open = False

    @property
    def wire_time_s(self) -> float:
        """As long as a real strip of this length takes."""
        return self._strip.wire_time_s

    def open(self) -> None:
        """Begin."""
        self.is_open = True

    def show(self, pixels: bytes | memoryview) -> bool:
        """Keep a frame."""
        self.frame = bytes(pixels)
        self.frames += 1
        return True

    def blank(self) -> None:
        """Keep a dark frame."""
        self.frame = self._dark

    def close(self) -> None:
        """End."""
        self.is_open = False

    @property
    def _dark(self) -> bytes:
        return bytes(len(self._strip.order) * self._strip.leds)
