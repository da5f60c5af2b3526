"""Field types for quantities: a document writes ``"800 ms"``, the field holds seconds. A bare number is an error that proposes the fix."""

import math
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from maquette.core.units import Quantity, meant_unit, parse_quantity
from maquette.errors import UnitError


def _reader(unit: str, example: str, minimum: float, maximum: float, written: str = "") -> Callable[[Any], float]:
    usual = written or unit

    def offer(raw: object) -> str:
        if usual == "s":
            return f"write '{raw} s' or '{raw} ms'"
        return f"write '{raw} {usual}', for example"

    def read(raw: Any) -> float:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise PydanticCustomError("quantity", "expected a quantity such as '{example}'", {"example": example})
        if isinstance(raw, int | float):
            raise PydanticCustomError("quantity", "{raw} has no unit", {"raw": str(raw), "hint": offer(raw)})
        quantity = _parse(raw, example)
        if quantity.unit is None:
            raise PydanticCustomError("quantity", "'{raw}' has no unit", {"raw": raw, "hint": offer(raw)})
        if unit == "s" and quantity.unit == "m":
            minutes = {"message": f"'{raw}' is a length", "hint": f"write '{quantity.value:g} min'"}
            raise PydanticCustomError("quantity", "{message}", minutes)
        value = _convert(quantity, unit, example)
        if not minimum <= value <= maximum:
            raise PydanticCustomError(
                "quantity",
                "'{raw}' is out of range: from {minimum} {unit} to {maximum} {unit}",
                {"raw": raw, "minimum": f"{minimum:g}", "maximum": f"{maximum:g}", "unit": unit},
            )
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
    context = {"message": str(error), "hint": error.hint or f"write for example '{example}'"}
    return PydanticCustomError("quantity", "{message}", context)


def _schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


Seconds = Annotated[float, BeforeValidator(_reader("s", "800 ms", 0.0, 4e9)), _schema("800 ms")]
"""A duration; the field holds seconds."""
Amperes = Annotated[float, BeforeValidator(_reader("A", "8 A", 0.0, 200.0)), _schema("8 A")]
"""A current; the field holds amperes."""
Volts = Annotated[float, BeforeValidator(_reader("V", "5 V", 0.0, 60.0)), _schema("5 V")]
"""A voltage; the field holds volts."""
Degrees = Annotated[float, BeforeValidator(_reader("°", "35°", -360.0, 360.0)), _schema("35°")]
"""An angle; the field holds degrees."""
DegreesPerSecond = Annotated[float, BeforeValidator(_reader("°/s", "90°/s", 0.1, 3600.0)), _schema("90°/s")]
"""An angular speed; the field holds degrees per second."""
Microseconds = Annotated[float, BeforeValidator(lambda raw: _pulse(raw) * 1e6), _schema("1500 µs")]
"""The length of a servo's pulse; the field holds microseconds."""
Millimetres = Annotated[float, BeforeValidator(lambda raw: _length(raw) * 1000.0), _schema("1600 mm")]
"""A length on the model; the field holds millimetres."""
Metres = Annotated[float, BeforeValidator(_reader("m", "12 km", 0.0, 1e6)), _schema("12 km")]
"""A distance in the territory; the field holds metres."""
Share = Annotated[float, BeforeValidator(_reader("%", "80 %", 0.0, 100.0)), _schema("80 %")]
"""A percentage; the field holds percent, 0 to 100."""
Tempo = Annotated[float, BeforeValidator(_reader("Hz", "0.1 Hz", 0.02, 0.5)), _schema("0.1 Hz")]
"""A gentle tempo; the field holds breaths per second, one in fifty seconds to one in two."""


def _read_unit(raw: str) -> str:
    meant = meant_unit(raw)
    if meant is not None:
        context = {"message": f"unknown unit '{raw}'", "hint": f"write: unit: {meant}"}
        raise PydanticCustomError("quantity", "{message}", context)
    return raw


Unit = Annotated[str, AfterValidator(_read_unit)]
"""A unit, such as `m³/s`, or a word of one's own, such as `jobs`."""


def _read_number(raw: Any) -> float | str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise PydanticCustomError("quantity", "expected a number or a quantity such as '3 m³/s'", {})
    if isinstance(raw, str):
        _parse(raw, "3 m³/s")
        return raw
    if not math.isfinite(raw):
        raise PydanticCustomError("quantity", "{raw} is not a finite number", {"raw": str(raw)})
    return float(raw)


Number = Annotated[
    float | str,
    BeforeValidator(_read_number),
    WithJsonSchema({"oneOf": [{"type": "number"}, {"type": "string", "examples": ["3 m³/s"]}]}),
]
"""A number, or a quantity as text; a bare number takes the unit of the value it meets."""

_pulse = _reader("s", "1500 µs", 0.0, 0.02, "µs")
_length = _reader("m", "1600 mm", 0.0, 100.0, "mm")
