"""Texts that people read: the language asked for, else the plain words, else whatever there is."""

import pytest

from maquette.core.text import choose, words


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ({"fr": "L'air", "en": "Air"}, "en", "Air"),
        ({"": "Feyzin"}, "en", "Feyzin"),
        ({"fr": "L'air", "": "Air"}, "de", "Air"),
        ({"fr": "L'air"}, "de", "L'air"),
        ({}, "fr", ""),
        (None, "fr", ""),
    ],
)
def test_words_are_those_of_the_language_or_the_next_best(text, language, expected):
    assert words(text, language) == expected


def test_an_empty_text_is_chosen_when_it_is_the_language_s():
    assert words({"fr": "", "en": "Air"}, "fr") == ""


def test_choosing_works_for_anything_kept_by_language():
    assert choose({"fr": 1, "en": 2}, "en") == 2
    assert choose(None, "en") is None
