"""A small valley to rehearse in, and its installation."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from maquette.config.check import check
from maquette.config.installation import Installation
from maquette.house import registries

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
        checked = check(valley / "config.yaml", registries())
        assert checked.installation is not None, checked.report()
        return checked.installation

    return installed
