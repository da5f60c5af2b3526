"""The loop with a clock that only moves when the loop sleeps or works: deadlines, skipping, presses, rest."""

import itertools
import queue
from collections.abc import Callable

import pytest

from maquette.stage.frame_loop import PERIOD_S, REST_S, FrameLoop, Punctuality

INFINITY = float("inf")


class World:
    """A clock, an inbox that sleeps on that clock, and work that costs what it is told to."""

    def __init__(self, frames):
        self.now = 1000.0
        self.frames_left = frames
        self.arrivals = []
        self.messages = []
        self.frames = []
        self.begun = []
        self.served = []
        self.costs = {}
        self.serve_moments = []
        self.rest = None
        self.watchdog = []
        self.urgent = {"press"}
        self.on_message: Callable[[], None] = lambda: None
        self.loop = FrameLoop(self, self, self.clock)

    def clock(self):
        return self.now

    def arrive(self, at, message):
        self.arrivals.append((at, message))
        self.arrivals.sort()

    # -- the inbox
    def put(self, message):
        self.arrivals.insert(0, (self.now, message))

    def qsize(self):
        return sum(at <= self.now for at, _ in self.arrivals)

    def get_nowait(self):
        if not self.qsize():
            raise queue.Empty
        return self.arrivals.pop(0)[1]

    def get(self, block=True, timeout=None):
        assert timeout > 0
        if self.arrivals and self.arrivals[0][0] <= self.now + timeout:
            at, message = self.arrivals.pop(0)
            self.now = max(self.now, at)
            return message
        self.now += timeout
        raise queue.Empty

    # -- the work
    def receive(self, message, now):
        self.messages.append((message, now))
        self.on_message()
        return message in self.urgent

    def frame(self, t):
        self.frames.append(t)
        self.begun.append(self.now)
        self.now += self.costs.pop(len(self.frames), 0.001)
        self.frames_left -= 1
        if not self.frames_left:
            self.loop.stop()

    def serve(self, now):
        self.served.append(now)
        self.serve_moments.pop(0)

    def serve_at(self):
        return self.serve_moments[0] if self.serve_moments else INFINITY

    def rest_until(self, now):
        return self.rest

    def on_time(self, now):
        self.watchdog.append(now)


def test_frames_are_for_even_due_times_and_begin_on_them():
    world = World(10)
    world.loop.run()
    assert world.frames == pytest.approx([1000.0 + index * PERIOD_S for index in range(10)])
    assert world.begun == pytest.approx(world.frames)


def test_a_little_lateness_is_not_skipped_and_time_stays_even():
    world = World(5)
    world.costs[2] = 1.5 * PERIOD_S
    world.loop.run()
    assert world.frames == pytest.approx([1000.0 + index * PERIOD_S for index in range(5)])
    assert world.begun[2] == pytest.approx(world.frames[2] + 0.5 * PERIOD_S)
    assert world.loop.lateness.summary().skipped == 0


def test_a_long_stall_skips_frames_and_never_catches_up():
    world = World(4)
    world.costs[2] = 10.25 * PERIOD_S
    world.loop.run()
    indices = [round((t - 1000.0) / PERIOD_S) for t in world.frames]
    assert indices == [0, 1, 11, 12]
    assert world.loop.lateness.summary().skipped == 9
    assert world.loop.lateness.summary().maximum_s == pytest.approx(9.25 * PERIOD_S)


def test_a_press_wakes_the_loop_and_its_frame_does_not_wait_for_the_tick():
    world = World(4)
    world.arrive(1000.005, "press")
    world.loop.run()
    assert world.begun[1] == pytest.approx(1000.005)
    assert world.frames[1] == pytest.approx(1000.005)
    assert world.frames[2:] == pytest.approx([1000.0 + PERIOD_S, 1000.0 + 2 * PERIOD_S])


def test_a_press_counts_from_the_frame_that_was_seen_so_that_time_never_goes_back():
    world = World(4)
    world.arrive(1000.005, "press")
    world.loop.run()
    (_, at), *_ = world.messages
    assert at == pytest.approx(1000.0)
    assert world.frames == sorted(world.frames)


def test_other_messages_wait_for_the_next_frame():
    world = World(3)
    world.arrive(1000.005, "reading")
    world.loop.run()
    assert world.frames == pytest.approx([1000.0 + index * PERIOD_S for index in range(3)])
    assert world.messages[0][0] == "reading"


def test_a_flood_of_messages_does_not_hold_the_frames_back():
    world = World(3)
    for index in range(1000):
        world.arrive(1000.0 + index * 1e-5, "reading")
    world.loop.run()
    assert world.begun == pytest.approx(world.frames)


def test_when_nothing_can_change_it_sleeps_a_tenth_of_a_second():
    world = World(4)
    world.rest = INFINITY
    world.loop.run()
    steps = [after - before for before, after in itertools.pairwise(world.frames)]
    assert steps == pytest.approx([REST_S] * 3)
    assert world.loop.lateness.summary().maximum_s < 1e-9


def test_it_wakes_for_the_moment_at_which_something_changes():
    world = World(3)
    world.rest = 1000.0 + 3 * PERIOD_S
    world.loop.run()
    assert world.frames[1] == pytest.approx(1000.0 + 3 * PERIOD_S)
    assert world.frames[2] == pytest.approx(1000.0 + 4 * PERIOD_S)


def test_messages_during_a_rest_do_not_put_housekeeping_off():
    world = World(3)
    world.rest = INFINITY
    for index in range(60):
        world.arrive(1000.0 + index * 0.01, "reading")
    world.loop.run()
    assert world.frames[1] == pytest.approx(1000.0 + REST_S)


def test_a_press_during_a_rest_leaves_at_once_and_counts_one_frame_back():
    world = World(2)
    world.rest = INFINITY
    world.arrive(1000.05, "press")
    world.loop.run()
    assert world.frames[1] == pytest.approx(1000.05)
    assert world.messages[0][1] == pytest.approx(1000.05 - PERIOD_S)
    assert world.loop.lateness.summary().frames == 1


def test_a_message_that_ends_the_rest_brings_the_next_frame_back_to_its_tick():
    world = World(3)
    world.rest = INFINITY
    world.on_message = lambda: setattr(world, "rest", None)
    world.arrive(1000.05, "reading")
    world.loop.run()
    assert world.frames[1:] == pytest.approx([1000.05, 1000.05 + PERIOD_S], abs=PERIOD_S / 1000)
    assert world.loop.lateness.summary().skipped == 0


def test_an_owed_frame_is_served_between_ticks():
    world = World(2)
    world.serve_moments = [1000.0042]
    world.loop.run()
    assert world.served == pytest.approx([1000.0042])


def test_stop_ends_the_loop_from_anywhere():
    world = World(1000)
    world.arrive(1000.1, "reading")
    world.on_message = world.loop.stop
    world.loop.run()
    assert len(world.frames) < 10


def test_the_watchdog_is_fed_each_second_while_frames_are_on_time():
    world = World(185)
    world.loop.run()
    assert world.watchdog == pytest.approx([1001.0, 1002.0, 1003.0], abs=2 * PERIOD_S)


def test_the_watchdog_starves_while_most_frames_are_late():
    told: list[float] = []
    punctuality = Punctuality(told.append)
    for index in range(100):
        punctuality.note(index * 0.1, skipped=5)
    assert told == []


def test_the_watchdog_is_fed_while_the_loop_rests():
    world = World(32)
    world.rest = INFINITY
    world.loop.run()
    assert world.watchdog == pytest.approx([1001.0, 1002.0, 1003.0], abs=2 * PERIOD_S)
