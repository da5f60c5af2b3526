"""The preview: what somebody wants to see becomes takes, frames and two files, written whole or not at all."""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL.Image import Image

from maquette.config.installation import Installation
from maquette.config.problems import did_you_mean
from maquette.console.wording import Wording
from maquette.core.message import Message, message
from maquette.core.readings import Quality
from maquette.core.text import Text
from maquette.errors import RehearsalError
from maquette.ops.state import write_atomically
from maquette.rehearsal.animation import Animation, write_gif, write_webp
from maquette.rehearsal.filmstrip import draw_filmstrip
from maquette.rehearsal.given import with_feeds_series, with_series
from maquette.rehearsal.sheet import Figure, Sheet, origins_of
from maquette.rehearsal.uses import Uses, Value, uses_of
from maquette.rehearsal.values import Origin, Values, choose, class_values, usual_values
from maquette.show.playing import LONGEST_S, Moment, Take, play, rehearsed
from maquette.show.scales import Scale
from maquette.show.scenario import Scenario, Step

TAKE_STEP_S = 6.0
"""How long each step lasts when it is played several times, unless somebody says."""

_ANIMATIONS = {".webp": write_webp, ".gif": write_gif}
ENDINGS = (*_ANIMATIONS, ".png")
"""Endings of files that can be made."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see.

    Attributes:
        scenario: its id.
        output: where: a name without ending, or with one of `ENDINGS`; None: the scenario's id, here.
        given: values, such as ``river.flow=800 m³/s``.
        series: files of earlier values, each ``FILE`` or ``FEED=FILE``.
        classes: the scale of which every class is shown in turn, or None.
        qualities: whether every quality is shown in turn.
        step: the number of the only step to show, from 1, or None for all.
        seconds: how long a step lasts at most, or None.
        language: of the pictures, or None for the installation's first.
        fps: frames per second.
    """

    scenario: str
    output: Path | None = None
    given: Sequence[str] = ()
    series: Sequence[str] = ()
    classes: str | None = None
    qualities: bool = False
    step: int | None = None
    seconds: float | None = None
    language: str | None = None
    fps: float = 10.0


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: the files with their bytes, how much time they show and took (s), and what to say of the values."""

    files: tuple[tuple[Path, int], ...]
    shows_s: float
    took_s: float
    remarks: tuple[Message, ...]


def preview(installation: Installation, wish: Wish) -> Made:
    """Make the pictures that somebody wants.

    Raises:
        RehearsalError: the wish makes no sense.
        OSError: a file cannot be written; then none of it is left half.
    """
    began = time.perf_counter()
    strip_file, animation_file = _files(wish)
    rehearsal = _Rehearsal(installation, wish)
    moments = list(rehearsal.play())
    scenario, takes, sheet, model = rehearsal.scenario, rehearsal.takes, rehearsal.sheet, installation.show.model
    strip = draw_filmstrip(model, scenario, takes, moments, wish.fps, sheet, rehearsal.figures)
    made = [(strip_file, _png(strip))]
    if animation_file is not None:
        animation = Animation(model, scenario, installation.exhibition, takes, sheet)
        write = _ANIMATIONS[animation_file.suffix]
        made.append((animation_file, write(animation, moments, wish.fps)))
    for path, raw in made:
        try:
            write_atomically(path, raw)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error
    shows_s = len(moments) / wish.fps
    files = tuple((path, len(raw)) for path, raw in made)
    return Made(files, shows_s, time.perf_counter() - began, tuple(rehearsal.remarks(shows_s)))


class _Rehearsal:
    """A wish, understood."""

    def __init__(self, installation: Installation, wish: Wish) -> None:
        self._installation, self._wish = installation, wish
        whole = find_scenario(installation, wish.scenario)
        language = find_language(installation, wish.language)
        numbers = self._numbers(whole)
        several = wish.qualities or wish.classes is not None
        most_s = wish.seconds if wish.seconds is not None else TAKE_STEP_S if several else None
        chosen = replace(whole, steps=tuple(whole.steps[number - 1] for number in numbers))
        self.scenario = rehearsed(chosen, most_s)
        self.uses: Uses = uses_of(self.scenario, installation.show.computed)
        zone = ZoneInfo(installation.time_zone)
        values = usual_values(installation.feeds, installation.show.model, self.uses)
        self.values = with_feeds_series(values, installation.feeds, zone)
        for written in wish.series:
            self.values = with_series(self.values, written, installation.feeds, zone)
        for written in wish.given:
            self.values = choose(self.values, written, installation.feeds, installation.show.computed)
        self._in_turn: Sequence[Value] = ()
        self.takes: Sequence[Take] = self._takes(language)
        origins = origins_of(self.uses, self.values.origins)
        self.sheet = Sheet(self.scenario, installation.exhibition, numbers, len(whole.steps), language, origins)

    @property
    def figures(self) -> list[Figure]:
        """The values that are shown."""
        return self.sheet.figures(self.uses, self.values, self._in_turn)

    def play(self) -> Iterator[Moment]:
        """Yield the frames."""
        return play(self._installation.show, self.scenario, self.takes, self._wish.fps)

    def remarks(self, shows_s: float) -> Iterator[Message]:
        """Yield what to say of the values."""
        for origin in Origin:
            values = [value for value in self.uses.values if self.values.origins.get(value, Origin.UNKNOWN) is origin]
            if values:
                yield message(f"values_{origin.value}", names=", ".join(".".join(value) for value in values))
        unread = [w for w in self._wish.given if not any(_names(w, value) for value in self.uses.values)]
        if unread:
            yield message("values_unread", names=", ".join(unread))
        if shows_s >= LONGEST_S:
            yield message("cut_after_an_hour")

    def _numbers(self, scenario: Scenario) -> list[int]:
        """Return the numbers of the steps to play, from 1."""
        wish, count = self._wish, len(scenario.steps)
        if wish.step is not None:
            if not 1 <= wish.step <= count:
                raise RehearsalError(message("no_such_step", step=wish.step, name=scenario.id, count=count))
            return [wish.step]
        numbers = range(1, count + 1)
        if wish.classes is not None:
            shown = [n for n in numbers if _scale_of(scenario.steps[n - 1], wish.classes) is not None]
            return shown or self._refuse_scale(scenario, wish.classes)
        if wish.qualities:
            return [n for n in numbers if _tells(scenario.steps[n - 1])] or list(numbers)
        return list(numbers)

    def _refuse_scale(self, scenario: Scenario, name: str) -> list[int]:
        known = [card.id for card in self._installation.exhibition.scales]
        here = dict.fromkeys(
            layer.scale.id for step in scenario.steps for layer in step.layers if layer.scale is not None
        )
        if name not in known and name not in here:
            raise RehearsalError(message("unknown_scale", name=name), did_you_mean(name, known))
        raise RehearsalError(message("scale_not_shown", name=name, scenario=scenario.id), did_you_mean("", here))

    def _takes(self, language: str) -> list[Take]:
        if self._wish.classes is not None:
            return self._class_takes(self._wish.classes)
        if self._wish.qualities:
            say = Wording(language).say
            return [
                _take({"": _begun(say(f"quality_{quality.value}"))}, self.values.with_quality(quality), self.uses)
                for quality in Quality
            ]
        return [_take(None, self.values, self.uses)]

    def _class_takes(self, name: str) -> list[Take]:
        found = (_scale_of(step, name) for step in self.scenario.steps)
        scale = next(scale for scale in found if scale is not None)
        shown: list[Value] = [value for value, scales in self.uses.scales.items() if scale in scales]
        if not shown:
            raise RehearsalError(message("scale_of_computed", name=name), message("choose_values"))
        takes = []
        for number, entry in enumerate(scale.legend()):
            values = self.values
            for value in shown:
                unit = next(r.unit for key, r in values.readings.items() if key[:2] == value)
                at = dict(class_values(scale, unit)).get(number)
                values = values if at is None else values.with_value(value, at, Origin.CHOSEN)
            takes.append(_take(entry.title, values, self.uses))
        self._in_turn = shown
        self.values = replace(self.values, origins={**self.values.origins, **dict.fromkeys(shown, Origin.CHOSEN)})
        return takes


def find_scenario(installation: Installation, name: str) -> Scenario:
    """Return a scenario by its id.

    Raises:
        RehearsalError: there is none.
    """
    scenario = installation.show.scenarios.get(name)
    if scenario is None:
        raise RehearsalError(message("unknown_scenario", name=name), did_you_mean(name, installation.show.scenarios))
    return scenario


def find_language(installation: Installation, language: str | None) -> str:
    """Return the language to use: the installation's first when nobody says.

    Raises:
        RehearsalError: the documents do not speak it.
    """
    languages = installation.show.languages
    if language is not None and language not in languages:
        raise RehearsalError(message("unknown_language", name=language), did_you_mean(language, languages))
    return language or languages[0]


def _scale_of(step: Step, name: str) -> Scale | None:
    return next((layer.scale for layer in step.layers if layer.scale is not None and layer.scale.id == name), None)


def _tells(step: Step) -> bool:
    return any(not layer.is_decoration for layer in step.layers)


def _take(title: Text | None, values: Values, uses: Uses) -> Take:
    return Take(title, values.at(uses), values.past)


def _begun(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _names(written: str, value: Value) -> bool:
    left = written.partition("=")[0].replace(" ", "")
    return left.partition("[")[0].partition(".")[0] == value[0] and left.endswith(f".{value[1]}")


def _files(wish: Wish) -> tuple[Path, Path | None]:
    """Return where the filmstrip and the animation go; no animation when only a filmstrip is asked for."""
    output = wish.output if wish.output is not None else Path(wish.scenario)
    if output.suffix == ".png":
        return output, None
    if not output.suffix:
        return output.with_name(f"{output.name}.png"), output.with_name(f"{output.name}.webp")
    if output.suffix not in _ANIMATIONS:
        names = tuple(f"{output.stem}{ending}" for ending in ENDINGS)
        raise RehearsalError(message("unknown_ending", ending=output.suffix), message("one_of", names=names))
    return output.with_suffix(".png"), output


def _png(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
