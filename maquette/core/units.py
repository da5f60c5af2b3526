"""Units and quantities: ``"800 ms"``, ``"4 A"``, ``"35°"``, ``"3000 m³/s"`` become a number in a known unit.

A unit is written as physicists print it (``m³/s``, ``µg/m³``, ``gCO₂/kWh``). A word that is not in the table, such as ``meals`` or
``jobs``, is a unit of its own that converts to nothing else.
"""

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches

from maquette.core.message import Message, message
from maquette.errors import UnitError


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit; ``unit`` is None for a bare number."""

    value: float
    unit: str | None

    def to(self, unit: str | None) -> float:
        """Return the value in ``unit``; a bare number takes the unit it meets.

        Raises:
            UnitError: the two units measure different things.
        """
        return self.value if self.unit is None else convert(self.value, self.unit, unit)


@dataclass(frozen=True, slots=True)
class _Unit:
    dimension: str
    factor: float
    offset: float = 0.0


# dimension, factor to the dimension's first unit (offset for temperatures only)
_UNITS: dict[str, _Unit] = {
    "s": _Unit("time", 1.0),
    "ms": _Unit("time", 0.001),
    "µs": _Unit("time", 1e-6),
    "min": _Unit("time", 60.0),
    "h": _Unit("time", 3600.0),
    "d": _Unit("time", 86400.0),
    "A": _Unit("current", 1.0),
    "mA": _Unit("current", 0.001),
    "A/s": _Unit("rise of current", 1.0),
    "V": _Unit("voltage", 1.0),
    "°": _Unit("angle", 1.0),
    "°/s": _Unit("angular speed", 1.0),
    "°/s²": _Unit("angular acceleration", 1.0),
    "m": _Unit("length", 1.0),
    "mm": _Unit("length", 0.001),
    "cm": _Unit("length", 0.01),
    "km": _Unit("length", 1000.0),
    "µm": _Unit("length", 1e-6),
    "m/s": _Unit("speed", 1.0),
    "km/h": _Unit("speed", 1 / 3.6),
    "m³/s": _Unit("flow", 1.0),
    "m³/h": _Unit("flow", 1 / 3600),
    "l/s": _Unit("flow", 0.001),
    "m³": _Unit("volume", 1.0),
    "l": _Unit("volume", 0.001),
    "t": _Unit("mass", 1000.0),
    "kg": _Unit("mass", 1.0),
    "g": _Unit("mass", 0.001),
    "mg": _Unit("mass", 1e-6),
    "W": _Unit("power", 1.0),
    "kW": _Unit("power", 1e3),
    "MW": _Unit("power", 1e6),
    "GW": _Unit("power", 1e9),
    "W/m²": _Unit("irradiance", 1.0),
    "Wh": _Unit("energy", 1.0),
    "kWh": _Unit("energy", 1e3),
    "MWh": _Unit("energy", 1e6),
    "GWh": _Unit("energy", 1e9),
    "TWh": _Unit("energy", 1e12),
    "µg/m³": _Unit("mass concentration", 1.0),
    "mg/m³": _Unit("mass concentration", 1000.0),
    "g/m³": _Unit("mass concentration", 1e6),
    "ng/m³": _Unit("mass concentration", 0.001),
    "gCO₂/kWh": _Unit("carbon intensity", 1.0),
    "°C": _Unit("temperature", 1.0),
    "K": _Unit("temperature", 1.0, -273.15),
    "%": _Unit("ratio", 0.01),
    "hPa": _Unit("pressure", 1.0),
    "Pa": _Unit("pressure", 0.01),
    "kPa": _Unit("pressure", 10.0),
    "bar": _Unit("pressure", 1000.0),
    "mbar": _Unit("pressure", 1.0),
    "dB(A)": _Unit("sound level", 1.0),
    "lx": _Unit("illuminance", 1.0),
    "Hz": _Unit("frequency", 1.0),
    "kHz": _Unit("frequency", 1e3),
    "MHz": _Unit("frequency", 1e6),
    "m²": _Unit("area", 1.0),
    "mm²": _Unit("area", 1e-6),
    "cm²": _Unit("area", 1e-4),
    "ha": _Unit("area", 1e4),
    "km²": _Unit("area", 1e6),
}

# What people type, and the unit they mean. Never read silently: the table feeds the hints.
_MEANT: dict[str, str] = {
    "L/s": "l/s",
    "L": "l",
    "ug/m3": "µg/m³",
    "ug/m³": "µg/m³",
    "sec": "s",
    "seconds": "s",
    "secondes": "s",
    "second": "s",
    "seconde": "s",
    "minutes": "min",
    "minute": "min",
    "mn": "min",
    "hours": "h",
    "heures": "h",
    "days": "d",
    "jours": "d",
    "j": "d",
    "deg": "°",
    "degrees": "°",
    "degrés": "°",
    "deg/s": "°/s",
    "deg/s²": "°/s²",
    "°/s2": "°/s²",
    "us": "µs",
    "um": "µm",
    "ma": "mA",
    "a": "A",
    "v": "V",
    "volts": "V",
    "C": "°C",
    "g/kWh": "gCO₂/kWh",
    "gCO²/kWh": "gCO₂/kWh",
    "percent": "%",
    "pourcent": "%",
    "mw": "MW",
    "gw": "GW",
    "kmh": "km/h",
    "dBA": "dB(A)",
    "lux": "lx",
}

NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""A regular expression for the number of a quantity, as Python and ECMAScript read it."""
# A unit begins with a letter or one of a few signs, and so does each of its words: "1 200 m³/s" and "10:30" have none.
_WORD = r"[^\W\d_][^\s,;]*"
_UNIT = rf"(?:[%‰°€$][^\s,;]*|{_WORD})(?:[^\S\n]{_WORD})*"
_QUANTITY = re.compile(rf"({NUMBER})\s*({_UNIT})?")
_DECIMAL_COMMA = re.compile(rf"([+-]?[0-9]+),([0-9]+)\s*({_UNIT})?")
_THOUSANDS = re.compile(rf"([+-]?[0-9]{{1,3}}(?:[^\S\n][0-9]{{3}})+)((?:[.,][0-9]+)?)\s*({_UNIT})?")
_LONGEST = 80
# Signs that look or mean the same: Greek mu for micro, plain digits for small ones.
_LOOKALIKES = str.maketrans({"μ": "µ", "^": None, "2": "²", "3": "³"})


def is_known_unit(unit: str) -> bool:
    """Tell whether ``unit`` stands in the table (a word such as ``meals`` does not, and is still a unit)."""
    return unit in _UNITS


def dimension(unit: str | None) -> str | None:
    """Return what a unit measures (``"time"``, ``"flow"``…), the unit itself for a word of its own, None for no unit."""
    if unit is None:
        return None
    known = _UNITS.get(unit)
    return known.dimension if known else unit


def units_like(unit: str) -> tuple[str, ...]:
    """Return the units of the table that convert to ``unit``, itself included."""
    return tuple(name for name, other in _UNITS.items() if other.dimension == _UNITS[unit].dimension)


def meant_unit(unit: str) -> str | None:
    """Return the unit that a misspelling means (``m3/s`` → ``m³/s``), or None when ``unit`` is fine or nothing is near."""
    if unit in _UNITS:
        return None
    if unit in _MEANT:
        return _MEANT[unit]
    for alike in (unit.translate(_LOOKALIKES), unit.replace("CO2", "CO₂")):
        if alike in _UNITS:
            return alike
    close = get_close_matches(unit, _UNITS, n=1, cutoff=0.85)
    return close[0] if close else None


def convert(value: float, unit: str | None, to: str | None) -> float:
    """Convert ``value`` from ``unit`` to ``to``.

    Raises:
        UnitError: the two measure different things, or the number is too large.
    """
    if unit == to:
        return value
    here, there = _UNITS.get(unit or ""), _UNITS.get(to or "")
    if here is None or there is None or here.dimension != there.dimension:
        wrong = next((u for u in (unit, to) if u and meant_unit(u)), None)
        hint = message("did_you_mean", name=meant_unit(wrong) or "") if wrong else None
        raise UnitError(message("not_convertible", one=named_unit(unit), other=named_unit(to)), hint)
    converted = (value * here.factor + here.offset - there.offset) / there.factor
    if not math.isfinite(converted):
        raise UnitError(message("not_finite", text=f"{value:g} {unit}"))
    return converted


def named_unit(unit: str | None) -> Message:
    """Return a unit as a sentence names it."""
    return message("without_unit") if unit is None else message("quoted", text=unit)


def parse_quantity(text: str) -> Quantity:
    """Read a number and its unit, such as ``"800 ms"``; a bare number gives ``unit=None``.

    Raises:
        UnitError: no number in front, a decimal comma, or a misspelt unit (its hint says what was meant).
    """
    bare = text.strip()
    if len(bare) > _LONGEST:
        raise UnitError(message("quantity_too_long", text=f"{bare[:20]}…"))
    match = _QUANTITY.fullmatch(bare)
    if not match:
        raise _unreadable(bare)
    value = float(match[1])
    if not math.isfinite(value):
        raise UnitError(message("not_finite", text=text))
    unit = match[2]
    if unit is not None:
        meant = meant_unit(unit)
        if meant:
            raise UnitError(message("unknown_unit", unit=unit), message("did_you_mean", name=f"{match[1]} {meant}"))
    return Quantity(value, unit)


def _unreadable(text: str) -> UnitError:
    """Return the error for a text that is no quantity, with what was probably meant."""
    comma = _DECIMAL_COMMA.fullmatch(text)
    if comma:
        point = _written(f"{comma[1]}.{comma[2]}", comma[3])
        return UnitError(message("has_decimal_comma", text=text), message("write_this", written=point))
    spaced = _THOUSANDS.fullmatch(text)
    if spaced:
        number = "".join(spaced[1].split()) + spaced[2].replace(",", ".")
        return UnitError(
            message("spaces_in_number", text=text), message("write_this", written=_written(number, spaced[3]))
        )
    return UnitError(message("no_quantity", text=text), message("some_quantities"))


def _written(number: str, unit: str | None) -> str:
    return number if unit is None else f"{number} {meant_unit(unit) or unit}"
