"""Lines between processes: nothing is lost that may not be, nothing waits for a slow reader."""

import queue
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

import pytest

from maquette.ops import mailbox
from maquette.ops.mailbox import Channel


def pair(receive, on_closed=lambda: None):
    ours, theirs = socket.socketpair()
    channel = Channel(Connection(ours.detach()), receive, on_closed)
    return channel, Connection(theirs.detach())


@pytest.fixture
def inbox() -> "queue.SimpleQueue[object]":
    return queue.SimpleQueue()


def test_messages_arrive_in_order_and_none_is_dropped(inbox):
    here, there = pair(lambda message: None)
    here.start()
    for number in range(1000):
        here.post(number)
    assert [there.recv() for _ in range(1000)] == list(range(1000))
    here.close()


def test_what_the_other_end_sends_is_received(inbox):
    here, there = pair(inbox.put)
    here.start()
    there.send({"flow": 812.0})
    assert inbox.get(timeout=5) == {"flow": 812.0}
    here.close()


def test_a_slot_keeps_only_the_newest_message():
    here, there = pair(lambda message: None)
    for number in range(100):
        here.post_latest("frame", number)
    here.post_latest("snapshot", "state")
    here.start()  # the writer starts after a hundred frames: it finds the last
    assert [there.recv(), there.recv()] == [99, "state"]
    here.close()


def test_posting_never_blocks_while_nobody_reads_and_a_hung_reader_loses_its_line(monkeypatch):
    monkeypatch.setattr(mailbox, "BACKLOG", 50)
    ended = threading.Event()
    here, there = pair(lambda message: None, ended.set)
    here.start()
    for _ in range(200):
        here.post(b"x" * 100_000)
    assert ended.wait(5)
    assert here.closed.is_set()
    there.close()


def test_the_end_of_the_other_side_is_told_once():
    ends: queue.SimpleQueue[str] = queue.SimpleQueue()
    here, there = pair(lambda message: None, lambda: ends.put("ended"))
    here.start()
    there.close()
    assert ends.get(timeout=5) == "ended"
    here.close()
    assert ends.empty()


@pytest.mark.parametrize("nonsense", [b"not a pickle", b"cmaquette.core.alerts\nNoSuchClass\n."])
def test_a_message_that_cannot_be_read_ends_the_line_with_one_log_line(inbox, caplog, nonsense):
    ended = threading.Event()
    here, there = pair(inbox.put, ended.set)
    here.start()
    there.send_bytes(nonsense)
    assert ended.wait(5)
    assert [record.levelname for record in caplog.records if record.name == "maquette.ops.mailbox"] == ["ERROR"]
    there.close()


def test_a_child_started_by_hand_says_who_should():
    done = subprocess.run([sys.executable, "-m", "tests.ops.echo"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "this process is a part of 'maquette run', which starts it\n"
