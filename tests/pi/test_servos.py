"""Servos on a PCA9685 over the kernel's I2C: what its registers hold on the way, at rest, parked, and after a crash."""

import itertools
import os
import time

import pytest

from maquette.core.events import Command
from maquette.core.snapshot import ShownFrame, Watching
from maquette.errors import ServoError
from maquette.show.model import Servo
from maquette.stage.horns import Horns
from maquette.stage.servos import make_servos
from maquette.stage.servos.left import LeftAngles
from maquette.stage.servos.pca9685 import Pca9685ServoDocument
from maquette.stage.servos.tended import FIRST_PULSE_S
from tests.show.models import model_of, strips_of
from tests.stage.hall import running, stage_on
from tests.stage.receiver import Receiver

COUNT_US = 122 / 25
LATE_S = 0.05
"""A frame that is late moves a horn by as much as this long gives it, at once."""


def document(channel=0, **changes):
    options = {"driver": "pca9685", "bus": int(os.environ["I2C_BUS"]), "channel": channel, "angle": ("-90°", "90°")}
    return Pca9685ServoDocument.model_validate(options | {"park": "-90°"} | changes)


def until_arrived(console, angle):
    console.until(lambda told: isinstance(told, ShownFrame) and told.servos == (angle,))


def watched(chip, channel, until):
    """Return the pulses of a channel, each once, until ``until`` says that it is enough."""
    seen: list[float] = []
    while not until(seen):
        pulse = chip.pulse_us(channel)
        if pulse is not None and (not seen or seen[-1] != pulse):
            seen.append(pulse)
    return seen


def test_a_needle_goes_slowly_there_and_back_to_its_park_angle_before_its_pulses_end(pca9685):
    with Receiver(20) as receiver:
        stage = stage_on(receiver.port, needle=document(3))
        with running(stage) as console:
            stage.receive(Watching(frames=True))
            stage.receive(Command("play", {"scenario": "air"}))
            way = watched(pca9685, 3, lambda seen: seen and seen[-1] >= 1750 - COUNT_US)
            until_arrived(console, 45.0)
            wait_for(lambda: pca9685.pulse_us(3) == pytest.approx(1750, abs=COUNT_US / 2))
            assert pca9685.period_us() == pytest.approx(20_000, rel=0.001)
            stage.stop()
            back = watched(pca9685, 3, lambda seen: pca9685.pulse_us(3) is None)
    assert way[0] == pytest.approx(1000, abs=COUNT_US)
    assert way == sorted(way)
    assert len(way) > 8
    assert back == sorted(back, reverse=True)
    assert back[-1] == pytest.approx(1000, abs=COUNT_US)
    most = 360 * LATE_S * 1000 / 180 + COUNT_US
    assert (
        max(abs(after - before) for before, after in itertools.pairwise([*way, *back])) <= 3 * most
    )  # as seen from outside
    assert pca9685.pulse_us(3) is None


def test_servos_on_one_board_do_not_disturb_each_other(pca9685):
    servos = make_servos({"first": document(0), "second": document(1)})
    servos["first"].open(0.0)
    wait_for(servos["first"].check)
    servos["second"].open(90.0)
    wait_for(servos["second"].check)
    assert (pca9685.pulse_us(0), pca9685.pulse_us(1)) == pytest.approx((1500, 2000), abs=COUNT_US / 2)
    servos["second"].rest()
    wait_for(lambda: pca9685.pulse_us(1) is None)
    assert pca9685.pulse_us(0) == pytest.approx(1500, abs=COUNT_US / 2)
    close(servos)


def test_after_a_crash_a_servo_goes_on_where_it_is_held(pca9685):
    before = make_servos({"needle": document()})["needle"]
    before.open(30.0)
    wait_for(before.check)
    after = make_servos({"needle": document()})
    after["needle"].open(-90.0)
    assert wait_for(after["needle"].check) == pytest.approx(30.0, abs=0.5)
    assert pca9685.pulse_us(0) == pytest.approx(pulse(30.0), abs=COUNT_US / 2)
    close(after)


def test_after_a_power_cut_servos_start_where_they_were_left_one_after_another(pca9685, tmp_path):
    (tmp_path / "servos.json").write_text('{"needle": 30.0, "wheel": -45.0}')
    servos = [Servo(name, {"": name}, (-90.0, 90.0), park=0.0, top_speed=90.0) for name in ("needle", "wheel")]
    model = model_of(strips_of(1), {"zone": range(1)}, servos=servos)
    drivers = make_servos({"needle": document(0), "wheel": document(1)})
    horns = Horns(model, drivers, lambda alert: None, LeftAngles(tmp_path / "servos.json"))
    wanted = {"needle": 30.0, "wheel": -45.0}
    horns.move(wanted, 0.0)
    wait_for(drivers["needle"].check)
    horns.move(wanted, 0.1)
    assert pca9685.pulse_us(0) == pytest.approx(pulse(30.0), abs=COUNT_US / 2)
    assert pca9685.pulse_us(1) is None
    horns.move(wanted, 0.1 + FIRST_PULSE_S)
    horns.move(wanted, 0.2 + FIRST_PULSE_S)
    wait_for(drivers["wheel"].check)
    assert pca9685.pulse_us(1) == pytest.approx(pulse(-45.0), abs=COUNT_US / 2)
    horns.close()
    assert (pca9685.pulse_us(0), pca9685.pulse_us(1)) == (None, None)


def test_a_board_that_is_not_there_is_told(pca9685):
    servos = make_servos({"needle": document(address=0x42)})
    servos["needle"].open(0.0)
    with pytest.raises(ServoError, match="pca9685_silent address='0x42'"):
        wait_for(servos["needle"].check)
    close(servos)


def test_a_bus_that_is_not_there_is_told(pca9685):
    servos = make_servos({"needle": document(bus=9)})
    servos["needle"].open(0.0)
    with pytest.raises(ServoError, match="i2c_missing bus=9"):
        wait_for(servos["needle"].check)
    close(servos)


def pulse(angle):
    return 1500 + angle / 180 * 1000


def wait_for(look):
    end = time.monotonic() + 10
    while not (found := look()) and found != 0:
        assert time.monotonic() < end
        time.sleep(0.005)  # registers have nothing that could be awaited
    return found


def close(servos):
    for servo in servos.values():
        servo.close()
        servo.finish(5)
