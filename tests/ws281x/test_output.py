"""Strips of `rpi_ws281x` as the stage has them: outputs of a sender that may start, die, hang or refuse; the loop never waits."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from maquette.core.message import message
from maquette.errors import OutputError
from maquette.stage import outputs
from maquette.stage.outputs.sender import STUCK_S, Sender
from maquette.stage.outputs.ws281x import Ws281xOutput, Ws281xStrip
from maquette.ws281x.protocol import READY, Hello, RefusedError, StripHello, read_hello, written_problem

HELLO = Hello((StripHello(18, 2, 3, invert=False), StripHello(13, 1, 4, invert=False)), 10)


def strip(pin, **other):
    return Ws281xStrip(driver="rpi_ws281x", pin=pin, **({"leds": 2} | other))


def shown(output, wire):
    """Show a frame as soon as it is taken; each try waits a little, as the loop does."""
    end = time.monotonic() + 20
    while not output.show(wire):
        assert time.monotonic() < end
        time.sleep(0.005)  # dropped frames are shown again, as the loop does


def fault(output, wire=bytes(6)):
    """Show frames until that fails; return how."""
    try:
        for _ in range(4000):
            shown(output, wire)
            time.sleep(0.005)  # dropped frames are shown again, as the loop does
    except OutputError as error:
        return error.message
    raise AssertionError("it never failed")


@pytest.fixture
def service(tmp_path):
    """A socket like the service's; the test accepts."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        server.settimeout(20)
        yield server


def pair(path, clock=time.monotonic):
    sender = Sender(HELLO, service=path, root=False, clock=clock)
    return Ws281xOutput(sender, 0), Ws281xOutput(sender, 1)


def accepted(server):
    line, _ = server.accept()
    line.settimeout(20)
    return line


def test_strips_of_one_mode_share_a_sender_and_others_do_not():
    made = outputs.make_outputs({"a": strip(18), "b": strip(10), "c": strip(13, leds=500)})
    assert [driver for driver, _ in made.values()] == ["rpi_ws281x"] * 3
    senders = {name: output._sender for name, (_, output) in made.items() if isinstance(output, Ws281xOutput)}
    assert senders["a"] is senders["c"] is not senders["b"]
    assert made["a"][1].wire_time_s == made["c"][1].wire_time_s == pytest.approx(0.0203)
    assert isinstance(outputs.make_output(strip(10)), Ws281xOutput)


def test_a_strip_on_spi_is_driven_by_a_child_that_ends_with_it(tape):
    ((_, output),) = outputs.make_outputs({"river": strip(10, order="GRBW")}).values()
    output.open()
    shown(output, bytes(range(8)))
    assert tape.until("0 10 0001020304050607")[0] == "init freq=800000 dma=10"
    output.blank()
    output.close()
    assert tape.until("deleted")[-2:] == ["fini", "deleted"]
    output.close()


def test_a_child_that_dies_is_told_and_another_one_comes(tape, monkeypatch):
    ((_, output),) = outputs.make_outputs({"river": strip(10)}).values()
    monkeypatch.setenv("LED_INIT", "-3")
    output.open()
    assert fault(output) == message("ws281x_library", code=-3, reason="Hardware revision is not supported")
    output.close()
    monkeypatch.delenv("LED_INIT")
    output.open()
    shown(output, bytes(range(6)))
    tape.until("0 10 000102030405")
    output.close()
    tape.until("deleted")


def test_without_root_and_without_the_service_the_reason_is_told(tmp_path):
    output, _ = pair(tmp_path / "none")
    output.open()
    assert fault(output) == message(
        "ws281x_no_service", path=str(tmp_path / "none"), reason="No such file or directory"
    )
    output.close()


def test_both_strips_leave_through_one_line_that_ends_with_the_last(service):
    one, two = pair(Path(service.getsockname()))
    one.open()
    two.open()
    with accepted(service) as line:
        assert read_hello(line.recv(4096)) == HELLO
        assert not one.show(bytes(6))
        assert not one.show(bytes(range(6))), "kept, but it is not ready"
        line.send(READY)
        assert line.recv(99) == b"\0" + bytes(range(6)), "the newest of what came before"
        shown(two, bytes(range(4)))
        assert line.recv(99) == b"\1" + bytes(range(4))
        one.blank()
        one.close()
        assert line.recv(99) == b"\0" + bytes(6)
        shown(two, bytes(4))
        assert line.recv(99) == b"\1" + bytes(4)
        two.close()
        assert line.recv(99) == b""


def test_what_the_sender_says_at_its_end_is_told_to_both_strips(service):
    one, two = pair(Path(service.getsockname()))
    one.open()
    two.open()
    with accepted(service) as line:
        line.recv(4096)
        line.send(READY)
        shown(one, bytes(6))
        line.send(written_problem(RefusedError("device", path="/dev/mem", reason="Permission denied")))
    told = message("ws281x_device", path="/dev/mem", reason="Permission denied")
    assert fault(one) == told, "although a frame was never read"
    assert fault(two, bytes(4)) == told
    two.close()
    one.close()


def test_one_strip_that_comes_back_brings_the_other_back(service):
    one, two = pair(Path(service.getsockname()))
    one.open()
    two.open()
    accepted(service).close()
    assert fault(one) == message("ws281x_ended")
    one.close()
    one.open()
    with accepted(service) as line:
        line.send(READY)
        shown(two, bytes(4))
        one.close()
        two.close()


def test_a_sender_that_says_nothing_is_given_up(service, monkeypatch):
    monkeypatch.setattr("maquette.stage.outputs.sender.READY_S", 0.05)
    one, _ = pair(Path(service.getsockname()))
    one.open()
    assert fault(one) == message("ws281x_silent")


def test_a_sender_that_takes_nothing_is_given_up_and_never_waited_for(service):
    now = [100.0]
    one, _ = pair(Path(service.getsockname()), lambda: now[0])
    one.open()
    with accepted(service) as line:
        line.recv(4096)
        line.send(READY)
        shown(one, bytes(6))
        line.recv(4096)
        while one.show(bytes(6)):  # until the kernel holds no more
            pass
        now[0] += STUCK_S + 0.1
        with pytest.raises(OutputError, match="ws281x_stuck"):
            one.show(bytes(6))


def test_a_strip_closed_while_its_sender_starts_leaves_it_word_of_what_to_turn_off(service):
    one, _ = pair(Path(service.getsockname()))
    one.open()
    one.blank()
    one.close()
    with accepted(service) as line:
        assert read_hello(line.recv(4096)) == HELLO
        assert line.recv(4096) == b""


def test_a_strip_that_is_only_to_be_turned_off_is(tape):
    ((_, output),) = outputs.make_outputs({"river": strip(10)}).values()
    output.open()
    output.blank()
    output.close()
    assert tape.until("deleted")[1:] == ["0 10 000000000000", "fini", "deleted"]


def test_a_child_killed_hard_is_a_fault_and_the_next_one_serves(tape):
    ((_, output),) = outputs.make_outputs({"river": strip(10)}).values()
    output.open()
    shown(output, bytes(6))
    tape.until("0 10 000000000000")
    os.kill(_child(), signal.SIGKILL)
    assert fault(output) == message("ws281x_ended")
    output.close()
    output.open()
    shown(output, bytes(6))
    output.close()
    tape.until("deleted")


def _child():
    """Return the id of this process's sender."""
    (found,) = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if path.read_text().rpartition(")")[2].split()[1] == str(os.getpid())
        and b"maquette.ws281x" in path.with_name("cmdline").read_bytes()
    ]
    return found
