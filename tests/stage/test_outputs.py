"""The registry of outputs and the virtual twins."""

import subprocess
import sys
from typing import Literal, get_args

from maquette.config.documents import StripDocument
from maquette.config.documents_hardware import Order
from maquette.stage.outputs import OUTPUTS, STRIP_DOCUMENTS, make_output, simulated
from maquette.stage.outputs.ddp import DdpOutput, DdpStrip
from maquette.stage.outputs.virtual import VirtualOutput, VirtualStrip


def ddp(leds, start, host="plants.local"):
    return DdpStrip(driver="ddp", leds=leds, host=host, start=start, supply="main", port=9999)


def spans(twins):
    return [(strip.start, strip.leds) for strip in twins.values()]


class OtherStrip(StripDocument):
    driver: Literal["other"]
    order: Order = "GRB"
    device: str = "/dev/other"


def test_each_driver_names_itself():
    assert set(OUTPUTS) == set(STRIP_DOCUMENTS)
    assert {get_args(kind.document.model_fields["driver"].annotation)[0]: kind for kind in OUTPUTS.values()} == OUTPUTS
    assert isinstance(make_output(ddp(3, 0)), DdpOutput)
    assert isinstance(make_output(VirtualStrip(leds=3)), VirtualOutput)


def test_the_twin_of_ddp_speaks_to_this_machine_at_its_own_start():
    twins = simulated({"a": ddp(100, 0), "b": ddp(50, 200)})
    assert spans(twins) == [(0, 100), (200, 50)]
    for strip in twins.values():
        assert isinstance(strip, DdpStrip)
        assert (strip.host, strip.port, strip.supply) == ("127.0.0.1", 4048, "main")


def test_twins_that_would_lie_on_each_other_are_laid_one_after_another():
    twins = simulated({"a": ddp(180, 0, "river.local"), "b": ddp(150, 0), "c": ddp(150, 100, "north.local")})
    assert spans(twins) == [(0, 180), (180, 150), (330, 150)]


def test_the_twin_of_any_other_strip_is_virtual_and_keeps_what_matters():
    strip = OtherStrip(driver="other", leds=7, supply="main", gamma=2.8, white_balance=(1.0, 0.9, 0.8))
    twin = simulated({"river": strip})["river"]
    assert isinstance(twin, VirtualStrip)
    assert (twin.driver, twin.leds, twin.supply, twin.gamma) == ("virtual", 7, "main", 2.8)
    assert (twin.order, twin.white_balance, twin.channel_current) == ("GRB", (1.0, 0.9, 0.8), strip.channel_current)


def test_a_virtual_strip_keeps_what_the_wire_would_carry():
    output = make_output(VirtualStrip(leds=2, order="GRB"))
    assert isinstance(output, VirtualOutput)
    output.open()
    assert output.show(bytes([1, 2, 3, 4, 5, 6]))
    assert output.frame == bytes([1, 2, 3, 4, 5, 6])
    output.blank()
    assert output.frame == bytes(6)
    output.close()
    assert not output.is_open


def test_the_registries_are_cheap_to_import():
    code = "import sys, maquette.stage.outputs, maquette.stage.servos; print('gpiozero' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
