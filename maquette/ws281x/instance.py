"""An instance of the rpi_ws281x library, through its low-level functions: frames go in, the Pi's hardware sends them.

Why not its ``PixelStrip``: that configures one channel, and two PWM channels work in one instance only; it copies colours one by one;
and it registers a clean-up that crashes the interpreter at its end where it could not begin. Only what `ws2811_init` has set up may be
given to ``ws2811_fini``.

What PWM and PCM do was never seen on a Pi; SPI was seen on a simulated SPI of the kernel's.
"""

import ctypes
from typing import Any

from maquette.ws281x.protocol import FREQUENCY_HZ, Hello, Mode, RefusedError, StripHello

_FULL = 255
_AS_THEY_LIE = {3: "WS2811_STRIP_BGR", 4: "SK6812_STRIP_BGRW"}
"""Colours → the library's name for: the first byte of an LED's memory (the lowest of its 32 bits) leaves first, and so on."""


class Instance:
    """One ``ws2811_t`` that works, with its LEDs' memory."""

    def __init__(self, hello: Hello) -> None:
        """Set the hardware up; LEDs stay as they are.

        Raises:
            RefusedError: it cannot be.
        """
        try:
            import _rpi_ws281x as library  # noqa: PLC0415 - the sender itself says what is missing
        except ImportError as error:
            raise RefusedError("no_library", reason=str(error)) from error
        self._library: Any = library
        self._strips = hello.strips
        self._paced_by_itself = hello.mode is not Mode.SPI
        self._leds = library.new_ws2811_t()
        library.ws2811_t_freq_set(self._leds, FREQUENCY_HZ)
        library.ws2811_t_dmanum_set(self._leds, hello.dma)
        channels = [self._configured(strip) for strip in hello.strips]
        code = library.ws2811_init(self._leds)
        if code:
            library.delete_ws2811_t(self._leds)  # which only frees it
        self._check(code)
        self._memory = [self._mapped(channel, strip) for channel, strip in zip(channels, hello.strips, strict=True)]

    def write(self, place: int, wire: bytes | memoryview) -> bool:
        """Keep a strip's next frame; return False when this is no frame of a strip."""
        if place >= len(self._strips) or len(wire) != self._strips[place].bytes:
            return False
        memory, colours = self._memory[place], self._strips[place].colours
        for colour in range(colours):
            memory[colour::4] = wire[colour::colours]
        return True

    def render(self) -> None:
        """Send what was written. SPI returns when it has left; the others while it leaves.

        Raises:
            RefusedError: the hardware failed.
        """
        if not self._paced_by_itself:
            # The library would wait for the wire once more, after a transfer that has waited for it.
            self._library.ws2811_t_render_wait_time_set(self._leds, 0)
        self._check(self._library.ws2811_render(self._leds))

    def blank(self) -> None:
        """Turn all LEDs off, if that is still possible."""
        for memory in self._memory:
            memory[:] = bytes(len(memory))
        self._library.ws2811_render(self._leds)

    def close(self) -> None:
        """Let the hardware go, when the last frame has left."""
        self._memory = []
        self._library.ws2811_fini(self._leds)
        self._library.delete_ws2811_t(self._leds)

    def _configured(self, strip: StripHello) -> Any:
        library = self._library
        channel = library.ws2811_channel_get(self._leds, strip.way.channel)
        library.ws2811_channel_t_gpionum_set(channel, strip.pin)
        library.ws2811_channel_t_count_set(channel, strip.leds)
        library.ws2811_channel_t_invert_set(channel, int(strip.invert))
        library.ws2811_channel_t_brightness_set(channel, _FULL)
        library.ws2811_channel_t_strip_type_set(channel, getattr(library, _AS_THEY_LIE[strip.colours]))
        return channel

    def _mapped(self, channel: Any, strip: StripHello) -> memoryview:
        address = int(self._library.ws2811_channel_t_leds_get(channel))
        return memoryview((ctypes.c_uint8 * (4 * strip.leds)).from_address(address)).cast("B")

    def _check(self, code: int) -> None:
        if code:
            raise RefusedError("library", code=code, reason=str(self._library.ws2811_get_return_t_str(code)))
