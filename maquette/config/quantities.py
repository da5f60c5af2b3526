"""Field types for quantities: a document writes ``"800 ms"``, the field holds seconds. A bare number is an error that proposes the fix."""

import math
import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from maquette.config.refusal import refusal
from maquette.core.message import Message, message
from maquette.core.units import NUMBER, Quantity, meant_unit, parse_quantity, units_like
from maquette.errors import UnitError


def _reader(unit: str, example: str, minimum: float, maximum: float, written: str = "") -> Callable[[Any], float]:
    usual = written or unit

    def offer(raw: object) -> Message:
        if usual == "s":
            return message("seconds_or_ms", number=str(raw))
        return message("write_for_example", written=f"{raw} {usual}")

    def read(raw: Any) -> float:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise refusal("E111.quantity", example=example)
        if isinstance(raw, int | float):
            raise refusal("E111.no_unit", hint=offer(raw), number=str(raw))
        quantity = _parse(raw, example)
        if quantity.unit is None:
            raise refusal("E111.text_no_unit", hint=offer(raw), text=raw)
        if unit == "s" and quantity.unit == "m":
            minutes = message("write_this", written=f"{quantity.value:g} min")
            raise refusal("E111.length", hint=minutes, text=raw)
        value = _convert(quantity, unit, example)
        if not minimum <= value <= maximum:
            raise refusal("E111.range", text=raw, minimum=f"{minimum:g} {unit}", maximum=f"{maximum:g} {unit}")
        return value

    return read


def _parse(raw: str, example: str) -> Quantity:
    try:
        return parse_quantity(raw)
    except UnitError as error:
        raise _wrong(error, example) from error


def _convert(quantity: Quantity, unit: str, example: str) -> float:
    try:
        return quantity.to(unit)
    except UnitError as error:
        raise _wrong(error, example) from error


def _wrong(error: UnitError, example: str) -> PydanticCustomError:
    return refusal("E111", hint=error.hint or message("example_text", example=example), reason=error.message)


def _schema(unit: str, *examples: str, held: str = "") -> WithJsonSchema:
    """Return the schema of a quantity: a number and a unit that measures the same; ranges are for the check.

    ``x-unit`` is the unit in which a field holds it, for whoever writes a default.
    """
    units = "|".join(re.escape(name) for name in sorted(units_like(unit), key=len, reverse=True))
    pattern = rf"^\s*{NUMBER}\s*({units})\s*$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples), "x-unit": held or unit})


Seconds = Annotated[float, BeforeValidator(_reader("s", "800 ms", 0.0, 4e9)), _schema("s", "20 s", "800 ms", "5 min")]
"""A duration; the field holds seconds."""
Amperes = Annotated[float, BeforeValidator(_reader("A", "8 A", 0.0, 200.0)), _schema("A", "8 A")]
"""A current; the field holds amperes."""
PositiveAmperes = Annotated[float, BeforeValidator(_reader("A", "8 A", 0.01, 200.0)), _schema("A", "8 A")]
"""A current of 10 mA or more; the field holds amperes."""
AmperesPerSecond = Annotated[float, BeforeValidator(_reader("A/s", "20 A/s", 1.0, 1e4)), _schema("A/s", "20 A/s")]
"""How fast a current rises; the field holds amperes per second."""
Volts = Annotated[float, BeforeValidator(_reader("V", "5 V", 0.0, 60.0)), _schema("V", "5 V")]
"""A voltage; the field holds volts."""
Degrees = Annotated[float, BeforeValidator(_reader("°", "35°", -360.0, 360.0)), _schema("°", "35°")]
"""An angle; the field holds degrees."""
DegreesPerSecond = Annotated[float, BeforeValidator(_reader("°/s", "90°/s", 0.1, 3600.0)), _schema("°/s", "90°/s")]
"""An angular speed; the field holds degrees per second."""
DegreesPerSecondSquared = Annotated[
    float, BeforeValidator(_reader("°/s²", "300°/s²", 1.0, 100_000.0)), _schema("°/s²", "300°/s²")
]
"""An angular acceleration; the field holds degrees per second, per second."""
Megahertz = Annotated[float, BeforeValidator(_reader("MHz", "25 MHz", 20.0, 30.0)), _schema("MHz", "25 MHz")]
"""The frequency of a board's clock; the field holds megahertz."""
Microseconds = Annotated[float, BeforeValidator(lambda raw: _pulse(raw) * 1e6), _schema("s", "1500 µs", held="µs")]
"""The length of a servo's pulse; the field holds microseconds."""
Millimetres = Annotated[float, BeforeValidator(lambda raw: _length(raw) * 1000.0), _schema("m", "1600 mm", held="mm")]
"""A length on the model; the field holds millimetres."""
Metres = Annotated[float, BeforeValidator(_reader("m", "12 km", 0.0, 1e6)), _schema("m", "12 km")]
"""A distance in the territory; the field holds metres."""
Lux = Annotated[float, BeforeValidator(_reader("lx", "200 lx", 0.0, 200_000.0)), _schema("lx", "200 lx")]
"""How bright it is somewhere; the field holds lux."""
_HEX = re.compile("#[0-9a-fA-F]{6}")
_kelvin = _reader("K", "4000 K", 1700.0, 20_000.0)


def _white(raw: Any) -> str | float:
    """Read a colour, which stays text, or a temperature of light."""
    if isinstance(raw, str) and raw.startswith("#"):
        if not _HEX.fullmatch(raw):
            raise refusal("E111", hint=message("example_text", example="#ffe4c8"), reason=message("E352", text=raw))
        if int(raw[1:], 16) == 0:
            raise refusal("E111.dark_white", hint=message("example_text", example="#ffe4c8"), text=raw)
        return raw
    if isinstance(raw, str) and raw[:1].isalpha():
        raise refusal("E111.quantity", example="4000 K")
    return _kelvin(raw)


White = Annotated[
    str | float,
    BeforeValidator(_white),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(#[0-9a-fA-F]{{6}}|\s*{NUMBER}\s*({'|'.join(sorted(units_like('K')))}))\s*$",
            "examples": ["4000 K", "#ffe4c8"],
        }
    ),
]
"""The colour of white light, by its temperature or as a colour; the field holds `#rrggbb` or kelvins."""
Share = Annotated[float, BeforeValidator(_reader("%", "80 %", 0.0, 100.0)), _schema("%", "80 %")]
"""A percentage; the field holds percent, 0 to 100."""
Tempo = Annotated[float, BeforeValidator(_reader("Hz", "0.1 Hz", 0.02, 0.5)), _schema("Hz", "0.1 Hz")]
"""A gentle tempo; the field holds breaths per second, one in fifty seconds to one in two."""


def _read_unit(raw: str) -> str:
    meant = meant_unit(raw)
    if meant is not None:
        raise refusal("E111", hint=message("write", line=f"unit: {meant}"), reason=message("unknown_unit", unit=raw))
    return raw


Unit = Annotated[str, AfterValidator(_read_unit)]
"""A unit, such as `m³/s`, or a word of one's own, such as `jobs`."""


def _read_number(raw: Any) -> float | str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise refusal("E111.number", example="3 m³/s")
    if isinstance(raw, str):
        _parse(raw, "3 m³/s")
        return raw
    if not math.isfinite(raw):
        raise refusal("E111.not_finite", number=str(raw))
    return float(raw)


Number = Annotated[
    float | str,
    BeforeValidator(_read_number),
    WithJsonSchema(
        {"oneOf": [{"type": "number"}, {"type": "string", "pattern": rf"^\s*{NUMBER}", "examples": ["3 m³/s"]}]}
    ),
]
"""A number, or a quantity as text; a bare number takes the unit of the value it meets."""

_pulse = _reader("s", "1500 µs", 0.0, 0.02, "µs")
_length = _reader("m", "1600 mm", 0.0, 100.0, "mm")
