"""The sender, a real process, on its line: what it says, what it sends, and that it never leaves LEDs on or itself behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys

import pytest

from maquette.ws281x.__main__ import main
from maquette.ws281x.protocol import READY, Hello, StripHello, read_problem, written_hello

RGB = Hello((StripHello(10, 2, 3, invert=False),), 10)
BOTH = Hello((StripHello(18, 2, 3, invert=True), StripHello(13, 1, 4, invert=False)), 9)


def connected(path):
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(str(path))
    line.settimeout(20)
    return line


@contextlib.contextmanager
def sender():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(20)
    command = [sys.executable, "-m", "maquette.ws281x", str(theirs.fileno())]
    with ours, theirs:
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True)
        theirs.close()
        try:
            yield process, ours
            ours.close()
            process.wait(20)
        finally:
            process.kill()
            process.communicate()


def told(line):
    problem = read_problem(line.recv(4096))
    assert problem is not None
    return problem


def test_bytes_leave_as_they_are_and_the_end_of_the_line_turns_leds_off(tape):
    with sender() as (process, line):
        line.send(written_hello(RGB))
        assert line.recv(4096) == READY
        line.send(b"\0" + bytes([1, 2, 3, 253, 254, 255]))
        assert [tape.next(), tape.next()] == ["init freq=800000 dma=10", "0 10 010203fdfeff"]
        line.close()
        assert [tape.next() for _ in range(3)] == ["0 10 000000000000", "fini", "deleted"]
        assert (process.wait(20), process.stderr.read()) == (0, "")


def test_two_channels_are_one_instance_and_leave_together(tape):
    with sender() as (_, line):
        line.send(written_hello(BOTH))
        assert line.recv(4096) == READY
        line.send(b"\0" + bytes([1, 2, 3, 4, 5, 6]))
        line.send(b"\1" + bytes([7, 8, 9, 10]))
        assert tape.next() == "init freq=800000 dma=9"
        assert tape.until("1 13 0708090a")[-2] == "0 18 010203040506 inverted"
        line.close()
        assert [tape.next() for _ in range(4)] == ["0 18 000000000000 inverted", "1 13 00000000", "fini", "deleted"]


def test_of_frames_that_wait_the_newest_leaves(tape):
    long = Hello((StripHello(10, 2000, 3, invert=False),), 10)
    with sender() as (process, line):
        line.send(written_hello(long))
        assert line.recv(4096) == READY
        process.send_signal(signal.SIGSTOP)
        for level in range(2):
            line.send(b"\0" + bytes([level]) * 6000)
        process.send_signal(signal.SIGCONT)
        sent = tape.until(f"0 10 {'01' * 6000}")
        assert len(sent) == 2, "the first line is of the start"


def test_a_sender_that_dies_hard_closes_the_line(tape):
    with sender() as (process, line):
        line.send(written_hello(RGB))
        assert line.recv(4096) == READY
        process.kill()
        assert line.recv(4096) == b""


def test_a_stopping_service_manager_does_not_end_it_before_its_parent(tape):
    with sender() as (process, line):
        line.send(written_hello(RGB))
        assert line.recv(4096) == READY
        process.terminate()
        line.send(b"\0" + bytes(range(6)))
        assert tape.until("0 10 000102030405")
        line.close()
        assert process.wait(20) == 0


@pytest.mark.parametrize("frame", [b"\0" + bytes(5), b"\1" + bytes(6), bytes(1 << 17)])
def test_what_is_no_frame_ends_the_session_in_the_dark(tape, frame):
    with sender() as (process, line):
        line.send(written_hello(RGB))
        assert line.recv(4096) == READY
        line.send(frame)
        assert told(line).key == "frame"
        assert tape.until("deleted")[-3:] == ["0 10 000000000000", "fini", "deleted"]
        assert process.wait(20) == 1


def test_a_start_that_fails_is_told_and_never_cleaned_up(tape, monkeypatch):
    monkeypatch.setenv("LED_INIT", "-3")
    with sender() as (process, line):
        line.send(written_hello(RGB))
        assert told(line).arguments == {"code": -3, "reason": "Hardware revision is not supported"}
        assert tape.until("deleted") == ["init freq=800000 dma=10", "deleted"]
        assert process.wait(20) == 1
        assert process.stderr.read() == ""  # the client tells it, once, in words; it tries again all day


def test_a_wire_that_fails_is_told(tape, monkeypatch):
    monkeypatch.setenv("LED_RENDER", "-10")
    with sender() as (process, line):
        line.send(written_hello(RGB))
        assert line.recv(4096) == READY
        line.send(b"\0" + bytes(6))
        assert told(line).arguments == {"code": -10, "reason": "DMA error"}
        assert process.wait(20) == 1


def test_a_pc_is_refused_before_the_library_is_looked_for():
    with sender() as (process, line):
        line.send(written_hello(RGB))
        assert told(line).key == "no_pi"
        assert (process.wait(20), process.stderr.read()) == (1, "")


def test_the_library_itself_refuses_a_pc_and_nothing_crashes():
    """The real one, compiled for this machine: an interpreter that ends by a signal has a negative code."""
    code = (
        "from maquette.ws281x import session\n"
        "from maquette.ws281x.instance import Instance\n"
        "from maquette.ws281x.protocol import *\n"
        "for pin in PINS:\n"
        "    try: Instance(Hello((StripHello(pin, 10, 3, False),), 10))\n"
        "    except RefusedError as refused: print(refused)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout == "library: -3: Hardware revision is not supported\n" * 6
    assert done.stderr == ""


def test_it_loads_nothing_but_itself():
    """It may be root: what it does not load cannot be its weakness. And it starts sooner."""
    code = "import sys, maquette.ws281x.__main__, maquette.ws281x.instance; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()} - sys.stdlib_module_names
    assert {name for name in loaded if not name.startswith("_")} == {"maquette"}
    assert {n.split(".")[1] for n in done.stdout.split() if n.startswith("maquette.")} == {"ops", "ws281x"}


@pytest.mark.parametrize("arguments", [[], ["x"], ["--listen"], ["3", "4"]])
def test_started_wrongly_it_says_how(arguments, capsys):
    assert main(arguments) == 2
    assert "--listen PATH" in capsys.readouterr().err


# -- the service ------------------------------------------------------------------------------------------------------


@pytest.fixture
def service(tape, tmp_path, monkeypatch):
    """The path of a service that listens."""
    path = tmp_path / "socket"
    path.touch()  # of one that died
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        process = subprocess.Popen([sys.executable, "-m", "maquette.ws281x", "--listen", str(path)], process_group=0)
        assert manager.recv(100) == b"READY=1"
    path.with_name("pid").write_text(str(process.pid))
    yield path
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def test_the_service_serves_one_client_after_another(service, tape):
    with connected(service) as first, connected(service) as second:
        second.send(written_hello(RGB))
        first.send(written_hello(BOTH))
        assert first.recv(4096) == READY
        first.send(b"\1" + bytes([7, 8, 9, 10]))
        assert tape.until("1 13 0708090a")[0] == "init freq=800000 dma=9"
        first.close()
        assert second.recv(4096) == READY
        assert tape.until("init freq=800000 dma=10")[-4:-1] == ["1 13 00000000", "fini", "deleted"]


def test_a_client_that_is_refused_costs_the_service_nothing(service, tape):
    with connected(service) as wrong:
        wrong.send(b"hello")
        assert told(wrong).key == "hello"
    with connected(service) as right:
        right.send(written_hello(BOTH))
        assert right.recv(4096) == READY


def test_a_service_that_is_stopped_turns_leds_off(service, tape):
    with connected(service) as line:
        line.send(written_hello(BOTH))
        assert line.recv(4096) == READY
        os.killpg(int(service.with_name("pid").read_text()), signal.SIGTERM)
        assert tape.until("deleted")[1:] == ["0 18 000000000000 inverted", "1 13 00000000", "fini", "deleted"]
        assert line.recv(4096) == b""
