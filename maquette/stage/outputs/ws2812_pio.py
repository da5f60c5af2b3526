"""The PIO output: a bare strip on any pin of a Raspberry Pi 5, through the kernel's own driver (overlay `ws2812-pio`) and `/dev/leds0`.

The contract, from the kernel's drivers/misc/ws2812-pio-rp1.c: four bytes per LED, R, G, B, W, which leave as G, R, B, then W if the overlay
says `rgbw`; a file takes one frame, then it is opened anew; a frame that is shorter than the overlay's `num_leds` waits 50 ms, a longer one
is refused; with `brightness=0` bytes leave as they are. `write` returns before the strip is filled, so frames are paced here.

No Raspberry Pi 5 was at hand: a file stood in for the device.
"""

import errno
import os
import time
from collections.abc import Callable
from typing import Literal

from maquette.config.device_path import DevicePath
from maquette.config.documents_hardware import Claim, Order, StripDocument
from maquette.core.message import message
from maquette.errors import OutputError
from maquette.stage.devices import device_error
from maquette.stage.outputs.threaded import ThreadedOutput

# Where the kernel's R, G, B, W come from among the bytes in the order of the wire, which it fills as G, R, B, W.
_FROM_WIRE = (1, 0, 2, 3)
_BYTES_PER_LED = 4


class Ws2812PioStrip(StripDocument):
    """A bare strip on a Raspberry Pi 5, driven by its PIO."""

    driver: Literal["ws2812_pio"]
    """On a Pi 5, through the overlay `ws2812-pio` with `num_leds` as here and `brightness=0`; no root is needed."""
    order: Order = "GRB"
    """The order of colours on its wire, such as `GRB`; with a `W`, each LED has a white one too, and the overlay says `rgbw`."""
    device: DevicePath = "/dev/leds0"
    """The overlay's device, such as `/dev/leds0`."""

    @property
    def claim(self) -> Claim:
        """The device."""
        return Claim("device", self.device, range(1), "device")


def for_kernel(frame: bytes, channels: int) -> bytes:
    """Return the kernel's R, G, B, W for a frame in its wire's order of colours; without white LEDs, W is 0."""
    words = bytearray(len(frame) // channels * _BYTES_PER_LED)
    for place in range(channels):
        words[place::_BYTES_PER_LED] = frame[_FROM_WIRE[place] :: channels]
    return bytes(words)


def make_ws2812_pio(strip: Ws2812PioStrip) -> ThreadedOutput:
    """Return the output of a strip on PIO; writing may block, so that it has a thread."""
    return ThreadedOutput(Ws2812PioLink(strip), len(strip.order) * strip.leds, strip.wire_time_s)


class Ws2812PioLink:
    """The way through the kernel's device, which is opened for each frame."""

    def __init__(
        self,
        strip: Ws2812PioStrip,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._strip = strip
        self._clock = clock
        self._wait = wait
        self._free_at = float("-inf")

    def open(self) -> None:
        """Try whether the device is there.

        Raises:
            OutputError: it is not, or may not be used.
        """
        os.close(self._opened())

    def send(self, frame: bytes) -> None:
        """Send a frame once the one before has left.

        Raises:
            OutputError: the device does not take it.
        """
        pause = self._free_at - self._clock()
        if pause > 0:
            self._wait(pause)
        device = self._opened()
        try:
            os.write(device, for_kernel(frame, len(self._strip.order)))
        except OSError as error:
            if error.errno == errno.EFBIG:
                raise OutputError(
                    message("output_pio_too_long", device=self._strip.device, leds=self._strip.leds)
                ) from error
            raise self._error(error) from error
        finally:
            os.close(device)
        self._free_at = self._clock() + self._strip.wire_time_s

    def close(self) -> None:
        """Nothing is held open."""

    def _opened(self) -> int:
        try:
            return os.open(self._strip.device, os.O_WRONLY | os.O_CLOEXEC)
        except OSError as error:
            raise self._error(error) from error

    def _error(self, error: OSError) -> OutputError:
        return device_error(self._strip.device, error.errno or errno.EIO, absent="output_no_pio", group="gpio")
