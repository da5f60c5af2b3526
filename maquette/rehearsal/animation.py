"""The animated preview: the plan by the light of its LEDs, frame by frame, with what visitors read below it."""

import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image, ImageDraw

from maquette.core.exhibition import Exhibition, ServoCard
from maquette.core.text import words
from maquette.letters import letters
from maquette.rehearsal.chart import Chart
from maquette.rehearsal.filmstrip import mark_tile
from maquette.rehearsal.lines import fitted, lines
from maquette.rehearsal.look import GROUND, INK, RAISED, RULE, SOFT
from maquette.rehearsal.servo_looks import draw_servo
from maquette.rehearsal.sheet import Sheet
from maquette.rehearsal.swatches import draw_scale, scale_height
from maquette.show.model import Model
from maquette.show.playing import Moment, Take, light_of
from maquette.show.scenario import Scenario

WIDTH = 960
_BOX = (WIDTH, 620)
_PANEL = 178
_MARGIN = 28
_LEGEND = 250
_AHEAD = 4
_SAMPLES = 8
_WEBP = {"quality": 78, "method": 0}


class Animation:
    """Draws the frames of one rehearsal."""

    def __init__(
        self, model: Model, scenario: Scenario, exhibition: Exhibition, takes: Sequence[Take], sheet: Sheet
    ) -> None:
        self._model, self._scenario, self._takes, self._sheet = model, scenario, takes, sheet
        self._chart = Chart(exhibition.zones, exhibition.plan_size_mm, _BOX, sheet.language)
        self._servos = [card for card in exhibition.servos if card.place is not None]
        self._left = (WIDTH - self._chart.width) // 2
        self._size = (WIDTH, self._chart.height + _PANEL)
        self._panel: tuple[object, Image.Image] | None = None
        self._map: tuple[object, Image.Image] | None = None

    def frames(self, moments: Sequence[Moment]) -> Iterator[Image.Image]:
        """Yield a picture for each moment."""
        last_s = moments[-1].at_s if moments else 0.0
        for moment in moments:
            yield self._frame(moment, moment.at_s / last_s if last_s else 1.0)

    def _frame(self, moment: Moment, share: float) -> Image.Image:
        frame = Image.new("RGB", self._size, GROUND)
        frame.paste(self._lit(moment), (self._left, 0))
        for card in self._servos:
            self._turn(frame, card, moment.angles)
        frame.paste(self._words(moment), (0, self._chart.height))
        draw = ImageDraw.Draw(frame)
        draw.line((0, self._chart.height, WIDTH, self._chart.height), fill=RULE, width=2)
        draw.line((0, self._chart.height, round(WIDTH * share), self._chart.height), fill=SOFT, width=2)
        marks = (self._sheet.mark, self._sheet.quality(moment.quality))
        for number, mark in enumerate(mark for mark in marks if mark is not None):
            tile = mark_tile(mark)
            frame.paste(tile, (WIDTH - 16 - tile.width, 16 + 34 * number), tile)
        return frame

    def _lit(self, moment: Moment) -> Image.Image:
        """Return the lit plan; the same as last time when no byte changed."""
        if self._map is None or self._map[0] is not moment.pixels:
            self._map = moment.pixels, self._chart.lit(light_of(moment.pixels, self._model))
        return self._map[1]

    def _turn(self, frame: Image.Image, card: ServoCard, angles: Mapping[str, float]) -> None:
        assert card.place is not None
        x, y = (along * self._chart.scale for along in card.place)
        draw_servo(frame, card.looks, (self._left + x, y), self._chart.scale, round(angles.get(card.id, 0.0)))

    # -- below the plan ----------------------------------------------------------------------------------------------

    def _words(self, moment: Moment) -> Image.Image:
        caption = self._sheet.caption(moment.caption)
        told = (moment.take, moment.step, caption, moment.quality)
        if self._panel is None or self._panel[0] != told:
            self._panel = told, self._draw_panel(moment, caption)
        return self._panel[1]

    def _draw_panel(self, moment: Moment, caption: str) -> Image.Image:
        panel = Image.new("RGB", (WIDTH, _PANEL), RAISED)
        draw, sheet = ImageDraw.Draw(panel), self._sheet
        width = WIDTH - 3 * _MARGIN - _LEGEND
        place = sheet.place(moment.step)
        draw.text((_MARGIN, 16), fitted(place, letters(13), width), fill=SOFT, font=letters(13))
        title = letters(22, strong=True)
        draw.text((_MARGIN, 36), fitted(sheet.step_title(moment.step), title, width), fill=INK, font=title)
        ask = self._scenario.steps[moment.step].ask
        said = [(line, INK) for line in lines(caption, letters(15), width, 4 if ask is None else 2)]
        if ask is not None:
            question, answers = sheet.question(ask)
            said += [(line, INK) for line in lines(question, letters(15), width, 1)]
            said += [(line, SOFT) for line in lines(answers, letters(15), width, 1)]
        for number, (line, colour) in enumerate(said):
            draw.text((_MARGIN, 72 + 22 * number), line, fill=colour, font=letters(15))
        self._draw_side(panel, moment)
        return panel

    def _draw_side(self, panel: Image.Image, moment: Moment) -> None:
        """Draw what the take and its values are, and the scales of the step, as far as there is room."""
        draw, x, y = ImageDraw.Draw(panel), WIDTH - _MARGIN - _LEGEND, 14
        take = self._takes[moment.take].title
        if take is not None:
            font = letters(14, strong=True)
            draw.text((x, y), fitted(words(take, self._sheet.language), font, _LEGEND), fill=INK, font=font)
            y += 24
        for card in self._sheet.scales(self._scenario.steps[moment.step]):
            if y + scale_height(card) > _PANEL - 6:
                break
            draw_scale(panel, (x, y), _LEGEND, card, self._sheet)
            y += scale_height(card) + 8


def write_webp(animation: Animation, moments: Sequence[Moment], fps: float) -> bytes:
    """Return an animated WebP."""
    return _written(animation.frames(moments), len(moments), fps, "WEBP", _WEBP)


def write_gif(animation: Animation, moments: Sequence[Moment], fps: float) -> bytes:
    """Return an animated GIF, with one palette for all frames, so that colours do not jump."""
    palette = _palette(animation.frames(moments[:: max(1, len(moments) // _SAMPLES)]))
    frames = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in animation.frames(moments))
    return _written(frames, len(moments), fps, "GIF", {"disposal": 1})


def _ahead(frames: Iterator[Image.Image]) -> Iterator[Image.Image]:
    """Yield frames that are drawn while the ones before are written: both spend their time outside of Python's lock."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = deque(pool.submit(next, frames, None) for _ in range(_AHEAD))
        while (frame := coming.popleft().result()) is not None:
            coming.append(pool.submit(next, frames, None))
            yield frame


class _Film(Image.Image):
    """Frames as one picture that turns its pages: whoever writes it holds no more than a few of them in memory."""

    def __init__(self, frames: Iterator[Image.Image], count: int) -> None:
        super().__init__()
        self._frames, self.n_frames, self._page = frames, count, -1
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Turn to a page: this one or the next."""
        if frame > self._page:
            shown = next(self._frames)
            self.im, self._mode, self._size, self.palette = shown.im, shown.mode, shown.size, shown.palette
            self._page = frame

    def tell(self) -> int:
        """Return the number of the page."""
        return self._page


def _written(
    frames: Iterator[Image.Image], count: int, fps: float, form: str, options: Mapping[str, int | bool]
) -> bytes:
    buffer = io.BytesIO()
    _Film(_ahead(frames), count).save(buffer, form, save_all=True, duration=round(1000 / fps), loop=0, **options)
    return buffer.getvalue()


def _palette(frames: Iterator[Image.Image]) -> Image.Image:
    """Return a picture with the palette that suits some frames."""
    # Letters are thin: their colours would be lost among those of the light.
    inks = [np.full((24, 480, 3), ink, dtype=np.uint8) for ink in (INK, SOFT)]
    together = np.concatenate([*inks, *(np.asarray(frame.resize((480, 320))) for frame in frames)])
    return Image.fromarray(together).quantize(255, method=Image.Quantize.MEDIANCUT)
