"""The table of figures: each beside its budget and the way in which it was measured, in Markdown."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: what was measured.
        found: what came out, with its unit.
        budget: what it may be at most, or a dash.
        how: how it was measured.
    """

    what: str
    found: str
    budget: str
    how: str


_HEAD = Figure("what", "measured", "budget", "how")


def show(figures: Iterable[Figure]) -> None:
    """Print a table with columns of even width; a way of measuring that is the same as above is not said again."""
    rows, before = [astuple(_HEAD)], ""
    for figure in figures:
        rows.append((figure.what, figure.found, figure.budget, "″" if figure.how == before else figure.how))
        before = figure.how
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    rows.insert(1, tuple("-" * width for width in widths))
    for row in rows:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
