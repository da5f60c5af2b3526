"""Scalars of the YAML 1.2 core schema: what an unquoted word is. Everything that is not plainly a number, a truth or nothing is text."""

import math
import re

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# A leading zero keeps a number text: 01004 is a commune. So does a number too long to be meant as one.
_INT = re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,17})$")
_OCTAL = re.compile(r"^0o([0-7]{1,20})$")
_HEXADECIMAL = re.compile(r"^0x([0-9a-fA-F]{1,15})$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_INFINITE = {
    f"{sign}{word}": -math.inf if sign == "-" else math.inf
    for sign in ("", "+", "-")
    for word in (".inf", ".Inf", ".INF")
}
_NOT_A_NUMBER = {".nan", ".NaN", ".NAN"}

Scalar = str | int | float | bool | None


def read_scalar(written: str) -> Scalar:
    """Return what an unquoted word stands for.

    >>> [read_scalar(word) for word in ("22:00", "off", "01004", "1_000", "3.5", "true", "~")]
    ['22:00', 'off', '01004', '1_000', 3.5, True, None]
    """
    if written in _NULL:
        return None
    if written in _BOOL:
        return _BOOL[written]
    if _INT.match(written):
        return int(written)
    octal, hexadecimal = _OCTAL.match(written), _HEXADECIMAL.match(written)
    if octal:
        return int(octal[1], 8)
    if hexadecimal:
        return int(hexadecimal[1], 16)
    if written in _INFINITE:
        return _INFINITE[written]
    if written in _NOT_A_NUMBER:
        return math.nan
    if len(written) < 60 and _FLOAT.match(written):
        value = float(written)
        return value if math.isfinite(value) else written
    return written
