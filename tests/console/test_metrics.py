"""Metrics: what is served is what Prometheus reads, and it names no person and no address."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

import maquette.console
from maquette.core.vitals import LATENESS_BOUNDS_S
from tests.console.fake_stage import ALERT, VITALS

OPEN = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


@pytest.fixture
def console(shared):
    shared.reset()
    return shared


def samples(console, accept=None, parse=plain):
    answer = requests.get(f"{console.url}/metrics", headers={} if accept is None else {"accept": accept}, timeout=5)
    assert answer.status_code == 200
    return {(s.name, *s.labels.values()): s.value for family in parse(answer.text) for s in family.samples}


def test_prometheus_reads_frames_feeds_supplies_and_processes(console):
    found = samples(console)
    assert found["maquette_frames_total",] == 6000
    assert found["maquette_frames_lost_total",] == 3
    assert found["maquette_frame_lateness_seconds_bucket", "0.001"] == 5900
    assert found["maquette_frame_lateness_seconds_bucket", "+Inf"] == found["maquette_frame_lateness_seconds_count",]
    assert found["maquette_frame_lateness_seconds_sum",] == 1.5
    assert (found["maquette_feed_asks_total", "river"], found["maquette_feed_failures_total", "river"]) == (12, 2)
    assert found["maquette_feed_values", "electricity", "missing"] == 1
    assert found["maquette_supply_current_amperes", "main"] == 3.21
    assert found["maquette_process_restarts_total", "feeds"] == 1
    assert found["maquette_process_resident_memory_bytes", "console"] > 10e6
    assert ("maquette_process_resident_memory_bytes", "feeds") not in found  # it does not run: unknown is not zero


@pytest.mark.parametrize(
    ("accept", "parse", "media"), [(None, plain, "text/plain"), (OPEN, openmetrics, "application/openmetrics-text")]
)
def test_both_texts_are_valid_and_say_the_same(console, accept, parse, media):
    assert set(samples(console, accept, parse)) == set(samples(console))
    answer = requests.get(f"{console.url}/metrics", headers={"accept": accept or "*/*"}, timeout=5)
    assert answer.headers["content-type"].startswith(media)


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=x;;;=", "\x7f" * 900])
def test_an_odd_wish_is_answered_all_the_same(console, accept):
    assert samples(console, accept, openmetrics if "openmetrics" in accept else plain)


def test_alerts_are_counted_and_nobody_s_address_is_told(console):
    console.stage.tell(replace(ALERT, subject="10.1.2.3"))
    console.call(lambda: None)
    assert samples(console)["maquette_alerts", "warning"] == 1
    text = requests.get(f"{console.url}/metrics", timeout=5).text
    assert "10.1.2.3" not in text
    assert "127.0.0.1" not in text


def test_without_an_answer_of_the_house_the_rest_is_there(console, monkeypatch):
    monkeypatch.setattr("maquette.console.hub.VITALS_LIMIT_S", 0.01)
    monkeypatch.setattr(console.stage, "vitals", None)
    found = samples(console)
    assert ("maquette_frames_total",) not in found
    assert found["maquette_supply_current_amperes", "main"] == 3.21


def test_another_host_s_name_is_refused(console):
    answer = requests.get(f"{console.url}/metrics", headers={"host": "prometheus.example"}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (403, "unknown_host")


def test_the_classes_of_lateness_are_a_fixed_few():
    assert len(VITALS.frames.up_to) == len(LATENESS_BOUNDS_S) == 13
    assert LATENESS_BOUNDS_S[0] == pytest.approx(1e-4)
    assert LATENESS_BOUNDS_S[-1] == pytest.approx(1.0)


def test_the_console_starts_without_prometheus_s_library():
    for path in Path(maquette.console.__file__).parent.glob("*.py"):
        first = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
        loads = any(
            "prometheus_client" in ast.unparse(node) or "console.metrics" in ast.unparse(node) for node in first
        )
        assert loads == (path.name == "metrics.py"), path
