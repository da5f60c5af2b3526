"""The PCA9685: what its registers hold after an order, on a chip of registers."""

import pytest

from maquette.errors import ServoError
from maquette.stage.servos import make_servos
from maquette.stage.servos.pca9685 import Pca9685Link, Pca9685ServoDocument

COUNT_US = 122 / 25
"""With a clock of 25 MHz: 4.88 µs."""


class Chip:
    """A PCA9685 as its data sheet describes it: the period can be set asleep only, no pulses after a power cut."""

    def __init__(self):
        self.power_cut()
        self.writes, self.closed, self.fault = [], 0, None

    def power_cut(self):
        self.registers = [0] * 256
        self.registers[0x00], self.registers[0x01], self.registers[0xFE] = 0x11, 0x04, 30
        for channel in range(16):
            self.registers[0x06 + 4 * channel + 3] = 0x10

    def read_byte_data(self, address, register):
        return self.read_i2c_block_data(address, register, 1)[0]

    def read_i2c_block_data(self, address, register, length):
        assert address == 0x41
        if self.fault:
            raise self.fault
        return self.registers[register : register + length]

    def write_byte_data(self, address, register, value):
        if register == 0xFE:
            assert self.registers[0x00] & 0x10, "awake, it does not take another period"
        self.write_i2c_block_data(address, register, [value])

    def write_i2c_block_data(self, address, register, data):
        assert address == 0x41
        if self.fault:
            raise self.fault
        self.writes.append((register, data))
        self.registers[register : register + len(data)] = data

    def close(self):
        self.closed += 1

    def pulse_us(self, channel):
        """Return the pulse of a channel, or None where there is none."""
        on, off = (self.registers[at] + 256 * self.registers[at + 1] for at in (0x06 + 4 * channel, 0x08 + 4 * channel))
        asleep = self.registers[0x00] & 0x10 or not self.registers[0x00] & 0x20
        return None if asleep or off & 0x1000 else (off - on) * COUNT_US


@pytest.fixture
def chip():
    return Chip()


@pytest.fixture
def now():
    return [0.0]


def link_to(chip, now, channel=2, **changes):
    options = {"driver": "pca9685", "address": 0x41, "channel": channel, "angle": ("-90°", "90°")}
    servo = Pca9685ServoDocument.model_validate(options | changes)
    return Pca9685Link(servo, lambda number: chip, lambda: now[0])


def test_after_a_power_cut_the_chip_is_woken_with_a_period_of_20_ms_and_the_first_pulse_is_the_asked_one(chip, now):
    link = link_to(chip, now)
    assert link.open(1500.0) == 1500.0
    assert chip.registers[0xFE] == 121  # 25 MHz / 4096 / 50 Hz - 1, as in the data sheet
    assert chip.registers[0x01] == 0x04
    assert chip.pulse_us(2) == pytest.approx(1500.0, abs=COUNT_US / 2)
    assert all(chip.pulse_us(channel) is None for channel in range(16) if channel != 2)


def test_a_pulse_is_one_transfer_and_a_rest_is_the_full_off_bit(chip, now):
    link = link_to(chip, now)
    link.open(1500.0)
    chip.writes.clear()
    link.turn(2000.0)
    link.rest()
    assert chip.writes == [(0x0E, [0, 0, 410 & 0xFF, 410 >> 8]), (0x0E, [0, 0, 0, 0x10])]
    assert chip.pulse_us(2) is None


def test_several_servos_on_one_chip_never_disturb_each_other(chip, now):
    first, second = link_to(chip, now, 0), link_to(chip, now, 15)
    first.open(1000.0)
    chip.writes.clear()
    second.open(2000.0)
    assert [register for register, _ in chip.writes] == [0x42]
    second.close()
    assert chip.pulse_us(0) == pytest.approx(1000.0, abs=COUNT_US / 2)
    assert chip.pulse_us(15) is None


def test_a_servo_that_is_being_held_stays_there_as_after_a_crash(chip, now):
    link_to(chip, now).open(1300.0)
    chip.writes.clear()
    assert link_to(chip, now).open(1800.0) == pytest.approx(1300.0, abs=COUNT_US / 2)
    assert chip.writes == []


def test_a_clock_that_was_measured_gives_pulses_of_the_right_length(chip, now):
    link = link_to(chip, now, oscillator="26.5 MHz")
    link.open(1500.0)
    period_us = (chip.registers[0xFE] + 1) * 4096 / 26.5
    counts = chip.registers[0x10] + 256 * chip.registers[0x11]
    assert period_us == pytest.approx(20_000, rel=0.005)
    assert counts * period_us / 4096 == pytest.approx(1500.0, abs=3)


def test_a_chip_that_lost_its_power_is_woken_by_the_next_pulse_after_a_second(chip, now):
    link = link_to(chip, now)
    link.open(1500.0)
    chip.power_cut()
    now[0] = 5.0
    link.turn(1500.0)
    assert chip.pulse_us(2) == pytest.approx(1500.0, abs=COUNT_US / 2)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (FileNotFoundError(2, "No such file or directory"), "i2c_missing bus=1"),
        (PermissionError(13, "Permission denied"), "i2c_not_allowed bus=1"),
        (OSError(121, "Remote I/O error"), "pca9685_silent address='0x41' bus=1 reason='Remote I/O error'"),
    ],
)
def test_a_bus_that_cannot_be_opened_is_told_in_words(now, fault, told):
    servo = Pca9685ServoDocument.model_validate(
        {"driver": "pca9685", "address": 0x41, "channel": 0, "angle": ("0°", "90°")}
    )

    def refuse(number):
        raise fault

    link = Pca9685Link(servo, refuse)
    with pytest.raises(ServoError) as caught:
        link.open(1500.0)
    assert str(caught.value.message) == told
    link.close()


def test_a_chip_that_is_gone_is_told_and_let_go(chip, now):
    link = link_to(chip, now)
    link.open(1500.0)
    chip.fault = OSError(121, "Remote I/O error")
    for order in (lambda: link.turn(1600.0), link.rest):
        with pytest.raises(ServoError, match="pca9685_silent"):
            order()
    link.close()
    link.close()
    assert chip.closed == 1
    chip.fault = None
    assert link.open(1700.0) == pytest.approx(1500.0, abs=COUNT_US / 2)  # it went on by itself


def test_on_its_thread_the_newest_angle_wins_and_failures_come_back(chip, monkeypatch):
    monkeypatch.setattr("smbus2.SMBus", lambda number: chip)
    options = {"driver": "pca9685", "address": 0x41, "angle": ("-90°", "90°")}
    documents = {
        name: Pca9685ServoDocument.model_validate(options | {"channel": channel})
        for channel, name in enumerate(("needle", "gate"))
    }
    servos = make_servos(documents)
    for servo in servos.values():
        servo.open(0.0)
    for angle in range(91):
        servos["needle"].turn(float(angle))
    servos["gate"].rest()
    servos["gate"].turn(-90.0)
    for servo in servos.values():
        servo.close()
        servo.finish(5.0)
    held = [data for register, data in chip.writes if register == 0x06 and not data[3] & 0x10]
    assert held[0][2] + 256 * held[0][3] == 307
    assert chip.writes[-1][1] == [0, 0, 0, 0x10]
    assert servos["needle"].check() is None
    chip.fault = OSError(121, "Remote I/O error")
    servos["needle"].open(0.0)
    servos["needle"].close()
    servos["needle"].finish(5.0)
    with pytest.raises(ServoError, match="pca9685_silent"):
        servos["needle"].check()


def test_two_servos_do_not_share_a_channel_nor_give_one_chip_two_clocks():
    def servo(**changes):
        options = {"driver": "pca9685", "channel": 0, "angle": ("-90°", "90°")}
        return Pca9685ServoDocument.model_validate(options | changes)

    assert str(servo().clash(servo())) == "pca9685_channel bus=1 address='0x40' channel=0"
    assert servo().clash(servo(address=0x41)) is None
    assert servo().clash(servo(bus=3)) is None
    assert str(servo().clash(servo(channel=1, oscillator="26 MHz"))) == "pca9685_oscillator bus=1 address='0x40'"
