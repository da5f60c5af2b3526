"""The light sensor: a BH1750 on I²C, through smbus2, on a thread of its own.

Without a BH1750 at hand, its bytes were checked against its data sheet (ROHM, 2011.11): opcode 0x10, continuous measuring at 1 lx, a
value every 120 ms (180 ms at most); the two bytes that it then gives, high first, are lux × 1.2.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from maquette.config.documents import LightSensorDocument
from maquette.core.alerts import Alert
from maquette.core.message import message
from maquette.errors import DeviceError
from maquette.show.own_values import LIGHT, Sensed
from maquette.stage.trouble import Trouble

CONTINUOUS = 0x10
"""The opcode: measure again and again, at 1 lx."""
COUNTS_PER_LUX = 1.2
EVERY_S = 1.0
"""Between two looks; a measurement takes 0.18 s at most."""
TOLD_S = 30.0
"""A value that stays is told this often: it is fresh for longer."""
CHANGE = 0.05
"""The share of a value by which it must change to be news, and one lux at least."""
STOP_S = 2.0
"""Seconds that a look under way has to end, at most."""


class Bus(Protocol):
    """What is needed of an I²C bus; its errors are `OSError`."""

    def start(self) -> None:
        """Let the sensor measure."""

    def read(self) -> bytes:
        """Return the two bytes of the last measurement."""

    def close(self) -> None:
        """Let the bus go."""


def lux(raw: bytes) -> float:
    """Return what two bytes of the sensor mean.

    >>> lux(bytes([0x83, 0x90]))
    28066.7
    """
    return round(int.from_bytes(raw, "big") / COUNTS_PER_LUX, 1)


class LightMeter:
    """Looks how bright the hall is, every second, until `close`. A sensor that does not answer is told once and tried again."""

    def __init__(
        self,
        name: str,
        document: LightSensorDocument,
        post: Callable[[Sensed | Alert], None],
        bus: Callable[[LightSensorDocument], Bus] | None = None,
    ) -> None:
        """Describe the sensor; `open` begins.

        Args:
            name: its id.
            document: its bus and address.
            post: takes what is sensed, ``model.light``, and the alert ``sensor_failed`` (argument ``sensor``), on any thread.
            bus: opens the bus; smbus2's by default.
        """
        self._document = document
        self._post = post
        self._open = _SmBus if bus is None else bus
        self._trouble = Trouble("sensor_failed", "sensor", name, post)
        self._bus: Bus | None = None
        self._told: float | None = None
        self._told_at = float("-inf")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"light {name}", daemon=True)

    def open(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more; may be called twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _run(self) -> None:
        wait_s = 0.0
        while not self._stop.wait(wait_s):
            now = time.monotonic()
            self.look(now)
            wait_s = EVERY_S if self._trouble.problem is None else max(0.0, self._trouble.retry_at - now)
        self._let_go()

    def look(self, now: float) -> None:
        """Look once, and tell what is news; the first look after the bus was opened only lets the sensor begin."""
        try:
            if self._bus is None:
                self._bus = self._open(self._document)
                self._bus.start()
                return
            value = lux(self._bus.read())
        except OSError as error:
            self._fail(error, now)
            return
        self._trouble.over()
        if self._told is None or now - self._told_at >= TOLD_S or abs(value - self._told) >= max(1.0, CHANGE * value):
            self._tell(value, now)

    def _fail(self, error: OSError, now: float) -> None:
        self._let_go()
        if isinstance(error, DeviceError):
            problem = error.message
        else:
            place, reason = f"{self._document.address:#04x}", error.strerror or str(error)
            problem = message("no_light_sensor", address=place, bus=self._document.bus, reason=reason)
        first = self._trouble.problem is None
        self._trouble.failed(problem, now)
        if first:
            self._tell(None, now)

    def _tell(self, value: float | None, now: float) -> None:
        self._told, self._told_at = value, now
        self._post(Sensed(LIGHT, value))

    def _let_go(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.close()


class _SmBus:
    """The sensor on a bus of Linux, through smbus2."""

    def __init__(self, document: LightSensorDocument) -> None:
        from smbus2 import SMBus  # noqa: PLC0415 - only where there is a sensor, and after the first light

        self._address = document.address
        try:
            self._bus = SMBus(document.bus)
        except FileNotFoundError as error:
            raise DeviceError(message("i2c_missing", bus=document.bus)) from error
        except PermissionError as error:
            raise DeviceError(message("i2c_not_allowed", bus=document.bus)) from error

    def start(self) -> None:
        self._bus.write_byte(self._address, CONTINUOUS)

    def read(self) -> bytes:
        from smbus2 import i2c_msg  # noqa: PLC0415 - see above

        answer = i2c_msg.read(self._address, 2)
        self._bus.i2c_rdwr(answer)
        return bytes(answer)

    def close(self) -> None:
        self._bus.close()
