"""How late frames begin: idle, and while another process parses a document of 20 MB again and again, as feeds does.

Run ``python -m tests.benchmarks.lateness``. The shipped model plays its idle scenario as DDP on this machine, watched as by a page.
"""

import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from maquette.core.snapshot import Watching
from maquette.stage.lateness import LatenessSummary
from tests.benchmarks.shipped import shipped_stage
from tests.stage.hall import Console, running
from tests.stage.receiver import Receiver

MOST_LEDS = 2000
SECONDS = 15.0
DOCUMENT_BYTES = 20_000_000


class _Page(Console):
    """A console that watches and keeps nothing."""

    def post(self, message: object) -> None:
        pass

    def post_latest(self, slot: str, message: object) -> None:
        pass


def _parse_for_ever() -> None:
    row = {"code": "69199", "name": "Saint-Fons", "values": [1.5, 2, 3], "note": "n" * 60}
    text = json.dumps([row] * (DOCUMENT_BYTES // len(json.dumps(row))))
    while True:
        json.loads(text)


@contextmanager
def _parsing() -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=_parse_for_ever, daemon=True)
    process.start()
    time.sleep(2.0)  # until it parses
    try:
        yield
    finally:
        process.terminate()
        process.join()


def measure(seconds: float) -> tuple[LatenessSummary, LatenessSummary]:
    """Return how late frames were, idle and while a document is parsed, each for some seconds."""
    with Receiver(MOST_LEDS) as receiver:
        stage, _ = shipped_stage(receiver.port)
        with running(stage):
            stage.attach_console(_Page())
            stage.receive(Watching(frames=True))
            time.sleep(2.0)
            stage.lateness.clear()
            time.sleep(seconds)
            idle = stage.lateness.summary()
            with _parsing():
                stage.lateness.clear()
                time.sleep(seconds)
                return idle, stage.lateness.summary()


def main() -> None:
    """Print the figures."""
    for words, summary in zip(("idle", "20 MB parsed beside it"), measure(SECONDS), strict=True):
        print(
            f"frame lateness, {words}: p50 {summary.p50_s * 1e3:.2f} ms, p99 {summary.p99_s * 1e3:.2f} ms, "
            f"latest {summary.maximum_s * 1e3:.2f} ms, {summary.frames} frames, {summary.skipped} left out "
            f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
        )


if __name__ == "__main__":
    main()
