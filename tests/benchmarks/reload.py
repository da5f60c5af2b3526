"""What saving a document costs: from the save to the first light, the frames that are left out meanwhile, and a check of 100 scenarios.

Run ``python -m tests.benchmarks.reload``. Budgets: reload to light ≤ 1 s; check of 100 scenarios ≤ 2 s; no frame left out.
"""

import contextlib
import os
import pickle
import re
import statistics
import tempfile
import threading
import time
from pathlib import Path

from maquette.config.check import check
from maquette.config.installation import Installation
from maquette.config.parcel import packed, unpacked
from maquette.core.events import Command
from maquette.stage.lateness import LatenessSummary
from tests.benchmarks.shipped import shipped_stage
from tests.benchmarks.start import processes, pss_mb
from tests.benchmarks.table import Figure, show
from tests.content.shipped import REGISTRIES
from tests.daemon import PIN, Strip, running
from tests.daemon import Installation as Place
from tests.stage.hall import running as running_stage
from tests.stage.receiver import Receiver

SAVES = 8
SCENARIOS = 100
SWAPS = 20
PAUSE_S = 0.3
_SOLID = """maquette: 1
title: {title}
steps:
  - for: 1 h
    fade: 0 s
    lights: [{{zones: [all], colour: "{colour}"}}]
"""


def many_scenarios(folder: Path) -> Path:
    """Copy the shipped documents and multiply their scenarios to `SCENARIOS`, none of which starts by itself; return config.yaml."""
    place = Place(folder, strip := Strip())
    strip.close()
    scenarios = folder / "scenarios"
    shipped = sorted(path for path in scenarios.glob("*.yaml") if path.stem not in ("scales", "veille"))
    for number in range(SCENARIOS - len(shipped) - 1):
        source = shipped[number % len(shipped)]
        text = re.sub(r"^start_on:\n(?:[ \t].*\n)*", "", source.read_text(), flags=re.MULTILINE)
        text = re.sub(r"\n {6}id: \w+", f"\\g<0>_{number}", text)
        (scenarios / f"{source.stem}_{number}.yaml").write_text(text)
    return place.config


def check_s(config: Path) -> tuple[float, float, Installation]:
    """Return the seconds of a first check in this process and of a later one, and what was made."""
    os.environ["MAQUETTE_PIN"] = PIN  # the documents name it
    found = []
    for _ in range(4):
        began = time.perf_counter()
        checked = check(config, REGISTRIES)
        found.append(time.perf_counter() - began)
    assert checked.installation is not None, checked.report()
    return found[0], statistics.median(found[1:]), checked.installation


def light_s(folder: Path) -> tuple[list[float], dict[str, float], dict[str, float]]:
    """Save a scenario that plays again and again; return the seconds from each save to its light, and the memory before and after."""
    strip = Strip()
    with contextlib.closing(strip):
        place = Place(folder, strip)
        path = folder / "scenarios" / "colour.yaml"
        path.write_text(_SOLID.format(title="Red", colour="#ff0000"))
        with running(place) as daemon:
            daemon.wait_for("/api/state", bool)
            daemon.command(command="play", scenario="colour")
            strip.until(lambda pixels: pixels[0] > 0 and not pixels[1])
            before = {name: pss_mb(process) for name, process in processes(daemon).items()}
            found = []
            for number in range(SAVES):
                plane, colour = ((1, "#00ff00"), (0, "#ff0000"))[number % 2]
                time.sleep(1.3)  # not in step with the looks at the disk; the former fade has ended
                beside = path.with_suffix(".new")
                beside.write_text(_SOLID.format(title="Anew", colour=colour))
                strip.come()  # of the former fade
                began = time.monotonic()
                beside.replace(path)
                strip.until(lambda pixels, plane=plane: pixels[plane] > 0)  # type: ignore[misc]  # a default that binds
                found.append(time.monotonic() - began)
            after = {name: pss_mb(process) for name, process in processes(daemon).items()}
    return found, before, after


def left_out(installation: Installation, swaps: int = SWAPS) -> LatenessSummary:
    """Let a stage take over installations as they come over the line, one after another; return how late its frames were."""
    data = pickle.dumps(packed(installation))
    with Receiver(2000) as receiver:
        stage, _ = shipped_stage(receiver.port)
        with running_stage(stage):
            stage.receive(Command("play", {"scenario": "air"}))
            time.sleep(1.0)
            stage.lateness.clear()

            def receive() -> None:
                for _ in range(swaps):
                    stage.swap(unpacked(pickle.loads(data)).show)
                    time.sleep(PAUSE_S)

            reader = threading.Thread(target=receive)
            reader.start()
            reader.join()
            if not swaps:
                time.sleep(PAUSE_S * SWAPS)
            return stage.lateness.summary()


def figures() -> list[Figure]:
    """Return what saving a document costs."""
    with tempfile.TemporaryDirectory() as folder:
        first, again, installation = check_s(many_scenarios(Path(folder)))
    late, idle = left_out(installation), left_out(installation, 0)
    with tempfile.TemporaryDirectory() as folder:
        found, before, after = light_s(Path(folder))
    grown = after["console"] - before["console"]
    return [
        Figure(
            f"check of {SCENARIOS} scenarios",
            f"{first:.2f} s, again {again:.2f} s",
            "≤ 2 s",
            "the shipped scenarios multiplied; the first check makes the models of the documents",
        ),
        Figure(
            "reload to light",
            f"median {statistics.median(found):.2f} s, longest {max(found):.2f} s",
            "≤ 1 s",
            f"a file is renamed into place → first changed DDP packet received here, {SAVES} saves, shipped documents",
        ),
        Figure(
            f"frames left out while {SWAPS} shows of {SCENARIOS} scenarios are taken over",
            f"{late.skipped} of {late.frames + late.skipped}, latest {late.maximum_s * 1e3:.1f} ms",
            f"{idle.skipped}, as when nothing is saved",
            "unpickled on another thread of the stage, swapped in between two frames",
        ),
        Figure(
            "memory once documents were read again",
            f"{sum(after.values()):.0f} MB, the console {grown:.0f} MB more",
            "≤ 160 MB",
            "PSS of all processes",
        ),
    ]


if __name__ == "__main__":
    show(figures())
