"""Machines that are trees of files, and installations that use them."""

import pytest

from maquette.config.check import check
from maquette.config.words import word
from maquette.doctor.command import examine
from maquette.house import registries
from maquette.ops.machine import Machine

PI_5 = "Raspberry Pi 5 Model B Rev 1.0\0"
PI_4 = "Raspberry Pi 4 Model B Rev 1.4\0"
BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\n'
CONFIG = """\
maquette: 1
id: pond
languages: [en]
time_zone: Europe/Paris
place: {lat: 45.0, lon: 4.0, radius: 1 km}
hardware: hardware.yaml
scenarios: [scenarios]
"""
HARDWARE = """\
maquette: 1
title: Pond
plan: {{image: plan.svg, size: [100 mm, 100 mm]}}
supplies: {{main: {{volts: 5 V, limit: 2 A}}}}
strips:
{strips}
zones:
  water: {{leds: [river 0-9], path: [[10, 10], [90, 90]]}}
buttons:
  go: {{pin: 5, label: Go}}
"""
QUIET = """\
maquette: 1
title: Quiet
steps:
  - for: 10 s
    lights: [{zones: [all], colour: "#101418"}]
"""


@pytest.fixture
def root(tmp_path):
    """Return what puts files on a machine: path → text."""
    root = tmp_path / "root"
    root.mkdir()

    def put(files):
        for path, text in files.items():
            (root / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            (root / path.lstrip("/")).write_text(text)
        return root

    return put


@pytest.fixture
def pi(root):
    """Return a Raspberry Pi 4 with what a fresh one has, and what a test adds."""

    def build(more: dict[str, str] | None = None, **changes: object) -> Machine:
        files = {
            "/proc/device-tree/model": PI_4,
            "/etc/os-release": BOOKWORM,
            "/sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
            "/sys/class/thermal/thermal_zone0/temp": "48312\n",
            "/sys/class/rtc/rtc0/since_epoch": "1",
            "/dev/gpiochip0": "",
            "/boot/firmware/config.txt": "",
        }
        settings: dict[str, object] = {
            "user": "pi", "groups": frozenset({"pi"}), "architecture": "aarch64", "python": (3, 11, 2),
            "modules": frozenset({"lgpio"}),
        }  # fmt: skip
        return Machine(root(files | (more or {})), **(settings | changes))  # type: ignore[arg-type]

    return build


@pytest.fixture
def installation(tmp_path):
    """Return what makes an installation with these strips, as lines of YAML."""

    def build(strips: str = "river: {driver: virtual, leds: 10, supply: main}", config: str = ""):
        folder = tmp_path / "installation"
        (folder / "scenarios").mkdir(parents=True, exist_ok=True)
        (folder / "plan.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"/>')
        (folder / "config.yaml").write_text(CONFIG + config)
        (folder / "hardware.yaml").write_text(HARDWARE.format(strips=f"  {strips}"))
        (folder / "scenarios" / "quiet.yaml").write_text(QUIET)
        checked = check(folder / "config.yaml", registries())
        assert checked.installation is not None, checked.report()
        return checked.installation

    return build


@pytest.fixture
def advice(tmp_path):
    """Return what looks at a machine: subject → (level, sentences, remedy) in English; of several, the gravest."""
    order = ["well", "note", "warning", "trouble"]

    def look(machine, installation, running=None, *, clock_trusted=True):
        found: dict[str, tuple[str, str, str | None]] = {}
        for finding in examine(machine, installation, 0, tmp_path / "state", running, clock_trusted=clock_trusted):
            texts = [word(m, "en") for m in (finding.found, finding.meaning) if m is not None]
            known = found.get(finding.subject)
            if known is None or order.index(finding.level) > order.index(known[0]):
                found[finding.subject] = (finding.level.value, " ".join(texts), finding.mend)
        return found

    return look
