"""The terminal: keys one by one, lines, and one line below them that is written over again and again."""

import os
import select
import sys
import termios
import tty
from collections import deque
from types import TracebackType
from typing import Any, Self

from maquette.config.words import visible

_SEQUENCES = {
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1bOC": "right",
    "\x1bOD": "left",
    "\x1bOA": "up",
    "\x1bOB": "down",
    "\x1b[H": "home",
    "\x1b[F": "end",
    "\x1b[1~": "home",
    "\x1b[4~": "end",
}
"""What terminals send for keys that are no letters (ECMA-48, xterm)."""
_CLEAR = "\r\x1b[K"


class Terminal:
    """The terminal of this process. As a context it gives keys as they are pressed, and leaves the terminal as it was."""

    def __init__(self) -> None:
        self._fd = sys.stdin.fileno()
        self.is_one = os.isatty(self._fd) and sys.stdout.isatty()
        self._keys: deque[str] = deque()
        self._before: Any = None
        self._below = ""
        self._ended = False

    def __enter__(self) -> Self:
        if self.is_one:
            self._before = termios.tcgetattr(self._fd)
            tty.setcbreak(self._fd)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.below("")
        if self._before is not None:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def key(self, wait_s: float) -> str | None:
        """Return the next key: a letter, ``right``, ``left``, ``up``, ``down``, ``home``, ``end``, ``enter``; None when none is pressed.

        Where nobody can press any, as behind a pipe, it only waits.
        """
        if not self._keys and select.select([self._fd] if self.is_one and not self._ended else [], [], [], wait_s)[0]:
            read = self._read()
            self._ended = not read
            self._keys.extend(["q"] if not read else keys_in(read))
        return self._keys.popleft() if self._keys else None

    def _read(self) -> str:
        try:
            return os.read(self._fd, 256).decode("utf-8", "replace")
        except OSError:  # the terminal was closed
            return ""

    def say(self, text: str) -> None:
        """Write lines above the one that is written over."""
        below, lines = self._below, "\n".join(map(visible, text.split("\n")))
        self.below("")
        print(lines, flush=True)
        self.below(below)

    def below(self, text: str) -> None:
        """Write the lowest line over; nothing of it is seen where there is no terminal."""
        if self.is_one and text != self._below:
            width = os.get_terminal_size(self._fd).columns or 80
            print(f"{_CLEAR}{visible(text)[: width - 1]}", end="", flush=True)
        self._below = text

    def ask(self, question: str) -> str:
        """Return a line that somebody writes, with the keys that mend it; empty at the input's end."""
        self.below("")
        if self._before is not None:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)
        try:
            return input(visible(question)).strip()
        except EOFError:
            return ""
        finally:
            if self._before is not None:
                tty.setcbreak(self._fd)


def keys_in(read: str) -> list[str]:
    r"""Return the keys in what a terminal sent.

    >>> keys_in("l\x1b[C\n")
    ['l', 'right', 'enter']
    """
    found = []
    while read:
        sequence = next((each for each in _SEQUENCES if read.startswith(each)), None)
        if sequence is not None:
            found.append(_SEQUENCES[sequence])
        else:
            found.append({"\n": "enter", "\r": "enter", " ": "right", "\x04": "q", "\x1b": "q"}.get(read[0], read[0]))
        read = read[len(sequence or " ") :]
    return found
