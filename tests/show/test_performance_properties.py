"""Whatever happens to a performance, its frames are light, its snapshots stand, and it says when it wants to be looked at again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.calendar import Instant, OpeningHours
from maquette.core.clock import Clock
from maquette.core.events import ButtonPressed, ButtonReleased, Command
from maquette.core.past import ReadingSeries, SeriesUpdate
from maquette.core.readings import Quality
from maquette.core.series import Point, make_series
from maquette.core.snapshot import Mode
from maquette.core.votes import FormerVotes
from maquette.show.expressions import compile_expression
from maquette.show.performance import Performance
from maquette.show.scenario import ButtonTrigger, ClockTrigger, Scenario, Step, Through, ValueTrigger
from tests.show.test_performance import BLUE, BREATHING, GREEN, RED, TOLD, reading, show_of
from tests.show.test_performance_room import ASKED

PARIS = ZoneInfo("Europe/Paris")
LOCAL = datetime(2026, 11, 26, 9, 55, tzinfo=PARIS)
PAST = SeriesUpdate(
    (
        ReadingSeries(
            reading(5.0).readings[0], make_series(Point(-3600.0 * n, 100.0 * n, 3600.0 - 3600.0 * n) for n in range(25))
        ),
    ),
    LOCAL.timestamp(),
)
JOURNEY = replace(TOLD, duration_s=20.0, through=Through(Instant(86400.0), Instant(), 20.0))
WAITS = Step(duration_s=None, until=compile_expression("river.flow > 500"), layers=BREATHING.layers)


def full_show(opening=None):
    show = show_of((RED, TOLD), air=(ASKED, WAITS, BLUE), river=(JOURNEY, GREEN))
    triggers = (
        ValueTrigger(compile_expression("river.flow > 500"), for_s=2.0),
        ClockTrigger(600),
        ButtonTrigger("river", "long"),
        ButtonTrigger("air", "double"),
    )
    high = Scenario("high", {"": "High"}, (BREATHING, BLUE), triggers)
    return replace(show, scenarios={**show.scenarios, "high": high}, opening=opening)


SHOWS = [
    full_show(),
    full_show(OpeningHours(dict.fromkeys(range(7), ((600, 1080),)), wake_for_s=30.0)),
    show_of((BREATHING,)),
    replace(show_of((RED,), air=(GREEN,)), idle=None),
]
BUTTON = st.sampled_from(["air", "river"])
THING = st.one_of(
    st.sampled_from(["next", "back", "pause", "resume", "stop", "guide", "calm", "blackout", "wake"]).map(Command),
    st.sampled_from(["air", "river", "high", "quietly"]).map(lambda name: Command("play", {"scenario": name})),
    st.integers(0, 100).map(lambda percent: Command("brightness", {"percent": percent})),
    BUTTON.map(lambda name: ButtonPressed(name, 0.0)),
    BUTTON.map(lambda name: ButtonReleased(name, 0.0)),
    st.builds(
        lambda minutes, trusted: Clock(LOCAL + timedelta(minutes=minutes), trusted),
        st.integers(0, 600),
        st.sampled_from([True, True, False]),
    ),
    st.just(FormerVotes({"well": {("air", 5.0): 2}})),
    st.builds(
        lambda value, fresh_s: (reading(value), fresh_s),
        st.none() | st.floats(0.0, 1000.0),
        st.none() | st.floats(0.0, 20.0),
    ),
    st.just(PAST),
    st.sampled_from(SHOWS),
)
GAP = st.one_of(st.sampled_from([0.0, 0.016, 0.1, 0.8, 2.0, 20.0, 900.0]), st.floats(0.0, 5.0))


def happen(performance: Performance, thing: Any, now: float) -> None:
    if isinstance(thing, type(SHOWS[0])):
        performance.swap(thing, now)
    elif isinstance(thing, SeriesUpdate):
        performance.remember(thing, now)
    elif isinstance(thing, tuple):
        (one,), fresh_s = thing[0].readings, thing[1]
        limits = (None, None) if fresh_s is None else (now + fresh_s, now + 2 * fresh_s + 0.1)
        aged = replace(one, fresh_until=limits[0], drop_at=limits[1])
        performance.update(replace(thing[0], readings=(aged,)), now)
    else:
        performance.handle(thing, now)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHOWS), st.lists(st.tuples(THING, GAP), max_size=25))
def test_whatever_happens_there_is_light_or_a_reason_for_darkness(show, script):
    performance, now = Performance(show, 0.0, Clock(LOCAL, trusted=True)), 0.0
    for thing, gap in script:
        now += gap
        happen(performance, thing, now)
        performance.news()
        frame = performance.frame(now)
        assert np.isfinite(frame).all()
        assert frame.min() >= 0.0
        assert frame.max() <= 1.0 + 1e-6
        snapshot = performance.snapshot(now, (), ())
        assert performance.snapshot(now, (), ()) is snapshot
        assert performance.lamps(now) == snapshot.lamps
        assert (snapshot.scenario is None) == (snapshot.step == 0)
        dark = snapshot.mode in (Mode.ASLEEP, Mode.BLACKOUT)
        assert not (dark and (snapshot.lamps or snapshot.scenario))
        wake_at = performance.wake_at(now)
        assert wake_at is None or wake_at > now
        # What stands still stands still until then.
        if performance.still(now) and (wake_at is None or wake_at > now + 0.05):
            np.testing.assert_array_equal(performance.frame(now + 0.05), frame)
            now += 0.05
        performance.prepare()


def test_the_worst_quality_of_a_journey_is_never_live():
    performance = Performance(full_show(), 0.0, Clock(LOCAL, trusted=True))
    performance.handle(Command("play", {"scenario": "river"}), 1.0)
    performance.frame(2.0)
    assert performance.snapshot(2.0, (), ()).quality is Quality.MISSING
    performance.remember(PAST, 3.0)
    performance.frame(4.0)
    assert performance.snapshot(4.0, (), ()).quality is Quality.REPLAY
