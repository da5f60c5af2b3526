"""DDP on the wire: golden bytes, and a receiver written from the specification."""

import itertools
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.errors import OutputError
from maquette.stage.outputs.address import Address, Lookup, is_loopback
from maquette.stage.outputs.ddp import DdpOutput, DdpStrip, packets
from tests.stage.receiver import Receiver, take_apart


def strip(port, leds=3, host="127.0.0.1", start=0):
    return DdpStrip(driver="ddp", leds=leds, host=host, port=port, start=start)


@pytest.fixture
def receiver():
    with Receiver(2000) as opened:
        yield opened


@pytest.fixture
def output(receiver):
    opened = DdpOutput(strip(receiver.port))
    opened.open()
    yield opened
    opened.close()


def headers(leds, start=0):
    return [packet[:10].hex(" ") for packet in packets(bytes(3 * leds), start, 1)]


def test_three_leds_are_one_packet_with_push():
    assert list(packets(bytes(range(9)), 0, 1)) == [bytes.fromhex("41 01 0b 01 00000000 0009") + bytes(range(9))]


def test_481_leds_are_two_packets_and_only_the_last_pushes():
    assert headers(481) == ["40 01 0b 01 00 00 00 00 05 a0", "41 02 0b 01 00 00 05 a0 00 03"]


@pytest.mark.parametrize(("leds", "flags"), [(480, ["41"]), (960, ["40", "41"]), (1440, ["40", "40", "41"])])
def test_an_exact_multiple_of_480_leds_pushes_on_its_last_full_packet(leds, flags):
    assert [header[:2] for header in headers(leds)] == flags


def test_a_strip_that_starts_at_led_150_has_its_offset_in_bytes():
    assert headers(3, start=150) == ["41 01 0b 01 00 00 01 c2 00 09"]


@given(st.integers(1, 3000), st.integers(0, 5000), st.integers(1, 15))
@settings(max_examples=50)
def test_any_frame_arrives_whole_in_lawful_packets(leds, start, sequence):
    pixels = bytes(index * 7 % 256 for index in range(3 * leds))
    taken = [take_apart(packet) for packet in packets(pixels, start, sequence)]
    assert b"".join(packet.data for packet in taken) == pixels
    assert [packet.push for packet in taken] == [False] * (len(taken) - 1) + [True]
    assert taken[0].offset == 3 * start
    for one, other in itertools.pairwise(taken):
        assert other.offset == one.offset + len(one.data)
        assert other.sequence == one.sequence % 15 + 1


def test_frames_arrive_and_sequences_run_from_1_to_15(receiver, output):
    for value in range(20):
        assert output.show(bytes([value] * 9))
        assert receiver.receive_frame()[:9] == bytes([value] * 9)
    assert [packet.sequence for packet in receiver.packets] == [*range(1, 16), *range(1, 6)]


def test_blank_turns_the_leds_off(receiver, output):
    output.show(b"\xff" * 9)
    output.blank()
    receiver.receive_frame()
    assert receiver.receive_frame()[:9] == bytes(9)


def test_nobody_listening_on_this_machine_is_no_failure():
    with Receiver(3) as gone:
        port = gone.port
    output = DdpOutput(strip(port))
    output.open()
    try:
        for _ in range(5):
            output.show(bytes(9))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
            late.bind(("127.0.0.1", port))
            late.settimeout(10)
            output.show(b"\x01" * 9)
            assert take_apart(late.recv(2048)).data == b"\x01" * 9
    finally:
        output.close()


class Line:
    """A socket whose `send` fails as told."""

    def __init__(self, error):
        self.error = error

    def send(self, packet):
        raise self.error

    def close(self):
        pass


@pytest.mark.parametrize("error", [BlockingIOError(11, "again"), OSError(105, "No buffer space available")])
def test_a_full_queue_drops_the_frame_and_nothing_else(output, error):
    output._line._socket = Line(error)
    assert output.show(bytes(9)) is False


@pytest.mark.parametrize(
    "error",
    [OSError(113, "No route to host"), OSError(101, "Network is unreachable"), ConnectionRefusedError(111, "refused")],
)
def test_a_receiver_that_cannot_be_reached_is_put_into_words(output, error):
    output.close()
    output._line._socket = Line(error)
    output._line._loopback = False
    with pytest.raises(OutputError, match=r"host='127\.0\.0\.1'"):
        output.show(bytes(9))


def test_a_name_is_looked_up_away_from_the_loop(monkeypatch, receiver):
    asked, answer = threading.Event(), threading.Event()
    real = socket.getaddrinfo

    def slow(host, port, *args, **kwargs):
        if kwargs.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "not numeric")
        asked.set()
        assert answer.wait(10)
        return real("127.0.0.1", port, type=socket.SOCK_DGRAM)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    output = DdpOutput(strip(receiver.port, host="plants.local"))
    output.open()
    assert asked.wait(10)
    assert output.show(bytes(9)) is False
    answer.set()
    wait_for_answer(output._line._lookup)
    assert output.show(b"\x07" * 9)
    assert receiver.receive_frame()[:9] == b"\x07" * 9
    output.close()


def test_a_name_without_address_is_a_failure_in_words(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    output = DdpOutput(strip(4048, host="nowhere.local"))
    output.open()
    wait_for_answer(output._line._lookup)
    with pytest.raises(OutputError, match=r"output_no_way host='nowhere\.local' reason='Name or service not known'"):
        output.show(bytes(9))
    output.close()


def test_a_host_that_no_resolver_takes_is_a_failure_in_words(monkeypatch):
    def refuse(host, *args, **kwargs):
        if kwargs.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "not numeric")
        raise UnicodeError("label too long")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    lookup = Lookup("x" * 70, 4048)
    lookup.start()
    wait_for_answer(lookup)
    with pytest.raises(OSError, match="not a host name"):
        lookup.result()


def wait_for_answer(lookup):
    for thread in threading.enumerate():
        if thread.name.startswith("lookup-"):
            thread.join(10)
    assert lookup._answer is not None


def test_loopback_is_told_from_the_rest():
    assert is_loopback(Address(socket.AF_INET, ("127.0.0.1", 1)))
    assert is_loopback(Address(socket.AF_INET6, ("::1", 1, 0, 0)))
    assert not is_loopback(Address(socket.AF_INET6, ("fe80::1%eth0", 1, 0, 2)))


def test_leds_with_white_ones_have_their_own_type_and_360_fit_into_a_packet():
    sent = list(packets(bytes(range(8)), 0, 1, 4))
    assert sent == [bytes.fromhex("41 01 1b 01 00000000 0008") + bytes(range(8))]
    assert [packet[:10].hex(" ") for packet in packets(bytes(4 * 361), 0, 1, 4)] == [
        "40 01 1b 01 00 00 00 00 05 a0",
        "41 02 1b 01 00 00 05 a0 00 04",
    ]
