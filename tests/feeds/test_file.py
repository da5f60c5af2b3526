"""A JSON document on a disk of this machine."""

import json
import os
import time

import pytest

from maquette.core.readings import Quality
from maquette.errors import FeedError
from maquette.feeds.source import Arrival
from maquette.feeds.sources import file
from maquette.feeds.sources.file import SOURCE, FileDocument
from tests.feeds.documents import NOW_S, TRUSTED, ago

GOOD = {
    "rooms": [
        {"id": "hall", "warmth": 19.5, "at": ago(minutes=1)},
        {"id": "yard", "warmth": None, "at": ago(minutes=1)},
    ]
}


def document(path, **changes):
    plain = {
        "kind": "file",
        "path": str(path),
        "fresh_for": "10 min",
        "nature": "measured",
        "source": "Test",
        "licence": "None",
        "rows": {"pick": "rooms", "key": "id"},
        "measured_at": "at",
        "values": {"warmth": {"pick": "warmth", "unit": "°C"}},
    }
    return FileDocument.model_validate_json(json.dumps({**plain, **changes}))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rooms.json"


def write(path, content, since=0):
    """Write a file that has been still for long; ``since`` tells versions apart."""
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    os.utime(path, (1e9 + since, 1e9 + since))


def read(made, connection):
    return {r.key: r for r in SOURCE.digest("rooms", made, connection.fetch().content, Arrival(TRUSTED, NOW_S))}


def test_its_rows_and_picks_are_those_of_json_over_http(path):
    write(path, GOOD)
    made = document(path)
    found = read(made, SOURCE.connect(made, print))
    assert (found["hall"].value, found["hall"].quality) == (19.5, Quality.LIVE)
    assert (found["yard"].value, found["yard"].problem) == (None, "no_value")
    assert made.every == 60.0


def test_an_unchanged_document_is_only_looked_at(path, monkeypatch):
    write(path, GOOD)
    connection = SOURCE.connect(document(path), print)
    first = connection.fetch().content.content
    assert connection.fetch().content.content is first
    write(path, {"rooms": []}, since=1)
    assert connection.fetch().content.content == {"rooms": []}
    monkeypatch.setattr(file, "LARGEST_KEPT", 3)
    write(path, GOOD, since=2)
    first = connection.fetch().content.content
    assert connection.fetch().content.content is not first


def test_a_half_written_document_is_a_failure_and_the_whole_one_is_read(path):
    whole = json.dumps(GOOD).encode()
    write(path, whole)
    made = document(path)
    connection = SOURCE.connect(made, print)
    before = read(made, connection)
    write(path, whole[:40], since=1)
    with pytest.raises(FeedError) as caught:
        connection.fetch()
    assert caught.value.code == "not_json"
    write(path, whole, since=2)
    assert read(made, connection) == before


def test_a_value_without_a_date_is_as_old_as_the_file(path, monkeypatch):
    made = document(path, measured_at=None)
    write(path, GOOD)
    for trusted, quality, problem in ((True, Quality.MISSING, "too_old"), (False, Quality.STALE, "no_clock")):
        monkeypatch.setattr(file, "is_trusted", lambda trusted=trusted: trusted)
        hall = read(made, SOURCE.connect(made, print))["hall"]
        assert (hall.quality, hall.problem) == (quality, problem), "its writer may have died long ago"

    connection = SOURCE.connect(made, print)
    read(made, connection)
    write(path, GOOD, since=1)
    assert read(made, connection)["hall"].quality is Quality.LIVE, (
        "that it was written again was seen, whatever the clock says"
    )
    here = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: here + 900)
    assert read(made, connection)["hall"].quality is Quality.STALE


def test_the_last_good_values_stay_while_a_document_is_half_written(path, world):
    whole = json.dumps(GOOD).encode()
    write(path, whole)
    here = world({"rooms": document(path)})
    here.turns()
    assert here.quality("rooms", "warmth", "hall") is Quality.LIVE
    write(path, whole[:40], since=1)
    here.turns(1, later=70)
    assert (here.reading("rooms", "warmth", "hall").value, here.failing) == (19.5, {"rooms": "not_json"})
    write(path, whole, since=2)
    here.turns(1, later=70)
    assert here.failing == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"<html>", "html"), (b"\xff{}", "wrong_encoding"), (b"[" * 2000, "too_large")],
)
def test_what_cannot_be_read_is_told(path, content, code, monkeypatch):
    monkeypatch.setattr(file, "HELD_BYTES", 1000)
    write(path, content)
    with pytest.raises(FeedError) as caught:
        SOURCE.connect(document(path), print).fetch()
    assert caught.value.code == code
