"""Letters: the fonts that come with the program, as files and as widths, so that a sheet is the same on every machine."""

from contextlib import AbstractContextManager
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from PIL import ImageFont

_EM = 1000


def font_path(*, strong: bool) -> AbstractContextManager[Path]:
    """Return a font's file (TrueType), for as long as the context lasts."""
    return as_file(files("maquette") / "fonts" / f"OpenSans-{'Semibold' if strong else 'Regular'}.ttf")


def font_bytes(*, strong: bool) -> bytes:
    """Return a font as it stands in its file."""
    with font_path(strong=strong) as path:
        return path.read_bytes()


@cache
def _font(*, strong: bool) -> ImageFont.FreeTypeFont:
    with font_path(strong=strong) as path:
        return ImageFont.truetype(path, _EM, layout_engine=ImageFont.Layout.BASIC)


def measure(text: str, size: float, strong: bool) -> float:
    """Return the width of a text, in the unit of ``size``."""
    return float(_font(strong=strong).getlength(text)) * size / _EM
