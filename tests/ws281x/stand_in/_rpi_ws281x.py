"""Stands in for the compiled module of rpi_ws281x: the same functions, LEDs in C memory, and a tape in place of a wire.

``$LED_TAPE`` is the pipe to which each rendered channel is written, as one line: the channel, its pin and the bytes in hexadecimal as the
library's ``ws2811_render`` would pick them out of the LEDs' memory. ``$LED_INIT`` and ``$LED_RENDER`` are the codes that are returned.
"""

import ctypes
import os

WS2811_STRIP_BGR = 0x00000810
SK6812_STRIP_BGRW = 0x18000810

_NAMES = {0: "Success", -3: "Hardware revision is not supported", -10: "DMA error"}


class _Channel:
    def __init__(self):
        self.gpionum = self.count = self.invert = self.brightness = self.strip_type = 0
        self.leds = None


class _Leds:
    def __init__(self):
        self.channels = (_Channel(), _Channel())
        self.freq = self.dmanum = self.render_wait_time = 0
        self.works = False


def new_ws2811_t():
    return _Leds()


def delete_ws2811_t(leds):
    tape("deleted")


def ws2811_t_freq_set(leds, freq):
    leds.freq = freq


def ws2811_t_dmanum_set(leds, number):
    leds.dmanum = number


def ws2811_t_render_wait_time_set(leds, microseconds):
    leds.render_wait_time = microseconds


def ws2811_channel_get(leds, number):
    return leds.channels[number]


def ws2811_channel_t_gpionum_set(channel, pin):
    channel.gpionum = pin


def ws2811_channel_t_count_set(channel, count):
    channel.count = count


def ws2811_channel_t_invert_set(channel, invert):
    channel.invert = invert


def ws2811_channel_t_brightness_set(channel, brightness):
    channel.brightness = brightness


def ws2811_channel_t_strip_type_set(channel, strip_type):
    channel.strip_type = strip_type


def ws2811_channel_t_leds_get(channel):
    return ctypes.addressof(channel.leds)


def ws2811_init(leds):
    code = int(os.environ.get("LED_INIT", "0"))
    leds.works = code == 0
    for channel in leds.channels:
        channel.leds = (ctypes.c_uint32 * channel.count)()
    tape(f"init freq={leds.freq} dma={leds.dmanum}")
    return code


def ws2811_render(leds):
    assert leds.works
    for number, channel in enumerate(leds.channels):
        if channel.count:
            assert channel.brightness == 255
            tape(f"{number} {channel.gpionum} {_wire(channel).hex()}{' inverted' if channel.invert else ''}")
    return int(os.environ.get("LED_RENDER", "0"))


def ws2811_fini(leds):
    assert leds.works, "the real one crashes"
    tape("fini")


def ws2811_get_return_t_str(code):
    return _NAMES[code]


def _wire(channel):
    white = channel.strip_type & 0xF0000000
    shifts = [channel.strip_type >> place & 0xFF for place in ((16, 8, 0, 24) if white else (16, 8, 0))]
    return bytes(led >> shift & 0xFF for led in channel.leds for shift in shifts)


def tape(line):
    pipe = os.open(os.environ["LED_TAPE"], os.O_WRONLY)
    os.write(pipe, f"{line}\n".encode())
    os.close(pipe)
