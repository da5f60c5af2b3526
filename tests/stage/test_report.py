"""What the console is told, and when; time is given."""

import numpy as np
import pytest

from maquette.core.alerts import Alert
from maquette.core.events import Answer, Command
from maquette.core.snapshot import Mode, ShownFrame, Snapshot
from maquette.core.votes import VoteCast, VotesKept
from maquette.stage.report import FRAME_S, Report


class Line:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def post(self, message):
        self.told.append(message)

    def post_latest(self, slot, message):
        self.told.append(message)


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def report(line):
    made = Report()
    made.attach(line)
    return made


def pixels(value):
    return np.full((2, 3), value, dtype=np.uint8)


def sequence_of(line):
    return [(frame.sequence, frame.pixels[0]) for frame in line.told if isinstance(frame, ShownFrame)]


def test_the_state_is_told_at_most_ten_times_a_second(report, line):
    for index in range(61):
        report.snapshot(lambda at=index: Snapshot(Mode.IDLE, brightness=at), index / 60)
    assert 10 <= len(line.told) <= 11


def test_a_state_that_did_not_change_is_not_told_again(report, line):
    for second in range(5):
        report.snapshot(lambda: Snapshot(Mode.IDLE), float(second))
    assert line.told == [Snapshot(Mode.IDLE)]


def test_behind_an_answer_comes_the_state_that_the_command_made(report, line):
    report.snapshot(lambda: Snapshot(Mode.IDLE), 0.0)
    answer = Answer(Command("play", {"scenario": "air"}))
    report.answer(answer, Snapshot(Mode.PLAYING), 0.01)
    report.snapshot(lambda: Snapshot(Mode.PLAYING), 0.2)
    assert line.told == [Snapshot(Mode.IDLE), answer, Snapshot(Mode.PLAYING)]


def test_no_state_is_made_while_nobody_listens(report, line):
    report.detach()
    report.snapshot(lambda: pytest.fail("made"), 5.0)
    report.alert(Alert("feed_stale", "river"))
    assert line.told == []


def test_frames_are_told_at_most_thirty_times_a_second_and_the_newest_wins(report, line):
    report.watch(frames=True)
    for index in range(61):
        report.frame(pixels(index), (0.0,), index / 60)
    numbers = sequence_of(line)
    assert 30 <= len(numbers) <= 31
    assert [sequence for sequence, _ in numbers] == list(range(1, len(numbers) + 1))


def test_a_frame_that_had_to_wait_is_told_when_its_time_comes(report, line):
    report.watch(frames=True)
    report.frame(pixels(1), (0.0,), 10.0)
    last = pixels(2)
    report.frame(last, (0.0,), 10.01)
    assert report.due_at == pytest.approx(10.0 + FRAME_S)
    report.frame(last, (0.0,), report.due_at)
    assert sequence_of(line) == [(1, 1), (2, 2)]
    assert report.due_at == float("inf")


def test_a_frame_that_did_not_change_is_not_told_again_but_a_servo_that_moved_is(report, line):
    report.watch(frames=True)
    still = pixels(1)
    for second in range(3):
        report.frame(still, (0.0,), float(second))
    report.frame(still, (5.0,), 3.0)
    assert [frame.servos for frame in line.told] == [(0.0,), (5.0,)]


def test_whoever_begins_to_watch_sees_the_frame_that_stands(report, line):
    still = pixels(9)
    report.frame(still, (0.0,), 1.0)
    for _ in range(2):
        report.watch(frames=True)
        report.frame(still, (0.0,), 2.0)
    assert [value for _, value in sequence_of(line)] == [9, 9]


def test_a_new_console_is_not_sent_frames_that_it_did_not_ask_for(report):
    report.watch(frames=True)
    successor = Line()
    report.attach(successor)
    report.frame(pixels(1), (0.0,), 1.0)
    assert successor.told == []


def test_an_alert_is_told_once_and_its_end_once(report, line):
    stale = Alert("feed_stale", "river")
    over = Alert("feed_stale", "river", over=True)
    for alert in (stale, stale, over, over):
        report.alert(alert)
    assert line.told == [stale, over]


def test_votes_are_told_again_to_each_new_console_until_one_has_kept_them(report, line):
    for score in (5.0, 0.0, 5.0):
        report.vote(VoteCast("well", "air", score))
    told = [message for message in line.told if isinstance(message, VoteCast)]
    assert [(vote.score, vote.number, vote.run) for vote in told] == [
        (5.0, 1, report.run), (0.0, 2, report.run), (5.0, 3, report.run),
    ]  # fmt: skip
    report.kept(VotesKept(2))
    report.detach()
    report.vote(VoteCast("well", "air", 1.0))
    again = Line()
    report.attach(again)
    assert [vote.number for vote in again.told if isinstance(vote, VoteCast)] == [3, 4]
    assert Report().run != report.run
