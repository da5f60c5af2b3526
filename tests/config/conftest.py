"""A small installation that passes, and registries as the rooms above would hand them over."""

import shutil
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from maquette.config.check import Registries
from maquette.config.documents import ServoDocument, StripDocument, TableDocument
from maquette.feeds.sources.serial import SerialDocument
from maquette.stage.outputs import STRIP_DOCUMENTS
from maquette.stage.servos.companion import CompanionServoDocument
from maquette.stage.servos.pca9685 import Pca9685ServoDocument

BASE = Path(__file__).parent / "base"


class VirtualStrip(StripDocument):
    driver: Literal["virtual"]


class WiredStrip(StripDocument):
    driver: Literal["wired"]
    pin: Annotated[int, Field(ge=0, le=53)]
    order: Literal["RGB", "GRB"] = "GRB"


class VirtualServo(ServoDocument):
    driver: Literal["virtual"]


class WiredServo(ServoDocument):
    driver: Literal["wired"]
    pin: Annotated[int, Field(ge=0, le=53)]
    pulse: tuple[float, float] = (1000.0, 2000.0)


class FileFeed(TableDocument):
    kind: Literal["file"]
    path: str


def registries_for(folder: Path) -> Registries:
    return Registries(
        strips={**STRIP_DOCUMENTS, "virtual": VirtualStrip, "wired": WiredStrip},
        servos={
            "virtual": VirtualServo,
            "wired": WiredServo,
            "pca9685": Pca9685ServoDocument,
            "companion": CompanionServoDocument,
        },
        feeds={"file": FileFeed, "serial": SerialDocument},
        catalogue=folder / "catalogue",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small installation, to be spoilt at will."""
    place = tmp_path / "installation"
    shutil.copytree(BASE, place)
    return place


@pytest.fixture
def registries(folder: Path) -> Registries:
    return registries_for(folder)
