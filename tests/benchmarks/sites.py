"""What a table costs: some thousand sites read from CSV, grouped by activity, joined to zones by distance; and a large one.

Run ``python -m tests.benchmarks.sites [FILE]``. Without a file of the same columns (siret, lng, lat, siren, RH, NAF, Activité, Groupe),
named here or in ``MAQUETTE_SITES``, as many sites are made up. Budget: 200 ms each; 60 MB more memory for a table of 200 MB.
"""

import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from maquette.core.readings import Reading
from maquette.feeds.source import Arrival
from maquette.feeds.sources.csv import SOURCE, CsvDocument, read_table
from tests.benchmarks.table import Figure, show

SITES = 3482
ZONES = 40
ROUNDS = 15
LARGE_MB = 200
_ACTIVITIES = 29
_COLUMNS = "siret,lng,lat,siren,RH,NAF,Activité,Groupe"
_HOW = f"{{count}} sites, {{which}}; from the file's bytes to readings, the median and the shortest of {ROUNDS}"


def _document(path: Path, rows: dict[str, Any]) -> CsvDocument:
    plain = {
        "kind": "csv",
        "path": str(path),
        "every": "1 d",
        "fresh_for": "400 d",
        "nature": "declared",
        "source": "Benchmark",
        "licence": "None",
        "rows": rows,
        "values": {"staff": {"sum": "RH", "unit": "jobs"}, "count": {"count": "@"}},
    }
    return CsvDocument.model_validate_json(json.dumps(plain))


def _lines(count: int) -> Iterator[str]:
    """Yield a table of made-up sites, in the columns and about the widths of a real one."""
    chance = random.Random(1)
    yield _COLUMNS + "\n"
    for number in range(count):
        activity = chance.randrange(_ACTIVITIES)
        words = f'"activité numéro {activity}, avec tout ce que son intitulé officiel énumère, et le commerce afférent"'
        place = f"{chance.uniform(4.4, 5.0):.6f},{chance.uniform(45.4, 46.2):.6f}"
        yield f"{10**13 + number},{place},{10**8 + number},{chance.choice('1234567')}0,{activity}.12Z,{words},Groupe {activity // 3}\n"


def _zones() -> dict[str, tuple[tuple[float, float], ...]]:
    """Return zones as a model has them: short lines here and there."""
    chance, zones = random.Random(2), {}
    for number in range(ZONES):
        lat, lon = chance.uniform(45.4, 46.2), chance.uniform(4.4, 5.0)
        zones[f"zone_{number}"] = tuple((lat + 0.004 * step, lon + 0.002 * step * step) for step in range(5))
    return zones


def _in_zones(path: Path, counts_for: str) -> CsvDocument:
    document = _document(path, {"zones": {"lat": "lat", "lon": "lng", "within": "2 km", "counts_for": counts_for}})
    assert document.rows is not None
    assert document.rows.zones is not None
    rows = document.rows.model_copy(update={"zones": document.rows.zones.laid(_zones())})
    return document.model_copy(update={"rows": rows})


def _readings(document: CsvDocument) -> tuple[Reading, ...]:
    assert document.path is not None
    with Path(document.path).open("rb") as stream:
        table = read_table(document, stream)
    return SOURCE.digest("sites", document, table, Arrival(None, 0.0))


def _cost(document: CsvDocument) -> str:
    def once() -> float:
        began = time.perf_counter()
        _readings(document)
        return (time.perf_counter() - began) * 1e3

    once()
    costs = [once() for _ in range(ROUNDS)]
    return f"{statistics.median(costs):.0f} ms, {min(costs):.0f} ms"


def _large(path: Path) -> tuple[float, float, int]:
    """Return how long a large table takes (s), how much more memory than a small one (MB), and how many of its rows count."""
    document = _document(path, {"group_by": "Groupe", "where": "NAF == '7.12Z'"})
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    readings = _readings(document)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return took, (after - before) / 1024, int(sum(r.value or 0 for r in readings if r.name == "count"))


def figures(given: str | None = os.environ.get("MAQUETTE_SITES")) -> list[Figure]:
    """Return the cost of each way to read the sites, and of a large table."""
    found = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sites.csv" if given is None else Path(given)
        if given is None:
            path.write_text("".join(_lines(SITES)), encoding="utf-8")
        with path.open("rb") as stream:
            count = sum(1 for _ in stream) - 1
        how = _HOW.format(count=count, which="made up" if given is None else "real")
        ways = {
            "grouped by activity": _document(path, {"group_by": "Activité"}),
            "of one activity alone": _document(path, {"where": "starts_with(NAF, '2')"}),
            f"counted for the nearest of {ZONES} zones": _in_zones(path, "nearest"),
            f"counted for each of {ZONES} zones": _in_zones(path, "every"),
        }
        found += [Figure(f"sites {way}", _cost(document), "≤ 200 ms", how) for way, document in ways.items()]
        large = Path(folder) / "large.csv"
        block = "".join(list(_lines(20_000))[1:])
        with large.open("w", encoding="utf-8") as target:
            target.write(_COLUMNS + "\n")
            for _ in range(LARGE_MB * 1_000_000 // len(block.encode())):
                target.write(block)
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            took_s, more_mb, kept = apart.submit(_large, large).result()
        how = f"a process of its own; {kept} rows count; its highest resident size before and after"
        found.append(Figure(f"a table of {LARGE_MB} MB", f"{took_s:.0f} s, {more_mb:.0f} MB more", "≤ 60 MB more", how))
    return found


if __name__ == "__main__":
    show(figures(*sys.argv[1:2]))
