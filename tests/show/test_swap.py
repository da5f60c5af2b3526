"""Another show in the midst of a performance: what stays is not touched by a bit, what changed fades in, and nothing flashes."""

import pickle
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.events import ButtonPressed, Command
from maquette.core.readings import Quality
from maquette.core.snapshot import Mode
from maquette.show.finishing import Finishing
from maquette.show.flash_guard import Pixels
from maquette.show.layers import Painter
from maquette.show.likeness import alike, same_wiring
from maquette.show.model import Supply
from maquette.show.performance import Performance
from maquette.show.scenario import Show, Step
from tests.show.flash_judge import most_changes_in_a_second
from tests.show.models import model_of, strips_of, zone
from tests.show.test_performance import BLUE, BREATHING, GREEN, MODEL, TOLD, painted, press, reading, show_of
from tests.stage.shipped_show import any_readings, shipped_show


def copied(show: Show) -> Show:
    """Return a show as it comes over the line from another process."""
    copy: Show = pickle.loads(pickle.dumps(show))
    return copy


def with_zones(show: Show, **zones: range) -> Show:
    return replace(show, model=replace(show.model, zones={n: zone(n, leds) for n, leds in zones.items()}))


def playing(show: Show, at: float = 5.0) -> Performance:
    performance = Performance(show, 0.0)
    press(performance, "air", at)
    return performance


def test_a_show_that_comes_over_the_line_is_like_itself_and_like_no_other():
    show = shipped_show()
    copy = copied(show)
    assert alike(show.model, copy.model)
    steps = {(name, n): step for name, s in show.scenarios.items() for n, step in enumerate(s.steps)}
    copies = {(name, n): step for name, s in copy.scenarios.items() for n, step in enumerate(s.steps)}
    assert {(a, b) for a in steps for b in copies if alike(steps[a], copies[b])} == {(a, a) for a in steps}


def test_likeness_looks_at_every_number():
    layer = painted(1, 0.5, 0, effect="flow", parameters={"speed": 1.0, "gap": 0.5})
    others = [
        replace(layer, colour=layer.colour + np.float32(1e-6)),
        replace(layer, parameters={"speed": 1.0, "gap": 0.6}),
        replace(layer, parameters={"speed": 1.0}),
        replace(layer, zones=("feyzin", "rhone")),
        replace(layer, value=TOLD.layers[0].value),
        replace(layer, level=TOLD.layers[0].level),
    ]
    assert alike(layer, replace(layer, colour=layer.colour.copy()))
    assert not any(alike(layer, other) for other in others)


@pytest.mark.parametrize("seed", range(2))
def test_the_same_documents_again_change_no_byte_of_the_shipped_show(seed: int):
    show, chance = shipped_show(), random.Random(seed)
    left, swapped = Performance(show, 0.0), Performance(show, 0.0)
    finishing, other = Finishing(show.model), Finishing(show.model)
    names = list(show.scenarios)
    for n in range(120):
        now = n * 0.4
        for performance in (left, swapped):
            performance.prepare()
        if n % 23 == 5:
            update = any_readings(show, chance, [Quality.LIVE, Quality.STALE, Quality.MISSING])
            left.update(update, now)
            swapped.update(update, now)
        if n % 37 == 3:
            event = chance.choice(
                [Command("play", {"scenario": chance.choice(names)}), Command("pause"), Command("next")]
            )
            left.handle(event, now)
            swapped.handle(event, now)
        if n % 5 == 0:
            again = copied(show)
            swapped.swap(again, now)
            other = other.for_model(again.model)
        one = finishing.finish(left.frame(now), left.brightness, now)
        two = other.finish(swapped.frame(now), swapped.brightness, now)
        assert one.pixels.tobytes() == two.pixels.tobytes(), now
        assert left.snapshot(now, (), ()) == swapped.snapshot(now, (), ())


def test_words_change_at_once_and_the_light_not_at_all():
    performance = playing(show_of(air=(BREATHING, BLUE)))
    performance.frame(6.0)
    performance.swap(show_of(air=(replace(BREATHING, title={"": "Anew"}, notes={"": "Say it."}), BLUE)), 6.1)
    snapshot = performance.snapshot(6.1, (), ())
    assert (snapshot.step_title, snapshot.notes) == ({"": "Anew"}, {"": "Say it."})
    np.testing.assert_array_equal(performance.frame(6.1), Painter(MODEL, BREATHING).paint(6.1 - 5.0))


def test_a_step_that_looks_different_fades_in_and_its_clock_goes_on():
    performance = playing(show_of(air=(GREEN, BLUE)))
    performance.frame(8.0)
    performance.swap(show_of(air=(replace(BREATHING, duration_s=10.0), BLUE)), 8.0)
    early, half = performance.frame(8.0), performance.frame(8.4)
    assert early[0, 1] > 0.9
    assert 0.0 < half[0, 0] < early[0, 1]
    np.testing.assert_allclose(performance.frame(9.0), Painter(MODEL, BREATHING).paint(9.0 - 5.0), atol=1e-6)
    assert performance.snapshot(9.0, (), ()).step_ends_at == 15.0


def test_a_step_is_as_long_as_its_new_document_says():
    longer = replace(GREEN, duration_s=20.0)
    performance = playing(show_of(air=(GREEN, BLUE)))
    performance.swap(show_of(air=(longer, BLUE)), 8.0)
    assert performance.snapshot(8.0, (), ()).step_ends_at == 25.0
    performance.handle(Command("pause"), 10.0)
    performance.swap(show_of(air=(GREEN, BLUE)), 11.0)
    performance.handle(Command("resume"), 12.0)
    assert performance.snapshot(12.0, (), ()).step_ends_at == 17.0, "5 of 10 s were left"
    performance.swap(show_of(air=(replace(GREEN, duration_s=1.0), BLUE)), 13.0)
    assert performance.snapshot(13.0, (), ()).step == 2, "its time was over"


@pytest.mark.parametrize(
    "after", [{}, {"water": (GREEN, BLUE)}, {"air": (BLUE,)}], ids=["deleted", "renamed", "shorter"]
)
def test_a_scenario_or_step_that_is_gone_fades_into_idle(after: dict[str, tuple[Step, ...]]):
    performance = playing(show_of(air=(BLUE, GREEN)))
    performance.handle(Command("next"), 6.0)
    performance.frame(6.0)
    performance.swap(show_of(**after), 7.0)
    assert performance.mode is Mode.IDLE
    assert performance.frame(7.0)[0, 1] > 0.9
    assert performance.frame(7.8)[0].tolist() == [1.0, 0.0, 0.0]


def test_a_show_without_idle_scenario_ends_in_darkness_and_one_that_has_it_again_lights_up():
    performance = Performance(show_of(), 0.0)
    performance.swap(replace(show_of(), idle=None), 1.0)
    assert not performance.frame(2.0).any()
    performance.swap(show_of(), 4.0)
    assert performance.frame(5.0)[0, 0] == 1.0


def test_what_waited_for_the_end_of_the_step_is_dropped_when_it_is_gone():
    show = show_of(air=(GREEN,), river=(BLUE,))
    waiting = replace(show, scenarios=show.scenarios | {"air": replace(show.scenarios["air"], interrupt="after_step")})
    performance = playing(waiting)
    performance.handle(ButtonPressed("river", 6.0), 6.0)
    assert performance.snapshot(6.0, (), ()).pending == "river"
    performance.swap(copied(waiting), 6.5)
    assert performance.snapshot(6.5, (), ()).pending == "river"
    performance.swap(show_of(air=(GREEN,)), 7.0)
    snapshot = performance.snapshot(7.0, (), ())
    assert (snapshot.pending, snapshot.scenario) == (None, "air")


def test_brightness_readings_and_a_lamp_that_answers_stay():
    performance = playing(show_of(air=(GREEN,)))
    performance.update(reading(500.0), 5.0)
    performance.handle(Command("brightness", {"percent": 40}), 5.1)
    performance.swap(show_of((TOLD,)), 5.2)
    assert performance.brightness == 40
    assert "air" in performance.lamps(5.3)
    assert performance.frame(7.0)[0, 2] == pytest.approx(0.5)


def test_blackout_stays_dark():
    performance = Performance(show_of(), 0.0)
    performance.handle(Command("blackout"), 1.0)
    performance.swap(show_of((GREEN,)), 3.0)
    assert performance.mode is Mode.BLACKOUT
    assert not performance.frame(4.0).any()


def test_a_show_for_other_strips_changes_nothing():
    performance = playing(show_of(air=(GREEN,)))
    with pytest.raises(ValueError, match="other strips"):
        performance.swap(replace(show_of(air=(BLUE,)), model=model_of(strips_of(9), {"rhone": range(9)})), 6.0)
    assert performance.frame(7.0)[0].tolist() == [0.0, 1.0, 0.0]


def test_a_show_that_cannot_be_painted_changes_nothing():
    performance = playing(show_of(air=(GREEN,)))
    with pytest.raises(KeyError):
        performance.swap(show_of(air=(replace(GREEN, layers=(painted(1, 0, 0, zones=("nowhere",)),)),)), 6.0)
    assert performance.frame(7.0)[0].tolist() == [0.0, 1.0, 0.0]
    assert performance.snapshot(7.0, (), ()).scenario == "air"


def test_a_zone_on_other_leds_fades_there():
    performance = playing(show_of(air=(replace(GREEN, layers=(painted(0, 1, 0, zones=("rhone",)),)),)))
    performance.frame(6.0)
    performance.swap(
        with_zones(
            show_of(air=(replace(GREEN, layers=(painted(0, 1, 0, zones=("rhone",)),)),)),
            rhone=range(8, 16),
            feyzin=range(8),
        ),
        6.0,
    )
    assert performance.frame(6.0)[0, 1] > 0.9
    assert performance.frame(7.0)[:, 1].tolist() == [0.0] * 8 + [1.0] * 8


def test_finishing_stays_the_same_where_the_model_did_and_follows_where_not():
    finishing = Finishing(MODEL)
    retitled = replace(MODEL, zones={n: replace(z, title={"": "Else"}) for n, z in MODEL.zones.items()})
    assert same_wiring(MODEL, retitled)
    assert finishing.for_model(retitled) is finishing
    white = np.ones((16, 3), dtype=np.float32)
    shown = finishing.finish(white, 100.0, 0.0).pixels
    other = finishing.for_model(with_zones(show_of(), rhone=range(4)).model)
    assert other is not finishing
    assert other.finish(white, 100.0, 0.01).pixels.tobytes() == shown.tobytes(), "no dark frame between"


def test_a_supply_that_limits_goes_on_limiting_as_gently():
    model = replace(model_of(strips_of(8, supply="main"), {"z": range(8)}, {"main": 0.1}))
    finishing = Finishing(model)
    white, dim = np.ones((8, 3), dtype=np.float32), np.full((8, 3), 0.1, dtype=np.float32)
    finishing.finish(white, 100.0, 0.0)
    wider = replace(model, supplies={"main": Supply("main", 5.0, 0.2)})
    after = finishing.for_model(wider)
    assert after.finish(dim, 100.0, 0.01).held, "the reduction ends over a second"


@settings(deadline=None, max_examples=20)
@given(
    cuts=st.lists(st.integers(0, 30), min_size=3, max_size=3),
    moments=st.lists(st.integers(1, 100), min_size=1, max_size=4),
    rate=st.floats(0.5, 30.0),
    seed=st.integers(0, 9),
)
def test_no_swap_of_zones_lets_a_flash_through(cuts: list[int], moments: list[int], rate: float, seed: int):
    """Zones move about while the light flickers; every part of each model is judged over the time that it was in force."""
    chance = np.random.default_rng(seed)
    base = model_of(strips_of(20, 11), {"a": range(10)})
    finishing, model, since = Finishing(base), base, 0
    times = [n / 60 for n in range(130)]
    shown: list[Pixels] = []
    for n, now in enumerate(times):
        if n in moments:
            assert_steady(model, times[since:n], shown[since:n])
            low, high = sorted(chance.integers(0, 31, 2))
            zones = {"a": range(low, high + 1 if high < 30 else 31), "b": [int(cut) for cut in set(cuts)]}
            model, since = replace(base, zones={name: zone(name, leds) for name, leds in zones.items()}), n
            finishing = finishing.for_model(model)
        on = (now * rate) % 1.0 < 0.5
        frame = np.full((31, 3), float(on), dtype=np.float32)
        frame[:: 1 + seed % 3] = 1.0 - float(on) if seed % 2 else float(on)
        shown.append(finishing.finish(frame, 100.0, now).pixels)
    assert_steady(model, times[since:], shown[since:])
    strips_alone = replace(base, zones={})
    assert most_changes_in_a_second(strips_alone, times, shown).max() <= 6


def assert_steady(model, times, shown):
    """Judge what was shown; the first frame is where the light stood, not a change from the dark."""
    if len(shown) > 1:
        assert most_changes_in_a_second(model, times, shown).max() <= 7
