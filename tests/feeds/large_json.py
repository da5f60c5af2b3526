"""A JSON answer as large as one likes, made as it is sent; and what it takes to read it, measured in a process of its own.

Run ``python -m tests.feeds.large_json ADDRESS``: it prints rows that count, rows in all, seconds, and megabytes more at the peak.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from maquette.feeds import json_stream  # noqa: F401 - libraries are not what is measured
from maquette.feeds.sources import SOURCES
from tests.feeds.documents import ago, document
from tests.feeds.server import Handler, Server

OF_USE = 1000
"""One row in so many counts."""
ROW_BYTES = 448
"""Bytes of a row, about."""
_HEAD, _BETWEEN, _TAIL = b'{"type": "FeatureCollection", "features": [', b",", b"]}"


def _row(number: int) -> bytes:
    properties = {"id": f"site-{number}", "name": "A site of some industry", "commune": "69276", "level": 2.5}
    told = {**properties, "at": ago(minutes=5), "of": "use" if number % OF_USE == 0 else None}
    ring = [[4.8491 + n / 1e4, 45.6742] for n in range(12)]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": told}).encode()


def pour(rows: int) -> Callable[[Handler], None]:
    """Return how a path answers with so many rows, in thousands."""

    def answer(handler: Handler) -> None:
        block = _BETWEEN.join(_row(number) for number in range(OF_USE))
        handler.send(_HEAD + block, Content_Length="")
        for _ in range(1, rows // OF_USE):
            handler.wfile.write(_BETWEEN + block)
        handler.wfile.write(_TAIL)

    return answer


def measure(server: Server, rows: int) -> tuple[int, int, float, float]:
    """Return what another process says of reading so many rows: how many count, how many there were, seconds, megabytes more."""
    command = [sys.executable, "-m", "tests.feeds.large_json", server.at("/large", pour(rows))]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
    counted, seen, seconds, more_mb = json.loads(told)
    return counted, seen, seconds, more_mb


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Read the answer once."""
    rows = {"pick": "features[].properties", "key": "id", "where": "of == 'use'"}
    feed = document(url=sys.argv[1], rows=rows, max_size="200 MB", timeout="10 min")
    connection = SOURCES["http_json"].connect(feed, lambda: None)
    before, began = _peak_mb(), time.perf_counter()
    content = connection.fetch().content
    print(json.dumps([len(content.rows), content.wanted.seen, time.perf_counter() - began, _peak_mb() - before]))


if __name__ == "__main__":
    main()
