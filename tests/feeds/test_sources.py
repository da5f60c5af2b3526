import subprocess
import sys
from typing import get_args

import pytest
from pydantic import ValidationError

from maquette.config.documents import FeedDocument, PickedValueDocument, ZonesDocument
from maquette.config.reference import field_texts
from maquette.feeds.problems import PROBLEMS, Problem, fault
from maquette.feeds.sources import FEED_DOCUMENTS, SOURCES
from maquette.feeds.sources.http_json import HttpJsonDocument, JsonRowsDocument
from tests.feeds.documents import document
from tests.words import english


def fault_in(**changes):
    with pytest.raises(ValidationError) as caught:
        document(**changes)
    (error,) = caught.value.errors()
    context = error.get("ctx", {})
    return english(context.get("message")), english(context.get("hint")), error["loc"]


def test_every_kind_has_its_document_and_names_itself():
    assert set(FEED_DOCUMENTS) == set(SOURCES)
    for kind, model in FEED_DOCUMENTS.items():
        assert issubclass(model, FeedDocument)
        assert model.model_json_schema()["properties"]["kind"]["const"] == kind


@pytest.mark.parametrize("document", [HttpJsonDocument, PickedValueDocument, JsonRowsDocument, ZonesDocument])
def test_every_option_is_explained_where_it_stands(document):
    assert set(field_texts(document)) == set(document.model_fields)


def test_the_kinds_are_known_without_any_library_of_the_feeds_process():
    code = "import sys, maquette.feeds.sources as s; print(sorted(set(sys.argv[1:]) & set(sys.modules)))"
    libraries = ["requests", "urllib3", "ssl", "yaml", "serial", "paho", "ijson", "sqlite3"]
    told = subprocess.run([sys.executable, "-c", code, *libraries], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_every_problem_stands_in_the_table_with_its_words():
    assert set(PROBLEMS) == set(get_args(Problem))
    error = fault("http_status", "HTTP 500", retry_after_s=3)
    assert (error.code, str(error), error.retry_after_s) == (
        "http_status",
        "the source answered with an error (HTTP 500)",
        3,
    )


@pytest.mark.parametrize("pick", ["results[0", "a..b", "'", "", "PM2.5 µg", "@iot.id"])
def test_a_pick_that_is_no_jmespath_is_refused_in_its_place(pick):
    message, hint, place = fault_in(values={"level": {"pick": pick}})
    assert message.startswith(f"'{pick}' is not a JMESPath: ")
    assert "\n" not in message
    assert "results[0].count" in hint
    assert place == ("values", "level", "pick")


@pytest.mark.parametrize("option", ["measured_at", "valid_on", "rows"])
def test_every_path_of_a_document_is_checked(option):
    changes = {"rows": {"pick": "a["}} if option == "rows" else {option: "a["}
    assert fault_in(**changes)[0].startswith("'a[' is not a JMESPath")


def test_an_unknown_function_is_found_before_the_first_answer():
    message, hint, _ = fault_in(values={"level": {"pick": "results[?contain(a, 'b')] | [0].{x: max_by(@, &y)}"}})
    assert message == "JMESPath has no function 'contain'"
    assert hint == "did you mean 'contains'?"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/data.json",
        "ftp://example.org/",
        "http://",
        "http://a:b/",
        "https://exa mple.org/",
        "http://h:0/",
    ],
)
def test_an_address_is_whole(url):
    message, hint, place = fault_in(url=url)
    assert "is not a web address" in message
    assert "https://" in hint
    assert place == ("url",)


@pytest.mark.parametrize("size", [10, "10", "10 Mo", "10 mb", "0 MB", "300 MB", "ten MB", True])
def test_a_size_carries_its_unit(size):
    message, hint, _ = fault_in(max_size=size)
    assert "is not a size" in message
    assert "10 MB" in hint


@pytest.mark.parametrize("host", ["", "https://example.org", "example.org/", "example.org:0", "Example.org", "*", "-"])
def test_an_allowed_host_is_a_name_and_nothing_else(host):
    message, hint, place = fault_in(allow_hosts=[host])
    assert message == f"'{host}' is not a host's name"
    assert "static.data.gouv.fr" in hint
    assert place == ("allow_hosts", 0)


def test_sizes_are_decimal():
    assert (document(max_size="500 kB").max_size, document(max_size="1.5 MB").max_size) == (500_000, 1_500_000)
    assert document().max_size == 10_000_000


@pytest.mark.parametrize(
    "changes",
    [
        {"every": "1 s"},
        {"timeout": "0 s"},
        {"values": {}},
        {"rows": {"keys": ["a"]}},
        {"rows": {"key": "id", "keys": []}},
        {"measured_zone": "paris"},
        {"kind": "csv"},
    ],
)
def test_what_makes_no_sense_is_refused(changes):
    assert fault_in(**changes)[2][0] in changes


@pytest.mark.parametrize(
    "headers", [{"X-Key": "${KEY}"}, {"X Key": "k"}, {"X-Key": "a\r\nb: c"}, {"X-Key": " k"}, {"X-Key": "é"}, {"": "k"}]
)
def test_a_header_that_cannot_be_sent_is_refused(headers):
    assert fault_in(headers=headers)[2] == ("headers",)


def test_a_plain_header_may_be_sent():
    assert (
        document(headers={"Accept-Language": "fr, en;q=0.5", "X-Empty": ""}).headers["Accept-Language"]
        == "fr, en;q=0.5"
    )
