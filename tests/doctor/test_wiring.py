"""Advice on wiring: devices, buffers, sound, clocks, groups, for the drivers of the documents."""

import pytest

from tests.doctor.conftest import PI_5

PI_3 = "Raspberry Pi 3 Model B Plus Rev 1.3\0"
SPI = "river: {driver: spi, leds: 10, supply: main}"
LONG_SPI = "river: {driver: spi, leds: 500, supply: main}"
LONG_WS281X = "river: {driver: rpi_ws281x, pin: 10, leds: 500, supply: main}"
PWM = "river: {driver: rpi_ws281x, pin: 18, leds: 10, supply: main}"
PIO = "river: {driver: ws2812_pio, leds: 10, supply: main}"
SERIAL = "river: {driver: adalight, port: /dev/serial/by-id/usb-strip, leds: 10, supply: main}"
STEADY = {"/boot/firmware/config.txt": "core_freq=500\ncore_freq_min=500\n"}


@pytest.mark.parametrize(
    ("strip", "subject", "path", "remedy"),
    [
        (SPI, "spi", "/dev/spidev0.0", "sudo raspi-config nonint do_spi 0"),
        (PIO, "pio", "/dev/leds0", "num_leds=10,brightness=0"),
        (SERIAL, "serial", "/dev/serial/by-id/usb-strip", "ls -l /dev/serial/by-id/"),
    ],
)
def test_a_device_that_is_not_there_is_trouble_with_its_remedy(pi, installation, advice, strip, subject, path, remedy):
    level, text, mend = advice(pi(), installation(strip))[subject]
    assert (level, text) == ("trouble", f"{path} does not exist. Nothing reaches the strip 'river'.")
    assert remedy in (mend or "")
    assert advice(pi({path: ""}), installation(strip))[subject][0] == "well"


def test_a_device_that_may_not_be_used_names_the_group(pi, installation, advice, monkeypatch):
    machine = pi({"/dev/spidev0.0": ""})
    monkeypatch.setattr("maquette.ops.machine.Machine.may_use", lambda machine, path: "spidev" not in path)
    monkeypatch.setattr("maquette.ops.machine.Machine.group_of", lambda machine, path: "spi")
    level, text, mend = advice(machine, installation(SPI))["spi"]
    assert (level, mend) == ("trouble", "sudo usermod -aG spi pi")
    assert "the user pi may not use it" in text


@pytest.mark.parametrize(("strip", "fits"), [(LONG_SPI, 435), (LONG_WS281X, 339)])
@pytest.mark.parametrize(("size", "level"), [("4096", "trouble"), ("32768", "well")])
def test_a_frame_must_fit_into_the_buffer(pi, installation, advice, strip, fits, size, level):
    machine = pi({"/dev/spidev0.0": "", "/sys/module/spidev/parameters/bufsiz": size})
    found = advice(machine, installation(strip))["spi_buffer"]
    assert found[0] == level
    if level == "trouble":
        assert f"{fits} LEDs fit" in found[1]
        assert "spidev.bufsiz=32768" in (found[2] or "")


@pytest.mark.parametrize(
    ("model", "files", "level"),
    [
        ("Raspberry Pi 4 Model B Rev 1.4", {}, "warning"),
        ("Raspberry Pi 4 Model B Rev 1.4", STEADY, "well"),
        (PI_3, {}, "warning"),
        (PI_3, {"/boot/firmware/config.txt": "core_freq=250"}, "well"),
        (PI_5, {}, None),
    ],
)
def test_the_core_s_clock_must_not_change_under_spi(pi, installation, advice, model, files, level):
    machine = pi({"/proc/device-tree/model": model, "/dev/spidev0.0": "", **files})
    found = advice(machine, installation(SPI)).get("core_clock")
    assert (found and found[0]) == level
    if level == "warning":
        assert found is not None
        assert "core_freq=" in (found[2] or "")


def test_sound_and_light_cannot_share_the_pwm(pi, installation, advice):
    loud = pi({"/proc/asound/cards": " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n"})
    assert advice(loud, installation(PWM))["sound"][0] == "trouble"
    assert "sound" not in advice(loud, installation(SPI))


def test_what_needs_root_has_a_unit_of_its_own(pi, installation, advice):
    assert advice(pi(), installation(PWM))["root"][0] == "trouble"
    assert advice(pi(user="root"), installation(PWM))["root"][0] == "warning"
    assert advice(pi({"/run/maquette-ws281x/socket": ""}), installation(PWM))["root"][0] == "well"
