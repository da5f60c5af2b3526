"""What one expression costs: compiled once, evaluated on the readings of a moment. And what a term of the past costs the feeds.

Run ``python -m tests.benchmarks.expression_cost``. Budget: 20 µs an expression.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.core.series import Point, look, make_series
from maquette.show.expressions import Scope, compile_expression
from tests.benchmarks.table import Figure, show

ROUNDS = 200
TIMES = 50
KEYS = 16
POINTS = 2016
"""Values of seven days, one in five minutes."""

_HOW = f"the median and the shortest of {ROUNDS} rounds of {TIMES}; a keyed feed has {KEYS} keys"

EXPRESSIONS = {
    "a value of one zone": "air[zone.insee].index",
    "arithmetic with units": "0.5 * votes.bien_etre + 0.5 * river.flow / '1000 m³/s'",
    "a comparison with last week": "river.flow - river.flow.ago('7 d')",
    "an aggregate of all keys": "max(air.index)",
}


def _readings() -> Readings:
    def reading(feed: str, name: str, key: str | None, value: float, unit: str | None) -> Reading:
        return Reading(feed, name, key, value, unit, Quality.LIVE, Nature.MEASURED, fresh_until=1e9, drop_at=2e9)

    return Readings(
        [
            reading("river", "flow", None, 812.0, "m³/s"),
            reading("river", "flow.ago(604800)", None, 700.0, "m³/s"),
            reading("votes", "bien_etre", None, 4.0, None),
            *(reading("air", "index", str(key), float(key % 6), None) for key in range(KEYS)),
        ]
    )


def _cost(work: Callable[[], object]) -> str:
    def once() -> float:
        began = time.perf_counter()
        for _ in range(TIMES):
            work()
        return (time.perf_counter() - began) / TIMES

    once()
    costs = [once() * 1e6 for _ in range(ROUNDS)]
    return f"{statistics.median(costs):.1f} µs, {min(costs):.1f} µs"


def figures() -> list[Figure]:
    """Return the cost of each expression, and of a term over a week of values."""
    scope = Scope(_readings(), 0.0, {"insee": "3"})
    found = []
    for what, text in EXPRESSIONS.items():
        cost = _cost(partial(compile_expression(text).evaluate, scope))
        found.append(Figure(f"expression: {what}", cost, "≤ 20 µs", _HOW))
    week = make_series(Point(300.0 * n, float(n % 97), 300.0 * n + 7200.0) for n in range(POINTS))
    cost = _cost(partial(look, week, "mean", 7 * 86_400.0, 300.0 * POINTS))
    found.append(Figure(f"mean over a week of {POINTS} values", cost, "—", _HOW))
    return found


if __name__ == "__main__":
    show(figures())
