"""Swatches: a scale's legend in a picture, classes as dots with their words, bands as bands with the values at their ends."""

import numpy as np
from PIL import Image, ImageDraw

from maquette.core.colour import from_oklab, parse_colour, to_oklab
from maquette.core.exhibition import ScaleCard
from maquette.core.text import words
from maquette.letters import letters
from maquette.rehearsal.chart import encode
from maquette.rehearsal.lines import drawable, fitted
from maquette.rehearsal.look import INK, SOFT
from maquette.rehearsal.sheet import Sheet

_ROW = 20
_FINE = 4


def scale_height(card: ScaleCard) -> int:
    """Return how tall a legend is, pixels."""
    return 20 + (34 if card.continuous else _ROW * len(card.entries))


def draw_scale(image: Image.Image, at: tuple[int, int], width: int, card: ScaleCard, sheet: Sheet) -> None:
    """Draw a legend with its top left corner at ``at``."""
    draw, (x, y) = ImageDraw.Draw(image), at
    title = words(card.title, sheet.language) or card.id
    font = letters(14, strong=True)
    draw.text((x, y), fitted(title, font, width), fill=INK, font=font)
    if card.continuous:
        _draw_band(image, (x, y + 24), width, card, sheet)
        return
    for number, entry in enumerate(card.entries, 1):
        row = y + _ROW * number + 3
        dot = Image.new("L", (12 * _FINE, 12 * _FINE), 0)
        ImageDraw.Draw(dot).ellipse((0, 0, 12 * _FINE - 1, 12 * _FINE - 1), fill=255)
        image.paste(entry.colour, (x, row + 2, x + 12, row + 14), dot.resize((12, 12), Image.Resampling.BOX))
        said = drawable(words(entry.title, sheet.language))
        draw.text((x + 20, row + 8), fitted(said, letters(12), width - 20), fill=SOFT, font=letters(12), anchor="lm")


def _draw_band(image: Image.Image, at: tuple[int, int], width: int, card: ScaleCard, sheet: Sheet) -> None:
    lab = to_oklab(np.stack([parse_colour(entry.colour) for entry in card.entries]))
    places = np.linspace(0.0, 1.0, len(lab))
    here = np.linspace(0.0, 1.0, width)
    band = encode(from_oklab(np.stack([np.interp(here, places, lab[:, axis]) for axis in range(3)], axis=-1)))
    image.paste(Image.fromarray(np.repeat(band[None], 10, axis=0)), at)
    draw, font, y = ImageDraw.Draw(image), letters(12), at[1] + 15
    first, last = card.entries[0].at, card.entries[-1].at
    draw.text((at[0], y), drawable(sheet.wording.quantity(first, card.unit)), fill=SOFT, font=font)
    draw.text((at[0] + width, y), drawable(sheet.wording.quantity(last, card.unit)), fill=SOFT, font=font, anchor="ra")
