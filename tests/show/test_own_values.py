"""What the model knows of itself is a reading like any other."""

from datetime import UTC, datetime

import pytest

from maquette.core.readings import Nature, Quality
from maquette.show.expressions import Scope, compile_expression
from maquette.show.own_values import (
    LIGHT,
    OWN_VALUES,
    POWER,
    PRESENCE,
    SENSED_DROP_S,
    SENSED_FRESH_S,
    Sensed,
    is_news,
    own_reading,
)
from maquette.show.performance import Performance
from tests.show.directing import IDLE, show_of

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", OWN_VALUES)
def test_a_value_of_its_own_is_live_and_has_its_unit_and_no_date(name):
    reading = own_reading(Sensed(name, 12.0), ("en",), 1.0)
    assert (reading.feed, reading.key, reading.unit) == ("model", None, OWN_VALUES[name].unit)
    assert (reading.quality, reading.nature, reading.measured_at) == (Quality.LIVE, OWN_VALUES[name].nature, None)
    assert reading.source == "the model itself"


def test_what_a_sensor_says_is_dated_and_grows_old():
    reading = own_reading(Sensed(LIGHT, 200.0), ("fr",), 5.0, NOON)
    assert (reading.measured_at, reading.unit) == (NOON, "lx")
    moments = (5.0, 5.0 + SENSED_FRESH_S, 5.0 + SENSED_DROP_S)
    assert [reading.quality_at(moment) for moment in moments] == [Quality.LIVE, Quality.STALE, Quality.MISSING]
    assert own_reading(Sensed(POWER, 3.0), ("fr",), 5.0, NOON).quality_at(1e9) is Quality.LIVE


def test_a_sensor_that_does_not_answer_is_missing_and_a_sample_is_called_so():
    silent = own_reading(Sensed(PRESENCE, None), ("fr",), 5.0, NOON)
    assert (silent.value, silent.quality, silent.problem) == (None, Quality.MISSING, "sensor_failed")
    assert own_reading(Sensed(LIGHT, 200.0, sample=True), ("fr",), 5.0, NOON).quality is Quality.SAMPLE


def test_what_is_learned_is_told_once_and_known_to_expressions():
    performance = Performance(show_of(IDLE), 0.0)
    performance.news()
    performance.sense(Sensed(POWER, 12.5), 1.0)
    news = performance.news()
    assert news is not None
    assert [(r.feed, r.name, r.value, r.nature) for r in news.readings] == [("model", "power", 12.5, Nature.ESTIMATED)]
    assert (
        compile_expression("model.power > '12 W'").evaluate(Scope(performance._knowledge.readings, 1.0)).value is True
    )
    performance.sense(Sensed(POWER, 12.5), 2.0)
    assert performance.news() is None


@pytest.mark.parametrize(
    ("value", "told", "news"),
    [
        (10.0, None, True),
        (10.0, 10.0, False),
        (10.05, 10.0, False),
        (10.2, 10.0, True),
        (0.0, 0.0, False),
        (9.0, 0.0, True),
    ],
)
def test_news_is_what_differs_by_a_hundredth(value, told, news):
    assert is_news(value, told) is news
