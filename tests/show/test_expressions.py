"""What expressions give: values, units, qualities, and the readings behind them."""

import pickle

import pytest

from maquette.core.readings import Quality, Readings
from maquette.show.expressions import Kind, Scope, Term, compile_expression
from tests.show.sample_readings import READINGS, evaluate, reading


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("river.flow", 812.0, "m³/s"),
        ("air['givors'].index", 2.0, None),
        ("air[zone.insee].index", 4.0, None),
        ("zone.title", "Feyzin", None),
        ("-river.flow", -812.0, "m³/s"),
        ("+3", 3.0, None),
        ("7 // 2", 3.0, None),
        ("-7 // 2", -4.0, None),
        ("7 % 4", 3.0, None),
        ("2 ** 10", 1024.0, None),
        ("2 ** -1", 0.5, None),
        ("1 + 2 * 3 - 4 / 2", 5.0, None),
        ("abs(-3)", 3.0, None),
        ("round(2.5)", 3.0, None),
        ("round(-2.5)", -3.0, None),
        ("round(1.005, 2)", 1.01, None),
        ("clamp(river.flow, 0, 500)", 500.0, "m³/s"),
        ("clamp(-3, -1, 1)", -1.0, None),
        ("min(3, 1, 2)", 1.0, None),
        ("max(air.index)", 5.0, None),
        ("min(air.index)", 2.0, None),
        ("sum(air.index)", 11.0, None),
        ("mean(no2.level)", 15.0, "µg/m³"),
        ("count(air.index)", 3.0, None),
        ("count(air.index >= 4)", 2.0, None),
        ("share(no2.level > 15)", 50.0, "%"),
        ("max(no2.level * air.index)", 80.0, "µg/m³"),
        ("count(air.index > mean(air.index))", 2.0, None),
        ("max(air.index * canal.flow)", 0.0, "m³/s"),
        ("0.5 * 3 + 0.5 * (5 - max(air.index))", 1.5, None),
        ("'1200 m³/s'", 1200.0, "m³/s"),
        ("'69276'", "69276", None),
        ("'high' if river.flow > 500 else 'low'", "high", None),
        ("river.flow if canal.flow > 1 else 0", 0.0, "m³/s"),
    ],
)
def test_an_expression_gives_a_value_in_its_unit(text, value, unit):
    outcome = evaluate(text)
    assert outcome.value == pytest.approx(value) if isinstance(value, float) else outcome.value == value
    assert outcome.unit == unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("river.flow > 800", True),
        ("0 < river.flow < 800", False),
        ("river.flow == '812000 l/s'", True),
        ("river.flow <= '812000 l/s'", True),
        ("river.flow < '812000 l/s'", False),
        ("river.flow != '812000 l/s'", False),
        ("river.flow >= '1200 m³/s'", False),
        ("zone.insee == 'feyzin'", True),
        ("zone.insee != 'feyzin'", False),
        ("zone.title == 'Feyzin' and river.flow > 1", True),
        ("not river.flow > 800", False),
        ("True or False", True),
        ("1 < 2 < 3 < 3", False),
    ],
)
def test_a_comparison_is_true_or_false(text, value):
    assert evaluate(text).value is value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("river.flow + '1000 l/s'", 813.0, "m³/s"),
        ("'1000 l/s' + river.flow", 813.0, "m³/s"),
        ("river.flow + 8", 820.0, "m³/s"),
        ("river.flow * 2", 1624.0, "m³/s"),
        ("river.flow * '50 %'", 406.0, "m³/s"),
        ("'50 %' * river.flow", 406.0, "m³/s"),
        ("'80 %' * 2", 160.0, "%"),
        ("'80 %' * '50 %'", 40.0, "%"),
        ("river.flow / '50 %'", 1624.0, "m³/s"),
        ("100 / '50 %'", 200.0, None),
        ("air['feyzin'].index * '50 %'", 2.0, None),
        ("river.flow / '406000 l/s'", 2.0, None),
        ("'12 km' / '2 h'", 6.0, "km/h"),
        ("'5 MW' * '2 h'", 10.0, "MW·h"),
        ("'6 jobs' / '2 km/h'", 3.0, "jobs/(km/h)"),
        ("1 / '4 s'", 0.25, "1/s"),
        ("'30 m³/s' // '7000 l/s'", 4.0, None),
        ("bath.water - '283.15 K'", 2.0, "°C"),
        ("max('1 km', '1200 m')", 1.2, "km"),
        ("round('1234.56 l/s', 1)", 1234.6, "l/s"),
        ("'1 km' if river.flow > 1 else '5 m'", 1.0, "km"),
    ],
)
def test_units_meet_multiply_and_divide(text, value, unit):
    outcome = evaluate(text)
    assert outcome.value == pytest.approx(value)
    assert outcome.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "river.flow / canal.flow",
        "river.flow // canal.flow",
        "river.flow % canal.flow",
        "0 ** -1",
        "(-8) ** 0.5",
        "1e308 * 10",
        "1e308 + 1e308",
        "sum(1e308, 1e308)",
        "1e200 ** 2",
        "river.flow + no2['givors'].level",
        "river.flow > no2['givors'].level",
        "max(river.flow, no2.level)",
        "river.flow ** 2",
        "clamp(1, 3, 2)",
        "unknown.value",
        "air['nowhere'].index",
        "air.index",
        "river['key'].flow",
        "max(unknown.value)",
        "count(unknown.value > 3)",
        "share(unknown.value > 3)",
        "max(lock.flow, 3)",
        "1 if lock.flow > 3 else 2",
        "zone.population",
    ],
)
def test_what_has_no_answer_is_missing(text):
    outcome = evaluate(text)
    assert outcome.value is None
    assert outcome.quality is Quality.MISSING


def test_without_a_zone_its_attributes_are_missing():
    assert evaluate("air[zone.insee].index", zone={}).value is None
    assert compile_expression("zone.title").evaluate(Scope(READINGS, 0.0)).value is None


def test_an_attribute_that_is_missing_does_not_pick_the_row_without_key():
    assert evaluate("river[zone.station].flow").value is None


def test_a_reading_that_is_not_a_finite_number_is_missing():
    for value in (float("nan"), float("inf")):
        outcome = evaluate("x.y", reading("x", "y", value))
        assert (outcome.value, outcome.quality) == (None, Quality.MISSING)


def test_an_aggregate_skips_missing_rows_and_says_how_many_it_knew():
    outcome = evaluate("max(air.index)")
    assert (outcome.value, outcome.known, outcome.total) == (5.0, 3, 4)
    assert {r.key for r in outcome.readings} == {"givors", "feyzin", "solaize"}


def test_an_aggregate_takes_the_worst_quality_of_its_rows():
    assert evaluate("min(air.index)").quality is Quality.SAMPLE


def test_an_aggregate_of_nothing_known_is_missing_and_keeps_its_readings_as_the_reason():
    rows = [reading("air", "index", None, key=key, quality=Quality.MISSING) for key in "ab"]
    outcome = evaluate("count(air.index >= 4)", *rows)
    assert (outcome.value, outcome.known, outcome.total) == (None, 0, 2)
    assert outcome.readings == tuple(rows)


def test_rows_of_two_feeds_are_joined_by_key():
    outcome = evaluate("count(no2.level > 0)")
    assert (outcome.value, outcome.known, outcome.total) == (2.0, 2, 2)
    joined = evaluate("sum(no2.level * air.index)")
    assert (joined.value, joined.known, joined.total) == (100.0, 2, 4)


def test_an_aggregate_within_another_is_worked_out_once_and_counts_once():
    outcome = evaluate("count(air.index >= mean(air.index))")
    assert (outcome.value, outcome.known, outcome.total) == (2.0, 3, 4)
    rows = [reading("air", "index", float(key), key=str(key)) for key in range(50)]
    deep = "air.index"
    for _ in range(10):
        deep = f"max(air.index + {deep})"
    # Worked out anew on every row this would take 50 to the tenth steps.
    assert evaluate(deep, *rows).value == 49.0 * 11


def test_an_aggregate_over_a_feed_of_one_row_counts_no_rows():
    outcome = evaluate("max(river.flow, canal.flow)")
    assert (outcome.value, outcome.known, outcome.total) == (812.0, 0, 0)


def test_the_readings_used_stand_worst_first_and_once():
    outcome = evaluate("river.flow + canal.flow + river.flow")
    assert [r.feed for r in outcome.readings] == ["canal", "river"]
    assert outcome.quality is Quality.STALE


def test_the_quality_is_that_of_the_moment():
    flow = reading("x", "y", 1.0, fresh_until=10.0, drop_at=20.0)
    qualities = [evaluate("x.y + 1", flow, now=now) for now in (0.0, 10.0, 20.0)]
    assert [(o.value, o.quality) for o in qualities] == [
        (2.0, Quality.LIVE),
        (2.0, Quality.STALE),
        (None, Quality.MISSING),
    ]


def test_a_number_alone_needs_no_reading_and_is_live():
    outcome = evaluate("1 + 1")
    assert (outcome.quality, outcome.readings) == (Quality.LIVE, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("lock.flow > 1 and False", False),
        ("False and lock.flow > 1", False),
        ("lock.flow > 1 or True", True),
        ("True or lock.flow > 1", True),
        ("lock.flow > 1 and True", None),
        ("lock.flow > 1 or False", None),
        ("not lock.flow > 1", None),
        ("2 < 1 < lock.flow", False),
        ("lock.flow < 1 < 2", None),
    ],
)
def test_one_operand_that_decides_is_enough(text, value):
    assert evaluate(text).value is value


def test_only_the_operand_that_decided_counts():
    outcome = evaluate("canal.flow > 5 or max(air.index) > 90 or river.flow > 5")
    assert (outcome.value, outcome.quality) == (True, Quality.LIVE)
    assert [r.feed for r in outcome.readings] == ["river"]
    assert (outcome.known, outcome.total) == (0, 0)


def test_the_side_of_a_choice_that_is_not_taken_does_not_count():
    outcome = evaluate("river.flow if river.flow > 1 else max(air.index) * canal.flow")
    assert (outcome.value, outcome.quality, outcome.total) == (812.0, Quality.LIVE, 0)
    assert [r.feed for r in outcome.readings] == ["river"]


def test_the_test_of_a_choice_counts():
    assert evaluate("1 if canal.flow > 5 else 2").quality is Quality.STALE


def test_an_expression_says_what_it_reads():
    expression = compile_expression("max(air.index) + air[zone.insee].index if zone.title == 'x' else river.flow")
    assert expression.terms == {
        Term("air", "index", keyed=False),
        Term("air", "index", keyed=True),
        Term("river", "flow", keyed=False),
    }
    assert expression.attributes == {"insee", "title"}


@pytest.mark.parametrize(
    ("text", "kind"), [("1 + 1", Kind.NUMBER), ("1 < 2", Kind.TRUTH), ("'a' if True else 'b'", Kind.TEXT)]
)
def test_the_kind_is_known_before_any_reading(text, kind):
    assert compile_expression(text).kind is kind


def test_an_expression_survives_pickling():
    expression = compile_expression("max(air.index) >= 4")
    copy = pickle.loads(pickle.dumps(expression))
    assert copy == expression
    assert hash(copy) == hash(expression)
    assert copy.evaluate(Scope(READINGS, 0.0)) == expression.evaluate(Scope(READINGS, 0.0))


def test_expressions_of_different_texts_differ():
    assert compile_expression("1") != compile_expression("2")
    assert repr(compile_expression("1")) == "Expression('1')"


def test_no_readings_at_all_make_everything_missing():
    assert compile_expression("max(air.index)").evaluate(Scope(Readings(), 0.0)).value is None


@pytest.mark.parametrize("text", ["river.flow", "air['69276'].index", "air[zone.insee].index"])
def test_an_expression_may_be_a_value_itself(text):
    term = compile_expression(text).cell
    assert term is not None
    assert f"{term.feed}.{term.name}" in ("river.flow", "air.index")


@pytest.mark.parametrize("text", ["river.flow.ago('24 h')", "-river.flow", "max(air.index)", "3", "river.flow > 2"])
def test_an_expression_that_calculates_is_no_value(text):
    assert compile_expression(text).cell is None
