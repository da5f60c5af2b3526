"""SPI: golden bytes, the strips that fit into one transfer, and what is told of a device. `tests/pi` sends it through a real `spidev`."""

import errno
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.errors import OutputError
from maquette.stage.outputs.spi import SpiLink, SpiStrip, encode, most_leds, transfer_bytes

LOW = bytes(90)  # 300 µs at 2.4 MHz


def test_a_bit_is_three_and_the_line_is_low_before_and_after():
    # 0x00: 100 100 100 100 100 100 100 100; 0xff: 110 …; 0xa5: 110 100 110 100 100 110 100 110
    assert encode(b"\x00\xff\xa5") == LOW + bytes.fromhex("924924 db6db6 d349a6") + LOW


@given(st.binary(max_size=60))
def test_what_a_strip_reads_is_what_was_sent(frame):
    sent = encode(frame)
    assert sent[:90] == sent[-90:] == LOW
    bits = f"{int.from_bytes(b'1' + sent[90:-90], 'big'):b}"[6:]
    codes = [bits[index : index + 3] for index in range(0, len(bits), 3)]
    read = "".join({"110": "1", "100": "0"}[code] for code in codes)
    assert bytes(int(read[index : index + 8], 2) for index in range(0, len(read), 8)) == frame


@pytest.mark.parametrize(
    ("size", "channels", "most"), [(4096, 3, 435), (4096, 4, 326), (32768, 3, 3620), (65536, 3, 7261), (100, 3, 0)]
)
def test_the_leds_that_fit_into_one_transfer(size, channels, most):
    assert most_leds(size, channels) == most
    assert transfer_bytes(most, channels) <= max(size, 180) < transfer_bytes(most + 1, channels)


class Spi:
    """The library's object, without a device."""

    def __init__(self, fault=None):
        self.fault, self.opened = fault, []

    def open_path(self, path):
        if self.fault:
            raise self.fault
        self.opened.append(path)

    def close(self):
        self.opened.append(None)


def link(tmp_path, monkeypatch, spi, leds=10, size="4096", order="GRB"):
    monkeypatch.setitem(sys.modules, "spidev", SimpleNamespace(SpiDev=lambda: spi))
    (tmp_path / "bufsiz").write_text(f"{size}\n")
    return SpiLink(SpiStrip(driver="spi", leds=leds, order=order), tmp_path / "bufsiz")


def failure(action):
    with pytest.raises(OutputError) as caught:
        action()
    return caught.value.message.key, dict(caught.value.message.arguments)


def test_the_device_is_opened_at_its_speed(tmp_path, monkeypatch):
    spi = Spi()
    made = link(tmp_path, monkeypatch, spi)
    made.open()
    assert spi.opened == ["/dev/spidev0.0"]
    assert (vars(spi)["max_speed_hz"], vars(spi)["mode"]) == (2_400_000, 0)
    made.close()
    made.close()
    assert spi.opened == ["/dev/spidev0.0", None]


@pytest.mark.parametrize(
    ("leds", "order", "told"),
    [
        (436, "GRB", {"leds": 436, "most": 435, "size": 4096, "wanted": 8192}),
        (2000, "GRBW", {"leds": 2000, "most": 326, "size": 4096, "wanted": 32768}),
    ],
)
def test_a_strip_that_is_too_long_is_refused_with_the_number_that_fits(tmp_path, monkeypatch, leds, order, told):
    spi = Spi()
    assert failure(link(tmp_path, monkeypatch, spi, leds, order=order).open) == ("output_spi_too_long", told)
    assert spi.opened == []
    link(tmp_path, monkeypatch, spi, leds, size=told["wanted"], order=order).open()
    assert spi.opened == ["/dev/spidev0.0"]


@pytest.mark.parametrize(
    ("number", "key", "argument"),
    [
        (errno.ENOENT, "output_no_spi", None),
        (errno.EACCES, "output_not_permitted", ("group", "spi")),
        (errno.EBUSY, "output_device", ("reason", "Device or resource busy")),
    ],
)
def test_a_device_that_cannot_be_used_is_put_into_words(tmp_path, monkeypatch, number, key, argument):
    told = failure(link(tmp_path, monkeypatch, Spi(OSError(number, "…"))).open)
    assert told == (key, dict([("device", "/dev/spidev0.0"), *([argument] if argument else [])]))


def test_a_library_that_is_missing_is_put_into_words(tmp_path, monkeypatch):
    made = link(tmp_path, monkeypatch, Spi())
    monkeypatch.setitem(sys.modules, "spidev", None)
    assert failure(made.open) == ("output_no_library", {"name": "spidev"})
    made.close()
