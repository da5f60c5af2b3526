"""An output whose driver blocks: the loop's thread never waits for it, and learns of its failures."""

import threading

import pytest

from maquette.errors import OutputError
from maquette.stage.outputs.threaded import STALLED_S, ThreadedOutput

ONE, TWO, THREE, DARK = bytes([1, 2, 3]), bytes([4, 5, 6]), bytes([7, 8, 9]), bytes(3)


class Wire:
    """A link that waits until it may go on."""

    def __init__(self):
        self.go = threading.Semaphore(0)
        self.sent, self.began, self.closed = [], threading.Semaphore(0), threading.Event()
        self.fault = None

    def open(self):
        self.go.acquire(timeout=10)
        if self.fault is not None:
            raise self.fault

    def send(self, frame):
        self.began.release()
        self.go.acquire(timeout=10)
        if self.fault is not None:
            raise self.fault
        self.sent.append(frame)

    def close(self):
        self.closed.set()


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def output(wire, now):
    made = ThreadedOutput(wire, 3, 0.001, lambda: now[0])
    yield made
    for _ in range(20):
        wire.go.release()
    made.close()


def until(true):
    """Try again, as the loop does, until something is so."""
    while not true():
        threading.Event().wait(0.001)


def test_frames_are_dropped_until_the_link_is_open_and_while_another_one_waits(output, wire):
    output.open()
    assert not output.show(ONE)
    wire.go.release()
    until(lambda: output.show(ONE))
    assert wire.began.acquire(timeout=10)
    assert output.show(TWO)
    assert not output.show(THREE)
    wire.go.release()
    assert wire.began.acquire(timeout=10)
    assert wire.sent == [ONE]
    assert output.show(THREE)
    for _ in range(2):
        wire.go.release()
    assert wire.began.acquire(timeout=10)
    output.close()
    assert wire.closed.wait(10)
    assert wire.sent == [ONE, TWO, THREE]


def test_a_frame_that_waits_gives_way_to_the_dark_one_at_the_end(output, wire):
    output.open()
    wire.go.release()
    until(lambda: output.show(ONE))
    assert wire.began.acquire(timeout=10)
    assert output.show(TWO)
    output.blank()
    wire.go.release()
    wire.go.release()
    output.close()
    assert wire.closed.wait(10)
    assert wire.sent == [ONE, DARK]


def test_a_device_that_rests_for_long_does_not_hang(output, wire, now):
    output.open()
    for _ in range(2):
        wire.go.release()
    until(lambda: output.show(ONE))
    assert wire.began.acquire(timeout=10)
    until(lambda: not output._sender._sending)
    now[0] += STALLED_S + 10
    assert output.show(TWO)
    assert wire.began.acquire(timeout=10)
    assert output.show(THREE)
    assert not output.show(ONE)
    now[0] += STALLED_S + 10
    with pytest.raises(OutputError, match="output_stalled"):
        output.show(ONE)


def test_the_last_frame_is_dark_and_the_link_is_closed(output, wire):
    output.open()
    wire.go.release()
    until(lambda: output.show(ONE))
    assert wire.began.acquire(timeout=10)
    output.blank()
    wire.go.release()
    wire.go.release()
    output.close()
    assert wire.closed.wait(10)
    assert wire.sent == [ONE, DARK]


@pytest.mark.parametrize("opened", [False, True])
def test_a_link_that_fails_is_closed_and_the_loop_learns_of_it(output, wire, opened):
    output.open()
    if opened:
        wire.go.release()
        until(lambda: output.show(ONE))
        assert wire.began.acquire(timeout=10)
    wire.fault = OSError("unplugged")
    wire.go.release()
    with pytest.raises(OSError, match="unplugged"):
        until(lambda: output.show(TWO) and False)
    assert wire.closed.wait(10)
    wire.fault = None
    output.close()
    output.open()
    wire.go.release()
    until(lambda: output.show(TWO))


def test_a_device_that_hangs_is_told_and_is_not_opened_twice(output, wire, now):
    output.open()
    assert not output.show(ONE)
    now[0] += STALLED_S + 0.1
    with pytest.raises(OutputError, match="output_stalled"):
        output.show(ONE)
    with pytest.raises(OutputError, match="output_stalled"):
        output.open()
