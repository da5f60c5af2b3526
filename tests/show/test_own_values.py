"""What the model knows of itself is a reading like any other."""

import pytest

from maquette.core.readings import Nature, Quality
from maquette.show.expressions import Scope, compile_expression
from maquette.show.own_values import OWN_VALUES, POWER, is_news, own_reading
from maquette.show.performance import Performance
from tests.show.directing import IDLE, show_of


@pytest.mark.parametrize("name", OWN_VALUES)
def test_a_value_of_its_own_is_live_and_has_its_unit_and_no_date(name):
    reading = own_reading(name, 12.0, ("en",))
    assert (reading.feed, reading.key, reading.unit) == ("model", None, OWN_VALUES[name].unit)
    assert (reading.quality, reading.nature, reading.measured_at) == (Quality.LIVE, OWN_VALUES[name].nature, None)
    assert reading.source == "the model itself"


def test_what_is_learned_is_told_once_and_known_to_expressions():
    performance = Performance(show_of(IDLE), 0.0)
    performance.news()
    performance.sense(POWER, 12.5, 1.0)
    news = performance.news()
    assert news is not None
    assert [(r.feed, r.name, r.value, r.nature) for r in news.readings] == [("model", "power", 12.5, Nature.ESTIMATED)]
    assert (
        compile_expression("model.power > '12 W'").evaluate(Scope(performance._knowledge.readings, 1.0)).value is True
    )
    performance.sense(POWER, 12.5, 2.0)
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
