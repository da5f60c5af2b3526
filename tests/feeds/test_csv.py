"""Tables: CSV of this machine or of a server."""

import gzip
import io
import json
import os
import tracemalloc
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from maquette.config.words import word
from maquette.core.readings import Quality
from maquette.errors import FeedError
from maquette.feeds.source import Arrival
from maquette.feeds.sources import csv
from maquette.feeds.sources.csv import SOURCE, CsvDocument
from tests.feeds.documents import NOW_S, TRUSTED, ago
from tests.feeds.test_packed import zipped
from tests.words import english

SITES = """\
siret,lat,lon,RH,Activité
1,45.70,4.84,15,"chimie, pétrole"
2,45.71,4.85,4,transport
3,45.60,4.70,ND,transport
4,45.80,4.90,< seuil,énergie
"""
EMISSIONS = "site;année;rejet t/an\nnord;2024;1\u202f234,5\nsud;2024;ND\nest;2024;< seuil\nouest;2024;0\n"


def document(**changes):
    plain = {
        "kind": "csv",
        "every": "1 h",
        "fresh_for": "400 d",
        "nature": "declared",
        "source": "Test",
        "licence": "None",
        "values": {"staff": {"pick": "RH", "unit": "jobs"}},
    }
    return CsvDocument.model_validate_json(json.dumps({**plain, **changes}))


def write(file, text, since=0):
    """Write a file that has been still for long; ``since`` tells versions apart."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, (1e9 + since, 1e9 + since))


@pytest.fixture
def connect():
    """Return connections that are closed after the test."""
    opened = []

    def connect(made):
        opened.append(SOURCE.connect(made, print))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def read(connect, tmp_path):
    """Return the readings of a text in a file of this machine, by name and key."""

    def read(text, **changes):
        file = tmp_path / "table.csv"
        write(file, text)
        made = document(path=str(file), **changes)
        return readings(made, connect(made).fetch())

    return read


def readings(made, payload):
    return {(r.name, r.key): r for r in SOURCE.digest("sites", made, payload.content, Arrival(TRUSTED, NOW_S))}


def test_a_keyed_table_has_a_reading_for_each_row(read):
    found = read(SITES, rows={"key": "siret"}, nulls=["ND"], below=["< seuil"])
    assert {key: (r.value, r.problem) for (_, key), r in found.items()} == {
        "1": (15.0, None), "2": (4.0, None), "3": (None, "no_value"), "4": (None, "below_threshold"),
    }  # fmt: skip
    assert found["staff", "1"].quality is Quality.LIVE


def test_rows_are_filtered_grouped_counted_and_summed_by_columns_with_accents(read):
    values = {"staff": {"sum": "RH", "unit": "jobs"}, "sites": {"count": "@"}, "told": {"count": "RH"}}
    found = read(
        SITES, rows={"group_by": "Activité", "where": "\"Activité\" != 'énergie'"}, nulls=["ND"], values=values
    )
    assert {at: r.value for at, r in found.items()} == {
        ("staff", "chimie, pétrole"): 15.0, ("sites", "chimie, pétrole"): 1.0, ("told", "chimie, pétrole"): 1.0,
        ("staff", "transport"): None, ("sites", "transport"): 2.0, ("told", "transport"): 1.0,
    }  # fmt: skip
    assert found["staff", "transport"].problem == "too_few"


def test_a_value_below_the_threshold_is_neither_zero_nor_a_text(read):
    found = read(
        EMISSIONS, separator=";", decimal=",", thousands=" ", nulls=["ND"], below=["< seuil"], rows={"key": "site"},
        values={"waste": {"pick": "rejet t/an", "unit": "t", "factor": 2}},
    )  # fmt: skip
    assert {key: (r.value, r.problem) for (_, key), r in found.items()} == {
        "nord": (2469.0, None), "sud": (None, "no_value"), "est": (None, "below_threshold"), "ouest": (0.0, None),
    }  # fmt: skip


def test_places_are_numbers_of_the_table():
    text = "nom;lat;lon;RH\na;45,70;4,84;3\n"
    made = document(
        path="x", separator=";", decimal=",", rows={"zones": {"lat": "lat", "lon": "lon", "within": "1 km"}},
        values={"staff": {"sum": "RH"}},
    )  # fmt: skip
    zones = made.rows.zones.laid({"here": ((45.70, 4.84),), "there": ((46.0, 5.0),)})
    laid = made.model_copy(update={"rows": made.rows.model_copy(update={"zones": zones})})
    table = csv.read_table(laid, io.BytesIO(text.encode()))
    found = {r.key: r.value for r in SOURCE.digest("sites", laid, table, Arrival(TRUSTED, NOW_S))}
    assert found == {"here": 3.0, "there": 0.0}


def test_a_dated_column_ages_its_rows_and_the_newest_counts(read):
    text = f"at,RH\n{ago(hours=3)},1\n{ago(hours=1)},2\n{ago(hours=2)},3\n"
    (reading,) = read(text, measured_at="at", fresh_for="30 min").values()
    assert (reading.value, reading.quality) == (2.0, Quality.STALE)


def test_french_dates_are_read_as_the_document_says(read):
    (reading,) = read(
        "jour,RH\n06/10/2026 11:30,2\n", measured_at="jour", measured_format="%d/%m/%Y %H:%M", measured_zone="local"
    ).values()
    assert reading.measured_at == datetime(2026, 10, 6, 9, 30, tzinfo=UTC)


def test_a_column_that_is_gone_is_told_with_the_nearest(read):
    with pytest.raises(FeedError) as caught:
        read("siret,RHs\n1,2\n", rows={"key": "siret"})
    assert caught.value.code == "no_column"
    assert "'RH' is gone; nearest: 'RHs'" in str(caught.value)


def test_a_renamed_column_is_told_within_one_interval_and_the_last_value_stays(world, tmp_path):
    file = tmp_path / "table.csv"
    write(file, "siret,RH\n1,2\n")
    here = world({"sites": document(path=str(file), rows={"key": "siret"})})
    here.turns()
    write(file, "siret,effectif RH\n1,2\n", since=1)
    here.turns(1, later=4000)
    (alert,) = here.alerts.standing
    assert alert.code == "feed_shape"
    assert english(dict(alert.arguments)["change"]) == "`RH` is gone; nearest: `effectif RH`"
    assert (here.reading("sites", "staff", "1").value, here.reading("sites", "staff", "1").problem) == (
        2.0,
        "no_column",
    )
    write(file, "siret,RH\n1,3\n", since=2)
    here.turns(1, later=4000)
    assert here.alerts.standing == ()
    assert here.reading("sites", "staff", "1").value == 3.0


@pytest.mark.parametrize(
    "changes",
    [
        {"rows": {"key": "gone"}}, {"rows": {"where": "gone == 'x'"}}, {"rows": {"where": "to_number(gone) > `3` || !contains(RH, 'x')"}},
        {"rows": {"group_by": "gone"}, "values": {"n": {"count": "@"}}}, {"measured_at": "gone"}, {"valid_on": "gone"},
        {"rows": {"zones": {"lat": "RH", "lon": "gone", "within": "1 km"}}},
    ],
)  # fmt: skip
def test_every_column_that_the_document_names_must_be_there(read, changes):
    with pytest.raises(FeedError) as caught:
        read("siret,RH\n1,2\n", **changes)
    assert "'gone' is gone" in str(caught.value)


def test_a_column_of_empty_cells_says_that_there_is_nothing(read):
    values = {"closed": {"count": "closed_on"}, "open": {"count": "@"}}
    found = read("site,closed_on\n1,\n2,\n", rows={"where": "closed_on == `null`"}, values=values)
    assert {name: r.value for (name, _), r in found.items()} == {"closed": 0.0, "open": 2.0}


def test_a_column_that_holds_something_else_now_is_told_in_words(read):
    made = document(path="a.csv", rows={"key": "siret"}, values={"staff": {"pick": "RH"}, "sites": {"count": "@"}})
    now, before = (
        csv.read_table(made, io.BytesIO(text)) for text in (b"siret,RH\n1,many\n2,few\n", b"siret,RH\n1,12\n")
    )
    assert SOURCE.shape is not None
    assert [word(change, "en") for change in SOURCE.shape(made, now, before)] == ["`rows[0].RH` is text, was a number"]
    assert SOURCE.shape(made, before, before) == ()


def test_too_many_rows_that_count_are_refused(read, monkeypatch):
    monkeypatch.setattr(csv, "MOST_ROWS", 3)
    with pytest.raises(FeedError) as caught:
        read(SITES, rows={"key": "siret"})
    assert caught.value.code == "too_large"
    assert len(read(SITES, rows={"key": "siret", "where": "siret != '2'"})) == 3


def test_a_large_table_takes_no_more_memory_than_the_rows_that_count(tmp_path):
    file = tmp_path / "large.csv"
    with file.open("w", encoding="utf-8") as large:
        large.write("siret,RH,words\n")
        large.writelines(f"{n},{n % 50},{'some words ' * 9}\n" for n in range(10_000))
    made = document(path="x", rows={"where": "RH == '7'"}, values={"staff": {"sum": "RH"}})
    tracemalloc.start()
    try:
        with file.open("rb") as stream:
            table = csv.read_table(made, stream)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(table.rows), table.wanted.seen) == (200, 10_000)
    assert peak < file.stat().st_size / 2


def test_a_table_is_larger_than_allowed(read):
    with pytest.raises(FeedError) as caught:
        read(SITES * 20, max_size="1 kB")
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("pack", [lambda raw: raw, gzip.compress, lambda raw: zipped({"2024/sites.csv": raw})])
def test_a_table_comes_from_a_server_packed_or_not(server, connect, pack):
    made = document(url=server.at("/sites", pack(SITES.encode()), Content_Type="text/csv"), rows={"key": "siret"})
    payload = connect(made).fetch()
    assert readings(made, payload)["staff", "1"].value == 15.0
    assert payload.server_time is not None


def test_a_member_of_a_zip_of_a_server(server, connect):
    data = zipped({"2023/sites.csv": b"x", "2024/sites.csv": SITES.encode()})
    made = document(url=server.at("/sites.zip", data), member="2024/sites.csv", rows={"key": "siret"})
    assert readings(made, connect(made).fetch())["staff", "2"].value == 4.0


def test_an_unchanged_table_is_not_sent_twice(server, connect):

    def answer(h):
        return h.send(status=304) if "If-None-Match" in h.headers else h.send(SITES.encode(), ETag='"1"')

    made = document(url=server.at("/sites", answer), rows={"key": "siret"})
    connection = connect(made)
    assert readings(made, connection.fetch()) == readings(made, connection.fetch())
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda h: h.send(b"<!DOCTYPE html><html></html>", Content_Type="text/html"), "html"),
        (lambda h: h.send(b"<!DOCTYPE html><html></html>", Content_Type="text/csv"), "html"),
        (lambda h: h.send(SITES.encode(), length=10_000), "cut_short"),
        (lambda h: h.send(SITES.encode("latin-1")), "wrong_encoding"),
        (lambda h: h.send(gzip.compress(SITES.encode())[:-12]), "cut_short"),
        (lambda h: h.send(zipped({"a": SITES.encode()})[:-12]), "cut_short"),
        (lambda h: h.send(status=404), "http_status"),
        (lambda h: h.send(b""), "empty"),
    ],
)
def test_a_server_that_misbehaves_is_told_in_its_words(server, connect, answer, code):
    with pytest.raises(FeedError) as caught:
        connect(document(url=server.at("/sites", answer), rows={"key": "siret"})).fetch()
    assert caught.value.code == code


def test_a_local_table_is_read_again_when_it_has_changed(connect, tmp_path):
    file = tmp_path / "table.csv"
    write(file, SITES)
    made = document(path=str(file), rows={"key": "siret"})
    connection = connect(made)
    assert len(connection.fetch().content.rows) == 4
    write(file, SITES.partition("\n3,")[0] + "\n")
    assert len(connection.fetch().content.rows) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "'path' or 'url'"), ({"path": "a.csv", "url": "https://example.org/a.csv"}, "'path' or 'url'"),
        ({"path": "a.csv", "decimal": ",", "thousands": ","}, "','"), ({"path": "a.csv", "decimal": "either", "thousands": "."}, "'.'"),
        ({"path": "a.csv", "published_at": "date"}, "measured_at"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changes, told):
    with pytest.raises(ValidationError) as caught:
        document(**changes)
    (error,) = caught.value.errors()
    assert told in english(error["ctx"]["message"]) + english(error["ctx"]["hint"])


def test_a_column_may_be_called_anything():
    made = document(path="a.csv", values={"waste": {"pick": "Rejet, t/an (2024)"}}, rows={"key": "N° SIRET"})
    assert csv.columns(made) == ("N° SIRET", "Rejet, t/an (2024)")
