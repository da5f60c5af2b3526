"""Keystrokes: the bytes that Linux gives for a keyboard go in, what its keys do comes out. Pure: no device is touched."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maquette.config.documents import KeysDocument
from maquette.core.events import Command
from maquette.core.keys import KEYS
from maquette.stage.pins import Edge

EVENT = struct.Struct("@llHHi")
"""A ``struct input_event`` of this machine (24 bytes where it has 64 bits): seconds, microseconds, type, code, value."""
SYN, SYN_DROPPED = 0, 3
"""The type and code that say: events were lost."""
KEY = 1
"""The type of a key's event; its value is 0 for up, 1 for down, 2 for a repeat while it is held."""
CARD_S = 2.0
"""A reader types a card at once: what was typed longer ago is no part of it, seconds."""

_NAMES = {code: name for name, code in KEYS.items()}
_ENTER = {KEYS["enter"], KEYS["kpenter"]}


@dataclass(frozen=True, slots=True)
class UnknownCard:
    """A card was read that presses nothing. Its number is not told: it may be somebody's own."""


Heard = Edge | Command | UnknownCard


class Keystrokes:
    """The keys of one keyboard, and what they do."""

    def __init__(self, document: KeysDocument) -> None:
        """Take note of what each key does."""
        self._buttons = {KEYS[key]: button for key, button in document.buttons.items()}
        self._commands = {KEYS[key]: command for key, command in document.commands.items()}
        self._cards: Mapping[str, str] = document.cards
        self._held: dict[int, str] = {}
        self._typed = ""
        self._typed_at = float("-inf")
        self._rest = b""

    def heard(self, raw: bytes, at: float) -> Iterator[Heard]:
        """Take bytes as they come, cut anywhere; yield what they do.

        Args:
            raw: some of the device's bytes.
            at: when they came, monotonic seconds.
        """
        raw = self._rest + raw
        whole = len(raw) - len(raw) % EVENT.size
        self._rest = raw[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(raw[:whole]):
            if (kind, code) == (SYN, SYN_DROPPED):
                yield from self.let_go(at)
            elif kind == KEY:
                yield from self._moved(code, value, at)

    def let_go(self, at: float) -> Iterator[Edge]:
        """Forget what is under way, as when the device is gone; yield the buttons that come up."""
        self._rest, self._typed = b"", ""
        held, self._held = self._held, {}
        for button in held.values():
            yield Edge(("button", button), closed=False, at=at)

    def _moved(self, code: int, value: int, at: float) -> Iterator[Heard]:
        button = self._held.pop(code, None) if value == 0 else self._buttons.get(code)
        if button is not None and value in (0, 1):
            if value == 1:
                self._held[code] = button
            yield Edge(("button", button), value == 1, at)
        if value != 1:
            return
        if code in self._commands:
            yield Command(self._commands[code])
        if self._cards:
            yield from self._type(code, at)

    def _type(self, code: int, at: float) -> Iterator[Heard]:
        if at - self._typed_at > CARD_S:
            self._typed = ""
        self._typed_at = at
        if code not in _ENTER:
            name = _NAMES.get(code, "").removeprefix("kp")
            self._typed += name if len(name) == 1 else ""
            return
        card, self._typed = self._typed, ""
        if card in self._cards:
            yield Command("press", {"button": self._cards[card]})
        elif card:
            yield UnknownCard()
