"""What the past costs: filling the history at a start, recording, and what a day of the shipped feeds writes to the card.

Run ``python -m tests.benchmarks.archive_cost``. No budget: the archive has a thread of its own, and the light another process.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from maquette.config.documents import FeedDocument
from maquette.core.readings import Quality, Reading
from maquette.feeds.archive import Archive
from maquette.feeds.archivist import FILE, WRITE_EVERY_S, Archivist, Recorded, Remembered
from maquette.feeds.history import KEPT_S, History
from maquette.feeds.sources import SOURCES
from tests.benchmarks.shipped import installation
from tests.benchmarks.table import Figure, show

DAYS = 8
_PARIS = ZoneInfo("Europe/Paris")
_BEGIN = datetime(2026, 10, 6, tzinfo=UTC)
_HOW = "shipped feeds, each with other values whenever it is asked; a thread that does nothing else"


def shipped_feeds() -> dict[str, FeedDocument]:
    """Return the shipped feeds that the feeds process reads."""
    return {name: document for name, document in installation().feeds.items() if document.kind in SOURCES}


def readings_at(feeds: Mapping[str, FeedDocument], moment: float, since: float) -> Iterator[Reading]:
    """Yield new values of every feed that is asked between two moments (seconds from the beginning)."""
    for name, document in feeds.items():
        if moment // document.every == since // document.every:
            continue
        at = _BEGIN + timedelta(seconds=moment // document.every * document.every)
        for number, blank in enumerate(SOURCES[document.kind].expected(name, document)):
            yield replace(blank, value=moment * 0.37 + number / 3, quality=Quality.LIVE, measured_at=at, problem=None)


def written_bytes() -> int:
    """Return the bytes that this process has written so far, by all its calls."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar"))


def lived(path: Path, feeds: Mapping[str, FeedDocument]) -> tuple[int, float, float, float, int]:
    """Live some days; return how many values came, the seconds of recording and of writing, of the longest write, and the bytes written."""
    history, archive = History(feeds, _PARIS), Archive(path / FILE)
    archivist = Archivist(path, lambda _message: None, now=lambda: None)
    archivist.follow({name: [document] for name, document in feeds.items()})
    count, recording, writes, before = 0, 0.0, [], written_bytes()
    for batch in range(1, int(DAYS * 86_400 / WRITE_EVERY_S)):
        readings = tuple(readings_at(feeds, batch * WRITE_EVERY_S, (batch - 1) * WRITE_EVERY_S))
        began = time.perf_counter()
        points: list[Recorded] = history.record(readings)
        archivist.keep(points)
        recording += time.perf_counter() - began
        entries = archivist._inbox.get() if points else ()
        assert isinstance(entries, list | tuple)
        began = time.perf_counter()
        archive.write(entries)
        archive.trim(_BEGIN.timestamp() + batch * WRITE_EVERY_S)
        writes.append(time.perf_counter() - began)
        count += len(entries)
    archive.close()
    return count, recording, sum(writes), max(writes), written_bytes() - before


def filled(path: Path, feeds: Mapping[str, FeedDocument]) -> tuple[int, float, float]:
    """Return how many values a history remembers after a start, and the seconds of reading them and of taking them over."""
    history, count, reading, taking = History(feeds, _PARIS), 0, 0.0, 0.0
    began = time.perf_counter()
    archive = Archive(path / FILE)
    reading += time.perf_counter() - began
    for wish in history.wishes(_BEGIN.timestamp() + DAYS * 86_400):
        began = time.perf_counter()
        past = archive.past(wish.feed, wish.terms, wish.names, wish.since, wish.until, wish.most)
        read = time.perf_counter()
        history.remember(Remembered(wish, past))
        taking += time.perf_counter() - read
        reading += read - began
        count += sum(columns.times.size for columns in past.values())
    archive.close()
    return count, reading, taking


def figures() -> list[Figure]:
    """Return what the past costs."""
    feeds = {name: feed for name, feed in shipped_feeds().items() if "no_storage" not in feed.duties}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place)
        count, recording, writing, longest, written = lived(path, feeds)
        size = (path / FILE).stat().st_size
        found, reading, taking = filled(path, feeds)
    kept = f"{KEPT_S / 86_400:.0f} days of {len(feeds)} feeds, {found} values"
    batches = DAYS * 86_400 / WRITE_EVERY_S
    rate = found / (reading + taking)
    return [
        Figure(f"the past after a start, {kept}", f"{(reading + taking) * 1e3:.0f} ms, {rate / 1e3:.0f} 000 values/s", "–", _HOW),
        Figure("of it, on the thread of all feeds", f"{taking * 1e3:.0f} ms", "–", _HOW),
        Figure("recording a value, on the thread of all feeds", f"{recording / count * 1e6:.1f} µs", "–", _HOW),
        Figure("writing five minutes of values", f"mean {writing / batches * 1e3:.1f} ms, longest {longest * 1e3:.0f} ms", "–", _HOW),
        Figure(f"the archive grows by, {count / DAYS:.0f} values a day", f"{size / DAYS / 1e6:.2f} MB a day", "–", _HOW),
        Figure("written to the card for that", f"{written / DAYS / 1e6:.1f} MB a day", "–", _HOW),
    ]  # fmt: skip


if __name__ == "__main__":
    show(figures())
