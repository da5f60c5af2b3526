"""The whole daemon in the box, started as the unit starts it: pressed with a finger, seen on its lamps, its strip and its page."""

import contextlib
import time

import pytest
import yaml

from maquette.config.documents_hardware import ServoDocument
from tests.daemon import PATIENCE_S, Installation, Strip, running
from tests.pi.header import CLAIM_S

AIR, AIR_LAMP, ENERGY, ENERGY_LAMP, STOP = 5, 6, 13, 16, 26
NEEDLE = 0
PAUSE_S = 0.1
"""Longer than a contact chatters."""
PULSE_AT_LEAST_US = 1080
"""Of the needle once it tells a value: its range begins at 1000 µs, where it is parked, and its scale at -75°."""


@pytest.fixture
def strip():
    with contextlib.closing(Strip()) as strip:
        yield strip


def test_a_press_starts_its_scenario_the_lamps_follow_and_the_end_is_dark(tmp_path, header, strip):
    with running(Installation(tmp_path, strip), pins="lgpio") as daemon:
        daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
        header.until(AIR_LAMP, 1, timeout_s=60)
        time.sleep(CLAIM_S)
        header.close(AIR)
        daemon.wait_for("/api/state", lambda state: state["scenario"] == "air")
        header.open(AIR)
        header.until(ENERGY_LAMP, 0)
        time.sleep(PAUSE_S)
        header.tap(STOP)
        daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
        header.until(ENERGY_LAMP, 1)
        assert daemon.stop() == 0, daemon.log.read_text()
        assert "Traceback" not in daemon.log.read_text()
        header.until(AIR_LAMP, 0)
        strip.until(lambda pixels: not any(pixels))


def test_two_buttons_held_while_it_starts_let_a_new_pin_be_set_and_only_then(tmp_path, header, strip):
    installation = Installation(tmp_path, strip)
    (path,) = (installation.folder / "hardware").glob("*.yaml")
    hardware = path.read_text("utf-8")
    for button in (AIR, ENERGY):
        assert f"    pin: {button}\n" in hardware
        # With a resistor of the Pi's own a claim would open the simulated contact.
        hardware = hardware.replace(f"    pin: {button}\n", f"    pin: {button}\n    pull: none\n")
        header.close(button)
    path.write_text(hardware, "utf-8")
    with running(installation, pins="lgpio") as daemon:
        for lamp in (AIR_LAMP, ENERGY_LAMP):
            header.until(lamp, 1, timeout_s=60)
        daemon.wait_for("/api/session", lambda session: not session["may_set_pin"])
        header.until(AIR_LAMP, 0, timeout_s=60)  # it blinks: both have been held for long enough
        for button in (AIR, ENERGY):
            header.open(button)
        daemon.wait_for("/api/state", lambda state: "new_pin" in {alert["code"] for alert in state["alerts"]})
        assert daemon.set_pin("975310")["may_act"]
        daemon.wait_for("/api/state", lambda state: "new_pin" not in {alert["code"] for alert in state["alerts"]})
        assert daemon.set_pin("864209")["code"] == "pin_not_asked_for"
        assert daemon.command(command="calm", on=True)["ok"]
        assert daemon.get("/api/state")["state"] == "idle", "held buttons start nothing"
        assert daemon.stop() == 0, daemon.log.read_text()


def until(wanted):
    end = time.monotonic() + PATIENCE_S
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.01)  # registers have nothing that could be awaited


def wired(installation):
    """Put the river's strip on SPI and the needle on a PCA9685."""
    (path,) = (installation.folder / "hardware").glob("*.yaml")
    hardware = yaml.safe_load(path.read_text("utf-8"))
    river = hardware["strips"]["river"]
    hardware["strips"]["river"] = {"driver": "spi", "leds": river["leds"], "supply": river["supply"]}
    needle = {key: value for key, value in hardware["servos"]["needle"].items() if key in ServoDocument.model_fields}
    hardware["servos"]["needle"] = {**needle, "driver": "pca9685", "channel": NEEDLE}
    path.write_text(yaml.safe_dump(hardware, allow_unicode=True, sort_keys=False), "utf-8")
    return river["leds"]


def test_the_model_on_its_own_wires_is_pressed(tmp_path, header, wire, pca9685, strip):
    installation = Installation(tmp_path, strip)
    leds = wired(installation)
    with running(installation, pins="lgpio") as daemon:
        picture, _ = wire.until(any, timeout_s=60)
        assert len(picture) == 3 * leds
        header.until(AIR_LAMP, 1, timeout_s=60)
        time.sleep(CLAIM_S)
        header.tap(AIR)
        daemon.wait_for("/api/state", lambda state: state["scenario"] == "air")
        until(lambda: (pca9685.pulse_us(NEEDLE) or 0) >= PULSE_AT_LEAST_US)
        strip.until(any)
        wire.until(any)
        assert daemon.stop() == 0, daemon.log.read_text()
        assert "Traceback" not in daemon.log.read_text()
    assert wire.pictures()[-1] == bytes(3 * leds)
    assert pca9685.pulse_us(NEEDLE) is None, "parked, it is let go"
