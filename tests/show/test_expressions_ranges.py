"""Ranges: what a value can be at all, and comparisons that never change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.show.expressions import Scope, compile_expression

RANGES = {("air", "index"): ((1.0, 6.0), None), ("river", "flow"): ((0.0, 20000.0), "m³/s")}


def plausible(feed: str, value: str):
    return RANGES.get((feed, value))


def verdicts(text: str) -> list[bool]:
    return [verdict.holds for verdict in compile_expression(text).settled(plausible)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(air.index) >= 4", []),
        ("max(air.index) >= 7", [False]),
        ("max(air.index) >= 1", [True]),
        ("7 <= max(air.index)", [False]),
        ("max(air.index) == 9", [False]),
        ("max(air.index) != 9", [True]),
        ("-max(air.index) > 0", [False]),
        ("river.flow > '30000 m³/s'", [False]),
        ("river.flow > '30000 l/s'", []),
        ("river.flow.ago('24 h') > '30000 m³/s'", [False]),
        ("river.flow.change('24 h') < '-1 m³/s'", []),
        ("river.flow.change('24 h') < '-20001 m³/s'", [False]),
        ("river.flow.sum('24 h') > '30000 m³/s'", []),
        ("share(air.index > 3) > '101 %'", [False]),
        ("count(air.index) >= 0", [True]),
        ("1 < round(max(air.index)) < 7", [True]),
        ("(max(air.index) if river.flow > 3 else 9) > 9", [False]),
        ("grid.wind > 99999", []),
        ("3 > 2", []),
    ],
)
def test_comparisons_that_no_plausible_reading_changes(text: str, expected: list[bool]):
    assert verdicts(text) == expected


@given(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(-3, 10), st.integers(1, 6), st.booleans())
def test_a_settled_comparison_gives_the_same_on_every_plausible_reading(sign, at, index, turned):
    text = f"{at} {sign} max(air.index)" if turned else f"max(air.index) {sign} {at}"
    expression = compile_expression(text)
    reading = Reading("air", "index", "a", float(index), None, Quality.LIVE, Nature.FORECAST)
    for verdict in expression.settled(plausible):
        assert expression.evaluate(Scope(Readings([reading]), 0.0)).value is verdict.holds
