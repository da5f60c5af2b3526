"""What is said on the line to the sender. Both ends use this module; the sender may be root, so it believes nothing that it is told.

The line is a Unix socket of whole packets (``SOCK_SEQPACKET``), so a packet's length is its own. In order:

1. The client says hello, one JSON object:
   ``{"version": 1, "dma": 10, "strips": [{"pin": 18, "leds": 300, "colours": 3, "invert": false}]}``.
   One or two strips, both of the same mode and on different channels (see `PINS`).
2. The sender answers with one JSON object: ``{"ready": true}``, or ``{"problem": KEY, "arguments": {NAME: text or number}}``, and then
   it hangs up. It may send a problem later too, for the same end.
3. The client sends frames, as many as it likes: one byte, the strip's place in the hello, then ``colours`` bytes per LED as they go
   over the wire. Whatever is not such a frame ends the session. The sender shows the newest frame of each strip as soon as the wire is
   free and forgets the others.
4. The client hangs up, or dies: the sender turns all LEDs off.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

VERSION = 1
FREQUENCY_HZ = 800_000
"""Bits per second on the wire."""
RESET_S = 0.0003
"""Silence after a frame, after which LEDs show it."""
MOST_BYTES = 4 * 20_000 + 2
"""A packet that is longer is no frame."""
DEFAULT_BUFSIZ = 4096
"""Bytes of an SPI transfer at most, unless ``spidev.bufsiz`` says otherwise."""
UNSAFE_DMA = 5
"""The DMA channel with which a Pi 3 reads its SD card: used by anybody else, it corrupts the card (the library's README)."""
MOST_DMA = 14

_SYMBOL_BITS = 3  # bits on the library's wire per bit of colour
_COLOURS = 4  # its buffers hold four colours per LED, whatever the strip has


class Mode(Enum):
    """The part of the Pi that makes the signal."""

    SPI = "spi"
    PWM = "pwm"
    PCM = "pcm"

    @property
    def needs_root(self) -> bool:
        """True where the library maps the Pi's memory."""
        return self is not Mode.SPI


MOST_LEDS: Mapping[Mode, int] = {Mode.PWM: 2700, Mode.PCM: 5400, Mode.SPI: 20_000}
"""LEDs per strip. A lite DMA channel, such as 10, moves 65 535 bytes at once (BCM2835 ARM Peripherals, 4.5): at 24 bytes per LED with PWM
and 12 with PCM these. For SPI the kernel's buffer is the limit, see `spi_bytes`."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the library reaches a pin: the mode, and the channel of its instance."""

    mode: Mode
    channel: int


PINS: Mapping[int, Way] = {
    10: Way(Mode.SPI, 0),
    12: Way(Mode.PWM, 0),
    18: Way(Mode.PWM, 0),
    13: Way(Mode.PWM, 1),
    19: Way(Mode.PWM, 1),
    21: Way(Mode.PCM, 0),
}
"""GPIO → how it is reached. These are the pins that ``check_hwver_and_gpionum`` in the library's ``ws2811.c`` (5.0.0) lets through on a
board with 40 pins; its README names others (31, 38, 40, 41, 45, 52, 53), which it refuses there."""


class RefusedError(Exception):
    """The sender does not serve, and says why.

    Attributes:
        key: of the words (``problems.*.json``, with ``ws281x_`` before it).
        arguments: their arguments.
    """

    def __init__(self, key: str, **arguments: str | int) -> None:
        super().__init__(": ".join([key, *map(str, arguments.values())]))
        self.key = key
        self.arguments = arguments


@dataclass(frozen=True, slots=True)
class StripHello:
    """One strip of an instance.

    Attributes:
        pin: its GPIO.
        leds: how many LEDs it has.
        colours: bytes per LED, 3 or 4.
        invert: True behind an inverting level shifter.
    """

    pin: int
    leds: int
    colours: int
    invert: bool

    @property
    def way(self) -> Way:
        """How its pin is reached."""
        return PINS[self.pin]

    @property
    def bytes(self) -> int:
        """The bytes of a frame."""
        return self.colours * self.leds


@dataclass(frozen=True, slots=True)
class Hello:
    """All that an instance of the library drives together: one strip, or two on both PWM channels.

    Attributes:
        strips: one or two.
        dma: the DMA channel; means nothing to SPI.
    """

    strips: tuple[StripHello, ...]
    dma: int

    @property
    def mode(self) -> Mode:
        """What makes the signal."""
        return self.strips[0].way.mode

    @property
    def leds(self) -> int:
        """The LEDs of the longest strip: the others' signal is as long."""
        return max(strip.leds for strip in self.strips)

    @property
    def wire_time_s(self) -> float:
        """Seconds that a frame takes: the library sends as long as for four colours, even to strips of three."""
        return self.leds * _COLOURS * 8 / FREQUENCY_HZ + RESET_S


def spi_bytes(leds: int) -> int:
    """Return the bytes of one SPI transfer (``PCM_BYTE_COUNT`` in the library's ``ws2811.c``).

    >>> spi_bytes(339), spi_bytes(340)
    (4088, 4104)
    """
    reset_bits = 55 * _SYMBOL_BITS * FREQUENCY_HZ // 1_000_000
    return ((leds * _COLOURS * 8 * _SYMBOL_BITS + reset_bits) // 8 & ~7) + 8


def spi_leds(bufsiz: int) -> int:
    """Return how many LEDs fit into SPI transfers of that many bytes at most.

    >>> spi_leds(4096)
    339
    """
    leds = bufsiz // (_COLOURS * _SYMBOL_BITS)
    while leds and spi_bytes(leds) > bufsiz:
        leds -= 1
    return leds


def written_hello(hello: Hello) -> bytes:
    """Return a hello as it is sent."""
    return json.dumps({"version": VERSION, "dma": hello.dma, "strips": [asdict(s) for s in hello.strips]}).encode()


def read_hello(packet: bytes) -> Hello:
    """Check a hello, every part of it.

    Raises:
        RefusedError: it is none (``hello``, with the reason in plain English).
    """
    try:
        said = json.loads(packet)
    except (ValueError, RecursionError):
        raise RefusedError("hello", reason="it is not JSON") from None
    _fields(said, {"version", "dma", "strips"})
    if said["version"] != VERSION:
        raise RefusedError("hello", reason=f"it speaks version {said['version']!r:.20}, not {VERSION}")
    dma = _whole(said, "dma", 0, MOST_DMA)
    if dma == UNSAFE_DMA:
        raise RefusedError("hello", reason=f"DMA channel {UNSAFE_DMA} belongs to the SD card")
    strips = said["strips"]
    if not isinstance(strips, list) or not 1 <= len(strips) <= 2:
        raise RefusedError("hello", reason="it has not one or two strips")
    hello = Hello(tuple(map(_strip, strips)), dma)
    if len({strip.way for strip in hello.strips}) < len(strips) or len({s.way.mode for s in hello.strips}) > 1:
        raise RefusedError("hello", reason="its strips cannot be driven together")
    return hello


def _strip(said: Any) -> StripHello:
    _fields(said, {"pin", "leds", "colours", "invert"})
    pin = _whole(said, "pin", 0, 53)
    if pin not in PINS:
        raise RefusedError("hello", reason=f"pin {pin} carries no such signal")
    if not isinstance(said["invert"], bool):
        raise RefusedError("hello", reason="'invert' is not true or false")
    leds = _whole(said, "leds", 1, MOST_LEDS[PINS[pin].mode])
    return StripHello(pin, leds, _whole(said, "colours", 3, 4), said["invert"])


def _fields(said: Any, names: set[str]) -> None:
    if not isinstance(said, dict) or set(said) != names:
        raise RefusedError("hello", reason=f"expected an object of {', '.join(sorted(names))}")


def _whole(said: dict[str, Any], name: str, least: int, most: int) -> int:
    value = said[name]
    if type(value) is not int or not least <= value <= most:  # True is an int to isinstance
        raise RefusedError("hello", reason=f"'{name}' is not a whole number from {least} to {most}")
    return value


READY = json.dumps({"ready": True}).encode()


def written_problem(refused: RefusedError) -> bytes:
    """Return a problem as it is sent."""
    return json.dumps({"problem": refused.key, "arguments": refused.arguments}).encode()


def read_problem(packet: bytes) -> RefusedError | None:
    """Return the problem that an answer tells, or None when it tells none."""
    try:
        said = json.loads(packet)
        return RefusedError(said["problem"], **said["arguments"])
    except (ValueError, LookupError, TypeError):
        return None
