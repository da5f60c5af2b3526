"""The same scenario leaves as the same light by every way that a PC has, byte for byte; `tests/pi` has the way over SPI.

Each peer was written by others or from the specification: olad for sACN and Art-Net, a receiver for DDP, a pseudo-terminal for Adalight, a
file for the Pi 5's driver.
"""

import time

import pytest

from maquette.stage.outputs import STRIP_DOCUMENTS, make_output
from maquette.stage.outputs.virtual import VirtualOutput
from tests.stage.board import Board
from tests.stage.olad import Olad
from tests.stage.receiver import Receiver
from tests.stage.scene import scene

LEDS = 200
"""More than a universe holds."""


@pytest.fixture(scope="module")
def olad():
    with Olad() as running:
        yield running


def output_of(**options):
    made = make_output(STRIP_DOCUMENTS[options["driver"]].read({"leds": LEDS, **options}))
    made.open()
    return made


def shown(output, frame):
    """Show a frame as the loop does: again while it is dropped."""
    while not output.show(frame):
        time.sleep(0.001)  # dropped frames are shown again, as the loop does


def as_seen(wire, order):
    """Return R, G, B of each LED of a wire."""
    channels = len(order)
    planes = {colour: wire[place::channels] for place, colour in enumerate(order)}
    return bytes(byte for led in zip(planes["R"], planes["G"], planes["B"], strict=True) for byte in led)


def by_universes(olad, options, first):
    def leave(wire):
        olad.show({"leds": LEDS, **options}, wire)
        return olad.received(first, wire[:510]) + olad.received(first + 1, wire[510:])

    return leave


def by_file(path, output):
    """Take the file for the device: red, green, blue, white, of which the kernel sends green first."""

    def leave(wire):
        path.write_bytes(b"\xff" * 4 * LEDS)
        shown(output, wire)
        while any((taken := path.read_bytes())[3::4]):  # what was not written yet
            time.sleep(0.001)  # a file has nothing that could be awaited
        return bytes(byte for led in zip(taken[1::4], taken[0::4], taken[2::4], strict=True) for byte in led)

    return leave


def by_cable(board, output):
    def leave(wire):
        shown(output, wire)
        taken = board.read(6 + 3 * LEDS)
        assert taken[:6] == b"Ada\x00\xc7\x92"  # 199, and its exclusive or with 0x55
        return taken[6:]

    return leave


def by_ddp(receiver, output):
    def leave(wire):
        assert output.show(wire)
        return receiver.receive_frame()

    return leave


def by_nothing(output):
    def leave(wire):
        assert isinstance(output, VirtualOutput)
        output.show(wire)
        return output.frame

    return leave


def test_a_scenario_is_the_same_light_by_every_way(olad, tmp_path, monkeypatch):
    monkeypatch.setattr("maquette.stage.outputs.adalight.GREETING_S", 0.01)
    board, leds0 = Board(tmp_path), tmp_path / "leds0"
    leds0.write_bytes(bytes(4 * LEDS))
    with Receiver(LEDS) as receiver:
        outputs = {
            "ddp": output_of(driver="ddp", host="127.0.0.1", port=receiver.port),
            "adalight": output_of(driver="adalight", port=str(board.port), baud=1500000),
            "ws2812_pio": output_of(driver="ws2812_pio", device=str(leds0)),
            "virtual": output_of(driver="virtual"),
        }
        ways = {
            "ddp": ("RGB", by_ddp(receiver, outputs["ddp"])),
            "adalight": ("RBG", by_cable(board, outputs["adalight"])),
            "ws2812_pio": ("GRB", by_file(leds0, outputs["ws2812_pio"])),
            "artnet": ("BGR", by_universes(olad, {"driver": "artnet", "host": "127.0.0.1", "universe": 1}, 1)),
            "sacn multicast": ("GBR", by_universes(olad, {"driver": "sacn", "universe": 11}, 11)),
            "sacn unicast": (
                "RGB",
                by_universes(olad, {"driver": "sacn", "host": "127.0.0.1", "universe": 13}, 13),
            ),
            "virtual": ("GRB", by_nothing(outputs["virtual"])),
        }
        assert board.read(6 + 3 * LEDS) == bytes(6 + 3 * LEDS)
        lights = set()
        for finished in scene(LEDS, [order for order, _ in ways.values()]):
            light = finished.pixels[:LEDS].tobytes()
            lights.add(light)
            for (name, (order, leave)), wire in zip(ways.items(), finished.wires, strict=True):
                assert as_seen(leave(wire), order) == light, name
        assert len(lights) > 2
        assert any(any(light) for light in lights)
        for output in outputs.values():
            output.close()
    board.unplug()


def test_white_leds_reach_lighting_controllers_whole(olad):
    wire = bytes(n * 11 % 256 for n in range(4 * 129))
    strips = (
        ({"driver": "artnet", "host": "127.0.0.1", "universe": 3, "leds": 129, "order": "GRBW"}, 3),
        ({"driver": "sacn", "universe": 15, "leds": 129, "order": "WRGB"}, 15),
    )
    for options, first in strips:
        olad.show(options, wire)
        assert olad.received(first, wire[:512]) + olad.received(first + 1, wire[512:]) == wire


def test_a_strip_begins_where_its_address_says_and_goes_dark_at_the_end(olad):
    options = {"driver": "artnet", "host": "127.0.0.1", "universe": 2, "leds": 2, "address": 101}
    olad.show(options, b"\x01\x02\x03\x04\x05\x06")
    assert olad.received(2, bytes(100) + b"\x01\x02\x03\x04\x05\x06") == bytes(100) + b"\x01\x02\x03\x04\x05\x06"
    olad.close(options)
    assert olad.received(2, bytes(106)) == bytes(106)
