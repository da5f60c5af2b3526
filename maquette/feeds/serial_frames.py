"""Binary frames of three well-known sensors of the air: bytes in any pieces become rows. Pure; no byte makes it fail.

A frame counts when its head, its length and its checksum are right. After anything else the search goes on one byte further, so that
a lost or foreign byte costs one frame and never more. No sensor was at hand: the frames are those of the makers' data sheets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

SensorName = Literal["sds011", "pms5003", "mhz19"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One value of a sensor.

    Attributes:
        unit: its unit.
        range: lowest and highest that the sensor can measure, in its unit.
    """

    unit: str
    range: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sensor:
    """How a sensor speaks.

    Attributes:
        head: how each of its frames begins.
        length: bytes of a frame.
        intact: tells whether a frame of that head and length is what the sensor sent.
        read: the row of an intact frame.
        values: name in the row → what it is.
        warm_up_s: seconds after power on during which what it says is not to be believed.
        question: what it is asked with, or nothing: it speaks by itself.
    """

    head: bytes
    length: int
    intact: Callable[[bytes], bool]
    read: Callable[[bytes], dict[str, Any]]
    values: Mapping[str, Measured]
    warm_up_s: float
    question: bytes = b""


class FrameReader:
    """Makes rows of a sensor's frames."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the rows of the frames that end in these bytes."""
        sensor, begun = self._sensor, self._begun
        begun += data
        rows, start = [], 0
        while (start := begun.find(sensor.head, start)) >= 0 and start + sensor.length <= len(begun):
            frame = bytes(begun[start : start + sensor.length])
            if sensor.intact(frame):
                rows.append(sensor.read(frame))
                start += sensor.length
            else:
                start += 1
        # Kept: a frame that has begun, or the byte that may begin the next.
        del begun[: start if start >= 0 else max(0, len(begun) - len(sensor.head) + 1)]
        return rows


def _sds011_intact(frame: bytes) -> bool:
    return frame[9] == 0xAB and sum(frame[2:8]) & 0xFF == frame[8]


def _sds011_row(frame: bytes) -> dict[str, Any]:
    return {"pm25": int.from_bytes(frame[2:4], "little") / 10, "pm10": int.from_bytes(frame[4:6], "little") / 10}


def sds011_command(*said: int) -> bytes:
    """Return a command to any SDS011: 13 bytes of what is said, padded, between head, address and checksum."""
    content = bytes(said).ljust(13, b"\0") + b"\xff\xff"
    return b"\xaa\xb4" + content + bytes([sum(content) & 0xFF, 0xAB])


def sds011_work_period(minutes: int) -> tuple[bytes, ...]:
    """Return the commands that wake an SDS011 and let it speak by itself, once every so many minutes.

    Args:
        minutes: 1 to 30: it works for 30 s of each such period and spares its laser for the rest; 0: without a pause. It remembers that
            without power.
    """
    return sds011_command(6, 1, 1), sds011_command(2, 1, 0), sds011_command(8, 1, minutes)


def _pms5003_intact(frame: bytes) -> bool:
    return sum(frame[:30]) == int.from_bytes(frame[30:], "big")


def _pms5003_row(frame: bytes) -> dict[str, Any]:
    """The second three of its 13 numbers are those "under atmospheric environment"; the first three are for its factory."""
    pm1, pm25, pm10 = (int.from_bytes(frame[at : at + 2], "big") for at in (10, 12, 14))
    return {"pm1": pm1, "pm25": pm25, "pm10": pm10}


def _mhz19_checksum(frame: bytes) -> int:
    return -sum(frame[1:8]) & 0xFF


def _mhz19_intact(frame: bytes) -> bool:
    return _mhz19_checksum(frame) == frame[8]


def _mhz19_row(frame: bytes) -> dict[str, Any]:
    return {"co2": int.from_bytes(frame[2:4], "big")}


_particles = partial(Measured, "µg/m³")

SENSORS: Mapping[SensorName, Sensor] = {
    "sds011": Sensor(
        head=b"\xaa\xc0",
        length=10,
        intact=_sds011_intact,
        read=_sds011_row,
        values={"pm25": _particles((0.0, 999.9)), "pm10": _particles((0.0, 999.9))},
        warm_up_s=30.0,
    ),
    "pms5003": Sensor(
        head=b"\x42\x4d\x00\x1c",
        length=32,
        intact=_pms5003_intact,
        read=_pms5003_row,
        values={name: _particles((0.0, 1000.0)) for name in ("pm1", "pm25", "pm10")},
        warm_up_s=30.0,
    ),
    "mhz19": Sensor(
        head=b"\xff\x86",
        length=9,
        intact=_mhz19_intact,
        read=_mhz19_row,
        # Outdoors it is 420; less than 300 is a sensor that is not ready or out of order.
        values={"co2": Measured("ppm", (300.0, 10_000.0))},
        warm_up_s=180.0,
        question=bytes.fromhex("ff 01 86 00 00 00 00 00 79"),
    ),
}
"""Format → the sensor that speaks it."""
