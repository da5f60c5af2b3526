"""The retelling of a scenario: how it begins and ends, then step by step, then what happens to values that are not live."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from maquette.core.calendar import DAYS, Instant
from maquette.core.exhibition import Exhibition
from maquette.core.text import choose
from maquette.retelling.expressions import Sayings
from maquette.retelling.lights import Lights
from maquette.retelling.names import Names
from maquette.retelling.phrases import Phrases, begun
from maquette.show.expressions import Expression
from maquette.show.scenario import (
    Ask,
    ButtonTrigger,
    ClockTrigger,
    Scenario,
    Show,
    Step,
    Through,
    Trigger,
    ValueTrigger,
    Variant,
    Words,
)

Paragraph = tuple[str, ...]
"""Sentences that belong together."""

_WEEK = frozenset(range(len(DAYS)))


def retell(scenario: Scenario, show: Show, exhibition: Exhibition, language: str) -> tuple[Paragraph, ...]:
    """Retell a scenario.

    Args:
        scenario: one of the show.
        show: everything that is played.
        exhibition: what people call its parts.
        language: ``fr`` or ``en``.

    Returns:
        Paragraphs: how it begins and ends, each step (or the steps that are one for each zone), and its data.
    """
    return tuple(
        tuple(begun(s) for s in paragraph if s) for paragraph in _Retelling(scenario, show, exhibition, language).all()
    )


class _Retelling:
    def __init__(self, scenario: Scenario, show: Show, exhibition: Exhibition, language: str) -> None:
        self._scenario, self._show = scenario, show
        self._phrases = Phrases(language)
        self._names = Names(show, exhibition, self._phrases)
        self._sayings = Sayings(self._names, self._phrases)
        self._inner = Sayings(self._names, self._phrases, inner=True)
        self._lights = Lights(self._names, self._sayings, self._phrases)

    def all(self) -> Iterator[list[str]]:
        yield list(self._frame())
        number = 1
        for steps in _together(self._scenario.steps):
            yield list(self._step(steps, number))
            number += len(steps)
        yield list(self._data())

    # -- how it begins and ends --------------------------------------------------------------------------------------

    def _frame(self) -> Iterator[str]:
        scenario, say = self._scenario, self._phrases.say
        title = self._names.scenario(scenario.id)
        if scenario.id == self._show.idle:
            yield say("idle", title=title)
        elif scenario.triggers:
            ways = [self._way(trigger) for trigger in scenario.triggers]
            if len(ways) > 2:
                yield say("starts_in_cases", title=title, ways=say("semicolon").join(ways))
            else:
                yield say("starts", title=title, ways=self._phrases.listed(ways, "or"))
            yield from self._terms_of_start()
            pressed = all(isinstance(trigger, ButtonTrigger) for trigger in scenario.triggers)
            yield say(f"{'pressed_while' if pressed else 'while'}_playing_{scenario.while_playing}")
        else:
            yield say("no_start", title=title)
        yield self._length()
        if scenario.id != self._show.idle:
            yield say(f"interrupt_{scenario.interrupt}")
            known = scenario.ends in self._show.scenarios
            yield say("ends_in", title=self._names.scenario(scenario.ends)) if known else say("ends_idle")

    def _way(self, trigger: Trigger) -> str:
        say = self._phrases.say
        match trigger:
            case ButtonTrigger(button=button, press=press):
                return say(f"press_{press}", button=self._names.button(button))
            case ClockTrigger(at_min=at, days=days):
                return say("at_time", time=say("time", hour=at // 60, minute=f"{at % 60:02d}"), days=self._days(days))
            case ValueTrigger(when=when, for_s=for_s):
                condition = self._sayings.condition(when)
                if for_s:
                    return say("when_held", condition=condition, duration=self._phrases.duration(for_s))
                return say("when", condition=condition)

    def _terms_of_start(self) -> Iterator[str]:
        """Yield what a start by values asks besides its condition."""
        values = [trigger for trigger in self._scenario.triggers if isinstance(trigger, ValueTrigger)]
        for trigger in values:
            if trigger.rearm is not None:
                yield self._phrases.say("rearm", condition=self._sayings.condition(trigger.rearm))
            if trigger.at_most_every_s:
                yield self._phrases.say("at_most_every", duration=self._phrases.duration(trigger.at_most_every_s))
        if values:
            yield self._phrases.say("live_only")
        if any(isinstance(trigger, ClockTrigger) for trigger in self._scenario.triggers):
            yield self._phrases.say("trusted_only")

    def _days(self, days: frozenset[int]) -> str:
        if days == _WEEK:
            return self._phrases.say("every_day")
        ordered = sorted(days)
        named = [self._phrases.say(f"day_{DAYS[day]}") for day in ordered]
        if len(ordered) > 2 and all(after == before + 1 for before, after in pairwise(ordered)):
            return self._phrases.say("from_day_to_day", first=named[0], last=named[-1])
        return self._phrases.listed([self._phrases.say("on_day", day=day) for day in named])

    def _length(self) -> str:
        steps = self._scenario.steps
        known = sum(step.duration_s or 0.0 for step in steps)
        waits = any(step.duration_s is None for step in steps)
        key = "length_one" if len(steps) == 1 else "length"
        if waits and not known:
            return self._phrases.say(f"{key}_open", steps=len(steps))
        duration = self._phrases.duration(known)
        return self._phrases.say(f"{key}_at_least" if waits else key, steps=len(steps), duration=duration)

    # -- steps -------------------------------------------------------------------------------------------------------

    def _step(self, steps: Sequence[Step], number: int) -> Iterator[str]:
        """Tell a step, or several that are one for each zone by the first of them."""
        step, say = steps[0], self._phrases.say
        if len(steps) > 1:
            zones = self._names.zones([s.zone for s in steps if s.zone is not None])
            duration = self._phrases.duration(step.duration_s or 0.0)
            key = "for_each_open" if step.duration_s is None else "for_each"
            numbers = say("two" if len(steps) == 2 else "range", first=number, last=number + len(steps) - 1)
            yield say(key, numbers=numbers, zones=zones, duration=duration)
            yield say("for_example", zone=self._names.zone(step.zone or ""))
        else:
            yield self._duration(step, number)
        if step.ask is not None:
            yield from self._ask(step.ask)
        yield from self._lights.step(step)
        yield from self._say(step)

    def _duration(self, step: Step, number: int) -> str:
        say, duration = self._phrases.say, self._phrases.duration
        title = self._phrases.text(step.title)
        named = (
            say("step_titled", number=number, title=self._phrases.quoted(title))
            if title
            else say("step", number=number)
        )
        if step.through is not None:
            return say("step_through", step=named, **self._journey(step.through))
        if step.duration_s is not None:
            return say("step_lasts", step=named, duration=duration(step.duration_s))
        at_most = duration(step.at_most_s or 0.0)
        if step.until is not None:
            return say("step_until", step=named, condition=self._sayings.condition(step.until), at_most=at_most)
        return say("step_waits", step=named, at_most=at_most)

    def _journey(self, through: Through) -> dict[str, str]:
        start, end = self._instant(through.start), self._instant(through.end)
        return {"start": start, "end": end, "duration": self._phrases.duration(through.duration_s)}

    def _instant(self, instant: Instant) -> str:
        if instant.local is not None:
            moment = instant.local
            date = self._phrases.say("date", day=moment.day, month=moment.month, year=moment.year)
            return self._phrases.say("moment", date=date, hour=moment.hour, minute=f"{moment.minute:02d}")
        if not instant.ago_s:
            return self._phrases.say("now")
        return self._phrases.say("ago", duration=self._phrases.duration(instant.ago_s))

    def _ask(self, ask: Ask) -> Iterator[str]:
        say = self._phrases.say
        yield say("asks", question=self._phrases.quoted(self._phrases.text(ask.question)))
        answers = [
            say(
                "answer",
                button=self._names.button(choice.button),
                label=self._phrases.quoted(self._phrases.text(choice.label)),
                score=self._phrases.number(choice.score),
            )
            for choice in ask.choices
        ]
        yield say("answers", answers=say("semicolon").join(answers))

    # -- what visitors read ------------------------------------------------------------------------------------------

    def _say(self, step: Step) -> Iterator[str]:
        if step.say is None:
            yield self._phrases.say("nothing_said")
            return
        for number, variant in enumerate(step.say.variants):
            yield self._variant(variant, first=number == 0)
            otherwise = self._template(choose(variant.otherwise, self._phrases.language))
            if otherwise and _has_figures(variant):
                yield self._phrases.say("read_otherwise", text=self._phrases.quoted(otherwise))

    def _variant(self, variant: Variant, *, first: bool) -> str:
        text = self._phrases.quoted(self._template(choose(variant.templates, self._phrases.language)))
        if variant.when is not None:
            return self._phrases.say("read_when", condition=self._sayings.condition(variant.when), text=text)
        return self._phrases.say("read" if first else "read_else", text=text)

    def _template(self, template: object) -> str:
        """Return a caption, its figures in brackets."""
        pieces = template.pieces if isinstance(template, Words) else ()
        said = (piece if isinstance(piece, str) else f"[{self._inner.value(piece)}]" for piece in pieces)
        return self._phrases.spaced("".join(said).replace("\n", " ").strip())

    # -- data --------------------------------------------------------------------------------------------------------

    def _data(self) -> Iterator[str]:
        say = self._phrases.say
        tells = any(not layer.is_decoration for step in self._scenario.steps for layer in step.layers)
        if not tells:
            yield say("no_data")
            return
        yield say("not_live")
        yield say("missing")


def _has_figures(variant: Variant) -> bool:
    """Tell whether a figure may be missing: without any, what is said otherwise is never said."""
    pieces = (piece for template in variant.templates.values() for piece in template.pieces)
    return any(isinstance(piece, Expression) for piece in pieces)


def _together(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Yield steps one by one, but those that are one for each zone together."""
    gathered: list[Step] = []
    for step in steps:
        if gathered and not _same_for_another_zone(gathered, step):
            yield gathered
            gathered = []
        gathered.append(step)
    if gathered:
        yield gathered


def _same_for_another_zone(gathered: Sequence[Step], step: Step) -> bool:
    first = gathered[0]
    if first.zone is None or step.zone is None or step.zone in {other.zone for other in gathered}:
        return False
    return _likeness(first) == _likeness(step)


def _likeness(step: Step) -> tuple[object, ...]:
    layers = tuple((_text(layer.value), layer.effect, layer.blend, layer.together) for layer in step.layers)
    return step.duration_s, step.at_most_s, _text(step.until), layers, len(step.say.variants) if step.say else 0


def _text(expression: Expression | None) -> str | None:
    return None if expression is None else expression.text
