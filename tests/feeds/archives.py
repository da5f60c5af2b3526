"""Archives for tests: what stands in one, and a child that writes until it is killed."""

import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from maquette.feeds.archive import Archive, Entry, Origin

POND = Origin("pond", "t1", "measured", "Test", "LO 2.0", "Test, 2026", "There", ())
START = 1_790_000_000.0
"""Seconds since 1970 at which invented pasts begin."""


def entry(number, value=None, *, origin=POND, name="level", key=None, step_s=60.0):
    """Return the value of a minute, by its number."""
    time = START + number * step_s
    return Entry(origin, name, key, "m", time, float(number if value is None else value), time + 3600.0)


def entries(start, end, **changes):
    return [entry(number, **changes) for number in range(start, end)]


def stored(path):
    """Return the values of the pond that a file holds, and close it again."""
    archive = Archive(path)
    found = [point.value for point in archive.points("pond", 0.0, 1e12)]
    archive.close()
    return found


@contextmanager
def full_disk(room=0):
    """No file of this process may grow beyond ``room`` bytes meanwhile, as on a full disk (the system says EFBIG)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


_WRITER = """
import os, signal, sys
from pathlib import Path
from maquette.feeds.archive import Archive
from tests.feeds.archives import BATCH, entries
path, first, steps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
archive = Archive(path)
number = first
while True:
    if steps and number == first + 2:
        archive._db.set_progress_handler(lambda: os.kill(os.getpid(), signal.SIGKILL), steps)
    archive.write(entries(number * BATCH, (number + 1) * BATCH))
    number += 1
    print(number, flush=True)
"""
BATCH = 2000
"""Values of one write."""


def killed_writer(path, first, *, after=None, steps=0):
    """Let a child write batches from number ``first`` on, and have it killed in the midst of it.

    Args:
        path: the archive.
        first: number of its first batch.
        after: it is killed when it has told of this many; or else
        steps: it is killed in its third write, after as many steps of the database's machine.

    Returns:
        the number of batches that it told to be written.
    """
    arguments = [sys.executable, "-c", _WRITER, str(path), str(first), str(steps)]
    folder = Path(__file__).parents[2]
    told = 0
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=folder) as child:
        assert child.stdout is not None
        for told, _ in enumerate(child.stdout, 1):
            if told == after:
                child.kill()
    assert child.returncode == -9
    return told
