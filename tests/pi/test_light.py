"""The light that leaves on the SPI wire is that of the virtual model, byte for byte, whichever driver sends it."""

import dataclasses
import time

import pytest

from maquette.core.events import Command
from maquette.core.snapshot import ShownFrame, Watching
from maquette.stage.outputs import STRIP_DOCUMENTS
from maquette.stage.servos.virtual import VirtualServoDocument
from maquette.stage.stage import Stage
from tests.daemon import PATIENCE_S
from tests.stage.hall import BUTTONS, running, show_of

LEDS = 60
ENOUGH = 20
DRIVERS: dict[str, dict[str, object]] = {"spi": {"device": "/dev/spidev0.0"}, "rpi_ws281x": {"pin": 10}}


def stage_with(driver):
    """Return a stage with a moving scenario on a strip whose wire carries green first."""
    show = show_of(LEDS)
    strips = {name: dataclasses.replace(strip, order="GRB") for name, strip in show.model.strips.items()}
    show = dataclasses.replace(show, model=dataclasses.replace(show.model, strips=strips))
    document = STRIP_DOCUMENTS[driver].model_validate({"driver": driver, "leds": LEDS, **DRIVERS[driver]})
    needle = VirtualServoDocument.model_validate({"driver": "virtual", "angle": ("-90°", "90°")})
    return Stage(show, {"a": document}, {"needle": needle}, BUTTONS)


def green_first(frame):
    """Return the bytes of a wire for what the virtual model shows."""
    swapped = bytearray(frame)
    swapped[0::3], swapped[1::3] = frame[1::3], frame[0::3]
    return bytes(swapped)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_moving_scenario_leaves_as_the_virtual_model_shows_it(driver, header, wire):
    on_wire, on_page = set[bytes](), set[bytes]()
    stage = stage_with(driver)
    with running(stage) as console:
        stage.receive(Watching(frames=True))
        stage.receive(Command("play", {"scenario": "air"}))
        end = time.monotonic() + PATIENCE_S
        while len(on_wire & on_page) < ENOUGH:
            assert time.monotonic() < end, f"{len(on_wire)} pictures, {len(on_page)} frames, few alike"
            frame = console.until(lambda told: isinstance(told, ShownFrame))
            on_page.add(green_first(frame.pixels))
            on_wire.update(wire.pictures())
    assert {len(picture) for picture in on_wire} == {3 * LEDS}
    assert wire.pictures()[-1] == bytes(3 * LEDS), "the end is dark"
