"""The process "feeds": told what to read, and again when that changes; sends readings and alerts until its line to the stage ends.

It runs at low priority: parsing twenty megabytes may take its time, the light may not.
"""

import contextlib
import ctypes
import logging
import os
import signal
import threading
import time
from pathlib import Path
from queue import SimpleQueue

from maquette.core.course import CourseWanted
from maquette.core.past import PastWanted, SeriesUpdate
from maquette.core.pushed import Pushed
from maquette.core.vitals import FeedTallies, FeedTally
from maquette.errors import FeedError
from maquette.feeds.archivist import Archivist
from maquette.feeds.coordinator import Coordinator, Message
from maquette.feeds.feed import PATIENT
from maquette.feeds.plan import FeedsStart, News
from maquette.feeds.replayer import replayer_of
from maquette.ops.clock import is_trusted
from maquette.ops.log import start_logging
from maquette.ops.mailbox import inherited_channel

log = logging.getLogger(__name__)

NICENESS = 10
LAST_WRITE_S = 1.5
"""Seconds that the last readings and the archive have to be written when the line has ended: the other side waits two for us."""
LARGE_BUFFER = 128 * 1024
"""Bytes from which a buffer is given back to the system as soon as it is free."""
_M_MMAP_THRESHOLD = -3  # mallopt(3)


def main() -> None:
    """Serve the stage at the other end of the inherited line; the process ends with that line."""
    start_logging("feeds")
    # Ctrl-C reaches every process of the terminal; the stage decides, and closes our line when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    _give_large_buffers_back()
    inbox: SimpleQueue[Message] = SimpleQueue()

    def receive(message: object) -> None:
        if isinstance(message, FeedsStart | PastWanted | CourseWanted | Pushed):
            inbox.put(message)
        else:
            log.warning("a message of no use here: %s", type(message).__name__)

    begun: list[tuple[Coordinator, Archivist]] = []
    written = threading.Event()

    def end() -> None:
        for coordinator, archivist in begun:
            coordinator.close()
            written.wait(LAST_WRITE_S / 3)
            archivist.close(LAST_WRITE_S * 2 / 3)
        os._exit(0)

    channel = inherited_channel(receive, end)
    channel.start()
    tallies: dict[str, FeedTally] = {}

    def count(name: str, error: FeedError | None) -> None:
        before = tallies.get(name, FeedTally())
        failed = error is not None and error.code not in PATIENT
        tallies[name] = FeedTally(before.asked + 1, before.failed + failed)
        channel.post_latest("tallies", FeedTallies(tallies))

    def tell(message: News) -> None:
        if isinstance(message, SeriesUpdate):
            channel.post_latest("series", message)
        else:
            channel.post(message)

    first = inbox.get()
    assert isinstance(first, FeedsStart)
    if first.replay is not None:
        replayer_of(first, first.replay, tell, inbox).run()
        return  # a replay never ends in live values
    archivist = Archivist(Path(first.state) if first.state else None, inbox.put, now=_trusted_time)
    archivist.start()
    coordinator = Coordinator(first, tell, inbox=inbox, archivist=archivist, count=count)
    begun.append((coordinator, archivist))
    coordinator.run()
    written.set()
    threading.Event().wait()  # the end has the last word


def _trusted_time() -> float | None:
    """Return the time (seconds since 1970), or None while our clock cannot be believed."""
    return time.time() if is_trusted() else None


def _give_large_buffers_back() -> None:
    """Keep the C library from raising that limit by itself: after answers of 10 MB each worker would hold on to as much."""
    with contextlib.suppress(OSError, AttributeError):  # not every C library has this setting, nor needs it
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BUFFER)
