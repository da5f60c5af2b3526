"""What a feed of 200 MB costs: the memory and the time in which it is read row by row.

Run ``python -m tests.benchmarks.large_feed``. Budget: 60 MB more memory. It takes about a minute.
"""

from tests.benchmarks.table import Figure, show
from tests.feeds.large_json import ROW_BYTES, measure
from tests.feeds.server import Server

_BYTES = 195_000_000
_HOW = "HTTP on this machine, GeoJSON, one row in a thousand counts, ordinary priority"


def figures() -> list[Figure]:
    """Measure."""
    server = Server()
    try:
        _, seen, seconds, more_mb = measure(server, _BYTES // ROW_BYTES)
    finally:
        server.stop()
    return [
        Figure("memory for a feed of 200 MB, more at the peak", f"{more_mb:.0f} MB", "60 MB", _HOW),
        Figure(f"time to read its {seen} rows", f"{seconds:.0f} s", "-", _HOW),
    ]


if __name__ == "__main__":
    show(figures())
