"""The shape of answers: what a provider changed is said, with the place and the nearest name; whatever the answer is, quickly."""

import re

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.config.words import word
from maquette.feeds.questions import column, questions_of
from maquette.feeds.rows import terms_of
from maquette.feeds.shape import MOST_CHANGES, changes, closeness
from maquette.feeds.trace import Break, Place, Trace, TraceError
from tests.feeds.documents import catalogue, document, sample
from tests.feeds.test_catalogue import FIELDS


def asked(**changed):
    """Return the questions of a feed with one value, ``taux_co2``, with changes."""
    plain = {"rows": {"pick": "results"}, "values": {"co2": {"pick": "taux_co2"}}, "measured_at": None}
    return of(document(**{**plain, **changed}))


def of(one):
    return questions_of(terms_of("here", one), rows=one.rows.pick if one.rows else None)


def told(questions, answer, documented=None, language="en"):
    return [word(change.message, language).replace("\u00a0", " ") for change in changes(questions, answer, documented)]


def test_a_renamed_field_is_named_with_the_nearest_one():
    answer = {"results": [{"taux_co2_moyen": 41, "consommation": 7120}]}
    assert told(asked(), answer) == ["`results[0].taux_co2` is gone; nearest: `taux_co2_moyen`"]
    french = "`results[0].taux_co2` a disparu ; le plus proche : `taux_co2_moyen`"
    assert told(asked(), answer, language="fr") == [french]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"results": [{"autre": "x"}]}, "`results[0].taux_co2` is gone"),
        ({"records": [{"taux_co2": 41}]}, "`results` is gone"),
        ({"result": [{"taux_co2": 41}]}, "`results` is gone; nearest: `result`"),
        ({"data": {"results": [{"taux_co2": 41}]}}, "`results` is gone; nearest: `data.results`"),
        ({"results": {"taux_co2": 41}}, "`results` is no list any more but a group of fields"),
        ({"results": None}, "`results` is no list any more but empty"),
        ([{"taux_co2": 41}], "the answer is a list, was a group of fields"),
        ("maintenance", "the answer is text, was a group of fields"),
        ({"results": [[41], [42]]}, "`results[0]` is a list, was a group of fields"),
        ({"results": [{"taux_co2": "quarante"}]}, "`results[0].taux_co2` is text, was a number"),
        ({"results": [{"taux_co2": {"value": 41}}]}, "`results[0].taux_co2` is a group of fields, was a number"),
        ({"results": [{"mesures": {"taux_co2": 41}}]}, "`results[0].taux_co2` is gone; nearest: `mesures.taux_co2`"),
        (
            {"results": [{"mesures": [{"taux_co2": 4}]}]},
            "`results[0].taux_co2` is gone; nearest: `mesures[0].taux_co2`",
        ),
    ],
)
def test_the_first_place_where_a_path_breaks_is_named(answer, words):
    assert told(asked(), answer) == [words]


@pytest.mark.parametrize(
    "answer",
    [
        {"results": []},
        {"results": [{"taux_co2": None}]},
        {"results": [{"taux_co2": "ND"}, {"taux_co2": ""}]},
        {"results": [{"autre": 1}, {"taux_co2": 41}]},
        {"results": [{"taux_co2": "41"}]},
        {"results": [{"taux_co2": "quarante"}, {"taux_co2": 41}]},
    ],
)
def test_what_is_only_unknown_or_holds_for_some_rows_is_no_change(answer):
    assert told(asked(), answer) == []


def test_the_sample_tells_what_is_new_and_what_stood_there():
    documented = {"results": [{"taux_co2": 41, "taux_co2_max": 50, "zone": "FR"}]}
    answer = {"results": [{"taux_co2_max": 50, "tx_co2": 41, "zone": "FR"}]}
    assert told(asked(), answer, documented) == ["`results[0].taux_co2` is gone; nearest: `tx_co2`"]
    # No name is like it, but one alone is new, and a number.
    answer = {"results": [{"taux_co2_max": None, "intensite": 41, "unite": "g", "zone": "FR"}]}
    assert told(asked(), {"results": [{"intensite": 41, "zone": "FR", "unite": "g"}]}, documented) == [
        "`results[0].taux_co2` is gone; nearest: `intensite`"
    ]
    rows = {"pick": "results", "where": "zone == 'FR'"}
    assert told(asked(rows=rows), {"results": [{"taux_co2": 41, "zone": 33}]}, documented) == [
        "`results[0].zone` is a number, was text"
    ]


def test_a_name_that_another_value_picks_is_not_proposed():
    values = {"pm10": {"pick": "pm10"}, "pm25": {"pick": "pm25"}}
    assert told(asked(values=values), {"results": [{"pm25": 3}]}) == ["`results[0].pm10` is gone"]


def test_a_name_whose_value_would_not_do_gives_way_to_one_that_would():
    answer = {"results": [{"taux_co2_": "élevé", "taux_co2_moyen": 41}]}
    assert told(asked(), answer) == ["`results[0].taux_co2` is gone; nearest: `taux_co2_moyen`"]


def test_the_key_and_the_condition_are_looked_at_when_no_row_counts():
    rows = {"pick": "results", "key": "code_insee", "where": "nature == 'temps reel' && taux_co2 != `null`"}
    answer = {"results": [{"insee": "84", "nature_donnee": "temps reel", "taux_co2": 41}]}
    assert told(asked(rows=rows), answer) == [
        "`results[0].code_insee` is gone; nearest: `insee`",
        "`results[0].nature` is gone; nearest: `nature_donnee`",
    ]


def test_only_rows_that_count_are_looked_at_for_values():
    rows = {"pick": "results", "where": "kind == 'air'"}
    answer = {"results": [{"kind": "noise", "taux_co2": 1}, {"kind": "air", "taux_co2_moyen": 41}]}
    assert told(asked(rows=rows), answer) == ["`results[1].taux_co2` is gone; nearest: `taux_co2_moyen`"]


def test_times_are_values_too():
    questions = asked(measured_at="date_heure")
    assert told(questions, {"results": [{"taux_co2": 41, "date_heure": "hier"}]}) == [
        "`results[0].date_heure` is text, was a time"
    ]
    assert told(questions, {"results": [{"taux_co2": 41, "heure_date": "2026-10-06T12:00:00Z"}]}) == [
        "`results[0].date_heure` is gone; nearest: `heure_date`"
    ]


def test_quoted_names_indices_filters_functions_and_columns():
    values = {
        "a": {"pick": '"PM2.5"'},
        "b": {"pick": "v[?type == 'P1'].value | [0]"},
        "c": {"pick": "max_by(hours, &t).v"},
        "d": {"pick": "old || older"},
        "e": {"pick": "w[0].x"},
    }
    good = {"PM2.5": 1, "v": [{"type": "P1", "value": "2"}], "hours": [{"t": 1, "v": 2}], "older": 3, "w": [{"x": 1}]}
    assert told(asked(values=values), {"results": [good]}) == []
    bad = {"PM 2.5": 1, "v": [{"type": "P1", "val": "2"}], "hours": [{"time": 1, "v": 2}], "olde": 3, "w": {"x": 1}}
    assert told(asked(values=values), {"results": [bad]}) == [
        '`results[0]."PM2.5"` is gone; nearest: `"PM 2.5"`',
        "`results[0].v[0].value` is gone; nearest: `val`",
        "`results[0].hours[0].t` is gone",
        "`results[0].old` is gone; nearest: `olde`",
        "`results[0].w` is no list any more but a group of fields",
    ]
    one = document(values={"co2": {"pick": "taux"}}, measured_at=None)
    table = questions_of(terms_of("here", one, lambda name: lambda row: row.get(name)), rows="@", path=column)
    assert told(table, [{"taux moyen": "3", "date": "x"}]) == ['`[0].taux` is gone; nearest: `"taux moyen"`']


def test_without_rows_the_answer_is_the_only_row():
    whole = asked(rows=None, values={"co2": {"pick": "[0].taux_co2"}})
    assert told(whole, [{"taux": 3}]) == ["`[0].taux_co2` is gone; nearest: `taux`"]
    published = asked(published_at="meta.date")
    answer = {"meta": {"date_maj": "2026-10-06T12:00:00Z"}, "results": [{"taux_co2": 41}]}
    assert told(published, answer) == ["`meta.date` is gone; nearest: `date_maj`"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("taux_co2", "tauxCo2"),
        ("taux_co2", "TAUX_CO2"),
        ("resultat_obs", "résultat_obs"),
        ("q", "q_m3s"),
        ("débit", "debit_moyen"),
    ],
)
def test_names_are_near_whatever_their_signs_and_words(one, other):
    assert closeness(one, other)[0] >= 0.8
    assert closeness(one, other) == closeness(other, one)


# -- whatever the answer is ---------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(["results", "data"]), inner, max_size=4)
    ),
    max_leaves=20,
)
QUESTIONS = {name: of(catalogue(name)) for name in FIELDS}


@given(JSON, st.sampled_from(FIELDS))
def test_no_answer_makes_it_fail(answer, name):
    for change in changes(QUESTIONS[name], answer, sample(name)):
        assert word(change.message, "fr")


@given(st.data())
def test_a_sample_with_anything_in_it_replaced_makes_no_failure(data):
    name = data.draw(st.sampled_from(FIELDS))
    answer = sample(name)
    spots = [(holder, key) for holder, key in _spots(answer)]
    holder, key = data.draw(st.sampled_from(spots))
    holder[key] = data.draw(JSON)
    assert len(changes(QUESTIONS[name], answer, sample(name))) <= MOST_CHANGES


def _spots(value):
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _spots(inner)


RENAMINGS = {
    "longer": lambda name: f"{name}_moyen",
    "begun": lambda name: f"val_{name}",
    "in capitals": str.upper,
    "joined": lambda name: "".join(word.capitalize() for word in name.split("_")) + "V2",
    "mistyped": lambda name: f"{name[:-1]}{name[-1]}{name[-1]}",
}


def leaves(name):
    """Return the fields at the ends of what a ready-made feed picks: of numbers, times and keys."""
    one = catalogue(name)
    picks = {value.picked for value in one.values.values() if value.function != "count"}
    picks |= {one.measured_at, one.valid_on, one.valid_from, one.valid_until} - {None}
    picks |= {one.rows.key} - {None} if one.rows is not None else set()
    return sorted({re.findall(r"\w+", pick)[-1] for pick in picks if re.fullmatch(r"[\w.]+", pick)})


def renamed(value, old, new):
    match value:
        case dict():
            return {new if name == old else name: renamed(inner, old, new) for name, inner in value.items()}
        case list():
            return [renamed(inner, old, new) for inner in value]
    return value


@pytest.mark.parametrize("way", RENAMINGS)
@pytest.mark.parametrize(("name", "leaf"), [(name, leaf) for name in FIELDS for leaf in leaves(name)])
def test_a_leaf_of_a_sample_that_is_renamed_is_found_and_its_new_name_proposed(name, leaf, way):
    new = RENAMINGS[way](leaf)
    found = changes(QUESTIONS[name], renamed(sample(name), leaf, new), sample(name))
    assert [(change.path.rpartition(".")[2], change.near) for change in found] == [(leaf, new)]


@pytest.mark.parametrize("name", FIELDS)
def test_the_sample_itself_has_the_documented_shape(name):
    assert changes(QUESTIONS[name], sample(name), sample(name)) == ()


def nested(depth):
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda: {"results": [{"x": i} for i in range(100_000)]}, id="many rows"),
        pytest.param(lambda: {"results": [{f"f{i}": i for i in range(100_000)}]}, id="many fields"),
        pytest.param(lambda: {"results": [{"taux_co2" + "x" * 1_000_000: 1}]}, id="a long name"),
        pytest.param(lambda: {"results": nested(100_000)}, id="deep"),
        pytest.param(lambda: {f"results{i}" * 20: [1] for i in range(100_000)}, id="many near names"),
    ],
)
def test_huge_answers_are_looked_at_in_a_bounded_number_of_steps(answer, monkeypatch):
    taken = 0
    spend = Trace._spend

    def count(trace, steps=1):
        nonlocal taken
        taken += steps
        spend(trace, steps)

    monkeypatch.setattr(Trace, "_spend", count)
    assert told(asked(), answer(), answer())
    assert taken < 10_000


def test_a_path_without_end_is_given_up():
    answer = [[{"b": [{"c": 1}] * 200}] * 200] * 200
    path = jmespath.compile("[].b[].c[].d").parsed
    with pytest.raises(TraceError):
        Trace(100).follow(path, Place("", answer))
    deep = jmespath.compile("a" + ".a" * 50).parsed
    assert isinstance(Trace().follow(deep, Place("", {})), Break)
