"""The shipped show under every abuse that a hall can think of, judged on the bytes that leave: no flash, no supply over its limit."""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from maquette.core.events import ButtonPressed, Command
from maquette.core.wire_time import wire_time_s
from maquette.show.finishing import Finishing
from maquette.show.model import Model
from maquette.show.performance import Performance
from maquette.show.scenario import Layer, Scenario, Show, Step
from maquette.stage.frame_loop import PERIOD_S
from tests.show.flash_judge import most_changes_in_a_second
from tests.stage.shipped_show import any_readings, shipped_show

SECONDS = 5.0
RATE = round(1 / PERIOD_S)


def of_cuts(show: Show) -> Show:
    """Return a show whose steps follow one another without fade, and whose zones may be white: the worst that an author can do."""
    white = Layer(tuple(show.model.zones), colour=np.ones(3, dtype=np.float32))
    scenarios = {
        name: replace(
            scenario,
            while_playing="restart" if name == "air" else scenario.while_playing,
            steps=tuple(
                replace(step, fade_s=0.0, layers=(white,) if number % 2 else step.layers)
                for number, step in enumerate(scenario.steps)
            ),
        )
        for name, scenario in show.scenarios.items()
    }
    return replace(show, scenarios=scenarios)


def mashed(show, performance, chance, now):
    """Every button, at random, many times a second, two at once."""
    for button in show.model.buttons:
        if chance.random() < 0.15:
            performance.handle(ButtonPressed(button, now), now)


def dimmed(show, performance, chance, now):
    """A slider pulled from end to end, twenty commands a second."""
    if round(now * RATE) % 3 == 0:
        performance.handle(Command("brightness", {"percent": chance.choice([0, 100])}), now)


def darkened(show, performance, chance, now):
    """Blackout and wake in turn, ten times a second."""
    if round(now * RATE) % 6 == 0:
        performance.handle(Command("wake" if round(now * RATE) % 12 else "blackout"), now)


def stormed(show, performance, chance, now):
    """New readings of everything fifty times a second, known and unknown in turn."""
    if chance.random() < 50 / RATE:
        performance.update(any_readings(show, chance), now)


def played(show, performance, chance, now):
    """Scenarios started in the middle of one another's fades, paused, left and stepped through."""
    if chance.random() < 0.3:
        scenario = chance.choice(list(show.scenarios))
        command = chance.choice(["next", "back", "pause", "resume", "stop", "play", "play"])
        performance.handle(Command(command, {"scenario": scenario} if command == "play" else {}), now)


def wavered(show, performance, chance, now):
    """A mediator who cannot make up their mind between calm and not, a visit and none."""
    if chance.random() < 0.2:
        performance.handle(Command(chance.choice(["calm", "calm", "guide"])), now)


ABUSES = (mashed, dimmed, darkened, stormed, played, wavered)


def moments(chance: random.Random, *, stall_s: float) -> list[tuple[float, float]]:
    """Return for each frame the moment that it is for and the one at which its bytes leave: late by up to a period and a strip's pace."""
    found, t, left = [], 0.0, 0.0
    busy_s = wire_time_s(1000)
    while t < SECONDS:
        left = max(left, t + chance.choice([0.0, chance.uniform(0, PERIOD_S)]) + chance.choice([0.0, busy_s]))
        found.append((t, left))
        stalled = stall_s and abs(t - SECONDS / 2) < PERIOD_S / 2
        t += stall_s if stalled else PERIOD_S * chance.choice([1, 1, 1, 1, 2])
    return found


def drawn_a(model: Model, supply: str, wires: tuple[bytes, ...]) -> float:
    return sum(
        (strip.leds * strip.idle_ma + strip.channel_ma * sum(wire) / 255) / 1000
        for strip, wire in zip(model.strips.values(), wires, strict=True)
        if strip.supply == supply
    )


def with_white_leds(show: Show) -> Show:
    """Return a show on strips that have white LEDs as well, warm ones."""
    strips = {
        name: replace(strip, order="GRBW", white=(1.0, 0.8, 0.6), minimum=2)
        for name, strip in show.model.strips.items()
    }
    return replace(show, model=replace(show.model, strips=strips))


@pytest.mark.parametrize(
    "of", [shipped_show, lambda: with_white_leds(of_cuts(shipped_show()))], ids=["as shipped", "all cuts, white LEDs"]
)
@pytest.mark.parametrize(
    ("abuses", "stall_s"),
    [*(((abuse,), 0.0) for abuse in ABUSES), (ABUSES, 0.0), ((mashed, darkened), 5.0)],
    ids=[*(abuse.__name__ for abuse in ABUSES), "all at once", "stopped for 5 s and continued"],
)
def test_whatever_happens_nothing_flashes_and_no_supply_gives_more_than_it_may(of, abuses, stall_s):
    show, chance = of(), random.Random(7)
    performance, finishing = Performance(show, 0.0), Finishing(show.model)
    performance.handle(Command("play", {"scenario": "air"}), 0.0)
    left_at, shown = [], []
    given, before = dict.fromkeys(show.model.supplies, np.inf), 0.0
    for t, left in moments(chance, stall_s=stall_s):
        for abuse in abuses:
            abuse(show, performance, chance, t)
        finished = finishing.finish(performance.frame(t), performance.brightness, t)
        for supply in show.model.supplies.values():
            current = drawn_a(show.model, supply.id, finished.wires)
            assert current <= supply.limit_a
            assert supply.rise_a_s is not None
            assert current - given[supply.id] <= supply.rise_a_s * (t - before) + 1e-9
            given[supply.id] = current
        before = t
        left_at.append(left)
        shown.append(finished.pixels)
    assert any(not np.array_equal(one, other) for one, other in pairwise(shown))
    assert most_changes_in_a_second(show.model, left_at, shown).max() <= 6


def test_full_white_everywhere_stays_within_every_supply_and_is_reported():
    show = shipped_show()
    white = Step(duration_s=60.0, fade_s=0.0, layers=(Layer(tuple(show.model.zones), colour=np.ones(3, np.float32)),))
    show = replace(show, scenarios={"white": Scenario("white", {"": "White"}, (white,))}, idle="white")
    performance, finishing = Performance(show, 0.0), Finishing(show.model)
    # The currents rise softly: half a second until all that may be given is.
    finished = [finishing.finish(performance.frame(0.0), 100, n / 60) for n in range(30)][-1]
    assert not finished.held
    for state, supply in zip(finished.supplies, show.model.supplies.values(), strict=True):
        assert drawn_a(show.model, supply.id, finished.wires) == pytest.approx(state.current_a)
        assert 0.97 * supply.limit_a < state.current_a <= supply.limit_a
        assert state.limited_to < 1.0


@pytest.mark.parametrize(("percent", "dark"), [(0, True), (100, False)])
def test_brightness_goes_from_dark_to_full(percent, dark):
    show = shipped_show()
    performance, finishing = Performance(show, 0.0), Finishing(show.model)
    performance.handle(Command("brightness", {"percent": percent}), 0.0)
    pixels = finishing.finish(performance.frame(10.0), performance.brightness, 10.0).pixels
    assert pixels.any() != dark
