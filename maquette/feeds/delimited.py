"""Delimited text (CSV): bytes become rows, one by one, so that a large file takes no more memory than a small one.

The first line names the columns. Of each row only the cells of wanted columns are kept, as text; an empty one, or one that says that
nothing is known, is None. What cannot be read is an error that names its line: half a table would be a sum without some of its parts.
"""

import csv
import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from maquette.errors import FeedError
from maquette.feeds.problems import Problem, fault
from maquette.feeds.shape import NEAR, Change, closeness

LONGEST_LINE = 1_000_000
"""Bytes of a line, at most."""
LONGEST_NUMBER = 64
"""Characters of a number, at most."""
_SPACES = " \u00a0\u2009\u202f"
_MOST_NAMES = 12
_MOST_TRIED = 300

Row = dict[str, str | None]
"""Wanted column → its cell; None where the table says nothing."""


class Lines(Protocol):
    """What is read line by line, such as a binary file."""

    def readline(self, limit: int, /) -> bytes:
        """Return the next line with its end, or its first ``limit`` bytes; nothing at the end."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is written.

    Attributes:
        separator: between cells.
        encoding: of its text; a byte order mark at its beginning is ignored.
        nulls: cells that say that nothing is known, beside empty ones.
    """

    separator: str = ","
    encoding: str = "utf-8"
    nulls: frozenset[str] = frozenset()


def read_rows(stream: Lines, form: Form, columns: Collection[str]) -> Iterator[Row]:
    """Yield the rows of a table; empty lines are none, and neither are lines of empty cells.

    Args:
        stream: gives the text's bytes; it is read line by line.
        form: how the table is written.
        columns: the wanted columns, as the first line names them.

    Raises:
        FeedError: ``empty``, ``html``, ``no_column``, ``wrong_encoding``, ``bad_shape``, ``cut_short`` or ``too_large``.
    """
    lines = _Lines(stream, form.encoding)
    table = csv.reader(lines, delimiter=form.separator, strict=True)
    head = next(_cells(table, lines), None)
    if head is None:
        raise fault("empty")
    wanted = [(name, _index(head, name, form)) for name in columns]
    silent = form.nulls | {""}
    for cells in _cells(table, lines):
        if len(cells) != len(head):
            _check_length(cells, head, lines)
        row: Row = {
            name: None if index >= len(cells) or cells[index] in silent else cells[index] for name, index in wanted
        }
        yield row


def _cells(table: Iterator[list[str]], lines: "_Lines") -> Iterator[list[str]]:
    """Yield the cells of each line that has any."""
    while True:
        try:
            cells = next(table, None)
        except csv.Error as error:
            # An unclosed quote swallows what follows, up to the end or to the longest cell.
            if "end of data" in str(error):
                raise fault("cut_short", f"line {lines.number}: within quotes") from error
            problem: Problem = "too_large" if "limit" in str(error) else "bad_shape"
            raise fault(problem, f"line {lines.number}: {_reason(error)}") from error
        if cells is None:
            return
        if any(cells):
            yield cells


def _reason(error: csv.Error) -> str:
    if "limit" in str(error):
        return f"a cell of more than {csv.field_size_limit()} characters; is a quote never closed?"
    if "new-line" in str(error):
        return "a carriage return in a cell without quotes"
    return "text after a closing quote"


def _check_length(cells: Sequence[str], head: Sequence[str], lines: "_Lines") -> None:
    """Refuse a line that has more cells than the first, and one that the end of the file cut off; missing cells are unknown."""
    if any(cells[len(head) :]):
        raise fault("bad_shape", f"line {lines.number}: {len(cells)} cells under {len(head)} columns")
    if len(cells) < len(head) and lines.cut:
        raise fault("cut_short", f"line {lines.number}: {len(cells)} cells under {len(head)} columns")


def _index(head: Sequence[str], name: str, form: Form) -> int:
    """Return which column has this name."""
    count = head.count(name)
    if count == 1:
        return head.index(name)
    if count > 1:
        raise fault("bad_shape", f"{count} columns {name!r}")
    if head[0].lstrip()[:9].lower().startswith(("<html", "<!doctype")):
        raise fault("html")
    other = next((sign for sign in ";,\t" if sign != form.separator and sign in head[0]), None)
    if len(head) == 1 and other is not None:
        raise fault("no_column", f"{name!r}: the first line has one cell; is the separator {other!r}?")
    raise _gone(name, head)


def _gone(name: str, head: Sequence[str]) -> FeedError:
    """Return the error for a column that is not there any more: a change of the provider's, told like those of other answers."""
    ranked = sorted(((closeness(name, other), other) for other in head[:_MOST_TRIED]), reverse=True)
    near = next((other for close, other in ranked if close[0] >= NEAR), None)
    told = f"nearest: {near!r}" if near else f"there are {', '.join(map(repr, head[:_MOST_NAMES]))}"
    error = fault("no_column", f"{name!r} is gone; {told}")
    error.changes = (Change(name, near).message,)
    return error


class _Lines(Iterator[str]):
    """The lines of a text, decoded one by one; `number` is that of the last, `cut` tells whether it ended without a line feed."""

    def __init__(self, stream: Lines, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self.number = 0
        self.cut = False

    def __next__(self) -> str:
        raw = self._stream.readline(LONGEST_LINE + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) > LONGEST_LINE:
            raise fault("too_large", f"line {self.number}: more than {LONGEST_LINE} bytes")
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            where = f"line {self.number}, byte {error.start + 1}: not {self._encoding}"
            raise fault("wrong_encoding", where) from error
        if "\0" in text:
            raise fault("bad_shape", f"line {self.number}: a NUL byte; that is no text")
        if self.number == 1:
            text = text.removeprefix("\ufeff")
        self.cut = not text.endswith("\n")
        return text


def number_reader(
    decimal: Literal[".", ",", "either"] = ".", thousands: str | None = None, below: Collection[str] = ()
) -> Callable[[Any], float | Problem]:
    """Return what reads the number of a cell: a finite number, or why it is none. Nothing around it is ignored.

    Args:
        decimal: the decimal sign; ``either`` where one table writes both, and then neither stands between thousands.
        thousands: what stands between groups of three digits, where anything does; a space stands for thin and no-break ones too.
        below: cells that say that a value lies below a threshold: that is neither zero nor unknown.
    """
    tokens = frozenset(below)
    decimal_signs = ".," if decimal == "either" else decimal
    signs = _SPACES if thousands == " " else thousands or ""
    groups = rf"|[1-9][0-9]{{0,2}}(?:[{re.escape(signs)}][0-9]{{3}})+" if signs else ""
    form = re.compile(rf"-?(?:0|[1-9][0-9]*{groups})(?:[{decimal_signs}][0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
    plain = (
        str.maketrans({**dict.fromkeys(decimal_signs, "."), **dict.fromkeys(signs)})
        if decimal != "." or signs
        else None
    )

    def read(cell: Any) -> float | Problem:
        if cell is None:
            return "no_value"
        if not isinstance(cell, str) or len(cell) > LONGEST_NUMBER or not form.fullmatch(cell):
            return "below_threshold" if isinstance(cell, str) and cell in tokens else "not_a_number"
        number = float(cell if plain is None else cell.translate(plain))
        return number if math.isfinite(number) else "not_a_number"

    return read
