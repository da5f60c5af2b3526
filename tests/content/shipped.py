"""The shipped documents, read once for all tests of this folder: as they stand in their files, and checked."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from maquette.config.check import Checked, check
from maquette.config.registries import Registries
from maquette.feeds.sources import FEED_DOCUMENTS
from maquette.stage.outputs import STRIP_DOCUMENTS
from maquette.stage.servos import SERVO_DOCUMENTS

ROOT = Path(__file__).parents[2]
SCENARIOS = ("air", "apprentis", "camions", "energie", "rhone", "semaine", "veille")
REGISTRIES = Registries(STRIP_DOCUMENTS, SERVO_DOCUMENTS, FEED_DOCUMENTS, ROOT / "maquette" / "feeds" / "catalogue")


@cache
def checked() -> Checked:
    return check(ROOT / "config.yaml", REGISTRIES)


@cache
def document(file: str) -> dict[str, Any]:
    found = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def hardware() -> dict[str, Any]:
    return document("hardware/vallee-de-la-chimie.yaml")


def steps(scenario: str) -> list[dict[str, Any]]:
    found = document(f"scenarios/{scenario}.yaml")["steps"]
    assert isinstance(found, list)
    return found
