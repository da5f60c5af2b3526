"""Layout: what the sheet says becomes pages of shapes, A4 upright.

Two columns of blocks, the scales and then the quality marks, and the sources at the foot. What finds no room goes on a next page. Each text
stands in the first language in ink and in the second one softer and smaller below it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from maquette.core.readings import Quality
from maquette.core.text import Text, words
from maquette.legend.content import Content, Credit
from maquette.legend.drawing import Letters, Measure, Page, Shape, Sheet, Stroke
from maquette.legend.lights import HEIGHT, PITCH, band, class_strip, dip_strip, quality_strip, strip_width
from maquette.legend.wording import figure, fixed, span
from maquette.show.scales import ClassScale, ContinuousScale, Scale

WIDTH, LENGTH = 210.0, 297.0
_MARGIN, _GUTTER = 17.0, 11.5
_COLUMN = (WIDTH - 2 * _MARGIN - _GUTTER) / 2
_FOOT = LENGTH - _MARGIN

_INK, _SOFT, _RULE = "#221f1b", "#70695f", "#cfc8bd"
_TITLE, _HEAD, _BODY, _SMALL, _SOURCE = 10.5, 4.6, 3.7, 3.1, 2.9
_LEADING = 1.32

_AIRS = (2.0, 1.5, 1.0, 0.7)
"""How much room there may be between things; the first with which all finds place on one page."""
_ROOM, _ROW = 8.5, 1.8
"""Between blocks and between rows, times the air."""

_LEDS = 9
_BAND_LEDS = int((_COLUMN - strip_width(0)) / PITCH)
_BESIDE = strip_width(_LEDS) + 4.0
"""Where words beside a strip begin."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Shapes from their own top left corner, and how high they are together."""

    shapes: tuple[Shape, ...]
    height: float


def lay_out(content: Content, measure: Measure) -> Sheet:
    """Return the sheet, as airy as one page allows."""
    typist = _Typist(measure, content.languages)
    pages = next((made for air in _AIRS if len(made := _pages(typist, content, air)) == 1), None)
    pages = pages or _pages(typist, content, _AIRS[-1])
    language = content.languages[0]
    return Sheet(words(content.title, language), language, WIDTH, LENGTH, tuple(Page(tuple(page)) for page in pages))


def _pages(typist: "_Typist", content: Content, air: float) -> list[list[Shape]]:
    header, foot = _header(typist, content), _sources(typist, content.credits)
    blocks = [*(_scale(typist, scale, air) for scale in content.scales), _marks(typist, air)]
    pages = [[*_moved(header.shapes, _MARGIN, _MARGIN)]]
    top = _MARGIN + header.height + _ROOM * air
    while blocks:
        fitting = len(blocks)
        while fitting > 1 and top + _height(_columns(blocks[:fitting], air), air) > _FOOT - foot.height - _ROOM:
            fitting -= 1
        for number, column in enumerate(_columns(blocks[:fitting], air)):
            y = top
            for block in column:
                pages[-1] += _moved(block.shapes, _MARGIN + number * (_COLUMN + _GUTTER), y)
                y += block.height + _ROOM * air
        blocks = blocks[fitting:]
        if blocks:
            pages.append([])
            top = _MARGIN
    pages[-1] += _moved(foot.shapes, _MARGIN, _FOOT - foot.height)
    return pages


def _columns(blocks: Sequence["_Block"], air: float) -> tuple[Sequence["_Block"], Sequence["_Block"]]:
    """Divide blocks into two columns, read one after the other, as even as they can be."""
    splits = [(blocks[:number], blocks[number:]) for number in range(1, len(blocks) + 1)]
    return min(splits, key=lambda split: _height(split, air))


def _height(columns: Iterable[Sequence["_Block"]], air: float) -> float:
    return max(sum(block.height + _ROOM * air for block in column) - _ROOM * air for column in columns)


def _header(typist: "_Typist", content: Content) -> _Block:
    shapes: list[Shape] = []
    width = WIDTH - 2 * _MARGIN
    y = typist.line(shapes, 0.0, 0.0, words(content.model, content.languages[0]), _BODY, _SOFT) + 2.0
    y = typist.both(shapes, content.title, 0.0, y, width, (_TITLE, _TITLE * 0.52), strong=True) + 4.0
    shapes.append(Stroke(((0.0, y), (width, y)), 0.35, _INK))
    return _Block(tuple(shapes), y)


def _scale(typist: "_Typist", scale: Scale, air: float) -> _Block:
    shapes: list[Shape] = []
    y = typist.both(shapes, scale.title, 0.0, 0.0, _COLUMN, (_HEAD, _BODY), strong=True) + 2.6
    if isinstance(scale, ContinuousScale):
        y = _band(typist, shapes, scale, y)
    else:
        for number in range(len(scale.steps)):
            y = _class(typist, shapes, scale, number, y) + _ROW * air
        if scale.sign is not None:
            said = fixed(scale.sign, typist.languages)
            y = typist.both(shapes, said, 0.0, y, _COLUMN, (_SMALL, _SMALL), ink=_SOFT)
    return _Block(tuple(shapes), y)


def _band(typist: "_Typist", shapes: list[Shape], scale: ContinuousScale, y: float) -> float:
    low, high = scale.ends[0], scale.ends[-1]
    middle = scale.ends[1] if len(scale.ends) == 3 else (low + high) / 2
    shapes += _moved(band(scale, _BAND_LEDS), 0.0, y)
    y += HEIGHT + 1.0
    for share, value, unit in ((0.0, low, None), (0.5, middle, None), (1.0, high, scale.unit)):
        text = figure(value, unit, typist.languages[0])
        left = share * (strip_width(_BAND_LEDS) - typist.width(text, _SMALL))
        typist.line(shapes, left, y, text, _SMALL, _INK)
    return y + _SMALL * _LEADING


def _class(typist: "_Typist", shapes: list[Shape], scale: Scale, number: int, y: float) -> float:
    """Lay down one class: its strip, its words, and where it begins and ends, or the value that it stands for."""
    shapes += _moved(class_strip(scale, number, _LEDS), 0.0, y)
    step, room = scale.steps[number], _COLUMN - _BESIDE
    if isinstance(scale, ClassScale):
        value = figure(step.at or 0.0, None, typist.languages[0])
        width = typist.width(value, _BODY)
        typist.line(shapes, _COLUMN - width, y + 0.4, value, _BODY, _SOFT)
        room -= width + 2.0
    bottom = typist.both(shapes, step.title, _BESIDE, y + 0.4, room, (_BODY, _SMALL))
    if not isinstance(scale, ClassScale):
        bottom = typist.lines(shapes, _BESIDE, bottom, span(scale, number, typist.languages[0]), room, _SMALL, _INK)
    return max(y + HEIGHT, bottom)


def _marks(typist: "_Typist", air: float) -> _Block:
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
        shapes += _moved(strip, 0.0, y)
        said = fixed(name, typist.languages)
        bottom = typist.both(shapes, said, _BESIDE, y + 0.4, _COLUMN - _BESIDE, (_BODY, _SMALL))
        y = max(y + HEIGHT, bottom) + _ROW * air
    return _Block(tuple(shapes), y)


def _sources(typist: "_Typist", credits_: Sequence[Credit]) -> _Block:
    if not credits_:
        return _Block((), 0.0)
    width = WIDTH - 2 * _MARGIN
    shapes: list[Shape] = [Stroke(((0.0, 0.0), (width, 0.0)), 0.2, _RULE)]
    titles = " · ".join(dict.fromkeys(fixed("sources", typist.languages).values()))
    y = typist.line(shapes, 0.0, 3.0, titles, _SMALL, _INK, strong=True) + 0.8
    for credit in credits_:
        titles = " · ".join(dict.fromkeys(words(credit.title, language) for language in typist.languages))
        known = (titles, credit.place, credit.source, credit.attribution, credit.licence)
        parts = list(dict.fromkeys(part for part in known if part))
        y = typist.lines(shapes, 0.0, y, ". ".join(parts) + ".", width, _SOURCE, _SOFT) + 0.6
    return _Block(tuple(shapes), y)


def _moved(shapes: Iterable[Shape], right: float, down: float) -> Iterator[Shape]:
    for shape in shapes:
        if isinstance(shape, Stroke):
            yield replace(shape, points=tuple((x + right, y + down) for x, y in shape.points))
        else:
            yield replace(shape, x=shape.x + right, y=shape.y + down)


class _Typist:
    """Puts words among shapes; every method takes the top of a line and returns the top of the next one."""

    def __init__(self, measure: Measure, languages: tuple[str, ...]) -> None:
        self._measure = measure
        self.languages = languages

    def width(self, text: str, size: float, *, strong: bool = False) -> float:
        """Return how wide a text is."""
        return self._measure(text, size, strong)

    def line(
        self, shapes: list[Shape], x: float, y: float, text: str, size: float, ink: str, *, strong: bool = False
    ) -> float:
        """Put down a line."""
        shapes.append(Letters(x, y + size, text, size, ink, strong))
        return y + size * _LEADING

    def lines(
        self,
        shapes: list[Shape],
        x: float,
        y: float,
        text: str,
        room: float,
        size: float,
        ink: str,
        *,
        strong: bool = False,
    ) -> float:
        """Put down a text, broken at spaces where it is wider than its room; no-break spaces hold."""
        waiting = ""
        for word in text.replace("\n", " ").split(" "):
            longer = f"{waiting} {word}" if waiting else word
            if waiting and self.width(longer, size, strong=strong) > room:
                y = self.line(shapes, x, y, waiting, size, ink, strong=strong)
                longer = word
            waiting = longer
        return self.line(shapes, x, y, waiting, size, ink, strong=strong) if waiting else y

    def both(
        self,
        shapes: list[Shape],
        text: Text,
        x: float,
        y: float,
        room: float,
        sizes: Sequence[float],
        *,
        strong: bool = False,
        ink: str = _INK,
    ) -> float:
        """Put down a text in each language for which there is a size, the first heavier where it is to be; the same words once."""
        said = list(dict.fromkeys(words(text, language) for language in self.languages))
        for place, (size, told) in enumerate(zip(sizes, said, strict=False)):
            y = self.lines(shapes, x, y, told, room, size, ink if place == 0 else _SOFT, strong=strong and place == 0)
        return y
