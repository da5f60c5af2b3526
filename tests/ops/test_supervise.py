"""Children die and come back; a killed parent leaves none behind."""

import os
import queue
import select
import signal
import subprocess
import sys

import pytest

from maquette.core.alerts import Alert
from maquette.ops.supervise import Child


@pytest.fixture
def child():
    heard: queue.SimpleQueue[object] = queue.SimpleQueue()
    told: queue.SimpleQueue[Alert] = queue.SimpleQueue()
    child = Child("tests.ops.echo", heard.put, lambda: ["welcome"], told.put, first_wait_s=0.05)
    child.start()
    assert heard.get(timeout=20) == ("echo", "welcome")
    yield child, heard, told
    child.stop()
    assert child.pid is None


def test_a_child_hears_its_welcome_first_and_answers(child):
    process, heard, _ = child
    process.post("hello")
    assert heard.get(timeout=5) == ("echo", "hello")


def test_a_child_that_ends_is_told_and_started_again_with_its_welcome(child):
    process, heard, told = child
    process.post(("die", 7))
    alert = told.get(timeout=10)
    assert (alert.code, alert.subject, dict(alert.arguments)) == (
        "process_restarted",
        "tests.ops.echo",
        {"process": "echo"},
    )
    assert heard.get(timeout=20) == ("echo", "welcome")


def test_a_child_that_is_killed_comes_back_as_another_process(child):
    process, heard, _ = child
    first = process.pid
    os.kill(first, signal.SIGKILL)
    assert heard.get(timeout=20) == ("echo", "welcome")
    assert process.pid != first
    assert process.restarts == 1


def test_a_child_that_hangs_is_killed_when_it_is_to_end(child):
    process, _, _ = child
    os.kill(process.pid, signal.SIGSTOP)
    process.stop()
    assert process.pid is None


def test_a_child_that_cannot_be_started_is_tried_again(monkeypatch, caplog):
    heard: queue.SimpleQueue[object] = queue.SimpleQueue()
    told: queue.SimpleQueue[Alert] = queue.SimpleQueue()
    popen = subprocess.Popen

    def refuse(*_arguments: object, **_options: object) -> None:
        monkeypatch.setattr(subprocess, "Popen", popen)
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    child = Child("tests.ops.echo", heard.put, lambda: ["welcome"], told.put, first_wait_s=0.05)
    child.start()
    try:
        assert told.get(timeout=10).code == "process_restarted"
        assert heard.get(timeout=20) == ("echo", "welcome")
    finally:
        child.stop()
    assert "cannot be started" in caplog.text


def test_killing_the_parent_leaves_no_orphan():
    parent = subprocess.Popen([sys.executable, "-m", "tests.ops.parent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdin is not None
    orphan = os.pidfd_open(int(parent.stdout.readline()))
    try:
        parent.kill()
        parent.wait()
        ended, _, _ = select.select([orphan], [], [], 10)
        assert ended, "the child outlived its parent"
    finally:
        os.close(orphan)
        parent.stdin.close()
        parent.stdout.close()
