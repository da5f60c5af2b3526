"""Pin factories for tests; each is closed when the test ends."""

import sys

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from tests.stage.recorded_lgpio import RecordedLgpio


@pytest.fixture
def mock_pins(monkeypatch):
    """Gpiozero's mock factory, with pulses, as the one for all of gpiozero."""
    factory = MockFactory(pin_class=MockPWMPin)
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.close()


@pytest.fixture
def lgpio(monkeypatch):
    """Gpiozero's real lgpio factory on recorded calls, chosen as on a Pi; the test opens it."""
    module = RecordedLgpio()
    monkeypatch.setitem(sys.modules, "lgpio", module)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.setattr("gpiozero.pins.local.LocalPiFactory._get_revision", lambda factory: 0xC03114)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    yield module
    if gpiozero.Device.pin_factory is not None:
        gpiozero.Device.pin_factory.close()
