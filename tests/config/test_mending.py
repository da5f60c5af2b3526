"""Lines that a French hand writes, and the line that is proposed instead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.config.mending import mend, mend_decimals, quoted
from maquette.config.yaml import read_text


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("say: Attention : danger", 'say: "Attention : danger"'),
        ("  - title: Ici : là", '- title: "Ici : là"'),
        ("{fr: L'air, que nous respirons}", '{fr: "L\'air, que nous respirons"}'),
        ("say: {fr: L'air, ici, en: Air, here}", 'say: {fr: "L\'air, ici", en: "Air, here"}'),
        ("{fr: Pourquoi ?}", '{fr: "Pourquoi ?"}'),
        ("colour: #2a7fff", 'colour: "#2a7fff"'),
        ("colour: #2a7fff  # bleu", 'colour: "#2a7fff"  # bleu'),
        ("- {zones: [a, b], colour: #2a7fff}", '- {zones: [a, b], colour: "#2a7fff"}'),
        ("colours: [#102030, #a0b0c0]", 'colours: ["#102030", "#a0b0c0"]'),
        ("{value: max(a, b)}", '{value: "max(a, b)"}'),
        ("{value: air[zone.insee].index}", '{value: "air[zone.insee].index"}'),
        ("to: [0,05, 1,5]", "to: [0.05, 1.5]"),
        ("{to: [0,05 Hz, 1,5 Hz], length: 20,5}", "{to: [0.05 Hz, 1.5 Hz], length: 20.5}"),
        ("{at: [0,5], say: Air ?}", '{at: [0, 5], say: "Air ?"}'),
        ("{depth: 0,45, to: [-75°, 75°]}", "{depth: 0.45, to: [-75°, 75°]}"),
        ("fr: {max(air.index)} est haut", 'fr: "{max(air.index)} est haut"'),
        ("fr: 'L'indice du jour'", 'fr: "L\'indice du jour"'),
        ('fr: "Le "Rhône" monte"', "fr: 'Le \"Rhône\" monte'"),
        ("title:\u00a0Air", "title: Air"),
        ("title:Air", "title: Air"),
        ("{effect: {flow: {speed: 0.1, length: a ? b}}}", '{effect: {flow: {speed: 0.1, length: "a ? b"}}}'),
    ],
)
def test_a_line_is_mended(line: str, mended: str):
    assert mend(line) == mended
    source, problems = read_text(mended if mended.startswith(("{", "-")) is False else f"a:\n  {mended}", "f.yaml")
    assert source is not None, problems


@pytest.mark.parametrize(
    "line", ["title: Air", "- {a: 1, b: [2, 3]}", "a: # nothing yet", "url: https://example.org/a?b=c"]
)
def test_a_line_that_is_well_is_left_alone(line: str):
    assert mend(line) is None


def test_decimal_commas_become_points_only_where_they_are_plain():
    assert mend_decimals("[0,05, 1,5]") == "[0.05, 1.5]"
    assert mend_decimals("[0, 3000]") is None
    assert mend_decimals("[a,b, c]") is None


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_whatever_is_quoted_reads_as_itself(text: str):
    if text[0] in "'\"" or any(c in "\u2028\u2029\ufeff" or (ord(c) & 0xFFFE) == 0xFFFE for c in text):
        return
    source, problems = read_text(f"a: {quoted(text)}", "f.yaml")
    if any(p.code == "E005" for p in problems):
        return
    assert source is not None, problems
    assert source.root.plain == {"a": text}


@settings(max_examples=100, deadline=None)
@given(st.text("ab{}[]:,'\"#? \u00a0-0.5", max_size=30))
def test_no_line_makes_mending_fall_over(line: str):
    mended = mend(line)
    assert mended is None or mended != line.strip()
