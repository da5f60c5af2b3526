"""What is installed, and where: the locks agree with pyproject.toml, and the wheel carries everything the program reads."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"]

PI = {"sys_platform": "linux", "platform_machine": "aarch64"}
LAPTOP = {"sys_platform": "linux", "platform_machine": "x86_64"}
MAC = {"sys_platform": "darwin", "platform_machine": "arm64"}
PYTHONS = ["3.11", "3.12", "3.13"]


def machine(kind, python):
    return {**kind, "python_version": python, "python_full_version": f"{python}.0", "extra": ""}


MACHINES = [machine(kind, python) for kind in (PI, LAPTOP, MAC) for python in PYTHONS]


def entries(lock):
    """Each locked requirement with its hashes, one logical line each."""
    lines = lock.read_text().replace("\\\n", " ").splitlines()
    for line in lines:
        if line.strip() and not line.startswith("#"):
            requirement, *hashes = line.split(" --hash=")
            yield Requirement(requirement.strip()), [text.strip() for text in hashes]


def installed(lock, where):
    """Name → version that a plain install from the lock brings to a machine."""
    found = {}
    for requirement, _ in entries(lock):
        if requirement.marker is None or requirement.marker.evaluate(where):
            assert requirement.name not in found, f"{requirement.name} is locked twice for {where}"
            found[requirement.name] = str(requirement.specifier).removeprefix("==")
    return found


def asked(texts, where):
    requirements = [Requirement(text) for text in texts]
    return [one for one in requirements if one.marker is None or one.marker.evaluate(where)]


@pytest.mark.parametrize("lock", LOCKS, ids=["run", "test"])
def test_a_lock_pins_every_package_by_hash_and_names_no_address(lock):
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=sha256:[0-9a-f]{64}\b)", text, re.MULTILINE)
    for requirement, hashes in entries(lock):
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes, requirement


@pytest.mark.parametrize("where", MACHINES, ids=lambda where: "-".join(list(where.values())[:3]))
def test_the_locks_bring_what_the_project_asks_for(where):
    groups = [PROJECT["project"]["dependencies"], PROJECT["project"]["optional-dependencies"]["build"]]
    groups += [PROJECT["build-system"]["requires"]]
    run, test = (installed(lock, where) for lock in LOCKS)
    for requirement in asked([text for group in groups for text in group], where):
        assert requirement.name in run, f"{requirement} is not locked: make lock"
        assert run[requirement.name] in requirement.specifier, f"{requirement} is locked otherwise: make lock"
    for requirement in asked(PROJECT["dependency-groups"]["test"], where):
        assert requirement.name in test, f"{requirement} is not locked: make lock"
        assert test[requirement.name] in requirement.specifier, f"{requirement} is locked otherwise: make lock"
    assert run.items() <= test.items(), "the tests run against other versions than the program: make lock"


@pytest.mark.parametrize("python", PYTHONS)
def test_the_hardware_libraries_go_to_the_pi_alone(python):
    here = installed(LOCKS[0], machine(PI, python))
    assert {"rpi-ws281x", "gpiozero"} <= set(here)
    for other in (LAPTOP, MAC):
        assert not {"rpi-ws281x", "lgpio"} & set(installed(LOCKS[0], machine(other, python)))


def test_lgpio_is_locked_where_it_has_a_wheel_and_never_as_the_empty_release():
    versions = {python: installed(LOCKS[0], machine(PI, python)).get("lgpio") for python in PYTHONS}
    assert versions == {"3.11": "0.2.2.0", "3.12": "0.2.2.0", "3.13": None}
    (declared,) = [Requirement(text) for text in PROJECT["project"]["dependencies"] if text.startswith("lgpio")]
    assert "0.0.0.2" not in declared.specifier


def test_the_wheel_carries_every_file_of_the_package(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("maquette/")}
    files = [path for path in (ROOT / "maquette").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert carried == {path.relative_to(ROOT).as_posix() for path in files}
    for kind in ("py.typed", "locale/fr.json", "console/pages/", "feeds/catalogue/", "config/schemas/"):
        assert any(name.startswith(f"maquette/{kind}") for name in carried), kind
