"""Facts about a machine, read from its files: below another root they are those of a picture of a machine."""

import platform
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

GROUPS = ("gpio", "spi", "i2c", "dialout", "video", "input")
"""Groups to which Raspberry Pi OS gives the devices that a model uses."""


@dataclass(frozen=True)
class Machine:
    """A machine that something is installed on; what cannot be read is not there.

    Attributes:
        root: where its files are; ``/`` is this machine.
        processor: as the kernel calls it, such as ``aarch64``.
    """

    root: Path = Path("/")
    processor: str = field(default_factory=platform.machine)

    def place(self, path: str) -> Path:
        """Return where a file of the machine, given by its absolute path, is from here."""
        return self.root / path.lstrip("/")

    def text(self, path: str) -> str | None:
        """Return the text of a file, or None when there is none that can be read."""
        try:
            return self.place(path).read_bytes().decode("utf-8", "surrogateescape").rstrip("\0")
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or a folder; a link counts by itself."""
        place = self.place(path)
        try:
            return place.is_symlink() or place.exists()
        except OSError:
            return False

    def link(self, path: str) -> str | None:
        """Return where a link leads, as it is written, or None when there is no link."""
        place = self.place(path)
        return str(place.readlink()) if place.is_symlink() else None

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted; none when there is no such folder."""
        try:
            return tuple(sorted(path.name for path in self.place(folder).iterdir()))
        except OSError:
            return ()

    @cached_property
    def release(self) -> dict[str, str]:
        """What /etc/os-release says: ``ID``, ``VERSION_CODENAME``, ``PRETTY_NAME`` and others."""
        lines = (self.text("/etc/os-release") or "").splitlines()
        return {name: value.strip("\"'") for name, _, value in (line.partition("=") for line in lines)}

    @property
    def is_debian(self) -> bool:
        """Whether it is Debian, or made from it."""
        return "debian" in (self.release.get("ID", ""), *self.release.get("ID_LIKE", "").split())

    @cached_property
    def model(self) -> str | None:
        """Its name when it is a Raspberry Pi, such as ``Raspberry Pi 5 Model B Rev 1.0``; else None."""
        model = self.text("/proc/device-tree/model") or ""
        return model if model.startswith("Raspberry Pi") else None

    @property
    def generation(self) -> int | None:
        """Which Raspberry Pi it is: 3, 4, 5…; None when it does not say (a Zero, a laptop)."""
        found = re.match(r"Raspberry Pi (?:Compute Module )?(\d+)", self.model or "")
        return int(found[1]) if found else None

    @property
    def has_raspberry_packages(self) -> bool:
        """Whether Raspberry Pi's own packages can be had, python3-lgpio among them."""
        return any(name.startswith("raspi.") for name in self.names("/etc/apt/sources.list.d"))

    @cached_property
    def python(self) -> tuple[int, int] | None:
        """The version of the system's Python, such as ``(3, 11)``."""
        found = re.fullmatch(r"(?:/usr/bin/)?python(\d+)\.(\d+)", self.link("/usr/bin/python3") or "")
        return (int(found[1]), int(found[2])) if found else None

    @cached_property
    def packages(self) -> frozenset[str]:
        """The packages that are installed."""
        blocks = (self.text("/var/lib/dpkg/status") or "").split("\n\n")
        return frozenset(
            block.partition("Package: ")[2].partition("\n")[0]
            for block in blocks
            if "\nStatus: install ok inst" in block
        )

    def _table(self, path: str) -> dict[str, list[str]]:
        lines = (line.split(":") for line in (self.text(path) or "").splitlines())
        return {fields[0]: fields[1:] for fields in lines if len(fields) > 1}

    @property
    def users(self) -> frozenset[str]:
        """Its users."""
        return frozenset(self._table("/etc/passwd"))

    def groups_of(self, user: str) -> frozenset[str]:
        """Return the groups that a user was put into."""
        return frozenset(name for name, rest in self._table("/etc/group").items() if user in rest[-1].split(","))

    @property
    def device_groups(self) -> tuple[str, ...]:
        """Those of `GROUPS` that exist here."""
        here = self._table("/etc/group")
        return tuple(group for group in GROUPS if group in here)

    @property
    def name(self) -> str:
        """Its host name."""
        return (self.text("/etc/hostname") or "maquette").strip() or "maquette"

    @property
    def runs_systemd(self) -> bool:
        """Whether units can be started now: not so in a folder that is being prepared for another machine."""
        return self.exists("/run/systemd/system")

    @property
    def boot(self) -> str | None:
        """The folder of config.txt and cmdline.txt, or None when this machine does not start that way."""
        folders = ("/boot/firmware", "/boot")
        return next((folder for folder in folders if self.exists(f"{folder}/config.txt")), None)
