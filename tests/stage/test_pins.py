"""Pins given back, on gpiozero's real lgpio factory with lgpio's calls recorded."""

import gpiozero
import pytest

from maquette.stage.pins import close_pins, open_pins, watched


@pytest.fixture
def factory(lgpio):
    factory = open_pins(simulated=False)
    for pin in (5, 13):
        watched(factory, pin, ("button", str(pin)), lambda edge: None)
    return factory


def test_nobody_is_called_once_the_pins_are_given_back(lgpio, factory):
    assert set(lgpio.watchers) == {5, 13}
    close_pins(factory)
    assert lgpio.watchers == {}
    assert lgpio.calls[-1] == ("gpiochip_close",)
    assert gpiozero.Device.pin_factory is None


def test_a_line_that_is_busy_for_a_moment_is_given_back_with_the_others(lgpio, factory):
    lgpio.lingering = {5, 13}
    close_pins(factory)
    assert lgpio.watchers == {}
    assert lgpio.calls[-1] == ("gpiochip_close",)


def test_a_line_that_stays_busy_is_no_end(lgpio, factory, monkeypatch, caplog):
    monkeypatch.setattr("maquette.stage.pins.GIVE_BACK_S", 0.0)
    lgpio.busy = {5}
    close_pins(factory)
    assert "GPIO busy" in caplog.text
    assert gpiozero.Device.pin_factory is None
