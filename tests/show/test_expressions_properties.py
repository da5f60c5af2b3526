"""What holds for every expression: unknown stays unknown, quality never improves, bounded functions keep their bounds."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.readings import Quality, Readings, worst
from maquette.show.expressions import Outcome, Scope, compile_expression
from tests.show.sample_readings import reading

ARITHMETIC = ["+", "-", "*", "/", "//", "%"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
KNOWN = st.sampled_from([Quality.LIVE, Quality.STALE, Quality.REPLAY, Quality.SAMPLE])
MAYBE = st.one_of(st.none(), NUMBERS)


def on(text: str, *values: tuple[float | None, Quality]) -> Outcome:
    """Evaluate with the given values as a.x, b.x, c.x."""
    readings = [
        reading(feed, "x", value, quality=Quality.MISSING if value is None else quality)
        for feed, (value, quality) in zip("abc", values, strict=False)
    ]
    return compile_expression(text).evaluate(Scope(Readings(readings), 0.0))


def over_rows(text: str, values: list[float | None]) -> Outcome:
    """Evaluate with the given values as the rows of a.x."""
    rows = [
        reading("a", "x", value, key=str(key), quality=Quality.MISSING if value is None else Quality.LIVE)
        for key, value in enumerate(values)
    ]
    return compile_expression(text).evaluate(Scope(Readings(rows), 0.0))


TEMPLATES = [
    *(f"a.x {sign} b.x" for sign in ARITHMETIC + COMPARISONS),
    "max(a.x, b.x)",
    "min(a.x, b.x)",
    "mean(a.x, b.x)",
    "sum(a.x, b.x)",
    "clamp(a.x, b.x, 3)",
    "clamp(3, a.x, b.x)",
    "a.x if b.x > 1 else a.x",
    "abs(a.x) + round(b.x, 2)",
    "-a.x - +b.x",
    "not a.x < b.x",
    "a.x ** 2 + b.x",
]


@pytest.mark.parametrize("text", TEMPLATES)
@settings(max_examples=20)
@given(value=NUMBERS, quality=KNOWN)
def test_a_missing_operand_makes_a_missing_result(text, value, quality):
    known, unknown = (value, quality), (None, quality)
    for operands in ((known, unknown), (unknown, known), (unknown, unknown)):
        outcome = on(text, *operands)
        assert (outcome.value, outcome.quality) == (None, Quality.MISSING)


@pytest.mark.parametrize("text", TEMPLATES)
@settings(max_examples=20)
@given(values=st.tuples(NUMBERS, NUMBERS), qualities=st.tuples(KNOWN, KNOWN))
def test_the_quality_is_never_better_than_that_of_an_operand(text, values, qualities):
    outcome = on(text, *zip(values, qualities, strict=True))
    assert outcome.quality is (Quality.MISSING if outcome.value is None else worst(qualities))
    assert not isinstance(outcome.value, float) or math.isfinite(outcome.value)


@given(st.tuples(MAYBE, MAYBE, MAYBE))
def test_and_or_follow_what_is_certain(values):
    truths = [None if value is None else value > 0 for value in values]
    operands = [(value, Quality.LIVE) for value in values]
    both = on("a.x > 0 and b.x > 0 and c.x > 0", *operands).value
    either = on("a.x > 0 or b.x > 0 or c.x > 0", *operands).value
    assert both is (False if False in truths else None if None in truths else True)
    assert either is (True if True in truths else None if None in truths else False)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_clamped_value_stays_between_its_bounds(value, one, other):
    low, high = sorted((one, other))
    clamped = on("clamp(a.x, b.x, c.x)", (value, Quality.LIVE), (low, Quality.LIVE), (high, Quality.LIVE)).value
    assert isinstance(clamped, float)
    assert low <= clamped <= high


@given(st.lists(MAYBE, min_size=1, max_size=12), NUMBERS)
def test_a_share_is_a_percentage_and_a_count_a_part(values, limit):
    known = [value for value in values if value is not None]
    share, count = over_rows(f"share(a.x > {limit!r})", values), over_rows(f"count(a.x > {limit!r})", values)
    if not known:
        assert (share.value, count.value) == (None, None)
        return
    assert isinstance(share.value, float)
    assert isinstance(count.value, float)
    assert 0.0 <= share.value <= 100.0
    assert share.value == pytest.approx(100 * count.value / len(known))
    assert (count.known, count.total) == (len(known), len(values))


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=12))
def test_aggregates_agree_with_what_is_known(values):
    known = [value for value in values if value is not None]
    low, mean, high = (over_rows(f"{name}(a.x)", values).value for name in ("min", "mean", "max"))
    if not known:
        assert (low, mean, high) == (None, None, None)
        return
    assert (low, high) == (min(known), max(known))
    assert mean == pytest.approx(math.fsum(known) / len(known))


@given(st.floats(-1e9, 1e9), st.integers(0, 9))
def test_rounding_moves_by_half_a_digit_at_most(value, digits):
    rounded = on(f"round(a.x, {digits})", (value, Quality.LIVE)).value
    assert isinstance(rounded, float)
    assert abs(rounded - value) <= 0.5 * 10**-digits * (1 + 1e-6) + abs(value) * 1e-15


@given(NUMBERS, NUMBERS)
def test_exactly_one_of_less_equal_and_more_holds(one, other):
    operands = ((one, Quality.LIVE), (other, Quality.LIVE))
    less, same, more = (on(f"a.x {sign} b.x", *operands).value for sign in ("<", "==", ">"))
    assert [less, same, more].count(True) == 1
    assert on("a.x <= b.x", *operands).value is (not more)
    assert on("a.x >= b.x", *operands).value is (not less)
    assert on("a.x != b.x", *operands).value is (not same)
