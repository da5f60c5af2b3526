"""A small valley to rehearse in, and its installation."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from maquette import app
from maquette.config.check import check
from maquette.config.installation import Installation

VALLEY = Path(__file__).parent / "valley"


@pytest.fixture
def valley(tmp_path: Path) -> Path:
    """A copy of the small valley's documents, to be added to."""
    place = tmp_path / "valley"
    shutil.copytree(VALLEY, place)
    return place


@pytest.fixture
def install(valley: Path) -> Callable[[], Installation]:
    """Check the documents as they are now."""

    def installed() -> Installation:
        checked = check(valley / "config.yaml", app.registries())
        assert checked.installation is not None, checked.report()
        return checked.installation

    return installed
