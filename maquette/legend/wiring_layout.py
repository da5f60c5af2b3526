"""Layout of the wiring sheet: tables, one below the other, and above the zones of a strip the strip itself. Pages as they are needed."""

from collections.abc import Iterator

from maquette.core.text import words
from maquette.legend.drawing import Measure, Page, Panel, Shape, Sheet, Stroke
from maquette.legend.lights import NIGHT
from maquette.legend.typist import INK, LEADING, LENGTH, MARGIN, RULE, SOFT, WIDTH, Block, Typist, moved
from maquette.legend.wiring import Bar, Table, Wiring

_ROOM = WIDTH - 2 * MARGIN
_TITLE, _HEAD, _BODY, _SMALL, _FOOT = 10.5, 4.6, 3.5, 3.0, 2.9
_GAP, _PAD, _COLUMN_GAP = 8.0, 0.9, 2.5
_BAR, _BAR_LED = 5.0, "#fff0d8"


def lay_out_wiring(wiring: Wiring, measure: Measure) -> Sheet:
    """Return the sheet."""
    typist = Typist(measure, (wiring.language,))
    pages = _flowed(typist, wiring)
    for number, page in enumerate(pages, 1):
        foot = f"{wiring.foot} · {number}/{len(pages)}"
        y = LENGTH - MARGIN + 2.0
        page.append(Stroke(((MARGIN, y), (WIDTH - MARGIN, y)), 0.2, RULE))
        typist.line(page, MARGIN, y + 1.5, foot, _FOOT, SOFT)
    title = f"{words(wiring.model, wiring.language)}: {wiring.title}"
    return Sheet(title, wiring.language, WIDTH, LENGTH, tuple(Page(tuple(page)) for page in pages))


def _flowed(typist: Typist, wiring: Wiring) -> list[list[Shape]]:
    header = _header(typist, wiring)
    pages = [[*moved(header.shapes, MARGIN, MARGIN)]]
    y = MARGIN + header.height + _GAP
    for table in wiring.tables:
        title, heads = _title(typist, table), _heads(typist, table)
        rows = [_row(typist, table, row) for row in table.rows]
        # A heading stands with its first row, never alone at the foot of a page.
        above = [title, heads]
        if y + title.height + heads.height + rows[0].height > LENGTH - MARGIN and y > MARGIN:
            pages.append([])
            y = MARGIN
        for row in rows:
            if y + row.height > LENGTH - MARGIN:
                pages.append([])
                y, above = MARGIN, [heads]
            for block in (*above, row):
                pages[-1] += moved(block.shapes, MARGIN, y)
                y += block.height
            above = []
        y += _GAP
    return pages


def _header(typist: Typist, wiring: Wiring) -> Block:
    shapes: list[Shape] = []
    y = typist.line(shapes, 0.0, 0.0, words(wiring.model, wiring.language), _BODY, SOFT) + 2.0
    y = typist.lines(shapes, 0.0, y, wiring.title, _ROOM, _TITLE, INK, strong=True) + 3.0
    shapes.append(Stroke(((0.0, y), (_ROOM, y)), 0.35, INK))
    return Block(tuple(shapes), y)


def _title(typist: Typist, table: Table) -> Block:
    shapes: list[Shape] = []
    y = typist.lines(shapes, 0.0, 0.0, table.title, _ROOM, _HEAD, INK, strong=True) + 1.8
    if table.bar is not None:
        shapes += moved(_bar(typist, table.bar), 0.0, y)
        y += _BAR + _SMALL * LEADING + 2.5
    return Block(tuple(shapes), y)


def _heads(typist: Typist, table: Table) -> Block:
    shapes: list[Shape] = []
    y = bottom = 0.0
    for x, room, head in _cells(table, table.heads):
        bottom = max(bottom, typist.lines(shapes, x, y, head, room, _SMALL, SOFT))
    y = bottom + 0.6
    shapes.append(Stroke(((0.0, y), (_ROOM, y)), 0.25, INK))
    return Block(tuple(shapes), y)


def _row(typist: Typist, table: Table, row: tuple[str, ...]) -> Block:
    shapes: list[Shape] = []
    bottom = _PAD + _BODY * LEADING
    for number, (x, room, text) in enumerate(_cells(table, row)):
        bottom = max(bottom, typist.lines(shapes, x, _PAD, text, room, _BODY, INK, strong=number == 0))
    y = bottom + _PAD - 0.5
    shapes.append(Stroke(((0.0, y), (_ROOM, y)), 0.15, RULE))
    return Block(tuple(shapes), y)


def _cells(table: Table, texts: tuple[str, ...]) -> Iterator[tuple[float, float, str]]:
    """Yield where each cell of a row begins, how wide it is, and what stands there."""
    x, whole = 0.0, sum(table.shares)
    for share, text in zip(table.shares, texts, strict=True):
        width = _ROOM * share / whole
        yield x, width - _COLUMN_GAP, text
        x += width


def _bar(typist: Typist, bar: Bar) -> Iterator[Shape]:
    """Yield a strip over the whole width: its zones light, what is nobody's dark, and where zones begin, as far as numbers find room."""
    shapes: list[Shape] = [Panel(0.0, 0.0, _ROOM, _BAR, 1.2, NIGHT)]
    pitch = (_ROOM - 2.0) / bar.leds
    free_from = 0.0
    for first, last in bar.parts:
        x, end = 1.0 + first * pitch, 1.0 + (last + 1) * pitch
        gap = min(0.5, 0.2 * (end - x))
        shapes.append(Panel(x + gap / 2, 1.0, end - x - gap, _BAR - 2.0, 0.5, _BAR_LED))
        number = str(first)
        if x >= free_from:
            typist.line(shapes, x, _BAR + 0.6, number, _SMALL, SOFT)
            free_from = x + typist.width(number, _SMALL) + 1.0
    yield from shapes
