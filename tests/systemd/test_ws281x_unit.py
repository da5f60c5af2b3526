"""The unit of the sender that is root: as small as can be, and beside the other one."""

import subprocess
from pathlib import Path

from maquette.stage.outputs.sender import SERVICE
from maquette.ws281x.board import DEVICES
from maquette.ws281x.protocol import Mode
from tests.systemd.test_unit import verify

UNIT = Path(__file__).parents[2] / "systemd" / "maquette-ws281x.service"
MOST_EXPOSED = 15
"""In tenths, as systemd counts: 1.5."""


def settings() -> list[tuple[str, str]]:
    lines = UNIT.read_text().splitlines()
    return [(name, value) for name, sign, value in (line.partition("=") for line in lines) if sign and name[0] != "#"]


def test_systemd_finds_nothing_to_say_about_it():
    assert verify(UNIT) == ""


def test_what_is_root_is_hardly_exposed():
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_it_has_no_network():
    assert ("PrivateNetwork", "yes") in settings()
    assert [value for name, value in settings() if name == "RestrictAddressFamilies"] == ["AF_UNIX"]


def test_it_listens_where_the_stage_looks_for_it():
    told = dict(settings())
    assert told["ExecStart"].endswith(f" -m maquette.ws281x --listen {SERVICE}")
    assert SERVICE.parent == Path("/run") / told["RuntimeDirectory"]


def test_it_may_open_what_the_library_opens():
    allowed = {tuple(value.split()) for name, value in settings() if name == "DeviceAllow"}
    assert allowed == {(path, "rw") for mode in Mode if mode.needs_root for path, _ in DEVICES[mode]}
