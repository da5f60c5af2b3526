"""What a provider has changed is told by the coordinator: once, in words, and until it is mended; the last values stay and age."""

import json

from maquette.console.wording import Wording
from maquette.core.readings import Quality
from maquette.feeds.plan import FeedsStart
from tests.feeds.documents import NOW_S, ago, document


def answer(later_s=0.0, **fields):
    """Return an answer of one row, measured five minutes before a moment that comes so much later."""
    return json.dumps({"results": [{"at": ago(seconds=300 - later_s), **fields}]}).encode()


def feed(server, *names, **changes):
    return document(
        url=server.url + "/pond",
        rows={"pick": "results"},
        values={name: {"pick": name, "unit": "m", "plausible": [0, 100]} for name in names},
        **changes,
    )


def told(world):
    return {alert.code: Wording("en").alert(alert) for alert in world.alerts.standing}


def test_a_feed_of_which_nothing_is_left_says_what_changed_keeps_its_last_value_and_loses_it_in_time(
    server, world, caplog
):
    server.at("/pond", answer(level=3))
    w = world({"pond": feed(server, "level")})
    w.turns()
    assert (w.reading().value, told(w)) == (3.0, {})
    server.at("/pond", answer(level_cm=300, nothing=None))
    w.turns(later=400.0)
    words = "pond: the source has changed its answers: `results[0].level` is gone; nearest: `level_cm`."
    assert told(w) == {"feed_shape": words}
    assert (w.reading().value, w.quality(), w.reading().problem) == (3.0, Quality.LIVE, "no_value")
    w.turns(later=3600.0)
    assert (w.reading().value, w.quality()) == (3.0, Quality.STALE)
    w.turns(later=3 * 3600.0)
    assert w.quality() is Quality.MISSING
    (line,) = caplog.messages
    assert line == "feed pond failed: the value is absent; `results[0].level` is gone; nearest: `level_cm`"
    server.at("/pond", answer(level=4, later_s=w.now - NOW_S + 3600.0))
    w.turns(later=3600.0)
    assert told(w) == {}


def test_a_value_of_several_that_is_gone_stays_and_ages_while_the_others_go_on(server, world):
    server.at("/pond", answer(level=3, depth=7))
    w = world({"pond": feed(server, "level", "depth")})
    w.turns()
    server.at("/pond", answer(level=4, profondeur=None, later_s=600.0))
    w.turns(later=600.0)
    assert told(w) == {"feed_shape": "pond: the source has changed its answers: `results[0].depth` is gone."}
    assert (w.reading(name="level").value, w.reading(name="level").problem) == (4.0, None)
    depth = w.reading(name="depth")
    assert (depth.value, depth.problem, w.quality(name="depth")) == (7.0, "no_value", Quality.LIVE)
    w.now += 2 * 3600.0
    assert w.quality(name="depth") is Quality.STALE
    server.at("/pond", answer(level=4, depth=None, later_s=2.5 * 3600.0))
    w.turns(later=600.0)
    assert told(w) == {}
    assert w.reading(name="depth").value is None, "what is said to be unknown is unknown"


def test_a_change_of_shape_is_told_instead_of_the_failure_and_outlives_a_failure_on_the_way(server, world):
    server.at("/pond", lambda handler: handler.send(status=500))
    w = world({"pond": feed(server, "level")})
    w.turns()
    assert set(told(w)) == {"feed_failed"}
    server.at("/pond", answer(niveau=3, level_m=2))
    w.turns(later=3600.0)
    assert set(told(w)) == {"feed_shape"}
    server.at("/pond", lambda handler: handler.send(status=500))
    w.turns(later=3600.0)
    assert set(told(w)) == {"feed_shape", "feed_failed"}
    server.at("/pond", answer(level=3, later_s=w.now - NOW_S + 3600.0))
    w.turns(later=3600.0)
    assert told(w) == {}


def test_several_changes_are_one_alert(server, world):
    server.at("/pond", json.dumps({"results": [{"level_cm": 3, "date": ago(minutes=5)}]}).encode())
    w = world({"pond": feed(server, "level")})
    w.turns()
    change = "`results[0].at` is gone; nearest: `date` (and one more change)"
    assert told(w) == {"feed_shape": f"pond: the source has changed its answers: {change}."}


def test_an_alert_ends_with_its_feed(server, world):
    server.at("/pond", answer(level_cm=3))
    w = world({"pond": feed(server, "level")})
    w.turns()
    assert set(told(w)) == {"feed_shape"}
    w.coordinator._inbox.put(FeedsStart({}, "Europe/Paris"))
    w.nudge()
    assert told(w) == {}
