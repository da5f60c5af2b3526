"""Lines that a device on a cable says, one reading each: bytes in any pieces become rows. Pure; no byte makes it fail.

The bytes before the first end of line are the rest of a line that began before we listened, or a bootloader's: they are no line. A line
that is longer than allowed is dropped whole, and so is one that is not exactly of its format: a text cut in the middle must not pass for
a smaller number.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from maquette.feeds.picks import read_number

LONGEST_LINE = 512
"""Bytes of a line, at most."""

_ENDS = re.compile(rb"[\r\n]")
_PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)[=:]([^=:]*)", re.ASCII)
_BETWEEN = re.compile(r"[;,\s]+")
_AROUND = re.compile(r"\s*([=:])\s*")
_NOT_FINITE = re.compile(r"(?<=[:\[,])\s*[-+]?(?:nan|inf|ovf)\b", re.IGNORECASE)


class Reader(Protocol):
    """Makes rows of the bytes of a device, whatever the pieces they come in."""

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the rows that are whole with these bytes."""


class LineReader:
    """Makes rows of lines."""

    def __init__(self, read: Callable[[str], dict[str, Any] | None]) -> None:
        """Begin with the next line.

        Args:
            read: makes a row of a line; one of the functions below.
        """
        self._read = read
        self._begun = b""
        self._skipping = True  # to the next end of line

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the rows of the lines that end in these bytes; lines that cannot be read give none."""
        return [row for line in self._lines(data) if (row := self._row(line)) is not None]

    def _lines(self, data: bytes) -> list[bytes]:
        *whole, rest = _ENDS.split(self._begun + data)
        lines = whole[1:] if self._skipping else whole
        self._skipping = (self._skipping and not whole) or len(rest) > LONGEST_LINE
        self._begun = b"" if self._skipping else rest
        return [line for line in lines if 0 < len(line) <= LONGEST_LINE]

    def _row(self, line: bytes) -> dict[str, Any] | None:
        try:
            return self._read(line.decode("utf-8").strip())
        except UnicodeDecodeError:
            return None


def read_json(text: str) -> dict[str, Any] | None:
    """Return the object that a line is, or None. What a sketch prints for no number (nan, inf, ovf) is null."""
    for attempt in (text, _NOT_FINITE.sub("null", text)):
        try:
            row = json.loads(attempt)
        except (ValueError, RecursionError):
            continue
        return row if isinstance(row, dict) else None
    return None


def read_pairs(text: str) -> dict[str, Any] | None:
    """Return the row of ``lux=312;dba=54.2`` (or ``lux:312 dba:54.2``); None when a part of it is no pair or a name comes twice."""
    parts = [part for part in _BETWEEN.split(_AROUND.sub(r"\1", text)) if part]
    pairs = [pair for part in parts if (pair := _PAIR.fullmatch(part))]
    row: dict[str, Any] = {pair[1]: _cell(pair[2]) for pair in pairs}
    return row if row and len(row) == len(parts) else None


def read_csv(text: str, columns: Sequence[str]) -> dict[str, Any] | None:
    """Return the row of ``312,54.2`` (or with ``;`` or blanks); None when there are more or fewer cells, or no number at all."""
    separator = next((sign for sign in (";", ",") if sign in text), None)
    cells = [_cell(cell.strip()) for cell in text.split(separator)]
    if len(cells) != len(columns) or all(isinstance(cell, str) for cell in cells):
        return None
    return dict(zip(columns, cells, strict=True))


def _cell(text: str) -> float | str | None:
    number = read_number(text)
    return number if number is not None else text or None
