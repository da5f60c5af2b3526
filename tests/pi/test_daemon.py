"""The whole daemon in the box, started as the unit starts it: pressed with a finger, seen on its lamps, its strip and its page."""

import contextlib
import time

import pytest

from tests.daemon import Installation, Strip, running
from tests.pi.header import CLAIM_S

AIR, AIR_LAMP, ENERGY_LAMP, STOP = 5, 6, 16, 26
PAUSE_S = 0.1
"""Longer than a contact chatters."""


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
        header.close(STOP)
        header.open(STOP)
        daemon.wait_for("/api/state", lambda state: state["state"] == "idle")
        header.until(ENERGY_LAMP, 1)
        assert daemon.stop() == 0
        assert "Traceback" not in daemon.log.read_text()
        header.until(AIR_LAMP, 0)
        strip.until(lambda pixels: not any(pixels))
