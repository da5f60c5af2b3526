"""The Pi 5's own driver, with a file and a FIFO for `/dev/leds0`: the kernel's bytes, one opening a frame, the pace, failures in words."""

import errno
import os
import threading

import pytest

from maquette.errors import OutputError
from maquette.stage.outputs.ws2812_pio import Ws2812PioLink, Ws2812PioStrip, for_kernel


def test_the_kernel_takes_red_first_and_sends_green_first():
    assert for_kernel(bytes([0x0A, 0x0B, 0x0C, 0x1A, 0x1B, 0x1C]), 3).hex(" ") == "0b 0a 0c 00 1b 1a 1c 00"
    assert for_kernel(bytes([1, 2, 3, 4]), 4).hex(" ") == "02 01 03 04"


@pytest.fixture
def device(tmp_path):
    path = tmp_path / "leds0"
    path.write_bytes(bytes(8))
    return path


def link(device, **options):
    return Ws2812PioLink(Ws2812PioStrip(driver="ws2812_pio", leds=2, device=str(device), **options))


def test_each_frame_begins_at_the_devices_beginning(device):
    made = link(device)
    made.open()
    made.send(bytes([1, 2, 3, 4, 5, 6]))
    made.send(bytes([11, 12, 13, 14, 15, 16]))
    assert device.read_bytes() == bytes([12, 11, 13, 0, 15, 14, 16, 0])
    made.close()


def test_a_fifo_gets_a_whole_frame_at_once(tmp_path):
    fifo = tmp_path / "leds0"
    os.mkfifo(fifo)
    made = link(fifo, order="GRBW")
    sending = threading.Thread(target=made.send, args=(bytes(range(8)),))
    sending.start()
    with fifo.open("rb") as reader:
        assert reader.read() == bytes([1, 0, 2, 3, 5, 4, 6, 7])
    sending.join(10)


def test_a_frame_waits_until_the_one_before_has_left(device):
    now = [5.0]
    waited: list[float] = []
    strip = Ws2812PioStrip(driver="ws2812_pio", leds=100, device=str(device))
    made = Ws2812PioLink(strip, lambda: now[0], waited.append)
    made.send(bytes(300))
    now[0] += 0.001
    made.send(bytes(300))
    now[0] += 0.01
    made.send(bytes(300))
    assert waited == [pytest.approx(0.0023)]  # 3.3 ms on the wire


def failure(action):
    with pytest.raises(OutputError) as caught:
        action()
    return caught.value.message.key


def test_a_device_that_is_not_there_is_put_into_words(tmp_path):
    assert failure(link(tmp_path / "leds0").open) == "output_no_pio"


@pytest.mark.parametrize(("number", "key"), [(errno.EFBIG, "output_pio_too_long"), (errno.EIO, "output_device")])
def test_a_frame_that_the_kernel_refuses_is_put_into_words(device, monkeypatch, number, key):
    def refuse(opened, data):
        raise OSError(number, os.strerror(number))

    made = link(device)
    monkeypatch.setattr(os, "write", refuse)
    assert failure(lambda: made.send(bytes(6))) == key
