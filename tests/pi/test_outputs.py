"""The SPI output through the kernel's own spidev: LEDs read from the wire the light of the virtual model; faults in words."""

import time

import pytest

from maquette.errors import OutputError
from maquette.stage.outputs import STRIP_DOCUMENTS, make_output
from tests.pi.wire import pictures
from tests.stage.scene import scene

LEDS = 200


def output_of(driver, **options):
    made = make_output(STRIP_DOCUMENTS[driver].read({"driver": driver, "leds": LEDS, **options}))
    made.open()
    return made


def shown(output, frame):
    while not output.show(frame):
        time.sleep(0.001)  # dropped frames are shown again, as the loop does


def until_sent(wire):
    while not (sent := wire.transfers()):
        time.sleep(0.001)  # the sink has nothing that could be awaited
    return sent


def test_a_scenario_is_the_light_of_the_virtual_model(wire):
    spi, virtual = output_of("spi"), output_of("virtual")
    lights = set()
    for finished in scene(LEDS, ["GRB", "RGB"]):
        ours, theirs = finished.wires
        shown(spi, ours)
        shown(virtual, theirs)
        read, _ = wire.until(lambda picture, ours=ours: picture == ours)
        assert (
            bytes(byte for g, r, b in zip(read[0::3], read[1::3], read[2::3], strict=True) for byte in (r, g, b))
            == virtual.frame
        )
        lights.add(read)
    assert len(lights) > 2
    spi.blank()
    spi.close()
    wire.until(lambda picture: picture == bytes(3 * LEDS))


@pytest.mark.parametrize(("order", "leds"), [("GRB", 435), ("GRBW", 326)])
def test_as_many_leds_as_fit_leave_in_one_transfer_low_before_and_after(wire, order, leds):
    frame = bytes(n * 7 % 256 for n in range(len(order) * leds))
    output = output_of("spi", leds=leds, order=order)
    shown(output, frame)
    (first,) = until_sent(wire)
    output.blank()
    output.close()
    (dark,) = until_sent(wire)
    assert (first.hz, len(first.data) <= 4096) == (2_400_000, True)
    assert first.data[:90] == first.data[-90:] == bytes(90)
    assert pictures(first.data, first.hz) == [frame]
    assert pictures(dark.data, dark.hz) == [bytes(len(frame))]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"leds": 436}, "output_spi_too_long leds=436 most=435 size=4096 wanted=8192"),
        ({"device": "/dev/spidev7.0"}, "output_no_spi device='/dev/spidev7.0'"),
        ({"device": "/dev/null"}, "output_device device='/dev/null' reason='Inappropriate ioctl for device'"),
    ],
)
def test_what_cannot_be_is_told(options, told):
    output = output_of("spi", **options)
    with pytest.raises(OutputError, match=told):
        shown(output, bytes(3 * options.get("leds", LEDS)))
    output.close()
