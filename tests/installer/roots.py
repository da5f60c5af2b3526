"""Pictures of machines: trees of the files that facts are read from."""

from dataclasses import dataclass, field
from pathlib import Path

from maquette.installer.machine import Machine

BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
TRIXIE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\nID=debian\n'
PI_CONFIG = "# For more options see\ndtparam=audio=on\ndtoverlay=vc4-kms-v3d\n\n[cm5]\ndtoverlay=dwc2,dr_mode=host\n"
PI_GROUPS = ("gpio", "spi", "i2c", "dialout", "video", "input", "render", "plugdev")


@dataclass(frozen=True)
class Picture:
    """What is drawn of a machine."""

    release: str
    python: str
    model: str | None = None
    packages: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("dialout", "video", "input")
    raspberry: bool = False
    hostname: str = "maquette"
    processor: str = "aarch64"
    more: dict[str, str] = field(default_factory=dict)

    def draw(self, root: Path) -> Machine:
        """Write the files below a folder and return the machine."""
        status = "\n".join(f"Package: {name}\nStatus: install ok installed\nVersion: 1\n" for name in self.packages)
        files = {
            "/etc/os-release": self.release,
            "/etc/hostname": f"{self.hostname}\n",
            "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\npi:x:1000:1000:,,,:/home/pi:/bin/bash\n",
            "/etc/group": "".join(f"{name}:x:{100 + i}:pi\n" for i, name in enumerate(self.groups)),
            "/var/lib/dpkg/status": f"{status}\nPackage: gone\nStatus: deinstall ok config-files\n",
            "/run/systemd/system/.keep": "",
            **self.more,
        }
        if self.model is not None:
            files["/proc/device-tree/model"] = f"{self.model}\0"
            files["/boot/firmware/config.txt"] = PI_CONFIG
            files["/boot/firmware/cmdline.txt"] = "console=tty1 root=PARTUUID=1-02 rootfstype=ext4 rootwait\n"
            files["/usr/bin/raspi-config"] = ""
        if self.raspberry:
            files["/etc/apt/sources.list.d/raspi.sources"] = ""
        for path, text in files.items():
            write(root, path, text)
        (root / "usr/bin").mkdir(parents=True, exist_ok=True)
        (root / "usr/bin/python3").symlink_to(self.python)
        return Machine(root, self.processor)


def write(root: Path, path: str, text: str) -> None:
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


PICTURES = {
    "bookworm-pi-4": Picture(
        BOOKWORM, "python3.11", "Raspberry Pi 4 Model B Rev 1.5", ("python3-yaml", "avahi-daemon", "gcc"), PI_GROUPS, raspberry=True
    ),
    "trixie-pi-5": Picture(
        TRIXIE, "python3.13", "Raspberry Pi 5 Model B Rev 1.0", ("python3-yaml", "avahi-daemon", "network-manager"), PI_GROUPS,
        raspberry=True, more={"/usr/lib/systemd/system.conf.d/40-rpi-enable-watchdog.conf": ""},
    ),
    "plain-debian": Picture(BOOKWORM, "python3.11", processor="x86_64", hostname="salle-3"),
}  # fmt: skip

PROJECT = {
    "pyproject.toml": '[project]\nname = "maquette"\nversion = "1.2.3"\n',
    "requirements.txt": "pyyaml==6.0.3 --hash=sha256:0\n",
    "README.md": "A model.\n",
    "config.yaml": "maquette: 1\nhardware: hardware/small.yaml\n\nconsole: {port: 8080}\n",
    "hardware/small.yaml": "strips: {}\n",
    "hardware/small.svg": "<svg/>\n",
    "scenarios/air.yaml": "maquette: 1\n",
    "scenarios/data/jobs.csv": "a,b\n",
    "maquette/__init__.py": "",
    "maquette/__pycache__/__init__.cpython-311.pyc": "no part of it",
    "systemd/install": "#!/usr/bin/env python3\n",
    "systemd/maquette.service": "[Service]\nType=notify\n",
    "systemd/maquette-kiosk.service": "[Service]\nUser=maquette-screen\n",
    "systemd/maquette-ws281x.service": "[Service]\nPrivateNetwork=yes\n",
    "tests/test_it.py": "not installed\n",
}
"""A small project: the plan names it by its content, so it must not change with every commit."""

STRIPS = {
    "bookworm-pi-4": """\
strips:
  river: {driver: spi, device: /dev/spidev0.0, leds: 180}
  sky: {driver: rpi_ws281x, pin: 18, leds: 20}
servos:
  needle: {driver: pca9685, channel: 0}
""",
    "trixie-pi-5": """\
strips:
  river: {driver: ws2812_pio, leds: 180, order: GRBW}
servos:
  needle: {driver: kernel_pwm, chip: 1f00098000.pwm, channel: 0}
""",
    "plain-debian": "strips:\n  river: {driver: ddp, host: 192.168.4.20, leds: 180}\n",
}
"""The hardware document of each machine."""


def draw_project(folder: Path, hardware: str, version: str = "1.2.3") -> Path:
    """Write the small project into a folder."""
    for name, text in PROJECT.items():
        write(folder, name, text.replace("1.2.3", version))
    write(folder, "hardware/small.yaml", hardware)
    return folder
