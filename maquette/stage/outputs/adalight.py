"""The Adalight output: LEDs behind a microcontroller on a USB cable: an Arduino with an Adalight sketch, or WLED.

A frame is ``Ada``, the number of LEDs less one (two bytes, high first), their exclusive or with 0x55, then R, G, B of each LED. Boards with
a bootloader restart when their port is opened and say ``Ada`` when they listen; WLED says nothing. A receiver that was left in the middle
of a frame takes what follows for colours, and WLED takes some bytes between frames for commands: as many zeros as a frame is long, which
mean nothing, come first. Receivers go dark or their own way after some seconds of silence, so the loop repeats still frames.

Frames, plugging and stalling have been tried with pseudo-terminals only: no microcontroller was at hand.
"""

import termios
import time
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Self

from maquette.config.device_path import SerialPath, leads_elsewhere
from maquette.config.documents_hardware import Claim, Misfit, StripDocument
from maquette.core.message import message
from maquette.stage.outputs.threaded import ThreadedOutput
from maquette.stage.serial_port import opened, refusal

GREETING = b"Ada\n"
GREETING_S = 2.0
"""Seconds that a board may take to restart."""
STALL_S = 1.0
"""Seconds beyond a frame's own after which a board that takes no bytes is told to hang."""
BITS_PER_BYTE = 10
"""8 bits of data, a start and a stop bit."""
_HEADER_BYTES = 6


class AdalightStrip(StripDocument):
    """A strip behind a microcontroller on a USB cable that speaks Adalight: an Arduino, or WLED."""

    driver: Literal["adalight"]
    """Over a serial line, with Adalight."""
    order: Literal["RGB", "RBG", "GRB", "GBR", "BRG", "BGR"] = "RGB"
    """The order in which the microcontroller expects the colours. White LEDs are out of its reach."""
    port: SerialPath
    """The serial port, one of those under `/dev/serial/by-id`: there it is always called the same."""
    baud: Literal[115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1500000] = 115200
    """The speed of the line, as the microcontroller was told. 115200 is enough for 340 LEDs at ten frames a second."""

    smooth_s: ClassVar[float] = 1 / 10

    @property
    def wire_time_s(self) -> float:
        """Seconds that a frame takes on the line, then on the strip: while an Arduino fills its strip, it hears nothing."""
        return (_HEADER_BYTES + 3 * self.leds) * BITS_PER_BYTE / self.baud + super().wire_time_s

    @property
    def claim(self) -> Claim:
        """The port."""
        return Claim("device", self.port, range(1), "port")

    @classmethod
    def misfits(cls, strips: Mapping[str, Self]) -> Iterator[Misfit]:
        """Yield ports that lead elsewhere as soon as boards are plugged in anew."""
        for name, strip in strips.items():
            if leads_elsewhere(strip.port):
                yield Misfit(name, "port", message("W070", path=strip.port), message("device_by_id"))


def framed(frame: bytes) -> bytes:
    """Return a frame with its header."""
    high, low = divmod(len(frame) // 3 - 1, 256)
    return b"Ada" + bytes((high, low, high ^ low ^ 0x55)) + frame


def make_adalight(strip: AdalightStrip) -> ThreadedOutput:
    """Return the output of a strip behind a serial line, which may block, so that it has a thread."""
    return ThreadedOutput(AdalightLink(strip), 3 * strip.leds, strip.wire_time_s)


class AdalightLink:
    """The way through a serial port."""

    def __init__(self, strip: AdalightStrip, greeting_s: float | None = None) -> None:
        """Make a link that is not open; `greeting_s`: how long a restarting board is waited for."""
        self._strip = strip
        self._greeting_s = GREETING_S if greeting_s is None else greeting_s
        self._port: Any = None

    def open(self) -> None:
        """Open the port, wait until the board listens, and bring it to the beginning of a frame.

        Raises:
            OutputError: the port is not there or is taken.
        """
        strip = self._strip
        try:
            self._port = opened(
                strip.port,
                strip.baud,
                timeout_s=self._greeting_s,
                write_timeout_s=STALL_S + 2 * strip.wire_time_s,
            )
            self._port.read_until(GREETING)
            self._port.write(bytes(_HEADER_BYTES + 3 * strip.leds))
            # The zeros are on their way while the port says that they are written.
            time.sleep(strip.wire_time_s)  # on the thread of the output
        except (OSError, termios.error) as error:
            raise refusal(self._strip.port, error) from error

    def send(self, frame: bytes) -> None:
        """Send a frame.

        Raises:
            OutputError: the board was unplugged, or takes no bytes.
        """
        try:
            self._port.reset_input_buffer()  # what nobody reads makes some boards wait
            self._port.write(framed(frame))
        except (OSError, termios.error) as error:
            raise refusal(self._strip.port, error) from error

    def close(self) -> None:
        """Let the port go at once: while it is held, a board that is plugged in again gets another number."""
        if self._port is not None:
            self._port.close()
            self._port = None
