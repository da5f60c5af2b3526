"""The rpi_ws281x library as it is, in a sender: LEDs read from the SPI wire what the stage shows; what cannot be is refused in words."""

import subprocess
import time
from pathlib import Path

import pytest

from maquette.core.message import message
from maquette.errors import OutputError
from maquette.stage import outputs
from maquette.stage.outputs.ws281x import Ws281xStrip

UNKNOWN_PI_3 = 0x9020E1  # newer than the library


def output_on(pin, **other):
    ((_, output),) = outputs.make_outputs({"river": Ws281xStrip(driver="rpi_ws281x", pin=pin, **other)}).values()
    return output


def fault(output, frame):
    try:
        for _ in range(4000):
            output.show(frame)
            time.sleep(0.005)  # dropped frames are shown again, as the loop does
    except OutputError as error:
        return error.message
    finally:
        output.close()
    raise AssertionError("it never failed")


@pytest.mark.parametrize(("order", "channels"), [("GRB", 3), ("WGRB", 4)])
def test_leds_read_what_was_shown_and_go_dark_at_the_end(wire, order, channels):
    frame = bytes(range(255, 255 - 60 * channels, -1))
    output = output_on(10, order=order, leds=60)
    output.open()
    output.show(frame)
    wire.until(lambda picture: picture == frame)
    output.blank()
    output.close()
    wire.until(lambda picture: picture == bytes(60 * channels))


def test_after_many_frames_the_newest_stays(wire):
    output = output_on(10, leds=300)
    output.open()
    for level in range(40):
        while not output.show(bytes([level]) * 900):
            time.sleep(0.001)  # dropped frames are shown again, as the loop does
    wire.until(lambda picture: picture == bytes([39]) * 900)
    output.close()


def test_as_many_leds_as_fit_into_a_transfer_are_shown_and_one_more_is_refused(wire):
    output = output_on(10, leds=339)
    output.open()
    output.show(bytes([7]) * 1017)
    wire.until(lambda picture: picture == bytes([7]) * 1017)
    output.close()
    output = output_on(10, leds=340)
    output.open()
    assert fault(output, bytes(1020)) == message("ws281x_bufsiz", leds=340, most=339, bytes=4104)


def test_pwm_on_a_machine_without_its_devices_is_refused_in_words():
    output = output_on(18, leds=3)
    output.open()
    assert fault(output, bytes(9)).key == "ws281x_device"


@pytest.fixture
def board(tmp_path):
    """Makes this another board, for a while."""
    mounted = []

    def is_board(revision):
        (tmp_path / "cpuinfo").write_text(f"Revision\t: {revision:x}\n")
        subprocess.run(["mount", "--bind", tmp_path / "cpuinfo", "/proc/cpuinfo"], check=True)
        mounted.append(revision)

    yield is_board
    for _ in mounted:
        subprocess.run(["umount", "/proc/cpuinfo"], check=True)


def test_a_pi_5_is_sent_to_its_own_drivers(board):
    board(0xC04170)
    output = output_on(10, leds=3)
    output.open()
    assert fault(output, bytes(9)) == message("ws281x_pi_5", revision="c04170")


def test_a_board_that_the_library_does_not_know_is_refused_by_it_and_nothing_crashes(board):
    board(UNKNOWN_PI_3)
    output = output_on(10, leds=3)
    output.open()
    assert fault(output, bytes(9)) == message("ws281x_library", code=-3, reason="Hardware revision is not supported")


def test_a_sender_killed_hard_is_replaced_and_its_leds_are_shown_again(wire):
    output = output_on(10, leds=2)
    output.open()
    output.show(bytes(range(6)))
    wire.until(lambda picture: picture == bytes(range(6)))
    (sender,) = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if b"maquette.ws281x" in path.read_bytes()
    ]
    subprocess.run(["kill", "-9", str(sender)], check=True)
    assert fault(output, bytes(6)) == message("ws281x_ended")
    output.open()
    output.show(bytes(range(6)))
    wire.until(lambda picture: picture == bytes(range(6)))
    output.close()
