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


def test_each_strip_has_its_own_wire_and_what_did_not_change_is_the_same_object():
    strips = strips_of(1, 2)
    wires = Wires(model_of({**strips, "b": replace(strips["b"], order="BGR")}, {"z": range(3)}))
    assert wires.lay(PIXELS) == (bytes([1, 2, 3]), bytes([60, 50, 40, 9, 9, 9]))
    assert wires.lay(PIXELS) is wires.lay(PIXELS)
