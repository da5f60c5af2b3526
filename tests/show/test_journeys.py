"""Journeys through the past, and values that the show computes, as the performance shows them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from maquette.core.calendar import Instant
from maquette.core.clock import Clock
from maquette.core.events import Command
from maquette.core.past import ReadingSeries, SeriesUpdate
from maquette.core.readings import Nature, Quality, ReadingsUpdate
from maquette.core.series import EMPTY, Point, make_series
from maquette.core.text import Figure
from maquette.show.captions import parse_caption
from maquette.show.computed import ComputedValue
from maquette.show.expressions import compile_expression
from maquette.show.journey import AGAIN_S
from maquette.show.performance import CHANGE_FADE_S, Performance
from maquette.show.scenario import Bound, Layer, Say, Scenario, Show, Step, Through, Variant
from maquette.show.terms import past_wanted
from tests.show.models import model_of, strips_of
from tests.show.sample_readings import reading

HOUR = 3600.0
NOW = 1_000_000.0
"""Seconds of the monotonic clock."""
EPOCH = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() - NOW
PARIS = ZoneInfo("Europe/Paris")

FLOW = replace(reading("river", "flow", 500.0, "m³/s"), nature=Nature.MEASURED)
HOURLY = make_series(Point(NOW - HOUR * hours, 100.0 * hours, NOW - HOUR * (hours - 1)) for hours in range(48, -1, -1))
PAST = SeriesUpdate((ReadingSeries(FLOW, HOURLY),), EPOCH)
"""The flow was 100 times as many hours ago."""
DAY = Through(Instant(24 * HOUR), Instant(), 48.0)
"""Half an hour a second."""


def step_of(text, through=None, lasts_s=48.0):
    layer = Layer(
        ("rhone",),
        value=compile_expression(text),
        colour=np.ones(3, dtype=np.float32),
        level=Bound(None, (0.0, 2400.0), (0.0, 1.0)),
    )
    say = Say((Variant({"": parse_caption(f"{{{text}}}")}),))
    return Step({"": text}, lasts_s, fade_s=0.0, layers=(layer,), say=say, through=through)


def performing(*steps, computed=(), clock=None):
    show = Show(
        model_of(strips_of(12), {"rhone": range(12)}),
        {"rhone": Scenario("rhone", {"": "Rhône"}, steps)},
        idle=None,
        idle_after_s=90.0,
        languages=("fr",),
        computed=computed,
    )
    performance = Performance(show, NOW, clock)
    performance.update(ReadingsUpdate((FLOW,)), NOW)
    performance.handle(Command("play", {"scenario": "rhone"}), NOW)
    return performance


def told(performance, now):
    """Return the value that is told, its quality, and the reading behind it."""
    performance.frame(now)
    (zone,) = performance.snapshot(now, (), ()).zones
    return zone.value, zone.quality, zone.reading


def test_on_a_journey_the_light_tells_what_was_then():
    performance = performing(step_of("river.flow", DAY))
    performance.remember(PAST, NOW)
    for seconds, hours in ((0.0, 24), (3.0, 23), (24.0, 12), (47.0, 1)):
        value, quality, behind = told(performance, NOW + seconds)
        assert (value, quality) == (100.0 * hours, Quality.REPLAY)
        assert behind.measured_at == datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(hours=hours)


def test_the_light_changes_as_the_journey_goes_on():
    performance = performing(step_of("river.flow", DAY))
    performance.remember(PAST, NOW)
    brightest = []
    for tick in range(int(48 / AGAIN_S)):
        frame = performance.frame(NOW + tick * AGAIN_S)
        brightest.append(float(frame.max()))
    assert brightest[4] > brightest[40] > brightest[90] > 0.0
    wake_at = performance.wake_at(NOW + 47.6)
    assert wake_at is not None
    assert wake_at <= NOW + 47.6 + AGAIN_S


def test_captions_travel_along():
    performance = performing(step_of("river.flow", DAY))
    performance.remember(PAST, NOW)
    performance.frame(NOW + 24.0)
    assert performance.snapshot(NOW + 24.0, (), ()).caption == {"": (Figure(1200.0, "m³/s", "replay"),)}


def test_terms_are_those_of_the_moment():
    performance = performing(step_of("river.flow.ago('5 h') - river.flow", DAY))
    performance.remember(PAST, NOW)
    assert told(performance, NOW + 24.0)[:2] == (500.0, Quality.REPLAY)


def test_what_is_not_known_of_that_moment_is_missing_whatever_is_known_now():
    performance = performing(step_of("river.flow", DAY))
    value, quality, behind = told(performance, NOW + 1.0)
    assert (value, quality, behind.problem) == (None, Quality.MISSING, "no_past")
    performance.remember(SeriesUpdate((ReadingSeries(FLOW, EMPTY),), EPOCH), NOW + 2.0)
    assert told(performance, NOW + 3.0)[1] is Quality.MISSING
    performance.remember(PAST, NOW + 4.0)
    assert told(performance, NOW + 5.0)[:2] == (2200.0, Quality.REPLAY)


def test_a_snapshot_says_which_moment_is_shown():
    performance = performing(step_of("river.flow", DAY), step_of("river.flow"))
    performance.remember(PAST, NOW)
    performance.frame(NOW + 24.0)
    assert performance.snapshot(NOW + 24.0, (), ()).moment == datetime(2026, 11, 20, 0, tzinfo=UTC)
    performance.frame(NOW + 49.0)
    assert performance.snapshot(NOW + 49.0, (), ()).moment is None
    performance = performing(step_of("river.flow", DAY))
    performance.remember(replace(PAST, epoch=None), NOW)
    performance.frame(NOW + 24.0)
    assert performance.snapshot(NOW + 24.0, (), ()).moment is None


def test_a_visit_waits_at_the_end_of_the_journey():
    performance = performing(step_of("river.flow", DAY), step_of("river.flow"))
    performance.remember(PAST, NOW)
    performance.handle(Command("guide"), NOW + 1.0)
    assert told(performance, NOW + 600.0)[:2] == (0.0, Quality.REPLAY)
    performance.handle(Command("next"), NOW + 601.0)
    assert told(performance, NOW + 602.0)[1] is Quality.LIVE


def test_a_pause_holds_the_journey():
    performance = performing(step_of("river.flow", DAY))
    performance.remember(PAST, NOW)
    assert told(performance, NOW + 24.0)[0] == 1200.0
    performance.handle(Command("pause"), NOW + 24.0)
    assert told(performance, NOW + 60.0)[0] == 1200.0
    performance.handle(Command("resume"), NOW + 60.0)
    assert told(performance, NOW + 72.0)[0] == 600.0


def test_the_next_step_tells_the_present_again():
    performance = performing(step_of("river.flow", DAY), step_of("river.flow"))
    performance.remember(PAST, NOW)
    assert told(performance, NOW + 47.0)[1] is Quality.REPLAY
    performance.prepare()
    assert told(performance, NOW + 49.0)[:2] == (500.0, Quality.LIVE)


def test_readings_that_come_on_the_way_change_nothing_in_the_past():
    performance = performing(step_of("river.flow", DAY))
    performance.remember(PAST, NOW)
    performance.update(ReadingsUpdate((replace(FLOW, value=9.0),)), NOW + 24.0)
    assert told(performance, NOW + 24.0)[:2] == (1200.0, Quality.REPLAY)


def test_a_journey_between_dates_needs_a_clock():
    dates = [Instant(local=datetime(2026, 11, 19, hour)) for hour in (13, 23)]  # noqa: DTZ001 - the territory's own time
    step = step_of("river.flow", Through(dates[0], dates[1], 48.0))
    noon = Clock(datetime(2026, 11, 20, 12, tzinfo=UTC).astimezone(PARIS), trusted=True)
    performance = performing(step, clock=noon)
    performance.remember(PAST, NOW)
    assert told(performance, NOW)[0] == 2400.0  # 13:00 in Paris was noon
    assert told(performance, NOW + 24.0)[0] == 1900.0
    performance.remember(replace(PAST, epoch=None), NOW + 25.0)
    value, quality, behind = told(performance, NOW + 25.0)
    assert (value, quality, behind.problem) == (None, Quality.MISSING, "no_clock")


HALF = ComputedValue("made", "half", compile_expression("river.flow / 2"), "m³/s")
CHANGE = ComputedValue("made", "change", compile_expression("made.half - river.flow.ago('1 h') / 2"), "m³/s")


def test_computed_values_are_told_like_any_other_and_announced():
    performance = performing(step_of("made.half"), computed=(HALF,))
    assert told(performance, NOW + 1.0)[:2] == (250.0, Quality.LIVE)
    news = performance.news()
    assert news is not None
    assert [(r.feed, r.name, r.value) for r in news.readings if r.feed == "made"] == [("made", "half", 250.0)]
    performance.update(ReadingsUpdate((replace(FLOW, value=9.0),)), NOW + 2.0)
    assert told(performance, NOW + 2.0 + CHANGE_FADE_S)[0] == 4.5
    assert performance.news() is not None
    performance.update(ReadingsUpdate((replace(FLOW, value=9.0),)), NOW + 4.0)
    assert performance.news() is None


def test_computed_values_age_with_what_they_are_made_of():
    performance = performing(step_of("made.half"), computed=(HALF,))
    performance.update(ReadingsUpdate((replace(FLOW, fresh_until=NOW + 5.0, drop_at=NOW + 9.0),)), NOW)
    assert [told(performance, NOW + at)[1] for at in (1.0, 6.0, 10.0)] == [Quality.LIVE, Quality.STALE, Quality.MISSING]


def test_computed_values_travel_too():
    performance = performing(step_of("made.change", DAY), computed=(HALF, CHANGE))
    performance.remember(PAST, NOW)
    assert told(performance, NOW + 24.0)[:2] == (-50.0, Quality.REPLAY)


def test_a_show_that_computes_nothing_any_more_forgets_what_it_computed():
    performance = performing(step_of("made.half"), computed=(HALF,))
    performance.news()
    performance.swap(performing(step_of("made.half"))._show, NOW + 1.0)
    news = performance.news()
    assert news is not None
    assert ("made" in news.complete, news.readings) == (True, ())
    assert told(performance, NOW + 3.0)[1] is Quality.MISSING


@pytest.mark.parametrize("values", [(HALF, CHANGE)])
def test_a_journey_that_tells_computed_values_needs_what_they_are_made_of(values):
    wanted = past_wanted(performing(step_of("made.change", DAY), computed=values)._show)
    assert wanted.spans == {("river", "flow"): 25 * HOUR}
    assert {term.reading for term in wanted.terms} == {"flow.ago(3600)"}
