"""What the language of expressions refuses: each fault at its character, with its code and a way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.readings import Quality, Readings
from maquette.errors import ExpressionError
from maquette.show.expressions import Expression, Scope, compile_expression, examine
from maquette.show.expressions.scan import LONGEST
from tests.show.sample_readings import READINGS, VOCABULARY, ZONE
from tests.words import english


def refusal(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "code", "hint"),
    [
        # signs
        ("", 0, "E301", "river.flow"),
        ("   ", 0, "E301", "river.flow"),
        ("river.flow = 3", 11, "E301", "'=='"),
        ("a.x && b.y", 4, "E301", "'and'"),
        ("a.x | b.y", 4, "E301", "'or'"),
        ("!a.x", 0, "E301", "'not'"),
        ("a.x ≥ 3", 4, "E301", "'>='"),
        ("a.x × 3", 4, "E301", "'*'"),
        ("a.x ^ 2", 4, "E301", "'**'"),
        ("a.x > ‘3 m’", 6, "E301", "straight quotes"),
        ("a.x > '3 m", 6, "E301", "never closed"),
        ("'a\\n' == zone.x", 0, "E301", "never closed"),
        ("a.x # why", 4, "E301", "colour"),
        ("été.x", 0, "E301", "without accents"),
        ("a.été", 2, "E301", "without accents"),
        ("a.x; b.y", 3, "E301", None),
        ("a.x\x00", 3, "E301", None),
        ("(a := 3)", 3, "E301", "colon"),
        ("a.x @ b.y", 4, "E301", None),
        ("~a.x", 0, "E301", None),
        ("{a.x}", 0, "E301", "braces"),
        # order
        ("a.x b.y", 4, "E301", "just before"),
        ("a.x et b.y > 3", 4, "E301", "'and'"),
        ("a.x > 3 AND b.y > 3", 8, "E301", "'and'"),
        ("a.x >= ", 4, "E301", None),
        ("a.x > 80 %", 9, "E301", "'80 %'"),
        ("max(a.x", 3, "E301", None),
        ("a.x)", 3, "E301", None),
        ("(a.x]", 4, "E301", None),
        ("a.x if b.y > 3", 0, "E301", None),
        ("'a' 'b'", 4, "E301", None),
        ("f'{a.x}'", 0, "E301", None),
        ("b'a' == zone.x", 0, "E301", None),
        ("1if True else 2", 0, "E301", None),
        ("0x1F", 0, "E301", None),
        ("1_000", 0, "E301", None),
        ("air[01004].index", 4, "E301", "'01004'"),
        ("'\ud800' == zone.x", 0, "E301", None),
        # constructions
        ("lambda: 1", 0, "E302", None),
        ("[x for x in a.x]", 3, "E302", None),
        ("a.x is None", 4, "E302", "'=='"),
        ("a.x in [1, 2]", 4, "E302", "'or'"),
        ("None", 0, "E302", "missing"),
        ("0,5 * a.x", 0, "E302", "0.5"),
        ("max([a.x, b.x])", 4, "E302", "function"),
        ("max(*a.x)", 4, "E302", None),
        ("a", 0, "E302", "a.value"),
        ("1 + a", 4, "E302", "a.value"),
        ("max", 0, "E302", "max(…)"),
        ("true", 0, "E302", "True"),
        ("zone", 0, "E302", "zone.insee"),
        ("air[zone.insee]", 0, "E302", "air[zone.insee].value"),
        ("air.index[zone.insee]", 0, "E302", "air[zone.insee].index"),
        ("air[69276].index", 4, "E302", "'69276'"),
        ("air[insee].index", 4, "E302", "zone.insee"),
        ("air[a.x].index", 4, "E302", "air['69276'].index"),
        ("zone['a'].x", 10, "E302", "feed.value"),
        ("a.x.y", 4, "E302", "feed.value"),
        ("a['k'].x.y", 9, "E302", "feed.value"),
        ("(1).real", 4, "E302", "feed.value"),
        ("'abc'.upper", 6, "E302", "feed.value"),
        ("a.class", 2, "E302", None),
        ("(1)(2)", 1, "E302", None),
        ("...", 0, "E301", None),
        # tricks
        ("river.__class__", 6, "E302", "letter"),
        ("zone.__dict__", 5, "E302", "letter"),
        ("air['x'].__init__", 9, "E302", "letter"),
        ("air[zone.__class__].index", 9, "E302", "letter"),
        ("().__class__", 3, "E302", "letter"),
        ("__import__('os')", 0, "E208", None),
        ("eval('1')", 0, "E208", None),
        # limits
        ("(" * 60 + "1" + ")" * 60, 40, "E303", None),
        ("-" * 100 + "1", 41, "E303", "split"),
        ("9" * 400, 0, "E303", None),
        ("1e999", 0, "E303", None),
        ("2 ** 17", 5, "E303", "16"),
        ("9 ** 9 ** 9", 5, "E303", "** 2"),
        ("2 ** a.x", 5, "E303", "** 2"),
        ("2 ** '2 m'", 5, "E303", "** 2"),
        # history
        ("river.flow.ago", 11, "E304", ".ago('24 h')"),
        ("'é' == zone.x and 1 < river.flow.mean", 33, "E304", ".mean('24 h')"),
        ("river.flow.ago()", 11, "E304", ".ago('24 h')"),
        ("river.flow.ago(24 h)", 15, "E310", "'24 h', in quotes"),
        ("river.flow.ago(24h)", 15, "E310", "'24 h', in quotes"),
        ("river.flow.ago(7 jours)", 15, "E310", "'7 d', in quotes"),
        ("river.flow.ago(1 week)", 15, "E301", ".ago('1 week'), in quotes"),
        ("river.flow.ago(24)", 15, "E304", "'24 h'"),
        ("river.flow.ago(-24)", 15, "E304", "in quotes"),
        ("river.flow.ago('24')", 15, "E304", "'24 h'"),
        ("river.flow.ago('24 hours')", 15, "E310", "'24 h'"),
        ("river.flow.ago('2 weeks')", 15, "E304", "'14 d'"),
        ("river.flow.ago('1 mois')", 15, "E304", "'30 d'"),
        ("river.flow.ago('yesterday')", 15, "E310", None),
        ("river.flow.ago('5 km')", 15, "E304", "'7 d'"),
        ("river.flow.ago('0 h')", 15, "E304", "above 0"),
        ("river.flow.ago('-24 h')", 15, "E304", "without a sign"),
        ("river.flow.ago('401 d')", 15, "E304", "400 d"),
        ("river.flow.ago('24 h', '7 d')", 23, "E304", "one window"),
        ("river.flow.ago(**zone.x)", 17, "E304", ".ago('24 h')"),
        ("river.flow.ago(zone.x)", 15, "E304", "in quotes"),
        ("river.flow.ago(True)", 15, "E304", "in quotes"),
        ("river.flow.ago('24 h').max('7 d')", 23, "E304", "one of .ago and .max"),
        ("river.ago('24 h')", 6, "E304", "river.value.ago('24 h')"),
        ("air['x'].ago('24 h')", 9, "E304", "air['x'].value.ago('24 h')"),
        ("air.index['x'].ago('24 h')", 0, "E302", "air['x'].index"),
        ("zone.insee.ago('24 h')", 11, "E304", "no past"),
        ("max(air.index).ago('24 h')", 15, "E304", "max(air.index.ago('24 h'))"),
        ("(a.x + b.x).mean('7 d')", 12, "E304", "feed.value.mean('24 h')"),
        ("'24 h'.ago('24 h')", 7, "E304", None),
        ("a.x.y.ago('24 h')", 4, "E302", "feed.value"),
        ("a.__x.ago('24 h')", 2, "E302", "letter"),
        ("river.flow.moyenne('24 h')", 11, "E208", "'.mean'"),
        ("river.flow.average('24 h')", 11, "E208", "'.mean'"),
        ("river.flow.avo('24 h')", 11, "E208", "'.ago'"),
        # functions
        ("maxi(a.x)", 0, "E208", "'max'"),
        ("moyenne(a.x)", 0, "E208", "'mean'"),
        ("1 + frobnicate(a.x)", 4, "E208", "clamp"),
        ("a.frobnicate(3)", 2, "E208", "ago"),
        ("max()", 0, "E305", None),
        ("1 + abs(1, 2)", 4, "E305", None),
        ("clamp(a.x, 0,5, 1,5)", 0, "E305", "clamp(value, lowest, highest)"),
        ("round(a.x, 1.5)", 11, "E305", "round(x, 1)"),
        ("round(a.x, 99)", 11, "E305", "round(x, 1)"),
        ("round(a.x, b.y)", 11, "E305", "round(x, 1)"),
        # kinds
        ("river.flow and True", 0, "E306", "river.flow > 0"),
        ("not max(a.x)", 4, "E306", "max(a.x) > 0"),
        ("1 if a.x else 2", 5, "E306", "a.x > 0"),
        ("1 + (a.x > 3)", 5, "E306", "1 if a.x > 3 else 0"),
        ("zone.insee + 1", 0, "E306", None),
        ("zone.insee > 3", 0, "E306", "=="),
        ("zone.insee == 3", 14, "E306", None),
        ("(a.x > 1) == (b.x > 1)", 1, "E306", None),
        ("1 if True else 'abc'", 15, "E310", None),
        ("1 if True else zone.x", 15, "E306", None),
        ("share(a.x)", 6, "E306", "a.x > 0"),
        ("sum(a.x > 3)", 4, "E306", "1 if"),
        ("'high' < 'low'", 0, "E306", "=="),
        # quantities
        ("river.flow > 1200 m³/s", 13, "E310", "'1200 m³/s'"),
        ("river.flow > 1200 m3/s", 13, "E310", "'1200 m³/s'"),
        ("river.flow > '1200 m3/s'", 13, "E310", "'1200 m³/s'"),
        ("river.flow > '1 200 m³/s'", 13, "E310", "'1200 m³/s'"),
        ("'é' == zone.x and river.flow > '0,5 m³/s'", 31, "E310", "'0.5 m³/s'"),
        ("max('abc')", 4, "E310", None),
    ],
)
def test_a_fault_is_told_at_its_character(text, column, code, hint):
    error = refusal(text)
    assert (error.code, error.column) == (code, column), str(error)
    if hint is not None:
        assert hint in english(error.message, error.hint)


def test_a_text_that_is_too_long_is_refused():
    assert refusal("1" + " + 1" * LONGEST).code == "E303"


def test_spaces_around_and_lines_within_change_no_column():
    assert compile_expression("  \n river.flow \u00a0>\n  3 ").evaluate(Scope(READINGS, 0.0)).value is True
    assert refusal("\n  river.flow > maxi(3)").column == 16


@pytest.mark.parametrize(
    "text", ["river.__class__", "zone.__class__.__mro__", "air['x'].__reduce__", "max.__globals__"]
)
def test_no_attribute_leads_out_of_the_language(text):
    assert refusal(text).code == "E302"


_NAMES = ["river.flow", "air[", "zone.insee", "].index", "air.index", ".__class__", "lambda", "é"]
_HISTORY = [".ago('1 h')", ".mean('7 d')", ".change(", ".ago", "'24 h'", "24 h"]
_FUNCTIONS = ["max(", "min(", "mean(", "count(", "share(", "round(", "clamp(", "abs(", "(", ")", "]", ","]
_OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "<", "<=", "==", "!=", "and", "or", "not", "if", "else"]
_VALUES = [
    "True",
    "0",
    "1",
    "2.5",
    "1e300",
    "'1200 m³/s'",
    "'1200 m3/s'",
    "'é'",
    '"x"',
    "'",
    ".",
    "\x00",
    "\\",
    "#",
    "\n",
]
_SIGNS = st.sampled_from(_NAMES + _HISTORY + _FUNCTIONS + _OPERATORS + _VALUES)


def _compiled(text: str) -> Expression | ExpressionError:
    try:
        return compile_expression(text)
    except ExpressionError as error:
        return error


def _is_harmless(text: str) -> None:
    expression = _compiled(text)
    if isinstance(expression, ExpressionError):
        assert 0 <= expression.column <= len(text)
        return
    outcome = expression.evaluate(Scope(READINGS, 0.0, ZONE))
    assert (outcome.value is None) == (outcome.quality is Quality.MISSING)
    assert expression.evaluate(Scope(Readings(), 0.0)).readings == ()
    for finding in examine(expression, VOCABULARY)[1]:
        assert 0 <= finding.column < len(text)


@given(st.lists(_SIGNS, max_size=14).map(" ".join))
def test_any_order_of_signs_is_an_expression_or_a_clear_error(text):
    _is_harmless(text)


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_a_clear_error(text):
    _is_harmless(text)


@given(st.text(alphabet="()[]-+*.,'\"1ax <\n", min_size=20, max_size=600))
def test_deep_and_long_texts_end_well(text):
    _is_harmless(text)
