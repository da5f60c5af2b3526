from datetime import timedelta

from maquette.feeds.freshness import Span, span, unknown_span
from tests.feeds.documents import NOON, NOW_S


def test_a_measurement_lives_from_when_it_was_made():
    found = span(3600, None, NOW_S, NOON, NOON - timedelta(minutes=10), None)
    assert found == Span(known=True, fresh_until=NOW_S + 3000, drop_at=NOW_S + 10200)


def test_an_undated_value_lives_from_its_arrival_whatever_the_clock():
    for now in (NOON, None):
        assert span(60, 100, NOW_S, now, None, None) == Span(known=True, fresh_until=NOW_S + 60, drop_at=NOW_S + 100)


def test_a_dated_value_is_of_unknown_age_when_no_clock_can_be_believed():
    assert span(60, None, NOW_S, None, NOON, None) == unknown_span(60, None, NOW_S)
    assert not unknown_span(60, None, NOW_S).known


def test_a_forecast_is_dropped_when_its_day_ends():
    found = span(36 * 3600, None, NOW_S, NOON, NOON - timedelta(hours=20), NOON + timedelta(hours=12))
    assert found.drop_at == NOW_S + 12 * 3600
    assert found.fresh_until == found.drop_at


def test_a_value_is_never_dropped_before_it_is_stale():
    assert span(60, 10, NOW_S, NOON, NOON, None) == Span(known=True, fresh_until=NOW_S + 60, drop_at=NOW_S + 60)


def test_a_measurement_dated_seconds_ahead_is_as_fresh_as_one_of_now():
    assert span(60, None, NOW_S, NOON, NOON + timedelta(seconds=40), None).fresh_until == NOW_S + 60
