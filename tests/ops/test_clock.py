"""When the wall clock may be believed."""

import time
from zoneinfo import ZoneInfo

import pytest

from maquette.ops import clock


@pytest.fixture
def nobody_set_it(monkeypatch, tmp_path):
    monkeypatch.delenv("MAQUETTE_CLOCK", raising=False)
    monkeypatch.setattr(clock, "TIMESYNC_MARK", tmp_path / "synchronized")
    monkeypatch.setattr(clock, "HARDWARE_CLOCK", tmp_path / "since_epoch")
    monkeypatch.setattr(clock, "_kernel_is_synchronised", lambda: False)
    return tmp_path


def test_a_clock_that_nothing_has_set_is_not_trusted(nobody_set_it):
    assert not clock.is_trusted()
    assert not clock.read_clock(ZoneInfo("Europe/Paris")).trusted


def test_the_mark_of_the_time_service_is_trusted(nobody_set_it):
    (nobody_set_it / "synchronized").touch()
    assert clock.is_trusted()


def test_a_hardware_clock_confirms_only_what_it_agrees_with(nobody_set_it):
    battery = nobody_set_it / "since_epoch"
    battery.write_text(f"{int(time.time())}\n")
    assert clock.is_trusted()
    battery.write_text("86400\n")  # no battery: the second of January 1970
    assert not clock.is_trusted()
    battery.write_text("")
    assert not clock.is_trusted()


def test_the_installer_may_vouch_for_it(nobody_set_it, monkeypatch):
    monkeypatch.setenv("MAQUETTE_CLOCK", "trusted")
    assert clock.is_trusted()


def test_the_installer_may_know_better_than_the_time_service(nobody_set_it, monkeypatch):
    (nobody_set_it / "synchronized").touch()
    monkeypatch.setenv("MAQUETTE_CLOCK", "untrusted")
    assert not clock.is_trusted()


def test_the_local_time_carries_its_zone():
    assert clock.read_clock(ZoneInfo("Europe/Paris")).local.tzinfo == ZoneInfo("Europe/Paris")
