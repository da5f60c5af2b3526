"""Values that stand in a small file."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from maquette.core.readings import Quality, Reading
from maquette.errors import FeedError
from maquette.feeds.source import Arrival
from maquette.feeds.sources.given import SOURCE, GivenDocument
from tests.feeds.documents import NOON, NOW_S, TRUSTED, UNTRUSTED, ago
from tests.feeds.world import World


def document(path: Path, **changes: object) -> GivenDocument:
    plain = {
        "kind": "given",
        "series": str(path),
        "fresh_for": "2 h",
        "nature": "manual",
        "source": "A class",
        "licence": "CC BY 4.0",
        "values": {"lorries": {"unit": "lorries/h", "plausible": [0, 1000]}},
    }
    return GivenDocument.model_validate_json(json.dumps({**plain, **changes}))


def read(tmp_path: Path, text: str, clock=TRUSTED, **changes: object) -> dict[str | None, Reading]:
    file = tmp_path / "given.csv"
    file.write_text(text, encoding="utf-8")
    made = document(file, **changes)
    content = SOURCE.connect(made, print).fetch().content
    return {r.key: r for r in SOURCE.digest("traffic", made, content, Arrival(clock, NOW_S))}


def test_a_file_that_counts_from_now_is_a_sample_without_any_date(tmp_path: Path):
    (reading,) = read(tmp_path, "time,lorries\n-2 h,80\n-1 h,120\n0 h,95\n").values()
    assert (reading.value, reading.quality, reading.problem) == (95.0, Quality.SAMPLE, "given")
    assert (reading.measured_at, reading.unit, reading.source) == (None, "lorries/h", "A class")


def test_the_present_of_such_a_file_may_be_unknown(tmp_path: Path):
    (reading,) = read(tmp_path, "time,lorries\n-200 h,80\n-199 h,120\n").values()
    assert (reading.value, reading.quality, reading.problem) == (None, Quality.MISSING, "no_present")


@pytest.mark.parametrize(
    ("hours", "quality", "value"),
    [(1, Quality.LIVE, 120.0), (3, Quality.STALE, 120.0), (7, Quality.MISSING, None)],
)
def test_a_dated_file_ages_like_any_feed(tmp_path: Path, hours: int, quality: Quality, value: float | None):
    text = f"time,lorries\n{ago(hours=hours + 1)},80\n{ago(hours=hours)},120\n"
    (reading,) = read(tmp_path, text).values()
    assert (reading.quality_at(NOW_S), reading.value) == (quality, value)
    assert reading.measured_at == NOON - timedelta(hours=hours)


def test_a_row_of_the_future_waits_for_its_time(tmp_path: Path):
    later = (NOON + timedelta(hours=1)).isoformat()
    (reading,) = read(tmp_path, f"time,lorries\n{ago(hours=1)},80\n{later},500\n").values()
    assert reading.value == 80.0
    (reading,) = read(tmp_path, f"time,lorries\n{later},500\n").values()
    assert (reading.value, reading.problem) == (None, "future")


def test_without_a_clock_nobody_knows_how_old_a_dated_file_is(tmp_path: Path):
    (reading,) = read(tmp_path, f"time,lorries\n{ago(hours=1)},80\n", UNTRUSTED).values()
    assert (reading.value, reading.problem) == (None, "no_clock")


def test_a_file_may_have_keys(tmp_path: Path):
    text = "time,key,lorries\n0 h,north,12\n0 h,south,\n-1 h,south,40\n"
    readings = read(tmp_path, text, by_key=True)
    assert readings["north"].value == 12.0
    assert (readings["south"].value, readings["south"].problem) == (None, "no_present")


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"time,lorries\n0 h,douze\n", "bad_shape"), (b"time,lorries\n0 h,\xff\n", "wrong_encoding"), (None, "no_file")],
)
def test_a_spoilt_file_is_a_failure_with_its_reason(tmp_path: Path, raw: bytes | None, code: str):
    file = tmp_path / "given.csv"
    if raw is not None:
        file.write_bytes(raw)
    made = document(file)
    with pytest.raises(FeedError) as caught:
        SOURCE.digest("traffic", made, SOURCE.connect(made, print).fetch().content, Arrival(TRUSTED, NOW_S))
    assert caught.value.code == code


def test_samples_of_a_file_are_not_kept_for_a_restart_as_if_they_had_been_real(tmp_path: Path):
    file = tmp_path / "given.csv"
    file.write_text("time,lorries\n0 h,95\n", encoding="utf-8")
    world = World({"traffic": document(file)}, state=tmp_path / "state")
    world.turns()
    assert world.quality("traffic", "lorries") is Quality.SAMPLE
    file.write_text("time,lorries\n0 h,oops\n", encoding="utf-8")
    again = World({"traffic": document(file)}, state=tmp_path / "state")
    again.turns()
    assert again.quality("traffic", "lorries") is Quality.MISSING
