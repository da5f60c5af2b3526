"""Captions: what visitors read, with its figures, and what they read when a figure is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.readings import Quality
from maquette.core.text import Figure
from maquette.errors import ExpressionError
from maquette.show.captions import parse_caption, parse_pieces, say
from maquette.show.expressions import compile_expression
from maquette.show.scenario import Say, Variant
from tests.show.sample_readings import READINGS
from tests.words import english


def said(templates: dict[str, str], otherwise: dict[str, str] | None = None, language: str = "fr"):
    words = {key: parse_caption(text) for key, text in templates.items()}
    instead = {key: parse_caption(text) for key, text in (otherwise or {}).items()}
    return say(Say((Variant(words, instead),)), READINGS, 0.0)[language]


def refusal(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse_caption(text)
    return caught.value


def test_words_and_figures_stand_in_turn():
    assert said({"fr": "Le Rhône : {river.flow} à Ternay, {max(air.index)}."}) == (
        "Le Rhône : ",
        Figure(812.0, "m³/s", "live"),
        " à Ternay, ",
        Figure(5.0, None, "sample"),
        ".",
    )


def test_a_figure_knows_the_readings_behind_it_one_of_each_value():
    (figure,) = said({"fr": "{river.flow * max(air.index)}"})
    assert isinstance(figure, Figure)
    assert sorted((feed, name) for feed, name, _ in figure.behind) == [("air", "index"), ("river", "flow")]
    assert [READINGS[key].quality for key in figure.behind if key[0] == "air"] == [
        Quality.SAMPLE
    ]  # the worst that is known


def test_a_caption_may_be_words_alone_or_a_figure_alone_or_nothing():
    assert parse_caption("L'air que l'on respire").pieces == ("L'air que l'on respire",)
    assert parse_caption("{river.flow}").pieces == (compile_expression("river.flow"),)
    assert parse_caption("").pieces == ()


def test_doubled_braces_are_braces():
    assert parse_caption("{{a}} }}{{").pieces == ("{a} }{",)
    assert said({"fr": "{{{river.flow}}}"}) == ("{", Figure(812.0, "m³/s", "live"), "}")


def test_a_figure_may_be_a_text():
    figure = said({"fr": "Le fleuve est {'haut' if river.flow > 500 else 'bas'}."})[1]
    assert figure == Figure("haut", None, "live")


def test_braces_and_other_quotes_in_a_quoted_text_are_text():
    pieces = parse_caption("""{'}' if river.flow > 1 else "{l'eau}"}!""").pieces
    assert pieces[0] == compile_expression("""'}' if river.flow > 1 else "{l'eau}\"""")
    assert pieces[1] == "!"


def test_spaces_within_braces_do_not_count():
    assert parse_caption("{ river.flow }").pieces == (compile_expression("river.flow"),)


def test_when_a_figure_is_unknown_the_other_words_stand_in():
    caption = said({"fr": "Débit {lock.flow}"}, {"fr": "Le débit n'est pas connu."})
    assert caption == ("Le débit n'est pas connu.",)


def test_when_all_figures_are_known_the_other_words_are_not_said():
    assert said({"fr": "Débit {river.flow}"}, {"fr": "?"})[0] == "Débit "


def test_without_other_words_an_unknown_figure_is_unknown():
    assert said({"fr": "Débit {lock.flow}"}) == ("Débit ", Figure(None, "m³/s", Quality.MISSING.value))


def test_an_unknown_figure_in_the_other_words_is_unknown_too():
    assert said({"fr": "{lock.flow}"}, {"fr": "{unknown.value}"}) == (Figure(None, None, "missing"),)


def test_other_words_of_another_language_do_not_stand_in():
    caption = said({"fr": "Débit {lock.flow}", "en": "Flow {lock.flow}"}, {"fr": "Inconnu."}, language="en")
    assert caption[0] == "Flow "


def test_plain_words_serve_every_language():
    assert said({"": "{lock.flow}"}, {"fr": "Inconnu.", "en": "Unknown."}, language="en") == ("Unknown.",)
    assert said({"fr": "{lock.flow}"}, {"": "—"}) == ("—",)


def test_every_language_has_its_caption():
    words = {"fr": parse_caption("Débit {river.flow}"), "en": parse_caption("Flow {river.flow}")}
    caption = say(Say((Variant(words),)), READINGS, 0.0)
    assert [caption[language][0] for language in ("fr", "en")] == ["Débit ", "Flow "]


def test_nothing_to_say_is_an_empty_caption():
    assert say(Say((Variant({}),)), READINGS, 0.0) == {}


@pytest.mark.parametrize(
    ("text", "column", "code", "hint"),
    [
        ("Débit : {river.flow", 8, "E307", "'{{'"),
        ("Débit : river.flow}", 18, "E307", "'}}'"),
        ("{a.x {b.x}}", 0, "E307", "'{{'"),
        ("é {}", 2, "E308", "{river.flow}"),
        ("é {  }", 2, "E308", "{river.flow}"),
        ("é { river.flow > 3 }", 4, "E308", "if river.flow > 3 else"),
        ("Été : {  maxi(air.index)}", 9, "E208", "'max'"),
        ("Été : {river.flow > '12 m3/s'}", 20, "E310", "m³/s"),
        ("{river.flow:.1f}", 11, "E301", "colon"),
        ("{l'eau}", 0, "E307", "'{{'"),
    ],
)
def test_a_fault_is_told_at_its_character_of_the_whole_text(text, column, code, hint):
    error = refusal(text)
    assert (error.column, error.code) == (column, code)
    assert hint in english(error.hint)


def test_each_piece_knows_where_it_begins():
    pieces = parse_pieces("é {{ { river.flow }, {max(air.index)}.")
    assert [column for column, _ in pieces] == [0, 7, 19, 22, 37]


@given(st.text(alphabet="{}'\" ab.x1+<é", max_size=30))
def test_any_text_is_a_caption_or_a_clear_error(text):
    try:
        words = parse_caption(text)
    except ExpressionError as error:
        column = error.column
    else:
        column = 0
        assert say(Say((Variant({"": words}),)), READINGS, 0.0).keys() == {""}
    assert 0 <= column <= len(text)


@given(st.text(max_size=40))
def test_escaped_words_come_back_as_they_were(text):
    assert "".join(map(str, parse_caption(text.replace("{", "{{").replace("}", "}}")).pieces)) == text
