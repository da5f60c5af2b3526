"""The machine: its files, read below a root that tests may choose. Whoever looks at the system asks here."""

import grp
import importlib.util
import os
import platform
import pwd
import shutil
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

BROKER_S = 2.0
"""Seconds that a broker has to take a connection."""


def _own_user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _own_groups() -> frozenset[str]:
    names = set()
    for number in {os.getegid(), *os.getgroups()}:
        try:
            names.add(grp.getgrgid(number).gr_name)
        except KeyError:
            names.add(str(number))
    return frozenset(names)


@dataclass(frozen=True)
class Machine:
    """What can be asked of a machine. No method raises: what cannot be read is not there.

    Attributes:
        root: the folder that stands for ``/``.
        user: who asks.
        groups: the user's groups.
        architecture: such as ``aarch64``.
        python: its version.
        modules: names of modules that count as installed; None: those that are.
    """

    root: Path = Path("/")
    user: str = field(default_factory=_own_user)
    groups: frozenset[str] = field(default_factory=_own_groups)
    architecture: str = field(default_factory=platform.machine)
    python: tuple[int, int, int] = field(default_factory=lambda: sys.version_info[:3])
    modules: frozenset[str] | None = None

    def at(self, path: str) -> Path:
        """Return where a file of the machine lies."""
        return self.root / path.lstrip("/")

    def text(self, path: str) -> str | None:
        """Return a file's text without surrounding space and NULs, or None."""
        try:
            return self.at(path).read_bytes().decode("utf-8", "replace").strip("\0 \n\t")
        except OSError:
            return None

    def number(self, path: str) -> int | None:
        """Return the whole number in a file, decimal or ``0x…``, or None."""
        try:
            return int(self.text(path) or "", 0)
        except ValueError:
            return None

    def exists(self, path: str) -> bool:
        """Tell whether there is a file, a folder or a device."""
        return os.path.lexists(self.at(path)) and self.at(path).exists()

    def may_use(self, path: str) -> bool:
        """Tell whether the user may read and write a file."""
        return os.access(self.at(path), os.R_OK | os.W_OK)

    def group_of(self, path: str) -> str | None:
        """Return the name of the group that owns a file, or None."""
        try:
            return self.at(path).group()
        except (OSError, KeyError):
            return None

    def names(self, path: str) -> list[str]:
        """Return what is in a folder, sorted."""
        try:
            return sorted(os.listdir(self.at(path)))  # noqa: PTH208 - names, of a folder that may be none
        except OSError:
            return []

    def has_module(self, name: str) -> bool:
        """Tell whether a Python module is installed."""
        return importlib.util.find_spec(name) is not None if self.modules is None else name in self.modules

    def space(self, path: Path) -> tuple[int, int] | None:
        """Return the free and the whole bytes of the disk on which a folder lies or will lie, or None."""
        for folder in (path, *path.parents):
            try:
                usage = shutil.disk_usage(folder)
            except OSError:
                continue
            return usage.free, usage.total
        return None

    def may_write_below(self, path: Path) -> bool:
        """Tell whether the user may make files in a folder, or make the folder."""
        there = next((folder for folder in (path, *path.parents) if folder.exists()), Path("/"))
        return os.access(there, os.W_OK)

    def answers(self, host: str, port: int) -> str | None:
        """Connect to a host and go; return why that failed, or None."""
        try:
            socket.create_connection((host, port), BROKER_S).close()
        except OSError as error:
            return error.strerror or str(error)
        return None
