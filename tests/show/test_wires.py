"""What leaves on each wire: any order of colours, with white LEDs or without."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from maquette.config.documents_hardware import Order
from maquette.show.wires import Wires
from tests.show.models import model_of, strips_of

PIXELS = np.array([[1, 2, 3], [40, 50, 60], [9, 9, 9]], dtype=np.uint8)


def laid(order: str) -> bytes:
    strips = {"a": replace(strips_of(3)["a"], order=order)}
    wires = Wires(model_of(strips, {"z": range(3)}))
    (wire,) = wires.lay(wires.split(PIXELS))
    return wire


@pytest.mark.parametrize("order", get_args(Order))
def test_every_order_of_colours_carries_the_same_light(order):
    leds = np.frombuffer(laid(order), dtype=np.uint8).reshape(3, len(order))
    white = leds[:, [order.index("W")]] if "W" in order else 0
    assert np.array_equal(leds[:, [order.index(colour) for colour in "RGB"]] + white, PIXELS)


def test_grey_leaves_through_the_white_led():
    assert laid("GRBW") == bytes([1, 0, 2, 1, 10, 0, 20, 40, 0, 0, 0, 9])


def tinted(gamma, white, leds=3):
    return Wires(model_of({"a": replace(strips_of(leds)["a"], order="RGBW", gamma=gamma, white=white)}))


@pytest.mark.parametrize(
    ("gamma", "white"),
    [
        (2.2, (1.0, 0.77, 0.58)),
        (2.2, (1.0, 1.0, 1.0)),
        (2.8, (1.0, 1.0, 1.0)),
        (1.0, (1.0, 0.5, 0.2)),
        (2.8, (0.4, 0.3, 0.0)),
    ],
)
def test_a_white_led_of_any_colour_on_a_strip_of_any_gamma_gives_the_same_light(gamma, white):
    pixels = np.random.default_rng(1).integers(0, 256, (2000, 3)).astype(np.uint8)
    pixels[:256] = np.arange(256)[:, None]
    wires = tinted(gamma, white, 2000)
    drive = wires.split(pixels)
    light = (drive / 255.0) ** (2.2 / gamma)
    together = light[:, :3] + light[:, 3:] * np.array(white)
    asked = (pixels / 255.0) ** (2.2 / gamma)
    # What is left is rounded to a byte, and so is the look.
    low, high = (((drive[:, :3] + half).clip(0, 255) / 255) ** (2.2 / gamma) for half in (-0.51, 0.51))
    slack = np.maximum(high - light[:, :3], light[:, :3] - low) + 1e-9
    assert (np.abs(together - asked) <= slack).all()
    assert (np.abs(wires.seen(drive).astype(int) - pixels) <= 2).all()
    most = np.min(asked / np.maximum(white, 1e-9), axis=1).clip(0, 1)
    brighter = ((np.minimum(drive[:, 3], 254) + 1) / 255.0) ** (2.2 / gamma)
    assert ((brighter > most - 1e-9) | (drive[:, 3] == 255)).all()


def test_a_warm_white_led_takes_the_warm_part_of_white():
    drive = tinted(2.2, (1.0, 0.5, 0.25)).split(np.full((3, 3), 200, dtype=np.uint8))
    assert drive[0].tolist() == [0, 100, 150, 200]


def test_each_strip_has_its_own_wire_and_what_did_not_change_is_the_same_object():
    strips = strips_of(1, 2)
    wires = Wires(model_of({**strips, "b": replace(strips["b"], order="BGR")}, {"z": range(3)}))
    assert wires.lay(PIXELS) == (bytes([1, 2, 3]), bytes([60, 50, 40, 9, 9, 9]))
    assert wires.lay(PIXELS) is wires.lay(PIXELS)
