"""The box itself: what the other tests take for granted of its pins, its wire and its chips."""

import os
import time

import lgpio
import pytest
import spidev

from tests.pi.header import CLAIM_S
from tests.pi.wire import pictures

HZ = 2_400_000


@pytest.fixture
def spi():
    device = spidev.SpiDev()
    device.open(0, 0)
    device.max_speed_hz = HZ
    yield device
    device.close()


def encoded(data):
    """Three SPI bits for each bit of a LED, high for one of them or for two."""
    bits = "".join("110" if byte >> bit & 1 else "100" for byte in data for bit in range(7, -1, -1))
    return int(bits, 2).to_bytes(len(bits) // 8)


def test_an_edge_comes_once_and_an_output_is_seen(header):
    chip = lgpio.gpiochip_open(0)
    try:
        edges = []
        lgpio.gpio_claim_alert(chip, 17, lgpio.BOTH_EDGES, lgpio.SET_PULL_UP)
        watch = lgpio.callback(chip, 17, lgpio.BOTH_EDGES, lambda _chip, _pin, level, _ns: edges.append(level))
        lgpio.gpio_claim_output(chip, 18, 1)
        assert header.level(18) == 1
        time.sleep(CLAIM_S)
        header.close(17)
        time.sleep(0.1)  # simulated edges are told at the next tick
        header.open(17)
        time.sleep(0.1)  # as above
        watch.cancel()
        assert edges == [0, 1]
    finally:
        lgpio.gpiochip_close(chip)


def test_what_spi_sends_is_read_as_an_led_reads_it(spi, wire):
    picture = bytes(range(256))
    spi.writebytes2(bytes(10) + encoded(picture) + bytes(20))
    (transfer,) = wire.transfers()
    assert transfer.hz == HZ
    assert pictures(transfer.data, transfer.hz) == [picture]
    assert wire.transfers() == []


def test_two_pictures_in_one_transfer_are_two(spi, wire):
    spi.writebytes2(encoded(b"\x01\x02\x03") + bytes(90) + encoded(b"\xff\x00\x80") + bytes(20))
    assert wire.pictures() == [b"\x01\x02\x03", b"\xff\x00\x80"]


@pytest.mark.parametrize("broken", [b"\xf0", b"\x80" + bytes(6) + b"\x80"], ids=["pulse too long", "low too long"])
def test_what_no_led_could_read_is_refused(broken):
    with pytest.raises(AssertionError):
        pictures(broken, HZ)


def test_a_transfer_takes_the_time_of_its_bits(spi):
    began = time.monotonic()
    spi.writebytes2(bytes(4096))
    assert time.monotonic() - began >= 0.5 * 4096 * 8 / HZ, "the box's clocks are not that exact, but it waits"


def test_a_transfer_holds_4096_bytes(spi, wire):
    spi.writebytes2(bytes(4097))
    assert [len(transfer.data) for transfer in wire.transfers()] == [4096, 1]


def test_the_servo_controller_has_its_registers(pca9685):
    assert pca9685.register(0x00) == 0x11
    assert pca9685.pulse_us(0) is None
    assert pca9685.period_us() == pytest.approx(5079, abs=1)


def test_it_says_that_it_is_a_pi():
    from gpiozero.pins.lgpio import LGPIOFactory

    factory = LGPIOFactory()
    try:
        assert factory.board_info.model == "4B"
        assert os.access("/dev/gpiomem", os.R_OK | os.W_OK)
    finally:
        factory.close()
