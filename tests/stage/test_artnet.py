"""Art-Net on the wire: golden bytes after the specification. `olad` receives it in `test_same_light.py`."""

import socket

import pytest

from maquette.stage.outputs import artnet
from maquette.stage.outputs.artnet import ArtnetOutput, ArtnetStrip, packet

HEAD = "4172742d4e657400 0050 000e"  # "Art-Net", OpDmx low byte first, version 14


def test_one_led_is_made_even():
    assert packet(b"\x01\x02\x03", 0, 1) == bytes.fromhex(HEAD + "01 00 0000 0004 01020300")


def test_a_universe_has_its_low_byte_first_and_a_length_its_high_one():
    assert packet(bytes(512), 0x7F12, 255) == bytes.fromhex(HEAD + "ff 00 127f 0200" + "00" * 512)


@pytest.fixture
def node(monkeypatch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(10)
        monkeypatch.setattr(artnet, "ARTNET_PORT", opened.getsockname()[1])
        yield opened


def test_universes_follow_each_other_and_sequences_run_from_1_to_255(node):
    output = ArtnetOutput(ArtnetStrip(driver="artnet", host="127.0.0.1", universe=15, leds=129, order="GRBW"))
    output.open()
    pixels = bytes(n % 251 for n in range(516))
    sequences = []
    for _ in range(256):
        assert output.show(pixels)
        one, other = node.recv(1024), node.recv(1024)
        assert [one[14:16].hex(), other[14:16].hex()] == ["0f00", "1000"]
        assert one[18:] + other[18:] == pixels
        assert one[12] == other[12]
        sequences.append(one[12])
    assert sequences == [*range(1, 256), 1]
    output.blank()
    assert not any(node.recv(1024)[18:] + node.recv(1024)[18:])
    output.close()
