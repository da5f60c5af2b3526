"""Recordings as text: what is written is read again, and what is wrong is told by line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.config.words import word
from maquette.core.readings import Nature
from maquette.errors import SeriesError
from maquette.feeds.recording import Recording, Row, Section, read_recording, write_recording

TEXT = """# Maquette recording 1
# model: lyon
# from: 2026-11-25T00:00:00Z
# until: 2026-11-26T00:00:00Z
# Anything else is for people.
#
# feed: river
# title: Le Rhône à Lyon
# nature: measured
# source: Hub'Eau
# licence: LO 2.0
# duties: attribution, date
# unit of flow: m³/s
#
# feed: river~2
# nature: modelled
# source: A model
# licence: CC BY 4.0
#
time,feed,name,key,value
2026-11-24T23:50:00Z,river,flow,,812.5
2026-11-25T00:10:00.250Z,river~2,flow,,815
2026-11-25T06:00:00Z,river~2,flow,,
2026-11-25T06:00:00Z,river,level,"a, b",-1e-07
"""
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
texts = st.text(max_size=40).map(lambda text: " ".join(text.splitlines()).strip())
seconds = st.integers(0, 4_000_000_000_000).map(lambda ms: ms / 1000)
sections = st.builds(
    Section,
    mark=st.from_regex(r"[a-z][a-z0-9_]{0,8}(~[1-9])?", fullmatch=True),
    title=texts,
    nature=st.sampled_from(Nature),
    source=texts,
    licence=texts,
    attribution=texts,
    place=texts.map(lambda text: text or None),
    duties=st.sampled_from([(), ("attribution",), ("attribution", "date")]),
    units=st.dictionaries(names, texts.filter(bool), max_size=2),
)


@st.composite
def recordings(draw):
    told = {section.mark: section for section in draw(st.lists(sections, min_size=1, max_size=3))}
    rows = st.builds(
        Row,
        time=seconds,
        mark=st.sampled_from(sorted(told)),
        name=names,
        key=st.none() | st.text(min_size=1, max_size=8),
        value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    )
    found = sorted(draw(st.lists(rows, max_size=6)), key=lambda row: row.time)
    return Recording(draw(names), draw(seconds), 4_000_000_001.0, told, tuple(found))


@pytest.mark.parametrize("key", ["\r", 'a"\r,b', "\n", " a, b "])
def test_a_key_may_be_any_text(key):
    section = Section("pond", "", Nature.MEASURED, "Test", "None")
    written = write_recording(Recording("here", 0.0, 1e9, {"pond": section}, (Row(0.0, "pond", "level", key, 3.0),)))
    assert [row.key for row in read_recording(written).rows] == [key]


@given(recordings())
def test_what_is_written_is_read_again(recording):
    assert read_recording(write_recording(recording)) == recording


def test_a_person_can_write_one():
    read = read_recording(TEXT)
    assert (read.model, read.until - read.since) == ("lyon", 86_400.0)
    assert read.sections["river"].units == {"flow": "m³/s"}
    assert read.sections["river"].duties == ("attribution", "date")
    assert (read.sections["river~2"].feed, read.sections["river~2"].nature) == ("river", Nature.MODELLED)
    assert [(row.key, row.value) for row in read.rows] == [(None, 812.5), (None, 815.0), (None, None), ("a, b", -1e-07)]
    assert read.rows[1].time == read.since + 600.25


@given(st.text(max_size=200))
def test_no_text_brings_it_down(text):
    for whole in (text, TEXT + text, TEXT.replace("# title: Le Rhône à Lyon", text)):
        with suppress(SeriesError):
            read_recording(whole)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "told"),
    [
        ("# Maquette recording 1", "time,flow", 1, "it does not begin with '# Maquette recording 1'"),
        ("recording 1", "recording 2", 1, "it is in format 2, and this version reads format 1"),
        ("# from: 2026-11-25T00:00:00Z\n", "", 1, "'from' is missing"),
        ("until: 2026-11-26", "until: 2026-11-24", 4, "it ends before it begins"),
        ("until: 2026-11-26", "until: 2026-11-25T00:00:01Z", 4, "'2026-11-25T00:00:01ZT00:00:00Z' is not a time"),
        ("until: 2026-11-26T00", "until: 2026-11-25T01", 4, "values follow after its end"),
        ("# licence: LO 2.0\n", "", 7, "'licence' is missing"),
        ("nature: modelled", "nature: modeled", 16, "'modeled' is no nature"),
        ("# feed: river~2", "# feed: river", 15, "'feed: river' stands there twice"),
        ("# title: Le Rhône à Lyon", "# source: X", 10, "'source' stands there twice"),
        ("# feed: river~2", "# feed: River", 15, "'River' is no feed's name"),
        ("key,value", "value", 20, "the columns are 'time,feed,name,value'"),
        (",812.5", ",812,5", 21, "5 columns are named, but here are 6"),
        ("812.5", "8OO", 21, "'8OO' is not a number"),
        ("Z,river,level", "Z,rivre,level", 24, "the header has no feed 'rivre'"),
        ("2026-11-25T06:00:00Z,river~2", "2026-11-24T06:00:00Z,river~2", 23, "'2026-11-24T06:00:00Z' is earlier than the line before"),
        ('"a, b"', '"a, b', 24, "it cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_in_both_languages(right, wrong, line, told):
    assert right in TEXT
    with pytest.raises(SeriesError) as caught:
        read_recording(TEXT.replace(right, wrong, 1))
    assert (caught.value.line, word(caught.value.message, "en")) == (line, told)
    assert word(caught.value.message, "fr") not in (told, caught.value.message.code)
