"""Letters: the font that comes with the program, so that a picture is the same on every machine; and lines that fit a width."""

from functools import cache
from importlib.resources import as_file, files

from PIL import ImageFont

_ALIKE = str.maketrans({"\u202f": "\u00a0", "₂": "2", "→": "–"})
"""Signs that the font has not, and what stands in."""


@cache
def letters(size: int, *, strong: bool = False) -> ImageFont.FreeTypeFont:
    """Return the font at a size in pixels."""
    name = "OpenSans-Semibold.ttf" if strong else "OpenSans-Regular.ttf"
    with as_file(files("maquette") / "fonts" / name) as path:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str:
    """Return a text on one line, in signs that the font has."""
    return " ".join(text.translate(_ALIKE).split(" ")).replace("\n", " ")


def fitted(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """Return a text cut to a width in pixels, with an ellipsis where something is missing."""
    text = drawable(text)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def lines(text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """Return a text broken at spaces into at most ``most`` lines of a width in pixels; no-break spaces hold."""
    made: list[str] = []
    for word in drawable(text).split(" "):
        longer = f"{made[-1]} {word}" if made else word
        if made and font.getlength(longer) <= width:
            made[-1] = longer
        elif word:
            made.append(word)
    if len(made) > most:
        made[most - 1] = " ".join(made[most - 1 :])
    return [fitted(line, font, width) for line in made[:most]]
