"""The rpi_ws281x output: LEDs on a Pi's own pins, up to the Pi 4. Bytes of a strip go in; a sender, a process apart, drives the wire.

The library holds Python's lock while it sends, so it never runs in this process. Strips on both channels of the PWM share one sender,
for they are one instance of the library. What travels to it, and the modes, are told in `maquette.ws281x.protocol`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from maquette.config.documents_hardware import Misfit, Order, StripDocument
from maquette.config.refusal import refusal
from maquette.core.message import message
from maquette.core.wire_time import wire_time_s
from maquette.stage.outputs.output import Output
from maquette.stage.outputs.sender import Sender
from maquette.ws281x.protocol import (
    DEFAULT_BUFSIZ,
    MOST_DMA,
    MOST_LEDS,
    PINS,
    UNSAFE_DMA,
    Hello,
    Mode,
    StripHello,
    Way,
    spi_bytes,
    spi_leds,
)

_SPI_PINS = (10, 9, 11, 8)  # MOSI, MISO, SCLK and the select line of /dev/spidev0.0
_CHANNELS = 4  # the library's signal is as long as for LEDs of four colours, whatever they are


def _pin(pin: int) -> int:
    if pin not in PINS:
        raise refusal("E111.led_pin", hint=message("led_pins"), pin=pin)
    return pin


def _dma(number: int) -> int:
    if number == UNSAFE_DMA:
        raise refusal("E111.led_dma", hint=message("write_plain", written="dma: 10"), number=number)
    return number


class Ws281xStrip(StripDocument):
    """A strip on one of the Pi's pins, driven by the rpi_ws281x library: up to the Pi 4."""

    driver: Literal["rpi_ws281x"]
    """On a pin of the Pi, with the rpi_ws281x library."""
    order: Order = "GRB"
    """The order of colours on its wire, such as `GRB`; with a `W`, each LED has a white one too."""
    pin: Annotated[int, AfterValidator(_pin)]
    """The GPIO number: 10 (SPI, the one that needs no root), 12 or 18 (PWM), 13 or 19 (PWM's second channel) or 21 (PCM)."""
    dma: Annotated[int, Field(ge=0, le=MOST_DMA), AfterValidator(_dma)] = 10
    """The DMA channel that feeds PWM and PCM; never 5, which belongs to the SD card."""
    invert: bool = False
    """Whether the level shifter turns the signal upside down; with PWM only."""

    @property
    def pins_taken(self) -> Mapping[int, str]:
        """Its pin; with SPI, those of the whole bus: nothing else may be on it."""
        return dict.fromkeys(_SPI_PINS if self.way.mode is Mode.SPI else (self.pin,), "pin")

    @property
    def way(self) -> Way:
        """What makes its signal."""
        return PINS[self.pin]

    @property
    def wire_time_s(self) -> float:
        """Seconds that a frame takes on its wire."""
        return wire_time_s(self.leds, _CHANNELS)

    @classmethod
    def misfits(cls, strips: Mapping[str, Self]) -> Iterator[Misfit]:
        """Yield what the library cannot do."""
        for name, strip in strips.items():
            yield from _own_misfits(name, strip)
        owners: dict[Way, int] = {}
        first: Ws281xStrip | None = None
        for name, strip in strips.items():
            if strip.way in owners:
                yield Misfit(name, "pin", message("E395.channel", pin=strip.pin, other=owners[strip.way]))
            owners.setdefault(strip.way, strip.pin)
            if not strip.way.mode.needs_root:
                continue
            first = first or strip
            if strip.way.mode is not first.way.mode:
                yield Misfit(name, "pin", message("E395.modes"), message("led_pins"))
            elif strip.dma != first.dma:
                yield Misfit(name, "dma", message("E395.dma", number=strip.dma, other=first.dma))


def _own_misfits(name: str, strip: Ws281xStrip) -> Iterator[Misfit]:
    mode = strip.way.mode
    most = MOST_LEDS[mode]
    if strip.leds > most:
        yield Misfit(name, "leds", message("E395.leds", pin=strip.pin, most=most))
    elif mode is Mode.SPI and spi_bytes(strip.leds) > DEFAULT_BUFSIZ:
        hint = message("spi_buffer", bytes=spi_bytes(strip.leds))
        yield Misfit(name, "leds", message("W073", leds=strip.leds, most=spi_leds(DEFAULT_BUFSIZ)), hint)
    if strip.invert and mode is not Mode.PWM:
        yield Misfit(name, "invert", message("E395.invert", pin=strip.pin))


class Ws281xOutput:
    """One strip of a sender."""

    def __init__(self, sender: Sender, place: int) -> None:
        """Name the strip of a sender by its place in the hello."""
        self._sender = sender
        self._place = place

    @property
    def wire_time_s(self) -> float:
        """The strips of one sender are busy together, as long as the longest."""
        return self._sender.hello.wire_time_s

    def open(self) -> None:
        """Start the sender, unless it runs; frames are dropped until it is ready."""
        self._sender.join(self._place)

    def show(self, pixels: bytes | memoryview) -> bool:
        """Hand a frame over; return False while the sender starts or is behind.

        Raises:
            OutputError: the sender has ended, or says why it cannot serve.
        """
        return self._sender.send(self._place, pixels)

    def blank(self) -> None:
        """Turn the strip's LEDs off, if the sender lives."""
        self._sender.blank(self._place)

    def close(self) -> None:
        """Let go; the sender ends with its last strip."""
        self._sender.leave(self._place)


def make_alone(strip: Ws281xStrip) -> Output:
    """Return the output of a strip without others."""
    return make_together({"": strip})[""]


def make_together(strips: Mapping[str, Ws281xStrip]) -> dict[str, Output]:
    """Return the outputs of all strips of this driver, by strip: those that share a mode share a sender."""
    outputs: dict[str, Output] = {}
    for mode in Mode:
        names = [name for name, strip in strips.items() if strip.way.mode is mode]
        if names:
            hellos = tuple(_hello(strips[name]) for name in names)
            sender = Sender(Hello(hellos, strips[names[0]].dma))
            outputs |= {name: Ws281xOutput(sender, place) for place, name in enumerate(names)}
    return outputs


def _hello(strip: Ws281xStrip) -> StripHello:
    return StripHello(strip.pin, strip.leds, len(strip.order), strip.invert)
