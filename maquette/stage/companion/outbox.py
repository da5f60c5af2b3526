"""What is wanted of a companion and not yet said to it: of each lamp and servo the newest counts. Pure; no bytes leave here."""

from collections.abc import Mapping
from typing import Literal

Part = Literal["lamp", "servo"]
Which = tuple[Part, int]
"""A lamp or a servo, by its number."""


class Outbox:
    """Lines that wait, in the order in which their lamps and servos began to wait."""

    def __init__(self) -> None:
        """Begin with nothing wanted, and a companion of which nothing is known."""
        self._wanted: dict[Which, bytes] = {}
        self._waiting: dict[Which, None] = {}
        self._said: set[Which] = set()
        self._counts: Mapping[Part, int] = {}

    def want(self, which: Which, line: bytes) -> bool:
        """Note what is wanted of a lamp or servo from now on; return True when this is news."""
        if self._wanted.get(which) == line:
            return False
        self._wanted[which] = line
        self._waiting.setdefault(which)
        return True

    def begin(self, counts: Mapping[Part, int]) -> None:
        """A companion has begun to listen, which knows nothing and has so many lamps and servos."""
        self._counts = counts
        self._said.clear()
        self.repeat()

    def repeat(self) -> None:
        """Let everything that is wanted be said again."""
        for which in self._wanted:
            self._waiting.setdefault(which)

    def was_said(self, which: Which) -> bool:
        """Tell whether something of a lamp or servo was said since the companion began to listen."""
        return which in self._said

    @property
    def is_empty(self) -> bool:
        """True when nothing waits that can be said."""
        return not any(map(self._exists, self._waiting))

    def take(self, most: int) -> bytes:
        """Take lines that wait, whole ones, of so many bytes at most."""
        taken = b""
        for which in tuple(self._waiting):
            line = self._wanted[which]
            if not self._exists(which):
                continue
            if len(taken) + len(line) > most:
                break
            taken += line
            del self._waiting[which]
            self._said.add(which)
        return taken

    def _exists(self, which: Which) -> bool:
        part, number = which
        return number < self._counts.get(part, 0)
