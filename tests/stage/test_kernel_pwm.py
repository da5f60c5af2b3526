"""The kernel's PWM, on a tree of files as sysfs shows it."""

import errno

import pytest

from maquette.errors import ServoError
from maquette.stage.servos.kernel_pwm import TRIES, KernelPwmLink, KernelPwmServoDocument

PERIOD = 20_000_000


class Tree:
    """Files of PWM chips; each is a device elsewhere, as in sysfs."""

    def __init__(self, folder):
        self.root = folder / "class" / "pwm"
        self.root.mkdir(parents=True)
        self.folder = folder

    def chip(self, number, device, driver):
        """Add a chip whose channels have not been asked for."""
        there, drivers = self.folder / "devices" / device, self.folder / "drivers" / driver
        there.mkdir(parents=True)
        drivers.mkdir(parents=True, exist_ok=True)
        (there / "driver").symlink_to(drivers)
        chip = self.root / f"pwmchip{number}"
        chip.mkdir()
        (chip / "device").symlink_to(there)
        (chip / "export").write_text("")
        (chip / "unexport").write_text("")
        return chip

    def channel(self, chip, number, period=0, duty=0, enable=0):
        """Add a channel that was asked for."""
        channel = chip / f"pwm{number}"
        channel.mkdir()
        for name, value in (("period", period), ("duty_cycle", duty), ("enable", enable)):
            (channel / name).write_text(f"{value}\n")
        return channel


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


def link_to(tree, chip="1f00098000.pwm", channel=1, pause=lambda seconds: None):
    options = {"driver": "kernel_pwm", "chip": chip, "channel": channel, "angle": ("-90°", "90°")}
    return KernelPwmLink(KernelPwmServoDocument.model_validate(options), tree.root, pause)


def values(channel):
    return tuple(int((channel / name).read_text()) for name in ("period", "duty_cycle", "enable"))


@pytest.mark.parametrize("name", ["1f00098000.pwm", "pwm-rp1"])
def test_a_chip_is_found_by_its_device_or_its_driver_whatever_its_number(tree, name):
    tree.chip(0, "107d517a80.pwm", "brcm-pwm")
    channel = tree.channel(tree.chip(2, "1f00098000.pwm", "pwm-rp1"), 1)
    link = link_to(tree, name)
    assert link.open(1500.0) == 1500.0
    assert values(channel) == (PERIOD, 1_500_000, 1)
    link.turn(2000.0)
    assert values(channel) == (PERIOD, 2_000_000, 1)
    link.rest()
    assert values(channel) == (PERIOD, 0, 1)


def test_a_channel_that_is_asked_for_becomes_writable_a_moment_later(tree, monkeypatch):
    chip = tree.chip(0, "1f00098000.pwm", "pwm-rp1")
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            tree.channel(chip, 1)

    link_to(tree, pause=pause).open(1500.0)
    assert (chip / "export").read_text() == "1"
    assert values(chip / "pwm1") == (PERIOD, 1_500_000, 1)
    assert len(pauses) == 3


def test_a_channel_that_stays_forbidden_is_told_after_a_second(tree, monkeypatch):
    tree.channel(tree.chip(0, "1f00098000.pwm", "pwm-rp1"), 1)
    pauses: list[float] = []
    monkeypatch.setattr("os.access", lambda path, mode: False)
    monkeypatch.setattr("pathlib.Path.open", refused(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(ServoError) as caught:
        link_to(tree, pause=pauses.append).open(1500.0)
    assert str(caught.value.message) == "pwm_refused chip='1f00098000.pwm' channel=1 reason='Permission denied'"
    assert len(pauses) == TRIES


def refused(error):
    def refuse(*arguments, **options):
        raise error

    return refuse


def test_another_period_is_set_only_when_there_is_no_pulse(tree, monkeypatch):
    channel = tree.channel(tree.chip(0, "1f00098000.pwm", "pwm-rp1"), 1, period=40_000_000, duty=39_000_000, enable=1)
    written, write = [], KernelPwmLink._write

    def noted(link, name, value):
        written.append((name, value))
        write(link, name, value)

    monkeypatch.setattr(KernelPwmLink, "_write", noted)
    link_to(tree).open(1500.0)
    assert written == [("duty_cycle", 0), ("period", PERIOD), ("duty_cycle", 1_500_000), ("enable", 1)]
    assert values(channel) == (PERIOD, 1_500_000, 1)


def test_a_servo_that_is_being_held_stays_there_as_after_a_crash(tree):
    channel = tree.channel(tree.chip(0, "1f00098000.pwm", "pwm-rp1"), 1, period=PERIOD, duty=1_200_000, enable=1)
    assert link_to(tree).open(1500.0) == 1200.0
    assert values(channel) == (PERIOD, 1_200_000, 1)


def test_at_the_end_there_are_no_pulses_and_the_channel_is_given_back(tree):
    chip = tree.chip(0, "1f00098000.pwm", "pwm-rp1")
    channel = tree.channel(chip, 1)
    link = link_to(tree)
    link.open(1500.0)
    link.close()
    link.close()
    assert values(channel) == (PERIOD, 0, 0)
    assert (chip / "unexport").read_text() == "1"


def test_a_chip_that_is_not_there_is_told_with_those_that_are(tree):
    with pytest.raises(ServoError, match="pwm_none chip='pwm-gpio'"):
        link_to(tree, "pwm-gpio").open(1500.0)
    tree.chip(0, "1f00098000.pwm", "pwm-rp1")
    tree.chip(1, "1f0009c000.pwm", "pwm-rp1")
    with pytest.raises(ServoError) as caught:
        link_to(tree, "pwm-gpio").open(1500.0)
    known = "1f00098000.pwm (pwm-rp1), 1f0009c000.pwm (pwm-rp1)"
    assert str(caught.value.message) == f"pwm_missing chip='pwm-gpio' known='{known}'"
    with pytest.raises(ServoError) as caught:
        link_to(tree, "pwm-rp1").open(1500.0)
    assert str(caught.value.message) == f"pwm_several chip='pwm-rp1' known='{known}'"


def test_a_channel_that_vanishes_is_told_and_let_go(tree):
    chip = tree.chip(0, "1f00098000.pwm", "pwm-rp1")
    channel = tree.channel(chip, 1)
    link = link_to(tree)
    link.open(1500.0)
    for name in ("period", "duty_cycle", "enable"):
        (channel / name).unlink()
    channel.rmdir()
    with pytest.raises(ServoError, match="pwm_refused"):
        link.turn(1600.0)
    link.close()


def test_two_servos_do_not_share_a_channel():
    def servo(**changes):
        options = {"driver": "kernel_pwm", "chip": "pwm-gpio", "channel": 0, "angle": ("-90°", "90°")}
        return KernelPwmServoDocument.model_validate(options | changes)

    assert str(servo().clash(servo())) == "pwm_channel chip='pwm-gpio' channel=0"
    assert servo().clash(servo(channel=1)) is None
