"""From the command line to the first light, and the memory of all processes once everything runs, as users start it.

Run ``python -m tests.benchmarks.start``. Budgets: first light ≤ 0.7 s on x86; ≤ 160 MB PSS in all.
"""

import contextlib
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks.table import Figure, show
from tests.daemon import Daemon, Installation, Strip, running

STARTS = 5
SETTLE_S = 5.0


def first_light_s(installation: Installation, strip: Strip) -> float:
    """Start the daemon, and return the seconds until the first packet that lights an LED."""
    strip.come()
    began = time.monotonic()
    with running(installation) as daemon:
        strip.until(any)
        seconds = time.monotonic() - began
        daemon.wait_for("/api/state", bool)  # by then it has kept what the glow of the next start takes
        return seconds


def two_starts_s(folder: Path) -> tuple[float, float]:
    """Return the seconds to the first light of a first start, and of the next one, which glows early."""
    strip = Strip()
    with contextlib.closing(strip):
        installation = Installation(folder, strip)
        return first_light_s(installation, strip), first_light_s(installation, strip)


def memory_mb(folder: Path) -> dict[str, float]:
    """Return the proportional set size of each process of a daemon that has run for some seconds, in megabytes."""
    strip = Strip()
    with contextlib.closing(strip), running(Installation(folder, strip)) as daemon:
        daemon.wait_for("/api/state", bool)
        time.sleep(SETTLE_S)
        return {name: pss_mb(process) for name, process in processes(daemon).items()}


def processes(daemon: Daemon) -> dict[str, int]:
    return {"stage": daemon.process.pid, **daemon.children()}


def pss_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def figures() -> list[Figure]:
    """Return the seconds to the first light, and the memory of each process."""
    found = []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as folder:
            found.append(two_starts_s(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        sizes = memory_mb(Path(folder))
    first, next_ones = zip(*found, strict=True)
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    return [
        Figure(
            "start → first light",
            f"median {statistics.median(next_ones):.2f} s, longest {max(next_ones):.2f} s",
            "≤ 0.7 s",
            f"command line → first lit DDP packet received here, {STARTS} starts: a faint glow, before the documents are read",
        ),
        Figure(
            "first start of all → first light",
            f"median {statistics.median(first):.2f} s, longest {max(first):.2f} s",
            "—",
            "the same with an empty state folder: all documents are checked first",
        ),
        Figure(
            "memory",
            f"{sum(sizes.values()):.0f} MB ({parts})",
            "≤ 160 MB",
            f"PSS of all processes {SETTLE_S:.0f} s after start",
        ),
    ]


if __name__ == "__main__":
    show(figures())
