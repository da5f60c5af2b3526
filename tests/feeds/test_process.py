import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from maquette.core.alerts import Alert
from maquette.core.past import PastTerm, PastWanted, SeriesUpdate
from maquette.core.pushed import Pushed, PushedRow
from maquette.core.readings import Quality, ReadingsUpdate
from maquette.core.vitals import FeedTallies, FeedTally
from maquette.feeds.archive import Archive
from maquette.feeds.plan import FeedsStart
from maquette.ops.mailbox import Channel
from maquette.show.terms import past_wanted
from tests.content.shipped import checked
from tests.feeds.documents import document
from tests.feeds.test_push import document as canteen


class Process:
    """The real process "feeds", with us in the place of the stage."""

    def __init__(self, plan):
        ours, theirs = socket.socketpair()
        environment = {**os.environ, "MAQUETTE_CLOCK": "trusted"}
        with theirs:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "maquette.feeds", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
            )
        self.messages: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.tallied: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.channel = Channel(Connection(ours.detach()), self.messages.put)
        self.channel.start()
        self.channel.post(plan)

    def next(self):
        """Return the next message; tallies, which come between the others or after them, are kept apart."""
        while isinstance(message := self.messages.get(timeout=30), FeedTallies):
            self.tallied.put(message)
        return message

    def tallies(self):
        """Return the first tallies, when nothing else is to come before them."""
        message = self.messages.get(timeout=30) if self.tallied.empty() else self.tallied.get()
        assert isinstance(message, FeedTallies)
        return message.feeds

    def stop(self):
        self.channel.close()
        return self.child.wait(30)


@pytest.fixture
def start():
    started = []

    def start(plan):
        started.append(Process(plan))
        return started[-1]

    yield start
    for process in started:
        process.channel.close()
        process.child.kill()
        process.child.wait()


def test_the_shipped_feeds_live_in_a_process_without_network(start, tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    shipped = checked().installation
    assert shipped is not None
    plan = FeedsStart(
        shipped.feeds, shipped.time_zone, str(tmp_path), past_wanted(shipped.show), alternatives=shipped.alternatives
    )
    process = start(plan)
    told: set[str] = set()
    while told != set(shipped.feeds):
        message = process.next()
        if isinstance(message, ReadingsUpdate):
            told |= message.complete
    assert process.stop() == 0


def test_the_process_says_at_once_what_it_awaits_then_what_came(server, start, tmp_path):
    url = server.at("/", b'{"level": 3}')
    process = start(FeedsStart({"pond": document(url=url, measured_at=None)}, "Europe/Paris", str(tmp_path)))
    first = process.next()
    assert isinstance(first, ReadingsUpdate)
    assert [(r.quality, r.problem) for r in first.readings] == [(Quality.MISSING, "waiting")]
    came = [process.next() for _ in range(6)]
    (second,) = (message for message in came if isinstance(message, ReadingsUpdate))
    assert [(r.quality, r.value) for r in second.readings] == [(Quality.LIVE, 3.0)]
    # Alerts of an earlier life, if there was one, are over.
    assert {(alert.code, alert.subject, alert.over) for alert in came if isinstance(alert, Alert)} == {
        ("feed_failed", "pond", True),
        ("feed_shape", "pond", True),
        ("state_not_saved", "readings", True),
        ("state_not_saved", "history", True),
        ("history_set_aside", "history", True),
    }
    assert process.tallies() == {"pond": FeedTally(1, 0)}
    assert process.stop() == 0
    assert (tmp_path / "readings" / "pond.json").exists()
    archive = Archive(tmp_path / "history.sqlite", reading=True)
    assert [point.value for point in archive.points("pond", 0.0, 1e12)] == [3.0]  # written at the end
    archive.close()


def test_a_failure_reaches_the_stage_as_an_alert(server, start):
    process = start(FeedsStart({"pond": document(url=server.at("/", b"<html>"))}, "Europe/Paris"))
    messages = [process.next() for _ in range(3)]
    assert [type(message) for message in messages] == [ReadingsUpdate, ReadingsUpdate, Alert]
    assert (messages[2].code, messages[2].subject) == ("feed_failed", "pond")


def test_another_show_may_ask_other_things_of_the_past(server, start):
    url = server.at("/", b'{"level": 3}')
    process = start(FeedsStart({"pond": document(url=url, measured_at=None)}, "Europe/Paris"))
    process.channel.post(PastWanted(frozenset({PastTerm("pond", "level", "mean", 60.0)}), {("pond", "level"): 60.0}))
    seen, series = set(), None
    while series is None or "level.mean(60)" not in seen:
        message = process.next()
        if isinstance(message, ReadingsUpdate):
            seen |= {reading.name for reading in message.readings}
        elif isinstance(message, SeriesUpdate):
            series = message
    assert [one.reading.name for one in series.series] == ["level"]
    assert process.stop() == 0


def test_the_process_ends_with_its_line_even_while_a_feed_hangs(server, start):
    process = start(FeedsStart({"pond": document(url=server.at("/", lambda h: h.hang()))}, "Europe/Paris"))
    process.next()
    assert process.stop() == 0


def test_an_interrupt_from_the_terminal_is_the_stage_s_to_decide(server, start):
    url = server.at("/", b'{"level": 3}')
    process = start(FeedsStart({"pond": document(url=url, measured_at=None)}, "Europe/Paris"))
    process.next()
    os.kill(process.child.pid, signal.SIGINT)
    assert isinstance(process.next(), ReadingsUpdate)
    assert process.stop() == 0


ORPHANED = """
import socket, subprocess, sys
from multiprocessing.connection import Connection
from maquette.feeds.archive import Archive
from maquette.feeds.plan import FeedsStart
from tests.feeds.documents import document
ours, theirs = socket.socketpair()
subprocess.Popen([sys.executable, "-m", "maquette.feeds", str(theirs.fileno())], pass_fds=[theirs.fileno()])
theirs.close()
line = Connection(ours.detach())
line.send(FeedsStart({"pond": document(url=sys.argv[1])}, "Europe/Paris"))
line.recv()
print("begun", flush=True)
line.recv()
"""


def test_a_killed_parent_leaves_no_orphan(server):
    asked = threading.Event()
    url = server.at("/", lambda h: h.hang(asked))
    folder = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", ORPHANED, url], stdout=subprocess.PIPE, cwd=folder) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"begun\n"
        assert asked.wait(30)
        parent.kill()
        assert parent.stdout.read() == b""  # ends when the child, which holds the pipe too, has ended


def test_what_came_within_the_minute_is_kept_when_the_process_ends(start, tmp_path):
    plan = FeedsStart({"canteen": canteen()}, "Europe/Paris", str(tmp_path))

    def served(process, wanted):
        while True:
            message = process.next()
            if isinstance(message, ReadingsUpdate) and any(r.value == wanted for r in message.readings):
                return

    process = start(plan)
    for number in (12.0, 13.0):
        process.channel.post(Pushed("canteen", (PushedRow(None, {"served": number}),), time.monotonic()))
        served(process, number)
    assert process.stop() == 0
    served(start(plan), 13.0)
