"""Delimited text, row by row."""

import csv
import io
import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.errors import FeedError
from maquette.feeds.delimited import Form, number_reader, read_rows
from maquette.feeds.picks import read_number

FRENCH = Form(separator=";", nulls=frozenset({"ND", "NA", "s"}))


def rows(text, columns, form=Form()):  # noqa: B008 - it is frozen
    data = text.encode() if isinstance(text, str) else text
    return list(read_rows(io.BytesIO(data), form, columns))


def refused(text, columns=("site",), form=Form()):  # noqa: B008 - it is frozen
    with pytest.raises(FeedError) as caught:
        rows(text, columns, form)
    return caught.value


def test_rows_have_the_wanted_columns_by_the_names_of_the_first_line():
    text = 'site,Activité,"code, commune"\nnorth,Chimie,01004\n'
    assert rows(text, ["Activité", "code, commune"]) == [{"Activité": "Chimie", "code, commune": "01004"}]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_separators_line_ends_and_byte_order_marks_of_all_kinds(separator, end, mark):
    text = mark + end.join([f"site{separator}jobs", f"north{separator}12", f'"a{separator} ""b"""{separator}3', ""])
    assert rows(text, ["site", "jobs"], Form(separator=separator)) == [
        {"site": "north", "jobs": "12"},
        {"site": f'a{separator} "b"', "jobs": "3"},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252"])
def test_text_in_its_encoding(encoding):
    text = "site,activité\nSaint-Étienne,énergie\n"
    assert rows(text.encode(encoding), ["activité"], Form(encoding=encoding)) == [{"activité": "énergie"}]


def test_a_cell_in_quotes_may_have_several_lines():
    assert rows('site,note\nnorth,"two\nlines"\nsouth,x\n', ["site", "note"])[0]["note"] == "two\nlines"


def test_cells_that_say_nothing_are_none():
    text = "site;jobs\nnorth;ND\nsouth;\neast;0\nwest;NDA\n"
    assert [row["jobs"] for row in rows(text, ["jobs"], FRENCH)] == [None, None, "0", "NDA"]


def test_empty_lines_are_no_rows():
    assert rows("\n\nsite,jobs\n\nnorth,1\n,\n\n", ["site"]) == [{"site": "north"}]


def test_a_short_line_has_unknown_cells_and_separators_at_its_end_are_no_cells():
    assert rows("site,jobs\nnorth\nsouth,2,,\n", ["site", "jobs"]) == [
        {"site": "north", "jobs": None},
        {"site": "south", "jobs": "2"},
    ]


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("", "empty", ""),
        ("\n \n".replace(" ", ""), "empty", ""),
        ("<!DOCTYPE html>\n<html>\n", "html", ""),
        ("sites,jobs\n", "no_column", "'site' is gone; nearest: 'sites'"),
        ("a,b\n", "no_column", "'site' is gone; there are 'a', 'b'"),
        ("site;jobs\n1;2\n", "no_column", "is the separator ';'?"),
        ("site,jobs,site\n1,2,3\n", "bad_shape", "2 columns 'site'"),
        ("site,jobs\nnorth,1\nsouth,2,3\n", "bad_shape", "line 3: 3 cells under 2 columns"),
        ('site,jobs\n"north"x,1\n', "bad_shape", "line 2: text after a closing quote"),
        ("site,jobs\nnor\0th,1\n", "bad_shape", "line 2: a NUL byte"),
        ("site,jobs\rnorth,1\r", "bad_shape", "a carriage return"),
        ("site,jobs\nnorth,1\nsou", "cut_short", "line 3: 1 cells under 2 columns"),
        ('site,jobs\nnorth,"1\n', "cut_short", "within quotes"),
        ('site,jobs\nnorth,"' + "x\n" * 200_000, "too_large", "is a quote never closed?"),
        ("site,jobs\n" + "x" * 1_100_000, "too_large", "line 2: more than 1000000 bytes"),
        ("site,jobs\nnorth,é\n".encode("latin-1"), "wrong_encoding", "line 2, byte 7: not utf-8"),
        ("site,jobs\nnorth,1\n".encode("utf-16"), "wrong_encoding", "line 1, byte 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_that_says_where(text, code, told):
    error = refused(text)
    assert error.code == code
    assert told in str(error)


def test_other_columns_may_stand_twice_or_have_no_name():
    assert rows("site,x,x,\nnorth,1,2,\n", ["site"]) == [{"site": "north"}]


def test_a_file_is_read_as_it_comes():
    class Endless:
        def __init__(self):
            self.lines = 0

        def readline(self, limit):
            self.lines += 1
            return b"site,jobs\n" if self.lines == 1 else b"north,1\n"

    stream = Endless()
    table = read_rows(stream, Form(), ["site"])
    assert [next(table) for _ in range(3)] == [{"site": "north"}] * 3
    assert stream.lines == 4


# -- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12", 12.0), ("-0.5", -0.5), ("3.1e2", 310.0), ("3,5", "not_a_number"), (" 7", "not_a_number"), ("ND", "not_a_number"),
     (None, "no_value"), ("1e999", "not_a_number"), ("07", "not_a_number"), ("1 234", "not_a_number"), ("٣", "not_a_number"),
     ("+1", "not_a_number"), (".5", "not_a_number"), ("nan", "not_a_number")],
)  # fmt: skip
def test_numbers_are_strict(cell, number):
    assert number_reader()(cell) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [("3,5", 3.5), ("1 234,5", 1234.5), ("1\u00a0234\u202f567", 1_234_567.0), ("1234,5", 1234.5), ("-12\u2009000", -12_000.0),
     ("3.5", "not_a_number"), ("12 34", "not_a_number"), ("1 2345", "not_a_number"), ("1  234", "not_a_number"),
     ("0 123", "not_a_number"), (" 123", "not_a_number"), ("1,234,5", "not_a_number"), ("< seuil", "below_threshold")],
)  # fmt: skip
def test_numbers_as_the_french_write_them(cell, number):
    assert number_reader(",", " ", ["< seuil"])(cell) == number


def test_where_a_table_writes_both_signs_either_comes_before_decimals_and_never_between_thousands():
    read = number_reader("either", " ")
    assert [read(cell) for cell in ("0.180", "0,180", "1 234,5", "1.234", "-2")] == [0.18, 0.18, 1234.5, 1.234, -2.0]
    assert {read(cell) for cell in ("1.234,5", "1,234.5", "1.", ",5")} == {"not_a_number"}


def test_numbers_as_others_write_them():
    assert number_reader(".", ",")("1,234.5") == 1234.5
    assert number_reader(",", ".")("1.234,5") == 1234.5


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12))
def test_every_number_is_read_again_however_it_was_written(number):
    text = repr(number)
    assert number_reader()(text) == float(number)
    assert number_reader(",")(text.replace(".", ",")) == float(number)
    if "e" not in text:
        grouped = f"{number:,}".replace(",", "\u202f").replace(".", ",")
        assert number_reader(",", " ")(grouped) == float(number)


@given(st.text(alphabet=string.printable + "é\u00a0\u202f", max_size=20))
def test_without_special_signs_a_cell_is_read_as_strictly_as_json(cell):
    expected = read_number(cell)
    assert number_reader()(cell) == ("not_a_number" if expected is None else expected)


# -- whatever comes --------------------------------------------------------------------------------------------------

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_writes_is_read_as_it_was(table, separator, end):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [("a", "b", "c"), *table]
    )
    expected = [{"a": a or None, "c": c or None} for a, b, c in table if a or b or c]
    assert rows(file.getvalue(), ["a", "c"], Form(separator=separator)) == expected


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "latin-1", "cp1252"]))
def test_whatever_comes_is_read_or_refused(data, encoding):
    with suppress(FeedError):
        rows(b"site,jobs\n" + data, ["jobs"], Form(encoding=encoding))
    with suppress(FeedError):
        rows(data, ["jobs"], Form(encoding=encoding))
