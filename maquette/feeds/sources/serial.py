"""Serial: a sensor on a cable, such as an Arduino that prints lines, or one of three well-known sensors of the air.

Of lines that say different things the newest of each counts, so a sketch may print one value a line. A reading is as old as its line: a
device that is there and says nothing is not live for long. No real sensor was at hand: the frames are those of the data sheets, and
plugging, pulling and restarting have been tried with pseudo-terminals.
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from maquette.config.device_path import SerialPath, leads_elsewhere
from maquette.config.documents import Name, TableDocument
from maquette.config.quantities import Seconds
from maquette.config.refusal import refusal
from maquette.core.message import message
from maquette.core.readings import Reading
from maquette.feeds import digest, rows
from maquette.feeds.serial_frames import SENSORS, FrameReader, Sensor, sds011_work_period
from maquette.feeds.serial_lines import LineReader, Reader, read_csv, read_json, read_pairs
from maquette.feeds.source import Arrival, Connection, Row, Source

RETRY_S = 1.0
"""Seconds until a device that is not there is looked for again."""


def _check_minutes(seconds: float) -> float:
    if seconds % 60 or seconds > 1800:
        raise refusal("E111.work_period", hint=message("example_text", example="5 min"))
    return seconds


class SerialDocument(TableDocument):
    """A device on a cable that says a reading a line, or one of the sensors whose frames are known."""

    kind: Literal["serial"]
    """The kind of source."""
    device: SerialPath
    """The path of the device, one of those under `/dev/serial/by-id`: there it is always called the same."""
    format: Literal["json", "pairs", "csv", "sds011", "pms5003", "mhz19"]
    """How it speaks: a line for each reading, `json`, `pairs` (`lux=312;dba=54.2`) or `csv`; or a sensor of particles or of CO₂."""
    speed: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600] | None = None
    """Bauds; 9600 for the sensors and 115200 for lines by default."""
    columns: Annotated[list[Name], Field(min_length=1)] | None = None
    """The names of the cells of a line of `csv`, in their order."""
    ask: str | None = None
    """A line that the device is asked with; omitted: it speaks by itself. An MH-Z19 is asked anyway."""
    work_period: Annotated[Seconds, AfterValidator(_check_minutes)] | None = None
    """Spares the laser of an SDS011, which then works 30 s of each such period, 30 min at most; `0 min`: always. It remembers this."""
    ignore_first: Seconds | None = None
    """How long its readings are not believed after it was plugged in; by default 30 s for particles, 3 min for CO₂, and `0 s` for lines."""
    every: Annotated[Seconds, Field(ge=1.0)] = 10.0
    """How often it is asked, and looked at whether it still speaks; 10 s by default. What it says by itself is shown at once."""

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, raw: Any) -> Any:
        """Give the values of a sensor their units and ranges, where the document does not say others."""
        sensor = _sensor_of(raw.get("format")) if isinstance(raw, dict) else None
        values = raw.get("values") if sensor is not None else None
        if sensor is None or not isinstance(values, dict):
            return raw
        return {**raw, "values": {name: _filled(value, sensor) for name, value in values.items()}}

    @model_validator(mode="after")
    def _check(self) -> Self:
        sensor = _sensor_of(self.format)
        if self.columns is None and self.format == "csv":
            raise refusal("E111.needs_columns", hint=message("write", line="columns: [co2, pm25]"))
        for key, alone in (("columns", self.format == "csv"), ("work_period", self.format == "sds011")):
            if getattr(self, key) is not None and not alone:
                raise refusal("E111.other_format", key=key, format=self.format)
        if self.ask is not None and sensor is not None:
            raise refusal("E111.other_format", key="ask", format=self.format)
        if self.work_period is not None and self.work_period > self.fresh_for:
            raise refusal("E111.rarely", hint=message("longer_fresh_for"))
        if sensor is not None:
            for value in self.values.values():
                if value.picked not in sensor.values:
                    hint = message("there_are", names=", ".join(sensor.values))
                    raise refusal("E111.sensor_value", hint=hint, name=value.picked, sensor=self.format)
        return self

    @property
    def moving_device(self) -> str | None:
        """Its path, if it leads elsewhere as soon as the device is plugged in again."""
        return self.device if leads_elsewhere(self.device) else None


def _sensor_of(form: Any) -> Sensor | None:
    return next((sensor for name, sensor in SENSORS.items() if name == form), None)


def _filled(value: Any, sensor: Sensor) -> Any:
    pick = value.get("pick") if isinstance(value, dict) else None
    measured = sensor.values.get(pick) if isinstance(pick, str) else None
    if measured is None or "factor" in value:
        return value
    return {"unit": measured.unit, "plausible": list(measured.range), **value}


def connect(
    document: SerialDocument,
    wake: Callable[[], None],
    *,
    monotonic: Callable[[], float] = time.monotonic,
    retry_s: float = RETRY_S,
) -> Connection:
    """Begin to listen to a device; its lines are dated by ``monotonic``, and it is looked for each ``retry_s`` seconds."""
    from maquette.feeds.serial_connection import SerialConnection, Talk  # noqa: PLC0415  # pyserial is for the feeds process alone

    sensor = _sensor_of(document.format)
    warm_up_s, question = (sensor.warm_up_s, sensor.question) if sensor is not None else (0.0, b"")
    talk = Talk(
        device=document.device,
        speed=document.speed or (115200 if sensor is None else 9600),
        reader=_reader(document),
        kind=partial(_kind, rows.terms_of("", document)),
        commands=sds011_work_period(int(document.work_period // 60)) if document.work_period is not None else (),
        question=f"{document.ask}\n".encode() if document.ask is not None else question,
        every_s=document.every,
        warm_up_s=warm_up_s if document.ignore_first is None else document.ignore_first,
        silent_after_s=document.fresh_for,
    )
    return SerialConnection(talk, wake, monotonic=monotonic, retry_s=retry_s)


def _reader(document: SerialDocument) -> Callable[[], Reader]:
    match document.format:
        case "json":
            return partial(LineReader, read_json)
        case "pairs":
            return partial(LineReader, read_pairs)
        case "csv":
            return partial(LineReader, partial(read_csv, columns=document.columns or ()))
        case sensor:
            return partial(FrameReader, SENSORS[sensor])


def _kind(terms: rows.Terms, content: Mapping[str, Any]) -> Hashable | None:
    """Return of which kind a row is: what it speaks of, and its key; None when it does not count."""
    if not rows.wanted(terms, content):
        return None
    return frozenset(content), None if terms.key is None else str(terms.key(content))


def _digest(feed: str, document: SerialDocument, content: Any, arrival: Arrival) -> tuple[Reading, ...]:
    terms = rows.terms_of(feed, document)
    said = [Row(content)] if isinstance(content, dict) else content  # a sample is one row
    return tuple(
        reading
        for value in terms.values
        for reading in digest.digest(replace(terms, values=(value,)), _about(value, terms, said), arrival)
    )


def _about(value: rows.ValueTerms, terms: rows.Terms, said: Sequence[Row]) -> list[Row]:
    """Leave out rows that do not speak of a value, where another of the same key does."""
    keys = [None if terms.key is None else str(terms.key(row.content)) for row in said]
    told = [value.pick(row.content) is not None for row in said]
    known = {key for key, tells in zip(keys, told, strict=True) if tells}
    return [row for row, key, tells in zip(said, keys, told, strict=True) if tells or key not in known]


def _expected(feed: str, document: SerialDocument) -> tuple[Reading, ...]:
    return digest.expected(rows.terms_of(feed, document), "waiting")


SOURCE = Source(document=SerialDocument, connect=connect, digest=_digest, expected=_expected)
"""How a device on a cable is read."""
