"""Playing: a scenario runs through the same director, painter and finishing as on the model, by a clock that only counts frames."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from maquette.core.calendar import Instant
from maquette.core.colour import Floats
from maquette.core.events import ButtonPressed, Command
from maquette.core.past import SeriesUpdate
from maquette.core.readings import Quality, Readings, ReadingsUpdate
from maquette.core.text import Caption, Text
from maquette.show.finishing import Finishing
from maquette.show.flash_guard import Pixels
from maquette.show.model import LINEAR_GAMMA, Model
from maquette.show.performance import Performance
from maquette.show.scenario import Scenario, Show, Step

WAIT_S = 8.0
"""How long a step that waits, or asks, lasts in a rehearsal."""

LONGEST_S = 3600.0
"""How long a rehearsal may be."""


_VOTE_EVERY_S = 1.5
_NO_HUE = 3  # of 255, in linear light


@dataclass(frozen=True, eq=False)
class Take:
    """One run through the steps.

    Attributes:
        title: what it shows; None when it is the only one.
        readings: those of now.
        past: what each value was and when; now is 0.
    """

    title: Text | None
    readings: Readings
    past: SeriesUpdate


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """One frame.

    Attributes:
        at_s: when, from the start of the rehearsal.
        take: the number of the take, from 0.
        step: the number of the step among those that are rehearsed, from 0.
        into_s: how long the step has been on.
        pixels: the bytes that would leave, shape (LEDs, 3).
        angles: of the servos, degrees, as fast as they can turn.
        caption: what visitors read.
        quality: the worst of what is seen.
    """

    at_s: float
    take: int
    step: int
    into_s: float
    pixels: Pixels
    angles: Mapping[str, float]
    caption: Caption | None
    quality: Quality


def rehearsed(scenario: Scenario, most_s: float | None) -> Scenario:
    """Return a scenario that ends by itself: its steps wait `WAIT_S` at most, and last ``most_s`` seconds at most."""
    steps = tuple(_rehearsed(step, most_s) for step in scenario.steps)
    return replace(scenario, steps=steps, triggers=(), ends="idle", while_playing="ignore")


def _rehearsed(step: Step, most_s: float | None) -> Step:
    waits_s = WAIT_S if step.at_most_s is None else min(WAIT_S, step.at_most_s)
    duration_s = step.duration_s
    if duration_s is not None and step.ask is not None:
        duration_s = min(duration_s, WAIT_S)
    if most_s is not None and step.through is None:
        waits_s = min(waits_s, most_s)
        duration_s = None if duration_s is None else min(duration_s, most_s)
    through = (
        None
        if step.through is None
        else replace(
            step.through, start=_without_date(step.through.start, 86_400.0), end=_without_date(step.through.end, 0.0)
        )
    )
    return replace(step, duration_s=duration_s, at_most_s=waits_s if duration_s is None else None, through=through)


def _without_date(instant: Instant, ago_s: float) -> Instant:
    """Return a moment that counts from now: a rehearsal is on no date, so it travels from a day ago instead."""
    return instant if instant.local is None else Instant(ago_s)


def play(show: Show, scenario: Scenario, takes: Sequence[Take], fps: float) -> Iterator[Moment]:
    """Play a scenario (see `rehearsed`) once for each take, one after another, and yield every frame."""
    alone = replace(show, scenarios={scenario.id: scenario}, idle=None, idle_after_s=60.0, opening=None)
    performance, finishing = Performance(alone, 0.0), Finishing(show.model)
    angles = {servo.id: servo.park for servo in show.model.servos.values()}
    frame = -1
    for number, take in enumerate(takes):
        frame += 1
        performance.update(_all(take.readings), frame / fps)
        performance.remember(_moved(take.past, frame / fps), frame / fps)
        performance.handle(Command("play", {"scenario": scenario.id}), frame / fps)
        while frame / fps < LONGEST_S:
            now = frame / fps
            light = performance.frame(now)
            snapshot = performance.snapshot(now, (), ())
            if snapshot.ended or snapshot.scenario is None:
                break
            into_s = now - snapshot.step_started_at
            _vote(performance, scenario.steps[snapshot.step - 1], into_s, now, 1 / fps)
            angles = _turned(angles, performance.servo_angles(now), show.model, 1 / fps)
            yield Moment(
                at_s=now,
                take=number,
                step=snapshot.step - 1,
                into_s=into_s,
                pixels=finishing.finish(light, performance.brightness, now).pixels,
                angles=angles,
                caption=snapshot.caption,
                quality=snapshot.quality,
            )
            frame += 1
        frame -= 1


def _vote(performance: Performance, step: Step, into_s: float, now: float, dt: float) -> None:
    """Give one vote for each answer of a question, one after another: people see what votes do."""
    for number, choice in enumerate(step.ask.choices if step.ask is not None else (), 1):
        if into_s < number * _VOTE_EVERY_S <= into_s + dt:
            performance.handle(ButtonPressed(choice.button, now), now)


def _moved(past: SeriesUpdate, seconds: float) -> SeriesUpdate:
    return replace(past, series=tuple(replace(one, series=one.series.moved(seconds)) for one in past.series))


def _all(readings: Readings) -> ReadingsUpdate:
    return ReadingsUpdate(tuple(readings.values()), frozenset(feed for feed, _, _ in readings))


def _turned(now: Mapping[str, float], wanted: Mapping[str, float | None], model: Model, dt: float) -> dict[str, float]:
    turned = {}
    for name, angle in wanted.items():
        servo = model.servos[name]
        reach = servo.top_speed * dt
        way = (servo.park if angle is None else angle) - now[name]
        turned[name] = now[name] + min(max(way, -reach), reach)
    return turned


def light_of(pixels: Pixels, model: Model) -> Floats:
    """Return the light that bytes make, linear, shape (LEDs, 3); where too few steps are left to tell a hue, it has none."""
    brightest = pixels.max(axis=1, keepdims=True)
    light = np.where(brightest <= _NO_HUE, brightest, pixels).astype(np.float32) / np.float32(255)
    for strip in model.strips.values():
        if strip.gamma != LINEAR_GAMMA:
            light[strip.span] **= np.float32(LINEAR_GAMMA / strip.gamma)
    return light
