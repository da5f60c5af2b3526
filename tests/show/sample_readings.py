"""Readings for tests of expressions and captions: a keyed index with a hole, a flow, a stale flow, a concentration in two keys."""

from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.show.expressions import Outcome, Scope, Vocabulary, compile_expression


def reading(
    feed: str,
    name: str,
    value: float | None,
    unit: str | None = None,
    *,
    key: str | None = None,
    quality: Quality = Quality.LIVE,
    fresh_until: float | None = None,
    drop_at: float | None = None,
) -> Reading:
    return Reading(feed, name, key, value, unit, quality, Nature.MEASURED, fresh_until=fresh_until, drop_at=drop_at)


READINGS = Readings(
    [
        reading("air", "index", 2.0, key="givors"),
        reading("air", "index", 4.0, key="feyzin"),
        reading("air", "index", None, key="irigny", quality=Quality.MISSING),
        reading("air", "index", 5.0, key="solaize", quality=Quality.SAMPLE),
        reading("river", "flow", 812.0, "m³/s"),
        reading("canal", "flow", 0.0, "m³/s", quality=Quality.STALE),
        reading("lock", "flow", None, "m³/s", quality=Quality.MISSING),
        reading("no2", "level", 10.0, "µg/m³", key="givors"),
        reading("no2", "level", 20.0, "µg/m³", key="feyzin"),
        reading("bath", "water", 12.0, "°C"),
    ]
)

ZONE = {"insee": "feyzin", "title": "Feyzin"}

VOCABULARY = Vocabulary(
    values={
        "air": {"index": None},
        "river": {"flow": "m³/s"},
        "canal": {"flow": "m³/s"},
        "lock": {"flow": "m³/s"},
        "no2": {"level": "µg/m³"},
        "electricity": {"wind": "MW", "load": "%"},
    },
    keyed=frozenset({"air", "no2"}),
    attributes=frozenset({"insee", "title"}),
)


def evaluate(text: str, *readings: Reading, now: float = 0.0, zone: dict[str, str] | None = None) -> Outcome:
    """Evaluate on the given readings, or on READINGS when there are none, in the zone of Feyzin unless told otherwise."""
    known = Readings(readings) if readings else READINGS
    return compile_expression(text).evaluate(Scope(known, now, ZONE if zone is None else zone))
