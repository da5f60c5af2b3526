"""The dry run, line by line, on pictures of machines; MAQUETTE_UPDATE_GOLDEN=1 writes the lines anew."""

import os
from pathlib import Path

import pytest

from tests.installer.roots import PICTURES, write

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("MAQUETTE_UPDATE_GOLDEN") == "1"


def check(name: str, printed: str) -> None:
    file = GOLDEN / f"{name}.txt"
    if UPDATE:
        file.write_text(printed)
    assert printed == file.read_text()


@pytest.mark.parametrize("house", PICTURES, indirect=True)
def test_a_first_installation_then_nothing_then_an_upgrade(house, request):
    name = request.node.callspec.params["house"]
    check(f"{name}.first", house.dry_run())
    house.install()
    assert house.dry_run().splitlines()[-1] == "Nothing to do: everything is as it should be."
    house.upgrade("1.3.0")
    check(f"{name}.upgrade", house.dry_run())


@pytest.mark.parametrize("house", ["trixie-pi-5"], indirect=True)
def test_everything_that_can_be_wished_for(house):
    write(house.root, "/dev/disk/by-label/maquette-state", "")
    wishes = ["--own-network", "fr", "--kiosk", "--read-only"]
    check("everything", house.dry_run(*wishes))
    house.install(*wishes)
    assert "Nothing to do" in house.dry_run(*wishes)
    assert "Nothing to do" in house.dry_run(), "what was wished for once stays"
    check("read-write", house.dry_run("--read-write"))


def test_a_removal(house):
    house.install()
    check("removal", house.dry_run("--uninstall") + "-- with --purge --\n" + house.dry_run("--uninstall", "--purge"))


def test_no_secret_is_printed_by_a_dry_run(house, monkeypatch):
    monkeypatch.setattr("maquette.installer.command.secrets.choice", lambda letters: "7" if letters.isdigit() else "q")
    printed = house.dry_run("--own-network", "FR")
    assert "777777" not in printed
    assert "qqqqqq" not in printed
