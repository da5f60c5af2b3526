"""A stand-in for a Pi's LEDs, in whatever sender a test starts."""

import os
import select
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Tape:
    """What the stand-in library did, line by line, in the order in which it did it."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._pipe = os.open(path, os.O_RDWR)
        self._read = b""

    def next(self) -> str:
        """Return the next line, and wait for it."""
        while b"\n" not in self._read:
            assert select.select([self._pipe], [], [], 20)[0], "nothing was sent"
            self._read += os.read(self._pipe, 1 << 16)
        line, _, self._read = self._read.partition(b"\n")
        return line.decode()

    def until(self, wanted: str) -> list[str]:
        """Return the next lines, up to one that is wanted."""
        lines = [self.next()]
        while lines[-1] != wanted:
            lines.append(self.next())
        return lines

    def close(self) -> None:
        os.close(self._pipe)


@pytest.fixture
def tape(tmp_path, monkeypatch):
    """The tape of senders that are started from here on, which take this machine for a Pi."""
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parent / 'stand_in'}{os.pathsep}{ROOT}")
    monkeypatch.setenv("LED_TAPE", str(tmp_path / "tape"))
    tape = Tape(tmp_path / "tape")
    yield tape
    tape.close()
