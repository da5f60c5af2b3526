"""The README does not lie: its files, rooms, targets, commands and topics exist, and its example is what the program prints."""

import re
import shutil
from pathlib import Path

import pytest

from maquette.cli import main
from maquette.console.mqtt import link as mqtt
from maquette.core.events import COMMANDS
from tests.content.shipped import KEYS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_every_file_that_it_names_exists(target):
    assert (ROOT / target).is_file()


def test_the_example_is_what_check_prints(tmp_path, monkeypatch, capsys):
    for name in ("hardware", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copyfile(ROOT / "config.yaml", tmp_path / "config.yaml")
    air = tmp_path / "scenarios" / "air.yaml"
    air.write_text(
        air.read_text(encoding="utf-8").replace("zones: [communes]", "zones: [comunes]", 1), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    for key in KEYS:
        monkeypatch.setenv(key, "none")
    assert main(["check"]) == 1
    assert capsys.readouterr().out.strip() in README


def test_every_command_that_it_shows_exists():
    shown = re.findall(r'"command": "(\w+)"', README)
    assert shown
    assert set(shown) <= set(COMMANDS)


def test_every_make_target_that_it_shows_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([\w-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_room_has_its_line():
    rooms = {folder.name for folder in (ROOT / "maquette").iterdir() if (folder / "__init__.py").exists()}
    assert rooms == set(re.findall(r"^  (\w+)/ ", README, re.MULTILINE))


def test_every_topic_that_it_shows_is_documented_where_it_is_served():
    served = mqtt.__doc__ or ""
    for topic in ("status", "state", "event/<button>", "error", "scenario/set"):
        assert topic in README
        assert f"``{topic}``" in served
