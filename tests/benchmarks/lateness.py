"""How late frames begin: alone, and while another process parses a document of 20 MB again and again, as feeds does.

Run ``python -m tests.benchmarks.lateness``. The shipped model plays a scenario as DDP on this machine, watched as by a page.
"""

import json
import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from maquette.core.events import Command
from maquette.core.readings import Quality
from maquette.core.snapshot import Watching
from maquette.stage.lateness import LatenessSummary
from tests.benchmarks.shipped import shipped_stage
from tests.benchmarks.table import Figure, show
from tests.stage.hall import Console, running
from tests.stage.receiver import Receiver
from tests.stage.shipped_show import any_readings, shipped_show

MOST_LEDS = 2000
SECONDS = 15.0
_HOW = f"the shipped model plays, watched by a page, DDP to this machine, {SECONDS:.0f} s, ordinary priority"
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
    """Return how late frames were, alone and while a document is parsed, each for some seconds."""
    with Receiver(MOST_LEDS) as receiver:
        stage, _ = shipped_stage(receiver.port)
        with running(stage):
            stage.attach_console(_Page())
            stage.receive(Watching(frames=True))
            stage.receive(any_readings(shipped_show(), random.Random(1), [Quality.LIVE]))
            stage.receive(Command("play", {"scenario": "air"}))
            time.sleep(2.0)
            stage.lateness.clear()
            time.sleep(seconds)
            alone = stage.lateness.summary()
            with _parsing():
                stage.lateness.clear()
                time.sleep(seconds)
                return alone, stage.lateness.summary()


def figures() -> list[Figure]:
    """Return how late frames were, with and without the parsing."""
    found = []
    for beside, late in zip(("", ", 20 MB parsed beside it"), measure(SECONDS), strict=True):
        told = f"p50 {late.p50_s * 1e3:.2f} ms, p99 {late.p99_s * 1e3:.2f} ms, latest {late.maximum_s * 1e3:.1f} ms"
        found.append(Figure(f"lateness of frames{beside}", told, "p99 ≤ 2 ms on a quiet core", _HOW))
        found.append(Figure(f"frames left out{beside}", f"{late.skipped} of {late.frames + late.skipped}", "0", _HOW))
    return found


if __name__ == "__main__":
    show(figures())
