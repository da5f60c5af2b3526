"""An Arduino that runs the companion's own sketch, compiled by Debian's toolchain and simulated by simavr (see board.c)."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent


def build(folder: Path) -> None:
    """Compile the sketch and the board into a folder."""
    done = subprocess.run([HERE / "build", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Change:
    """An output changed, at a time of the board (µs)."""

    at: int
    pin: int
    high: bool


@dataclass(frozen=True)
class Said:
    """The board said a line, at a time of its own (µs)."""

    at: int
    what: dict[str, Any]


class Arduino:
    """A board with the sketch in it, just switched on; a context manager. Its time stands still but while it runs."""

    def __init__(self, folder: Path) -> None:
        command = [folder / "board", folder / "companion.elf"]
        self._board = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._board.stdin is not None
        assert self._board.stdout is not None
        self._board.stdin.close()
        self._board.wait(10)
        self._board.stdout.close()

    def run(self, milliseconds: float) -> list[Change | Said]:
        """Let time run; return what happened."""
        self._order(f"run {round(milliseconds * 1000)}")
        happened: list[Change | Said] = []
        while (line := self._line()) != "done":
            happened.append(_read(line))
        return happened

    def until(self, pin: int, *, high: bool) -> Change:
        """Wait, once it is connected, until an output changes."""
        while True:
            event = _read(self._line())
            if isinstance(event, Change) and (event.pin, event.high) == (pin, high):
                return event

    def hears(self, line: str, milliseconds: float = 5.0) -> list[dict[str, Any]]:
        """Type a line at its port and let time run; return what it said meanwhile."""
        self._order(f"say {line}")
        return said(self.run(milliseconds))

    def hold(self, pin: int, *, high: bool) -> None:
        """Hold a digital pin low or high."""
        self._order(f"pin {pin} {int(high)}")

    def volts(self, pin: int, volts: float) -> None:
        """Put a voltage on an analogue pin."""
        self._order(f"analog {pin} {round(volts * 1000)}")

    def level(self, pin: int) -> int:
        """Return for how long of its period an output is high, from 0 to 255."""
        self._order(f"look {pin}")
        return int(self._line().split()[-1])

    def connect(self) -> str:
        """Let time run by itself from now on; return the serial port."""
        self._order("connect")
        return self._line().removeprefix("terminal ")

    def _order(self, order: str) -> None:
        assert self._board.stdin is not None
        self._board.stdin.write(order + "\n")
        self._board.stdin.flush()

    def _line(self) -> str:
        assert self._board.stdout is not None
        line = self._board.stdout.readline().rstrip("\n")
        assert line, "the board has stopped"
        return line


def _read(line: str) -> Change | Said:
    at, kind, text = line.split(" ", 2)
    if kind == "said":
        return Said(int(at), json.loads(text))
    pin, high = text.split()
    return Change(int(at), int(pin), high == "1")


def said(happened: list[Change | Said]) -> list[dict[str, Any]]:
    """Return what was said."""
    return [event.what for event in happened if isinstance(event, Said)]


def pulses(happened: list[Change | Said], pin: int) -> list[float]:
    """Return the lengths of a pin's pulses (µs) that ended meanwhile."""
    lengths, rose = [], None
    for event in happened:
        if not isinstance(event, Change) or event.pin != pin:
            continue
        if event.high:
            rose = event.at
        elif rose is not None:
            lengths.append(float(event.at - rose))
    return lengths
