"""The filmstrip: one picture of a whole rehearsal. Across: the LEDs, strip by strip, with their zones. Down: time, with its steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from maquette.core.exhibition import ScaleCard
from maquette.core.text import words
from maquette.letters import letters
from maquette.rehearsal.chart import encode
from maquette.rehearsal.lines import drawable, fitted, lines
from maquette.rehearsal.look import GROUND, INK, LABEL, RAISED, RULE, SOFT
from maquette.rehearsal.sheet import Figure, Sheet
from maquette.rehearsal.swatches import draw_scale, scale_height
from maquette.show.model import Model
from maquette.show.playing import Moment, Take, light_of
from maquette.show.scenario import Scenario

_MARGIN = 36
_STEPS_WIDTH = 250
_STRIP_GAP = 14
_LIGHT_WIDTH = 1400
_LIGHT_HEIGHT = 1500
_WIDEST_LED, _TALLEST_ROW = 24, 12
_ZONE_SIZE = 11
_COLUMN = 340
_GAMMA = 1.35
"""Light is drawn a little brighter than it is, as eyes see it in a dim hall."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Frames of one step in one take: its rows, from the first to the one after the last."""

    take: int
    step: int
    first: int
    last: int


def draw_filmstrip(
    model: Model,
    scenario: Scenario,
    takes: Sequence[Take],
    moments: Sequence[Moment],
    fps: float,
    sheet: Sheet,
    figures: Sequence[Figure],
) -> Image.Image:
    """Draw the filmstrip of a rehearsal."""
    return _Filmstrip(model, scenario, takes, moments, fps, sheet).draw(figures)


class _Filmstrip:
    def __init__(
        self,
        model: Model,
        scenario: Scenario,
        takes: Sequence[Take],
        moments: Sequence[Moment],
        fps: float,
        sheet: Sheet,
    ) -> None:
        self._fps = fps
        self._model, self._scenario, self._takes, self._moments, self._sheet = model, scenario, takes, moments, sheet
        count = max(1, model.led_count)
        self._led = min(_WIDEST_LED, max(1, _LIGHT_WIDTH // count))
        rows = max(1, len(moments))
        self._skip = max(1, -(-rows // _LIGHT_HEIGHT))
        self._row = min(_TALLEST_ROW, max(1, _LIGHT_HEIGHT * self._skip // rows))
        self._starts: dict[str, int] = {}
        x = _MARGIN + _STEPS_WIDTH
        for strip in model.strips.values():
            self._starts[strip.id] = x
            x += strip.leds * self._led + _STRIP_GAP
        self._right = x - _STRIP_GAP
        self._width = max(self._right, 900) + _MARGIN
        self._names = list(self._zone_names())
        font = letters(_ZONE_SIZE)
        self._names_height = round(max((font.getlength(name) for _, name in self._names), default=0)) + 14
        self._top = 112 + self._names_height

    def draw(self, figures: Sequence[Figure]) -> Image.Image:
        kept = list(self._moments[:: self._skip])
        bottom = self._top + len(kept) * self._row
        legends = self._legends()
        columns = max(1, (self._width - 2 * _MARGIN) // _COLUMN)
        height = bottom + 40 + self._foot_height(figures, legends, columns) + _MARGIN
        image = Image.new("RGB", (self._width, height), GROUND)
        draw = ImageDraw.Draw(image)
        self._draw_head(image)
        self._draw_light(image, kept)
        self._draw_zones(draw)
        self._draw_steps(draw, kept, bottom)
        self._draw_foot(draw, image, bottom + 40, figures, legends, columns)
        return image

    # -- parts -------------------------------------------------------------------------------------------------------

    def _draw_head(self, image: Image.Image) -> None:
        draw = ImageDraw.Draw(image)
        draw.text((_MARGIN, 30), drawable(self._sheet.title), fill=INK, font=letters(30, strong=True))
        last = self._moments[-1].at_s if self._moments else 0.0
        said = self._sheet.wording.say(
            "rehearsal_strip", leds=self._model.led_count, duration=self._sheet.seconds(round(last))
        )
        draw.text((_MARGIN, 72), drawable(said), fill=SOFT, font=letters(14))
        tile = mark_tile(self._sheet.mark)
        image.paste(tile, (self._width - _MARGIN - tile.width, 38), tile)

    def _draw_light(self, image: Image.Image, kept: Sequence[Moment]) -> None:
        if not kept:
            return
        light = np.stack([light_of(moment.pixels, self._model) for moment in kept])
        shown: npt.NDArray[np.uint8] = encode(light ** np.float32(1 / _GAMMA))
        for strip in self._model.strips.values():
            part = shown[:, strip.span].repeat(self._row, axis=0).repeat(self._led, axis=1)
            image.paste(Image.fromarray(part), (self._starts[strip.id], self._top))

    def _zone_names(self) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield for every run of LEDs of a zone where it lies across the picture, and the zone's name."""
        for zone in self._model.zones.values():
            name = drawable(words(zone.title, self._sheet.language) or zone.id)
            for strip in self._model.strips.values():
                here = [int(led) - strip.start for led in zone.leds if strip.start <= led < strip.start + strip.leds]
                if here:
                    left = self._starts[strip.id] + min(here) * self._led
                    yield (left, self._starts[strip.id] + (max(here) + 1) * self._led), name

    def _draw_zones(self, draw: ImageDraw.ImageDraw) -> None:
        font, base = letters(_ZONE_SIZE), self._top - 8
        right = 0.0
        for (left, end), name in sorted(self._names):
            draw.line((left + 1, base + 3, max(left + 1, end - 2), base + 3), fill=LABEL)
            middle = (left + end) / 2
            if middle - _ZONE_SIZE / 2 < right:
                continue  # no room between its neighbours
            right = middle + _ZONE_SIZE / 2 + 1
            length = round(font.getlength(name))
            label = Image.new("L", (length + 2, 16), 0)
            ImageDraw.Draw(label).text((0, 8), name, fill=255, font=font, anchor="lm")
            turned = label.rotate(90, expand=True)
            place = (round(middle - turned.width / 2), base - turned.height)
            draw.bitmap(place, turned, fill=SOFT)
        for strip in self._model.strips.values():
            name = fitted(
                self._sheet.wording.say("rehearsal_strip_name", name=strip.id), letters(13), strip.leds * self._led
            )
            draw.text((self._starts[strip.id], self._top - self._names_height - 14), name, fill=LABEL, font=letters(13))

    def _draw_steps(self, draw: ImageDraw.ImageDraw, kept: Sequence[Moment], bottom: int) -> None:
        left, right = _MARGIN + _STEPS_WIDTH, self._right
        self._draw_clock(draw, kept, left)
        taken = None
        for block in _blocks(kept):
            y, end = self._top + block.first * self._row, self._top + block.last * self._row
            rule = RULE if block.take == taken else LABEL
            draw.line((_MARGIN, y, left - 54, y), fill=rule)
            draw.line((left, y, right, y), fill=rule)
            room = (end - y - 10) // 19
            if block.take != taken and len(self._takes) > 1 and room > 0:
                title = words(self._takes[block.take].title, self._sheet.language)
                draw.text(
                    (_MARGIN, y + 6),
                    fitted(title, letters(14, strong=True), 195),
                    fill=INK,
                    font=letters(14, strong=True),
                )
                y, room = y + 20, room - 1
            taken = block.take
            said = f"{self._sheet.step_number(block.step)}  {self._sheet.step_title(block.step)}"
            for line in lines(said, letters(14), 195, max(0, min(3, room))):
                draw.text((_MARGIN, y + 6), line, fill=SOFT if len(self._takes) > 1 else INK, font=letters(14))
                y, room = y + 19, room - 1
            if len(self._takes) == 1 and room > 0:
                lasts = self._sheet.seconds(round((block.last - block.first) * self._skip / self._fps, 1))
                draw.text((_MARGIN, y + 8), drawable(lasts), fill=LABEL, font=letters(12))
        draw.line((left, bottom, right, bottom), fill=RULE)

    def _draw_clock(self, draw: ImageDraw.ImageDraw, kept: Sequence[Moment], left: int) -> None:
        """Mark the seconds at the left edge of the light, no closer than they can be read."""
        if not kept:
            return
        per_s = self._row * len(kept) / max(0.1, kept[-1].at_s or 0.1)
        every = next((s for s in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600) if s * per_s >= 26), 1200)
        font, following = letters(11), 0
        for row, moment in enumerate(kept):
            if moment.at_s + 1e-6 < following:
                continue
            y = self._top + row * self._row
            draw.line((left - 6, y, left - 2, y), fill=LABEL)
            draw.text((left - 10, y), _clock(following), fill=LABEL, font=font, anchor="rt" if row == 0 else "rm")
            following += every

    # -- the foot ----------------------------------------------------------------------------------------------------

    def _legends(self) -> list[ScaleCard]:
        seen: dict[str, ScaleCard] = {}
        for step in self._scenario.steps:
            for card in self._sheet.scales(step):
                seen.setdefault(card.id or words(card.title, ""), card)
        return list(seen.values())

    def _foot_height(self, figures: Sequence[Figure], legends: Sequence[ScaleCard], columns: int) -> int:
        cells = [20 + 20 * len(part) for part in _parts(figures)] + [scale_height(card) for card in legends]
        rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
        return sum(max(row) + 24 for row in rows)

    def _draw_foot(
        self,
        draw: ImageDraw.ImageDraw,
        image: Image.Image,
        top: int,
        figures: Sequence[Figure],
        legends: Sequence[ScaleCard],
        columns: int,
    ) -> None:
        cells: list[tuple[int, list[Figure] | ScaleCard]] = [(20 + 20 * len(part), part) for part in _parts(figures)]
        cells += [(scale_height(card), card) for card in legends]
        for at in range(0, len(cells), columns):
            row = cells[at : at + columns]
            for column, (_, content) in enumerate(row):
                x = _MARGIN + column * _COLUMN
                if isinstance(content, list):
                    self._draw_figures(draw, x, top, content, first=at == column == 0)
                else:
                    draw_scale(image, (x, top), _COLUMN - 28, content, self._sheet)
            top += max(height for height, _ in row) + 24

    def _draw_figures(
        self, draw: ImageDraw.ImageDraw, x: int, y: int, figures: Sequence[Figure], *, first: bool
    ) -> None:
        if first:
            draw.text(
                (x, y), drawable(self._sheet.wording.say("rehearsal_values")), fill=INK, font=letters(14, strong=True)
            )
        for number, figure in enumerate(figures, 1):
            said = self._sheet.wording.say("rehearsal_figure", title=figure.title, amount=figure.amount)
            draw.text((x, y + 20 * number), fitted(said, letters(12), _COLUMN - 20), fill=SOFT, font=letters(12))


def _parts(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Return figures in columns of equal heights, at most ten."""
    columns = max(1, -(-len(figures) // 10))
    height = max(1, -(-len(figures) // columns))
    return [list(figures[at : at + height]) for at in range(0, len(figures), height)]


def _blocks(kept: Sequence[Moment]) -> Iterator[_Block]:
    row = 0
    for (take, step), group in groupby(kept, key=lambda moment: (moment.take, moment.step)):
        length = sum(1 for _ in group)
        yield _Block(take, step, row, row + length)
        row += length


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@cache
def mark_tile(mark: str) -> Image.Image:
    """Return the mark that says what the values are, with its transparency."""
    text, fine = drawable(mark), 4
    font = letters(13)
    size = round(font.getlength(text)) + 24, 26
    tile = Image.new("RGBA", (size[0] * fine, size[1] * fine), (*RAISED, 0))
    box = (fine // 2, fine // 2, tile.width - fine, tile.height - fine)
    ImageDraw.Draw(tile).rounded_rectangle(box, radius=13 * fine, fill=(*RAISED, 235), outline=(*SOFT, 255), width=fine)
    tile = tile.resize(size, Image.Resampling.BOX)
    ImageDraw.Draw(tile).text((size[0] / 2, size[1] / 2), text, fill=(*INK, 255), font=font, anchor="mm")
    return tile
