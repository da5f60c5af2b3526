import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.feeds.serial_lines import LONGEST_LINE, LineReader, read_csv, read_json, read_pairs

FORMATS = ["json", "pairs", "csv"]
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.]{0,8}", fullmatch=True)
NUMBERS = st.integers(-9999, 9999) | st.decimals(-999, 999, places=2).map(float)


READS: dict[str, Callable[[str], dict[str, Any] | None]] = {
    "json": read_json,
    "pairs": read_pairs,
    "csv": partial(read_csv, columns=("lux", "dba")),
}


def reader(form):
    return LineReader(READS[form])


def read(form, *pieces):
    one = reader(form)
    return [row for piece in pieces for row in one.feed(piece)]


def pieces(data, cuts):
    marks = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(marks)]


@given(st.sampled_from(FORMATS), st.lists(st.binary()))
def test_no_byte_makes_it_fail(form, data):
    for row in read(form, *data):
        assert isinstance(row, dict)


@given(st.sampled_from(FORMATS), st.lists(st.tuples(NUMBERS, NUMBERS)), st.lists(st.integers(0)))
def test_any_cut_of_a_stream_gives_the_same_rows(form, numbers, cuts):
    line = {"json": '{{"lux":{},"dba":{}}}', "pairs": "lux={};dba={}", "csv": "{},{}"}[form]
    stream = b"\xff boot\r\n" + b"".join(line.format(*pair).encode() + b"\r\n" for pair in numbers)
    whole = read(form, stream)
    assert whole == [{"lux": lux, "dba": dba} for lux, dba in numbers]
    assert read(form, *pieces(stream, cuts)) == whole


@given(st.sampled_from(FORMATS), st.binary(), st.lists(st.integers(0)))
def test_any_cut_of_any_bytes_gives_the_same_rows(form, data, cuts):
    assert read(form, *pieces(data, cuts)) == read(form, data)


@given(st.dictionaries(NAMES, NUMBERS, min_size=1), st.sampled_from([";", ",", " ", "; ", "\t"]), st.sampled_from("=:"))
def test_pairs_are_read_whatever_stands_between_them(row, between, equals):
    assert read_pairs(between.join(f"{name}{equals}{number}" for name, number in row.items())) == row


@given(st.dictionaries(st.text(max_size=8), NUMBERS | st.none() | st.text(max_size=8)))
def test_an_object_is_read_as_it_is(row):
    assert read_json(json.dumps(row)) == row


@pytest.mark.parametrize("form", FORMATS)
def test_what_stands_before_the_first_end_of_line_is_no_line(form):
    line = {"json": b'{"lux":12,"dba":5}', "pairs": b"lux=12;dba=5", "csv": b"12,5"}[form]
    assert read(form, line[:-1], b"4\n") == []
    assert len(read(form, line + b"\n" + line + b"\n" + line)) == 1


def test_a_line_that_never_ends_is_dropped_whole_and_takes_no_room():
    one = reader("csv")
    one.feed(b"\n")
    for _ in range(100):
        assert one.feed(b"1" * 400) == []
        assert len(one._begun) <= LONGEST_LINE
    assert one.feed(b",2\n3,4\n") == [{"lux": 3, "dba": 4}]


@pytest.mark.parametrize("excess", [0, 1])
def test_a_line_may_have_512_bytes(excess):
    line = b"lux=1;" + b"a" * (LONGEST_LINE - 8 + excess) + b"=2"
    rows = read("pairs", b"\n" + line + b"\n")
    assert len(rows) == 1 - excess


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lux",
        "lux=1 dba",
        "=3",
        "lux=3,5;dba=2",  # a decimal comma must not become 3
        "lux=1;lux=2",
        "a=b=c",
        "2x=1",
        "Reading lux=3",
    ],
)
def test_a_line_that_is_not_all_pairs_is_not_read(text):
    assert read_pairs(text) is None


def test_a_value_that_is_no_number_stays_what_it_is():
    assert read_pairs("lux= 312 ; dba=nan; state=ok; t=") == {"lux": 312, "dba": "nan", "state": "ok", "t": None}


@pytest.mark.parametrize("text", ["", "312", "312,54,2", "lux,dba", "nan,nan", ","[:0]])
def test_a_line_with_other_columns_or_without_a_number_is_not_read(text):
    assert read_csv(text, ("lux", "dba")) is None


@pytest.mark.parametrize("text", ["312,54.2", "312;54.2", "312 54.2", "312\t54.2", " 312 , 54.2"])
def test_columns_are_told_apart_by_comma_semicolon_or_blanks(text):
    assert read_csv(text, ("lux", "dba")) == {"lux": 312, "dba": 54.2}


def test_a_decimal_comma_is_never_a_separator_by_chance():
    assert read_csv("312;54,2", ("lux", "dba")) == {"lux": 312, "dba": "54,2"}


def test_a_number_that_a_sketch_could_not_print_costs_no_other():
    assert read_json('{"lux":nan,"dba": -inf, "more":[ovf],"t":3}') == {
        "lux": None,
        "dba": None,
        "more": [None],
        "t": 3,
    }


@pytest.mark.parametrize("text", ["[1]", "3", "null", '"a"', "{", '{"a":}', "[" * 500, "{'a':1}"])
def test_only_an_object_is_a_row(text):
    assert read_json(text) is None
