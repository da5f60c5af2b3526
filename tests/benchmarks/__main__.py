"""All benchmarks, one after another, in one table: figures, never verdicts. It takes about five minutes."""

import os
import platform

import numpy as np

from tests.benchmarks import (
    archive_cost,
    expression_cost,
    frame_cost,
    idle,
    large_feed,
    lateness,
    output_cost,
    pages,
    press_latency,
    rehearsal,
    reload,
    sites,
    start,
    update_cost,
)
from tests.benchmarks.table import Figure, show

figures: list[Figure] = []
for benchmark in (
    start,
    reload,
    press_latency,
    pages,
    lateness,
    idle,
    update_cost,
    expression_cost,
    frame_cost,
    output_cost,
    sites,
    rehearsal,
    large_feed,
    archive_cost,
):
    figures += benchmark.figures()
print(
    f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}, {os.cpu_count()} cores, ",
    end="",
)
print(f"load {os.getloadavg()[0]:.1f} at the end\n")
show(figures)
