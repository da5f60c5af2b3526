"""What the boot files say: lines of ours come, change and go; everything else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.installer.boot import with_lines, with_words, without_words
from maquette.installer.needs import Needs, needs_of
from tests.installer.roots import PI_CONFIG

LINES = ["dtparam=spi=on", "dtoverlay=pwm-2chan"]


def test_lines_stand_under_all_and_belong_to_no_overlay_above():
    after = with_lines(PI_CONFIG, LINES)
    assert after.startswith(PI_CONFIG)
    block = after.removeprefix(PI_CONFIG).splitlines()
    assert block[1:] == [block[1], "[all]", "dtoverlay=", *LINES, block[-1]]


@given(
    st.lists(st.sampled_from(["dtparam=audio=on", "[pi4]", "[all]", "", "# a comment", "dtoverlay=vc4-kms-v3d"])),
    st.lists(st.sampled_from(LINES), max_size=2),
)
def test_ours_change_and_go_without_a_trace(lines, ours):
    config = "".join(f"{line}\n" for line in lines).rstrip("\n")
    once = with_lines(config, ours)
    assert with_lines(once, ours) == once
    assert with_lines(with_lines(config, LINES), ours) == once
    assert with_lines(once, []).rstrip("\n") == config


def test_what_was_added_below_ours_stays():
    after = with_lines(with_lines("a=1\n", LINES) + "b=2\n", [])
    assert after.split() == ["a=1", "b=2"]


def test_words_of_the_kernel_are_on_one_line_and_once():
    line = "console=tty1 spidev.bufsiz=4096 rootwait\n"
    assert with_words(line, ["spidev.bufsiz=32768"]) == "console=tty1 rootwait spidev.bufsiz=32768\n"
    assert without_words("a overlayroot=tmpfs:recurse=0 b\n", "overlayroot=tmpfs:recurse=0") == "a b\n"


PARTS = [
    ({"driver": "spi", "leds": 10}, 5, ("dtparam=spi=on",), False),
    ({"driver": "spi", "leds": 10}, 3, ("dtparam=spi=on", "core_freq=250"), False),
    ({"driver": "rpi_ws281x", "pin": 10}, 4, ("dtparam=spi=on", "core_freq=500", "core_freq_min=500"), False),
    ({"driver": "rpi_ws281x", "pin": 21}, 4, (), True),
    ({"driver": "rpi_ws281x", "pin": 12}, 4, ("dtparam=audio=off",), True),
    ({"driver": "ddp", "host": "a"}, 4, (), False),
    ({"driver": "ws2812_pio", "leds": 9}, 5, ("dtoverlay=ws2812-pio,gpio=18,num_leds=9,brightness=0",), False),
]


@pytest.mark.parametrize(("strip", "generation", "lines", "as_root"), PARTS)
def test_only_what_the_strips_need_is_asked_for(strip, generation, lines, as_root):
    needs = needs_of({"strips": {"river": strip}}, generation)
    assert (needs.config, needs.as_root) == (lines, as_root)
    assert needs.kernel == (("spidev.bufsiz=32768",) if "dtparam=spi=on" in lines else ())


def test_servos_and_sensors_ask_too():
    assert needs_of({"servos": {"a": {"driver": "pca9685"}}}, 5).config == ("dtparam=i2c_arm=on",)
    assert needs_of({"sensors": {"a": {"kind": "light"}, "b": {"kind": "presence"}}}, 5).config == (
        "dtparam=i2c_arm=on",
    )
    pwm = {"driver": "kernel_pwm", "chip": "1f00098000.pwm"}
    assert needs_of({"servos": {"a": pwm}}, 5).config == ("dtparam=audio=off", "dtoverlay=pwm-2chan")
    assert needs_of({"servos": {"a": {**pwm, "chip": "pwm-gpio"}}}, 5) == Needs()


def test_the_pins_of_led_devices_are_those_that_they_have():
    strips = {
        "b": {"driver": "ws2812_pio", "device": "/dev/leds1", "leds": 2},
        "a": {"driver": "ws2812_pio", "leds": 1},
    }
    first, second = (
        f"dtoverlay=ws2812-pio,gpio={pin},num_leds={leds},brightness=0" for pin, leds in ((21, 1), (18, 2))
    )
    ours = with_lines("", ["dtoverlay=ws2812-pio,num_leds=7,gpio=21"])
    assert needs_of({"strips": strips}, 5, ours).config == (first, second)
    theirs = "dtoverlay=ws2812-pio,num_leds=7,gpio=21\n"
    assert needs_of({"strips": strips}, 5, theirs).config == (second,), "what was written by hand is not written twice"


@given(st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda some: st.dictionaries(
    st.sampled_from(["strips", "servos", "sensors", "driver", "pin", "x"]), some, max_size=3)))  # fmt: skip
def test_documents_that_make_no_sense_ask_for_nothing_and_break_nothing(document):
    assert isinstance(needs_of(document if isinstance(document, dict) else {}, None), Needs)
