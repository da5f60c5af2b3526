"""The board is asked before the library: files of a Pi's in a folder."""

import pytest

from maquette.ws281x.board import board_revision, check_board, check_devices
from maquette.ws281x.protocol import Hello, RefusedError, StripHello

PI_4, PI_5, PI_B_PLUS = 0xC03114, 0xC04170, 0x10


@pytest.fixture
def root(tmp_path):
    for folder in ("proc/device-tree/system", "sys/module/spidev/parameters", "dev"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def cpuinfo(root, text):
    (root / "proc/cpuinfo").write_text(text)


def hello(pin, leds=300):
    return Hello((StripHello(pin, leds, 3, invert=False),), 10)


def test_the_device_tree_tells_the_revision_before_the_processor_does(root):
    cpuinfo(root, "processor\t: 0\nRevision\t: c04170\nModel\t: Raspberry Pi 5\n")
    assert board_revision(root) == PI_5
    (root / "proc/device-tree/system/linux,revision").write_bytes(PI_4.to_bytes(4, "big"))
    assert board_revision(root) == PI_4


@pytest.mark.parametrize("text", ["processor\t: 0\nmodel name\t: Intel\n", "Revision\t: none\n"])
def test_a_machine_without_a_revision_is_no_pi(root, text):
    cpuinfo(root, text)
    assert board_revision(root) is None
    with pytest.raises(RefusedError, match="no_pi"):
        check_board(root)


def test_a_machine_that_tells_nothing_is_no_pi(tmp_path):
    with pytest.raises(RefusedError, match="no_pi"):
        check_board(tmp_path)


@pytest.mark.parametrize("revision", [PI_4, PI_B_PLUS, 0xA02082, 0x902120])
def test_a_pi_up_to_the_fourth_is_left_to_the_library(root, revision):
    cpuinfo(root, f"Revision\t: {revision:x}\n")
    check_board(root)


def test_a_pi_5_has_other_ways(root):
    cpuinfo(root, f"Revision\t: {PI_5:x}\n")
    with pytest.raises(RefusedError, match="pi_5: c04170"):
        check_board(root)


def test_the_device_that_lacks_is_named(root):
    with pytest.raises(RefusedError, match=r"device: /dev/spidev0\.0: No such file"):
        check_devices(hello(10), root)
    (root / "dev/spidev0.0").touch()
    with pytest.raises(RefusedError, match="device: /dev/gpiomem: No such file"):
        check_devices(hello(10), root)
    with pytest.raises(RefusedError, match="device: /dev/vcio: No such file"):
        check_devices(hello(18), root)
    (root / "dev/vcio").touch()
    with pytest.raises(RefusedError, match="device: /dev/mem: No such file"):
        check_devices(hello(21), root)


def test_a_strip_that_does_not_fit_into_a_transfer_is_refused_with_the_number_that_does(root):
    for name in ("spidev0.0", "gpiomem"):
        (root / "dev" / name).touch()
    check_devices(hello(10, 339), root)
    with pytest.raises(RefusedError) as refused:
        check_devices(hello(10, 340), root)
    assert refused.value.arguments == {"leds": 340, "most": 339, "bytes": 4104}
    (root / "sys/module/spidev/parameters/bufsiz").write_text("32768\n")
    check_devices(hello(10, 2700), root)
    with pytest.raises(RefusedError, match="bufsiz"):
        check_devices(hello(10, 2800), root)
