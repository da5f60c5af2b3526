"""History in expressions: what they read is said before any reading, and looked up by its name."""

import keyword
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.past import PastTerm, read_term
from maquette.core.readings import Quality, Readings
from maquette.core.series import FUNCTIONS
from maquette.show.expressions import Scope, Term, Vocabulary, compile_expression, examine
from tests.show.sample_readings import VOCABULARY, evaluate, reading
from tests.words import english


def test_the_past_of_a_value_is_a_reading_of_its_own():
    outcome = evaluate(
        "river.flow - river.flow.ago('24 h')",
        reading("river", "flow", 812.0, "m³/s"),
        reading("river", "flow.ago(86400)", 700.0, "m³/s", quality=Quality.SAMPLE),
    )
    assert (outcome.value, outcome.unit, outcome.quality) == (112.0, "m³/s", Quality.SAMPLE)
    assert {r.name for r in outcome.readings} == {"flow", "flow.ago(86400)"}


@pytest.mark.parametrize("window", ["24 h", "1 d", "1440 min", "86400 s"])
def test_one_window_has_one_name_however_it_is_written(window):
    expression = compile_expression(f"river.flow.mean('{window}')")
    assert {term.reading for term in expression.terms} == {"flow.mean(86400)"}


def test_the_past_of_one_row_is_that_row():
    rows = [reading("air", "index.ago(3600)", value, key=key) for key, value in (("givors", 2.0), ("feyzin", 4.0))]
    assert evaluate("air['givors'].index.ago('1 h')", *rows).value == 2.0
    assert evaluate("air[zone.insee].index.ago('1 h')", *rows).value == 4.0
    assert evaluate("air['nowhere'].index.ago('1 h')", *rows).value is None


def test_the_past_of_all_rows_is_for_aggregates():
    rows = [
        *(reading("air", "index", value, key=key) for key, value in (("a", 5.0), ("b", 4.0), ("c", 3.0))),
        *(reading("air", "index.ago(86400)", value, key=key) for key, value in (("a", 1.0), ("b", 3.5))),
    ]
    assert evaluate("max(air.index.ago('24 h'))", *rows).value == 3.5
    outcome = evaluate("max(air.index - air.index.ago('24 h'))", *rows)
    assert (outcome.value, outcome.known, outcome.total) == (4.0, 2, 3)
    assert evaluate("share(air.index > air.index.ago('24 h'))", *rows).value == 100.0


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_past_that_is_not_known_makes_a_missing_result_that_says_why(function):
    missing = reading("river", f"flow.{function}(604800)", None, "m³/s", quality=Quality.MISSING)
    missing = replace(missing, problem="short_past")
    outcome = evaluate(f"river.flow - river.flow.{function}('7 d')", reading("river", "flow", 812.0, "m³/s"), missing)
    assert (outcome.value, outcome.quality) == (None, Quality.MISSING)
    assert outcome.readings[0].problem == "short_past"
    assert evaluate(f"river.flow.{function}('7 d')", reading("river", "flow", 812.0, "m³/s")).value is None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_past_has_the_unit_of_its_value(function):
    assert examine(compile_expression(f"river.flow.{function}('7 d')"), VOCABULARY) == ("m³/s", ())
    _, findings = examine(compile_expression(f"river.flow.{function}('7 d') > '3 µg/m³'"), VOCABULARY)
    assert [finding.code for finding in findings] == ["E311"]


@pytest.mark.parametrize(
    ("text", "code", "column", "hint"),
    [
        ("rivr.flow.ago('24 h')", "E205", 0, "'river'"),
        ("river.flw.ago('24 h')", "E206", 6, "'flow'"),
        ("air.index.ago('24 h')", "E209", 0, "air[zone.insee].index.ago('24 h'), or max(air.index.ago('24 h'))"),
        ("river['x'].flow.ago('24 h')", "E210", 6, "river.flow"),
        ("1 + votes.wellbeing.mean('7 d')", "E314", 4, "votes.wellbeing"),
    ],
)
def test_a_fault_is_found_at_its_character(text, code, column, hint):
    vocabulary = Vocabulary(
        {**VOCABULARY.values, "votes": {"wellbeing": None}},
        VOCABULARY.keyed,
        VOCABULARY.attributes,
        pastless=frozenset({"votes"}),
    )
    _, findings = examine(compile_expression(text), vocabulary)
    assert [(finding.code, finding.column) for finding in findings] == [(code, column)]
    assert hint in english(findings[0].message, findings[0].hint)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name != "zone" and not keyword.iskeyword(name)
)


@given(
    NAMES, NAMES, st.sampled_from(FUNCTIONS), st.integers(1, 9600), st.sampled_from(["s", "min", "h"]), st.booleans()
)
def test_what_an_expression_asks_of_the_past_can_be_read_from_its_terms(feed, name, function, number, unit, keyed):
    row = f"{feed}['k']" if keyed else feed
    expression = compile_expression(f"{row}.{name}.{function}('{number} {unit}')")
    seconds = number * {"s": 1.0, "min": 60.0, "h": 3600.0}[unit]
    term = PastTerm(feed, name, function, seconds)
    assert expression.terms == {Term(feed, name, keyed, term)}
    assert read_term(feed, term.reading) == term
    assert pickle.loads(pickle.dumps(expression)).terms == expression.terms
    answer = reading(feed, term.reading, 7.0, key="k" if keyed else None)
    assert expression.evaluate(Scope(Readings([answer]), 0.0)).value == 7.0
    assert expression.evaluate(Scope(Readings(), 0.0)).value is None
