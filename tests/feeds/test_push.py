"""Values that other programmes push."""

import json
from datetime import timedelta

import pytest

from maquette.core.clock import Clock
from maquette.core.pushed import Pushed, PushedRow
from maquette.core.readings import Quality
from maquette.feeds.plan import FeedsStart
from maquette.feeds.sample import read_sample
from maquette.feeds.source import Arrival
from maquette.feeds.sources.push import MOST_VALUES, SOURCE, PushDocument, Pushes
from tests.feeds.documents import NOON, NOW_S, PARIS, TRUSTED, UNTRUSTED, arrival


def document(**changes):
    plain = {
        "kind": "push",
        "fresh_for": "2 h",
        "nature": "declared",
        "source": "Canteen",
        "licence": "Licence Ouverte 2.0",
        "values": {"served": {"unit": "meals", "plausible": [0, 5000]}, "left": {"unit": "meals"}},
    }
    return PushDocument.model_validate_json(json.dumps({**plain, **changes}))


def by_key():
    return document(by_key=True, values={"level": {"unit": "dB"}})


def row(key=None, measured_at=None, **values):
    return PushedRow(key, values, measured_at)


def told(world, *rows):
    """Push rows and let the coordinator ask for them."""
    world.coordinator._inbox.put(Pushed("pond", rows, world.now))
    world.coordinator.turn()  # hears it
    world.coordinator.turn()  # hears that there is something new: the feed is asked soon
    world.turns(later=1.0)


def test_before_anything_is_pushed_a_feed_waits_without_an_alarm(world):
    here = world({"pond": document()})
    here.turns()
    assert {r.problem for r in here.readings.values()} == {"waiting"}
    assert here.failing == {}


def test_a_pushed_value_is_live_from_its_coming_and_ages(world):
    here = world({"pond": document()})
    here.turns()
    told(here, row(served=12.0))
    reading = here.reading(name="served")
    assert (reading.value, here.quality(name="served"), reading.unit) == (12.0, Quality.LIVE, "meals")
    assert reading.fetched_at == NOON
    assert here.reading(name="left").problem == "waiting"
    here.now = NOW_S + 2 * 3600
    assert here.quality(name="served") is Quality.STALE
    here.now = NOW_S + 6 * 3600
    assert here.quality(name="served") is Quality.MISSING


def test_values_come_one_at_a_time_and_none_of_them_forgets_another(world):
    here = world({"pond": document()})
    here.turns()
    told(here, row(served=12.0))
    told(here, row(left=3.0))
    assert (here.reading(name="served").value, here.reading(name="left").value) == (12.0, 3.0)


def test_a_value_that_is_told_to_be_unknown_is_missing_at_once(world):
    here = world({"pond": document()})
    here.turns()
    told(here, row(served=12.0, left=1.0))
    told(here, row(served=None, left=None))
    assert {(r.value, r.problem) for r in here.readings.values()} == {(None, "no_value")}
    assert here.failing == {"pond": "no_value"}
    told(here, row(served=13.0))
    assert here.reading(name="served").value == 13.0
    assert here.failing == {}


@pytest.mark.parametrize("again", [False, True])
def test_a_restart_keeps_what_was_pushed_and_the_next_value_leaves_the_others_alone(world, tmp_path, again):
    before = world({"pond": by_key()}, state=tmp_path)
    before.turns()
    told(before, row("quai", level=61.0), row("parc", level=48.0))
    before.coordinator.close()
    here = world({"pond": by_key()}, state=tmp_path)
    here.now += 600.0
    here.turns()
    if again:  # told twice, since the process may have ended before it kept it
        told(here, row("quai", level=61.0))
    told(here, row("quai", level=70.0))
    assert {r.key: (r.value, r.quality) for r in here.readings.values()} == {
        "quai": (70.0, Quality.LIVE),
        "parc": (48.0, Quality.LIVE),
    }


def read(document, *rows, clock=TRUSTED, at=NOW_S):
    pushes = Pushes(document, lambda: None)
    pushes.hear(Pushed("pond", rows, at))
    return {(r.key, r.name): r for r in SOURCE.digest("pond", document, pushes.fetch().content, arrival(clock))}


def test_a_date_is_believed_and_what_is_dated_earlier_comes_too_late():
    hour = timedelta(hours=1)
    readings = read(by_key(), row("a", NOON - hour, level=1.0), row("a", NOON - 2 * hour, level=2.0))
    reading = readings["a", "level"]
    assert (reading.value, reading.measured_at, reading.quality) == (1.0, NOON - hour, Quality.LIVE)
    assert read(by_key(), row("a", NOON - 3 * hour, level=1.0))["a", "level"].quality is Quality.STALE
    assert read(by_key(), row("a", NOON - 9 * hour, level=1.0))["a", "level"].quality is Quality.MISSING
    future = read(by_key(), row("a", NOON + hour, level=1.0))["a", "level"]
    assert (future.value, future.problem) == (None, "future")


def test_a_date_of_the_future_keeps_no_later_value_away_and_never_comes_true():
    hour = timedelta(hours=1)
    ahead = row("a", NOON + 1000 * hour, level=1.0)
    for rows in ([row("a", NOON - hour, level=2.0), ahead], [ahead, row("a", NOON - hour, level=2.0)]):
        reading = read(by_key(), *rows)["a", "level"]
        assert (reading.value, reading.quality) == (2.0, Quality.LIVE)
    late = Clock((NOON + 1000 * hour).astimezone(PARIS), trusted=True)
    heard = Pushes(by_key(), lambda: None, lambda: NOW_S)
    heard.hear(Pushed("pond", (ahead,), NOW_S))
    at = Arrival(late, NOW_S + 3_600_000.0)
    (reading,) = SOURCE.digest("pond", by_key(), heard.fetch().content, at)
    assert (reading.value, reading.problem) == (None, "future")


def test_without_a_clock_that_can_be_believed_a_dated_value_is_not_live_and_an_undated_one_is():
    readings = read(by_key(), row("dated", NOON, level=1.0), row("now", level=2.0), clock=UNTRUSTED)
    assert readings["dated", "level"].quality is Quality.STALE
    assert readings["dated", "level"].problem == "no_clock"
    assert readings["now", "level"].quality is Quality.LIVE


def test_a_value_out_of_its_range_is_not_believed():
    reading = read(document(), row(served=50_000.0, left=1.0))[None, "served"]
    assert (reading.value, reading.problem) == (None, "implausible")


def test_keys_do_not_fill_the_memory(caplog):
    pushes = Pushes(by_key(), lambda: None)
    for key in range(MOST_VALUES + 50):
        pushes.hear(Pushed("pond", (row(str(key), level=1.0),), NOW_S))
    assert len(pushes.fetch().content) == MOST_VALUES
    assert len(caplog.records) == 1


def test_a_long_silence_is_a_failure_and_the_next_value_its_end(world):
    here = world({"pond": document()})
    connection = here.coordinator._lines["pond"]._connection = Pushes(
        document(), here.coordinator._lines["pond"]._wake, lambda: here.now
    )
    here.now += 2 * 3600 + 1
    here.turns()
    assert here.failing == {"pond": "silent"}
    connection.hear(Pushed("pond", (row(served=12.0),), here.now))
    here.coordinator.turn()
    here.turns(later=1.0)
    assert here.failing == {}


def test_what_is_pushed_to_a_feed_that_is_gone_is_let_go(world):
    here = world({"pond": document()})
    here.turns()
    here.coordinator._inbox.put(Pushed("lake", (row(served=1.0),), here.now))
    here.coordinator.turn()
    here.coordinator._inbox.put(FeedsStart({}, "Europe/Paris"))
    here.coordinator.turn()
    assert not here.readings


def test_a_sample_is_what_a_programme_would_send(tmp_path):
    sample = tmp_path / "sample.json"
    sample.write_text('[{"key": "quai", "level": 61}, {"key": "parc", "level": "ND"}]')
    readings = read_sample("noise", by_key().model_copy(update={"sample": str(sample)}), SOURCE, "waiting")
    assert [(r.key, r.value, r.quality) for r in readings] == [
        ("quai", 61.0, Quality.SAMPLE),
        ("parc", None, Quality.MISSING),
    ]
