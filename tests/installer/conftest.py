"""Machines to install on."""

import pytest

from tests.installer.house import House


@pytest.fixture
def house(request, tmp_path, monkeypatch, capsys):
    """The machine that is asked for by its picture's name; a Raspberry Pi 4 by default."""
    return House(getattr(request, "param", "bookworm-pi-4"), tmp_path, monkeypatch, capsys)
