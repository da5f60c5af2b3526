"""The running program and its providers: a field that is renamed is told in words, and its value ages and goes."""

import json
import re

import pytest

from tests.daemon import Installation, Strip, running
from tests.feeds.server import Server

FEEDS = """feeds:
  river:
    kind: http_json
    title: {{fr: Débit du fleuve, en: Flow of the river}}
    url: {address}
    every: 10 s
    fresh_for: 2 s
    drop_after: 20 s
    nature: measured
    source: Test
    licence: None
    rows: {{pick: results}}
    values:
      flow: {{pick: taux, unit: m³/s}}
"""


@pytest.fixture
def strip():
    strip = Strip()
    yield strip
    strip.close()


@pytest.fixture
def provider():
    server = Server()
    yield server
    server.stop()


def answer(**fields):
    return json.dumps({"results": [fields]}).encode()


def test_a_renamed_field_is_told_in_words_while_its_value_ages_and_goes(tmp_path, strip, provider):
    installation = Installation(tmp_path, strip, feeds=FEEDS.format(address=provider.at("/flow", answer(taux=812.0))))

    def river(readings):
        return next(r for r in readings if (r["feed"], r["name"]) == ("river", "flow"))

    def told(state):
        return [alert["text"] for alert in state["alerts"] if alert["code"].startswith("feed_")]

    def quality(wanted):
        return lambda readings: any((r["feed"], r["name"], r["quality"]) == ("river", "flow", wanted) for r in readings)

    with running(installation) as daemon:
        assert river(daemon.wait_for("/api/readings", quality("live")))["value"] == 812.0
        provider.at("/flow", answer(taux_moyen=815.0))
        change = "`results[0].taux` is gone; nearest: `taux_moyen`"
        french = "Débit du fleuve : la source a changé ses réponses : `results[0].taux` a disparu ; le plus proche : `taux_moyen`."
        state = daemon.wait_for("/api/state?lang=en", lambda state: bool(told(state)))
        assert told(state) == [f"Flow of the river: the source has changed its answers: {change}."]
        (text,) = told(daemon.get("/api/state"))
        assert text.replace("\u00a0", " ") == french
        # The last value stays, marked, and goes in time.
        stale = river(daemon.wait_for("/api/readings", quality("stale")))
        assert (stale["value"], stale["problem"]) == (812.0, "no_value")
        missing = river(daemon.wait_for("/api/readings", quality("missing")))
        assert missing["value"] is None
        assert told(daemon.get("/api/state"))
    log = daemon.log.read_text()
    assert len(re.findall(re.escape(change), log)) == 1, log
