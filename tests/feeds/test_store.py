import json
import logging
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.alerts import Alert
from maquette.core.clock import Clock
from maquette.core.readings import Quality
from maquette.feeds.sources.http_json import SOURCE
from maquette.feeds.store import Kept, Store, terms_digest
from tests.feeds.documents import NOON, NOW_S, PARIS, TRUSTED, UNTRUSTED, ago, arrival, document

FEED = document()


def readings(feed=FEED, **row):
    return SOURCE.digest("pond", feed, {"level": 3, "at": ago(minutes=5), **row}, arrival())


class Home:
    """A store and what it told."""

    def __init__(self, folder):
        self.told: list[Alert] = []
        self.folder = folder
        self.store = Store(folder, self.told.append)

    @property
    def file(self):
        return self.folder / "pond.json"

    def keep(self, later=0.0, feed=FEED, **row):
        self.store.keep("pond", feed, readings(feed, **row), NOW_S + later)

    def recall(self, later=0.0, feed=FEED, trusted=True):
        clock = Clock((NOON + timedelta(seconds=later)).astimezone(PARIS), trusted=True) if trusted else UNTRUSTED
        return Home(self.folder).store.recall("pond", feed, SOURCE.expected("pond", feed), clock, later)

    def written(self):
        return [row["value"] for row in json.loads(self.file.read_text())["readings"]]


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "readings")


def test_what_was_kept_comes_back_with_its_true_age(home):
    home.keep()
    kept = home.recall(later=600)  # its monotonic clock began anew, as after a power cut
    (reading,) = kept.readings
    assert kept.once_live
    assert reading == replace(readings()[0], fresh_until=600 + 2700, drop_at=600 + 9900)


def test_after_long_it_is_stale_and_then_missing(home):
    home.keep()
    (stale,) = home.recall(later=7200).readings
    assert (stale.value, stale.quality, stale.problem) == (3.0, Quality.STALE, "too_old")
    (gone,) = home.recall(later=1e6).readings
    assert (gone.value, gone.quality, gone.problem) == (None, Quality.MISSING, "too_old")


def test_with_an_untrusted_clock_it_is_stale_and_of_unknown_age(home):
    home.keep()
    (reading,) = home.recall(trusted=False).readings
    assert (reading.value, reading.quality, reading.problem) == (3.0, Quality.STALE, "no_clock")
    assert reading.measured_at == NOON - timedelta(minutes=5)
    assert reading.view(UNTRUSTED, 0.0)["age_s"] is None


def test_a_date_of_the_future_means_that_nobody_knows_the_age(home):
    home.keep()
    (reading,) = home.recall(later=-86400).readings
    assert (reading.quality, reading.problem) == (Quality.STALE, "no_clock")


def test_a_value_that_nobody_dates_ages_from_when_it_was_fetched(home):
    feed = document(measured_at=None)
    home.keep(feed=feed)
    (reading,) = home.recall(later=600, feed=feed).readings
    assert (reading.quality, reading.fresh_until) == (Quality.LIVE, 600 + 3000)


def test_a_kept_forecast_ends_with_its_day(home):
    feed = document(valid_on="day", rows={"key": "id"}, fresh_for="36 h")
    rows = [{"id": "a", "level": 2, "at": ago(hours=1), "day": "2026-10-06"}]
    home.store.keep("pond", feed, SOURCE.digest("pond", feed, rows, arrival()), NOW_S)
    (today,) = home.recall(later=3600, feed=feed).readings
    assert (today.key, today.quality, today.drop_at) == ("a", Quality.LIVE, 12 * 3600)
    (tomorrow,) = home.recall(later=13 * 3600, feed=feed).readings
    assert tomorrow.quality is Quality.MISSING


def test_the_card_is_written_only_when_values_changed_and_not_twice_a_minute(home):
    home.keep()
    first = home.file.stat().st_ino
    home.keep(later=300)
    assert home.file.stat().st_ino == first
    home.keep(later=310, level=4)
    assert home.written() == [4.0]
    home.keep(later=320, level=5)
    home.keep(later=330, level=6)
    assert home.written() == [4.0]
    assert home.store.next_flush == NOW_S + 370
    home.store.flush(NOW_S + 369)
    assert home.written() == [4.0]
    home.store.flush(NOW_S + 370)
    assert home.written() == [6.0]
    assert home.store.next_flush is None


def test_missing_values_are_not_kept(home):
    home.keep(level="ND")
    assert not home.file.exists()


def test_without_a_state_folder_nothing_is_kept():
    store = Store(None, print)
    store.keep("pond", FEED, readings(), NOW_S)
    assert store.recall("pond", FEED, (), TRUSTED, NOW_S) == Kept()


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://127.0.0.1:9/other.json"},
        {"params": {"station": "2"}},
        {"values": {"level": {"pick": "depth", "unit": "m", "plausible": [0, 100]}}},
        {"values": {"level": {"pick": "level", "unit": "m", "factor": 0.01, "plausible": [0, 100]}}},
    ],
)
def test_readings_of_another_source_are_not_taken_for_ours(home, change):
    home.keep()
    assert home.recall(feed=document(**change)) == Kept()


def test_other_words_around_a_feed_do_not_make_it_another(home):
    home.keep()
    values = {"level": {"title": {"fr": "Niveau"}, "pick": "level", "unit": "m", "plausible": [0, 50]}}
    feed = document(source="Another name", title="Pond", every="1 h", place="There", sample="x.json", values=values)
    (reading,) = home.recall(feed=feed).readings
    assert (reading.value, reading.source, reading.place) == (3.0, "Another name", "There")


def test_secrets_in_headers_leave_no_trace_in_the_file(home):
    feed = document(headers={"Authorization": "Bearer hush"})
    home.keep(feed=feed)
    assert "hush" not in home.file.read_text()
    assert terms_digest(feed) == terms_digest(FEED)


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"format": 1}', b'{"format": 2, "terms": ""}']
)
def test_a_damaged_file_is_left_out_with_one_log_line(home, damage, caplog):
    caplog.set_level(logging.INFO)
    home.keep()
    home.file.write_bytes(damage)
    assert home.recall() == Kept()
    assert len(caplog.records) == 1


def an_endless_file(path):
    path.touch()
    os.truncate(path, 10**9)


@pytest.mark.parametrize("leave", [Path.mkdir, os.mkfifo, an_endless_file])
def test_what_is_no_file_of_ours_is_left_out_without_being_read(home, leave):
    home.folder.mkdir()
    leave(home.file)
    assert home.recall() == Kept()


def test_a_row_that_is_not_a_reading_spoils_the_file_but_not_the_start(home):
    home.keep()
    whole = json.loads(home.file.read_text())
    wild = {**whole["readings"][0], "measured_at": "soon", "fetched_at": 5, "key": 7}
    spoilt: list[Any] = [[{}], [5], {"a": 1}, [wild]]
    for rows in spoilt:
        home.file.write_text(json.dumps({**whole, "readings": rows}))
        assert home.recall().readings == ()
    for value in (None, "ND", True):
        home.file.write_text(json.dumps({**whole, "readings": [{**whole["readings"][0], "value": value}]}))
        assert home.recall().readings == ()


@pytest.fixture(scope="module")
def any_home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("any"))
    home.keep()
    return home, json.loads(home.file.read_text())


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["name", "key", "value", "measured_at", "fetched_at", "valid_until"]), inner)))  # fmt: skip
def test_whatever_the_rows_are_the_start_goes_on(any_home, rows):
    home, whole = any_home
    home.file.write_text(json.dumps({**whole, "readings": rows}))
    assert all(reading.quality in Quality for reading in home.recall().readings)


def test_a_disk_that_cannot_be_written_is_one_alert_until_it_can_again(home, caplog):
    caplog.set_level(logging.INFO)
    home.folder.write_text("a file where the folder should be")
    home.keep()
    home.keep(later=100, level=4)
    assert [(alert.code, alert.subject, alert.over) for alert in home.told] == [("state_not_saved", "readings", False)]
    assert len(caplog.records) == 1
    home.folder.unlink()
    home.keep(later=200, level=4)
    assert [alert.over for alert in home.told] == [False, True]
    assert home.written() == [4.0]
