"""sACN on the wire: golden bytes after E1.31, and what leaves by multicast and to one host. `olad` receives it in `test_same_light.py`."""

import socket
import uuid
from typing import ClassVar

import pytest

from maquette.stage.outputs import sacn
from maquette.stage.outputs.sacn import SacnOutput, SacnStrip, packet
from maquette.stage.outputs.universes import slots, universes

CID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")


@pytest.fixture(autouse=True)
def source(monkeypatch):
    monkeypatch.setattr(sacn, "_source", lambda: (CID.bytes, b"Maquette hall"))


def golden(slots_hex, *, universe="0001", sequence="00", options="00", priority="64", lengths=("7072", "705c", "700f")):
    """Return a packet written after tables 4-1 to 4-3, for four slots unless other lengths are given."""
    root, framing, dmp = lengths
    return bytes.fromhex(
        "0010 0000 4153432d45312e3137000000"  # preamble, postamble, "ASC-E1.17"
        f"{root} 00000004 00112233445566778899aabbccddeeff"
        f"{framing} 00000002"
        + b"Maquette hall".ljust(64, b"\0").hex()
        + f"{priority} 0000 {sequence} {options} {universe}"
        f"{dmp} 02 a1 0000 0001" + slots_hex
    )


def test_four_slots_are_a_packet_of_130_bytes():
    data = packet(bytes([1, 2, 3, 4]), 1, 0, 100)
    assert data == golden("0005 00 01020304")
    assert len(data) == 130


def test_a_full_universe_has_the_lengths_of_the_standard():
    data = packet(bytes(512), 63999, 255, 200)
    full = ("726e", "7258", "720b")
    assert data == golden("0201 00" + "00" * 512, universe="f9ff", sequence="ff", priority="c8", lengths=full)
    assert len(data) == 638


def test_the_last_packet_of_a_stream_says_so():
    assert packet(bytes(4), 1, 7, 100, terminated=True) == golden("0005 00 00000000", sequence="07", options="40")


def test_the_source_is_the_same_after_every_start(tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(sacn, "_MACHINE", tmp_path / "machine-id")
    (tmp_path / "machine-id").write_text("4e1f8e7f0c5b4f0e9a6d2b1c3d4e5f60\n")
    sacn._source.cache_clear()
    identifier, name = sacn._source()
    sacn._source.cache_clear()
    assert sacn._source() == (identifier, name)
    assert name.startswith(b"Maquette ")
    sacn._source.cache_clear()


@pytest.mark.parametrize(
    ("leds", "channels", "address", "expected"),
    [
        (170, 3, 1, 1),
        (171, 3, 1, 2),
        (340, 3, 1, 2),
        (128, 4, 1, 1),
        (129, 4, 1, 2),
        (170, 3, 3, 1),
        (170, 3, 4, 2),
        (1, 4, 509, 1),
    ],
)
def test_no_led_is_split_between_universes(leds, channels, address, expected):
    pixels = bytes(n * 7 % 256 for n in range(leds * channels))
    cut = list(slots(pixels, channels, address))
    assert len(cut) == universes(leds, channels, address) == expected
    assert cut[0][: address - 1] == bytes(address - 1)
    assert b"".join((cut[0][address - 1 :], *cut[1:])) == pixels
    assert all(len(data) <= 512 for data in cut)
    assert (len(cut[0]) - address + 1) % channels == 0


class Line:
    """Keeps what is sent to a host."""

    lines: ClassVar[list["Line"]] = []

    def __init__(self, host, port):
        self.to, self.sent, self.opened = (host, port), [], False
        self.lines.append(self)

    def open(self):
        self.opened = True

    def ready(self):
        return self.opened

    def send(self, packets):
        self.sent += packets
        return True

    def close(self):
        self.opened = False


def strip(**options):
    return SacnStrip(driver="sacn", **{"leds": 171, "universe": 511, **options})


@pytest.fixture
def lines(monkeypatch):
    monkeypatch.setattr(sacn, "DatagramLine", Line)
    monkeypatch.setattr(Line, "lines", [])
    return Line.lines


def test_universes_have_their_own_multicast_group(lines):
    output = SacnOutput(strip())
    assert [line.to for line in lines] == [("239.255.1.255", 5568), ("239.255.2.0", 5568)]
    assert not output.show(bytes(513))
    output.open()
    assert output.show(bytes(510) + b"\x01\x02\x03")
    first, second = (line.sent for line in lines)
    assert [data[113:115].hex() for data in first + second] == ["01ff", "0200"]
    assert second[0][126:] == b"\x01\x02\x03"


def test_sequences_count_frames_and_a_stream_ends_with_three_last_packets(lines):
    output = SacnOutput(strip(leds=1, universe=1, host="lane.local", priority=150))
    output.open()
    for _ in range(257):
        assert output.show(b"\x01\x02\x03")
    (line,) = lines
    assert line.to == ("lane.local", 5568)
    assert [data[111] for data in line.sent] == [*range(256), 0]
    assert {data[108] for data in line.sent} == {150}
    output.close()
    last = line.sent[257:]
    assert [(data[111], data[112], data[126:]) for data in last] == [(n, 0x40, bytes(3)) for n in (1, 2, 3)]
    output.close()
    assert len(line.sent) == 260


def test_the_port_of_receivers_is_never_taken(monkeypatch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        monkeypatch.setattr(sacn, "SACN_PORT", receiver.getsockname()[1])
        output = SacnOutput(strip(leds=1, host="127.0.0.1"))
        output.open()
        assert output.show(b"\x01\x02\x03")
        data, sender = receiver.recvfrom(2048)
        assert data[126:] == b"\x01\x02\x03"
        assert sender[1] != receiver.getsockname()[1]
        output.close()
