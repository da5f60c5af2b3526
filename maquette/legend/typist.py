"""The typist: words among shapes, and what all sheets have in common: their paper, margins and inks. A4 upright, in millimetres."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from maquette.core.text import Text, words
from maquette.legend.drawing import Letters, Measure, Shape, Stroke

WIDTH, LENGTH = 210.0, 297.0
MARGIN = 17.0
INK, SOFT, RULE = "#221f1b", "#70695f", "#cfc8bd"
LEADING = 1.32
"""From one line's top to the next, in sizes of its font."""


@dataclass(frozen=True, slots=True)
class Block:
    """Shapes from their own top left corner, and how high they are together."""

    shapes: tuple[Shape, ...]
    height: float


def moved(shapes: Iterable[Shape], right: float, down: float) -> Iterator[Shape]:
    """Yield shapes elsewhere on the paper."""
    for shape in shapes:
        if isinstance(shape, Stroke):
            yield replace(shape, points=tuple((x + right, y + down) for x, y in shape.points))
        else:
            yield replace(shape, x=shape.x + right, y=shape.y + down)


class Typist:
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
        return y + size * LEADING

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
        """Put down a text, broken at spaces where it is wider than its room; no-break spaces hold as long as they can."""
        waiting = ""
        for word in self._words(text, room, size, strong=strong):
            longer = f"{waiting} {word}" if waiting else word
            if waiting and self.width(longer, size, strong=strong) > room:
                y = self.line(shapes, x, y, waiting, size, ink, strong=strong)
                longer = word
            waiting = longer
        return self.line(shapes, x, y, waiting, size, ink, strong=strong) if waiting else y

    def _words(self, text: str, room: float, size: float, *, strong: bool) -> Iterator[str]:
        """Yield what may not be broken; a word wider than its room, such as a device's path, in pieces that are not."""
        for word in text.replace("\n", " ").split(" "):
            piece = ""
            for sign in word:
                if piece and self.width(piece + sign, size, strong=strong) > room:
                    yield piece
                    piece = ""
                piece += sign
            yield piece

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
        ink: str = INK,
    ) -> float:
        """Put down a text in each language for which there is a size, the first heavier where it is to be; the same words once."""
        said = list(dict.fromkeys(words(text, language) for language in self.languages))
        for place, (size, told) in enumerate(zip(sizes, said, strict=False)):
            y = self.lines(shapes, x, y, told, room, size, ink if place == 0 else SOFT, strong=strong and place == 0)
        return y
