"""After a crash: the command that the unit runs leaves the wire dark, whatever another strip does."""

import subprocess
import sys

from tests.pi.test_outputs import output_of, shown
from tests.pi.wire import Wire

LEDS = 200

CONFIG = "maquette: 1\nid: a\nhardware: hardware.yaml\n"
HARDWARE = """\
maquette: 1
strips:
  gone: {driver: adalight, port: /dev/serial/by-id/usb-gone, leds: 4}
  river: {driver: spi, device: /dev/spidev0.0, leds: 200}
"""


def test_what_a_crash_has_left_lit_is_darkened(wire: Wire, tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "hardware.yaml").write_text(HARDWARE)
    lit = output_of("spi")
    shown(lit, b"\x40" * 3 * LEDS)
    wire.until(lambda picture: picture == b"\x40" * 3 * LEDS)
    lit.close()  # the last frame stays, as after a crash
    command = [
        sys.executable,
        "-m",
        "maquette",
        "run",
        "--blank",
        str(tmp_path / "config.yaml"),
        "--state",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wire.until(lambda picture: picture == bytes(3 * LEDS))
    assert done.returncode == 1, "one strip is gone"
    assert "darkened strips=1" in done.stderr
    assert "not darkened strip=gone" in done.stderr
