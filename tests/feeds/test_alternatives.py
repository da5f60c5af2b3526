import json
import logging
from typing import Any

import pytest
import yaml

from maquette.core.past import PastTerm, PastWanted
from maquette.core.readings import Nature, Quality
from maquette.feeds.alternatives import Lineup
from maquette.feeds.feed import Feed
from maquette.feeds.plan import FeedsStart
from maquette.feeds.problems import fault
from maquette.feeds.sample import CATALOGUE
from maquette.feeds.source import Payload
from maquette.feeds.store import Kept
from tests.feeds.documents import NOON, NOW_S, ago, document
from tests.feeds.scripted import Script

USUAL = document(
    url="http://usual.example/", place="Bridge", values={"level": {"pick": "level"}, "depth": {"pick": "depth"}}
)
MODEL = {
    "url": "http://model.example/",
    "every": "20 min",
    "nature": "modelled",
    "source": "Model",
    "licence": "CC BY 4.0",
    "attribution": "by Model",
    "place": "Everywhere",
    "values": {"level": {"pick": "level"}},
}


class Pond:
    """A pond with a usual source and a model that stands in; each answers as `answers` says."""

    def __init__(self, world, *models, usual=USUAL, **options):
        self.answers: dict[str, Any] = {
            "usual": {"level": 3, "depth": 1, "at": ago(minutes=5)},
            "model": {"level": 4, "at": ago()},
        }
        self.script = Script(lambda host: self.answers[host.split(".")[0]])
        self.models = models or (document(**MODEL),)
        self.here = world({"pond": usual}, alternatives={"pond": self.models}, sources=self.script.sources, **options)

    def asked(self, host):
        return sum(url == f"http://{host}.example/" for url in self.script.asked)


def told(reading):
    return reading.source, reading.licence, reading.nature, reading.attribution, reading.place, reading.problem


def test_an_alternative_is_not_asked_while_the_first_is_live(world):
    pond = Pond(world)
    pond.here.live(3000)
    assert (pond.asked("model"), pond.here.quality()) == (0, Quality.LIVE)


def test_while_the_first_fails_the_alternative_fills_in_under_its_own_name(world, caplog):
    caplog.set_level(logging.INFO, "maquette")
    pond = Pond(world)
    pond.answers["usual"] = fault("unreachable")
    pond.here.live(10)
    assert (pond.here.quality(), pond.here.reading().value) == (Quality.LIVE, 4.0)
    assert told(pond.here.reading()) == ("Model", "CC BY 4.0", Nature.MODELLED, "by Model", "Everywhere", "alternative")
    assert (pond.here.quality(name="depth"), pond.here.reading(name="depth").problem) == (
        Quality.MISSING,
        "unreachable",
    )
    assert pond.here.failing == {"pond": "unreachable"}, "the alert of the first stands"

    before = pond.asked("model")
    pond.here.live(2 * 1200 + 1)
    assert 1 <= pond.asked("model") - before <= 3, "at its own rhythm"

    pond.answers["usual"] = {"level": 5, "depth": 1, "at": ago(minutes=-30)}
    pond.here.live(600)
    assert (pond.here.reading().value, pond.here.reading().problem, pond.here.reading().source) == (5.0, None, "Test")
    assert not pond.here.failing
    before = pond.asked("model")
    pond.here.live(1500)
    assert pond.asked("model") == before, "it rests again"
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "feed pond failed",
        "feed pond recovered after 11 failures",
    ]


def test_an_alternative_that_fails_too_is_no_second_alert(world, caplog):
    pond = Pond(world)
    pond.answers.update(usual=fault("unreachable"), model=fault("bad_shape"))
    pond.here.live(3000)
    assert pond.here.failing == {"pond": "unreachable"}
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "feed pond failed",
        "feed pond.1 failed",
    ]
    assert pond.here.reading().problem == "unreachable"


def test_one_value_that_is_missing_is_filled_in_beside_the_others(world):
    pond = Pond(world)
    pond.answers["usual"] = {"level": "ND", "depth": 1, "at": ago(minutes=5)}
    pond.here.live(10)
    assert told(pond.here.reading())[0] == "Model"
    assert told(pond.here.reading(name="depth"))[0] == "Test"
    assert not pond.here.failing


def test_a_gap_that_the_alternative_cannot_fill_wakes_nobody(world):
    pond = Pond(world)
    pond.answers["usual"] = {"level": 3, "depth": "ND", "at": ago(minutes=5)}
    pond.here.live(3000)
    assert pond.asked("model") == 0


def test_when_the_first_grows_old_by_itself_the_alternative_takes_over_at_that_moment(world):
    pond = Pond(world)
    pond.here.live(55 * 60 - 1)
    assert (pond.here.quality(), pond.here.reading().source) == (Quality.LIVE, "Test")
    pond.here.live(2)
    assert (pond.here.quality(), pond.here.reading().source) == (Quality.LIVE, "Model")


def test_where_nobody_is_live_what_the_first_knew_last_goes_first(world):
    pond = Pond(world)
    pond.here.live(10)
    pond.answers["model"] = {"level": 4, "at": ago(minutes=90)}
    pond.here.live(60 * 60)
    assert (pond.here.quality(), pond.here.reading().value, pond.here.reading().problem) == (
        Quality.STALE,
        3.0,
        "too_old",
    )
    pond.here.live(95 * 60)  # three hours after its measurement the first is dropped: the alternative went before it
    pond.answers["model"] = {"level": 6, "at": ago(minutes=-70)}
    pond.here.live(30 * 60)
    assert (pond.here.quality(), pond.here.reading().value, pond.here.reading().source) == (Quality.STALE, 6.0, "Model")


def test_a_second_alternative_is_asked_only_for_what_the_first_one_leaves(world):
    other = {**MODEL, "url": "http://other.example/", "source": "Other"}
    both = {**other, "values": {"level": {"pick": "level"}, "depth": {"pick": "depth"}}}
    pond = Pond(world, document(**MODEL), document(**other), document(**{**both, "url": "http://third.example/"}))
    pond.answers.update(usual=fault("unreachable"), other={"level": 7, "at": ago()}, third={"depth": 8, "at": ago()})
    pond.here.live(600)
    assert [pond.here.reading(name=name).value for name in ("level", "depth")] == [4.0, 8.0]
    assert (pond.asked("other"), pond.asked("third")) == (0, 1)


def test_a_sample_gives_way_to_an_alternative_that_is_live(world, tmp_path):
    sample = tmp_path / "sample.json"
    sample.write_text(json.dumps({"level": 7, "depth": 7, "at": ago()}))
    pond = Pond(world, usual=USUAL.model_copy(update={"sample": str(sample)}))
    pond.answers["usual"] = fault("unreachable")
    pond.here.live(10)
    assert [pond.here.quality(name=name) for name in ("level", "depth")] == [Quality.LIVE, Quality.SAMPLE]


def test_no_sample_follows_what_an_alternative_really_told(world, tmp_path):
    sample = tmp_path / "sample.json"
    sample.write_text(json.dumps({"level": 7, "depth": 7, "at": ago()}))
    pond = Pond(world, usual=USUAL.model_copy(update={"sample": str(sample)}))
    pond.answers["usual"] = fault("unreachable")
    pond.here.live(10)
    pond.answers["model"] = fault("unreachable")
    pond.here.live(20_000)
    assert (pond.here.quality(), pond.here.reading().value) == (Quality.MISSING, None)
    assert pond.here.quality(name="depth") is Quality.SAMPLE, "nobody ever told it"


# -- keys ------------------------------------------------------------------------------------------------------------


def keyed(**changes):
    plain = {"url": "http://usual.example/", "rows": {"key": "id"}, **changes}
    return document(**plain)


def rows(**levels):
    return [{"id": key, "level": level, "at": ago(minutes=5)} for key, level in levels.items()]


def test_gaps_are_filled_key_by_key_and_no_key_is_added(world):
    pond = Pond(world, keyed(url="http://model.example/", source="Model"), usual=keyed())
    pond.answers.update(usual=rows(a=1, b="ND"), model=rows(a=10, b=20, c=30))
    pond.here.live(10)
    assert {key: (r.value, r.source) for key, r in pond.here.readings.rows("pond", "level").items()} == {
        "a": (1.0, "Test"),
        "b": (20.0, "Model"),
    }


def test_a_first_that_never_named_its_keys_takes_those_of_the_alternative(world):
    pond = Pond(world, keyed(url="http://model.example/"), usual=keyed())
    pond.answers.update(usual=fault("unreachable"), model=rows(a=10, b=20))
    pond.here.live(10)
    assert {key: r.value for key, r in pond.here.readings.rows("pond", "level").items()} == {"a": 10.0, "b": 20.0}
    pond.answers["usual"] = rows(b=2, c=3)
    pond.here.live(600)
    assert {key: r.value for key, r in pond.here.readings.rows("pond", "level").items()} == {"b": 2.0, "c": 3.0}


# -- what is kept ----------------------------------------------------------------------------------------------------


def test_each_source_is_remembered_by_itself(world, tmp_path):
    pond = Pond(world, state=tmp_path)
    pond.answers["usual"] = {"level": 3, "at": ago(minutes=70)}
    pond.here.live(10)
    assert pond.here.reading().source == "Model"
    kept = {path.stem: json.loads(path.read_text())["readings"] for path in (tmp_path / "readings").iterdir()}
    assert {name: rows[0]["value"] for name, rows in kept.items()} == {"pond": 3.0, "pond.1": 4.0}

    again = world({"pond": USUAL}, alternatives={"pond": pond.models}, sources=pond.script.sources, state=tmp_path)
    assert told(again.reading())[0] == "Model"
    assert again.reading().problem == "alternative"
    unsure = world(
        {"pond": USUAL}, alternatives={"pond": pond.models}, sources=pond.script.sources, state=tmp_path, trusted=False
    )
    assert (unsure.quality(), unsure.reading().source) == (Quality.STALE, "Test"), "nobody knows which is younger"


@pytest.mark.parametrize(
    ("changes", "kept"),
    [({}, False), ({"nature": "measured"}, True), ({"nature": "measured", "duties": ["no_storage"]}, False)],
)
def test_the_past_is_made_of_values_of_one_nature_that_may_be_kept(world, changes, kept):
    term = PastTerm("pond", "level", "max", 3600.0)
    pond = Pond(world, document(**{**MODEL, **changes}), wanted=PastWanted(frozenset({term})))
    pond.answers["usual"] = {"level": "ND", "depth": 1, "at": ago(minutes=5)}
    pond.here.live(10)
    found = pond.here.coordinator._history.series(("pond", "level", None), 2e9, trusted=True)
    assert len(found) == (1 if kept else 0)


# -- the clock -------------------------------------------------------------------------------------------------------


def test_without_a_clock_an_old_alternative_is_not_live_and_with_the_server_s_own_it_may_be(world):
    pond = Pond(world, trusted=False)
    pond.answers.update(usual=fault("unreachable"))
    pond.here.live(10)
    assert pond.here.quality() is Quality.STALE

    pond.answers["model"] = Payload({"level": 4, "at": ago(minutes=1)}, server_time=NOON)
    pond.here.live(1500)
    assert (pond.here.quality(), pond.here.reading().source) == (Quality.LIVE, "Model")


# -- another plan ----------------------------------------------------------------------------------------------------


def test_another_plan_may_take_alternatives_away_and_give_them(world):
    pond = Pond(world)
    pond.answers["usual"] = fault("unreachable")
    pond.here.live(10)
    assert pond.here.reading().source == "Model"
    for alternatives, source in [({}, "Test"), ({"pond": pond.models}, "Model")]:
        pond.here.coordinator._inbox.put(FeedsStart({"pond": USUAL}, "Europe/Paris", alternatives=alternatives))
        pond.here.coordinator.turn()
        pond.here.live(30)
        assert pond.here.reading().source == source


# -- the catalogue ---------------------------------------------------------------------------------------------------

CATALOGUED = {
    path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for path in CATALOGUE.glob("*.yaml")
}
STAND_INS = [(name, other) for name, plain in CATALOGUED.items() for other in plain["feed"].get("alternatives", [])]


@pytest.mark.parametrize(("name", "other"), STAND_INS)
def test_a_ready_made_feed_and_its_alternative_need_the_same_and_tell_the_same(name, other):
    needed = {key for key, parameter in CATALOGUED[other].get("parameters", {}).items() if "default" not in parameter}
    assert needed <= CATALOGUED[name].get("parameters", {}).keys()
    ours, theirs = (CATALOGUED[one]["feed"] for one in (name, other))
    shared = ours["values"].keys() & theirs["values"].keys()
    assert shared
    assert all(ours["values"][value].get("unit") == theirs["values"][value].get("unit") for value in shared)
    assert ("key" in ours.get("rows", {})) is ("key" in theirs.get("rows", {}))


def test_a_lineup_of_one_shows_that_one():
    script = Script(lambda host: None)
    feed = Feed("pond", USUAL, script.sources["http_json"])
    feed.begin(Kept())
    lineup = Lineup(feed)
    assert lineup.best(NOW_S) is feed.readings
    assert not lineup.wanted(NOW_S)
