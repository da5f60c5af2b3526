"""What holds for the whole suite: programs that tests start are compiled once, and what lasts long begins first."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]

# Tests start some hundred Pythons; each would compile the whole package anew where the environment keeps them from writing it down.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# How long an example may last says nothing on a machine that does other things as well. Other examples are tried every day.
settings.register_profile("suite", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

# Of what is collected nothing is garbage: to look for some again and again takes half of the time that collecting takes.
gc.disable()

LONG = (
    "tests/test_daemon.py",
    "tests/test_reload.py",
    "tests/config/test_mutants.py",
    "tests/console/test_pages.py",
    "tests/test_visit.py",
    "tests/console/test_accessible.py",
    "tests/stage/test_stage.py",
    "tests/test_daemon_visitors.py",
    "tests/test_daemon_replay.py",
    "tests/test_daemon_feeds.py",
    "tests/show/test_effects.py",
    "tests/feeds/test_process.py",
    "tests/feeds/test_endurance.py",
    "tests/stage/test_promises.py",
    "tests/feeds/test_archive.py",
    "tests/canary/test_feeds_command.py",
    "tests/console/test_display.py",
    "tests/console/test_openapi.py",
    "tests/console/test_model_page.py",
    "tests/show/test_director_properties.py",
)
"""Files that last for many seconds, the longest first: none is left to one worker while the others have nothing to do."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep the order of the files: workers would begin with those that hold the most tests, however short."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that last long before the others."""
    ranks = {ROOT / name: rank for rank, name in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.path, len(LONG)))


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but among what the tests make."""
    gc.freeze()
    gc.enable()
