"""Metrics: what the hub knows, for a Prometheus server. Nothing is counted here; no address and no person is in it.

Whoever serves it loads this module with the first request: a house without Prometheus never pays for the library.
"""

import resource
import time
from collections.abc import Iterable, Iterator

from prometheus_client import exposition as plain
from prometheus_client.metrics_core import CounterMetricFamily as Counter
from prometheus_client.metrics_core import GaugeMetricFamily as Gauge
from prometheus_client.metrics_core import HistogramMetricFamily as Histogram
from prometheus_client.metrics_core import InfoMetricFamily as Info
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector, CollectorRegistry

from maquette import __version__
from maquette.console.hub import Hub
from maquette.core.past import read_term
from maquette.core.readings import Quality
from maquette.core.vitals import LATENESS_BOUNDS_S, FrameTally, Vitals
from maquette.ops.clock import read_clock
from maquette.ops.machine import Machine

PAGE_BYTES = resource.getpagesize()
"""The unit of ``/proc/<pid>/statm``."""


def exposition(hub: Hub, vitals: Vitals | None, accept: str, machine: Machine) -> tuple[bytes, str]:
    """Return the metrics as text and the type of that text.

    Args:
        hub: what is known.
        vitals: how the programs are doing, or None where the house did not say.
        accept: the request's header: which text is wanted.
        machine: whose processes are looked at.
    """
    registry = CollectorRegistry()
    registry.register(_Found(tuple(_metrics(hub, vitals, machine))))
    if "application/openmetrics-text" in accept:
        text = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]  # this one has no annotations
        return text, openmetrics.CONTENT_TYPE_LATEST
    return plain.generate_latest(registry), plain.CONTENT_TYPE_PLAIN_0_0_4


class _Found(Collector):
    """What was found, as the library takes it."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        return self._metrics


def _metrics(hub: Hub, vitals: Vitals | None, machine: Machine) -> Iterator[Metric]:
    yield Info("maquette", "Which model this is", {"id": hub.exhibition.id, "version": __version__})
    yield Gauge("maquette_pages", "Pages that listen", value=hub.pages)
    alerts = Gauge("maquette_alerts", "Alerts that stand", labels=["severity"])
    for severity in ("error", "warning", "notice"):
        alerts.add_metric([severity], sum(alert.severity.value == severity for alert in hub.alerts))
    yield alerts
    if vitals is not None:
        yield from _of_frames(vitals.frames)
        yield from _of_programs(vitals, machine)
    yield from _of_feeds(hub, vitals)
    yield from _of_supplies(hub)
    if hub.round is not None:
        look = hub.round.look
        if look.heat_c is not None:
            yield Gauge("maquette_temperature_celsius", "Of the processor", value=look.heat_c)
        if look.free_bytes is not None:
            yield Gauge("maquette_state_free_bytes", "Free on the disk of the state folder", value=look.free_bytes)


def _of_frames(frames: FrameTally) -> Iterator[Metric]:
    yield Counter("maquette_frames", "Frames that were begun", value=frames.begun)
    yield Counter("maquette_frames_lost", "Frames left out: the one before was too late", value=frames.lost)
    buckets = [(f"{bound:.6g}", count) for bound, count in zip(LATENESS_BOUNDS_S, frames.up_to, strict=True)]
    yield Histogram(
        "maquette_frame_lateness_seconds",
        "How long after its deadline a frame began",
        buckets=[*buckets, ("+Inf", frames.begun)],
        sum_value=frames.late_s,
    )


def _of_programs(vitals: Vitals, machine: Machine) -> Iterator[Metric]:
    restarts = Counter("maquette_process_restarts", "Starts after the first", labels=["process"])
    memory = Gauge("maquette_process_resident_memory_bytes", "Memory that is really there", labels=["process"])
    for name, program in vitals.programs.items():
        restarts.add_metric([name], program.restarts)
        held = None if program.pid is None else _resident_bytes(machine, program.pid)
        if held is not None:
            memory.add_metric([name], held)
    yield restarts
    yield memory


def _resident_bytes(machine: Machine, pid: int) -> int | None:
    """Return a process's resident memory, or None when it has gone."""
    fields = (machine.text(f"/proc/{pid}/statm") or "").split()
    return int(fields[1]) * PAGE_BYTES if len(fields) > 1 else None


def _of_feeds(hub: Hub, vitals: Vitals | None) -> Iterator[Metric]:
    clock, now = read_clock(hub.time_zone), time.monotonic()
    ages: dict[str, float] = {}
    values = Gauge("maquette_feed_values", "Values of a feed, by their quality now", labels=["feed", "quality"])
    counts: dict[tuple[str, str], int] = {}
    for reading in hub.readings.values():
        if read_term(reading.feed, reading.name) is not None:
            continue  # made from the past of a value that is here already
        quality = reading.quality_at(now)
        counts[reading.feed, quality.value] = counts.get((reading.feed, quality.value), 0) + 1
        age_s = reading.view(clock, now)["age_s"]
        if age_s is not None and quality is not Quality.MISSING:
            ages[reading.feed] = max(age_s, ages.get(reading.feed, 0.0))
    for labels, count in sorted(counts.items()):
        values.add_metric(labels, count)
    yield values
    age = Gauge("maquette_feed_age_seconds", "Since the oldest value of a feed was measured", labels=["feed"])
    for feed, seconds in sorted(ages.items()):
        age.add_metric([feed], seconds)
    yield age
    asked = Counter("maquette_feed_asks", "Times that a feed was asked or listened to", labels=["feed"])
    failed = Counter("maquette_feed_failures", "Times that nothing came of it", labels=["feed"])
    for feed, tally in {} if vitals is None else sorted(vitals.feeds.items()):
        asked.add_metric([feed], tally.asked)
        failed.add_metric([feed], tally.failed)
    yield asked
    yield failed


def _of_supplies(hub: Hub) -> Iterator[Metric]:
    current = Gauge("maquette_supply_current_amperes", "Estimated from the bytes that leave", labels=["supply"])
    share = Gauge("maquette_supply_light_ratio", "Share of the light that the supply's limit leaves", labels=["supply"])
    for supply in () if hub.snapshot is None else hub.snapshot.supplies:
        current.add_metric([supply.supply], supply.current_a)
        share.add_metric([supply.supply], supply.limited_to)
    yield current
    yield share
