"""Adalight on a pseudo-terminal: golden bytes, a board that restarts, is unplugged, hangs, and comes back."""

import threading

import pytest

from maquette.core.alerts import Alert
from maquette.core.message import Message, message
from maquette.errors import OutputError
from maquette.stage.outputs.adalight import AdalightLink, AdalightStrip, framed, make_adalight
from maquette.stage.outputs.tended import TendedOutput
from tests.stage.board import Board

ONE, TWO = bytes([1, 2, 3, 4, 5, 6]), bytes([7, 8, 9, 10, 11, 12])
HEADER = bytes.fromhex("41 64 61 00 01 54")  # "Ada", two LEDs less one, 0x00 ^ 0x01 ^ 0x55
ZEROS = bytes(12)


@pytest.mark.parametrize(
    ("leds", "header"),
    [(1, "41 64 61 00 00 55"), (10, "41 64 61 00 09 5c"), (257, "41 64 61 01 00 54"), (300, "41 64 61 01 2b 7f")],
)
def test_the_header_counts_the_leds(leds, header):
    assert framed(bytes(3 * leds)) == bytes.fromhex(header) + bytes(3 * leds)


def test_the_next_frame_waits_for_the_line_and_then_for_the_strip():
    slow = AdalightStrip(driver="adalight", port="/dev/serial/by-id/usb-board", leds=100)
    assert slow.wire_time_s == pytest.approx(306 * 10 / 115200 + 100 * 30e-6 + 300e-6)


@pytest.fixture
def board(tmp_path):
    made = Board(tmp_path)
    yield made
    if made.port.is_symlink():
        made.unplug()


def strip(board, leds=2, **options):
    return AdalightStrip(driver="adalight", port=str(board.port), leds=leds, baud=1500000, **options)


@pytest.fixture
def link(board):
    made = AdalightLink(strip(board), greeting_s=10.0)
    yield made
    made.close()


def opened(link, board):
    """Open a link to a board that greets again and again, as one does that has restarted."""
    opening = threading.Thread(target=link.open)
    opening.start()
    assert board.read(12, lambda: board.say(b"boot\x80Ada\n")) == ZEROS
    opening.join(10)


def test_a_board_is_awaited_brought_to_a_frames_beginning_and_sent_frames(link, board):
    opened(link, board)
    link.send(ONE)
    link.send(TWO)
    assert board.read(24) == HEADER + ONE + HEADER + TWO


def test_a_board_that_says_nothing_is_sent_frames_all_the_same(board):
    link = AdalightLink(strip(board), greeting_s=0.01)
    link.open()
    link.send(ONE)
    assert board.read(24) == ZEROS + HEADER + ONE
    link.close()
    link.close()


def test_what_the_board_says_is_thrown_away(link, board):
    opened(link, board)
    for _ in range(200):
        board.say(b"Ada\n" * 100)
        link.send(ONE)
        assert board.read(12) == HEADER + ONE


def failure(action) -> Message:
    with pytest.raises(OutputError) as caught:
        action()
    return caught.value.message


def test_a_port_is_nobody_elses(link, board):
    opened(link, board)
    second = AdalightLink(strip(board), greeting_s=0.01)
    assert failure(second.open).key == "output_taken"
    second.close()


def test_nothing_plugged_in_is_put_into_words(board):
    board.unplug()
    link = AdalightLink(strip(board))
    told = failure(link.open)
    assert (told.key, dict(told.arguments)) == ("output_unplugged", {"device": str(board.port)})
    link.close()


def test_a_board_that_takes_no_bytes_is_told(board, monkeypatch):
    monkeypatch.setattr("maquette.stage.outputs.adalight.STALL_S", 0.05)
    link = AdalightLink(strip(board, leds=3000), greeting_s=0.01)

    def flood():
        link.open()
        for _ in range(20):
            link.send(bytes(9000))

    assert failure(flood).key == "output_no_bytes"
    link.close()


def test_a_board_is_unplugged_told_once_and_comes_back(board, monkeypatch):
    """The whole way: the tended output on its thread, time given."""
    monkeypatch.setattr("maquette.stage.outputs.adalight.GREETING_S", 0.01)
    alerts: list[Alert] = []
    output = TendedOutput("river", "adalight", make_adalight(strip(board)), alerts.append)
    now = iter(range(100, 10_000_000))

    def serve():
        output.serve(next(now))

    output.take(ONE, next(now))
    assert board.read(24, serve) == ZEROS + HEADER + ONE
    board.unplug()
    while not alerts:
        serve()
    assert [(alert.code, alert.over) for alert in alerts] == [("output_failed", False)]
    assert alerts[0].arguments[1][1] == message("output_unplugged", device=str(board.port))
    output.take(TWO, next(now))
    board.plug_in()
    assert board.read(24, serve) == ZEROS + HEADER + TWO
    while len(alerts) < 2:
        serve()
    assert [alert.over for alert in alerts] == [False, True], alerts[1]
    output.close()
