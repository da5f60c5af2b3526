"""A bundle: everything that an installation takes from the network, in one folder on a stick. Made on a machine of the same kind."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from maquette.core.message import Message, message
from maquette.errors import InstallationError
from maquette.installer.hand import run_command
from maquette.installer.machine import Machine
from maquette.installer.plan import Wish, wanted_packages
from maquette.installer.project import Project

FORMAT = 1
MANIFEST = "manifest.json"
_COMMON = ("required", "important", "standard")
"""Priorities of Debian's packages that every machine has."""


def faults_of(bundle: Path, machine: Machine) -> list[Message]:
    """Return why a bundle cannot be installed on a machine; empty when it can."""
    try:
        manifest: dict[str, Any] = json.loads((bundle / MANIFEST).read_text("utf-8"))
        files: dict[str, str] = manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return [message("bundle_none", path=str(bundle))]
    if manifest.get("format") != FORMAT:
        return [message("bundle_newer", path=str(bundle))]
    kind = kind_of(machine)
    if manifest.get("for") != kind:
        return [message("bundle_other_machine", made_for=str(manifest.get("for")), found=kind)]
    return [
        message("bundle_damaged", path=name) for name, mark in sorted(files.items()) if mark_of(bundle / name) != mark
    ]


def kind_of(machine: Machine) -> str:
    """Return what must be the same on the machine where a bundle is made and on the one where it is used."""
    python = ".".join(map(str, machine.python or ()))
    origin = "raspberry" if machine.has_raspberry_packages else machine.release.get("ID", "?")
    return f"{origin} {machine.release.get('VERSION_CODENAME', '?')} {machine.processor} python{python}"


def make_bundle(target: Path, project: Project, machine: Machine, wish: Wish) -> None:
    """Write a bundle into a folder that is not there yet.

    Raises:
        InstallationError: a package cannot be had.
        OSError: the folder cannot be written.
    """
    target.mkdir(parents=True)
    try:
        _fill(target, project, machine, wish)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)  # nobody is to take half of one for a bundle
        raise


def _fill(target: Path, project: Project, machine: Machine, wish: Wish) -> None:
    for file in project.files:
        place = target / "project" / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((project.folder / file).read_bytes())
    _wheels(target / "wheels", project)
    _debs(target / "debs", wanted_packages(machine, wish))
    marks = {path.relative_to(target).as_posix(): mark_of(path) for path in sorted(target.rglob("*")) if path.is_file()}
    manifest = {"format": FORMAT, "version": project.version, "for": kind_of(machine), "files": marks}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def _wheels(folder: Path, project: Project) -> None:
    """Get or make a wheel of each library: what has none for this processor is compiled here, once."""
    folder.mkdir()
    requirements = str(project.folder / "requirements.txt")
    with tempfile.TemporaryDirectory() as environment:  # Debian's own Python has no pip
        _run((sys.executable, "-m", "venv", environment))
        pip = (
            f"{environment}/bin/python",
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
        )
        _run((*pip, "--wheel-dir", str(folder), "--requirement", requirements))
    names = sorted(wheel.name.split("-")[:2] for wheel in folder.glob("*.whl"))
    (folder / "wheels.txt").write_text("".join(f"{name}=={version}\n" for name, version in names), "utf-8")


def _debs(folder: Path, names: Sequence[str]) -> None:
    """Get the packages and what they may need that is not on every machine, as a repository: apt takes of it what is missing."""
    folder.mkdir()
    options = (
        "--recurse",
        "--no-recommends",
        "--no-suggests",
        "--no-conflicts",
        "--no-breaks",
        "--no-replaces",
        "--no-enhances",
    )
    told = _told(("apt-cache", "depends", *options, *names))
    found = sorted(set(re.findall(r"^([a-z0-9][a-z0-9+.-]+)", told, re.MULTILINE)))
    rare = sorted(set(_rare(_told(("apt-cache", "show", "--no-all-versions", *found)))))
    _run(("apt-get", "download", "--quiet", *rare), folder)
    index = "\n".join(_entry(deb) for deb in sorted(folder.glob("*.deb")))
    (folder / "Packages").write_text(index, "utf-8")


def _entry(deb: Path) -> str:
    """Return what a repository's index says of a package."""
    fields = _told(("dpkg-deb", "--field", str(deb))).rstrip("\n")
    return f"{fields}\nFilename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {mark_of(deb)}\n"


def _rare(shown: str) -> Iterator[str]:
    for block in shown.split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in block.splitlines() if not line.startswith(" "))
        if "Package" in fields and fields.get("Priority") not in _COMMON and fields.get("Essential") != "yes":
            yield fields["Package"]


def _told(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise InstallationError(" ".join(command), done.stderr.strip() or f"exit {done.returncode}")
    return done.stdout


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    code = run_command(command, None, folder)
    if code:
        raise InstallationError(" ".join(command), f"exit {code}")


def mark_of(path: Path) -> str:
    """Return the mark of a file (SHA-256), empty when it cannot be read."""
    mark = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                mark.update(block)
    except OSError:
        return ""
    return mark.hexdigest()
