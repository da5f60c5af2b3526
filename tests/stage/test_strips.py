"""All strips together: one that is at its wire's limit, or whose device blocks, delays no other. Time is given."""

import threading

import pytest

from maquette.core.alerts import Alert
from maquette.stage.outputs.threaded import ThreadedOutput
from maquette.stage.strips import Strips
from tests.show.models import model_of, strips_of

FRAME_S = 1 / 60


class Output:
    """An output that keeps the frames it is given."""

    def __init__(self, wire_time_s):
        self.wire_time_s = wire_time_s
        self.shown: list[bytes] = []

    def open(self):
        pass

    def show(self, pixels):
        self.shown.append(pixels)
        return True

    def blank(self):
        pass

    def close(self):
        pass


def frames(count):
    return [(bytes([n]) * 3, bytes([n]) * 3000) for n in range(1, count + 1)]


def test_a_strip_at_its_wires_limit_gets_the_newest_frame_and_delays_no_other():
    quick, slow = Output(0.001), Output(0.0303)  # 1000 LEDs take two frames' time
    strips = Strips(model_of(strips_of(1, 1000)), {"a": ("virtual", quick), "b": ("virtual", slow)}, lambda alert: None)
    for number, wires in enumerate(frames(60)):
        strips.take(wires, number * FRAME_S)
        assert quick.shown[-1] == wires[0]
    assert len(quick.shown) == 60
    assert len(slow.shown) == 30
    assert [frame[0] for frame in slow.shown[:3]] == [1, 3, 5]
    strips.serve(60 * FRAME_S)
    assert slow.shown[-1] == frames(60)[-1][1]


class Hung:
    """A device that takes a frame and never comes back, until it is let go."""

    def __init__(self):
        self.taken, self.go = threading.Event(), threading.Event()

    def open(self):
        pass

    def send(self, frame):
        self.taken.set()
        self.go.wait(20)

    def close(self):
        pass


@pytest.mark.parametrize("after_s", [0.0, 10.0])
def test_a_device_that_hangs_delays_no_other_and_is_told(after_s):
    now = [0.0]
    alerts: list[Alert] = []
    quick, device = Output(0.001), Hung()
    hung = ThreadedOutput(device, 3000, 0.03, lambda: now[0])
    strips = Strips(model_of(strips_of(1, 1000)), {"a": ("virtual", quick), "b": ("spi", hung)}, alerts.append)
    wanted = iter(frames(250))
    while not device.taken.is_set():
        strips.take(next(wanted), now[0])
        now[0] += FRAME_S
        device.taken.wait(0.01)
    strips.take(next(wanted), now[0])
    now[0] += FRAME_S + after_s
    last = next(wanted)
    strips.take(last, now[0])  # returns although the device does not
    assert quick.shown[-1] == last[0]
    assert [alert.code for alert in alerts] == (["output_failed"] if after_s else [])
    device.go.set()
    strips.close()
