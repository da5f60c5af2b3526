"""All benchmarks, one after another: figures, never verdicts."""

from tests.benchmarks import frame_cost, idle, lateness, press_latency, start

for benchmark in (frame_cost, press_latency, lateness, idle, start):
    benchmark.main()
