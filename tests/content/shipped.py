"""The shipped documents, read once for all tests of this folder: as they stand in their files, and checked."""

from dataclasses import replace
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
SCENARIOS = (
    "air", "apprentis", "camions", "carbone", "energie", "metiers", "rhone", "risque", "semaine", "temps", "veille", "velos",
)  # fmt: skip
REGISTRIES = Registries(STRIP_DOCUMENTS, SERVO_DOCUMENTS, FEED_DOCUMENTS, ROOT / "maquette" / "feeds" / "catalogue")


KEYS = ("METEOFRANCE_API_KEY", "FRANCE_TRAVAIL_ID", "FRANCE_TRAVAIL_SECRET")
"""Keys that the shipped feeds ask for."""
NO_KEY = "W060"
"""A key that is not set on this machine says nothing of the documents."""


@cache
def checked() -> Checked:
    found = check(ROOT / "config.yaml", REGISTRIES)
    return replace(found, problems=tuple(problem for problem in found.problems if problem.code != NO_KEY))


@cache
def document(file: str) -> dict[str, Any]:
    found = yaml.load((ROOT / file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert isinstance(found, dict)
    return found


def hardware() -> dict[str, Any]:
    return document("hardware/vallee-de-la-chimie.yaml")


def steps(scenario: str) -> list[dict[str, Any]]:
    found = document(f"scenarios/{scenario}.yaml")["steps"]
    assert isinstance(found, list)
    return found
