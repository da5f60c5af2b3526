"""Letters: the font of pictures and printed sheets, the same on every machine: Source Sans Pro, from the package of that name.

Adobe, SIL Open Font License 1.1. It has every sign that European languages and our units need, CO₂ and narrow spaces included.
"""

from contextlib import AbstractContextManager
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

_EM = 1000


def font_path(*, strong: bool) -> AbstractContextManager[Path]:
    """Return a font's file (TrueType), regular or semibold, for as long as the context lasts."""
    name = f"SourceSansPro-{'Semibold' if strong else 'Regular'}.ttf"
    return as_file(files("font_source_sans_pro") / "files" / name)


def font_bytes(text: str, *, strong: bool) -> bytes:
    """Return a font cut down to the signs of a text."""
    from fontTools import subset  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped, and large: for sheets alone

    options = subset.Options(hinting=False, notdef_outline=True, recalc_timestamp=False)
    cutter, cut = subset.Subsetter(options), BytesIO()
    with font_path(strong=strong) as path, subset.load_font(str(path), options) as font:
        cutter.populate(text=text)
        cutter.subset(font)
        font.save(cut)
    return cut.getvalue()


@cache
def letters(size: int, *, strong: bool = False) -> ImageFont.FreeTypeFont:
    """Return the font at a size in pixels."""
    with font_path(strong=strong) as path:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def measure(text: str, size: float, strong: bool) -> float:
    """Return the width of a text, in the unit of ``size``."""
    return float(letters(_EM, strong=strong).getlength(text)) * size / _EM
