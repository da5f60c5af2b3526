"""What the tests in the box share. They are collected in there alone: ``make test-pi``."""

import importlib.util
import os

import pytest

if "GPIO_SIM" in os.environ:
    if importlib.util.find_spec("lgpio") is None:
        pytest.exit("These tests need Python 3.11 or 3.12: lgpio has no wheel for newer ones.", returncode=2)
    from tests.pi.header import Header
    from tests.pi.pca9685 import Pca9685
    from tests.pi.wire import Wire
else:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def header():
    """The simulated pins, nothing pressed and nothing lit."""
    header = Header()
    header.rest()
    return header


@pytest.fixture
def wire():
    """What SPI sends from now on."""
    with Wire() as wire:
        yield wire


@pytest.fixture
def pca9685():
    """The servo controller's registers, as they are once its power comes."""
    with Pca9685() as chip:
        chip.power_up()
        yield chip
