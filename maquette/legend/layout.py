"""Layout: what the sheet says becomes pages of shapes, A4 upright.

Two columns of blocks, the scales and then the quality marks, and the sources at the foot. What finds no room goes on a next page. Each text
stands in the first language in ink and in the second one softer and smaller below it.
"""

from collections.abc import Iterable, Sequence

from maquette.core.readings import Quality
from maquette.core.text import words
from maquette.legend.content import Content, Credit
from maquette.legend.drawing import Measure, Page, Shape, Sheet, Stroke
from maquette.legend.lights import HEIGHT, PITCH, band, class_strip, dip_strip, quality_strip, strip_width
from maquette.legend.typist import INK, LEADING, LENGTH, MARGIN, RULE, SOFT, WIDTH, Block, Typist, moved
from maquette.legend.wording import figure, fixed, span
from maquette.show.scales import ClassScale, ContinuousScale, Scale

_GUTTER = 11.5
_COLUMN = (WIDTH - 2 * MARGIN - _GUTTER) / 2
_FOOT = LENGTH - MARGIN

_TITLE, _HEAD, _BODY, _SMALL, _SOURCE = 10.5, 4.6, 3.7, 3.1, 2.9

_AIRS = (2.0, 1.5, 1.0, 0.7)
"""How much room there may be between things; the first with which all finds place on one page."""
_ROOM, _ROW = 8.5, 1.8
"""Between blocks and between rows, times the air."""

_LEDS = 9
_BAND_LEDS = int((_COLUMN - strip_width(0)) / PITCH)
_BESIDE = strip_width(_LEDS) + 4.0
"""Where words beside a strip begin."""


def lay_out(content: Content, measure: Measure) -> Sheet:
    """Return the sheet, as airy as one page allows."""
    typist = Typist(measure, content.languages)
    pages = next((made for air in _AIRS if len(made := _pages(typist, content, air)) == 1), None)
    pages = pages or _pages(typist, content, _AIRS[-1])
    language = content.languages[0]
    return Sheet(words(content.title, language), language, WIDTH, LENGTH, tuple(Page(tuple(page)) for page in pages))


def _pages(typist: Typist, content: Content, air: float) -> list[list[Shape]]:
    header, foot = _header(typist, content), _sources(typist, content.credits)
    blocks = [*(_scale(typist, scale, air) for scale in content.scales), _marks(typist, air)]
    pages = [[*moved(header.shapes, MARGIN, MARGIN)]]
    top = MARGIN + header.height + _ROOM * air
    while blocks:
        fitting = len(blocks)
        while fitting > 1 and top + _height(_columns(blocks[:fitting], air), air) > _FOOT - foot.height - _ROOM:
            fitting -= 1
        for number, column in enumerate(_columns(blocks[:fitting], air)):
            y = top
            for block in column:
                pages[-1] += moved(block.shapes, MARGIN + number * (_COLUMN + _GUTTER), y)
                y += block.height + _ROOM * air
        blocks = blocks[fitting:]
        if blocks:
            pages.append([])
            top = MARGIN
    pages[-1] += moved(foot.shapes, MARGIN, _FOOT - foot.height)
    return pages


def _columns(blocks: Sequence[Block], air: float) -> tuple[Sequence[Block], Sequence[Block]]:
    """Divide blocks into two columns, read one after the other, as even as they can be."""
    splits = [(blocks[:number], blocks[number:]) for number in range(1, len(blocks) + 1)]
    return min(splits, key=lambda split: _height(split, air))


def _height(columns: Iterable[Sequence[Block]], air: float) -> float:
    return max(sum(block.height + _ROOM * air for block in column) - _ROOM * air for column in columns)


def _header(typist: Typist, content: Content) -> Block:
    shapes: list[Shape] = []
    width = WIDTH - 2 * MARGIN
    y = typist.line(shapes, 0.0, 0.0, words(content.model, content.languages[0]), _BODY, SOFT) + 2.0
    y = typist.both(shapes, content.title, 0.0, y, width, (_TITLE, _TITLE * 0.52), strong=True) + 4.0
    shapes.append(Stroke(((0.0, y), (width, y)), 0.35, INK))
    return Block(tuple(shapes), y)


def _scale(typist: Typist, scale: Scale, air: float) -> Block:
    shapes: list[Shape] = []
    y = typist.both(shapes, scale.title, 0.0, 0.0, _COLUMN, (_HEAD, _BODY), strong=True) + 2.6
    if isinstance(scale, ContinuousScale):
        y = _band(typist, shapes, scale, y)
    else:
        for number in range(len(scale.steps)):
            y = _class(typist, shapes, scale, number, y) + _ROW * air
        if scale.sign is not None:
            said = fixed(scale.sign, typist.languages)
            y = typist.both(shapes, said, 0.0, y, _COLUMN, (_SMALL, _SMALL), ink=SOFT)
    return Block(tuple(shapes), y)


def _band(typist: Typist, shapes: list[Shape], scale: ContinuousScale, y: float) -> float:
    low, high = scale.ends[0], scale.ends[-1]
    middle = scale.ends[1] if len(scale.ends) == 3 else (low + high) / 2
    shapes += moved(band(scale, _BAND_LEDS), 0.0, y)
    y += HEIGHT + 1.0
    for share, value, unit in ((0.0, low, None), (0.5, middle, None), (1.0, high, scale.unit)):
        text = figure(value, unit, typist.languages[0])
        left = share * (strip_width(_BAND_LEDS) - typist.width(text, _SMALL))
        typist.line(shapes, left, y, text, _SMALL, INK)
    return y + _SMALL * LEADING


def _class(typist: Typist, shapes: list[Shape], scale: Scale, number: int, y: float) -> float:
    """Lay down one class: its strip, its words, and where it begins and ends, or the value that it stands for."""
    shapes += moved(class_strip(scale, number, _LEDS), 0.0, y)
    step, room = scale.steps[number], _COLUMN - _BESIDE
    if isinstance(scale, ClassScale):
        value = figure(step.at or 0.0, None, typist.languages[0])
        width = typist.width(value, _BODY)
        typist.line(shapes, _COLUMN - width, y + 0.4, value, _BODY, SOFT)
        room -= width + 2.0
    bottom = typist.both(shapes, step.title, _BESIDE, y + 0.4, room, (_BODY, _SMALL))
    if not isinstance(scale, ClassScale):
        bottom = typist.lines(shapes, _BESIDE, bottom, span(scale, number, typist.languages[0]), room, _SMALL, INK)
    return max(y + HEIGHT, bottom)


def _marks(typist: Typist, air: float) -> Block:
    shapes: list[Shape] = []
    y = typist.both(shapes, fixed("marks", typist.languages), 0.0, 0.0, _COLUMN, (_HEAD, _BODY), strong=True) + 2.6
    strips = {
        "live": quality_strip(Quality.LIVE, _LEDS),
        "stale": quality_strip(Quality.STALE, _LEDS),
        "sample": quality_strip(Quality.SAMPLE, _LEDS),
        "missing": quality_strip(Quality.MISSING, _LEDS),
        "small": dip_strip(3, _LEDS),
    }
    for name, strip in strips.items():
        shapes += moved(strip, 0.0, y)
        said = fixed(name, typist.languages)
        bottom = typist.both(shapes, said, _BESIDE, y + 0.4, _COLUMN - _BESIDE, (_BODY, _SMALL))
        y = max(y + HEIGHT, bottom) + _ROW * air
    return Block(tuple(shapes), y)


def _sources(typist: Typist, credits_: Sequence[Credit]) -> Block:
    if not credits_:
        return Block((), 0.0)
    width = WIDTH - 2 * MARGIN
    shapes: list[Shape] = [Stroke(((0.0, 0.0), (width, 0.0)), 0.2, RULE)]
    titles = " · ".join(dict.fromkeys(fixed("sources", typist.languages).values()))
    y = typist.line(shapes, 0.0, 3.0, titles, _SMALL, INK, strong=True) + 0.8
    for credit in credits_:
        titles = " · ".join(dict.fromkeys(words(credit.title, language) for language in typist.languages))
        known = (titles, credit.place, credit.source, credit.attribution, credit.licence)
        parts = list(dict.fromkeys(part for part in known if part))
        y = typist.lines(shapes, 0.0, y, ". ".join(parts) + ".", width, _SOURCE, SOFT) + 0.6
    return Block(tuple(shapes), y)
