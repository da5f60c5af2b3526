"""A month that passes in a moment: what fails, recovers, hangs on for weeks, and leaves no trace in memory or log."""

import gc
import logging
import sys

import pytest

from maquette.core.readings import Quality
from maquette.feeds.problems import fault
from maquette.feeds.source import Payload
from tests.feeds.documents import document
from tests.feeds.scripted import Script

DAY_S = 86_400.0


def pond(**changes):
    """Return a feed whose values nobody dates: they are as old as their arrival."""
    return document(measured_at=None, **changes)


PONDS = {f"pond_{n}": pond(url=f"http://host{n % 3}.example/{n}", every="1 h") for n in range(6)}


def good(_host):
    return {"level": 3}


@pytest.mark.parametrize(
    ("days", "errors"),
    [
        (30, [fault("no_network")]),
        (
            10,
            [fault("timeout"), fault("no_network"), fault("http_status", "HTTP 503", of_host=True), fault("bad_shape")],
        ),
        (10, [KeyError("unforeseen")]),
    ],
    ids=["offline", "ever another trouble", "our own fault"],
)
def test_a_month_of_failures_is_one_line_for_each_feed_and_does_not_grow(world, caplog, days, errors):
    caplog.set_level(logging.INFO, "maquette")
    script = Script(lambda host: errors[len(script.asked) % len(errors)])
    here = world(PONDS, sources=script.sources, pause_s=1.0)
    here.live(DAY_S)
    script.asked.clear()
    gc.collect()
    before = sys.getallocatedblocks()
    here.live((days - 1) * DAY_S)
    asked = len(script.asked)
    script.asked.clear()
    gc.collect()
    assert asked > len(PONDS) * (days - 2), "they are tried all the time"
    assert sys.getallocatedblocks() - before < asked / 4, "nothing is kept of each try"
    assert sorted(record.getMessage().split(":")[0] for record in caplog.records) == [
        f"feed {name} failed" for name in sorted(PONDS)
    ]
    assert len(here.alerts.standing) == len(PONDS)

    script.answer = good
    here.live(DAY_S / 4)
    assert not here.failing
    assert len(caplog.records) == 2 * len(PONDS)
    assert all("recovered" in record.getMessage() for record in caplog.records[len(PONDS) :])


def test_a_value_that_comes_and_goes_within_a_failing_feed_is_told_once(world, caplog):
    caplog.set_level(logging.INFO, "maquette")
    values = {"level": {"pick": "level"}, "depth": {"pick": "depth"}}
    script = Script(good)
    here = world({"pond": pond(values=values, fresh_for="400 d")}, sources=script.sources)
    here.live(5 * DAY_S)
    assert len(caplog.records) == 1, caplog.text
    script.answer = lambda host: fault("empty")
    here.live(5 * DAY_S)
    script.answer = good
    here.live(DAY_S)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "INFO"]
    script.answer = lambda host: {**good(host), "depth": 1}
    here.live(DAY_S)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "INFO", "INFO"]


def test_a_host_that_comes_back_gives_all_its_feeds_back_at_once(world):
    hosts = {"host0.example"}
    script = Script(lambda host: fault("unreachable") if host in hosts else good(host))
    here = world(PONDS, sources=script.sources, pause_s=1.0)
    here.live(3600)
    failing = {name for name, pond in PONDS.items() if "host0" in pond.url}
    tries = [url for url in script.asked if "host0" in url]
    assert set(here.failing) <= failing
    assert len(tries) < 15, "the host is left alone, not each of its feeds in turn"
    hosts.clear()
    here.live(3600 * 1.2)
    assert not here.failing
    assert all(here.quality(name) is not Quality.MISSING for name in failing)


def test_a_time_to_live_that_makes_no_sense_is_not_obeyed_for_ever(world):
    script = Script(lambda host: Payload(good(host), again_s=1e12))
    here = world({"pond": pond()}, sources=script.sources)
    here.live(3 * DAY_S)
    assert len(script.asked) >= 3
    script.answer = lambda host: Payload(good(host), again_s=float("nan"))
    here.live(2 * DAY_S)
    assert len(script.asked) > 100


def test_a_time_to_live_is_obeyed(world):
    script = Script(lambda host: Payload(good(host), again_s=3600.0))
    here = world({"pond": pond(every="5 min")}, sources=script.sources)
    here.live(10 * 3600 - 1)
    assert len(script.asked) == 10
